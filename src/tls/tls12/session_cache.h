/*
 * Sessions of TLS 1.2 that a server has given ids to (RFC 5246, 7.4.1.2), for clients that know no
 * tickets; see <ward/resume.h>. What is kept is a ticket that is not sent: sealed under the ring of
 * keys, and judged like any other when it comes back.
 */
#ifndef TLS_TLS12_SESSION_CACHE_H
#define TLS_TLS12_SESSION_CACHE_H

#include <ward/resume.h>

#include "base/error.h"
#include "base/span.h"

enum { SESSION_ID_LEN = 32, SESSION_CACHE_DEFAULT = 1024, SESSION_CACHE_MAX = 1 << 20 };

void sessions_put(struct ward_sessions *sessions, const struct ward_kept_session *session);
/* Copies out what is kept under an id, if it is one of ours and fits; how long it is, or 0. */
size_t sessions_get(struct ward_sessions *sessions, struct span id, int64_t now, uint8_t *out,
		    size_t room);

#endif
