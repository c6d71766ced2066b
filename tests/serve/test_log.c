/*
 * Log lines: what stands in them, and that peers cannot break out of them.
 */
#include "serve/log.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "support/cert_fields.h"
#include "support/pair.h"
#include "support/table.h"

static const struct sockaddr_in peer = {
	.sin_family = AF_INET,
	.sin_port = 0x901f, /* 8080 on a little-endian machine; compared as text below */
	.sin_addr = { 0x0100007f },
};

/* What `write` logged; free() it. */
static char *logged(void (*write)(const struct log *log, void *arg), void *arg, bool access)
{
	struct log log = { NULL, access };
	char *text = NULL;
	size_t len = 0;

	log.file = open_memstream(&text, &len);
	assert_non_null(log.file);
	write(&log, arg);
	assert_int_equal(fclose(log.file), 0);
	return text;
}

static void assert_one_line(const char *text)
{
	size_t len = strlen(text);

	assert_true(len > 0 && text[len - 1] == '\n');
	assert_ptr_equal(strchr(text, '\n'), text + len - 1);
	for (size_t i = 0; i + 1 < len; i++)
		assert_true(text[i] >= ' ' && text[i] <= '~');
}

struct failure {
	const struct ward_conn *conn;
	struct ward_error err;
};

static void write_failure(const struct log *log, void *arg)
{
	const struct failure *f = arg;

	log_handshake(log, (const struct sockaddr *)&peer, f->conn, &f->err);
}

static const struct failure_row {
	const char *name;
	enum ward_reason reason;
	int received_alert;
	const char *detail;
	const char *has[4];
} rows[] = {
	{ "a refusal of ours",
	  WARD_E_NO_COMMON_VERSION,
	  -1,
	  "",
	  { "alert=sent:protocol_version",
	    "reason=NO_COMMON_VERSION \"the peers have no TLS version in common\"", "hint=\"" } },
	{ "an alert about the CA",
	  WARD_E_ALERT_RECEIVED,
	  48,
	  "unknown_ca (48)",
	  { "alert=received:unknown_ca", "hint=\"the client does not trust the certificate" } },
	{ "an alert about the time",
	  WARD_E_ALERT_RECEIVED,
	  45,
	  "",
	  { "alert=received:certificate_expired", "hint=\"renew" } },
	{ "an alert that says nothing",
	  WARD_E_ALERT_RECEIVED,
	  40,
	  "",
	  { "alert=received:handshake_failure" } },
	{ "plain HTTP",
	  WARD_E_PLAIN_HTTP,
	  -1,
	  "",
	  { "alert=none", "hint=\"put https:// in front of the address" } },
	{ "a client that left",
	  WARD_E_CLOSED_IN_HANDSHAKE,
	  -1,
	  "",
	  { "alert=none", "reason=CLOSED_IN_HANDSHAKE" } },
	{ "a detail with a quote and a line end",
	  WARD_E_NOT_TLS,
	  -1,
	  "a\"b\nc",
	  { "a\\x22b\\x0ac" } },
};

static void test_failure(void **state)
{
	const struct failure_row *row = *state;
	struct failure f = { NULL, { .reason = row->reason } };
	char *text;

	f.err.received_alert = row->received_alert;
	snprintf(f.err.detail, sizeof(f.err.detail), "%s", row->detail);
	text = logged(write_failure, &f, false);
	assert_one_line(text);
	assert_non_null(strstr(text, "Z handshake failed: peer=127.0.0.1:"));
	assert_non_null(strstr(text, " sni=\"\" offered=\"\" "));
	for (size_t i = 0; i < 4 && row->has[i] != NULL; i++)
		if (strstr(text, row->has[i]) == NULL)
			fail_msg("\"%s\" is not in: %s", row->has[i], text);
	free(text);
}

static void write_refused(const struct log *log, void *arg)
{
	log_refused(log, (const struct sockaddr *)&peer, arg);
}

static void test_refused(void **state)
{
	struct ward_error err = { .reason = WARD_E_CLIENT_NOT_ALLOWED, .received_alert = -1 };
	char *text;

	(void)state;
	snprintf(err.detail, sizeof(err.detail), "it is dns:\"x\n");
	text = logged(write_refused, &err, false);
	assert_one_line(text);
	assert_non_null(strstr(text, "Z certificate refused: peer=127.0.0.1:"));
	assert_non_null(strstr(text, "reason=CLIENT_NOT_ALLOWED "));
	assert_non_null(strstr(text, "dns:\\x22x\\x0a"));
	assert_null(strstr(text, "alert=")); /* it got none */
	free(text);
}

/* The name and the versions are the client's own words. */
static void test_client(void **state)
{
	struct ward_config *client = test_client_config(), *server = test_server_config();
	struct pair *p = pair_new(client, server, "server.example");
	struct failure f = { p->server.conn, { .reason = WARD_E_CLOSED_IN_HANDSHAKE } };
	char *text;

	(void)state;
	assert_true(pair_handshake(p));
	text = logged(write_failure, &f, false);
	assert_one_line(text);
	assert_non_null(strstr(text, " sni=\"server.example\" offered=\"TLS 1.3, TLS 1.2\" "));
	free(text);
	pair_free(p);
	ward_config_free(client);
	ward_config_free(server);
	credentials_cleanup();
}

static const struct log_user no_user;

static void write_access(const struct log *log, void *arg)
{
	log_access(log, (const struct sockaddr *)&peer, &no_user, arg, 206, UINT64_C(5000000000));
}

static void test_access(void **state)
{
	struct http_request r = { .line = SPAN_LITERAL("GET /\"\\\x1b[2J\xff HTTP/1.1") };
	char *text = logged(write_access, &r, true);

	(void)state;
	assert_one_line(text);
	assert_memory_equal(text, "127.0.0.1 - - [", 15);
	assert_non_null(strstr(text, " +0000] \"GET /\\x22\\x5c\\x1b[2J\\xff HTTP/1.1\" 206 "
				     "5000000000\n"));
	free(text);
	text = logged(write_access, &r, false);
	assert_string_equal(text, "");
	free(text);
}

/* ---- who the client is ---- */

static const struct user_row {
	const char *name;
	const char *names[3];
	const char *expected;
} users[] = {
	{ "a client with a DNS name", { "DNS:a.example", NULL }, " - dns:a.example [" },
	{ "a client with a URI",
	  { "URI:spiffe://prod/web", "DNS:a", NULL },
	  " - uri:spiffe://prod/web [" },
	{ "a client with a mail address",
	  { "EMAIL:a@example.org", NULL },
	  " - email:a@example.org [" },
	{ "a client with an address", { "IP:192.0.2.7", NULL }, " - ip:192.0.2.7 [" },
	{ "a client whose name has blanks and quotes",
	  { "URI:x:a b\"c\\", NULL },
	  " - uri:x:a\\x20b\\x22c" },
};

static void write_user(const struct log *log, void *arg)
{
	struct http_request r = { .line = SPAN_LITERAL("GET / HTTP/1.1") };

	const struct log_user user = { .cert = arg };

	log_access(log, (const struct sockaddr *)&peer, &user, &r, 200, 5);
}

static void write_raw_key(const struct log *log, void *arg)
{
	struct http_request r = { .line = SPAN_LITERAL("GET / HTTP/1.1") };
	const struct log_user user = { .raw_key = arg };

	log_access(log, (const struct sockaddr *)&peer, &user, &r, 200, 5);
}

static void test_raw_key(void **state)
{
	struct ward_pin pin = { { 0 } };
	char *text = logged(write_raw_key, &pin, true);

	(void)state;
	assert_one_line(text);
	assert_non_null(
		strstr(text, " - pin:sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= ["));
	free(text);
}

static void test_user(void **state)
{
	const struct user_row *row = *state;
	struct ward_cert *cert = cert_with_names(row->names);
	char *text = logged(write_user, cert, true);

	assert_one_line(text);
	assert_non_null(strstr(text, row->expected));
	free(text);
	ward_cert_free(cert);
}

static void test_user_by_common_name(void **state)
{
	const struct cert_fields f = { .subject = "300e310c300a06035504030c03626f62" };
	const struct cert_fields nobody = { .subject = "3000" };
	struct ward_cert *cert = cert_fields_parse(&f), *none = cert_fields_parse(&nobody);
	char *text = logged(write_user, cert, true);

	(void)state;
	assert_non_null(strstr(text, " - cn:bob ["));
	free(text);
	text = logged(write_user, none, true);
	assert_non_null(strstr(text, " - - ["));
	free(text);
	ward_cert_free(cert);
	ward_cert_free(none);
}

static void write_note(const struct log *log, void *arg)
{
	log_note(log, "%s %d", (const char *)arg, 5);
}

static void test_note(void **state)
{
	char word[] = "five:";
	char *text = logged(write_note, word, false);
	struct log none = { NULL, true };
	struct http_request r = { 0 };

	(void)state;
	assert_one_line(text);
	assert_non_null(strstr(text, "Z five: 5\n"));
	free(text);
	write_note(&none, word);
	write_access(&none, &r);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, rows, test_failure);
	table_add(&t, "a certificate that was refused in an answer", test_refused, NULL);
	table_add(&t, "what a client offered", test_client, NULL);
	table_add(&t, "an answer", test_access, NULL);
	TABLE_ADD(&t, users, test_user);
	table_add(&t, "a client with a raw public key", test_raw_key, NULL);
	table_add(&t, "a client with a common name alone", test_user_by_common_name, NULL);
	table_add(&t, "a note, and no log at all", test_note, NULL);
	return table_run(&t, "log");
}
