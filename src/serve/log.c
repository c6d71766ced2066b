/*
 * Log lines.
 */
#include "serve/log.h"

#include "io/session.h"
#include "x509/raw_key.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdarg.h>

enum { LINE_MAX_LEN = 64 * 1024 };

void log_quote(struct strbuf *t, struct span s)
{
	strbuf_string(t, "\"");
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.data[i];

		if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
			strbuf_format(t, "\\x%02x", (unsigned int)c);
		else
			strbuf_add(t, span_make(&s.data[i], 1));
	}
	strbuf_string(t, "\"");
}

static void add_time(struct strbuf *t, const char *format)
{
	char buf[40] = "-";
	time_t now = time(NULL);
	struct tm tm;

	if (gmtime_r(&now, &tm) != NULL)
		strftime(buf, sizeof(buf), format, &tm);
	strbuf_string(t, buf);
}

/* stdio locks the stream for the one call, so lines of several threads do not mix. */
static void put_line(const struct log *log, struct strbuf *t)
{
	strbuf_string(t, "\n");
	if (!t->failed) {
		fwrite(t->data, 1, t->len, log->file);
		fflush(log->file);
	}
	strbuf_free(t);
}

static void add_alert(struct strbuf *t, const struct ward_error *err)
{
	int sent = ward_reason_alert(err->reason);

	if (err->reason == WARD_E_ALERT_RECEIVED)
		strbuf_format(t, " alert=received:%s", ward_alert_name(err->received_alert));
	else if (sent != WARD_NO_ALERT && err->reason != WARD_E_PLAIN_HTTP)
		strbuf_format(t, " alert=sent:%s", ward_alert_name(sent));
	else
		strbuf_string(t, " alert=none");
}

/* What a client's alert says about this server; the table of reasons cannot know. */
static const char *hint_for_alert(int alert)
{
	switch (alert) {
	case 42: /* bad_certificate */
	case 46: /* certificate_unknown */
	case 48: /* unknown_ca */
		return "the client does not trust the certificate: have it trust the CA, or use "
		       "--cert with one that it trusts";
	case 45: /* certificate_expired */
		return "renew the certificate, or check the client's clock";
	case 70: /* protocol_version */
		return "the client wants another TLS version: update it";
	case 112: /* unrecognized_name */
		return "the certificate is not for the name that the client asked for";
	default:
		return "";
	}
}

static const char *hint_for(const struct ward_error *err)
{
	if (err->reason == WARD_E_ALERT_RECEIVED)
		return hint_for_alert(err->received_alert);
	if (err->reason == WARD_E_PLAIN_HTTP)
		return "put https:// in front of the address";
	return ward_reason_hint(err->reason);
}

static void add_reason(struct strbuf *t, const struct ward_error *err)
{
	const char *hint = hint_for(err);
	char line[sizeof(err->detail) + 160];

	snprintf(line, sizeof(line), "%s%s%s", ward_reason_text(err->reason),
		 err->detail[0] == '\0' ? "" : ": ", err->detail);
	strbuf_format(t, " reason=%s ", ward_reason_name(err->reason));
	log_quote(t, span_string(line));
	if (hint[0] != '\0') {
		strbuf_string(t, " hint=");
		log_quote(t, span_string(hint));
	}
}

void log_handshake(const struct log *log, const struct sockaddr *peer, const struct ward_conn *conn,
		   const struct ward_error *err)
{
	struct strbuf t = strbuf_make(LINE_MAX_LEN);
	char address[ADDRESS_TEXT], versions[64] = "";
	const char *name = NULL;

	if (log->file == NULL)
		return;
	if (conn != NULL) {
		name = ward_conn_server_name(conn);
		ward_conn_offered_versions(conn, versions, sizeof(versions));
	}
	add_time(&t, "%Y-%m-%dT%H:%M:%SZ");
	strbuf_format(&t, " handshake failed: peer=%s sni=",
		      address_text(peer, sizeof(struct sockaddr_in6), address));
	log_quote(&t, span_string(name == NULL ? "" : name));
	strbuf_format(&t, " offered=\"%s\"", versions);
	add_alert(&t, err);
	add_reason(&t, err);
	put_line(log, &t);
}

void log_refused(const struct log *log, const struct sockaddr *peer, const struct ward_error *err)
{
	struct strbuf t = strbuf_make(LINE_MAX_LEN);
	char address[ADDRESS_TEXT];

	if (log->file == NULL)
		return;
	add_time(&t, "%Y-%m-%dT%H:%M:%SZ");
	strbuf_format(&t, " certificate refused: peer=%s",
		      address_text(peer, sizeof(struct sockaddr_in6), address));
	add_reason(&t, err);
	put_line(log, &t);
}

/* The address alone, without the port: the first field of the format. */
static void add_host(struct strbuf *t, const struct sockaddr *peer)
{
	char address[ADDRESS_TEXT];
	char *colon;

	address_text(peer, sizeof(struct sockaddr_in6), address);
	colon = strrchr(address, ':');
	if (colon != NULL)
		*colon = '\0';
	strbuf_string(t, address[0] == '\0' ? "-" : address);
}

/* One word: what would end it, or the line, becomes \xHH. */
static void add_word(struct strbuf *t, const char *word)
{
	for (; *word != '\0'; word++) {
		uint8_t c = (uint8_t)*word;

		if (c <= 0x20 || c > 0x7e || c == '"' || c == '\\')
			strbuf_format(t, "\\x%02x", (unsigned int)c);
		else
			strbuf_add(t, span_make(word, 1));
	}
}

static void add_cert(struct strbuf *t, const struct ward_cert *user)
{
	static const struct {
		int kind;
		const char *prefix;
	} kinds[] = { { WARD_SAN_DNS, "dns:" },
		      { WARD_SAN_URI, "uri:" },
		      { WARD_SAN_EMAIL, "email:" },
		      { WARD_SAN_IP, "ip:" } };
	char name[256];
	int kind = user == NULL ? -1 : ward_cert_san(user, 0, name, sizeof(name));

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].kind == kind) {
			strbuf_string(t, kinds[i].prefix);
			add_word(t, name);
			return;
		}
	}
	if (user != NULL)
		ward_cert_common_name(user, name, sizeof(name));
	strbuf_string(t, user == NULL || name[0] == '\0' ? "-" : "cn:");
	add_word(t, user == NULL ? "" : name);
}

static void add_user(struct strbuf *t, const struct log_user *user)
{
	char pin[PIN_TEXT_LEN];

	if (user->raw_key == NULL) {
		add_cert(t, user->cert);
		return;
	}
	strbuf_string(t, "pin:");
	add_word(t, pin_text(user->raw_key->sha256, pin));
}

void log_access(const struct log *log, const struct sockaddr *peer, const struct log_user *user,
		const struct http_request *request, int status, uint64_t bytes)
{
	struct strbuf t = strbuf_make(LINE_MAX_LEN);

	if (log->file == NULL || !log->access)
		return;
	add_host(&t, peer);
	strbuf_string(&t, " - ");
	add_user(&t, user);
	strbuf_string(&t, " [");
	add_time(&t, "%d/%b/%Y:%H:%M:%S +0000");
	strbuf_string(&t, "] ");
	log_quote(&t, request->line);
	strbuf_format(&t, " %d %" PRIu64, status, bytes);
	put_line(log, &t);
}

void log_note(const struct log *log, const char *format, ...)
{
	struct strbuf t = strbuf_make(LINE_MAX_LEN);
	char line[512];
	va_list args;

	if (log->file == NULL)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	add_time(&t, "%Y-%m-%dT%H:%M:%SZ");
	strbuf_format(&t, " %s", line);
	put_line(log, &t);
}
