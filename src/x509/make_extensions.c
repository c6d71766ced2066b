/*
 * Writing the extensions of a new certificate (RFC 5280, 4.2; RFC 7633).
 *
 * A table has a row for each: when it is wanted, and how it is written. One that the caller gives as
 * bytes stands instead of the row's, in its place; those without a row stand behind.
 *
 * Name constraints say what a CA may name, and nothing else: where it is limited to DNS names, no
 * address is allowed, and the other way round. RFC 5280 by itself leaves kinds that are not spoken
 * of free, so the kind that is not permitted is excluded as a whole.
 */
#include "x509/extensions.h"
#include "x509/make.h"
#include "x509/oid.h"

struct asked {
	const struct ward_cert_spec *spec;
	struct span subject_key, authority_key; /* empty in a request */
};

static bool is_ca(const struct asked *a)
{
	return a->spec->profile == WARD_PROFILE_CA;
}

/* ---- what it is for ---- */

/* BasicConstraints ::= SEQUENCE { cA BOOLEAN, pathLenConstraint INTEGER OPTIONAL } */
static void write_basic_constraints(struct writer *w, const struct asked *a)
{
	DER_WRITE (w, DER_SEQUENCE) {
		der_write_boolean(w, true);
		if (a->spec->path_length != PATH_LENGTH_NONE)
			der_write_small(w, (uint32_t)a->spec->path_length);
	}
}

static bool has_profile(const struct asked *a)
{
	return a->spec->profile != WARD_PROFILE_PLAIN;
}

/* KeyUsage ::= BIT STRING, with the zero bits at its end left out (X.690, 11.2.2). */
static void write_key_usage(struct writer *w, const struct asked *a)
{
	unsigned int usage = is_ca(a) ? KU_KEY_CERT_SIGN | KU_CRL_SIGN : KU_DIGITAL_SIGNATURE;
	uint8_t bits = 0;
	int unused = 0;

	for (int i = 0; i < 8; i++)
		if ((usage >> i & 1) != 0) {
			bits |= (uint8_t)(0x80 >> i);
			unused = 7 - i;
		}
	der_write_bit_string(w, span_make(&bits, 1), unused);
}

static bool has_purposes(const struct asked *a)
{
	return spec_has(a->spec->purposes) || (has_profile(a) && !is_ca(a));
}

static void write_purposes(struct writer *w, const char *const *purposes)
{
	uint8_t oid[OID_TEXT_MAX];
	size_t len;

	for (; *purposes != NULL && oid_parse(*purposes, oid, &len); purposes++)
		der_write_oid(w, span_make(oid, len));
}

/* ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId */
static void write_ext_key_usage(struct writer *w, const struct asked *a)
{
	DER_WRITE (w, DER_SEQUENCE) {
		if (spec_has(a->spec->purposes)) {
			write_purposes(w, a->spec->purposes);
		} else {
			if (a->spec->profile != WARD_PROFILE_CLIENT)
				der_write_oid(w, OID_SERVER_AUTH);
			if (a->spec->profile != WARD_PROFILE_SERVER)
				der_write_oid(w, OID_CLIENT_AUTH);
		}
	}
}

/* ---- keys ---- */

static bool has_keys(const struct asked *a)
{
	return a->subject_key.len > 0;
}

static void write_subject_key_id(struct writer *w, const struct asked *a)
{
	der_write_element(w, DER_OCTET_STRING, a->subject_key);
}

/* AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0], … } */
static void write_authority_key_id(struct writer *w, const struct asked *a)
{
	DER_WRITE (w, DER_SEQUENCE)
		der_write_element(w, DER_CONTEXT(0), a->authority_key);
}

/* ---- names ---- */

static bool has_names(const struct asked *a)
{
	return spec_has(a->spec->names);
}

/* GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName */
static void write_alt_names(struct writer *w, const struct asked *a)
{
	struct alt_name name;

	DER_WRITE (w, DER_SEQUENCE)
		for (const char *const *text = a->spec->names;
		     *text != NULL && spec_alt_name(*text, &name, w->err); text++)
			der_write_element(w, DER_CONTEXT(name.kind),
					  name.kind == WARD_SAN_IP
						  ? span_make(name.address, name.address_len)
						  : name.text);
}

static bool has_constraints(const struct asked *a)
{
	const struct ward_cert_spec *spec = a->spec;

	return is_ca(a) && (spec_has(spec->permitted_dns) || spec_has(spec->permitted_ip) ||
			    spec_has(spec->permitted_email) || spec_has(spec->permitted_uri));
}

/* GeneralSubtree ::= SEQUENCE { base GeneralName, … } */
static void write_subtree(struct writer *w, int kind, struct span base)
{
	DER_WRITE (w, DER_SEQUENCE)
		der_write_element(w, DER_CONTEXT(kind), base);
}

static void write_subtrees(struct writer *w, int kind, const char *const *names)
{
	for (; names != NULL && *names != NULL; names++)
		write_subtree(w, kind, span_string(*names));
}

static void write_permitted(struct writer *w, const struct ward_cert_spec *spec)
{
	const char *const *ip = spec->permitted_ip;
	struct network network;

	write_subtrees(w, WARD_SAN_EMAIL, spec->permitted_email);
	write_subtrees(w, WARD_SAN_DNS, spec->permitted_dns);
	write_subtrees(w, WARD_SAN_URI, spec->permitted_uri);
	for (; ip != NULL && *ip != NULL && spec_network(*ip, &network, w->err); ip++)
		write_subtree(w, WARD_SAN_IP, span_make(network.bytes, network.len));
}

/* All of a kind: the name above all names, and the two networks of all addresses. */
static void write_excluded(struct writer *w, int kind)
{
	static const uint8_t everything[32];

	if (kind == WARD_SAN_DNS) {
		write_subtree(w, WARD_SAN_DNS, SPAN_EMPTY);
		return;
	}
	write_subtree(w, WARD_SAN_IP, span_make(everything, 8));
	write_subtree(w, WARD_SAN_IP, span_make(everything, 32));
}

/* NameConstraints ::= SEQUENCE { permittedSubtrees [0], excludedSubtrees [1] } */
static void write_name_constraints(struct writer *w, const struct asked *a)
{
	bool dns = spec_has(a->spec->permitted_dns);
	bool ip = spec_has(a->spec->permitted_ip);

	DER_WRITE (w, DER_SEQUENCE) {
		DER_WRITE (w, DER_CONTEXT_CONS(0))
			write_permitted(w, a->spec);
		if (dns != ip)
			DER_WRITE (w, DER_CONTEXT_CONS(1))
				write_excluded(w, dns ? WARD_SAN_IP : WARD_SAN_DNS);
	}
}

/* ---- where to ask ---- */

static bool has_crl_urls(const struct asked *a)
{
	return has_keys(a) && spec_has(a->spec->crl_urls);
}

/* One DistributionPoint for each, so that each is a way of its own to the same list (4.2.1.13). */
static void write_crl_points(struct writer *w, const struct asked *a)
{
	DER_WRITE (w, DER_SEQUENCE)
		for (const char *const *url = a->spec->crl_urls; *url != NULL; url++)
			DER_WRITE (w, DER_SEQUENCE)
				DER_WRITE (w, DER_CONTEXT_CONS(0))
					DER_WRITE (w, DER_CONTEXT_CONS(0))
						der_write_element(w, DER_CONTEXT(WARD_SAN_URI),
								  span_string(*url));
}

static bool has_info_access(const struct asked *a)
{
	return has_keys(a) && (spec_has(a->spec->ocsp_urls) || spec_has(a->spec->issuer_urls));
}

static void write_access(struct writer *w, struct span method, const char *const *urls)
{
	for (; urls != NULL && *urls != NULL; urls++)
		DER_WRITE (w, DER_SEQUENCE) {
			der_write_oid(w, method);
			der_write_element(w, DER_CONTEXT(WARD_SAN_URI), span_string(*urls));
		}
}

static void write_info_access(struct writer *w, const struct asked *a)
{
	DER_WRITE (w, DER_SEQUENCE) {
		write_access(w, OID_AD_OCSP, a->spec->ocsp_urls);
		write_access(w, OID_AD_CA_ISSUERS, a->spec->issuer_urls);
	}
}

static bool must_staple(const struct asked *a)
{
	return a->spec->must_staple;
}

/* Features ::= SEQUENCE OF INTEGER: status_request (RFC 7633, 4.1) */
static void write_features(struct writer *w, const struct asked *a)
{
	(void)a;
	DER_WRITE (w, DER_SEQUENCE)
		der_write_small(w, 5);
}

/* ---- all of them ---- */

enum critical { NEVER, ALWAYS, WITHOUT_SUBJECT };

static const struct row {
	struct span oid;
	enum critical critical;
	bool (*wanted)(const struct asked *a);
	void (*write)(struct writer *w, const struct asked *a);
} rows[] = {
	{ OID("\x55\x1d\x13"), ALWAYS, is_ca, write_basic_constraints },
	{ OID("\x55\x1d\x0f"), ALWAYS, has_profile, write_key_usage },
	{ OID("\x55\x1d\x25"), NEVER, has_purposes, write_ext_key_usage },
	{ OID("\x55\x1d\x0e"), NEVER, has_keys, write_subject_key_id },
	{ OID("\x55\x1d\x23"), NEVER, has_keys, write_authority_key_id },
	{ OID("\x55\x1d\x11"), WITHOUT_SUBJECT, has_names, write_alt_names },
	{ OID("\x55\x1d\x1e"), ALWAYS, has_constraints, write_name_constraints },
	{ OID("\x55\x1d\x1f"), NEVER, has_crl_urls, write_crl_points },
	{ OID("\x2b\x06\x01\x05\x05\x07\x01\x01"), NEVER, has_info_access, write_info_access },
	{ OID("\x2b\x06\x01\x05\x05\x07\x01\x18"), NEVER, must_staple, write_features },
};

/* What stands before the extnValue of an Extension. */
static void write_id(struct writer *w, struct span oid, bool critical)
{
	der_write_oid(w, oid);
	if (critical)
		der_write_boolean(w, true);
}

static void write_row(struct writer *w, const struct row *row, const struct asked *a)
{
	bool critical = row->critical == ALWAYS ||
			(row->critical == WITHOUT_SUBJECT && spec_subject_is_empty(a->spec));

	DER_WRITE (w, DER_SEQUENCE) {
		write_id(w, row->oid, critical);
		DER_WRITE (w, DER_OCTET_STRING)
			row->write(w, a);
	}
}

static void write_given(struct writer *w, struct span oid, const struct ward_extension *e)
{
	if (e->value_len == 0)
		return;
	DER_WRITE (w, DER_SEQUENCE) {
		write_id(w, oid, e->critical);
		der_write_element(w, DER_OCTET_STRING, span_make(e->value, e->value_len));
	}
}

static bool has_row(struct span oid)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (span_equal(rows[i].oid, oid))
			return true;
	return false;
}

static void write_list(struct writer *w, const struct asked *a)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ward_extension *given = spec_instead_of(a->spec, rows[i].oid);

		if (given != NULL)
			write_given(w, rows[i].oid, given);
		else if (rows[i].wanted(a))
			write_row(w, &rows[i], a);
	}
	for (size_t i = 0; i < a->spec->extension_count; i++) {
		uint8_t oid[OID_TEXT_MAX];
		size_t len = 0;

		oid_parse(a->spec->extensions[i].type, oid, &len);
		if (!has_row(span_make(oid, len)))
			write_given(w, span_make(oid, len), &a->spec->extensions[i]);
	}
}

void make_extensions(struct writer *w, const struct ward_cert_spec *spec, struct span subject_key,
		     struct span authority_key)
{
	struct asked a = { spec, subject_key, authority_key };

	write_list(w, &a);
}

void make_requested_extensions(struct writer *w, const struct ward_cert_spec *spec)
{
	struct asked a = { .spec = spec };

	write_list(w, &a);
}
