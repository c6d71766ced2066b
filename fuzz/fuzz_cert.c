/*
 * A certificate from outside: parsing, and every question that can be asked of one that parsed.
 * What it says of itself must hold together, and it must survive PEM.
 */
#include <stdio.h>
#include <stdlib.h>

#include "x509/cert.h"
#include "x509/name.h"
#include "x509/name_constraints.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "wrong: %s\n", what);
	abort();
}

static void check_inside(const struct ward_cert *c, struct span part, const char *what)
{
	must(part.data >= c->bytes && part.data + part.len <= c->bytes + c->der.len, what);
}

/* Nothing that moves a cursor may come out, whatever went in. */
static void check_text(const char *text)
{
	for (; *text != '\0'; text++)
		must((unsigned char)*text >= ' ' && *text != 0x7f, "a control character in a text");
}

static void check_texts(const struct ward_cert *c)
{
	char buf[300];
	size_t walked = 0, at = 0;
	int kind;

	check_text(ward_cert_subject(c, buf, sizeof(buf)));
	check_text(ward_cert_issuer(c, buf, 7));
	check_text(ward_cert_common_name(c, buf, sizeof(buf)));
	check_text(ward_cert_serial(c, buf, sizeof(buf)));
	check_text(cert_label(c, buf, sizeof(buf)));
	check_text(ward_cert_key_type(c));
	check_text(ward_cert_signature_name(c));
	while ((kind = ward_cert_san_next(c, &at, buf, sizeof(buf))) >= 0) {
		check_text(buf);
		must(++walked > 100 || ward_cert_san(c, walked - 1, buf, sizeof(buf)) == kind,
		     "a name that cannot be shown");
		if (kind == WARD_SAN_DNS && buf[0] != '*')
			ward_cert_matches_host(c, buf);
	}
	must(walked == ward_cert_san_count(c), "how many names");
	must(ward_cert_san(c, ward_cert_san_count(c), buf, sizeof(buf)) == -1, "a name too many");
}

static void check_names(const struct ward_cert *c)
{
	unsigned int budget = 10000;

	must(name_equal(c->subject, c->subject), "a name that is not itself");
	must(name_is_within(c->issuer, c->issuer), "a name that is not within itself");
	if (name_equal(c->subject, c->issuer))
		must(c->subject_hash == c->issuer_hash, "equal names of unequal hash");
	must(cert_same_entity(c, c) && cert_same(c, c), "a certificate that is not itself");
	name_constraints_allow(c, c, &budget, NULL);
}

static void check_pem(const struct ward_cert *c)
{
	char *pem = ward_cert_pem(c);
	struct ward_chain chain;

	must(pem != NULL, "memory");
	must(ward_chain_parse(pem, strlen(pem), &chain, NULL) && chain.count == 1 &&
		     cert_same(chain.certs[0], c),
	     "PEM that does not come back");
	ward_chain_clear(&chain);
	free(pem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_error err = ERROR_NONE;
	struct ward_cert *c = ward_cert_parse(data, size, &err);

	must((c == NULL) == (err.reason != WARD_E_NONE), "a refusal without a reason");
	if (c == NULL)
		return 0;
	must(size == c->der.len && crypto_init(NULL), "a length");
	check_inside(c, c->tbs, "what is signed");
	check_inside(c, c->serial, "the serial number");
	check_inside(c, c->subject, "the subject");
	check_inside(c, c->key.bytes, "the key");
	check_inside(c, c->signature, "the signature");
	check_texts(c);
	check_names(c);
	check_pem(c);
	if (cert_pubkey(c, NULL) != NULL)
		must(pubkey_type(cert_pubkey(c, NULL)) == cert_key_type(c), "two types of key");
	ward_cert_free(c);
	return 0;
}
