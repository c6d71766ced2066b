/*
 * A client's certificate, asked for in the middle of a session (RFC 9846, 4.7.2), and waited for.
 *
 * Data that the client had on its way lies before its answer. It is put aside for the reads that
 * follow, up to a limit: a server that waits for a name is not to be filled up by who has none.
 */
#include <ward/mutual.h>
#include <ward/raw_key.h>

#include "io/session.h"

/* Whole records are put aside, so that it may be one more. */
enum { BEFORE_MAX = 64 * 1024 };

/* What the engine says of a question that cannot be put is not the end of the session. */
static bool ask(struct ward_session *s, struct ward_error *err)
{
	if (!ward_conn_request_certificate(s->conn, err)) {
		if (ward_conn_error(s->conn) != NULL)
			(void)session_fail(s, ward_conn_error(s->conn));
		return false;
	}
	s->asks = true;
	return true;
}

static bool hear_answer(struct ward_session *s, struct ward_error *err)
{
	for (;;) {
		/* A client that writes and does not read yet is listened to all the same. */
		(void)session_flush(s, TRY_ONCE);
		if (!session_set_aside(s))
			return false;
		if (!ward_conn_certificate_pending(s->conn))
			return true;
		if (ward_conn_received_close(s->conn))
			return FAILF(err, CLOSED_IN_HANDSHAKE, "it was asked for its certificate");
		if (session_kept(s->before) >= BEFORE_MAX)
			return FAIL(err, ANSWER_BEHIND_DATA);
		if (!session_listen(s))
			return false;
	}
}

static bool is_known(const struct ward_session *s)
{
	size_t len;

	return ward_conn_is_server(s->conn) &&
	       (ward_peer_cert(s) != NULL || ward_conn_peer_raw_key(s->conn, &len) != NULL);
}

static bool request(struct ward_session *s, struct ward_error *err)
{
	if (!session_enter(s, false) || !session_handshake(s))
		return false;
	session_start_handshake_clock(s);
	if (!s->asks && is_known(s))
		return true;
	if (!s->asks && !ask(s, err))
		return false;
	if (!hear_answer(s, err))
		return false;
	s->asks = false;
	return true;
}

bool ward_request_certificate(struct ward_session *s, struct ward_error *err)
{
	if (s != NULL && request(s, err))
		return true;
	if (ward_session_failure(s) != NULL)
		error_pass(err, ward_session_failure(s));
	return false;
}
