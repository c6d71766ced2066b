/*
 * Gathering what is known of a connection, and what its times mean.
 */
#include "cli/facts.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "cli/report.h"
#include "wire/reader.h"
#include "x509/text.h"

static enum facts_verdict verdict_of(const struct trace *t, const struct ward_error *failure)
{
	if (!t->judged)
		return FACTS_NOT_JUDGED;
	if (t->fault.reason == WARD_E_NONE)
		return FACTS_TRUSTED;
	return failure != NULL && failure->reason == t->fault.reason ? FACTS_REFUSED
								     : FACTS_INSECURE;
}

static void gather_raw_key(struct facts *f, const struct ward_conn *conn)
{
	size_t len;

	f->raw_key =
		ward_conn_peer_raw_key(conn, &len) != NULL && ward_conn_peer_pin(conn, &f->pin);
	f->key_type = ward_conn_peer_key_type(conn);
	f->key_bits = ward_conn_peer_key_bits(conn);
}

static void gather_conn(struct facts *f, const struct ward_conn *conn)
{
	f->connected = ward_conn_is_connected(conn);
	f->version = ward_conn_version(conn);
	f->cipher = ward_conn_cipher(conn);
	f->group = ward_conn_group(conn);
	f->signature = ward_conn_signature(conn);
	f->alpn = ward_conn_alpn(conn);
	f->retry = ward_conn_used_retry(conn);
	f->resumed = ward_conn_resumed(conn);
	f->chain = ward_conn_peer_chain(conn);
	gather_raw_key(f, conn);
	f->ocsp = ward_conn_ocsp_response(conn, &f->ocsp_len);
	f->scts = ward_conn_scts(conn, &f->scts_len);
	if (!ward_conn_cert_compression(conn, &f->compression))
		f->compression.algorithm = 0;
}

void facts_gather(struct facts *f, const struct ward_session *s, const struct trace *trace)
{
	f->now = (int64_t)time(NULL);
	f->address = ward_peer_address(s);
	f->failure = ward_session_failure(s);
	f->verdict = verdict_of(trace, f->failure);
	if (f->failure == NULL && f->verdict == FACTS_INSECURE)
		f->failure = &trace->fault;
	if (ward_session_conn(s) != NULL)
		gather_conn(f, ward_session_conn(s));
}

int facts_exit_code(const struct facts *f)
{
	if (f->failure == NULL)
		return EXIT_FINE;
	if (f->verdict == FACTS_REFUSED)
		return EXIT_ANSWER_NO;
	return report_exit_code(f->failure);
}

/* ---- times ---- */

enum { HOUR = 3600, DAY = 24 * HOUR };

int64_t facts_days(int64_t now, int64_t then)
{
	return (then - now) / DAY;
}

char *facts_time(int64_t seconds, char buf[FACTS_TIME])
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL || strftime(buf, FACTS_TIME, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(buf, FACTS_TIME, "unknown");
	return buf;
}

/* "89 days", "1 day", "5 hours": days from two on, so that short lives are told exactly. */
static const char *span_text(int64_t seconds, char *buf, size_t size)
{
	bool days = seconds >= 2 * DAY;
	int64_t n = seconds / (days ? DAY : HOUR);

	snprintf(buf, size, "%" PRId64 " %s%s", n, days ? "day" : "hour", n == 1 ? "" : "s");
	return buf;
}

char *facts_expiry(int64_t now, int64_t not_before, int64_t not_after, char *buf, size_t size)
{
	char span[32];

	if (now < not_before)
		snprintf(buf, size, "not valid for another %s",
			 span_text(not_before - now, span, sizeof(span)));
	else if (now > not_after)
		snprintf(buf, size, "expired %s ago",
			 span_text(now - not_after, span, sizeof(span)));
	else
		snprintf(buf, size, "%s left", span_text(not_after - now, span, sizeof(span)));
	return buf;
}

/* ---- what stood beside the leaf ---- */

static bool is_about(const struct ward_ocsp_single *s, const struct ward_cert *leaf)
{
	char wanted[132], serial[132];
	struct text t = text_make(serial, sizeof(serial));

	text_put_hex(&t, span_make(s->revoked.serial, s->revoked.serial_len));
	(void)ward_cert_serial(leaf, wanted, sizeof(wanted));
	return strcmp(serial, wanted) == 0 ||
	       (strncmp(serial, "00", 2) == 0 && strcmp(serial + 2, wanted) == 0);
}

bool facts_ocsp(const struct facts *f, struct facts_ocsp *o)
{
	static const char *const statuses[] = { "good", "revoked", "unknown" };
	struct ward_ocsp_response *p = NULL;
	struct ward_ocsp_single single;
	bool found = false;

	if (f->ocsp != NULL)
		p = ward_ocsp_response_parse(f->ocsp, f->ocsp_len, NULL);
	if (p == NULL)
		return false;
	for (size_t i = 0; !found && ward_ocsp_response_single(p, i, &single); i++) {
		found = is_about(&single, f->chain->certs[0]);
		o->status = statuses[single.status];
		o->this_update = single.this_update;
		o->next_update = single.next_update;
	}
	(void)ward_ocsp_response_responder(p, o->responder, sizeof(o->responder));
	ward_ocsp_response_free(p);
	return found;
}

bool facts_sct(const struct facts *f, size_t i, struct facts_sct *sct)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(span_make(f->scts, f->scts_len), &own);
	struct reader list = reader_child(&r, 2), one = list;
	struct span log;

	do {
		if (!reader_more(&list))
			return false;
		one = reader_child(&list, 2);
	} while (i-- > 0);
	(void)reader_u8(&one); /* version */
	log = reader_bytes(&one, FACTS_LOG_ID);
	sct->time = (int64_t)(reader_u64(&one) / 1000);
	if (error_is_set(&own))
		return false;
	memcpy(sct->log, log.data, FACTS_LOG_ID);
	return true;
}
