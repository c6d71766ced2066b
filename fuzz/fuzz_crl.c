/*
 * A CRL from outside, in PEM or DER: each entry must be found by its serial number, and libcrypto
 * must see as many. It refuses some that are taken here: those in whose names a value is of a type
 * that it cannot read inside.
 */
#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "x509/crl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ENTRIES_MAX = 64 };

static void must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "wrong: %s\n", what);
	abort();
}

static void compare(const struct ward_crl *crl)
{
	size_t len;
	const unsigned char *der = ward_crl_der(crl, &len);
	const unsigned char *p = der;
	X509_CRL *other = d2i_X509_CRL(NULL, &p, (long)len);

	must(other == NULL || p == der + len, "bytes behind the list");
	must(other == NULL || crl->count == 0 ||
		     (size_t)sk_X509_REVOKED_num(X509_CRL_get_REVOKED(other)) == crl->count,
	     "the number of entries");
	X509_CRL_free(other);
	ERR_clear_error();
}

static void find_entries(const struct ward_crl *crl)
{
	struct ward_cert cert = { .serial = SPAN_EMPTY };
	struct ward_revoked entry, found;

	for (size_t i = 0; i < crl->count && i < ENTRIES_MAX; i++) {
		must(ward_crl_revoked(crl, i, &entry), "an entry that is not there");
		cert.serial = span_make(entry.serial, entry.serial_len);
		must(ward_crl_find(crl, &cert, &found), "an entry that is not found");
		must(span_equal(span_make(found.serial, found.serial_len), cert.serial),
		     "the entry of another");
		must(ward_revocation_reason_name(entry.reason) != NULL, "no reason");
	}
	must(!ward_crl_revoked(crl, crl->count, &entry), "an entry behind the last");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_error err = ERROR_NONE;
	struct ward_crl *crl = ward_crl_parse(data, size, &err);
	char text[256];

	must((crl == NULL) == error_is_set(&err), "a refusal without a reason");
	if (crl == NULL)
		return 0;
	compare(crl);
	find_entries(crl);
	ward_crl_issuer(crl, text, sizeof(text));
	ward_crl_number(crl, text, sizeof(text));
	crl_keeps_profile(crl, NULL);
	ward_crl_free(crl);
	return 0;
}
