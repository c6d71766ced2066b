/*
 * Verification of chains from bytes, in two ways. The first byte chooses, the second holds the
 * parameters; then come the certificates.
 *
 * As they are: each is a byte (bit 0: trusted) and a length of two bytes in front of the DER.
 * Hardly any signature survives this, so it tries parsing, path building and every rule.
 *
 * Drawn: three bytes say who is named and signed by whom, with what key, profile, time, path
 * length and constraints. The certificates are made and really signed, in whatever shape: loops,
 * crosses, twins. What verification then says is checked against what was drawn.
 */
#include <stdio.h>
#include <stdlib.h>

#include "wire/reader.h"
#include "x509/cert.h"
#include "x509/make.h"
#include "x509/path.h"

enum { CERTS_MAX = 12, NAMES = 4, KEYS = 4 };

#define NOW INT64_C(1790000000)
#define YEAR INT64_C(31536000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const entity_names[NAMES] = { "server.example", "A", "B", "Root" };

static struct ward_key *keys[KEYS];
static struct ward_cert *templates[NAMES][KEYS]; /* issuers: a name and a key */

/* What has been drawn; both keys are numbers. */
struct drawn {
	struct ward_cert *cert;
	int key, signer;
	bool trusted;
};

static void must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "wrong: %s\n", what);
	abort();
}

/* ---- making what is drawn ---- */

/* Ed25519 keys that are the same in every run (RFC 8410, 7). */
static struct ward_key *fixed_key(uint8_t number)
{
	uint8_t der[48] = "\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

	memset(der + 16, number + 1, 32);
	return ward_key_parse(der, sizeof(der), NULL);
}

static void prepare(void)
{
	if (keys[0] != NULL)
		return;
	for (int k = 0; k < KEYS; k++) {
		keys[k] = fixed_key((uint8_t)k);
		must(keys[k] != NULL, "a fixed key");
	}
	for (int n = 0; n < NAMES; n++)
		for (int k = 0; k < KEYS; k++) {
			struct ward_cert_spec spec = { .common_name = entity_names[n],
						       .profile = WARD_PROFILE_CA,
						       .path_length = -1,
						       .not_before = NOW - YEAR,
						       .not_after = NOW + YEAR };

			templates[n][k] = make_unjudged(&spec, keys[k], NULL, NULL, NULL);
			must(templates[n][k] != NULL, "an issuer");
		}
}

/* who: subject, its key, issuer, its key; how: profile, path length, time, trusted; what: names. */
static struct drawn draw(uint8_t who, uint8_t how, uint8_t what)
{
	static const char *const names[][3] = { { "server.example", NULL },
						{ "other.example", "10.0.0.1", NULL },
						{ "*.example", NULL },
						{ NULL } };
	static const char *const bases[][2] = {
		{ NULL }, { "example" }, { "test" }, { "server.example" }
	};
	static const int64_t starts[] = { -YEAR, -YEAR, 1, -YEAR };
	static const int64_t ends[] = { YEAR, YEAR, YEAR, -1 };
	int key = who >> 2 & 3;
	int signer = who >> 6;
	struct ward_cert_spec spec = {
		.common_name = entity_names[who & 3],
		.names = names[what & 3],
		.profile = (enum ward_profile)(how & 3),
		.path_length = (how & 3) == WARD_PROFILE_CA ? (how >> 2 & 3) - 1 : -1,
		.not_before = NOW + starts[how >> 4 & 3],
		.not_after = NOW + ends[how >> 4 & 3],
		.permitted_dns = (how & 3) == WARD_PROFILE_CA ? bases[what >> 2 & 3] : NULL,
	};

	return (struct drawn){ make_unjudged(&spec, keys[key], templates[who >> 4 & 3][signer],
					     keys[signer], NULL),
			       key, signer, (how & 0x40) != 0 };
}

/* ---- judging the verdict ---- */

static void check_link(const struct ward_cert *issuer, const struct ward_cert *c)
{
	must(cert_is_named_issuer(issuer, c), "an issuer of another name");
	must(issuer->ext.ca, "an issuer that is no CA");
	must(issuer->not_before <= NOW && NOW <= issuer->not_after, "an issuer out of its time");
}

static const struct drawn *find(const struct drawn *all, size_t count, const struct ward_cert *c)
{
	for (size_t i = 0; i < count; i++)
		if (all[i].cert == c)
			return &all[i];
	return NULL;
}

static void check_path(const struct ward_chain *path, const struct ward_verify_params *params,
		       const struct drawn *all, size_t count)
{
	const struct ward_cert *leaf = path->certs[0];
	size_t last = path->count - 1;

	must(find(all, count, path->certs[last])->trusted,
	     "a path that ends in no trusted certificate");
	must(leaf->not_before <= NOW && NOW <= leaf->not_after, "a leaf out of its time");
	must(params->host == NULL || ward_cert_matches_host(leaf, params->host), "another host");
	for (size_t i = 0; i < last; i++) {
		const struct drawn *subject = find(all, count, path->certs[i]);
		const struct drawn *issuer = find(all, count, path->certs[i + 1]);

		check_link(issuer->cert, subject->cert);
		must(subject->signer < 0 || subject->signer == issuer->key,
		     "a signature by another key");
	}
}

static void verify(const struct drawn *all, size_t count, uint8_t options)
{
	struct ward_cert *presented[CERTS_MAX];
	size_t presented_count = 0;
	struct ward_trust *trust = ward_trust_new();
	struct ward_verify_params params = {
		.time = NOW,
		.purpose = (enum ward_purpose)(options & 1),
		.host = (options & 2) != 0 ? "server.example" : NULL,
		.policy = (enum ward_policy)((options >> 2 & 3) % 3),
		.max_intermediates = options >> 4,
	};
	struct ward_error err = ERROR_NONE;
	struct ward_verdict verdict;
	bool ok;

	must(trust != NULL, "memory");
	for (size_t i = 0; i < count; i++) {
		if (all[i].trusted)
			must(ward_trust_add(trust, all[i].cert, NULL), "a trust store");
		if (!all[i].trusted || i == 0)
			presented[presented_count++] = all[i].cert;
	}
	ok = ward_verify(trust, presented, presented_count, &params, &verdict, &err);
	must(ok == (err.reason == WARD_E_NONE), "a verdict without a reason");
	must(err.reason != WARD_E_INTERNAL && err.reason != WARD_E_CRYPTO_FAILED, "a reason");
	must(verdict.signatures_checked <= EFFORT_CHECKS_MAX, "more work than allowed");
	must(verdict.failed_cert >= -1 && verdict.failed_cert < (int)presented_count, "a place");
	must(ok == (verdict.path.count > 0), "a path without a verdict");
	if (ok)
		check_path(&verdict.path, &params, all, count);
	ward_verdict_clear(&verdict);
	ward_trust_free(trust);
}

static size_t read_raw(struct reader *r, struct drawn *all)
{
	size_t count = 0;

	while (count < CERTS_MAX && reader_more(r)) {
		bool trusted = (reader_u8(r) & 1) != 0;
		struct span der = reader_vec(r, 2);
		struct ward_cert *cert = ward_cert_parse(der.data, der.len, NULL);

		if (cert != NULL)
			all[count++] = (struct drawn){ cert, -1, -1, trusted };
	}
	return count;
}

static size_t read_drawn(struct reader *r, struct drawn *all)
{
	size_t count = 0;

	prepare();
	while (count < CERTS_MAX && reader_left(r) >= 3) {
		uint8_t who = reader_u8(r);
		uint8_t how = reader_u8(r);
		struct drawn d = draw(who, how, reader_u8(r));

		if (d.cert != NULL)
			all[count++] = d;
	}
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(span_make(data, size), &err);
	bool raw = reader_u8(&r) % 2 == 0;
	uint8_t options = reader_u8(&r);
	struct drawn all[CERTS_MAX];
	size_t count = raw ? read_raw(&r, all) : read_drawn(&r, all);

	if (count > 0)
		verify(all, count, options);
	for (size_t i = 0; i < count; i++)
		ward_cert_free(all[i].cert);
	return 0;
}
