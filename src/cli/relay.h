/*
 * Bytes both ways between a session and this process: what comes in on one descriptor goes to the
 * peer, what the peer sends goes out on another.
 */
#ifndef CLI_RELAY_H
#define CLI_RELAY_H

#include <ward/session.h>

enum relay_end {
	RELAY_CLOSED,        /* the peer said close_notify and all it sent was passed on */
	RELAY_SESSION,       /* the session failed */
	RELAY_INPUT_FAILED,  /* reading `in` failed; errno is kept */
	RELAY_OUTPUT_FAILED, /* writing `out` failed; errno is kept */
	RELAY_SILENT,        /* the peer was silent for too long after the end of input */
	RELAY_STOPPED,       /* the filter said so */
};

/*
 * Looks at input before it is sent. The *len bytes that were read, 0 at the end of input, may be
 * changed, and may become twice as many. False: nothing more is sent or read, these bytes included.
 */
struct relay_filter {
	bool (*input)(void *arg, struct ward_session *s, uint8_t *bytes, size_t *len);
	void *arg;
};

/* How long the peer may be silent once the input has ended and been sent, in milliseconds. */
struct relay_limits {
	int told_after_ms;                 /* then it is told so with close_notify */
	int given_up_after_ms;             /* after that, then it is over; -1: never */
	const struct relay_filter *filter; /* NULL: none */
};

/*
 * Runs until the peer's close_notify. The end of `in` is told the peer with close_notify, after
 * which reading goes on (RFC 9846, 6.1); but not at once: many servers of HTTP drop an answer that
 * they are sending when the client closes its half, and most close by themselves when they are
 * done. The session's descriptor is non-blocking from now on; the other two are left as they are.
 */
enum relay_end relay_run(struct ward_session *s, int in, int out,
			 const struct relay_limits *limits);

#endif
