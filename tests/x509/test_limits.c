/*
 * Input that is larger than any in earnest: certificates of ten mebibytes, bundles of a thousand, a
 * hundred thousand lines of PEM that is none. The answer is a clear error or the right result, in
 * bounded memory: malloc and its family are wrapped by the linker in ward's own objects (see
 * CMakeLists.txt), and count what is held. The time is bounded, too: most generously, but not by the
 * square of what came in.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/limits.h"
#include "support/cert_fields.h"
#include "support/credentials.h"
#include "support/scene.h"
#include "wire/pem.h"
#include "x509/describe.h"

enum {
	MEBI = 1 << 20,
	HUGE = 10 * MEBI,
	BUNDLE = 1000,
	JUNK_LINES = 100000,
	SECONDS_MAX = 20, /* of processor time, under the sanitizers on a busy machine */
};

/* ---- what is held ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *p, size_t size);
void *__real_reallocarray(void *p, size_t count, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__wrap_reallocarray(void *p, size_t count, size_t size);
void __wrap_free(void *p);

static ptrdiff_t held, most;

static void count(ptrdiff_t change)
{
	held += change;
	if (held > most)
		most = held;
}

static ptrdiff_t size_of(void *p)
{
	return p == NULL ? 0 : (ptrdiff_t)malloc_usable_size(p);
}

static void *counted(void *p)
{
	count(size_of(p));
	return p;
}

void *__wrap_malloc(size_t size)
{
	return counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count_of, size_t size)
{
	return counted(__real_calloc(count_of, size));
}

void *__wrap_realloc(void *p, size_t size)
{
	count(-size_of(p));
	return counted(__real_realloc(p, size));
}

void *__wrap_reallocarray(void *p, size_t count_of, size_t size)
{
	count(-size_of(p));
	return counted(__real_reallocarray(p, count_of, size));
}

void __wrap_free(void *p)
{
	count(-size_of(p));
	__real_free(p);
}

/* ---- certificates of any size ---- */

static uint8_t scratch[HUGE + MEBI];

/* SEQUENCEs in each other, as many as go into so many bytes: written from the inside outwards. */
static struct span nested(size_t size)
{
	size_t at = size;

	while (at >= 6) {
		size_t inside = size - at;
		size_t bytes = 0;

		do
			scratch[--at] = (uint8_t)(inside >> 8 * bytes++);
		while (inside >> 8 * bytes > 0);
		if (bytes > 1 || size - at - 1 >= 0x80)
			scratch[--at] = (uint8_t)(0x80 | bytes);
		scratch[--at] = DER_SEQUENCE;
	}
	return span_make(scratch + at, size - at);
}

static struct span zeros(size_t size)
{
	memset(scratch, 0, size);
	return span_make(scratch, size);
}

static void write_extension(struct writer *w, struct span oid, struct span value)
{
	DER_WRITE (w, DER_SEQUENCE) {
		der_write_oid(w, oid);
		der_write_element(w, DER_OCTET_STRING, value);
	}
}

#define OID_NOBODY_KNOWS SPAN_LITERAL("\x2b\x06\x01\x04\x01\x83\xb3\x3a\x63")

static void write_giant(struct writer *w, size_t size)
{
	write_extension(w, OID_NOBODY_KNOWS, zeros(size));
}

static void write_deep(struct writer *w, size_t size)
{
	write_extension(w, OID_NOBODY_KNOWS, nested(size));
}

/* Deep in an extension that is read: a subjectAltName with a directoryName, too deep for a Name. */
static void write_deep_names(struct writer *w, size_t size)
{
	struct span inside = nested(size);

	DER_WRITE (w, DER_SEQUENCE) {
		der_write_oid(w, SPAN_LITERAL("\x55\x1d\x11"));
		DER_WRITE (w, DER_OCTET_STRING)
			DER_WRITE (w, DER_SEQUENCE)
				der_write_element(w, DER_CONTEXT_CONS(4), inside);
	}
}

static void write_names(struct writer *w, size_t size)
{
	size_t end = w->len + size;
	char name[32];

	DER_WRITE (w, DER_SEQUENCE) {
		der_write_oid(w, SPAN_LITERAL("\x55\x1d\x11"));
		DER_WRITE (w, DER_OCTET_STRING)
			DER_WRITE (w, DER_SEQUENCE)
				for (int i = 0; w->len < end; i++) {
					snprintf(name, sizeof(name), "%d.example", i);
					der_write_element(w, DER_CONTEXT(2), span_string(name));
				}
	}
}

/* Each of another OID. */
static void write_many(struct writer *w, size_t size)
{
	size_t end = w->len + size;

	for (unsigned int i = 0; w->len < end; i++) {
		uint8_t oid[] = { 0x2b,
				  0x06,
				  0x01,
				  (uint8_t)(0x80 | (i >> 14 & 0x7f) | 1),
				  (uint8_t)(0x80 | (i >> 7 & 0x7f)),
				  (uint8_t)(i & 0x7f) };

		write_extension(w, SPAN_ARRAY(oid), SPAN_EMPTY);
	}
}

/* A certificate with about so many bytes of extensions. */
static struct span make_cert(void (*write)(struct writer *w, size_t size), size_t size)
{
	static uint8_t buf[HUGE + MEBI];
	struct ward_error err = ERROR_NONE;
	struct writer w = writer_make(buf, sizeof(buf), &err);
	struct cert_fields f = { 0 };

	write(&w, size);
	assert_true(writer_ok(&w));
	f.extension = span_make(buf, w.len);
	return cert_fields_der(&f);
}

static const struct shape_row {
	const char *name;
	void (*write)(struct writer *w, size_t size);
	enum ward_reason reason; /* of one that is short enough; WARD_E_NONE: it is read */
	size_t names_at_least;
} shapes[] = {
	{ "a giant extension", write_giant, WARD_E_NONE, 0 },
	{ "a hundred thousand names", write_names, WARD_E_NONE, 4000 },
	{ "an extension nested a million deep", write_deep, WARD_E_NONE, 0 },
	{ "a name nested a million deep", write_deep_names, WARD_E_CERT_MALFORMED, 0 },
	{ "half a million extensions", write_many, WARD_E_CERT_MALFORMED, 0 },
};

static double seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static double begin(void)
{
	most = held;
	return seconds();
}

/* `bytes` were allowed to be held beyond what is held now. */
static void finish(double start, size_t bytes)
{
	if (most - held > (ptrdiff_t)bytes)
		fail_msg("%td bytes were held, %zu at most", most - held, bytes);
	if (seconds() - start > (double)SECONDS_MAX)
		fail_msg("%.1f seconds", seconds() - start);
}

static void ignore_extension(void *arg, const char *name, const char *oid, bool critical)
{
	(void)arg, (void)name, (void)oid, (void)critical;
}

static void ignore_fact(void *arg, const char *name, const char *value)
{
	(void)arg, (void)name, (void)value;
}

/* All that can be asked of a certificate. */
static void ask_all(const struct ward_cert *c, size_t names_at_least)
{
	const struct describe_sink sink = { .extension = ignore_extension, .fact = ignore_fact };
	char text[256];
	size_t at = 0, names = 0;

	while (ward_cert_san_next(c, &at, text, sizeof(text)) >= 0)
		names++;
	assert_int_equal(names, ward_cert_san_count(c));
	assert_true(names >= names_at_least);
	assert_false(ward_cert_matches_host(c, "server.example"));
	ward_cert_subject(c, text, sizeof(text));
	assert_true(describe_extensions(c, &sink, NULL));
}

static void test_longest(void **state)
{
	const struct shape_row *row = *state;
	struct span der = make_cert(row->write, CERT_MAX_LEN - 1000);
	struct ward_error err = ERROR_NONE;
	double start = begin();
	struct ward_cert *c = ward_cert_parse(der.data, der.len, &err);

	assert_true(der.len <= CERT_MAX_LEN);
	assert_int_equal(err.reason, row->reason);
	assert_int_equal(c != NULL, row->reason == WARD_E_NONE);
	finish(start, der.len + 8192);
	start = begin();
	if (c != NULL)
		ask_all(c, row->names_at_least);
	ward_cert_free(c);
	finish(start, 16 * CERT_MAX_LEN); /* a giant extension is told in hex */
}

/* Refused before anything is read of it, and before there is memory for it. */
static void test_huge(void **state)
{
	const struct shape_row *row = *state;
	struct span der = make_cert(row->write, HUGE - 1000);
	struct ward_error err = ERROR_NONE;
	struct ward_chain chain;
	double start = begin();

	assert_true(der.len > HUGE - 1000);
	assert_null(ward_cert_parse(der.data, der.len, &err));
	assert_int_equal(err.reason, WARD_E_CERT_TOO_LONG);
	assert_non_null(strstr(err.detail, "65536 at most"));
	finish(start, 0);
	err = ERROR_NONE;
	assert_false(ward_chain_parse(der.data, der.len, &chain, &err));
	assert_int_equal(err.reason, WARD_E_CERT_TOO_LONG);
	finish(start, 64);
}

/* ---- PEM ---- */

struct text {
	char *bytes;
	size_t len, room;
};

static struct text text_new(size_t room)
{
	struct text t = { malloc(room), 0, room };

	assert_non_null(t.bytes);
	return t;
}

static void text_add(struct text *t, const char *s)
{
	size_t n = strlen(s);

	assert_true(t->len + n <= t->room);
	memcpy(t->bytes + t->len, s, n);
	t->len += n;
}

/* A good certificate; the serial number says which. */
static char *good_pem(unsigned int which)
{
	char serial[16];
	struct cert_fields f = { .serial = serial };
	struct ward_cert *c;
	char *pem;

	snprintf(serial, sizeof(serial), "020310%04x", which & 0xffff);
	c = cert_fields_parse(&f);
	pem = ward_cert_pem(c);
	assert_non_null(pem);
	ward_cert_free(c);
	return pem;
}

static void expect_trusted(const struct text *t, size_t certs, size_t skipped, size_t bytes)
{
	struct ward_trust *trust = ward_trust_new();
	struct ward_error err = ERROR_NONE;
	size_t bad = 0;
	double start = begin();

	assert_non_null(trust);
	assert_true(ward_trust_add_bundle(trust, t->bytes, t->len, &bad, &err));
	assert_int_equal(ward_trust_count(trust), certs);
	assert_int_equal(bad, skipped);
	finish(start, bytes);
	ward_trust_free(trust);
}

/* In PEM it has to be decoded before its length is known; it is not kept. */
static void test_huge_pem(void **state)
{
	struct span der = make_cert(write_giant, HUGE - 1000);
	char *pem = pem_encode("CERTIFICATE", der), *good = good_pem(1);
	struct text t = text_new(2 * strlen(pem));
	struct ward_error err = ERROR_NONE;
	struct ward_chain chain;

	(void)state;
	text_add(&t, pem);
	text_add(&t, good);
	assert_false(ward_chain_parse(t.bytes, t.len, &chain, &err));
	assert_int_equal(err.reason, WARD_E_CERT_TOO_LONG);
	expect_trusted(&t, 1, 1, HUGE + 3 * MEBI);
	free(t.bytes);
	free(good);
	free(pem);
}

/* Longer than any block may be: passed without being decoded. */
static void test_huge_block(void **state)
{
	char *good = good_pem(1);
	struct text t = text_new(PEM_BODY_MAX + 4096);
	struct ward_error err = ERROR_NONE;
	struct ward_chain chain;

	(void)state;
	text_add(&t, "-----BEGIN CERTIFICATE-----\n");
	memset(t.bytes + t.len, 'A', PEM_BODY_MAX + 1);
	t.len += PEM_BODY_MAX + 1;
	text_add(&t, "\n-----END CERTIFICATE-----\n");
	text_add(&t, good);
	assert_false(ward_chain_parse(t.bytes, t.len, &chain, &err));
	assert_int_equal(err.reason, WARD_E_BAD_PEM);
	expect_trusted(&t, 1, 1, 8192);
	free(t.bytes);
	free(good);
}

static const struct junk_row {
	const char *name;
	const char *line;
	size_t skipped;          /* blocks that are counted as malformed */
	enum ward_reason reason; /* of a chain, whose reader stops at the first */
} junk[] = {
	{ "lines of text", "Subject: nobody, and a : colon\n", 0, WARD_E_NONE },
	{ "empty lines", "\r\n", 0, WARD_E_NONE },
	{ "lines of dashes", "-----\n", 0, WARD_E_NONE },
	{ "beginnings without an end", "-----BEGIN CERTIFICATE-----\n", JUNK_LINES,
	  WARD_E_BAD_PEM },
	{ "ends without a beginning", "-----END CERTIFICATE-----\n", 0, WARD_E_NONE },
	{ "blocks without content", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
	  JUNK_LINES, WARD_E_BAD_PEM },
	{ "damaged beginnings", "-----BEGIN CERTIFICATE\n", JUNK_LINES, WARD_E_BAD_PEM },
	{ "blocks of something else", "-----BEGIN X-----\nAAAA\n-----END X-----\n", 0,
	  WARD_E_NONE },
	{ "certificates of three zeros",
	  "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", JUNK_LINES,
	  WARD_E_CERT_MALFORMED },
};

/* A hundred thousand of them, and then a certificate: for a store what counts is the certificate. */
static void test_junk(void **state)
{
	const struct junk_row *row = *state;
	char *good = good_pem(1);
	struct text t = text_new(JUNK_LINES * strlen(row->line) + 4096);
	struct ward_error err = ERROR_NONE;
	struct ward_chain chain;

	for (int i = 0; i < JUNK_LINES; i++)
		text_add(&t, row->line);
	assert_false(ward_chain_parse(t.bytes, t.len, &chain, &err));
	assert_int_equal(err.reason,
			 row->reason == WARD_E_NONE ? WARD_E_NO_CERTIFICATE_IN_FILE : row->reason);
	text_add(&t, good);
	err = ERROR_NONE;
	assert_int_equal(ward_chain_parse(t.bytes, t.len, &chain, &err),
			 row->reason == WARD_E_NONE);
	ward_chain_clear(&chain);
	expect_trusted(&t, 1, row->skipped, 8192);
	free(t.bytes);
	free(good);
}

/* ---- bundles ---- */

static void test_bundle(void **state)
{
	struct text t = text_new((size_t)BUNDLE * 1024);
	struct ward_chain chain;
	struct ward_error err = ERROR_NONE;
	double start;

	(void)state;
	for (unsigned int i = 0; i < BUNDLE; i++) {
		char *pem = good_pem(i);

		text_add(&t, pem);
		free(pem);
	}
	start = begin();
	assert_true(ward_chain_parse(t.bytes, t.len, &chain, &err));
	assert_int_equal(chain.count, BUNDLE);
	ward_chain_clear(&chain);
	finish(start, (size_t)BUNDLE * 2048);
	expect_trusted(&t, BUNDLE, 0, (size_t)BUNDLE * 2048);
	/* All over again: none is kept twice. */
	assert_true(2 * t.len <= t.room);
	memcpy(t.bytes + t.len, t.bytes, t.len);
	t.len *= 2;
	expect_trusted(&t, BUNDLE, 0, (size_t)BUNDLE * 2048);
	free(t.bytes);
}

/* The intermediate that is needed stands last among a thousand, and the root among a thousand. */
static void test_needle(void **state)
{
	struct ward_verify_params params = { .time = TEST_NOW, .host = "server.example" };
	struct ward_verdict verdict = { .failed_cert = -1 };
	struct ward_error err = ERROR_NONE;
	static struct scene s;
	double start;

	(void)state;
	scene_open(&s);
	scene_present(&s, scene_issue("server.example", 0, "A", 2, scene_leaf));
	for (unsigned int i = 1; i < BUNDLE; i++) {
		struct ward_cert *stranger;
		char name[32];

		snprintf(name, sizeof(name), "Stranger %u", i);
		stranger = scene_issue(name, 3, "Nobody", 4, scene_ca);
		assert_true(ward_trust_add(s.trust, stranger, &err));
		scene_present(&s, stranger);
	}
	scene_present(&s, scene_issue("A", 2, "Root", 1, scene_ca));
	scene_trust_root(&s, "Root", 1, scene_ca);
	assert_int_equal(ward_trust_count(s.trust), BUNDLE);
	start = begin();
	assert_true(ward_verify(s.trust, s.presented, s.count, &params, &verdict, &err));
	assert_int_equal(verdict.signatures_checked, 2);
	assert_int_equal(verdict.path.count, 3);
	ward_verdict_clear(&verdict);
	finish(start, 8192);
	scene_close(&s);
	forge_cleanup();
}

int main(void)
{
	static struct table t;

	if (!crypto_init(NULL))
		return 1;
	TABLE_ADD(&t, shapes, test_longest);
	TABLE_ADD(&t, shapes, test_huge);
	TABLE_ADD(&t, junk, test_junk);
	table_add(&t, "ten mebibytes in PEM", test_huge_pem, NULL);
	table_add(&t, "a block that is longer than blocks may be", test_huge_block, NULL);
	table_add(&t, "a bundle of a thousand, and all of it twice", test_bundle, NULL);
	table_add(&t, "what is needed stands last of a thousand", test_needle, NULL);
	return table_run(&t, "limits");
}
