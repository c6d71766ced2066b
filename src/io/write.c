/*
 * Bytes for the peer: the engine seals, send sends.
 *
 * Plaintext is sealed straight from the caller's memory into the block that send gets: the stack of
 * the call where one record is enough, else a block for four records, so that a large write costs a
 * system call for each 64 KiB. A block outlives its call only when the descriptor did not take all
 * of it (struct unsent); then it goes first whatever is called next, since sealed records have their
 * order and cannot be sealed again.
 */
#include "io/session.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/limits.h"
#include "base/span.h"

enum {
	SEAL_MAX = 4 * WARD_RECORD_MAX,
	FLUSH_MAX = 8192,
};

/* ---- to the descriptor ---- */

/* The peer may have said why it left before it did: then that is the reason. */
static bool fail_send(struct ward_session *s)
{
	int number = errno;

	if (s->failure == NULL)
		session_read_alert(s);
	errno = number;
	return session_fail_system(s, "writing");
}

/* Sends as much as it can; *sent tells how much. False only when the session fails. */
static bool send_some(struct ward_session *s, const uint8_t *bytes, size_t len,
		      enum patience patience, size_t *sent)
{
	*sent = 0;
	while (*sent < len) {
		int flags = patience == WAIT ? session_io_flags(s) : MSG_NOSIGNAL | MSG_DONTWAIT;
		ssize_t n = send(s->fd, bytes + *sent, len - *sent, flags);

		if (n >= 0) {
			*sent += (size_t)n;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (patience == TRY_ONCE)
			return true;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return fail_send(s);
		if (!session_wait(s, WARD_WANT_WRITE))
			return s->failure == NULL;
	}
	return true;
}

static bool send_unsent(struct ward_session *s, enum patience patience)
{
	struct unsent *u = s->unsent;
	size_t sent;
	bool ok;

	if (u == NULL)
		return true;
	ok = send_some(s, u->bytes + u->start, u->len, patience, &sent);
	u->start += sent;
	u->len -= sent;
	if (u->len > 0)
		return false;
	free(u);
	s->unsent = NULL;
	return ok;
}

/* Keeps a copy of what the descriptor did not take. */
static bool keep_unsent(struct ward_session *s, const uint8_t *bytes, size_t len)
{
	struct ward_error err = ERROR_NONE;
	struct unsent *u = malloc(sizeof(*u) + len);

	if (u == NULL) {
		FAIL(&err, NO_MEMORY);
		return session_fail(s, &err);
	}
	u->start = 0;
	u->len = len;
	bytes_copy(u->bytes, bytes, len);
	s->unsent = u;
	return true;
}

bool session_flush(struct ward_session *s, enum patience patience)
{
	uint8_t bytes[FLUSH_MAX];

	if (!send_unsent(s, patience))
		return false;
	while (ward_conn_has_output(s->conn)) {
		size_t len = ward_conn_output(s->conn, bytes, sizeof(bytes));
		size_t sent;

		if (len == 0)
			break;
		if (!send_some(s, bytes, len, patience, &sent))
			return false;
		if (sent < len) {
			(void)keep_unsent(s, bytes + sent, len - sent);
			return false;
		}
	}
	return true;
}

/* ---- application data ---- */

static bool fail_seal(struct ward_session *s, const struct ward_error *err)
{
	session_fail(s, err);
	(void)session_flush(s, TRY_ONCE);
	return false;
}

/* A block for several records, where the data fill more than one and there is memory for it. */
static struct unsent *seal_block(size_t len)
{
	struct unsent *block = NULL;

	if (len > RECORD_PLAINTEXT_MAX)
		block = malloc(sizeof(*block) + SEAL_MAX);
	return block;
}

/* Sends what was sealed; what is left of a block is kept in the block itself. */
static bool send_sealed(struct ward_session *s, struct unsent *block, const uint8_t *sealed,
			size_t len, enum patience patience)
{
	size_t sent;
	bool ok = send_some(s, sealed, len, patience, &sent);

	if (!ok || sent == len) {
		free(block);
		return ok;
	}
	if (block == NULL)
		return keep_unsent(s, sealed + sent, len - sent);
	block->start = sent;
	block->len = len - sent;
	s->unsent = block;
	return true;
}

/* Seals and sends the first records of the data. False only when the session fails. */
static bool write_records(struct ward_session *s, const uint8_t *data, size_t len,
			  enum patience patience, size_t *taken)
{
	struct ward_error err = ERROR_NONE;
	uint8_t stack[WARD_RECORD_MAX];
	struct unsent *block = seal_block(len);
	uint8_t *sealed = block == NULL ? stack : block->bytes;
	size_t cap = block == NULL ? sizeof(stack) : SEAL_MAX;
	size_t written;

	if (!ward_conn_send(s->conn, data, len, taken, sealed, cap, &written, &err)) {
		free(block);
		return fail_seal(s, &err);
	}
	return send_sealed(s, block, sealed, written, patience);
}

/* Until all is taken, or the descriptor takes no more. */
static bool write_data(struct ward_session *s, const uint8_t *data, size_t len,
		       enum patience patience, size_t *total)
{
	*total = 0;
	while (*total < len && s->unsent == NULL) {
		size_t taken;

		if (!write_records(s, data + *total, len - *total, patience, &taken))
			return false;
		*total += taken;
	}
	return true;
}

/* What both kinds of write begin with. */
static bool begin_write(struct ward_session *s, bool must_wait)
{
	if (s == NULL || !session_enter(s, must_wait))
		return false;
	if (!session_answers_early(s) && !session_handshake(s))
		return false;
	session_start_clock(s);
	return session_flush(s, WAIT);
}

bool ward_write(struct ward_session *s, const void *buf, size_t len)
{
	size_t total;

	return begin_write(s, true) && write_data(s, buf, len, WAIT, &total) && total == len;
}

ssize_t ward_write_some(struct ward_session *s, const void *buf, size_t len)
{
	size_t total;

	if (!begin_write(s, false) ||
	    !write_data(s, buf, len < SSIZE_MAX ? len : SSIZE_MAX, TRY_ONCE, &total))
		return -1;
	return (ssize_t)total;
}

bool ward_shutdown(struct ward_session *s)
{
	if (s == NULL || !session_enter(s, false))
		return false;
	session_start_clock(s);
	ward_conn_close(s->conn);
	return session_flush(s, WAIT);
}
