/*
 * Bytes of heap that a parsed certificate takes, and a store of all roots that the system trusts, in
 * ward, OpenSSL and GnuTLS. Where the system has no bundle of roots, the rows of it are left out.
 */
#include <stdio.h>
#include <stdlib.h>

#include "heap/heap.h"
#include "support/stack.h"
#include "support/verifier.h"

static const char bundle_file[] = "/etc/ssl/certs/ca-certificates.crt";

static const struct verifier *const verifiers[] = { &verifier_openssl, &verifier_gnutls,
						    &verifier_ward };
enum { VERIFIERS = sizeof(verifiers) / sizeof(verifiers[0]), BUNDLE_ROOM = 1 << 20 };

static double parsed_size(const struct verifier *v, const struct ward_cert *cert)
{
	size_t len;
	const uint8_t *der = ward_cert_der(cert, &len);
	ptrdiff_t before = heap_now, held;
	void *parsed = v->parse(der, len);

	held = heap_now - before;
	v->parsed_free(parsed);
	return (double)held;
}

/* Once before, for what is made at the first use and kept. */
static void measure_cert(const struct verifier *v, const char *row, const struct ward_cert *cert)
{
	parsed_size(v, cert);
	result(row, "bytes", v->name, parsed_size(v, cert));
}

static size_t read_bundle(char *text)
{
	FILE *file = fopen(bundle_file, "r");
	size_t len;

	if (file == NULL)
		return 0;
	len = fread(text, 1, BUNDLE_ROOM - 1, file);
	fclose(file);
	text[len] = '\0';
	return len;
}

static double store_size(const struct verifier *v, const char *pem, size_t len)
{
	ptrdiff_t before = heap_now, held;
	void *store = v->store_read(pem, len);

	held = heap_now - before;
	v->store_free(store);
	return (double)held;
}

static void measure_bundle(const char *pem, size_t len)
{
	struct ward_chain chain;
	struct ward_error err = { 0 };

	must_err(ward_chain_parse(pem, len, &chain, &err), &err);
	for (int i = 0; i < VERIFIERS; i++) {
		double total = 0;

		for (size_t c = 0; c < chain.count; c++)
			total += parsed_size(verifiers[i], chain.certs[c]);
		result("heap.root", "bytes", verifiers[i]->name, total / (double)chain.count);
		store_size(verifiers[i], pem, len);
		result("heap.store", "bytes", verifiers[i]->name,
		       store_size(verifiers[i], pem, len));
		result("heap.store", "roots", verifiers[i]->name, (double)chain.count);
	}
	ward_chain_clear(&chain);
}

int main(void)
{
	static char pem[BUNDLE_ROOM];
	struct pki pki;
	size_t len;

	pki_make(&pki, WARD_KEY_P256);
	for (int i = 0; i < VERIFIERS; i++)
		measure_cert(verifiers[i], "heap.leaf", pki.certs[PKI_LEAF]);
	pki_clear(&pki);
	len = read_bundle(pem);
	if (len > 0)
		measure_bundle(pem, len);
	return 0;
}
