/*
 * What a client that has the key sends as early data: records of all kinds under the right keys, to
 * a server that has taken its ClientHello and waits for EndOfEarlyData.
 *
 *	byte 0	bit 0: the client itself goes on afterwards
 *	then	records: type, padding, length (2 bytes), content
 *
 * No more data comes out as early than the ticket allows, none after EndOfEarlyData, and the server is
 * connected only if its client was left alone or sent nothing but data.
 */
#include <stdlib.h>
#include <string.h>

#include "support/pair.h"
#include "tls/conn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX = 1000 };

static void need(bool ok)
{
	if (!ok)
		abort();
}

static bool yes(void *arg, const struct ward_claim *claim)
{
	(void)arg;
	return claim->until >= claim->now;
}

static void keep_ticket(void *arg, struct ward_conn *conn, struct ward_ticket *ticket)
{
	struct ward_ticket **kept = arg;

	(void)conn;
	if (*kept == NULL)
		*kept = ward_ticket_ref(ticket);
}

static struct {
	struct ward_config *client, *server;
	struct ward_ticket *ticket;
} setup;

static void set_up(void)
{
	struct ward_error err = { 0 };
	struct ward_strikes *strikes = ward_strikes_new_with(yes, NULL, NULL, &err);
	struct pair *p;

	setup.client = test_client_config();
	setup.server = test_server_config();
	need(ward_config_set_early_data(setup.server, MAX, strikes, &err) &&
	     ward_config_set_ticket_callback(setup.client, keep_ticket, &setup.ticket, &err));
	ward_strikes_free(strikes);
	p = pair_new(setup.client, setup.server, NULL);
	need(pair_handshake(p) && setup.ticket != NULL);
	pair_free(p);
}

/* One record off the input, sealed and sent. False at the end, or when the server has refused. */
static bool send_record(struct pair *p, const uint8_t **data, size_t *size)
{
	static uint8_t record[RECORD_MAX + 256];
	const uint8_t *d = *data;
	struct ward_error err = { 0 };
	size_t len;

	if (*size < 4)
		return false;
	len = (size_t)d[2] << 8 | d[3];
	if (len > *size - 4)
		len = *size - 4;
	if (len > 4096)
		len = 4096;
	need(record_seal(&p->client.conn->write, (enum content_type)d[0], span_make(d + 4, len),
			 d[1], record, &err));
	*data += 4 + len;
	*size -= 4 + len;
	return end_feed(&p->server, record, len + d[1] + record_overhead(&p->client.conn->write));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_conn_options options = { .early_data = "early", .early_data_len = 5 };
	bool goes_on;
	struct pair *p;

	if (size == 0)
		return 0;
	if (setup.client == NULL)
		set_up();
	options.ticket = setup.ticket;
	goes_on = data[0] & 1;
	data++;
	size--;
	p = pair_new_at(setup.client, setup.server, NULL, TEST_NOW, &options);
	(void)end_drain(&p->client, &p->server);
	need(end_feed(&p->server, NULL, 0));
	need(p->server.conn->state == SERVER_WAIT_EOED && p->server.early_len == 5);
	while (send_record(p, &data, &size))
		need(p->server.conn->state == SERVER_WAIT_EOED ||
		     p->server.conn->state == SERVER_WAIT_FINISHED);
	need(p->server.early_len <= MAX && p->server.early_len == p->server.plain_len);
	if (goes_on && pair_handshake(p))
		need(p->server.conn->state == SERVER_CONNECTED);
	need(p->server.early_len <= MAX);
	pair_free(p);
	return 0;
}
