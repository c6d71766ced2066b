/*
 * OpenSSL's libssl. See stack.h.
 *
 * Set up as its manual says a program should: one SSL_CTX for each side, verification of chain and
 * name by SSL_VERIFY_PEER and SSL_set1_host. What ward does not do yet is off: tickets, resumption.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "support/stack.h"

static BIO_METHOD *wire_method;

static int wire_read(BIO *bio, char *out, int len)
{
	struct end *e = BIO_get_data(bio);
	struct wire *in = e->in;
	size_t n = in->end - in->start < (size_t)len ? in->end - in->start : (size_t)len;

	BIO_clear_retry_flags(bio);
	if (n == 0) {
		BIO_set_retry_read(bio);
		return -1;
	}
	memcpy(out, in->bytes + in->start, n);
	in->start += n;
	return (int)n;
}

static int wire_write(BIO *bio, const char *data, int len)
{
	struct end *e = BIO_get_data(bio);
	struct wire *out = e->out;

	must((size_t)len <= sizeof(out->bytes) - out->end, "writing");
	memcpy(out->bytes + out->end, data, (size_t)len);
	out->end += (size_t)len;
	return len;
}

static long wire_ctrl(BIO *bio, int command, long number, void *pointer)
{
	(void)bio;
	(void)number;
	(void)pointer;
	return command == BIO_CTRL_FLUSH;
}

static void make_method(void)
{
	if (wire_method != NULL)
		return;
	wire_method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
	must(wire_method != NULL && BIO_meth_set_read(wire_method, wire_read) == 1 &&
		     BIO_meth_set_write(wire_method, wire_write) == 1 &&
		     BIO_meth_set_ctrl(wire_method, wire_ctrl) == 1,
	     "BIO_meth_new");
}

static X509 *load_cert(const struct ward_cert *cert)
{
	size_t len;
	const uint8_t *der = ward_cert_der(cert, &len);
	X509 *x = d2i_X509(NULL, &der, (long)len);

	must(x != NULL, "d2i_X509");
	return x;
}

static void load_identity(SSL_CTX *ctx, const struct pki *pki)
{
	X509 *leaf = load_cert(pki->certs[PKI_LEAF]);
	char *pem = ward_key_pem(pki->keys[PKI_LEAF], NULL);
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);

	/* SSL_CTX_add_extra_chain_cert takes the reference over. */
	must(SSL_CTX_use_certificate(ctx, leaf) == 1 &&
		     SSL_CTX_add_extra_chain_cert(ctx, load_cert(pki->certs[PKI_INTERMEDIATE])) ==
			     1 &&
		     SSL_CTX_use_PrivateKey(ctx, key) == 1,
	     "loading the identity");
	EVP_PKEY_free(key);
	BIO_free(bio);
	ward_wipe(pem, strlen(pem));
	free(pem);
	X509_free(leaf);
}

static void load_root(SSL_CTX *ctx, const struct pki *pki)
{
	X509 *root = load_cert(pki->certs[PKI_ROOT]);

	must(X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), root) == 1, "X509_STORE_add_cert");
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	X509_free(root);
}

#define HYBRID "X25519MLKEM768"

/* From 3.5 on. */
static bool has_hybrid(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_method());
	bool has = ctx != NULL && SSL_CTX_set1_groups_list(ctx, HYBRID) == 1;

	SSL_CTX_free(ctx);
	ERR_clear_error();
	return has;
}

static void *context_new(const struct pki *pki, enum side side)
{
	SSL_CTX *ctx = SSL_CTX_new(side == SIDE_SERVER ? TLS_server_method() : TLS_client_method());

	make_method();
	must(ctx != NULL && SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1 &&
		     SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256") == 1 &&
		     SSL_CTX_set1_groups_list(ctx, bench_hybrid ? HYBRID : "X25519") == 1 &&
		     SSL_CTX_set_num_tickets(ctx, 0) == 1,
	     "SSL_CTX_new");
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	if (side == SIDE_SERVER)
		load_identity(ctx, pki);
	else
		load_root(ctx, pki);
	return ctx;
}

static void *context_new_released(const struct pki *pki, enum side side)
{
	SSL_CTX *ctx = context_new(pki, side);

	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	return ctx;
}

static void context_free(void *context)
{
	SSL_CTX_free(context);
}

static void conn_new(struct end *e, void *context)
{
	SSL *ssl = SSL_new(context);
	BIO *bio = BIO_new(wire_method);

	must(ssl != NULL && bio != NULL, "SSL_new");
	BIO_set_data(bio, e);
	BIO_set_init(bio, 1);
	SSL_set_bio(ssl, bio, bio);
	if (e->side == SIDE_SERVER)
		SSL_set_accept_state(ssl);
	else
		must(SSL_set_tlsext_host_name(ssl, PKI_HOST) == 1 &&
			     SSL_set1_host(ssl, PKI_HOST) == 1,
		     "SSL_set1_host");
	if (e->side == SIDE_CLIENT)
		SSL_set_connect_state(ssl);
	e->conn = ssl;
}

static void conn_free(struct end *e)
{
	SSL_free(e->conn);
}

static bool shake(struct end *e)
{
	int n = SSL_do_handshake(e->conn);

	must(n == 1 || SSL_get_error(e->conn, n) == SSL_ERROR_WANT_READ, "SSL_do_handshake");
	must(n != 1 || e->side == SIDE_SERVER || SSL_get_verify_result(e->conn) == X509_V_OK,
	     "verification");
	return n == 1;
}

static void seal(struct end *e, const uint8_t *data, size_t len)
{
	must(SSL_write(e->conn, data, (int)len) == (int)len, "SSL_write");
}

static void open_records(struct end *e, size_t expected)
{
	static uint8_t buf[1 << 14];

	for (size_t total = 0; total < expected;) {
		int n = SSL_read(e->conn, buf, sizeof(buf));

		must(n > 0, "SSL_read");
		total += (size_t)n;
	}
}

const struct stack stack_openssl = {
	.name = "OpenSSL",
	.context_new = context_new,
	.context_free = context_free,
	.conn_new = conn_new,
	.conn_free = conn_free,
	.shake = shake,
	.seal = seal,
	.open = open_records,
	.has_hybrid = has_hybrid,
};

const struct stack stack_openssl_released = {
	.name = "OpenSSL, buffers released",
	.context_new = context_new_released,
	.context_free = context_free,
	.conn_new = conn_new,
	.conn_free = conn_free,
	.shake = shake,
	.seal = seal,
	.open = open_records,
	.has_hybrid = has_hybrid,
};
