/*
 * A client's choice among its certificates where the server has sent filters (RFC 9846, 4.3.5), in
 * identity.c. What single filters ask for is tried in tests/x509/test_oid_filter.c.
 */
#include "support/configs.h"
#include "support/puppet.h"
#include "support/table.h"

#include <string.h>

/* Of two: the first is for servers, the second for clients. */
static const uint8_t for_clients[] = {
	5,    0x06, 3,    0x55, 0x1d, 0x25, 0,    12,   0x30, 10,
	0x06, 8,    0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 2,
};
static const uint8_t for_crls[] = { 5, 0x06, 3, 0x55, 0x1d, 0x0f, 0, 4, 0x03, 2, 1, 2 };
static const uint8_t unknown[] = { 3, 0x06, 1, 0x55, 0, 2, 0x05, 0 };

static void filter(struct certificate_request *cr, const uint8_t *filters, size_t len)
{
	cr->ext.oid_filters = span_make(filters, len);
	cr->ext.seen |= ext_bit(EXT_OID_FILTERS);
}

static void ask_for_clients(struct certificate_request *cr)
{
	filter(cr, for_clients, sizeof(for_clients));
}

static void ask_for_crls(struct certificate_request *cr)
{
	filter(cr, for_crls, sizeof(for_crls));
}

static void ask_for_unknown(struct certificate_request *cr)
{
	filter(cr, unknown, sizeof(unknown));
}

enum shown { NOTHING, OF_SERVER, OF_CLIENT };

static const struct row {
	const char *name;
	struct play play;
	enum shown shown;
} rows[] = {
	{ "no filters: the first certificate", { 0 }, OF_SERVER },
	{ "a purpose: the certificate that has it",
	  { .edit_certificate_request = ask_for_clients },
	  OF_CLIENT },
	{ "a key usage that none has: no certificate",
	  { .edit_certificate_request = ask_for_crls },
	  NOTHING },
	{ "an extension without rules: the first certificate",
	  { .edit_certificate_request = ask_for_unknown },
	  OF_SERVER },
};

static void see(void *arg, struct ward_conn *conn, const struct ward_event *event)
{
	enum shown *shown = arg;

	(void)conn;
	if (event->kind != WARD_EVENT_MESSAGE || !event->outgoing || event->type != HT_CERTIFICATE)
		return;
	*shown = NOTHING;
	if (memmem(event->bytes, event->len, "server.example", 14) != NULL)
		*shown = OF_SERVER;
	if (memmem(event->bytes, event->len, "client.example", 14) != NULL)
		*shown = OF_CLIENT;
}

static void test_row(void **state)
{
	const struct row *row = *state;
	struct ward_config *config = test_client_config();
	enum shown shown = OF_SERVER;
	struct ward_conn *conn;
	struct puppet *p;

	config_add(config, credential_server(WARD_KEY_P256));
	config_add(config, credential_client(WARD_KEY_P256));
	allow(ward_config_set_events(config, see, &shown, false, &ignored));
	conn = ward_conn_new(config, "server.example", TEST_NOW, &ignored);
	p = puppet_new(conn, &row->play);
	p->asks_certificate = true;
	assert_true(puppet_handshake(p));
	assert_int_equal(shown, row->shown);
	puppet_free(p);
	ward_conn_free(conn);
	ward_config_free(config);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, rows, test_row);
	failed = table_run(&t, "filters of a server");
	credentials_cleanup();
	return failed;
}
