/*
 * What goes into a ticket, put together. See ticket_draft.h.
 */
#include "tls/ticket_draft.h"

#include <stdlib.h>

#include "tls/ticket_keys.h"

void ticket_draft_clear(struct ticket_draft *d)
{
	secret_wipe(&d->psk.key);
	free(d->chain);
}

/* The peer's certificates, each with its length; an empty one in front of a raw public key. */
static bool draft_chain(struct ticket_draft *d, const struct peer_chain *peer,
			struct ward_error *err)
{
	size_t room;
	struct writer w;

	if (peer == NULL)
		return true;
	room = peer->raw_key == NULL ? 0 : 3 + 3 + peer->raw_key->spki.len;
	for (size_t i = 0; i < peer->chain.count; i++)
		room += 3 + cert_der(peer->chain.certs[i]).len;
	d->chain = malloc(room);
	if (d->chain == NULL)
		return FAIL(err, NO_MEMORY);
	w = writer_make(d->chain, room, err);
	if (peer->raw_key != NULL) {
		writer_vec(&w, 3, SPAN_EMPTY);
		writer_vec(&w, 3, peer->raw_key->spki);
	}
	for (size_t i = 0; i < peer->chain.count; i++)
		writer_vec(&w, 3, cert_der(peer->chain.certs[i]));
	d->r.chain = writer_span(&w);
	return writer_ok(&w);
}

bool ticket_draft_begin(struct ticket_draft *d, const struct ward_conn *c,
			const struct identity *own, struct ward_error *err)
{
	*d = (struct ticket_draft){ .chain = NULL };
	config_ticket_context(c->config, own, d->context);
	d->r.version = c->version;
	d->r.suite = c->suite->id;
	d->r.authenticated = conn_authenticated(c);
	d->r.issued = c->now;
	d->r.context = SPAN_ARRAY(d->context);
	d->r.name = span_string(c->host);
	d->r.alpn = span_string(conn_alpn(c));
	/* Without it the peer may not be proved then, and the handshake is a whole one. */
	if (c->peer != NULL && c->peer->status.len <= STATUS_KEPT_MAX)
		d->r.status = c->peer->status;
	if (conn_psk(c) != NULL)
		d->r.psk = SPAN_ARRAY(conn_psk(c)->fingerprint);
	return draft_chain(d, c->peer, err);
}

bool ticket_draft_fits(struct ticket_draft *d)
{
	if (resumption_size(&d->r) + SECRET_MAX > TICKET_CONTENT_MAX)
		d->r.status = SPAN_EMPTY;
	return resumption_size(&d->r) + SECRET_MAX <= TICKET_CONTENT_MAX;
}

/* The earlier of a time and the ends of the certificates in a chain. */
static int64_t end_with(const struct ward_chain *chain, int64_t end)
{
	for (size_t i = 0; i < chain->count; i++)
		if (ward_cert_not_after(chain->certs[i]) < end)
			end = ward_cert_not_after(chain->certs[i]);
	return end;
}

uint32_t ticket_draft_lifetime(const struct ward_conn *c, uint32_t wished)
{
	const struct identity *own = c->hs == NULL ? NULL : c->hs->identity;
	int64_t end = c->now + wished;

	if (end > conn_authenticated(c) + WARD_TICKET_LIFETIME_MAX)
		end = conn_authenticated(c) + WARD_TICKET_LIFETIME_MAX;
	if (c->config->verify != WARD_VERIFY_NONE && c->peer != NULL)
		end = end_with(&c->peer->chain, end);
	if (own != NULL)
		end = end_with(&own->chain, end);
	return end > c->now ? (uint32_t)(end - c->now) : 0;
}

bool ticket_draft_seal(struct ward_conn *c, const struct ticket_draft *d, uint8_t *sealed,
		       size_t *len, struct ward_error *err)
{
	uint8_t content[TICKET_CONTENT_MAX];
	struct writer w = writer_make(content, sizeof(content), err);
	bool ok;

	resumption_write(&w, &d->r);
	*len = w.len + TICKET_OVERHEAD;
	ok = writer_ok(&w) &&
	     ticket_seal(c->config->ticket_keys, c->now, writer_span(&w), sealed, err);
	secret_wipe_bytes(content, w.len);
	return ok;
}

bool ticket_hand_on(struct ward_conn *c, struct ward_ticket *ticket, struct ward_error *err)
{
	const char *service = conn_service(c);

	if (c->config->on_ticket != NULL)
		c->config->on_ticket(c->config->on_ticket_arg, c, ticket);
	return !c->config->resumption || service == NULL ||
	       ticket_cache_put(&c->config->ticket_cache, service, ticket, err);
}
