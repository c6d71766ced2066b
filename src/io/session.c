/*
 * A session: TLS on a socket. Making and ending it, its errors, what is known of it, and waiting.
 *
 * The engine does the protocol; this floor moves bytes between it and the descriptor. Invariants:
 *
 * - The first failure sticks; nothing is read, written or waited for after it, but for the alert
 *   that tells the peer (write.c).
 * - Every wait ends at the deadline of the call that is under way. A byte now and then from the
 *   peer does not move it.
 * - Whether a call may wait is asked of the descriptor when it cannot go on, not remembered: the
 *   program may change O_NONBLOCK whenever it likes.
 */
#include "io/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/trust_system.h"
#include "tls/config.h"

/* ---- making ---- */

struct ward_session *session_new(void)
{
	struct ward_session *s = calloc(1, sizeof(*s));

	if (s != NULL) {
		s->fd = -1;
		s->deadline = DEADLINE_NONE;
	}
	return s;
}

bool session_attach(struct ward_session *s, struct ward_config *config, int fd, const char *host,
		    const struct ward_conn_options *options)
{
	struct ward_config *in_force = config_in_force(config);
	struct ward_error err = ERROR_NONE;

	s->fd = fd;
	if (trust_prepare(in_force, &err))
		s->conn = ward_conn_new_with(in_force, host, clock_now(), options, &err);
	ward_config_free(in_force);
	return s->conn != NULL || session_fail(s, &err);
}

static bool descriptor_blocks(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_NONBLOCK) == 0;
}

struct ward_session *ward_wrap(struct ward_config *config, int fd, const char *host, bool own_fd)
{
	struct ward_session *s = session_new();

	if (s == NULL)
		return NULL;
	s->own_fd = own_fd;
	if (session_attach(s, config, fd, host, NULL) && descriptor_blocks(fd))
		session_handshake(s); /* a failure sticks */
	return s;
}

/* ---- ending ---- */

/* Reads and forgets what the peer still sends, until it ends, or the deadline, or enough. */
static void drain(int fd, int64_t deadline)
{
	enum { DRAIN_MAX = 256 * 1024 };
	uint8_t scrap[4096];
	size_t total = 0;

	while (total < DRAIN_MAX) {
		ssize_t n = recv(fd, scrap, sizeof(scrap), MSG_DONTWAIT);

		if (n > 0) {
			total += (size_t)n;
		} else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			struct pollfd p = { .fd = fd, .events = POLLIN };

			if (deadline_passed(deadline))
				return;
			(void)poll(&p, 1, deadline_left(deadline));
		} else if (n == 0 || errno != EINTR) {
			return;
		}
	}
}

/* Whether the peer is told with an alert why the session failed. */
static bool has_alert(const struct ward_session *s)
{
	return s->failure != NULL && ward_reason_alert(s->failure->err.reason) != WARD_NO_ALERT;
}

/*
 * How the descriptor closes matters: bytes from the peer that nobody read make the system answer
 * with a reset, and that can overtake the alert that says what was wrong. So the sending side is
 * shut first, and what the peer still sends is read for a bounded time.
 */
static void close_socket(struct ward_session *s)
{
	enum { LINGER_MS = 1000 };
	bool linger = has_alert(s) && descriptor_blocks(s->fd);

	if (shutdown(s->fd, SHUT_WR) == 0)
		drain(s->fd, deadline_after(linger ? LINGER_MS : 0));
	close(s->fd);
}

/* The last bytes for the peer: close_notify, or the alert. Waits a bounded time for room. */
static void say_goodbye(struct ward_session *s)
{
	enum { GOODBYE_MS = 1000 };

	if (s->failure == NULL)
		ward_conn_close(s->conn);
	s->deadline = deadline_after(GOODBYE_MS);
	s->must_wait = false;
	(void)session_flush(s, s->failure == NULL || has_alert(s) ? WAIT : TRY_ONCE);
}

/* A static failure stands in where there was no memory for one. */
static const struct failure no_memory = {
	.err = { .reason = WARD_E_NO_MEMORY,
		 .message = -1,
		 .extension = -1,
		 .offset = -1,
		 .received_alert = -1 },
	.text = "out of memory",
};

static void failure_free(const struct failure *failure)
{
	if (failure != &no_memory)
		free((void *)(uintptr_t)failure);
}

void ward_session_free(struct ward_session *s)
{
	int saved = errno;

	if (s == NULL)
		return;
	if (s->conn != NULL)
		say_goodbye(s);
	if (s->fd >= 0 && s->own_fd)
		close_socket(s);
	ward_conn_free(s->conn);
	failure_free(s->failure);
	free(s->held);
	session_drop(&s->early);
	session_drop(&s->before);
	free(s->unsent);
	free(s->peer);
	free(s);
	errno = saved;
}

/* ---- errors ---- */

bool session_fail(struct ward_session *s, const struct ward_error *err)
{
	struct failure *failure;

	if (s->failure != NULL)
		return false;
	failure = malloc(sizeof(*failure));
	if (failure == NULL) {
		s->failure = &no_memory;
		return false;
	}
	failure->err = *err;
	ward_error_text(err, failure->text, sizeof(failure->text));
	s->failure = failure;
	return false;
}

bool session_fail_system(struct ward_session *s, const char *what)
{
	struct ward_error err = ERROR_NONE;

	FAIL_SYSTEM(&err, SOCKET_FAILED, what);
	return session_fail(s, &err);
}

/* The program itself may have made the engine fail, with a key that refuses to sign. */
static void notice_failure(struct ward_session *s)
{
	const struct ward_error *err = s->conn == NULL ? NULL : ward_conn_error(s->conn);

	if (s->failure != NULL || err == NULL)
		return;
	session_fail(s, err);
	(void)session_flush(s, TRY_ONCE);
}

bool session_enter(struct ward_session *s, bool must_wait)
{
	s->blocked_on = 0;
	s->must_wait = must_wait;
	notice_failure(s);
	return s->failure == NULL;
}

/* ---- waiting ---- */

void session_start_clock(struct ward_session *s)
{
	s->deadline = s->io_timeout_ms > 0 ? deadline_after(s->io_timeout_ms) : DEADLINE_NONE;
}

void session_start_handshake_clock(struct ward_session *s)
{
	enum { HANDSHAKE_MS = 30000 };

	s->deadline = deadline_after(s->io_timeout_ms == 0 ? HANDSHAKE_MS : s->io_timeout_ms);
}

int session_io_flags(const struct ward_session *s)
{
	bool may_wait = s->deadline == DEADLINE_NONE && s->unsent == NULL;

	return MSG_NOSIGNAL | (may_wait ? 0 : MSG_DONTWAIT);
}

bool session_block(struct ward_session *s, unsigned int wants)
{
	s->blocked_on = (uint8_t)wants;
	return false;
}

static bool fail_timed_out(struct ward_session *s, unsigned int want)
{
	struct ward_error err = ERROR_NONE;

	if (!s->shaken)
		FAILF(&err, TIMED_OUT, "the handshake is not done");
	else if (s->asks)
		FAILF(&err, TIMED_OUT, "the client was asked for its certificate");
	else if (want == WARD_WANT_READ)
		FAILF(&err, TIMED_OUT, "nothing comes from the peer");
	else
		FAILF(&err, TIMED_OUT, "the peer does not take what is sent");
	return session_fail(s, &err);
}

/* One wait; gives what happened as poll does, 0 when the time is up or a signal came. */
static short poll_once(const struct ward_session *s, short events)
{
	struct pollfd p = { .fd = s->fd, .events = events };
	int n = poll(&p, 1, deadline_left(s->deadline));

	return n > 0 ? p.revents : 0;
}

bool session_wait(struct ward_session *s, unsigned int want)
{
	const short over = POLLERR | POLLHUP | POLLNVAL;
	short wanted = want == WARD_WANT_READ ? POLLIN : POLLOUT;
	bool blocks = descriptor_blocks(s->fd);
	short happened = 0;

	if (!blocks && !s->must_wait)
		return session_block(s, want);
	/* A blocking call that comes back with EAGAIN has met a limit that the socket has itself. */
	if (blocks && session_io_flags(s) == MSG_NOSIGNAL)
		return fail_timed_out(s, want);
	while ((happened & (wanted | over)) == 0) {
		short events = s->unsent == NULL ? wanted : (short)(wanted | POLLOUT);

		if (deadline_passed(s->deadline))
			return fail_timed_out(s, want);
		happened = poll_once(s, events);
		if (want == WARD_WANT_READ && (happened & POLLOUT) != 0)
			(void)session_flush(s, TRY_ONCE);
	}
	return true;
}

/* ---- what is known ---- */

bool ward_would_block(const struct ward_session *s)
{
	return s->blocked_on != 0;
}

unsigned int ward_session_wants(const struct ward_session *s)
{
	unsigned int wants = s->blocked_on;

	if (s->failure != NULL || s->conn == NULL)
		return 0;
	if (wants == 0)
		wants = ward_conn_wants(s->conn);
	return wants | (s->unsent != NULL ? WARD_WANT_WRITE : 0);
}

size_t ward_pending(const struct ward_session *s)
{
	size_t held = s->held == NULL ? 0 : s->held->plain_len;

	return held + session_kept(s->early) + session_kept(s->before);
}

int ward_session_fd(const struct ward_session *s)
{
	return s->fd;
}

void ward_session_set_timeout(struct ward_session *s, int io_timeout_ms)
{
	s->io_timeout_ms = io_timeout_ms;
}

const char *ward_session_error(const struct ward_session *s)
{
	if (s == NULL)
		return no_memory.text;
	return s->failure == NULL ? "" : s->failure->text;
}

const struct ward_error *ward_session_failure(const struct ward_session *s)
{
	if (s == NULL)
		return &no_memory.err;
	return s->failure == NULL ? NULL : &s->failure->err;
}

struct ward_conn *ward_session_conn(const struct ward_session *s)
{
	return s->conn;
}

const char *ward_version(const struct ward_session *s)
{
	return s->conn == NULL ? NULL : ward_conn_version(s->conn);
}

const char *ward_cipher(const struct ward_session *s)
{
	return s->conn == NULL ? NULL : ward_conn_cipher(s->conn);
}

const char *ward_selected_alpn(const struct ward_session *s)
{
	return s->conn == NULL ? NULL : ward_conn_alpn(s->conn);
}

struct ward_cert *ward_peer_cert(const struct ward_session *s)
{
	return s->conn == NULL ? NULL : ward_conn_peer_cert(s->conn);
}
