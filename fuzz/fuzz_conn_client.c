/*
 * A client against a server that does one thing wrong. See conn.h.
 */
#include "conn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t messages[] = { HT_SERVER_HELLO,        HT_ENCRYPTED_EXTENSIONS,
				    HT_CERTIFICATE_REQUEST, HT_CERTIFICATE,
				    HT_CERTIFICATE_VERIFY,  HT_FINISHED };

static struct ward_config *config_make(void)
{
	static const char *const protocols[] = { "h2", "http/1.1", NULL };
	const struct credential *c = credential_client(WARD_KEY_P256);
	struct ward_config *config = test_client_config();
	struct ward_error err = { 0 };

	if (!ward_config_set_alpn(config, protocols, &err) ||
	    !ward_config_set_post_handshake_auth(config, true, &err) ||
	    !ward_config_add_identity(config, &c->chain, c->key, &err))
		abort();
	return config;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ward_config *config;

	if (config == NULL)
		config = config_make();
	conn_fuzz(config, "server.example", messages, sizeof(messages), data, size);
	return 0;
}
