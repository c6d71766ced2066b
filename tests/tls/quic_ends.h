/*
 * Two ends of QUIC's handshake and what goes between them, level by level: what its tests begin with.
 */
#ifndef TESTS_TLS_QUIC_ENDS_H
#define TESTS_TLS_QUIC_ENDS_H

#include <stdlib.h>
#include <string.h>

#include "support/credentials.h"
#include "support/table.h"
#include "tls/quic.h"

static struct ward_error ignored;

/* One end, and what it has given away. */
struct end {
	struct ward_conn *conn;
	struct ward_quic_secret secrets[QUIC_SECRETS];
	size_t secret_count;
	struct ward_error err;
	bool failed;
};

struct ends {
	struct ward_config *client_config, *server_config;
	struct end client, server;
	/* Changes bytes on their way; false drops them. NULL: none. */
	bool (*edit)(bool to_client, enum ward_quic_level level, uint8_t *bytes, size_t len);
};

static const char client_parameters[] = "of the client";
static const char server_parameters[] = "the server's";

static inline struct ward_config *quic_config(bool server)
{
	static const char *const protocols[] = { "h3", NULL };
	struct ward_config *c = server ? test_server_config() : test_client_config();

	assert_true(ward_config_set_versions(c, WARD_TLS_1_3, WARD_TLS_1_3, &ignored));
	assert_true(ward_config_set_alpn(c, protocols, &ignored));
	return c;
}

static inline void ends_make(struct ends *e)
{
	*e = (struct ends){ .client_config = quic_config(false),
			    .server_config = quic_config(true) };
}

/* What both ends are told beside, at this time. */
static inline void ends_start_at(struct ends *e, int64_t now,
				 const struct ward_conn_options *client,
				 const struct ward_conn_options *server)
{

	e->client.conn = ward_quic_new(e->client_config, "server.example", now, client_parameters,
				       sizeof(client_parameters), client, &e->client.err);
	e->server.conn = ward_quic_new(e->server_config, NULL, now, server_parameters,
				       sizeof(server_parameters), server, &e->server.err);
	assert_non_null(e->client.conn);
	assert_non_null(e->server.conn);
}

static inline void ends_start(struct ends *e, struct ward_ticket *ticket)
{
	const struct ward_conn_options options = { .service = "service", .ticket = ticket };

	ends_start_at(e, TEST_NOW, &options, NULL);
}

static inline void ends_clear(struct ends *e)
{
	ward_conn_free(e->client.conn);
	ward_conn_free(e->server.conn);
	ward_config_free(e->client_config);
	ward_config_free(e->server_config);
}

static inline void take_secrets(struct end *e)
{
	while (e->secret_count < QUIC_SECRETS &&
	       ward_quic_next_secret(e->conn, &e->secrets[e->secret_count]))
		e->secret_count++;
}

/* In pieces of `piece` bytes. */
static inline bool carry(struct ends *e, bool to_client, size_t piece)
{
	struct end *from = to_client ? &e->server : &e->client;
	struct end *to = to_client ? &e->client : &e->server;
	uint8_t bytes[4096];
	enum ward_quic_level level;
	bool moved = false;
	size_t n;

	while ((n = ward_quic_output(from->conn, &level, bytes, piece)) > 0) {
		moved = true;
		if (to->failed || (e->edit != NULL && !e->edit(to_client, level, bytes, n)))
			continue;
		to->failed = !ward_quic_receive(to->conn, level, bytes, n, &to->err);
		take_secrets(to);
	}
	take_secrets(from);
	return moved;
}

static inline bool handshake(struct ends *e, size_t piece)
{
	while (carry(e, false, piece) || carry(e, true, piece))
		;
	return ward_conn_is_connected(e->client.conn) && ward_conn_is_connected(e->server.conn);
}

/* What one end writes with, the other reads with: of two levels, and of early data if it is taken. */
static inline void check_secrets(const struct ends *e, bool early)
{
	const size_t count = early ? QUIC_SECRETS : QUIC_SECRETS - 1;
	size_t pairs = 0;

	assert_int_equal(e->client.secret_count, count);
	assert_int_equal(e->server.secret_count, count);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++) {
			const struct ward_quic_secret *a = &e->client.secrets[i];
			const struct ward_quic_secret *b = &e->server.secrets[j];
			bool pair = a->level == b->level && a->outgoing != b->outgoing;

			assert_int_equal(a->cipher_suite, b->cipher_suite);
			assert_true(a->len == b->len && a->len >= 32);
			assert_int_equal(memcmp(a->bytes, b->bytes, a->len) == 0, pair);
			pairs += pair;
		}
	assert_int_equal(pairs, count);
}

/* The first ticket that comes, into a struct ward_ticket *. */
static inline void keep_ticket(void *arg, struct ward_conn *conn, struct ward_ticket *ticket)
{
	struct ward_ticket **kept = arg;

	(void)conn;
	if (*kept == NULL)
		*kept = ward_ticket_ref(ticket);
}

#endif
