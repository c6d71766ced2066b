/* ward, by its public headers alone. See stack.h. */
#include <stdlib.h>

#include <ward/resume.h>
#include <ward/tls.h>

#include "support/stack.h"

static const uint16_t suites[] = { 0x1301 /* TLS_AES_128_GCM_SHA256 */ };
static const uint16_t x25519 = 0x001d, hybrid = 0x11ec /* X25519MLKEM768 */;

struct context {
	struct ward_config *config;
	struct ward_trust *trust;
};

static void *context_new(const struct pki *pki, enum side side)
{
	struct ward_error err = { 0 };
	struct context *c = calloc(1, sizeof(*c));
	struct ward_cert *certs[] = { pki->certs[PKI_LEAF], pki->certs[PKI_INTERMEDIATE] };
	struct ward_chain chain = { certs, 2 };
	bool ok;

	must(c != NULL, "memory");
	c->trust = ward_trust_new();
	c->config = side == SIDE_SERVER ? ward_config_new_server(&err) : ward_config_new(&err);
	ok = c->trust != NULL && c->config != NULL &&
	     ward_trust_add(c->trust, pki->certs[PKI_ROOT], &err) &&
	     ward_config_set_suites(c->config, suites, 1, &err) &&
	     ward_config_set_groups(c->config, bench_hybrid ? &hybrid : &x25519, 1, &err);
	if (side == SIDE_SERVER)
		ok = ok && ward_config_add_identity(c->config, &chain, pki->keys[PKI_LEAF], &err) &&
		     ward_config_set_tickets(c->config, 0, &err);
	else
		ok = ok && ward_config_set_trust(c->config, c->trust, &err);
	must_err(ok, &err);
	return c;
}

static void context_free(void *context)
{
	struct context *c = context;

	ward_config_free(c->config);
	ward_trust_free(c->trust);
	free(c);
}

static void conn_new(struct end *e, void *context)
{
	struct context *c = context;
	struct ward_error err = { 0 };

	e->conn = ward_conn_new(c->config, e->side == SIDE_CLIENT ? PKI_HOST : NULL, e->now, &err);
	must_err(e->conn != NULL, &err);
}

static void conn_free(struct end *e)
{
	ward_conn_free(e->conn);
}

static void receive(struct end *e, struct ward_received *got)
{
	struct wire *in = e->in;
	struct ward_error err = { 0 };

	must_err(ward_conn_receive(e->conn, in->bytes + in->start, in->end - in->start, got, &err),
		 &err);
	in->start += got->used;
}

static bool shake(struct end *e)
{
	struct wire *out = e->out;
	struct ward_received got = { .used = 1 };

	while (got.used > 0 && e->in->start < e->in->end)
		receive(e, &got);
	out->end += ward_conn_output(e->conn, out->bytes + out->end, sizeof(out->bytes) - out->end);
	return ward_conn_is_connected(e->conn);
}

static void seal(struct end *e, const uint8_t *data, size_t len)
{
	struct wire *out = e->out;
	size_t taken, written;
	struct ward_error err = { 0 };

	must_err(ward_conn_send(e->conn, data, len, &taken, out->bytes + out->end,
				sizeof(out->bytes) - out->end, &written, &err),
		 &err);
	must(taken == len, "sealing");
	out->end += written;
}

static void open_records(struct end *e, size_t expected)
{
	struct ward_received got;

	for (size_t total = 0; total < expected; total += got.plain_len) {
		receive(e, &got);
		must(got.plain_len > 0, "opening");
	}
}

static bool has_hybrid(void)
{
	struct ward_config *config = ward_config_new(NULL);
	bool has = config != NULL && ward_config_set_groups(config, &hybrid, 1, NULL);

	ward_config_free(config);
	return has;
}

const struct stack stack_ward = {
	.name = "ward",
	.remembers = true,
	.context_new = context_new,
	.context_free = context_free,
	.conn_new = conn_new,
	.conn_free = conn_free,
	.shake = shake,
	.seal = seal,
	.open = open_records,
	.has_hybrid = has_hybrid,
};
