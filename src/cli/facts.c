/*
 * Gathering what is known of a connection, and what its times mean.
 */
#include "cli/facts.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "cli/report.h"

static enum facts_verdict verdict_of(const struct trace *t, const struct ward_error *failure)
{
	if (!t->judged)
		return FACTS_NOT_JUDGED;
	if (t->fault.reason == WARD_E_NONE)
		return FACTS_TRUSTED;
	return failure != NULL && failure->reason == t->fault.reason ? FACTS_REFUSED
								     : FACTS_INSECURE;
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
