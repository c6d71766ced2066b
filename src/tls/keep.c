/*
 * What a connection keeps when its handshake is over, and no more than that: an idle one is struct
 * ward_conn, two keyed ciphers, and one block of secrets as long as their hash.
 */
#include <stdlib.h>

#include "tls/quic.h"

/* ---- secrets ---- */

static size_t kept_count(const struct ward_conn *c)
{
	if (c->version == WARD_TLS_1_2)
		return KEPT_EXPORTER + 1;
	return c->is_server && !c->defers_auth ? KEPT_WRITE + 1 : KEPT_RESUMPTION + 1;
}

static size_t kept_size(const struct ward_conn *c)
{
	return sizeof(struct kept) + kept_count(c) * conn_kept_len(c);
}

static void keep(struct ward_conn *c, enum kept_secret which, const struct secret *secret)
{
	memcpy(conn_kept(c, which), secret->data, conn_kept_len(c));
}

bool conn_keep(struct ward_conn *c, struct ward_error *err)
{
	const struct handshake *hs = c->hs;

	c->kept = malloc(kept_size(c));
	if (c->kept == NULL)
		return FAIL(err, NO_MEMORY);
	if (c->is_server)
		c->kept->own = hs->identity;
	else
		c->kept->authenticated = hs->authenticated;
	keep(c, KEPT_EXPORTER, &hs->exporter);
	if (c->version == WARD_TLS_1_2)
		return true;
	keep(c, KEPT_READ, c->is_server ? &hs->client_traffic : &hs->server_traffic);
	keep(c, KEPT_WRITE, c->is_server ? &hs->server_traffic : &hs->client_traffic);
	if (!c->is_server || c->defers_auth)
		keep(c, KEPT_RESUMPTION, &hs->resumption);
	return true;
}

/* ---- what few connections need ---- */

struct rare *conn_rare(struct ward_conn *c, struct ward_error *err)
{
	if (c->rare == NULL)
		c->rare = calloc(1, sizeof(*c->rare));
	if (c->rare == NULL)
		FAIL(err, NO_MEMORY);
	return c->rare;
}

static void rare_free(struct rare *r)
{
	if (r == NULL)
		return;
	free(r->error);
	free(r->verify_error);
	free(r->service);
	quic_free(r->quic);
	post_auth_free(r->post);
	early_exporter_free(r->early_exporter);
	secret_wipe_bytes(r, sizeof(*r));
	free(r);
}

void conn_keep_clear(struct ward_conn *c)
{
	if (c->kept != NULL)
		secret_wipe_bytes(c->kept, kept_size(c));
	free(c->kept);
	c->kept = NULL;
	rare_free(c->rare);
	c->rare = NULL;
}

/* ---- names ---- */

bool conn_set_names(struct ward_conn *c, const char *host, const char *service,
		    struct ward_error *err)
{
	size_t host_len = strlen(host), service_len = service == NULL ? 0 : strlen(service) + 1;

	c->host = malloc(host_len + 1 + service_len);
	if (c->host == NULL)
		return FAIL(err, NO_MEMORY);
	memcpy(c->host, host, host_len + 1);
	if (host_len > 1 && host[host_len - 1] == '.') {
		/* The root's dot is part of no server_name (RFC 6066, 3). */
		host_len--;
		c->host[host_len] = '\0';
	}
	if (service == NULL)
		return true;
	c->has_service = true;
	memcpy(c->host + host_len + 1, service, service_len);
	return true;
}

bool conn_set_service(struct ward_conn *c, const char *service, struct ward_error *err)
{
	struct rare *rare = conn_rare(c, err);

	if (rare == NULL)
		return false;
	rare->service = strdup(service);
	return rare->service != NULL || FAIL(err, NO_MEMORY);
}

const char *conn_service(const struct ward_conn *c)
{
	if (c->has_service)
		return c->host + strlen(c->host) + 1;
	return c->host == NULL && c->rare != NULL ? c->rare->service : c->host;
}

/* ---- how much it is ---- */

static size_t buffer_size(const struct buffer *b)
{
	return b == NULL ? 0 : sizeof(*b) + b->cap;
}

size_t ward_conn_memory(const struct ward_conn *conn)
{
	size_t n = sizeof(*conn) + buffer_size(conn->out) + buffer_size(conn->partial);

	if (conn->host != NULL)
		n += strlen(conn->host) + 1;
	if (conn->host != NULL && conn->has_service)
		n += strlen(conn_service(conn)) + 1;
	if (conn->kept != NULL)
		n += kept_size(conn);
	if (conn_quic(conn) != NULL)
		n += quic_memory(conn_quic(conn));
	if (conn->rare != NULL)
		n += sizeof(*conn->rare) + post_auth_size(conn->rare->post) +
		     early_exporter_size(conn->rare->early_exporter);
	if (conn->hs != NULL)
		n += arena_size(conn->hs->arena) + conn->hs->flight.cap;
	if (conn->read.aead != NULL)
		n += aead_size(conn->read.aead);
	if (conn->write.aead != NULL)
		n += aead_size(conn->write.aead);
	return n;
}
