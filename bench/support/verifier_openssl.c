/* OpenSSL. See verifier.h. */
#include <stdlib.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "support/verifier.h"

struct ready {
	EVP_PKEY *keys[2]; /* of the issuers */
	X509 *certs[2];
};

static void *parse(const uint8_t *der, size_t len)
{
	X509 *x = d2i_X509(NULL, &der, (long)len);

	must(x != NULL, "d2i_X509");
	return x;
}

static void parsed_free(void *parsed)
{
	X509_free(parsed);
}

static X509 *parse_one(const struct pki *pki, int which)
{
	size_t len;
	const uint8_t *der = ward_cert_der(pki->certs[which], &len);

	return parse(der, len);
}

static void *store_new(const struct pki *pki)
{
	X509_STORE *store = X509_STORE_new();
	X509 *root = parse_one(pki, PKI_ROOT);

	must(store != NULL && X509_STORE_add_cert(store, root) == 1, "X509_STORE_add_cert");
	X509_free(root);
	return store;
}

static void *store_read(const char *pem, size_t len)
{
	X509_STORE *store = X509_STORE_new();
	BIO *bio = BIO_new_mem_buf(pem, (int)len);
	X509 *root;

	must(store != NULL && bio != NULL, "memory");
	while ((root = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		must(X509_STORE_add_cert(store, root) == 1, "X509_STORE_add_cert");
		X509_free(root);
	}
	BIO_free(bio);
	return store;
}

static void store_free(void *store)
{
	X509_STORE_free(store);
}

static void verify(void *store, const struct pki *pki)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *others = sk_X509_new_null();
	X509 *leaf = parse_one(pki, PKI_LEAF);
	X509_VERIFY_PARAM *param;

	must(ctx != NULL && others != NULL, "memory");
	must(sk_X509_push(others, parse_one(pki, PKI_INTERMEDIATE)) == 1 &&
		     X509_STORE_CTX_init(ctx, store, leaf, others) == 1,
	     "X509_STORE_CTX_init");
	param = X509_STORE_CTX_get0_param(ctx);
	must(X509_VERIFY_PARAM_set1_host(param, PKI_HOST, 0) == 1 &&
		     X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER) == 1 &&
		     X509_verify_cert(ctx) == 1,
	     "X509_verify_cert");
	X509_STORE_CTX_free(ctx);
	sk_X509_pop_free(others, X509_free);
	X509_free(leaf);
}

static void *ready_new(const struct pki *pki)
{
	static const int issuers[] = { PKI_INTERMEDIATE, PKI_ROOT };
	static const int subjects[] = { PKI_LEAF, PKI_INTERMEDIATE };
	struct ready *r = calloc(1, sizeof(*r));

	must(r != NULL, "memory");
	for (int i = 0; i < 2; i++) {
		X509 *issuer = parse_one(pki, issuers[i]);

		r->certs[i] = parse_one(pki, subjects[i]);
		r->keys[i] = X509_get_pubkey(issuer);
		must(r->keys[i] != NULL, "X509_get_pubkey");
		X509_free(issuer);
	}
	return r;
}

static void check_signatures(void *ready)
{
	struct ready *r = ready;

	for (int i = 0; i < 2; i++)
		must(X509_verify(r->certs[i], r->keys[i]) == 1, "X509_verify");
}

static void ready_free(void *ready)
{
	struct ready *r = ready;

	for (int i = 0; i < 2; i++) {
		X509_free(r->certs[i]);
		EVP_PKEY_free(r->keys[i]);
	}
	free(r);
}

const struct verifier verifier_openssl = {
	.name = "OpenSSL",
	.store_new = store_new,
	.store_read = store_read,
	.store_free = store_free,
	.verify = verify,
	.ready_new = ready_new,
	.check_signatures = check_signatures,
	.ready_free = ready_free,
	.parse = parse,
	.parsed_free = parsed_free,
};
