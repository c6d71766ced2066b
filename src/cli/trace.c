/*
 * The trace of `ward connect -v`: every handshake message in the order in which it comes or goes,
 * with what it is for (RFC 9846, section 4), so that one who has never read the RFC can follow.
 *
 *	-->  ClientHello           231 bytes  what this side can do, and its half of the key exchange
 *	<--  ServerHello           122 bytes  what the server chose, and its half of the key exchange
 *	<--  EncryptedExtensions    10 bytes  encrypted from here on: answers to the other offers
 */
#include "cli/trace.h"

#include <string.h>

#include "cli/report.h"
#include "tls/msg/msg.h"

static const struct purpose {
	int type;
	const char *name; /* NULL: the RFC's name of the type */
	const char *text;
} purposes[] = {
	{ HT_CLIENT_HELLO, NULL, "what this side can do, and its half of the key exchange" },
	{ HT_SERVER_HELLO, NULL,
	  "what the server chose, and its half: both now have the same keys" },
	{ HT_ENCRYPTED_EXTENSIONS, NULL,
	  "the first encrypted message: answers to the other offers" },
	{ HT_CERTIFICATE_REQUEST, NULL, "the server asks this side for a certificate" },
	{ HT_CERTIFICATE, NULL, "who this is, and who vouches for that" },
	{ HT_COMPRESSED_CERTIFICATE, NULL, "the same in fewer bytes (RFC 8879)" },
	{ HT_CERTIFICATE_STATUS, NULL, "stapled to it: that the certificate is not revoked" },
	{ HT_SERVER_KEY_EXCHANGE, NULL, "the server's half of the key exchange, signed" },
	{ HT_SERVER_HELLO_DONE, NULL, "the server waits for this side" },
	{ HT_CLIENT_KEY_EXCHANGE, NULL, "this side's half: both now have the same keys" },
	{ HT_CERTIFICATE_VERIFY, NULL, "a signature: the sender holds the certificate's key" },
	{ HT_FINISHED, NULL, "a checksum over all messages: nobody has changed one" },
	{ HT_NEW_SESSION_TICKET, NULL, "a ticket for a shorter handshake next time" },
	{ HT_KEY_UPDATE, NULL, "the sender changes to new keys" },
};

static const struct purpose retry = { HT_SERVER_HELLO, "HelloRetryRequest",
				      "the server wants another key exchange group: start again" };
static const struct purpose unknown = { -1, NULL, "" };

static bool is_retry(const struct ward_event *e)
{
	enum { RANDOM_AT = HANDSHAKE_HEADER_LEN + 2, RANDOM_LEN = 32 };

	return e->type == HT_SERVER_HELLO && e->len >= RANDOM_AT + RANDOM_LEN &&
	       span_equal(span_make(e->bytes + RANDOM_AT, RANDOM_LEN),
			  span_make(server_hello_retry_random, RANDOM_LEN));
}

static const struct purpose *purpose_of(const struct ward_event *e)
{
	if (is_retry(e))
		return &retry;
	for (size_t i = 0; i < sizeof(purposes) / sizeof(purposes[0]); i++)
		if (purposes[i].type == e->type)
			return &purposes[i];
	return &unknown;
}

/* ---- fields ---- */

/* A field on a line of its own: indented by its depth, its value in words or in hex. */
static void print_field(const struct term *term, const struct ward_field *field,
			const uint8_t *message)
{
	enum { SHOWN = 24 };
	size_t shown = field->len < SHOWN ? field->len : SHOWN;

	term_print(term, "     %*s", 2 * field->depth, "");
	term_paint(term, TERM_DIM, "%s", field->name);
	if (field->value[0] != '\0') {
		term_print(term, "  %s\n", field->value);
		return;
	}
	term_print(term, "  ");
	for (size_t i = 0; i < shown; i++)
		term_print(term, "%02x", message[field->offset + i]);
	term_print(term, shown < field->len ? "... %zu bytes\n" : "\n", field->len);
}

struct fields {
	const struct term *term;
	const uint8_t *message;
	/* A field that groups others is told before them: only the next one shows which it is. */
	struct ward_field held;
	char held_value[256];
	bool holds;
};

static void release_field(struct fields *f, int next_depth)
{
	const struct ward_field *held = &f->held;

	if (!f->holds)
		return;
	if (next_depth > held->depth)
		term_print(f->term, "     %*s%s%s%s\n", 2 * held->depth, "", held->name,
			   held->value[0] == '\0' ? "" : "  ", held->value);
	else
		print_field(f->term, held, f->message);
	f->holds = false;
}

/* The type of an extension stands in its heading, lengths are seen from what follows. */
static bool is_told_already(const struct ward_field *field)
{
	static const char *const names[] = { "length", "extension_type", "msg_type" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(field->name, names[i]) == 0)
			return true;
	return false;
}

static void take_field(void *arg, const struct ward_field *field)
{
	struct fields *f = arg;

	if (is_told_already(field))
		return;
	release_field(f, field->depth);
	f->held = *field;
	snprintf(f->held_value, sizeof(f->held_value), "%s", field->value);
	f->held.value = f->held_value;
	f->holds = true;
}

/* Before the version is known there are hellos alone, which are the same in both. */
static int version_of(const struct ward_conn *conn)
{
	const char *version = ward_conn_version(conn);

	return version != NULL && strcmp(version, "TLSv1.2") == 0 ? WARD_TLS_1_2 : WARD_TLS_1_3;
}

static void print_fields(const struct trace *t, int version, const struct ward_event *e)
{
	struct fields f = { .term = &t->term, .message = e->bytes };

	(void)ward_message_fields_of(version, e->bytes, e->len, take_field, &f);
	release_field(&f, -1);
}

/* ---- events ---- */

static const char *arrow(const struct ward_event *e)
{
	return e->outgoing ? "-->" : "<--";
}

static void print_message(const struct trace *t, const struct ward_conn *conn,
			  const struct ward_event *e)
{
	const struct purpose *p = purpose_of(e);
	const char *name = p->name == NULL ? ward_message_name(e->type) : p->name;

	term_print(&t->term, "%s  ", arrow(e));
	term_paint(&t->term, TERM_BOLD, "%-19s", name);
	term_print(&t->term, " %6zu bytes  %s\n", e->len, p->text);
	if (t->level >= TRACE_FIELDS)
		print_fields(t, version_of(conn), e);
}

static void print_verdict(const struct trace *t, const struct ward_event *e)
{
	char cause[512];

	term_print(&t->term, "     ");
	if (e->error == NULL)
		term_paint(&t->term, TERM_GOOD, "the chain of certificates is good");
	else
		term_paint(&t->term, TERM_BAD, "verification fails: %s",
			   report_cause(e->error, cause, sizeof(cause)));
	term_print(&t->term, "\n");
}

static void print_event(const struct trace *t, const struct ward_conn *conn,
			const struct ward_event *e)
{
	switch (e->kind) {
	case WARD_EVENT_MESSAGE:
		print_message(t, conn, e);
		break;
	case WARD_EVENT_ALERT:
		term_print(&t->term, "%s  alert: %s (%d)\n", arrow(e), ward_alert_name(e->type),
			   e->type);
		break;
	case WARD_EVENT_VERIFIED:
		print_verdict(t, e);
		break;
	case WARD_EVENT_KEYS:
		if (t->level >= TRACE_FIELDS)
			term_print(&t->term, "     new keys for %s: %s\n",
				   e->outgoing ? "sending" : "receiving", e->label);
		break;
	case WARD_EVENT_RESUMED:
		term_print(&t->term, "     an earlier session is resumed (%s)\n", e->label);
		break;
	case WARD_EVENT_CONNECTED:
		term_print(&t->term, "     the handshake is done\n");
		break;
	case WARD_EVENT_RECORD:
	case WARD_EVENT_SECRET:
	case WARD_EVENT_STATE:
	case WARD_EVENT_FAILED:
	case WARD_EVENT_CLOSED:
	default:
		break;
	}
}

void trace_event(void *arg, struct ward_conn *conn, const struct ward_event *event)
{
	struct trace *t = arg;

	if (event->kind == WARD_EVENT_VERIFIED) {
		t->judged = true;
		if (event->error != NULL)
			t->fault = *event->error;
	}
	if (event->kind == WARD_EVENT_MESSAGE && event->type == HT_CERTIFICATE_REQUEST)
		t->cert_asked = true;
	if (t->level > TRACE_NOTHING)
		print_event(t, conn, event);
}
