/*
 * Bytes from the peer: recv, the engine, plaintext to the caller; and the handshake, which is
 * reading and flushing by turns.
 *
 * Where the bytes lie decides what reading costs. A call receives into memory that exists anyway:
 * the caller's buffer if a whole record fits there, else this call's stack. Records are decrypted
 * where they lie and the plaintext is moved to the front of the caller's buffer, one move of bytes
 * that are in the cache. So
 *
 * - one recv brings as many records as there are and fit: a caller with 64 KiB gets three or four
 *   for each system call, small records come by the dozen, and no header is read by itself;
 * - nothing is allocated for a read, and an idle session holds no buffer, though its thread waits in
 *   recv: the stack of a waiting call is address space that nobody has touched;
 * - what is left over (the start of a record, or plaintext beyond what the caller asked for) is
 *   kept in a block of just that size (struct held). A peer that sends a byte a minute makes this
 *   side hold the bytes it sent.
 *
 * The price is one more move of what a caller with a small buffer leaves of a record, and that a
 * caller's buffer may hold anything beyond the bytes it was told of.
 */
#include "io/session.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/span.h"

/* Bytes that were received and not opened yet, in memory of this call. */
struct work {
	uint8_t *bytes;
	size_t start, end, cap;
};

/* ---- the engine's turn ---- */

/* The engine's refusal is the session's; the alert goes out now if it can. */
static bool fail_and_tell(struct ward_session *s, const struct ward_error *err)
{
	session_fail(s, err);
	(void)session_flush(s, TRY_ONCE);
	return false;
}

/*
 * Hands bytes to the engine until it gives plaintext or asks for more; *used are done with. What
 * follows the peer's close_notify is nobody's (RFC 9846, 6.1).
 */
static bool open_records(struct ward_session *s, uint8_t *bytes, size_t len, size_t *used,
			 struct ward_received *got)
{
	struct ward_error err = ERROR_NONE;

	*used = 0;
	*got = (struct ward_received){ 0 };
	ward_conn_set_time(s->conn, clock_now());
	while (*used < len && got->plain_len == 0) {
		if (!ward_conn_receive(s->conn, bytes + *used, len - *used, got, &err))
			return fail_and_tell(s, &err);
		*used += got->used;
		if (got->early &&
		    !session_keep(s, &s->early, span_make(got->plain, got->plain_len)))
			return false;
		if (got->early)
			got->plain_len = 0;
		if (ward_conn_received_close(s->conn))
			*used = len;
		else if (got->used == 0)
			break;
	}
	return true;
}

/* Gives back the memory that the held bytes no longer need. */
static void held_shrink(struct ward_session *s)
{
	struct held *h = s->held;

	if (h->plain_len > 0 || (h->raw == 0 && h->raw_len > 0))
		return;
	bytes_move(h->bytes, h->bytes + h->raw, h->raw_len);
	h->raw = 0;
	s->held = NULL;
	if (h->raw_len > 0)
		s->held = realloc(h, sizeof(*h) + h->raw_len);
	if (s->held == NULL)
		free(h);
}

/* Opens records that were read before, until there is plaintext. False: failed. */
static bool open_held(struct ward_session *s)
{
	struct held *h = s->held;
	struct ward_received got;
	size_t used;

	if (h == NULL || h->plain_len > 0)
		return true;
	if (!open_records(s, h->bytes + h->raw, h->raw_len, &used, &got))
		return false;
	h->raw += used;
	h->raw_len -= used;
	if (got.plain_len > 0) {
		h->plain = (size_t)(got.plain - h->bytes);
		h->plain_len = got.plain_len;
	}
	held_shrink(s);
	return true;
}

/* Keeps what this call cannot hand on: plaintext from `part` on, and the records behind it. */
static bool hold(struct ward_session *s, const struct ward_received *got, size_t part,
		 const struct work *w)
{
	struct ward_error err = ERROR_NONE;
	size_t plain_len = got->plain_len - part;
	size_t raw_len = w->end - w->start;
	struct held *h;

	if (plain_len + raw_len == 0)
		return true;
	h = malloc(sizeof(*h) + plain_len + raw_len);
	if (h == NULL) {
		FAIL(&err, NO_MEMORY);
		return session_fail(s, &err);
	}
	h->plain = 0;
	h->plain_len = plain_len;
	h->raw = plain_len;
	h->raw_len = raw_len;
	if (plain_len > 0)
		memcpy(h->bytes, got->plain + part, plain_len);
	bytes_copy(h->bytes + plain_len, w->bytes + w->start, raw_len);
	s->held = h;
	return true;
}

/* ---- the descriptor's turn ---- */

static bool fail_at_end(struct ward_session *s)
{
	struct ward_error err = ERROR_NONE;

	if (ward_conn_receive_eof(s->conn, &err))
		return true;
	return fail_and_tell(s, &err);
}

/* Receives something behind what is there. With TRY_ONCE nothing that happens is a failure. */
static bool receive_some(struct ward_session *s, struct work *w, enum patience patience)
{
	for (;;) {
		int flags = patience == WAIT ? session_io_flags(s) : MSG_DONTWAIT;
		ssize_t n = recv(s->fd, w->bytes + w->end, w->cap - w->end, flags);

		if (n > 0) {
			w->end += (size_t)n;
			return true;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (patience == TRY_ONCE)
			return false;
		if (n == 0)
			return fail_at_end(s);
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return session_fail_system(s, "reading");
		if (!session_wait(s, WARD_WANT_READ))
			return false;
	}
}

/* The start of a record that is held goes to the front, once there is something behind it. */
static bool receive_after_held(struct ward_session *s, struct work *w, enum patience patience)
{
	struct held *h = s->held;
	struct ward_error err = ERROR_NONE;

	if (h != NULL)
		w->end = h->raw_len;
	if (w->end >= w->cap) {
		FAILF(&err, INTERNAL, "a whole record was left");
		return session_fail(s, &err);
	}
	if (!receive_some(s, w, patience))
		return false;
	if (h != NULL)
		memcpy(w->bytes, h->bytes + h->raw, h->raw_len);
	free(h);
	s->held = NULL;
	return true;
}

/* Opens what was received; *n bytes of plaintext go to buf, the rest is held. */
static bool hand_over(struct ward_session *s, struct work *w, uint8_t *buf, size_t len, size_t *n)
{
	struct ward_received got;
	size_t used, part;

	do {
		if (!open_records(s, w->bytes + w->start, w->end - w->start, &used, &got))
			return false;
		w->start += used;
		part = got.plain_len < len - *n ? got.plain_len : len - *n;
		bytes_move(buf + *n, got.plain, part);
		*n += part;
	} while (got.plain_len > 0 && part == got.plain_len && *n < len && w->start < w->end);
	return hold(s, &got, part, w);
}

/*
 * One recv, and what comes of it: *n bytes of plaintext in buf. With len 0 all plaintext is held.
 * No plaintext may be held when it is called.
 */
static bool receive(struct ward_session *s, uint8_t *buf, size_t len, size_t *n,
		    enum patience patience)
{
	uint8_t stack[WARD_RECORD_MAX];
	size_t most = ward_conn_record_max(s->conn); /* no more of the stack is touched */
	bool direct = len >= most;
	struct work w = { .bytes = direct ? buf : stack, .cap = direct ? len : most };

	*n = 0;
	if (!receive_after_held(s, &w, patience) || !hand_over(s, &w, buf, len, n))
		return false;
	(void)session_flush(s, TRY_ONCE);
	return s->failure == NULL;
}

/* ---- reading ---- */

/* Plaintext that is there already, as much as the caller wants. */
static size_t take_held(struct ward_session *s, uint8_t *buf, size_t len)
{
	size_t n = 0;

	while (n < len && open_held(s) && s->held != NULL && s->held->plain_len > 0) {
		struct held *h = s->held;
		size_t part = h->plain_len < len - n ? h->plain_len : len - n;

		bytes_copy(buf + n, h->bytes + h->plain, part);
		h->plain += part;
		h->plain_len -= part;
		n += part;
	}
	return n;
}

/* Until there is something: plaintext, the peer's close_notify, or a failure. */
static bool read_some(struct ward_session *s, uint8_t *buf, size_t len, size_t *n)
{
	*n = session_take(&s->early, buf, len);
	if (*n == 0)
		*n = session_take(&s->before, buf, len);
	if (*n == 0)
		*n = take_held(s, buf, len);
	while (*n == 0 && s->failure == NULL && !ward_conn_received_close(s->conn))
		if (!receive(s, buf, len, n, WAIT))
			break;
	/* Whole records that came along are opened now, so that ward_pending knows of them. */
	if (*n > 0 && s->failure == NULL)
		open_held(s);
	return *n > 0 || (s->failure == NULL && ward_conn_received_close(s->conn));
}

ssize_t ward_read(struct ward_session *s, void *buf, size_t len)
{
	size_t n = 0;

	if (s == NULL || !session_enter(s, false) || !session_handshake(s))
		return -1;
	if (len == 0)
		return 0;
	session_start_clock(s);
	(void)session_flush(s, TRY_ONCE);
	if (!read_some(s, buf, len < SSIZE_MAX ? len : SSIZE_MAX, &n))
		return -1;
	return (ssize_t)n;
}

/* ---- waiting for something that is no data ---- */

bool session_set_aside(struct ward_session *s)
{
	while (open_held(s)) {
		struct held *h = s->held;

		if (h == NULL || h->plain_len == 0)
			return true;
		if (!session_keep(s, &s->before, span_make(h->bytes + h->plain, h->plain_len)))
			return false;
		h->plain_len = 0;
	}
	return false;
}

bool session_listen(struct ward_session *s)
{
	uint8_t none;
	size_t n;

	return receive(s, &none, 0, &n, WAIT);
}

/* ---- the handshake ---- */

static bool fail_closed(struct ward_session *s)
{
	struct ward_error err = ERROR_NONE;

	FAIL(&err, CLOSED_IN_HANDSHAKE);
	return session_fail(s, &err);
}

bool session_handshake_turn(struct ward_session *s)
{
	/* One limit for the whole, over all the calls that it may take. */
	if (s->deadline == DEADLINE_NONE)
		session_start_handshake_clock(s);
	if (!session_flush(s, WAIT))
		return false;
	s->shaken = ward_conn_is_connected(s->conn);
	if (s->shaken)
		return true;
	if (ward_conn_received_close(s->conn))
		return fail_closed(s);
	if ((ward_conn_wants(s->conn) & WARD_WANT_KEY) != 0)
		return session_block(s, WARD_WANT_KEY);
	/* What came before a signature was wanted. */
	if (!open_held(s))
		return false;
	if (ward_conn_has_output(s->conn) || ward_conn_is_connected(s->conn))
		return true;
	return session_listen(s);
}

bool session_handshake(struct ward_session *s)
{
	if (s->shaken)
		return true;
	while (!s->shaken)
		if (!session_handshake_turn(s))
			return false;
	s->deadline = DEADLINE_NONE;
	return true;
}

bool ward_handshake(struct ward_session *s)
{
	return s != NULL && session_enter(s, false) && session_handshake(s);
}

/* ---- after a failure to send ---- */

void session_read_alert(struct ward_session *s)
{
	enum { TURNS = 64 };
	uint8_t none;
	size_t n;

	for (int i = 0; i < TURNS && s->failure == NULL; i++) {
		if (s->held != NULL)
			s->held->plain_len = 0;
		if (!open_held(s))
			return;
		if (s->held != NULL && s->held->plain_len > 0)
			continue;
		if (!receive(s, &none, 0, &n, TRY_ONCE))
			return;
	}
}
