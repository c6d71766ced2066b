/*
 * A server against a client that does one thing wrong. See conn.h.
 */
#include "conn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t messages[] = { HT_CLIENT_HELLO, HT_CERTIFICATE, HT_CERTIFICATE_VERIFY,
				    HT_FINISHED };

/* By the bits of byte 1: without, with a retry; with client certificates; with a cookie; asked after it. */
static struct ward_config *config_make(unsigned int bits)
{
	static const uint16_t p256 = GROUP_SECP256R1;
	static const char *const protocols[] = { "h2", "http/1.1", NULL };
	struct ward_config *config = test_server_config();
	struct ward_error err = { 0 };
	bool ok = ward_config_set_alpn(config, protocols, &err) &&
		  ward_config_set_trust(config, test_trust(), &err) &&
		  ward_config_set_cookie(config, (bits & 4) != 0, &err);

	if (bits & 1)
		ok = ok && ward_config_set_groups(config, &p256, 1, &err);
	if (bits & 8)
		ok = ok && ward_config_set_post_handshake_auth(config, true, &err);
	if (bits & 10)
		ok = ok && ward_config_set_verify(config, WARD_VERIFY_REQUIRED, &err);
	if (!ok)
		abort();
	return config;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ward_config *configs[16];
	unsigned int bits = size < 2 ? 0 : data[1] >> 4;

	if (configs[bits] == NULL)
		configs[bits] = config_make(bits);
	conn_fuzz(configs[bits], NULL, messages, sizeof(messages), data, size);
	return 0;
}
