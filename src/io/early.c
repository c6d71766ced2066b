/*
 * Data that is kept for a server's caller; most of all early data (see <ward/early_data.h>): it comes
 * during the handshake, and is kept until the caller asks for it by name, or until the handshake is
 * done and it is no replay any more. The engine bounds how much there can be: what the config allows
 * in tickets.
 */
#include "io/session.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "base/span.h"

size_t session_kept(const struct aside *a)
{
	return a == NULL ? 0 : a->end - a->start;
}

void session_drop(struct aside **where)
{
	if (*where != NULL)
		secret_wipe_bytes((*where)->bytes, (*where)->end);
	free(*where);
	*where = NULL;
}

/* Room for twice as much: a peer that sends single bytes does not have them moved each time. */
static bool make_room(struct aside **where, size_t len)
{
	size_t kept = session_kept(*where), room = 2 * (kept + len);
	struct aside *a;

	if (*where != NULL && (*where)->room - (*where)->end >= len)
		return true;
	a = malloc(sizeof(*a) + room);
	if (a == NULL)
		return false;
	*a = (struct aside){ .end = kept, .room = room };
	if (kept > 0)
		memcpy(a->bytes, (*where)->bytes + (*where)->start, kept);
	session_drop(where);
	*where = a;
	return true;
}

bool session_keep(struct ward_session *s, struct aside **where, struct span bytes)
{
	struct ward_error err = ERROR_NONE;

	if (!make_room(where, bytes.len)) {
		FAIL(&err, NO_MEMORY);
		return session_fail(s, &err);
	}
	bytes_copy((*where)->bytes + (*where)->end, bytes.data, bytes.len);
	(*where)->end += bytes.len;
	return true;
}

size_t session_take(struct aside **where, uint8_t *buf, size_t len)
{
	struct aside *a = *where;
	size_t n = session_kept(a) < len ? session_kept(a) : len;

	if (n == 0)
		return 0;
	bytes_copy(buf, a->bytes + a->start, n);
	a->start += n;
	if (a->start == a->end)
		session_drop(where);
	return n;
}

bool session_answers_early(const struct ward_session *s)
{
	return s->reads_early && ward_conn_is_server(s->conn) &&
	       ward_conn_early_data_status(s->conn) == WARD_EARLY_DATA_ACCEPTED;
}

/* Whether some may still come; until the ClientHello is there nobody knows. */
static bool may_come(const struct ward_session *s)
{
	enum ward_early_data_status status = ward_conn_early_data_status(s->conn);

	return !s->shaken && ward_conn_is_server(s->conn) && status != WARD_EARLY_DATA_REFUSED;
}

ssize_t ward_read_early(struct ward_session *s, void *buf, size_t len)
{
	if (s == NULL || !session_enter(s, false))
		return -1;
	s->reads_early = true;
	while (s->early == NULL && may_come(s))
		if (!session_handshake_turn(s))
			return -1;
	return (ssize_t)session_take(&s->early, buf, len < SSIZE_MAX ? len : SSIZE_MAX);
}
