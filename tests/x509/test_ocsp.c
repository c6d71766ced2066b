/*
 * OCSP (ocsp.c, ocsp_request.c, ocsp_response.c, ocsp_check.c, ocsp_make.c): requests and responses
 * made and read again, those that are malformed, and which responses prove anything (RFC 6960, 9654).
 */
#include "x509/ocsp.h"

#include <stdlib.h>

#include "support/credentials.h"
#include "support/forge.h"
#include "support/table.h"

static struct ward_cert *issuer, *other_issuer, *leaf, *other_leaf;

static struct ward_cert *issue(const char *subject, unsigned int key, struct forge_spec spec)
{
	spec.subject = subject;
	spec.issuer = "CA";
	return forge(&spec, forge_key(key), NULL, forge_key(0));
}

static void make_all(void)
{
	issuer = issue("CA", 0, (struct forge_spec){ .ca = true });
	other_issuer = forge(&(struct forge_spec){ .ca = true, .subject = "Other CA" },
			     forge_key(3), NULL, forge_key(3));
	leaf = issue("leaf", 1, (struct forge_spec){ 0 });
	other_leaf = issue("other", 2, (struct forge_spec){ .serial = SPAN_LITERAL("\x05") });
}

static void free_all(void)
{
	ward_cert_free(issuer);
	ward_cert_free(other_issuer);
	ward_cert_free(leaf);
	ward_cert_free(other_leaf);
	forge_cleanup();
}

/* ---- requests ---- */

static const struct request {
	const char *name;
	enum ward_ocsp_hash hash;
	size_t nonce_len;
} requests[] = {
	{ "SHA-1 and no nonce", WARD_OCSP_SHA1, 0 },
	{ "SHA-256 and a nonce", WARD_OCSP_SHA256, 32 },
	{ "the shortest nonce", WARD_OCSP_SHA1, 1 },
	{ "the longest nonce", WARD_OCSP_SHA256, WARD_OCSP_NONCE_MAX },
};

static void test_request(void **state)
{
	const struct request *row = *state;
	struct ward_error err = ERROR_NONE;
	struct ward_ocsp_request *q =
		ward_ocsp_request_make(leaf, issuer, row->hash, row->nonce_len, &err);
	const uint8_t *serial;
	size_t len;

	assert_int_equal(err.reason, WARD_E_NONE);
	assert_int_equal(ward_ocsp_request_count(q), 1);
	serial = ward_ocsp_request_serial(q, 0, &len);
	assert_span_equal(span_make(serial, len), leaf->serial);
	assert_null(ward_ocsp_request_serial(q, 1, &len));
	assert_true(ward_ocsp_request_is_for(q, 0, issuer));
	assert_false(ward_ocsp_request_is_for(q, 0, other_issuer));
	assert_false(ward_ocsp_request_is_for(q, 1, issuer));
	assert_true((ward_ocsp_request_nonce(q, &len) == NULL) == (row->nonce_len == 0));
	assert_int_equal(len, row->nonce_len);
	ward_ocsp_request_free(ward_ocsp_request_ref(q));
	ward_ocsp_request_free(q);
}

static void test_request_refused(void **state)
{
	struct ward_error err = ERROR_NONE;

	(void)state;
	assert_null(ward_ocsp_request_make(leaf, other_issuer, WARD_OCSP_SHA1, 0, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	assert_null(ward_ocsp_request_make(leaf, issuer, WARD_OCSP_SHA1, 129, NULL));
	assert_null(ward_ocsp_request_make(leaf, issuer, (enum ward_ocsp_hash)0, 0, NULL));
}

/* CertIDs with hashes of one byte, and serial 5. */
static const struct bad_request {
	const char *name;
	const char *hex;
	enum ward_reason reason;
} bad_requests[] = {
	{ "one certificate", "301c301a301830163014300906052b0e03021a0500040101040102020105",
	  WARD_E_NONE },
	{ "two certificates",
	  "30343032303030163014300906052b0e03021a0500040101040102020105"
	  "30163014300906052b0e03021a0500040101040102020105",
	  WARD_E_NONE },
	{ "version 1 written out",
	  "3021301fa003020100301830163014300906052b0e03021a050004010104"
	  "0102020105",
	  WARD_E_NONE },
	{ "version 2",
	  "3021301fa003020101301830163014300906052b0e03021a050004010104"
	  "0102020105",
	  WARD_E_OCSP_MALFORMED },
	{ "a requestor",
	  "3021301fa103820161301830163014300906052b0e03021a050004010104"
	  "0102020105",
	  WARD_E_NONE },
	{ "a signature",
	  "3020301a301830163014300906052b0e03021a0500040101040102020105"
	  "a0023000",
	  WARD_E_NONE },
	{ "nothing", "", WARD_E_OCSP_MALFORMED },
	{ "no certificate", "300430023000", WARD_E_OCSP_MALFORMED },
	{ "bytes behind it",
	  "301c301a301830163014300906052b0e03021a0500040101040102020105"
	  "00",
	  WARD_E_OCSP_MALFORMED },
	{ "an indefinite length",
	  "3080301a301830163014300906052b0e03021a0500040101040102020105"
	  "0000",
	  WARD_E_OCSP_MALFORMED },
	{ "a nonce of three bytes",
	  "30343032301830163014300906052b0e03021a0500040101040102020105"
	  "a2163014301206092b060105050730010204050403010203",
	  WARD_E_NONE },
	{ "a nonce without bytes",
	  "3031302f301830163014300906052b0e03021a0500040101040102020105"
	  "a2133011300f06092b060105050730010204020400",
	  WARD_E_OCSP_MALFORMED },
	{ "a nonce that is no OCTET STRING",
	  "30323030301830163014300906052b0e03021a0500040101040102020105"
	  "a2143012301006092b06010505073001020403010203",
	  WARD_E_OCSP_MALFORMED },
	{ "an empty list of extensions",
	  "3020301e301830163014300906052b0e03021a0500040101040102020105"
	  "a2023000",
	  WARD_E_OCSP_MALFORMED },
	{ "an extension that nobody knows",
	  "302a3028301830163014300906052b0e03021a0500040101040102020105"
	  "a20c300a300806042a0304050400",
	  WARD_E_NONE },
	{ "a critical extension that nobody knows",
	  "302d302b301830163014300906052b0e03021a0500040101040102020105"
	  "a20f300d300b06042a0304050101ff0400",
	  WARD_E_OCSP_MALFORMED },
};

static void test_bad_request(void **state)
{
	const struct bad_request *row = *state;
	struct span der = table_hex(row->hex);
	struct ward_error err = ERROR_NONE;
	struct ward_ocsp_request *q = ward_ocsp_request_parse(der.data, der.len, &err);

	if (err.reason != row->reason)
		fail_msg("%s: %s", ward_reason_name(err.reason), err.detail);
	assert_true((q != NULL) == (row->reason == WARD_E_NONE));
	ward_ocsp_request_free(q);
}

/* ---- responses ---- */

/* What a row changes of a good answer by the issuer for `leaf`. */
static const struct answer {
	const char *name;
	enum ward_reason reason;
	enum ward_ocsp_status status;
	int64_t this_update, next_update; /* seconds from TEST_NOW; 0: an hour ago, in an hour */
	bool no_next_update;
	bool about_other;              /* certificate */
	bool delegated;                /* signed by a responder of its own */
	const char *purposes;          /* of the responder; NULL: OCSPSigning */
	const char *responder_issuer;  /* NULL: CA */
	unsigned int responder_signer; /* key that signs the responder's certificate */
	struct forge_spec responder;
	bool spoil;       /* the signature of the response */
	bool ask_another; /* the nonce is that of another request */
} answers[] = {
	{ "good, by the issuer", WARD_E_NONE },
	{ "revoked", WARD_E_OCSP_REVOKED, WARD_OCSP_REVOKED },
	{ "unknown", WARD_E_OCSP_UNKNOWN, WARD_OCSP_UNKNOWN },
	{ "about another certificate", WARD_E_OCSP_OTHER_CERT, .about_other = true },
	{ "from a minute that is to come", WARD_E_NONE, .this_update = 60 },
	{ "from the future", WARD_E_OCSP_NOT_YET_VALID, .this_update = 61, .next_update = 100 },
	{ "a minute too old", WARD_E_NONE, .next_update = -60 },
	{ "too old", WARD_E_OCSP_EXPIRED, .next_update = -61 },
	{ "of today, without an end", WARD_E_NONE, .no_next_update = true, .this_update = -86400 },
	{ "of yesterday, without an end", WARD_E_OCSP_EXPIRED, .no_next_update = true,
	  .this_update = -86500 },
	{ "with a signature that is spoilt", WARD_E_OCSP_BAD_SIGNATURE, .spoil = true },
	{ "to another request", WARD_E_OCSP_NONCE, .ask_another = true },
	{ "good, by a responder", WARD_E_NONE, .delegated = true },
	{ "revoked, by a responder", WARD_E_OCSP_REVOKED, WARD_OCSP_REVOKED, .delegated = true },
	{ "by a responder that is not for OCSP", WARD_E_OCSP_RESPONDER, .delegated = true,
	  .purposes = "sc" },
	{ "by a responder for everything, which is not enough", WARD_E_OCSP_RESPONDER,
	  .delegated = true, .purposes = "a" },
	{ "by a responder without purposes", WARD_E_OCSP_RESPONDER, .delegated = true,
	  .purposes = "" },
	{ "by a responder of another CA", WARD_E_OCSP_RESPONDER, .delegated = true,
	  .responder_issuer = "Other CA" },
	{ "by a responder that the CA has not signed", WARD_E_OCSP_RESPONDER, .delegated = true,
	  .responder_signer = 3 },
	{ "by a responder that has expired", WARD_E_OCSP_RESPONDER, .delegated = true,
	  .responder = { .not_after = -1 } },
	{ "by a responder that may not sign", WARD_E_OCSP_RESPONDER, .delegated = true,
	  .responder = { .key_usage = KU_KEY_ENCIPHERMENT } },
	{ "by a responder with a critical extension that nobody knows", WARD_E_OCSP_RESPONDER,
	  .delegated = true, .responder = { .unknown = "c" } },
	{ "by a responder that need not be checked", WARD_E_NONE, .delegated = true,
	  .responder = { .unknown = "k" } },
};

static struct ward_cert *make_responder(const struct answer *row)
{
	struct forge_spec spec = row->responder;

	spec.subject = "responder";
	spec.issuer = row->responder_issuer == NULL ? "CA" : row->responder_issuer;
	spec.purposes = row->purposes == NULL ? "r" : row->purposes;
	spec.names = "";
	return forge(&spec, forge_key(4), NULL, forge_key(row->responder_signer));
}

static struct ward_ocsp_response *spoil(struct ward_ocsp_response *p)
{
	uint8_t *copy = malloc(p->der.len);
	struct ward_ocsp_response *spoilt;
	size_t len = p->der.len;

	bytes_copy(copy, p->der.data, len);
	copy[(size_t)(p->signature.data - p->der.data) + p->signature.len - 1] ^= 1;
	ward_ocsp_response_free(p);
	spoilt = ward_ocsp_response_parse(copy, len, NULL);
	assert_non_null(spoilt);
	free(copy);
	return spoilt;
}

static struct ward_ocsp_response *make_response(const struct answer *row,
						const struct ward_ocsp_request *q)
{
	const int64_t hour = 3600;
	struct ward_ocsp_single single = {
		.status = row->status,
		.revoked = { .time = TEST_NOW - 9, .reason = WARD_REVOKED_KEY_COMPROMISE },
		.this_update = TEST_NOW + (row->this_update == 0 ? -hour : row->this_update),
		.next_update = TEST_NOW + (row->next_update == 0 ? hour : row->next_update),
	};
	struct ward_cert *responder = row->delegated ? make_responder(row) : ward_cert_ref(issuer);
	struct ward_error err = ERROR_NONE;
	struct ward_ocsp_response *p;

	if (row->no_next_update)
		single.next_update = WARD_NO_TIME;
	else if (single.next_update < single.this_update)
		single.this_update = single.next_update - hour;
	p = ward_ocsp_response_make(q, &single, 1, TEST_NOW, issuer, responder,
				    forge_key(row->delegated ? 4 : 0), &err);
	if (p == NULL)
		fail_msg("%s: %s", ward_reason_name(err.reason), err.detail);
	ward_cert_free(responder);
	return row->spoil ? spoil(p) : p;
}

static void test_answer(void **state)
{
	const struct answer *row = *state;
	struct ward_error err = ERROR_NONE;
	struct ward_ocsp_request *q = ward_ocsp_request_make(row->about_other ? other_leaf : leaf,
							     issuer, WARD_OCSP_SHA256, 32, NULL);
	struct ward_ocsp_request *another =
		ward_ocsp_request_make(leaf, issuer, WARD_OCSP_SHA256, 32, NULL);
	struct ward_ocsp_response *p = make_response(row, q);
	struct ward_ocsp_single single = { .this_update = -1 };
	bool ok = ward_ocsp_response_check(p, row->ask_another ? another : q, leaf, issuer,
					   TEST_NOW, &single, &err);

	if (err.reason != row->reason)
		fail_msg("%s: %s", ward_reason_name(err.reason), err.detail);
	assert_true(ok == (row->reason == WARD_E_NONE));
	/* Nothing is told that is not proved. */
	assert_true((single.this_update != -1) == (ok || row->reason == WARD_E_OCSP_REVOKED ||
						   row->reason == WARD_E_OCSP_UNKNOWN));
	ward_ocsp_response_free(p);
	ward_ocsp_request_free(q);
	ward_ocsp_request_free(another);
}

static void test_facts(void **state)
{
	const struct answer revoked = { .status = WARD_OCSP_REVOKED };
	struct ward_ocsp_request *q =
		ward_ocsp_request_make(leaf, issuer, WARD_OCSP_SHA1, 16, NULL);
	struct ward_ocsp_response *p = make_response(&revoked, q);
	struct ward_ocsp_single single;
	const uint8_t *nonce, *asked;
	size_t len, asked_len;
	char text[64];

	(void)state;
	assert_int_equal(ward_ocsp_response_result(p), WARD_OCSP_SUCCESSFUL);
	assert_int_equal(ward_ocsp_response_produced_at(p), TEST_NOW);
	assert_int_equal(strlen(ward_ocsp_response_responder(p, text, sizeof(text))), 40);
	assert_string_equal(ward_ocsp_response_signature_name(p), "ecdsa-with-SHA256");
	assert_int_equal(ward_ocsp_response_count(p), 1);
	assert_true(ward_ocsp_response_single(p, 0, &single));
	assert_false(ward_ocsp_response_single(p, 1, &single));
	assert_int_equal(single.status, WARD_OCSP_REVOKED);
	assert_int_equal(single.revoked.time, TEST_NOW - 9);
	assert_int_equal(single.revoked.reason, WARD_REVOKED_KEY_COMPROMISE);
	assert_int_equal(single.next_update, TEST_NOW + 3600);
	nonce = ward_ocsp_response_nonce(p, &len);
	asked = ward_ocsp_request_nonce(q, &asked_len);
	assert_span_equal(span_make(nonce, len), span_make(asked, asked_len));
	ward_ocsp_response_free(ward_ocsp_response_ref(p));
	ward_ocsp_response_free(p);
	ward_ocsp_request_free(q);
}

static void test_errors(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct ward_ocsp_response *p = ward_ocsp_response_make_error(WARD_OCSP_TRY_LATER, &err);
	size_t len;
	const uint8_t *der = ward_ocsp_response_der(p, &len);

	(void)state;
	assert_span_equal(span_make(der, len), SPAN_LITERAL("\x30\x03\x0a\x01\x03"));
	assert_int_equal(ward_ocsp_response_result(p), WARD_OCSP_TRY_LATER);
	assert_true(ward_ocsp_response_produced_at(p) == WARD_NO_TIME);
	assert_false(ward_ocsp_response_check(p, NULL, leaf, issuer, TEST_NOW, NULL, &err));
	assert_int_equal(err.reason, WARD_E_OCSP_FAILED);
	assert_string_equal(err.detail, "tryLater");
	ward_ocsp_response_free(p);
	assert_null(ward_ocsp_response_make_error(WARD_OCSP_SUCCESSFUL, NULL));
	assert_null(ward_ocsp_response_make_error((enum ward_ocsp_result)4, NULL));
	assert_string_equal(ward_ocsp_result_name(6), "unauthorized");
	assert_null(ward_ocsp_result_name(7));
	assert_null(ward_ocsp_result_name(-1));
}

/* Every response that is cut short, and one in which each byte is changed, is refused or harmless. */
static void test_spoilt(void **state)
{
	const struct answer delegated = { .delegated = true };
	struct ward_ocsp_request *q = ward_ocsp_request_make(leaf, issuer, WARD_OCSP_SHA1, 0, NULL);
	struct ward_ocsp_response *p = make_response(&delegated, q);
	size_t len;
	const uint8_t *der = ward_ocsp_response_der(p, &len);

	(void)state;
	for (size_t i = 0; i < len; i++) {
		struct ward_error err = ERROR_NONE;
		struct span cut = table_bytes(der, i);
		struct ward_ocsp_response *changed;

		assert_null(ward_ocsp_response_parse(cut.data, cut.len, &err));
		assert_int_equal(err.reason, WARD_E_OCSP_MALFORMED);
		((uint8_t *)(uintptr_t)der)[i] ^= 0x20;
		changed = ward_ocsp_response_parse(der, len, NULL);
		((uint8_t *)(uintptr_t)der)[i] ^= 0x20;
		if (changed != NULL)
			assert_false(ward_ocsp_response_check(changed, NULL, leaf, issuer, TEST_NOW,
							      NULL, NULL));
		ward_ocsp_response_free(changed);
	}
	ward_ocsp_response_free(p);
	ward_ocsp_request_free(q);
}

static void test_make_refused(void **state)
{
	struct ward_ocsp_request *q = ward_ocsp_request_make(leaf, issuer, WARD_OCSP_SHA1, 0, NULL);
	struct ward_ocsp_single single = { .this_update = TEST_NOW, .next_update = WARD_NO_TIME };
	struct ward_error err = ERROR_NONE;

	(void)state;
	assert_null(ward_ocsp_response_make(q, &single, 0, TEST_NOW, issuer, issuer, forge_key(0),
					    &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	err = ERROR_NONE;
	assert_null(ward_ocsp_response_make(q, &single, 1, TEST_NOW, issuer, issuer, forge_key(1),
					    &err));
	assert_int_equal(err.reason, WARD_E_KEY_MISMATCH);
	single.next_update = TEST_NOW - 1;
	assert_null(ward_ocsp_response_make(q, &single, 1, TEST_NOW, issuer, issuer, forge_key(0),
					    NULL));
	single.next_update = WARD_NO_TIME;
	single.status = (enum ward_ocsp_status)3;
	assert_null(ward_ocsp_response_make(q, &single, 1, TEST_NOW, issuer, issuer, forge_key(0),
					    NULL));
	ward_ocsp_request_free(q);
}

int main(void)
{
	struct table t = { 0 };
	int result;

	make_all();
	TABLE_ADD(&t, requests, test_request);
	table_add(&t, "requests that are not made", test_request_refused, NULL);
	TABLE_ADD(&t, bad_requests, test_bad_request);
	TABLE_ADD(&t, answers, test_answer);
	table_add(&t, "what a response says", test_facts, NULL);
	table_add(&t, "responses that are errors", test_errors, NULL);
	table_add(&t, "a response that is cut short or changed", test_spoilt, NULL);
	table_add(&t, "responses that are not made", test_make_refused, NULL);
	result = table_run(&t, "ocsp");
	free_all();
	return result;
}
