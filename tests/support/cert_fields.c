/* Certificates put together field by field. See cert_fields.h. */
#include "support/cert_fields.h"

#include "x509/ip.h"
#include "x509/make.h"

enum { ROOM = 11 << 20 };

static const struct cert_fields usual = {
	.version = "a003020102",
	.serial = "02021001",
	.algorithm = "300a06082a8648ce3d040302",    /* ecdsa-with-SHA256 */
	.issuer = "300d310b300906035504030c024341", /* CN=CA */
	.validity = "301e170d3235303130313030303030305a170d3333303130313030303030305a",
	.subject = "300f310d300b06035504030c046c656166", /* CN=leaf */
	/* P-256 and its base point */
	.spki = "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
		"6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
		"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
	.unique = "",
	.extensions = "",
	.outer_algorithm = "300a06082a8648ce3d040302",
	.signature = "030a00300702010102020102",
	.behind = "",
};

static void put(struct writer *w, const char *hex, const char *otherwise)
{
	writer_bytes(w, table_hex(hex != NULL ? hex : otherwise));
}

static void put_tbs(struct writer *w, const struct cert_fields *f)
{
	DER_WRITE (w, DER_SEQUENCE) {
		put(w, f->version, usual.version);
		put(w, f->serial, usual.serial);
		put(w, f->algorithm, usual.algorithm);
		put(w, f->issuer, usual.issuer);
		put(w, f->validity, usual.validity);
		put(w, f->subject, usual.subject);
		put(w, f->spki, usual.spki);
		put(w, f->unique, usual.unique);
		put(w, f->extensions, usual.extensions);
		if (f->extension.len > 0)
			DER_WRITE (w, DER_CONTEXT_CONS(3))
				DER_WRITE (w, DER_SEQUENCE)
					writer_bytes(w, f->extension);
	}
}

struct span cert_fields_der(const struct cert_fields *f)
{
	static uint8_t buf[ROOM];
	struct ward_error err = ERROR_NONE;
	struct writer w = writer_make(buf, sizeof(buf), &err);

	DER_WRITE (&w, DER_SEQUENCE) {
		put_tbs(&w, f);
		put(&w, f->outer_algorithm, usual.outer_algorithm);
		put(&w, f->signature, usual.signature);
		put(&w, f->behind, usual.behind);
	}
	assert_true(writer_ok(&w));
	return table_bytes(buf, w.len);
}

struct ward_cert *cert_fields_parse(const struct cert_fields *f)
{
	struct ward_error err = ERROR_NONE;
	struct span der = cert_fields_der(f);
	struct ward_cert *c = ward_cert_parse(der.data, der.len, &err);
	char text[512];

	if (c == NULL)
		fail_msg("%s", ward_error_text(&err, text, sizeof(text)));
	return c;
}

/* ---- names ---- */

static void put_address(struct writer *w, const char *text, bool network)
{
	uint8_t address[16];
	size_t len = ip_parse(span_string(text), address);
	struct network n;

	if (network) {
		assert_true(spec_network(text, &n, NULL));
		der_write_element(w, DER_CONTEXT(WARD_SAN_IP), span_make(n.bytes, n.len));
		return;
	}
	assert_true(len > 0);
	der_write_element(w, DER_CONTEXT(WARD_SAN_IP), span_make(address, len));
}

static void put_name(struct writer *w, const char *name, bool network)
{
	const char *colon = strchr(name, ':');
	struct span kind, value;

	assert_non_null(colon);
	kind = span_make(name, (size_t)(colon - name));
	value = span_string(colon + 1);
	if (span_equal(kind, SPAN_LITERAL("DNS")))
		der_write_element(w, DER_CONTEXT(WARD_SAN_DNS), value);
	else if (span_equal(kind, SPAN_LITERAL("EMAIL")))
		der_write_element(w, DER_CONTEXT(WARD_SAN_EMAIL), value);
	else if (span_equal(kind, SPAN_LITERAL("URI")))
		der_write_element(w, DER_CONTEXT(WARD_SAN_URI), value);
	else if (span_equal(kind, SPAN_LITERAL("DIR")))
		der_write_element(w, DER_CONTEXT_CONS(WARD_SAN_DIRECTORY), table_hex(colon + 1));
	else if (span_equal(kind, SPAN_LITERAL("HEX")))
		writer_bytes(w, table_hex(colon + 1));
	else if (span_equal(kind, SPAN_LITERAL("IP")))
		put_address(w, colon + 1, network);
	else
		fail_msg("no kind of name: %s", name);
}

struct span cert_fields_alt_names(const char *const *names)
{
	static uint8_t buf[ROOM];
	struct ward_error err = ERROR_NONE;
	struct writer w = writer_make(buf, sizeof(buf), &err);

	DER_WRITE (&w, DER_SEQUENCE) {
		writer_bytes(&w, table_hex("0603551d11"));
		DER_WRITE (&w, DER_OCTET_STRING)
			DER_WRITE (&w, DER_SEQUENCE)
				for (; *names != NULL; names++)
					put_name(&w, *names, false);
	}
	assert_true(writer_ok(&w));
	return table_bytes(buf, w.len);
}

static void put_subtrees(struct writer *w, int tag, const char *const *names)
{
	if (names == NULL)
		return;
	DER_WRITE (w, tag)
		for (; *names != NULL; names++)
			DER_WRITE (w, DER_SEQUENCE)
				put_name(w, *names, true);
}

struct span cert_fields_constraints(const char *const *permitted, const char *const *excluded)
{
	static uint8_t buf[ROOM];
	struct ward_error err = ERROR_NONE;
	struct writer w = writer_make(buf, sizeof(buf), &err);

	DER_WRITE (&w, DER_SEQUENCE) {
		writer_bytes(&w, table_hex("0603551d1e0101ff"));
		DER_WRITE (&w, DER_OCTET_STRING)
			DER_WRITE (&w, DER_SEQUENCE) {
				put_subtrees(&w, DER_CONTEXT_CONS(0), permitted);
				put_subtrees(&w, DER_CONTEXT_CONS(1), excluded);
			}
	}
	assert_true(writer_ok(&w));
	return table_bytes(buf, w.len);
}

struct ward_cert *cert_with_names(const char *const *names)
{
	struct cert_fields f = { .subject = "3000", .extension = cert_fields_alt_names(names) };

	return cert_fields_parse(&f);
}

struct ward_cert *cert_with_constraints(const char *const *permitted, const char *const *excluded)
{
	struct cert_fields f = { .subject = usual.issuer,
				 .extension = cert_fields_constraints(permitted, excluded) };

	return cert_fields_parse(&f);
}
