/*
 * Keys for other protocols, which stand on this connection: exporters (RFC 9846, 7.5; RFC 5705 with
 * TLS 1.2) and channel bindings (RFC 9266, RFC 5929).
 */
#include <stdlib.h>

#include "tls/tls12/tls12.h"

void handshake_derive_exporter(struct ward_conn *c)
{
	struct handshake *hs = c->hs;
	struct transcript_hash hash;

	transcript_peek(&hs->transcript, &hash);
	schedule_derive(&hs->schedule, EXP_MASTER, transcript_hash_span(&hash), &hs->exporter);
	conn_log_secret(c, EXP_MASTER, &hs->exporter);
}

bool tls12_keep_exporter(struct ward_conn *c, struct ward_error *err)
{
	const struct tls12 *t = c->hs->tls12;
	struct rare *rare = conn_rare(c, err);

	if (rare == NULL)
		return false;
	memcpy(rare->randoms, c->hs->client_random, 32);
	memcpy(rare->randoms + 32, t->server_random, 32);
	c->hs->exporter = t->master;
	return true;
}

/* ---- the secret of early data ---- */

struct early_exporter {
	enum digest_alg alg; /* the suite's that the early data is for */
	struct secret secret;
};

bool early_exporter_derive(struct ward_conn *c, const struct key_schedule *early, struct span hash,
			   struct ward_error *err)
{
	struct rare *rare = conn_rare(c, err);
	struct early_exporter *e;

	if (rare == NULL)
		return false;
	e = malloc(sizeof(*e));
	if (e == NULL)
		return FAIL(err, NO_MEMORY);
	e->alg = early->alg;
	schedule_derive(early, E_EXP_MASTER, hash, &e->secret);
	conn_log_secret(c, E_EXP_MASTER, &e->secret);
	early_exporter_free(rare->early_exporter);
	rare->early_exporter = e;
	return true;
}

void early_exporter_drop(struct ward_conn *c)
{
	if (c->rare == NULL)
		return;
	early_exporter_free(c->rare->early_exporter);
	c->rare->early_exporter = NULL;
}

void early_exporter_free(struct early_exporter *e)
{
	if (e != NULL)
		secret_wipe_bytes(e, sizeof(*e));
	free(e);
}

size_t early_exporter_size(const struct early_exporter *e)
{
	return e == NULL ? 0 : sizeof(*e);
}

/* ---- exporting ---- */

static void export_13(enum digest_alg alg, struct span secret, const char *label,
		      struct span context, uint8_t *out, size_t len)
{
	SECRET_AUTO struct secret derived = { .len = digest_len(alg) };
	uint8_t hash[DIGEST_MAX_LEN];

	digest_once(alg, SPAN_EMPTY, hash);
	hkdf_expand_label(alg, secret, label, span_make(hash, derived.len), derived.data,
			  derived.len);
	digest_once(alg, context, hash);
	hkdf_expand_label(alg, secret_span(&derived), "exporter", span_make(hash, derived.len), out,
			  len);
}

/* RFC 5705, 4: no context and an empty one are two things here. */
static bool export_12(const struct ward_conn *c, const char *label, struct span context,
		      uint8_t *out, size_t len, struct ward_error *err)
{
	uint8_t *with_len = NULL;
	struct span seed = SPAN_EMPTY;

	if (context.data != NULL) {
		with_len = malloc(2 + context.len);
		if (with_len == NULL)
			return FAIL(err, NO_MEMORY);
		with_len[0] = (uint8_t)(context.len >> 8);
		with_len[1] = (uint8_t)context.len;
		bytes_copy(with_len + 2, context.data, context.len);
		seed = span_make(with_len, 2 + context.len);
	}
	prf12(c->suite->digest, conn_kept_span(c, KEPT_EXPORTER), label,
	      SPAN_ARRAY(c->rare->randoms), seed, out, len);
	free(with_len);
	return true;
}

static bool check_sizes(const struct ward_conn *c, const char *label, size_t context_len,
			size_t len, struct ward_error *err)
{
	enum { LABEL_MAX = 249, CONTEXT_MAX = 65535, OUT_MAX = 255 * 32 };
	size_t label_len = strlen(label);

	/* An empty one has no form in TLS 1.3 (7.1: label<7..255> with "tls13 "). */
	return ((label_len > 0 || c->version == WARD_TLS_1_2) && label_len <= LABEL_MAX &&
		context_len <= CONTEXT_MAX && len > 0 && len <= OUT_MAX) ||
	       FAILF(err, BAD_ARGUMENT,
		     "a label has 1 to %d bytes, a context up to %d, a key 1 to %d", LABEL_MAX,
		     CONTEXT_MAX, OUT_MAX);
}

bool ward_conn_export(const struct ward_conn *conn, const char *label, const void *context,
		      size_t context_len, void *out, size_t len, struct ward_error *err)
{
	bool half_way = server_may_send_early(conn);

	if (!ward_conn_is_connected(conn) && !half_way)
		return FAILF(err, BAD_STATE, "keys are exported once the handshake is done");
	if (!check_sizes(conn, label, context_len, len, err))
		return false;
	if (conn->version == WARD_TLS_1_2)
		return export_12(conn, label, span_make(context, context_len), out, len, err);
	export_13(conn->suite->digest,
		  half_way ? secret_span(&conn->hs->exporter) : conn_kept_span(conn, KEPT_EXPORTER),
		  label, span_make(context, context_len), out, len);
	return true;
}

bool ward_conn_export_early(const struct ward_conn *conn, const char *label, const void *context,
			    size_t context_len, void *out, size_t len, struct ward_error *err)
{
	const struct early_exporter *e = conn->rare == NULL ? NULL : conn->rare->early_exporter;

	if (conn->failed || e == NULL)
		return FAILF(err, BAD_STATE, "there is no early data to export keys of");
	if (!check_sizes(conn, label, context_len, len, err))
		return false;
	export_13(e->alg, secret_span(&e->secret), label, span_make(context, context_len), out,
		  len);
	return true;
}

/* ---- channel bindings ---- */

/* RFC 5929, 4.1: the hash that the certificate is signed with, and SHA-256 for those that are old. */
static enum digest_alg binding_digest(enum sig_alg alg)
{
	switch (alg) {
	case SIG_RSA_PKCS1_SHA384:
	case SIG_RSA_PSS_SHA384:
	case SIG_ECDSA_SHA384:
		return DIGEST_SHA384;
	case SIG_RSA_PKCS1_SHA512:
	case SIG_RSA_PSS_SHA512:
	case SIG_ECDSA_SHA512:
		return DIGEST_SHA512;
	case SIG_RSA_PKCS1_SHA256:
	case SIG_RSA_PSS_SHA256:
	case SIG_ECDSA_SHA256:
	case SIG_NONE: /* MD5 or SHA-1 */
		return DIGEST_SHA256;
	case SIG_ED25519: /* has no hash of its own: there is no such binding */
	default:
		return DIGEST_NONE;
	}
}

/* NULL where the server has shown none: a key that was agreed on, or a raw one. */
static const struct ward_cert *servers_leaf(const struct ward_conn *c)
{
	if (c->is_server)
		return c->kept->own == NULL ? NULL : identity_leaf(c->kept->own);
	return ward_conn_peer_cert(c);
}

static bool bind_end_point(const struct ward_conn *c, uint8_t *out, size_t *len,
			   struct ward_error *err)
{
	const struct ward_cert *leaf = servers_leaf(c);
	enum digest_alg alg = leaf == NULL ? DIGEST_NONE : binding_digest(cert_sig_alg(leaf));

	if (alg == DIGEST_NONE)
		return FAILF(err, BAD_ARGUMENT,
			     "the server's certificate has no tls-server-end-point");
	digest_once(alg, cert_der(leaf), out);
	*len = digest_len(alg);
	return true;
}

bool ward_conn_channel_binding(const struct ward_conn *conn, const char *type, uint8_t out[64],
			       size_t *len, struct ward_error *err)
{
	if (!ward_conn_is_connected(conn))
		return FAILF(err, BAD_STATE, "there is a binding once the handshake is done");
	*len = 32;
	if (strcmp(type, "tls-exporter") == 0)
		return ward_conn_export(conn, "EXPORTER-Channel-Binding", "", 0, out, *len, err);
	if (strcmp(type, "tls-server-end-point") == 0)
		return bind_end_point(conn, out, len, err);
	return FAILF(err, BAD_ARGUMENT, "%s is not among the bindings", type);
}
