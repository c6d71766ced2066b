/*
 * What is told of a connection: the key log and the stream of events.
 */
#include "support/pair.h"
#include "support/table.h"

#include <stdio.h>
#include <string.h>

static struct ward_error ignored;

static void allow(bool ok)
{
	assert_true(ok);
}

/* ---- the key log (RFC 9850) ---- */

struct lines {
	char text[8][256];
	size_t count;
};

static void note_line(void *arg, const char *line)
{
	struct lines *l = arg;

	assert_true(l->count < 8 && strlen(line) < 256);
	memcpy(l->text[l->count++], line, strlen(line) + 1);
}

static bool has_line(const struct lines *l, const char *line)
{
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->text[i], line) == 0)
			return true;
	return false;
}

static void test_keylog(void **state)
{
	static const char *const labels[] = { "CLIENT_HANDSHAKE_TRAFFIC_SECRET ",
					      "SERVER_HANDSHAKE_TRAFFIC_SECRET ",
					      "CLIENT_TRAFFIC_SECRET_0 ",
					      "SERVER_TRAFFIC_SECRET_0 ", "EXPORTER_SECRET " };
	struct lines client = { .count = 0 }, server = { .count = 0 };
	struct pair *p;
	struct ward_config *c = test_client_config(), *s = test_server_config();

	(void)state;
	allow(ward_config_set_keylog(c, note_line, &client, &ignored));
	allow(ward_config_set_keylog(s, note_line, &server, &ignored));
	p = pair_new(c, s, NULL);
	assert_true(pair_handshake(p));
	assert_int_equal(client.count, 5);
	assert_int_equal(server.count, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_true(has_line(&server, client.text[i]));
		assert_int_equal(strlen(client.text[i]), strlen(labels[i]) + 64 + 1 + 64);
		assert_memory_equal(client.text[i], labels[i], strlen(labels[i]));
	}
	pair_free(p);
	ward_config_free(c);
	ward_config_free(s);
}

/* ---- the stream of events ---- */

struct story {
	char text[4096];
	size_t len;
	size_t secrets, bad_messages, records;
};

static void note_fields(void *arg, const struct ward_field *field)
{
	size_t *end = arg;

	if (field->offset + field->len > *end)
		*end = field->offset + field->len;
}

static void note_event(void *arg, struct ward_conn *conn, const struct ward_event *e)
{
	struct story *st = arg;
	const char *way = e->outgoing ? ">" : "<";
	char word[128] = "";
	size_t end = 0;

	assert_non_null(conn);
	switch (e->kind) {
	case WARD_EVENT_RECORD:
		st->records++;
		return;
	case WARD_EVENT_SECRET:
		st->secrets++;
		return;
	case WARD_EVENT_MESSAGE:
		if (!ward_message_fields(e->bytes, e->len, note_fields, &end) || end != e->len)
			st->bad_messages++;
		snprintf(word, sizeof(word), "%s%s%s ", way, ward_message_name(e->type),
			 e->encrypted ? "*" : "");
		break;
	case WARD_EVENT_KEYS:
		snprintf(word, sizeof(word), "%s[%s] ", way, e->label);
		break;
	case WARD_EVENT_ALERT:
		snprintf(word, sizeof(word), "%s!%s ", way, ward_alert_name(e->type));
		break;
	case WARD_EVENT_STATE:
		snprintf(word, sizeof(word), "(%s) ", e->label);
		break;
	case WARD_EVENT_VERIFIED:
		snprintf(word, sizeof(word), "%s ", e->error == NULL ? "verified" : "unverified");
		break;
	case WARD_EVENT_CONNECTED:
		snprintf(word, sizeof(word), "connected ");
		break;
	case WARD_EVENT_FAILED:
		snprintf(word, sizeof(word), "failed:%s ", ward_reason_name(e->error->reason));
		break;
	case WARD_EVENT_RESUMED:
		snprintf(word, sizeof(word), "resumed:%s ", e->label);
		break;
	case WARD_EVENT_CLOSED:
		snprintf(word, sizeof(word), "%sclosed ", way);
		break;
	}
	assert_true(st->len + strlen(word) < sizeof(st->text));
	memcpy(st->text + st->len, word, strlen(word) + 1);
	st->len += strlen(word);
}

static void test_events(void **state)
{
	static struct story client, server;
	struct pair *p;
	struct ward_config *c = test_client_config(), *s = test_server_config();

	(void)state;
	allow(ward_config_set_events(c, note_event, &client, true, &ignored));
	allow(ward_config_set_events(s, note_event, &server, false, &ignored));
	p = pair_new(c, s, NULL);
	assert_true(pair_handshake(p));
	allow(ward_conn_update_keys(p->client.conn, false, &ignored));
	assert_true(pair_pump(p));
	ward_conn_close(p->client.conn);
	assert_true(pair_pump(p));
	assert_string_equal(
		client.text,
		"(WAIT_SH) >ClientHello <ServerHello <[handshake] >[handshake] (WAIT_EE) "
		"<EncryptedExtensions* (WAIT_CERT_CR) <Certificate* verified (WAIT_CV) "
		"<CertificateVerify* (WAIT_FINISHED) <Finished* <[application] >Finished* "
		">[application] (CONNECTED) connected <NewSessionTicket* "
		"<NewSessionTicket* >KeyUpdate* >[update] >!close_notify "
		">closed ");
	assert_string_equal(
		server.text,
		"(START) <ClientHello >ServerHello >[handshake] <[handshake] "
		">EncryptedExtensions* >Certificate* >CertificateVerify* >Finished* "
		">[application] (WAIT_FINISHED) <Finished* <[application] >NewSessionTicket* "
		">NewSessionTicket* (CONNECTED) connected "
		"<KeyUpdate* <[update] <!close_notify <closed ");
	assert_int_equal(client.bad_messages + server.bad_messages, 0);
	assert_int_equal(client.secrets, 5);
	assert_int_equal(server.secrets, 0);
	assert_true(client.records > 4 && server.records > 4);
	pair_free(p);
	ward_config_free(c);
	ward_config_free(s);
}

int main(void)
{
	static struct table t;
	int failed;

	table_add(&t, "the key log", test_keylog, NULL);
	table_add(&t, "the stream of events", test_events, NULL);
	failed = table_run(&t, "events");
	credentials_cleanup();
	return failed;
}
