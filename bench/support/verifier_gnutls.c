/* GnuTLS. See verifier.h. */
#include <stdlib.h>

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include "support/verifier.h"

struct ready {
	gnutls_pubkey_t keys[2]; /* of the issuers */
	gnutls_datum_t tbs[2], signatures[2];
	gnutls_sign_algorithm_t algorithms[2];
};

static void *parse(const uint8_t *der, size_t len)
{
	gnutls_datum_t bytes = { (unsigned char *)(uintptr_t)der, (unsigned int)len };
	gnutls_x509_crt_t cert;

	must(gnutls_x509_crt_init(&cert) == 0 &&
		     gnutls_x509_crt_import(cert, &bytes, GNUTLS_X509_FMT_DER) == 0,
	     "gnutls_x509_crt_import");
	return cert;
}

static void parsed_free(void *parsed)
{
	gnutls_x509_crt_deinit(parsed);
}

static gnutls_x509_crt_t parse_one(const struct pki *pki, int which)
{
	size_t len;
	const uint8_t *der = ward_cert_der(pki->certs[which], &len);

	return parse(der, len);
}

static void *store_new(const struct pki *pki)
{
	gnutls_x509_trust_list_t list;
	gnutls_x509_crt_t root = parse_one(pki, PKI_ROOT);

	must(gnutls_x509_trust_list_init(&list, 0) == 0 &&
		     gnutls_x509_trust_list_add_cas(list, &root, 1, 0) == 1,
	     "gnutls_x509_trust_list_add_cas");
	return list;
}

static void *store_read(const char *pem, size_t len)
{
	gnutls_datum_t bytes = { (unsigned char *)(uintptr_t)pem, (unsigned int)len };
	gnutls_x509_trust_list_t list;

	must(gnutls_x509_trust_list_init(&list, 0) == 0 &&
		     gnutls_x509_trust_list_add_trust_mem(list, &bytes, NULL, GNUTLS_X509_FMT_PEM,
							  0, 0) > 0,
	     "gnutls_x509_trust_list_add_trust_mem");
	return list;
}

static void store_free(void *store)
{
	gnutls_x509_trust_list_deinit(store, 1);
}

static void verify(void *store, const struct pki *pki)
{
	gnutls_x509_crt_t certs[] = { parse_one(pki, PKI_LEAF), parse_one(pki, PKI_INTERMEDIATE) };
	gnutls_typed_vdata_st asked[] = {
		{ GNUTLS_DT_DNS_HOSTNAME, (unsigned char *)(uintptr_t)PKI_HOST, 0 },
		{ GNUTLS_DT_KEY_PURPOSE_OID, (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_SERVER,
		  0 },
	};
	unsigned int status = 1;

	must(gnutls_x509_trust_list_verify_crt2(store, certs, 2, asked, 2, 0, &status, NULL) == 0 &&
		     status == 0,
	     "gnutls_x509_trust_list_verify_crt2");
	gnutls_x509_crt_deinit(certs[0]);
	gnutls_x509_crt_deinit(certs[1]);
}

/* What is signed is the element behind the first header. */
static gnutls_datum_t tbs_of(const struct ward_cert *cert)
{
	size_t len;
	const uint8_t *der = ward_cert_der(cert, &len);
	const uint8_t *tbs = der + (der[1] < 0x80 ? 2 : 2 + (der[1] & 0x7f));
	size_t bytes = tbs[1] < 0x80 ? 0 : tbs[1] & 0x7f;
	size_t n = bytes == 0 ? tbs[1] : 0;

	for (size_t i = 0; i < bytes; i++)
		n = n << 8 | tbs[2 + i];
	return (gnutls_datum_t){ (unsigned char *)(uintptr_t)tbs, (unsigned int)(2 + bytes + n) };
}

static void *ready_new(const struct pki *pki)
{
	static const int issuers[] = { PKI_INTERMEDIATE, PKI_ROOT };
	static const int subjects[] = { PKI_LEAF, PKI_INTERMEDIATE };
	struct ready *r = calloc(1, sizeof(*r));

	must(r != NULL, "memory");
	for (int i = 0; i < 2; i++) {
		gnutls_x509_crt_t issuer = parse_one(pki, issuers[i]);
		gnutls_x509_crt_t subject = parse_one(pki, subjects[i]);
		size_t room = 0;

		r->tbs[i] = tbs_of(pki->certs[subjects[i]]);
		r->algorithms[i] = gnutls_x509_crt_get_signature_algorithm(subject);
		gnutls_x509_crt_get_signature(subject, NULL, &room);
		r->signatures[i].data = malloc(room);
		must(r->signatures[i].data != NULL &&
			     gnutls_x509_crt_get_signature(subject, (char *)r->signatures[i].data,
							   &room) == 0 &&
			     gnutls_pubkey_init(&r->keys[i]) == 0 &&
			     gnutls_pubkey_import_x509(r->keys[i], issuer, 0) == 0,
		     "gnutls_pubkey_import_x509");
		r->signatures[i].size = (unsigned int)room;
		gnutls_x509_crt_deinit(issuer);
		gnutls_x509_crt_deinit(subject);
	}
	return r;
}

static void check_signatures(void *ready)
{
	struct ready *r = ready;

	for (int i = 0; i < 2; i++)
		must(gnutls_pubkey_verify_data2(r->keys[i], r->algorithms[i], 0, &r->tbs[i],
						&r->signatures[i]) == 0,
		     "gnutls_pubkey_verify_data2");
}

static void ready_free(void *ready)
{
	struct ready *r = ready;

	for (int i = 0; i < 2; i++) {
		gnutls_pubkey_deinit(r->keys[i]);
		free(r->signatures[i].data);
	}
	free(r);
}

const struct verifier verifier_gnutls = {
	.name = "GnuTLS",
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
