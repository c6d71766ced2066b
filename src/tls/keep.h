/*
 * What a connection has when its handshake is over, and what few have: asked for, and made. See
 * kept.h and keep.c. Comes with conn.h.
 */
#ifndef TLS_KEEP_H
#define TLS_KEEP_H

#include "tls/conn.h"

static inline size_t conn_kept_len(const struct ward_conn *c)
{
	return c->version == WARD_TLS_1_2 ? MASTER_LEN : digest_len(c->suite->digest);
}

static inline uint8_t *conn_kept(const struct ward_conn *c, enum kept_secret which)
{
	return c->kept->secrets + (size_t)which * conn_kept_len(c);
}

static inline struct span conn_kept_span(const struct ward_conn *c, enum kept_secret which)
{
	return span_make(conn_kept(c, which), conn_kept_len(c));
}

/* At the end of the handshake: all of it that lasts. */
bool conn_keep(struct ward_conn *c, struct ward_error *err);
/* NULL with err set. */
struct rare *conn_rare(struct ward_conn *c, struct ward_error *err);
/* Wipes and frees both. */
void conn_keep_clear(struct ward_conn *c);
bool conn_set_names(struct ward_conn *c, const char *host, const char *service,
		    struct ward_error *err);
bool conn_set_service(struct ward_conn *c, const char *service, struct ward_error *err);
/* What a client's tickets are kept for; NULL if neither it nor the host is known. */
const char *conn_service(const struct ward_conn *c);

/* Notes that the client offers it, if it has a name. */
static inline void conn_note_version(struct ward_conn *c, uint16_t version)
{
	if (version >= 0x0300 && version <= WARD_TLS_1_3)
		c->offered |= (1u << (version - 0x0300)) & 31;
}

/* The protocol chosen, or NULL. */
static inline const char *conn_alpn(const struct ward_conn *c)
{
	return c->alpn == 0 ? NULL : c->config->alpn[c->alpn - 1];
}

static inline struct post_auth *conn_post(const struct ward_conn *c)
{
	return c->rare == NULL ? NULL : c->rare->post;
}

/* The key from elsewhere that the connection stands on, itself or by its ticket; or NULL. */
static inline const struct external_psk *conn_psk(const struct ward_conn *c)
{
	return c->rare == NULL ? NULL : c->rare->psk;
}

static inline size_t conn_fragment_limit(const struct ward_conn *c)
{
	return c->rare == NULL ? 0 : c->rare->fragment_limit;
}

/* NULL where there are records. */
static inline struct quic *conn_quic(const struct ward_conn *c)
{
	return c->rare == NULL ? NULL : c->rare->quic;
}

/* When the certificates were shown that a ticket of now stands on. */
static inline int64_t conn_authenticated(const struct ward_conn *c)
{
	return c->hs != NULL ? c->hs->authenticated : c->kept->authenticated;
}

static inline size_t buffer_len(const struct buffer *b)
{
	return b == NULL ? 0 : b->len;
}

#endif
