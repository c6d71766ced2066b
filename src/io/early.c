/*
 * Early data of a server's session (see <ward/early_data.h>): it comes during the handshake, and is
 * kept until the caller asks for it by name, or until the handshake is done and it is no replay
 * any more. The engine bounds how much there can be: what the config allows in tickets.
 */
#include "io/session.h"

#include <limits.h>
#include <stdlib.h>

#include "base/secret.h"
#include "base/span.h"

void session_drop_early(struct ward_session *s)
{
	if (s->early != NULL)
		secret_wipe_bytes(s->early->bytes, s->early->len);
	free(s->early);
	s->early = NULL;
}

bool session_keep_early(struct ward_session *s, struct span bytes)
{
	struct ward_error err = ERROR_NONE;
	struct early *old = s->early;
	size_t left = old == NULL ? 0 : old->len - old->start;
	struct early *e = malloc(sizeof(*e) + left + bytes.len);

	if (e == NULL) {
		FAIL(&err, NO_MEMORY);
		return session_fail(s, &err);
	}
	e->start = 0;
	e->len = left + bytes.len;
	if (old != NULL)
		bytes_copy(e->bytes, old->bytes + old->start, left);
	bytes_copy(e->bytes + left, bytes.data, bytes.len);
	session_drop_early(s);
	s->early = e;
	return true;
}

size_t session_take_early(struct ward_session *s, uint8_t *buf, size_t len)
{
	struct early *e = s->early;
	size_t n;

	if (e == NULL)
		return 0;
	n = e->len - e->start < len ? e->len - e->start : len;
	bytes_copy(buf, e->bytes + e->start, n);
	e->start += n;
	if (e->start == e->len)
		session_drop_early(s);
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
	return (ssize_t)session_take_early(s, buf, len < SSIZE_MAX ? len : SSIZE_MAX);
}
