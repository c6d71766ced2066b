/* A client and a server engine back to back in memory. See pair.h. */
#include "support/pair.h"

#include <stdlib.h>
#include <string.h>

#include "base/span.h"

struct pair *pair_new(struct ward_config *client, struct ward_config *server, const char *host)
{
	return pair_new_at(client, server, host, TEST_NOW, NULL);
}

struct pair *pair_new_at(struct ward_config *client, struct ward_config *server, const char *host,
			 int64_t now, const struct ward_conn_options *options)
{
	struct pair *p = calloc(1, sizeof(*p));

	if (p == NULL)
		abort();
	p->client.conn = ward_conn_new_with(client, host == NULL ? "server.example" : host, now,
					    options, &p->client.err);
	p->server.conn = ward_conn_new(server, NULL, now, &p->server.err);
	return p;
}

void pair_free(struct pair *p)
{
	ward_conn_free(p->client.conn);
	ward_conn_free(p->server.conn);
	free(p);
}

/*
 * Gives the engine a copy of exactly these bytes, so that reading past them is seen. (Not by malloc,
 * which fails on purpose in test_allocation.c.)
 */
static size_t feed_exact(struct pipe_end *to, size_t len, bool *ok)
{
	uint8_t *copy = aligned_alloc(1, len);
	struct ward_received got;

	if (copy == NULL)
		abort();
	memcpy(copy, to->wire, len);
	*ok = ward_conn_receive(to->conn, copy, len, &got, &to->err);
	if (*ok && got.plain_len > 0) {
		if (to->plain_len + got.plain_len > sizeof(to->plain))
			to->plain_len = 0;
		memcpy(to->plain + to->plain_len, got.plain, got.plain_len);
		to->plain_len += got.plain_len;
		to->early_len += got.early ? got.plain_len : 0;
	}
	/* Records that are not used up yet stay as they are. */
	memmove(to->wire, to->wire + got.used, to->wire_len - got.used);
	to->wire_len -= got.used;
	free(copy);
	return got.used;
}

static bool end_receive(struct pipe_end *to)
{
	size_t offer = to->chunk;
	bool ok = true;

	while (to->wire_len > 0) {
		size_t len = to->chunk == 0 || offer > to->wire_len ? to->wire_len : offer;
		size_t used = feed_exact(to, len, &ok);

		if (!ok)
			return false;
		if (used == 0 && len == to->wire_len)
			return true;
		offer = used == 0 ? offer + to->chunk : to->chunk;
	}
	return true;
}

bool end_feed(struct pipe_end *to, const uint8_t *bytes, size_t len)
{
	if (len > sizeof(to->wire) - to->wire_len)
		abort();
	bytes_copy(to->wire + to->wire_len, bytes, len);
	to->wire_len += len;
	return end_receive(to);
}

size_t end_drain(struct pipe_end *from, struct pipe_end *to)
{
	size_t total = 0, n;

	do {
		n = ward_conn_output(from->conn, to->wire + to->wire_len,
				     sizeof(to->wire) - to->wire_len);
		to->wire_len += n;
		total += n;
	} while (n > 0);
	return total;
}

bool pair_pump(struct pair *p)
{
	bool ok = true;
	size_t moved;

	do {
		moved = end_drain(&p->client, &p->server);
		ok = end_receive(&p->server) && ok;
		moved += end_drain(&p->server, &p->client);
		ok = end_receive(&p->client) && ok;
	} while (moved > 0 && ok);
	/* After a failure the alert still crosses. */
	end_drain(&p->client, &p->server);
	ok = end_receive(&p->server) && ok;
	end_drain(&p->server, &p->client);
	ok = end_receive(&p->client) && ok;
	return ok;
}

bool pair_handshake(struct pair *p)
{
	return pair_pump(p) && ward_conn_is_connected(p->client.conn) &&
	       ward_conn_is_connected(p->server.conn);
}

bool pair_send(struct pair *p, bool from_client, const void *data, size_t len)
{
	struct pipe_end *from = from_client ? &p->client : &p->server;
	struct pipe_end *to = from_client ? &p->server : &p->client;
	const uint8_t *bytes = data;
	size_t sent = 0;

	to->plain_len = 0;
	while (sent < len) {
		size_t taken, written;

		if (!ward_conn_send(from->conn, bytes + sent, len - sent, &taken,
				    to->wire + to->wire_len, sizeof(to->wire) - to->wire_len,
				    &written, &from->err))
			return false;
		sent += taken;
		to->wire_len += written;
		if (!end_receive(to))
			return false;
	}
	return pair_pump(p) && to->plain_len == len && memcmp(to->plain, data, len) == 0;
}
