/*
 * Bytes of crypto streams to an engine without records: byte 0 is the role, then come pieces: level,
 * length, bytes.
 */
#include <stdlib.h>

#include <ward/quic.h>

#include "support/credentials.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ward_config *make(bool server)
{
	static const char *const protocols[] = { "h3", NULL };
	struct ward_config *config = server ? test_server_config() : test_client_config();

	if (!ward_config_set_versions(config, WARD_TLS_1_3, WARD_TLS_1_3, NULL) ||
	    !ward_config_set_alpn(config, protocols, NULL))
		abort();
	return config;
}

static void take_all(struct ward_conn *conn)
{
	struct ward_quic_secret secret;
	enum ward_quic_level level;
	uint8_t out[4096];

	while (ward_quic_output(conn, &level, out, sizeof(out)) > 0)
		;
	while (ward_quic_next_secret(conn, &secret))
		;
}

static void feed(struct ward_conn *conn, const uint8_t *data, size_t size)
{
	struct ward_error err = { 0 };

	while (size >= 2) {
		size_t len = data[1] < size - 2 ? data[1] : size - 2;
		bool ok = ward_quic_receive(conn, (enum ward_quic_level)(data[0] % 4), data + 2,
					    len, &err);

		if (ok != (ward_quic_alert(conn) == -1) || ok != (err.reason == WARD_E_NONE))
			abort();
		take_all(conn);
		data += 2 + len;
		size -= 2 + len;
	}
	/* Nobody has shown who they are. */
	if (ward_conn_is_connected(conn))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ward_config *configs[2];
	struct ward_conn *conn;
	bool server;

	if (size == 0)
		return 0;
	server = data[0] & 1;
	if (configs[server] == NULL)
		configs[server] = make(server);
	conn = ward_quic_new(configs[server], server ? NULL : "server.example", TEST_NOW, "p", 1,
			     NULL, NULL);
	if (conn == NULL)
		abort();
	take_all(conn);
	feed(conn, data + 1, size - 1);
	ward_conn_free(conn);
	return 0;
}
