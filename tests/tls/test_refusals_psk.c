/*
 * Pre-shared keys: what each side refuses, with the reason that is told to the caller and the alert
 * that is told to the peer. Tickets are made here, so that one thing can be wrong at a time.
 */
#include "support/puppet.h"
#include "support/table.h"
#include "tls/conn.h"
#include "tls/ticket_keys.h"

#include <stdio.h>

static struct ward_error ignored;

/* ---- what both sides keep of a connection that never was ---- */

static const uint8_t psk_bytes[48] = { 0x5a, 1, 2, 3 };

struct made {
	struct resumption r;
	uint8_t context[32];
	uint8_t chain[4096];
};

static void make(struct made *m, const struct ward_config *config, uint16_t suite)
{
	const struct credential *server = credential_server(WARD_KEY_P256);
	struct writer w = writer_make(m->chain, sizeof(m->chain), &ignored);

	config_ticket_context(config, config->is_server ? &config->identities[0] : NULL,
			      m->context);
	if (!config->is_server)
		for (size_t i = 0; i < server->chain.count; i++)
			writer_vec(&w, 3, cert_der(server->chain.certs[i]));
	m->r = (struct resumption){
		.version = WARD_TLS_1_3,
		.suite = suite,
		.key = span_make(psk_bytes, digest_len(suite_find(suite)->digest)),
		.authenticated = TEST_NOW - 10,
		.issued = TEST_NOW - 10,
		.lifetime = 1000,
		.age_add = 7,
		.context = SPAN_ARRAY(m->context),
		.name = SPAN_LITERAL("server.example"),
		.chain = writer_span(&w),
		.ticket = config->is_server ? SPAN_EMPTY : SPAN_LITERAL("anything"),
	};
}

/* ---- a client that offers a ticket ---- */

static void take_first(struct server_hello *sh)
{
	if (sh->is_retry)
		return;
	sh->ext.psk_selected = 0;
	sh->ext.seen |= ext_bit(EXT_PRE_SHARED_KEY);
}

static void take_second(struct server_hello *sh)
{
	take_first(sh);
	sh->ext.psk_selected = 1;
}

static void take_without_share(struct server_hello *sh)
{
	take_first(sh);
	sh->ext.seen &= ~ext_bit(EXT_KEY_SHARE);
}

static void early_data(struct encrypted_extensions *ee)
{
	ee->ext.seen |= ext_bit(EXT_EARLY_DATA);
}

static void early_data_for_h2(struct encrypted_extensions *ee)
{
	early_data(ee);
	ee->ext.alpn = SPAN_LITERAL("\x02h2");
	ee->ext.seen |= ext_bit(EXT_ALPN);
}

static void flip_last(struct puppet *p, struct bytes *m)
{
	(void)p;
	m->data[m->len - 1] ^= 1;
}

struct row {
	const char *name;
	struct play play;
	enum ward_reason reason; /* WARD_E_NONE: nothing is refused */
	int alert;
	uint16_t suite;    /* that the server chooses; 0: AES-128 */
	bool knows_psk;    /* the server has the key */
	bool certificates; /* a whole handshake's messages */
	bool asks;         /* CertificateRequest too */
	bool retries;
	bool no_ticket;
	bool resumed; /* where nothing is refused */
	bool early; /* early data is offered: the alert is under its keys, which the puppet lacks */
};

static const struct row client_rows[] = {
	{ "the server has the key",
	  { .edit_server_hello = take_first },
	  WARD_E_NONE,
	  -1,
	  .knows_psk = true,
	  .resumed = true },
	{ "the server has the key, after a retry",
	  { .edit_server_hello = take_first },
	  WARD_E_NONE,
	  -1,
	  .knows_psk = true,
	  .retries = true,
	  .resumed = true },
	{ "the server does without the key", { 0 }, WARD_E_NONE, -1, .certificates = true },
	{ "the server does without the key, and chooses another hash",
	  { 0 },
	  WARD_E_NONE,
	  -1,
	  .suite = 0x1302,
	  .certificates = true },
	{ "a server that only says it has the key",
	  { .edit_server_hello = take_first },
	  WARD_E_BAD_RECORD_MAC,
	  -1 }, /* the alert is there, under keys that the server lacks */
	{ "a key that was not offered",
	  { .edit_server_hello = take_second },
	  WARD_E_PSK_NOT_OFFERED,
	  47,
	  .knows_psk = true },
	{ "a key where none was offered",
	  { .edit_server_hello = take_first },
	  WARD_E_EXT_NOT_OFFERED,
	  110,
	  .no_ticket = true },
	{ "a suite of another hash",
	  { .edit_server_hello = take_first },
	  WARD_E_PSK_WRONG_HASH,
	  47,
	  .suite = 0x1302,
	  .knows_psk = true },
	{ "a retry with a suite of another hash, and then the key",
	  { .edit_server_hello = take_first },
	  WARD_E_EXT_NOT_OFFERED,
	  110,
	  .suite = 0x1302,
	  .knows_psk = true,
	  .retries = true },
	{ "a key without a key exchange",
	  { .edit_server_hello = take_without_share },
	  WARD_E_EXT_MISSING,
	  109,
	  .knows_psk = true },
	{ "a certificate as well",
	  { .edit_server_hello = take_first },
	  WARD_E_MESSAGE_UNEXPECTED,
	  10,
	  .knows_psk = true,
	  .certificates = true },
	{ "a request for a certificate as well",
	  { .edit_server_hello = take_first },
	  WARD_E_MESSAGE_UNEXPECTED,
	  10,
	  .knows_psk = true,
	  .asks = true },
	{ "Finished of another transcript",
	  { .edit_server_hello = take_first, .at = HT_FINISHED, .edit_bytes = flip_last },
	  WARD_E_FINISHED_MISMATCH,
	  51,
	  .knows_psk = true },
	{ "early data accepted that was not offered",
	  { .edit_server_hello = take_first, .edit_encrypted_extensions = early_data },
	  WARD_E_EXT_NOT_OFFERED,
	  110,
	  .knows_psk = true },
	{ "early data taken without the key",
	  { .edit_encrypted_extensions = early_data },
	  WARD_E_EARLY_DATA_NOT_ALLOWED,
	  -1,
	  .certificates = true,
	  .early = true },
	{ "early data taken with another suite",
	  { .edit_server_hello = take_first, .edit_encrypted_extensions = early_data },
	  WARD_E_EARLY_DATA_NOT_ALLOWED,
	  -1,
	  .suite = 0x1303,
	  .knows_psk = true,
	  .early = true },
	{ "early data taken with another protocol",
	  { .edit_server_hello = take_first, .edit_encrypted_extensions = early_data_for_h2 },
	  WARD_E_EARLY_DATA_NOT_ALLOWED,
	  -1,
	  .knows_psk = true,
	  .early = true },
	{ "early data refused",
	  { .edit_server_hello = take_first },
	  WARD_E_NONE,
	  -1,
	  .knows_psk = true,
	  .resumed = true,
	  .early = true },
	{ "early data refused with a retry",
	  { .edit_server_hello = take_first },
	  WARD_E_NONE,
	  -1,
	  .knows_psk = true,
	  .retries = true,
	  .resumed = true,
	  .early = true },
	{ "early data taken behind a retry",
	  { .edit_server_hello = take_first, .edit_encrypted_extensions = early_data },
	  WARD_E_EXT_NOT_OFFERED,
	  110,
	  .knows_psk = true,
	  .retries = true,
	  .early = true },
};

static void expect(struct ward_conn *conn, struct puppet *p, const struct row *row)
{
	const struct ward_error *told;

	puppet_handshake(p);
	told = ward_conn_error(conn);
	assert_string_equal(ward_reason_name(told == NULL ? WARD_E_NONE : told->reason),
			    ward_reason_name(row->reason));
	assert_int_equal(p->alert, row->alert);
	if (told == NULL)
		assert_int_equal(ward_conn_resumed(conn), row->resumed);
	assert_int_equal(ward_conn_is_connected(conn), told == NULL);
}

static void test_client(void **state)
{
	const struct row *row = *state;
	static const char *const protocols[] = { "http/1.1", "h2", NULL };
	struct ward_config *config = test_client_config();
	struct ward_conn_options options = { .ticket = NULL };
	struct ward_conn *conn;
	struct puppet *p;
	struct made m;

	make(&m, config, TLS_AES_128_GCM_SHA256);
	if (row->early) {
		assert_true(ward_config_set_alpn(config, protocols, &ignored));
		m.r.max_early_data = 100;
		options.early_data = "early";
		options.early_data_len = 5;
	}
	if (!row->no_ticket) {
		options.ticket = ticket_new(&m.r, &ignored);
		assert_non_null(options.ticket);
	}
	conn = ward_conn_new_with(config, "server.example", TEST_NOW, &options, &ignored);
	p = puppet_new(conn, &row->play);
	p->suite_id = row->suite == 0 ? TLS_AES_128_GCM_SHA256 : row->suite;
	p->retries = row->retries;
	p->resumes = !row->certificates;
	p->lenient = !row->knows_psk;
	p->skips_early = row->early;
	p->asks_certificate = row->asks;
	if (row->knows_psk) {
		p->psk.len = 32;
		memcpy(p->psk.data, psk_bytes, 32);
	}
	expect(conn, p, row);
	puppet_free(p);
	ward_conn_free(conn);
	ward_ticket_free(options.ticket);
	ward_config_free(config);
}

/* ---- a server that is offered a ticket ---- */

/* What the client does wrong. */
static struct {
	bool wrong_binder, short_binder, long_binder, other_modes, no_modes, second;
	uint16_t suite;
} offer;

static size_t seal_ticket(const struct ward_conn *conn, uint8_t *sealed)
{
	uint8_t content[1024];
	struct writer w = writer_make(content, sizeof(content), &ignored);
	struct made m;

	make(&m, conn->config, offer.suite == 0 ? TLS_AES_128_GCM_SHA256 : offer.suite);
	resumption_write(&w, &m.r);
	assert_true(ticket_seal(conn->config->ticket_keys, TEST_NOW, writer_span(&w), sealed,
				&ignored));
	return w.len + TICKET_OVERHEAD;
}

static void append_hex(char *hex, struct span bytes)
{
	for (size_t i = 0; i < bytes.len; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes.data[i]);
}

/* pre_shared_key with binders of zeros, and how long they are with their length. */
static size_t add_psk(struct puppet *p, struct bytes *m)
{
	uint8_t sealed[2048], body[4096];
	char hex[2 * sizeof(body)] = "";
	size_t len = seal_ticket(p->conn, sealed);
	size_t mac = (offer.suite == 0x1302 ? 48 : 32) + (size_t)offer.long_binder;
	struct writer w = writer_make(body, sizeof(body), &ignored);

	if (offer.short_binder)
		mac = 32;
	writer_u16(&w, EXT_PRE_SHARED_KEY);
	WRITE_VEC (&w, 2) {
		WRITE_VEC (&w, 2) {
			if (offer.second) {
				writer_vec(&w, 2, SPAN_LITERAL("a ticket of someone else's"));
				writer_u32(&w, 0);
			}
			writer_vec(&w, 2, span_make(sealed, len));
			writer_u32(&w, 10007);
		}
		WRITE_VEC (&w, 2) {
			for (int i = 0; i <= offer.second; i++) {
				writer_u8(&w, (uint8_t)mac);
				writer_zeros(&w, mac);
			}
		}
	}
	append_hex(hex, writer_span(&w));
	message_add_extension(m, hex);
	return 2 + (1 + (size_t)offer.second) * (1 + mac);
}

static void offer_psk(struct puppet *p, struct bytes *m)
{
	struct psk psk = { .hash = offer.suite == 0x1302 ? DIGEST_SHA384 : DIGEST_SHA256,
			   .binder = RES_BINDER };
	size_t binders;

	if (!offer.no_modes)
		message_add_extension(m, offer.other_modes ? "002d00020100" : "002d00020101");
	binders = add_psk(p, m);
	psk.key.len = digest_len(psk.hash);
	memcpy(psk.key.data, psk_bytes, psk.key.len);
	if (!offer.short_binder && !offer.long_binder)
		psk_binder(&psk, &(struct transcript){ .held = SPAN_EMPTY },
			   span_make(m->data, m->len - binders), m->data + m->len - psk.key.len);
	if (offer.wrong_binder)
		m->data[m->len - 1] ^= 0x80;
	if (!offer.other_modes)
		p->psk = psk.key;
}

#define OFFER                                                                                      \
	{                                                                                          \
		.at = HT_CLIENT_HELLO, .edit_bytes = offer_psk                                     \
	}

static void is_good(void)
{
}

static void wrong_binder(void)
{
	offer.wrong_binder = true;
}

static void short_binder(void)
{
	offer.short_binder = true;
	offer.suite = 0x1302;
}

static void long_binder(void)
{
	offer.long_binder = true;
}

static void psk_ke(void)
{
	offer.other_modes = true;
}

static void no_modes(void)
{
	offer.no_modes = true;
}

static void is_second(void)
{
	offer.second = true;
}

static void of_sha384(void)
{
	offer.suite = 0x1302;
}

static const struct server_row {
	const char *name;
	void (*set)(void);
	enum ward_reason reason;
	int alert;
	bool resumed;
} server_rows[] = {
	{ "a good ticket", is_good, WARD_E_NONE, -1, true },
	{ "a good ticket behind another's", is_second, WARD_E_NONE, -1, true },
	{ "a good ticket of SHA-384", of_sha384, WARD_E_NONE, -1, true },
	{ "a wrong binder", wrong_binder, WARD_E_PSK_BINDER_MISMATCH, 51, false },
	{ "a binder of another hash's length", short_binder, WARD_E_PSK_BINDER_MISMATCH, 51,
	  false },
	{ "a binder that is a byte too long", long_binder, WARD_E_PSK_BINDER_MISMATCH, 51, false },
	{ "a key without a key exchange: a whole handshake", psk_ke, WARD_E_NONE, -1, false },
	{ "a key without the modes", no_modes, WARD_E_EXT_MISSING, 109, false },
};

static void test_server(void **state)
{
	const struct server_row *row = *state;
	const struct row expected = { .reason = row->reason,
				      .alert = row->alert,
				      .resumed = row->resumed };
	static const struct play play = OFFER;
	struct ward_config *config = test_server_config();
	struct ward_conn *conn;
	struct puppet *p;

	memset(&offer, 0, sizeof(offer));
	row->set();
	assert_true(ward_config_set_tickets(config, 1, &ignored));
	conn = ward_conn_new(config, NULL, TEST_NOW, &ignored);
	p = puppet_new(conn, &play);
	p->hears_tickets = true;
	expect(conn, p, &expected);
	puppet_free(p);
	ward_conn_free(conn);
	ward_config_free(config);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, client_rows, test_client);
	TABLE_ADD(&t, server_rows, test_server);
	failed = table_run(&t, "refusals of pre-shared keys");
	credentials_cleanup();
	return failed;
}
