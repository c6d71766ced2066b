/* OCSP responses for tests. See staple.h. */
#include "support/staple.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(bool ok, const struct ward_error *err, const char *what)
{
	char text[512];

	if (ok)
		return;
	fprintf(stderr, "%s: %s\n", what, ward_error_text(err, text, sizeof(text)));
	abort();
}

/* A certificate for OCSP, by the CA or by itself. */
static struct ward_cert *make_responder(const struct ward_key *key, bool by_ca)
{
	static const char *const purposes[] = { "OCSPSigning", NULL };
	struct ward_cert_spec spec = { .common_name = "responder",
				       .profile = WARD_PROFILE_CLIENT,
				       .path_length = -1,
				       .not_before = TEST_NOW - 86400,
				       .not_after = TEST_NOW + 86400,
				       .purposes = purposes };
	struct ward_error err = { 0 };
	struct ward_cert *cert = ward_cert_make(&spec, key, by_ca ? test_ca_cert() : NULL,
						by_ca ? test_ca_key() : NULL, &err);

	must(cert != NULL, &err, "responder");
	return cert;
}

static struct ward_ocsp_single answer(enum staple kind)
{
	const int64_t hour = 3600;
	struct ward_ocsp_single s = { .status = WARD_OCSP_GOOD,
				      .revoked = { .time = TEST_NOW - hour,
						   .invalid = WARD_NO_TIME },
				      .this_update = TEST_NOW - hour,
				      .next_update = TEST_NOW + hour };

	if (kind == STAPLE_REVOKED)
		s.status = WARD_OCSP_REVOKED;
	if (kind == STAPLE_UNKNOWN)
		s.status = WARD_OCSP_UNKNOWN;
	if (kind == STAPLE_EXPIRED) {
		s.this_update -= 2 * hour;
		s.next_update -= 2 * hour;
	}
	if (kind == STAPLE_FUTURE) {
		s.this_update += 2 * hour;
		s.next_update += 2 * hour;
	}
	return s;
}

static struct ward_ocsp_response *respond(enum staple kind, const struct ward_cert *leaf)
{
	bool delegated = kind == STAPLE_BY_RESPONDER || kind == STAPLE_BY_STRANGER;
	struct ward_ocsp_single single = answer(kind);
	struct ward_error err = { 0 };
	struct ward_ocsp_request *q =
		ward_ocsp_request_make(leaf, test_ca_cert(), WARD_OCSP_SHA1, 0, &err);
	struct ward_key *key =
		delegated ? ward_key_generate(WARD_KEY_P256, &err) : ward_key_ref(test_ca_key());
	struct ward_cert *signer = delegated ? make_responder(key, kind == STAPLE_BY_RESPONDER)
					     : ward_cert_ref(test_ca_cert());
	struct ward_ocsp_response *p;

	must(q != NULL && key != NULL, &err, "request");
	p = ward_ocsp_response_make(q, &single, 1, single.this_update, test_ca_cert(), signer, key,
				    &err);
	must(p != NULL, &err, "response");
	ward_ocsp_request_free(q);
	ward_cert_free(signer);
	ward_key_free(key);
	return p;
}

static uint8_t *copy_of(const void *bytes, size_t len)
{
	uint8_t *copy = malloc(len);

	if (copy == NULL)
		abort();
	memcpy(copy, bytes, len);
	return copy;
}

uint8_t *staple_make(enum staple kind, const struct ward_cert *leaf, size_t *len)
{
	struct ward_ocsp_response *p;
	const uint8_t *der;
	uint8_t *copy;

	*len = 5;
	if (kind == STAPLE_GARBAGE)
		return copy_of("\x30\x03\x0a\x01\x00", 5);
	if (kind == STAPLE_TRY_LATER)
		p = ward_ocsp_response_make_error(WARD_OCSP_TRY_LATER, NULL);
	else
		p = respond(kind, kind == STAPLE_OF_OTHER
					  ? credential_client(WARD_KEY_ED25519)->chain.certs[0]
					  : leaf);
	der = ward_ocsp_response_der(p, len);
	copy = copy_of(der, *len);
	if (kind == STAPLE_SPOILT)
		copy[*len - 1] ^= 1; /* the issuer's signature is the last of it */
	ward_ocsp_response_free(p);
	return copy;
}

void credential_make_promising(struct credential *c, enum ward_profile profile)
{
	const char *const names[] = { profile == WARD_PROFILE_CLIENT ? "client.example"
								     : "server.example",
				      NULL };
	struct ward_cert_spec spec = { .common_name = names[0],
				       .names = names,
				       .profile = profile,
				       .path_length = -1,
				       .not_before = TEST_NOW - 86400,
				       .not_after = TEST_NOW + 86400,
				       .must_staple = true };
	struct ward_error err = { 0 };

	c->key = ward_key_generate(WARD_KEY_P256, &err);
	must(c->key != NULL, &err, "key");
	c->chain.certs = calloc(1, sizeof(c->chain.certs[0]));
	if (c->chain.certs == NULL)
		abort();
	c->chain.certs[0] = ward_cert_make(&spec, c->key, test_ca_cert(), test_ca_key(), &err);
	must(c->chain.certs[0] != NULL, &err, "certificate");
	c->chain.count = 1;
}
