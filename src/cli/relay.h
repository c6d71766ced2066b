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
};

/*
 * Runs until the peer's close_notify. The end of `in` is told the peer with close_notify, after
 * which reading goes on (RFC 9846, 6.1). silence_ms: how long the peer may then be silent; 0: no
 * limit. The session's descriptor is non-blocking from now on; the other two are left as they are.
 */
enum relay_end relay_run(struct ward_session *s, int in, int out, int silence_ms);

#endif
