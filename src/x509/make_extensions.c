/*
 * Writing the extensions of a new certificate (RFC 5280, 4.2.1).
 *
 * Name constraints say what a CA may name, and nothing else: where it is limited to DNS names, no
 * address is allowed, and the other way round. RFC 5280 by itself leaves kinds that are not spoken
 * of free, so the kind that is not permitted is excluded as a whole.
 */
#include "x509/extensions.h"
#include "x509/make.h"
#include "x509/oid.h"

#define OID_SUBJECT_KEY_ID OID("\x55\x1d\x0e")
#define OID_KEY_USAGE OID("\x55\x1d\x0f")
#define OID_SUBJECT_ALT_NAME OID("\x55\x1d\x11")
#define OID_BASIC_CONSTRAINTS OID("\x55\x1d\x13")
#define OID_NAME_CONSTRAINTS OID("\x55\x1d\x1e")
#define OID_AUTHORITY_KEY_ID OID("\x55\x1d\x23")
#define OID_EXT_KEY_USAGE OID("\x55\x1d\x25")

/* What stands before the extnValue of an Extension. */
static void write_id(struct writer *w, struct span oid, bool critical)
{
	der_write_oid(w, oid);
	if (critical)
		der_write_boolean(w, true);
}

/* BasicConstraints ::= SEQUENCE { cA BOOLEAN, pathLenConstraint INTEGER OPTIONAL } */
static void write_basic_constraints(struct writer *w, int path_length)
{
	DER_WRITE (w, DER_SEQUENCE) {
		write_id(w, OID_BASIC_CONSTRAINTS, true);
		DER_WRITE (w, DER_OCTET_STRING)
			DER_WRITE (w, DER_SEQUENCE) {
				der_write_boolean(w, true);
				if (path_length != PATH_LENGTH_NONE)
					der_write_small(w, (uint32_t)path_length);
			}
	}
}

/* KeyUsage ::= BIT STRING, with the zero bits at its end left out (X.690, 11.2.2). */
static void write_key_usage(struct writer *w, unsigned int usage)
{
	uint8_t bits = 0;
	int unused = 0;

	for (int i = 0; i < 8; i++)
		if ((usage >> i & 1) != 0) {
			bits |= (uint8_t)(0x80 >> i);
			unused = 7 - i;
		}
	DER_WRITE (w, DER_SEQUENCE) {
		write_id(w, OID_KEY_USAGE, true);
		DER_WRITE (w, DER_OCTET_STRING)
			der_write_bit_string(w, span_make(&bits, 1), unused);
	}
}

/* ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId */
static void write_ext_key_usage(struct writer *w, enum ward_profile profile)
{
	DER_WRITE (w, DER_SEQUENCE) {
		write_id(w, OID_EXT_KEY_USAGE, false);
		DER_WRITE (w, DER_OCTET_STRING)
			DER_WRITE (w, DER_SEQUENCE) {
				if (profile != WARD_PROFILE_CLIENT)
					der_write_oid(w, OID_SERVER_AUTH);
				if (profile != WARD_PROFILE_SERVER)
					der_write_oid(w, OID_CLIENT_AUTH);
			}
	}
}

/* GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName */
static void write_alt_names(struct writer *w, const char *const *names, bool critical)
{
	struct alt_name name;

	DER_WRITE (w, DER_SEQUENCE) {
		write_id(w, OID_SUBJECT_ALT_NAME, critical);
		DER_WRITE (w, DER_OCTET_STRING)
			DER_WRITE (w, DER_SEQUENCE)
				for (; *names != NULL && spec_alt_name(*names, &name, w->err);
				     names++)
					der_write_element(
						w, DER_CONTEXT(name.kind),
						name.kind == WARD_SAN_IP
							? span_make(name.address, name.address_len)
							: name.text);
	}
}

/* GeneralSubtree ::= SEQUENCE { base GeneralName, … } */
static void write_subtree(struct writer *w, int kind, struct span base)
{
	DER_WRITE (w, DER_SEQUENCE)
		der_write_element(w, DER_CONTEXT(kind), base);
}

static void write_permitted(struct writer *w, const struct ward_cert_spec *spec)
{
	const char *const *dns = spec->permitted_dns;
	const char *const *ip = spec->permitted_ip;
	struct network network;

	for (; dns != NULL && *dns != NULL; dns++)
		write_subtree(w, WARD_SAN_DNS, span_string(*dns));
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
static void write_name_constraints(struct writer *w, const struct ward_cert_spec *spec)
{
	bool dns = spec_has(spec->permitted_dns);
	bool ip = spec_has(spec->permitted_ip);

	if (!dns && !ip)
		return;
	DER_WRITE (w, DER_SEQUENCE) {
		write_id(w, OID_NAME_CONSTRAINTS, true);
		DER_WRITE (w, DER_OCTET_STRING)
			DER_WRITE (w, DER_SEQUENCE) {
				DER_WRITE (w, DER_CONTEXT_CONS(0))
					write_permitted(w, spec);
				if (!dns || !ip)
					DER_WRITE (w, DER_CONTEXT_CONS(1))
						write_excluded(w, dns ? WARD_SAN_IP : WARD_SAN_DNS);
			}
	}
}

static void write_subject_key_id(struct writer *w, struct span id)
{
	DER_WRITE (w, DER_SEQUENCE) {
		write_id(w, OID_SUBJECT_KEY_ID, false);
		DER_WRITE (w, DER_OCTET_STRING)
			der_write_element(w, DER_OCTET_STRING, id);
	}
}

/* AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0], … } */
static void write_authority_key_id(struct writer *w, struct span id)
{
	DER_WRITE (w, DER_SEQUENCE) {
		write_id(w, OID_AUTHORITY_KEY_ID, false);
		DER_WRITE (w, DER_OCTET_STRING)
			DER_WRITE (w, DER_SEQUENCE)
				der_write_element(w, DER_CONTEXT(0), id);
	}
}

void make_extensions(struct writer *w, const struct ward_cert_spec *spec, struct span subject_key,
		     struct span authority_key)
{
	bool ca = spec->profile == WARD_PROFILE_CA;

	DER_WRITE (w, DER_CONTEXT_CONS(3))
		DER_WRITE (w, DER_SEQUENCE) {
			if (ca)
				write_basic_constraints(w, spec->path_length);
			write_key_usage(w,
					ca ? KU_KEY_CERT_SIGN | KU_CRL_SIGN : KU_DIGITAL_SIGNATURE);
			if (!ca)
				write_ext_key_usage(w, spec->profile);
			write_subject_key_id(w, subject_key);
			write_authority_key_id(w, authority_key);
			if (spec_has(spec->names))
				write_alt_names(w, spec->names, spec_subject_is_empty(spec));
			if (ca)
				write_name_constraints(w, spec);
		}
}
