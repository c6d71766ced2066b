/*
 * Bytes of crypto streams to an engine without records: byte 0 is the role (0: a client, 1: a server, 2:
 * a client that offers early data), then come pieces: level, length, bytes.
 */
#include <stdlib.h>

#include <ward/early_data.h>
#include <ward/quic.h>

#include "support/credentials.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ward_config *make(bool server)
{
	static const char *const protocols[] = { "h3", NULL };
	struct ward_config *config = server ? test_server_config() : test_client_config();

	if (!ward_config_set_versions(config, WARD_TLS_1_3, WARD_TLS_1_3, NULL) ||
	    !ward_config_set_alpn(config, protocols, NULL) ||
	    !(server ? ward_config_set_early_data(config, 1, NULL, NULL)
		     : ward_config_set_resumption(config, false, NULL)))
		abort();
	return config;
}

static const struct ward_conn_options early = { .quic_early_data = true };

static void keep_ticket(void *arg, struct ward_conn *conn, struct ward_ticket *ticket)
{
	struct ward_ticket **kept = arg;

	(void)conn;
	ward_ticket_free(*kept);
	*kept = ward_ticket_ref(ticket);
}

/* What a connection between two ends leaves to the next. */
static struct ward_ticket *make_ticket(struct ward_config *for_client,
				       struct ward_config *for_server)
{
	struct ward_ticket *ticket = NULL;
	struct ward_conn *ends[2];
	enum ward_quic_level level;
	uint8_t bytes[8192];
	size_t n;

	if (!ward_config_set_ticket_callback(for_client, keep_ticket, &ticket, NULL))
		abort();
	ends[0] = ward_quic_new(for_client, "server.example", TEST_NOW, "p", 1, &early, NULL);
	ends[1] = ward_quic_new(for_server, NULL, TEST_NOW, "p", 1, &early, NULL);
	for (int turn = 0, from = 0; turn < 8; turn++, from = !from)
		while ((n = ward_quic_output(ends[from], &level, bytes, sizeof(bytes))) > 0)
			if (!ward_quic_receive(ends[!from], level, bytes, n, NULL))
				abort();
	ward_conn_free(ends[0]);
	ward_conn_free(ends[1]);
	if (ticket == NULL)
		abort();
	return ticket;
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
		bool ok = ward_quic_receive(conn, (enum ward_quic_level)(data[0] % 5), data + 2,
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
	static struct ward_ticket *ticket;
	struct ward_conn_options options = early;
	struct ward_conn *conn;
	bool server;

	if (size == 0)
		return 0;
	server = data[0] & 1;
	if (ticket == NULL) {
		configs[0] = make(false);
		configs[1] = make(true);
		ticket = make_ticket(configs[0], configs[1]);
	}
	if (data[0] & 2)
		options.ticket = ticket;
	conn = ward_quic_new(configs[server], server ? NULL : "server.example", TEST_NOW, "p", 1,
			     &options, NULL);
	if (conn == NULL || (ward_conn_early_data_status(conn) == WARD_EARLY_DATA_OFFERED) !=
				    (!server && (data[0] & 2)))
		abort();
	take_all(conn);
	feed(conn, data + 1, size - 1);
	ward_conn_free(conn);
	return 0;
}
