/*
 * Bytes both ways, in one thread and without waiting for one side while the other could go on.
 *
 * Two buffers, one a direction; each is filled when it is empty and drained when its taker is ready,
 * so neither direction can hold up the other, and a slow taker slows its giver down. The session's
 * descriptor is non-blocking. Standard input and output stay as they are, because other programs
 * share them: they are used only when poll says that they are ready, and no more than PIPE_BUF bytes
 * are written at once, for which a ready pipe has room.
 */
#include "cli/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "io/clock.h"

enum { BUFFER = 64 * 1024 };

struct buffer {
	uint8_t bytes[BUFFER];
	size_t start, end;
};

struct relay {
	struct ward_session *s;
	int in, out;
	const struct relay_limits *limits;
	int64_t quiet_until; /* once the input has ended: when the peer's silence has a consequence */
	bool in_ended;       /* the end of input has been read */
	bool told;           /* close_notify has been sent, or is on its way */
	bool peer_closed;    /* the peer's close_notify has been read */
	bool stopped;        /* by the filter */
	struct buffer to_peer;
	struct buffer from_peer;
};

static bool is_empty(const struct buffer *b)
{
	return b->start == b->end;
}

static void take_from(struct buffer *b, size_t n)
{
	b->start += n;
	if (is_empty(b))
		b->start = b->end = 0;
}

/* The peer has moved, or may be waited for anew. */
static void restart_clock(struct relay *r)
{
	const struct relay_limits *l = r->limits;

	r->quiet_until = deadline_after(r->told ? l->given_up_after_ms : l->told_after_ms);
}

/* ---- the four movements: each does what can be done at once ---- */

static bool read_input(struct relay *r)
{
	const struct relay_filter *filter = r->limits->filter;
	ssize_t n = read(r->in, r->to_peer.bytes, filter == NULL ? BUFFER : BUFFER / 2);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	r->in_ended = n == 0;
	restart_clock(r);
	r->to_peer.end = (size_t)n;
	if (filter != NULL)
		r->stopped = !filter->input(filter->arg, r->s, r->to_peer.bytes, &r->to_peer.end);
	return true;
}

static bool write_output(struct relay *r)
{
	struct buffer *b = &r->from_peer;
	size_t len = b->end - b->start;
	ssize_t n = write(r->out, b->bytes + b->start, len < PIPE_BUF ? len : PIPE_BUF);

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	take_from(b, (size_t)n);
	restart_clock(r);
	return true;
}

/* False when the session has failed. */
static bool send_to_peer(struct relay *r)
{
	struct buffer *b = &r->to_peer;
	ssize_t n = ward_write_some(r->s, b->bytes + b->start, b->end - b->start);

	if (n >= 0)
		take_from(b, (size_t)n);
	if (n > 0)
		restart_clock(r);
	return n >= 0 || ward_would_block(r->s);
}

static bool tell_end(struct relay *r)
{
	r->told = true;
	restart_clock(r);
	return ward_shutdown(r->s) || ward_would_block(r->s);
}

static bool receive_from_peer(struct relay *r)
{
	ssize_t n = ward_read(r->s, r->from_peer.bytes, BUFFER);

	if (n > 0)
		r->from_peer.end = (size_t)n;
	r->peer_closed = n == 0;
	return n >= 0 || ward_would_block(r->s);
}

/* ---- the loop ---- */

enum { IN, PEER, OUT, POLLS };

static void choose(const struct relay *r, struct pollfd polls[POLLS])
{
	unsigned int wants = ward_session_wants(r->s);
	bool sends = !is_empty(&r->to_peer) || (wants & WARD_WANT_WRITE) != 0;
	bool reads = is_empty(&r->to_peer) && !r->in_ended && !r->peer_closed;
	short peer = 0;

	if (is_empty(&r->from_peer) && !r->peer_closed)
		peer = POLLIN;
	if (sends)
		peer = (short)(peer | POLLOUT);
	polls[IN] = (struct pollfd){ .fd = reads ? r->in : -1, .events = POLLIN };
	polls[PEER] =
		(struct pollfd){ .fd = peer == 0 ? -1 : ward_session_fd(r->s), .events = peer };
	polls[OUT] =
		(struct pollfd){ .fd = is_empty(&r->from_peer) ? -1 : r->out, .events = POLLOUT };
}

/* What is done when poll has said who is ready; RELAY_CLOSED: nothing went wrong. */
static enum relay_end move(struct relay *r, const struct pollfd polls[POLLS])
{
	if (polls[OUT].revents != 0 && !write_output(r))
		return RELAY_OUTPUT_FAILED;
	if (polls[IN].revents != 0 && !read_input(r))
		return RELAY_INPUT_FAILED;
	if (r->stopped)
		return RELAY_STOPPED;
	if (is_empty(&r->from_peer) && !r->peer_closed && !receive_from_peer(r))
		return RELAY_SESSION;
	/* After its close_notify the peer may be gone: what it does not take is lost, but no error. */
	if (!send_to_peer(r)) {
		if (!r->peer_closed)
			return RELAY_SESSION;
		r->to_peer.start = r->to_peer.end = 0;
	}
	return RELAY_CLOSED;
}

/* The peer has said all, and has got what was read for it. */
static bool is_done(const struct relay *r)
{
	bool failed = ward_session_failure(r->s) != NULL;
	bool sent = (ward_session_wants(r->s) & WARD_WANT_WRITE) == 0 && is_empty(&r->to_peer);

	return r->peer_closed && is_empty(&r->from_peer) && (sent || failed);
}

/* All that there is has been passed on: now silence is the peer's. */
static bool awaits_peer(const struct relay *r)
{
	return r->in_ended && is_empty(&r->to_peer) && is_empty(&r->from_peer) &&
	       ward_pending(r->s) == 0;
}

/* How long to wait for anything to happen. */
static int patience(const struct relay *r)
{
	if (is_empty(&r->from_peer) && ward_pending(r->s) > 0)
		return 0;
	return awaits_peer(r) ? deadline_left(r->quiet_until) : -1;
}

/* Nothing has happened for as long as that. */
static enum relay_end end_silence(struct relay *r)
{
	if (r->told)
		return RELAY_SILENT;
	return tell_end(r) ? RELAY_CLOSED : RELAY_SESSION;
}

static enum relay_end loop(struct relay *r)
{
	enum relay_end end = RELAY_CLOSED;

	while (end == RELAY_CLOSED && !is_done(r)) {
		struct pollfd polls[POLLS];
		int n;

		choose(r, polls);
		n = poll(polls, POLLS, patience(r));
		if (n < 0 && errno != EINTR)
			return RELAY_INPUT_FAILED;
		if (n == 0 && awaits_peer(r) && deadline_passed(r->quiet_until))
			end = end_silence(r);
		else if (n >= 0)
			end = move(r, polls);
	}
	return end;
}

enum relay_end relay_run(struct ward_session *s, int in, int out, const struct relay_limits *limits)
{
	struct relay r;
	int fd = ward_session_fd(s);

	/* The buffers need no zeroing: 128 KiB that nobody looks at. */
	r.s = s;
	r.in = in;
	r.out = out;
	r.limits = limits;
	r.in_ended = r.told = r.peer_closed = r.stopped = false;
	r.quiet_until = DEADLINE_NONE;
	r.to_peer.start = r.to_peer.end = 0;
	r.from_peer.start = r.from_peer.end = 0;
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) != 0)
		return RELAY_INPUT_FAILED;
	return loop(&r);
}
