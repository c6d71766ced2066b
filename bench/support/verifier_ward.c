/* ward. See verifier.h. The signatures alone are below its public interface. */
#include <stdlib.h>

#include "support/verifier.h"
#include "x509/cert.h"

struct ready {
	struct pubkey *keys[2]; /* of the issuers */
	struct ward_cert *certs[2];
};

static void *store_new(const struct pki *pki)
{
	struct ward_trust *trust = ward_trust_new();
	struct ward_error err = { 0 };

	must(trust != NULL, "memory");
	must_err(ward_trust_add(trust, pki->certs[PKI_ROOT], &err), &err);
	return trust;
}

static void *store_read(const char *pem, size_t len)
{
	struct ward_trust *trust = ward_trust_new();
	struct ward_error err = { 0 };

	must(trust != NULL, "memory");
	must_err(ward_trust_add_bundle(trust, pem, len, NULL, &err), &err);
	return trust;
}

static void store_free(void *store)
{
	ward_trust_free(store);
}

static void *parse(const uint8_t *der, size_t len)
{
	struct ward_error err = { 0 };
	struct ward_cert *cert = ward_cert_parse(der, len, &err);

	must_err(cert != NULL, &err);
	return cert;
}

static void parsed_free(void *parsed)
{
	ward_cert_free(parsed);
}

static struct ward_cert *parse_one(const struct pki *pki, int which)
{
	size_t len;
	const uint8_t *der = ward_cert_der(pki->certs[which], &len);

	return parse(der, len);
}

static void verify(void *store, const struct pki *pki)
{
	struct ward_verify_params params = { .time = pki->now,
					     .purpose = WARD_PURPOSE_SERVER,
					     .host = PKI_HOST };
	struct ward_cert *certs[] = { parse_one(pki, PKI_LEAF), parse_one(pki, PKI_INTERMEDIATE) };
	struct ward_error err = { 0 };

	must_err(ward_verify(store, certs, 2, &params, NULL, &err), &err);
	ward_cert_free(certs[0]);
	ward_cert_free(certs[1]);
}

static void *ready_new(const struct pki *pki)
{
	static const int issuers[] = { PKI_INTERMEDIATE, PKI_ROOT };
	static const int subjects[] = { PKI_LEAF, PKI_INTERMEDIATE };
	struct ready *r = calloc(1, sizeof(*r));
	struct ward_error err = { 0 };

	must(r != NULL, "memory");
	for (int i = 0; i < 2; i++) {
		r->certs[i] = parse_one(pki, subjects[i]);
		r->keys[i] = pubkey_from_spki(pki->certs[issuers[i]]->spki, &err);
		must_err(r->keys[i] != NULL, &err);
	}
	return r;
}

static void check_signatures(void *ready)
{
	struct ready *r = ready;
	struct ward_error err = { 0 };

	for (int i = 0; i < 2; i++)
		must_err(pubkey_verify(r->keys[i], r->certs[i]->signed_with.alg, r->certs[i]->tbs,
				       r->certs[i]->signature, &err),
			 &err);
}

static void ready_free(void *ready)
{
	struct ready *r = ready;

	for (int i = 0; i < 2; i++) {
		ward_cert_free(r->certs[i]);
		pubkey_free(r->keys[i]);
	}
	free(r);
}

const struct verifier verifier_ward = {
	.name = "ward",
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
