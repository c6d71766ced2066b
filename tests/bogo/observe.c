/*
 * What is to be seen of a connection by its stream of events: all that passed, what the peer says that
 * it can verify, and traffic secrets.
 */
#include <stdio.h>
#include <string.h>

#include "shim.h"
#include "tls/conn.h"
#include "tls/tls12/msg12.h"

static struct observed seen;

void observe_anew(void)
{
	seen = (struct observed){ .trace_len = 0 };
}

const struct observed *observed(void)
{
	return &seen;
}

static void tell(const struct ward_event *e, const char *what)
{
	size_t room = sizeof(seen.trace) - seen.trace_len;
	int n = snprintf(seen.trace + seen.trace_len, room, "%s %s\n",
			 e->outgoing ? "write" : "read", what);

	if (n > 0 && (size_t)n < room)
		seen.trace_len += (size_t)n;
}

static void note_schemes(struct span list)
{
	seen.verifies.count = 0;
	for (size_t i = 0; i < u16_list_count(list) && i < BOGO_LIST_MAX; i++)
		seen.verifies.items[seen.verifies.count++] = u16_list_at(list, i);
}

static void note_request(const struct ward_conn *conn, struct span body)
{
	struct ward_error ignored = ERROR_NONE;
	struct certificate_request12 old = { .certificate_types = SPAN_EMPTY };
	struct certificate_request now = { .context = SPAN_EMPTY };

	if (conn->version != WARD_TLS_1_2) {
		if (certificate_request_parse(body, &now, &ignored))
			note_schemes(now.ext.signature_algorithms);
	} else if (certificate_request12_parse(body, &old, &ignored) &&
		   old.certificate_types.len <= sizeof(seen.types)) {
		note_schemes(old.signature_algorithms);
		seen.types_len = old.certificate_types.len;
		bytes_copy(seen.types, old.certificate_types.data, seen.types_len);
	}
}

static void note_message(const struct ward_conn *conn, const struct ward_event *e)
{
	struct span body =
		span_make(e->bytes + HANDSHAKE_HEADER_LEN, e->len - HANDSHAKE_HEADER_LEN);
	struct ward_error ignored = ERROR_NONE;
	struct client_hello hello = { .legacy_version = 0 };
	char text[32];

	snprintf(text, sizeof(text), "hs %d", e->type);
	tell(e, text);
	if (e->outgoing)
		return;
	if (e->type == HT_CLIENT_HELLO && client_hello_parse(body, &hello, &ignored))
		note_schemes(hello.ext.signature_algorithms);
	if (e->type == HT_CERTIFICATE_REQUEST)
		note_request(conn, body);
}

static void note_alert(const struct ward_event *e)
{
	char text[32];

	snprintf(text, sizeof(text), "alert %d %d", e->level, e->type);
	tell(e, text);
}

static void note_secret(const struct ward_event *e)
{
	static const char *const labels[] = { "CLIENT_TRAFFIC_SECRET_0",
					      "SERVER_TRAFFIC_SECRET_0" };

	for (size_t i = 0; i < 2; i++) {
		if (strcmp(e->label, labels[i]) != 0 || e->len > sizeof(seen.secrets[i]))
			continue;
		memcpy(seen.secrets[i], e->bytes, e->len);
		seen.secret_len = e->len;
	}
}

/* The identity that the handshake chooses is forgotten with the handshake. */
static void note_identity(const struct ward_conn *conn)
{
	struct link *l = ward_conn_data(conn);
	const struct identity *id = conn->hs == NULL ? NULL : conn->hs->identity;

	if (l != NULL && id != NULL)
		l->credential = l->keys->credentials[id - conn->config->identities];
}

void observe(void *arg, struct ward_conn *conn, const struct ward_event *event)
{
	(void)arg;
	note_identity(conn);
	if (event->kind == WARD_EVENT_MESSAGE)
		note_message(conn, event);
	else if (event->kind == WARD_EVENT_ALERT)
		note_alert(event);
	else if (event->kind == WARD_EVENT_SECRET)
		note_secret(event);
	else if (event->kind == WARD_EVENT_RECORD && event->type == CT_CHANGE_CIPHER_SPEC)
		tell(event, "ccs");
}
