/*
 * Verification, rule by rule (RFC 5280, section 6): a chain of three that is right, but for one
 * thing. Each refusal names the rule and the certificate.
 */
#include "x509/path.h"

#include "support/credentials.h"
#include "support/forge.h"
#include "support/table.h"

#define DAY INT64_C(86400)

/* ---- things that are wrong ---- */

#define SHA1_RSA SPAN_LITERAL("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05\x05\x00")
#define MD5_RSA SPAN_LITERAL("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04\x05\x00")
#define SHA256_RSA SPAN_LITERAL("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00")
#define SHA1_ECDSA SPAN_LITERAL("\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x04\x01")
#define SHA224_ECDSA SPAN_LITERAL("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x01")

#define P192_KEY                                                                                   \
	SPAN_LITERAL("\x30\x49\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"                        \
		     "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x01\x03\x32\x00\x04"                    \
		     "112233445566778899aabbccddeeff001122334455667788")
#define X25519_KEY                                                                                 \
	SPAN_LITERAL("\x30\x2a\x30\x05\x06\x03\x2b\x65\x6e\x03\x21\x00"                            \
		     "0123456789abcdef0123456789abcdef")
#define RSA_512_KEY                                                                                \
	SPAN_LITERAL("\x30\x5c\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"        \
		     "\x03\x4b\x00\x30\x48\x02\x41\x00\xc0"                                        \
		     "123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"             \
		     "\x02\x03\x01\x00\x01")

/* A modulus of 2052 bits. */
#define BYTES_16 "0123456789abcdef"
#define BYTES_64 BYTES_16 BYTES_16 BYTES_16 BYTES_16
#define RSA_2052_KEY                                                                               \
	SPAN_LITERAL(                                                                              \
		"\x30\x82\x01\x21\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"     \
		"\x03\x82\x01\x0e\x00\x30\x82\x01\x09\x02\x82\x01\x01\x0f" BYTES_64 BYTES_64       \
			BYTES_64 BYTES_64 "\x02\x02\x01\x01")
#define ED25519_KEY                                                                                \
	SPAN_LITERAL("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00" BYTES_16 BYTES_16)

/* ---- the rows ---- */

struct row {
	const char *name;
	enum ward_reason reason; /* NONE: it is right after all */
	int failed_cert;         /* 0 the leaf, 1 "Middle", -1 "Root", which is not presented */
	struct forge_spec root, middle, leaf;
	bool middle_is_no_ca, root_is_no_ca, leaf_is_ca;
	const char *host; /* NULL: server.example; "": none */
	enum ward_purpose purpose;
	enum ward_policy policy;
	unsigned int max_intermediates;
	bool any_time;
	const char *detail; /* part of the text; NULL: the name of the certificate */
};

static const struct row rows[] = {
	{ "a chain with nothing wrong", WARD_E_NONE },

	/* Validity (4.1.2.5) */
	{ "the leaf has expired", WARD_E_CERT_EXPIRED, 0, .leaf = { .not_after = -1 },
	  .detail = "2026-09-21" },
	{ "the leaf is in its last second", WARD_E_NONE, .leaf = { .not_after = INT64_MIN } },
	{ "the leaf is in its first second", WARD_E_NONE, .leaf = { .not_before = INT64_MIN } },
	{ "the leaf is not valid yet", WARD_E_CERT_NOT_YET_VALID, 0, .leaf = { .not_before = 1 } },
	{ "the intermediate has expired", WARD_E_CERT_EXPIRED, 1, .middle = { .not_after = -DAY } },
	{ "the intermediate is not valid yet", WARD_E_CERT_NOT_YET_VALID, 1,
	  .middle = { .not_before = DAY } },
	{ "the root has expired", WARD_E_CERT_EXPIRED, -1, .root = { .not_after = -DAY } },

	{ "all three have expired, and the time is not asked", WARD_E_NONE,
	  .root = { .not_after = -DAY }, .middle = { .not_after = -DAY },
	  .leaf = { .not_after = -1 }, .any_time = true },
	{ "the leaf is not valid yet, and the time is not asked", WARD_E_NONE,
	  .leaf = { .not_before = 1 }, .any_time = true },

	/* Versions (4.1.2.1) */
	{ "the leaf is of version 1", WARD_E_CERT_VERSION, 0, .leaf = { .version = 1 } },
	{ "the intermediate is of version 1", WARD_E_CERT_VERSION, 1, .middle = { .version = 1 } },
	{ "the root is of version 2", WARD_E_CERT_VERSION, -1, .root = { .version = 2 } },

	/* Basic constraints (4.2.1.9) */
	{ "the intermediate has no basicConstraints", WARD_E_CERT_NOT_CA, 1,
	  .middle = { .no_basic_constraints = true } },
	{ "the intermediate says that it is no CA", WARD_E_CERT_NOT_CA, 1,
	  .middle_is_no_ca = true },
	{ "the root has no basicConstraints", WARD_E_CERT_NOT_CA, -1,
	  .root = { .no_basic_constraints = true } },
	{ "the root says that it is no CA", WARD_E_CERT_NOT_CA, -1, .root_is_no_ca = true },
	{ "the root allows no CA below it", WARD_E_CERT_PATH_LENGTH, -1,
	  .root = { .path_length = 1 + 0 } },
	{ "the root allows one CA below it", WARD_E_NONE, .root = { .path_length = 1 + 1 } },
	{ "the intermediate allows no CA below it, and there is none", WARD_E_NONE,
	  .middle = { .path_length = 1 + 0 } },
	{ "self-issued intermediates do not count", WARD_E_NONE, .root = { .path_length = 1 + 0 },
	  .middle = { .subject = "Root" } },
	{ "a CA may be a leaf", WARD_E_NONE, .leaf_is_ca = true,
	  .leaf = { .names = "server.example", .key_usage = KU_DIGITAL_SIGNATURE } },

	/* Key usage (4.2.1.3) */
	{ "the intermediate may not sign certificates", WARD_E_CERT_KEY_USAGE, 1,
	  .middle = { .key_usage = KU_DIGITAL_SIGNATURE | KU_CRL_SIGN } },
	{ "the root may not sign certificates", WARD_E_CERT_KEY_USAGE, -1,
	  .root = { .key_usage = KU_CRL_SIGN } },
	{ "CAs without keyUsage may do anything", WARD_E_NONE,
	  .root = { .key_usage = FORGE_NO_KEY_USAGE },
	  .middle = { .key_usage = FORGE_NO_KEY_USAGE } },

	/* Extended key usage (4.2.1.12) */
	{ "the leaf of a server is for clients", WARD_E_CERT_EXT_KEY_USAGE, 0,
	  .leaf = { .purposes = "co" } },
	{ "the leaf of a client is for servers", WARD_E_CERT_EXT_KEY_USAGE, 0,
	  .leaf = { .purposes = "s" }, .purpose = WARD_PURPOSE_CLIENT },
	{ "the leaf of a client is for clients", WARD_E_NONE, .leaf = { .purposes = "c" },
	  .purpose = WARD_PURPOSE_CLIENT },
	{ "the leaf has no extKeyUsage", WARD_E_NONE, .leaf = { .purposes = "" } },
	{ "the leaf is for anything", WARD_E_NONE, .leaf = { .purposes = "a" } },
	{ "the leaf is for something else", WARD_E_CERT_EXT_KEY_USAGE, 0,
	  .leaf = { .purposes = "o" } },
	{ "the leaf is for something else, and so is whoever asks", WARD_E_NONE,
	  .leaf = { .purposes = "o" }, .purpose = WARD_PURPOSE_ANY },
	{ "the CAs are for something else, and so is whoever asks", WARD_E_NONE,
	  .root = { .purposes = "o" }, .middle = { .purposes = "c" }, .purpose = WARD_PURPOSE_ANY },
	{ "the intermediate is for clients alone", WARD_E_CERT_EXT_KEY_USAGE, 1,
	  .middle = { .purposes = "c" } },
	{ "the intermediate is for servers", WARD_E_NONE, .middle = { .purposes = "s" } },
	{ "the root is for something else", WARD_E_CERT_EXT_KEY_USAGE, -1,
	  .root = { .purposes = "o" } },

	/* Name constraints (4.2.1.10) */
	{ "the name is not among those permitted", WARD_E_CERT_NAME_CONSTRAINTS, 0,
	  .middle = { .permitted = "other.example" } },
	{ "the name is permitted", WARD_E_NONE, .middle = { .permitted = "example" } },
	{ "the name is excluded by the root", WARD_E_CERT_NAME_CONSTRAINTS, 0,
	  .root = { .excluded = "server.example" } },
	{ "the intermediate has a name that the root excludes", WARD_E_CERT_NAME_CONSTRAINTS, 1,
	  .root = { .excluded = "ca.example" }, .middle = { .names = "ca.example" } },
	{ "a self-issued intermediate may have any name", WARD_E_NONE,
	  .root = { .excluded = "ca.example" },
	  .middle = { .subject = "Root", .names = "ca.example" } },
	{ "a self-issued leaf may not", WARD_E_CERT_NAME_CONSTRAINTS, 0,
	  .middle = { .excluded = "server.example" }, .leaf = { .subject = "Middle" },
	  .detail = "server.example" },
	{ "an address outside the network", WARD_E_CERT_NAME_CONSTRAINTS, 0,
	  .middle = { .permitted = "10.0.0.0/255.0.0.0" },
	  .leaf = { .names = "server.example 192.0.2.1" } },
	{ "an address inside the network", WARD_E_NONE,
	  .middle = { .permitted = "10.0.0.0/255.0.0.0" },
	  .leaf = { .names = "server.example 10.1.2.3" } },
	{ "a subject outside the directory", WARD_E_CERT_NAME_CONSTRAINTS, 0,
	  .middle = { .permitted = "CN=another.example" } },
	{ "a wildcard that may stand for an excluded name", WARD_E_CERT_NAME_CONSTRAINTS, 0,
	  .middle = { .excluded = "secret.server.example" },
	  .leaf = { .names = "server.example *.server.example" } },
	{ "an excluded name with a wildcard would match nothing", WARD_E_CERT_NAME_CONSTRAINTS, 1,
	  .middle = { .excluded = "*.other.example" } },
	{ "an excluded name with a dot at its end, likewise", WARD_E_CERT_NAME_CONSTRAINTS, 1,
	  .middle = { .excluded = "other.example." } },
	{ "an excluded mailbox without a host, likewise", WARD_E_CERT_NAME_CONSTRAINTS, 1,
	  .middle = { .excluded = "someone@" } },

	/* Critical extensions (4.2) */
	{ "the leaf has an unknown critical extension", WARD_E_CERT_UNKNOWN_CRITICAL, 0,
	  .leaf = { .unknown = "c" } },
	{ "the intermediate has one", WARD_E_CERT_UNKNOWN_CRITICAL, 1,
	  .middle = { .unknown = "c" } },
	{ "the root has one", WARD_E_CERT_UNKNOWN_CRITICAL, -1, .root = { .unknown = "c" } },
	{ "an unknown extension that is not critical", WARD_E_NONE, .root = { .unknown = "n" },
	  .middle = { .unknown = "n" }, .leaf = { .unknown = "n" } },
	{ "a critical extension that is known but not acted upon", WARD_E_CERT_UNKNOWN_CRITICAL, 0,
	  .leaf = { .unknown = "f" } },

	/* Policies (6.1; RFC 9618) */
	{ "a policy is asked for, and there", WARD_E_NONE,
	  .middle = { .require_policy = 1 + 0, .policies = "1" }, .leaf = { .policies = "21" } },
	{ "a policy is asked for, and the leaf has none", WARD_E_CERT_POLICY, 0,
	  .middle = { .require_policy = 1 + 0, .policies = "1" } },
	{ "a policy is asked for, and the leaf has another", WARD_E_CERT_POLICY, 0,
	  .middle = { .require_policy = 1 + 0, .policies = "1" }, .leaf = { .policies = "2" } },
	{ "a policy is asked for, and the intermediate has none itself", WARD_E_CERT_POLICY, 0,
	  .middle = { .require_policy = 1 + 0 }, .leaf = { .policies = "1" } },
	{ "a policy is asked for of those further down", WARD_E_NONE,
	  .middle = { .require_policy = 1 + 2 } },
	{ "the leaf asks for a policy and has it", WARD_E_NONE, .middle = { .policies = "1" },
	  .leaf = { .require_policy = 1 + 0, .policies = "1" } },
	{ "the leaf asks for a policy and has none", WARD_E_CERT_POLICY, 0,
	  .middle = { .policies = "1" }, .leaf = { .require_policy = 1 + 0 } },
	{ "nobody asks for a policy", WARD_E_NONE, .middle = { .policies = "1" },
	  .leaf = { .policies = "2" } },
	{ "the intermediate has any policy", WARD_E_NONE,
	  .middle = { .require_policy = 1 + 0, .policies = "0" }, .leaf = { .policies = "2" } },
	{ "the leaf has any policy", WARD_E_NONE,
	  .middle = { .require_policy = 1 + 0, .policies = "1" }, .leaf = { .policies = "0" } },
	{ "any policy is inhibited in the leaf", WARD_E_CERT_POLICY, 0,
	  .middle = { .require_policy = 1 + 0, .policies = "1", .inhibit_any = 1 + 0 },
	  .leaf = { .policies = "0" } },
	{ "any policy is inhibited further down", WARD_E_NONE,
	  .middle = { .require_policy = 1 + 0, .policies = "1", .inhibit_any = 1 + 1 },
	  .leaf = { .policies = "0" } },
	{ "the policy is mapped to that of the leaf", WARD_E_NONE,
	  .middle = { .require_policy = 1 + 0, .policies = "1", .mapped = "12" },
	  .leaf = { .policies = "2" } },
	{ "the policy is mapped away", WARD_E_CERT_POLICY, 0,
	  .middle = { .require_policy = 1 + 0, .policies = "1", .mapped = "12" },
	  .leaf = { .policies = "1" } },
	{ "any policy is mapped to that of the leaf", WARD_E_NONE,
	  .middle = { .require_policy = 1 + 0, .policies = "0", .mapped = "12" },
	  .leaf = { .policies = "2" } },
	{ "a mapping of any policy", WARD_E_CERT_POLICY, 1,
	  .middle = { .require_policy = 1 + 0, .policies = "1", .mapped = "01" },
	  .leaf = { .policies = "1" }, .detail = "policyMappings" },
	{ "a mapping of any policy where no policy is asked for", WARD_E_CERT_POLICY, 1,
	  .middle = { .policies = "1", .mapped = "10" } },
	{ "the root takes no part in policies", WARD_E_NONE, .root = { .require_policy = 1 + 0 } },

	/* Keys and signatures */
	{ "the leaf has a key of P-192", WARD_E_CERT_WEAK_KEY, 0, .leaf = { .spki = P192_KEY } },
	{ "the leaf has a key of RSA-512", WARD_E_CERT_WEAK_KEY, 0,
	  .leaf = { .spki = RSA_512_KEY } },
	{ "the intermediate has one", WARD_E_CERT_WEAK_KEY, 1, .middle = { .spki = RSA_512_KEY } },
	{ "the root has one", WARD_E_CERT_WEAK_KEY, -1, .root = { .spki = RSA_512_KEY } },
	{ "the leaf has a key that cannot sign", WARD_E_KEY_UNSUPPORTED, 0,
	  .leaf = { .spki = X25519_KEY } },
	{ "the leaf is signed with SHA-1", WARD_E_CERT_WEAK_HASH, 0,
	  .leaf = { .algorithm = SHA1_ECDSA } },
	{ "the intermediate is signed with MD5", WARD_E_CERT_WEAK_HASH, 1,
	  .middle = { .algorithm = MD5_RSA } },
	{ "the root has signed itself with SHA-1", WARD_E_NONE, .root = { .algorithm = SHA1_RSA } },
	{ "the leaf is signed with what is not known", WARD_E_SIGNATURE_UNSUPPORTED, 0,
	  .leaf = { .algorithm = SHA224_ECDSA } },
	{ "the leaf is signed with RSA, but the key is of ECDSA", WARD_E_SIGNATURE_UNSUPPORTED, 0,
	  .leaf = { .algorithm = SHA256_RSA } },
	{ "the signature of the leaf is wrong", WARD_E_CERT_BAD_SIGNATURE, 0,
	  .leaf = { .spoil_signature = true } },
	{ "the signature of the intermediate is wrong", WARD_E_CERT_BAD_SIGNATURE, 1,
	  .middle = { .spoil_signature = true } },
	{ "the signature of the root is not looked at", WARD_E_NONE,
	  .root = { .spoil_signature = true } },
	{ "the key identifiers do not fit, but the signature does", WARD_E_NONE,
	  .middle = { .wrong_authority_key_id = true },
	  .leaf = { .wrong_authority_key_id = true } },
	{ "there are no key identifiers", WARD_E_NONE,
	  .root = { .no_subject_key_id = true, .no_authority_key_id = true },
	  .middle = { .no_subject_key_id = true, .no_authority_key_id = true },
	  .leaf = { .no_subject_key_id = true, .no_authority_key_id = true } },

	/* Issuers */
	{ "nobody knows the issuer of the leaf", WARD_E_CERT_UNKNOWN_ISSUER, 0,
	  .leaf = { .issuer = "Nobody" } },
	{ "nobody knows the issuer of the intermediate", WARD_E_CERT_UNKNOWN_ISSUER, 1,
	  .middle = { .issuer = "Nobody" } },
	{ "the issuer has another key than the one named", WARD_E_CERT_UNKNOWN_ISSUER, 0,
	  .leaf = { .wrong_authority_key_id = true, .spoil_signature = true } },
	{ "one intermediate is allowed", WARD_E_NONE, .max_intermediates = 1 },
	{ "a self-issued intermediate is no further one", WARD_E_NONE,
	  .middle = { .subject = "Root" }, .max_intermediates = WARD_NO_INTERMEDIATES },
	{ "no intermediate is allowed", WARD_E_CERT_LIMIT, 0, .detail = "0 intermediates at most",
	  .max_intermediates = WARD_NO_INTERMEDIATES },

	/* Hosts (RFC 9525) */
	{ "the leaf is for another name", WARD_E_CERT_NAME_MISMATCH, 0, .host = "other.example" },
	{ "the leaf is not for the address", WARD_E_CERT_NAME_MISMATCH, 0, .host = "192.0.2.1" },
	{ "the leaf is for the address", WARD_E_NONE, .host = "192.0.2.1",
	  .leaf = { .names = "192.0.2.1" } },
	{ "the commonName is no name of a host", WARD_E_CERT_NAME_MISMATCH, 0,
	  .leaf = { .names = "other.example" },
	  .detail = "not for server.example, but for other.example" },
	{ "some of its names are told", WARD_E_CERT_NAME_MISMATCH, 0, .host = "www.example",
	  .leaf = { .names = "a@b.example 192.0.2.1 a.example b.example" },
	  .detail = "but for 192.0.2.1, a.example and others" },
	{ "the leaf has no names at all", WARD_E_CERT_NAME_MISMATCH, 0, .leaf = { .names = "" },
	  .detail = "not for server.example, but for no host" },
	{ "the host does not matter", WARD_E_NONE, .host = "", .leaf = { .names = "" } },
	{ "an empty subject", WARD_E_NONE, .leaf = { .subject = "" } },

	/* Which of two is told */
	{ "an unknown issuer before what it says", WARD_E_CERT_UNKNOWN_ISSUER, 0,
	  .host = "other.example", .leaf = { .issuer = "Nobody", .not_after = -1 } },
	{ "a broken rule before a wrong signature", WARD_E_CERT_EXPIRED, 0,
	  .leaf = { .not_after = -1, .spoil_signature = true } },
	{ "a wrong signature before another host", WARD_E_CERT_BAD_SIGNATURE, 0,
	  .host = "other.example", .leaf = { .spoil_signature = true } },
	{ "the certificate above before the one below", WARD_E_CERT_BAD_SIGNATURE, 1,
	  .middle = { .spoil_signature = true }, .leaf = { .spoil_signature = true } },

	/* The profile of RFC 5280 */
	{ "rfc5280: a chain with nothing wrong", WARD_E_NONE, .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a critical key identifier", WARD_E_CERT_PROFILE, 0,
	  .leaf = { .flip_critical = 1 << EXT_SUBJECT_KEY_ID }, .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a CA without a key identifier", WARD_E_CERT_PROFILE, -1,
	  .root = { .no_subject_key_id = true }, .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a leaf that does not name the key of its issuer", WARD_E_CERT_PROFILE, 0,
	  .leaf = { .no_authority_key_id = true }, .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a root that does not", WARD_E_NONE, .root = { .no_authority_key_id = true },
	  .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: basicConstraints is not critical", WARD_E_CERT_PROFILE, 1,
	  .middle = { .flip_critical = 1 << EXT_BASIC_CONSTRAINTS },
	  .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a keyUsage that allows nothing", WARD_E_CERT_PROFILE, 0,
	  .leaf = { .key_usage = FORGE_EMPTY_KEY_USAGE }, .policy = WARD_POLICY_RFC5280 },
	{ "a keyUsage that allows nothing", WARD_E_NONE, -1,
	  .leaf = { .key_usage = FORGE_EMPTY_KEY_USAGE } },
	{ "rfc5280: keyCertSign in no CA", WARD_E_CERT_PROFILE, 0,
	  .leaf = { .key_usage = KU_DIGITAL_SIGNATURE | KU_KEY_CERT_SIGN },
	  .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a path length in no CA", WARD_E_CERT_PROFILE, 0, .leaf = { .path_length = 1 },
	  .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: no subject, and names that are not critical", WARD_E_CERT_PROFILE, 0,
	  .leaf = { .subject = "", .flip_critical = 1 << EXT_SUBJECT_ALT_NAME },
	  .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: an underscore in a name", WARD_E_CERT_PROFILE, 0,
	  .leaf = { .names = "server.example a_b.example" }, .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: name constraints in no CA", WARD_E_CERT_PROFILE, 0,
	  .leaf = { .permitted = "example" }, .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: name constraints that are not critical", WARD_E_CERT_PROFILE, 1,
	  .middle = { .permitted = "example", .flip_critical = 1 << EXT_NAME_CONSTRAINTS },
	  .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: name constraints with a dot in front", WARD_E_CERT_PROFILE, 1,
	  .middle = { .permitted = ".example" }, .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: policyConstraints is not critical", WARD_E_CERT_PROFILE, 1,
	  .middle = { .inhibit_mapping = 1, .flip_critical = 1 << EXT_POLICY_CONSTRAINTS },
	  .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a serial number of zero", WARD_E_CERT_PROFILE, 0,
	  .leaf = { .serial = SPAN_LITERAL("\0") }, .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a serial number of 20 bytes", WARD_E_NONE,
	  .leaf = { .serial = SPAN_LITERAL("\xff"
					   "19 more bytes, yes!") },
	  .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a serial number of 21 bytes", WARD_E_CERT_PROFILE, 0,
	  .leaf = { .serial = SPAN_LITERAL("these are 21 bytes ok") },
	  .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a year before 2050 with four digits", WARD_E_CERT_PROFILE, 1,
	  .middle = { .long_times = true }, .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a CA may be a leaf", WARD_E_NONE, .leaf_is_ca = true,
	  .leaf = { .names = "server.example" }, .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: an issuer without a name", WARD_E_CERT_PROFILE, 1, .root = { .subject = "" },
	  .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a CA without a name", WARD_E_CERT_PROFILE, 1,
	  .middle = { .subject = "", .names = "ca.example" }, .detail = "ca.example",
	  .policy = WARD_POLICY_RFC5280 },

	{ "rfc5280: a unique identifier", WARD_E_CERT_PROFILE, 0, .leaf = { .unique_id = true },
	  .policy = WARD_POLICY_RFC5280 },
	{ "a unique identifier means nothing", WARD_E_NONE, .leaf = { .unique_id = true } },
	{ "rfc5280: a policy twice", WARD_E_CERT_PROFILE, 0, .leaf = { .policies = "121" },
	  .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: two policies", WARD_E_NONE, .leaf = { .policies = "12" },
	  .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a CA with a path length that may not sign", WARD_E_CERT_PROFILE, 0,
	  .leaf_is_ca = true,
	  .leaf = { .names = "server.example",
		    .key_usage = KU_DIGITAL_SIGNATURE,
		    .path_length = 1 },
	  .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a mailbox", WARD_E_NONE, .leaf = { .names = "server.example a@b.example" },
	  .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a mailbox without its box", WARD_E_CERT_PROFILE, 0,
	  .leaf = { .names = "server.example @b.example" }, .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a mailbox without its host", WARD_E_CERT_PROFILE, 0,
	  .leaf = { .names = "server.example a@" }, .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a mail address in brackets", WARD_E_CERT_PROFILE, 0,
	  .leaf = { .names = "server.example <a@b.example>" }, .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: an absolute URI", WARD_E_NONE, .leaf = { .names = "server.example URI:urn:a" },
	  .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a relative URI", WARD_E_CERT_PROFILE, 0,
	  .leaf = { .names = "server.example URI:/a:b" }, .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a URI that is a scheme alone", WARD_E_CERT_PROFILE, 0,
	  .leaf = { .names = "server.example URI:https:" }, .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a leaf for anything", WARD_E_NONE, .leaf = { .purposes = "a" },
	  .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: a serial number of zero in a root", WARD_E_NONE,
	  .root = { .serial = SPAN_LITERAL("\0") }, .policy = WARD_POLICY_RFC5280 },
	{ "rfc5280: an intermediate without keyUsage", WARD_E_NONE,
	  .middle = { .key_usage = FORGE_NO_KEY_USAGE }, .policy = WARD_POLICY_RFC5280 },

	/* The profile of the web */
	{ "web: an intermediate without keyUsage", WARD_E_CERT_PROFILE, 1,
	  .middle = { .key_usage = FORGE_NO_KEY_USAGE }, .policy = WARD_POLICY_WEB },
	{ "web: a root without keyUsage", WARD_E_NONE, .root = { .key_usage = FORGE_NO_KEY_USAGE },
	  .policy = WARD_POLICY_WEB },
	{ "web: a chain with nothing wrong", WARD_E_NONE, .policy = WARD_POLICY_WEB },
	{ "web: a CA as a leaf", WARD_E_CERT_PROFILE, 0, .leaf_is_ca = true,
	  .leaf = { .names = "server.example", .purposes = "s" }, .policy = WARD_POLICY_WEB },
	{ "web: a leaf without extKeyUsage", WARD_E_CERT_PROFILE, 0, .leaf = { .purposes = "" },
	  .policy = WARD_POLICY_WEB },
	{ "web: a leaf for anything", WARD_E_CERT_PROFILE, 0, .leaf = { .purposes = "sa" },
	  .policy = WARD_POLICY_WEB },
	{ "web: extKeyUsage is critical", WARD_E_CERT_PROFILE, 0,
	  .leaf = { .flip_critical = 1 << EXT_EXT_KEY_USAGE }, .policy = WARD_POLICY_WEB },
	{ "web: a root with extKeyUsage", WARD_E_CERT_PROFILE, -1, .root = { .purposes = "s" },
	  .policy = WARD_POLICY_WEB },
	{ "web: a root that signs itself with MD5", WARD_E_CERT_PROFILE, -1,
	  .root = { .algorithm = MD5_RSA }, .policy = WARD_POLICY_WEB },
	{ "web: a root that signs itself with SHA-1", WARD_E_NONE,
	  .root = { .algorithm = SHA1_RSA }, .policy = WARD_POLICY_WEB },
	{ "web: a root that names another key as its own", WARD_E_CERT_PROFILE, -1,
	  .root = { .wrong_authority_key_id = true }, .policy = WARD_POLICY_WEB },
	{ "web: an RSA key that is not of whole bytes", WARD_E_CERT_PROFILE, 0,
	  .leaf = { .spki = RSA_2052_KEY }, .policy = WARD_POLICY_WEB },
	{ "the default takes such a key", WARD_E_NONE, .leaf = { .spki = RSA_2052_KEY } },
	{ "web: a key of Ed25519", WARD_E_CERT_PROFILE, 0, .leaf = { .spki = ED25519_KEY },
	  .policy = WARD_POLICY_WEB },
	{ "the default takes such a key, too", WARD_E_NONE, .leaf = { .spki = ED25519_KEY } },
	{ "web: an issuer named by more than its key", WARD_E_CERT_PROFILE, 0,
	  .leaf = { .name_authority_cert = true }, .policy = WARD_POLICY_WEB },
	{ "web: no subjectAltName", WARD_E_CERT_PROFILE, 0, .leaf = { .names = "" },
	  .policy = WARD_POLICY_WEB },
	{ "web: a critical subjectAltName beside a subject", WARD_E_CERT_PROFILE, 0,
	  .leaf = { .flip_critical = 1 << EXT_SUBJECT_ALT_NAME }, .policy = WARD_POLICY_WEB },
	{ "web: a commonName that is not among the names", WARD_E_CERT_PROFILE, 0,
	  .leaf = { .subject = "other.example", .names = "server.example" },
	  .detail = "other.example", .policy = WARD_POLICY_WEB },
	{ "web: a commonName that is the domain of a wildcard", WARD_E_NONE,
	  .leaf = { .names = "*.server.example" }, .host = "www.server.example",
	  .policy = WARD_POLICY_WEB },
	{ "web: name constraints need not be critical", WARD_E_NONE,
	  .middle = { .permitted = "example", .flip_critical = 1 << EXT_NAME_CONSTRAINTS },
	  .policy = WARD_POLICY_WEB },
	{ "there is no such policy", WARD_E_BAD_ARGUMENT, -1,
	  .policy = (enum ward_policy)(WARD_POLICY_WEB + 1), .detail = "no such policy" },
};

/* ---- running one ---- */

/* INT64_MIN in a row is this very second. */
static struct forge_spec prepared(struct forge_spec spec, const char *subject, bool ca)
{
	if (spec.subject == NULL)
		spec.subject = subject;
	spec.ca = ca && !spec.no_basic_constraints;
	return spec;
}

static struct ward_verify_params params_of(const struct row *row)
{
	struct ward_verify_params params = { .time = TEST_NOW,
					     .purpose = row->purpose,
					     .host = row->host,
					     .policy = row->policy,
					     .max_intermediates = row->max_intermediates,
					     .insecure_any_time = row->any_time };

	if (row->host == NULL)
		params.host = "server.example";
	else if (row->host[0] == '\0')
		params.host = NULL;
	if (row->leaf.not_after == INT64_MIN)
		params.time = TEST_NOW + DAY;
	if (row->leaf.not_before == INT64_MIN)
		params.time = TEST_NOW - DAY;
	return params;
}

static struct forge_spec leaf_of(const struct row *row)
{
	struct forge_spec spec = prepared(row->leaf, NULL, row->leaf_is_ca);

	if (spec.not_after == INT64_MIN)
		spec.not_after = DAY;
	if (spec.not_before == INT64_MIN)
		spec.not_before = -DAY;
	return spec;
}

static void check_verdict(const struct row *row, const struct ward_verdict *verdict,
			  const struct ward_error *err)
{
	const char *labels[] = { "Root", "server.example", "Middle" };
	const char *detail = row->detail == NULL ? labels[row->failed_cert + 1] : row->detail;

	if (err->reason != row->reason)
		fail_msg("expected %s, got %s: %s", ward_reason_name(row->reason),
			 ward_reason_name(err->reason), err->detail);
	if (row->reason == WARD_E_NONE) {
		assert_int_equal(verdict->failed_cert, -1);
		assert_int_equal(verdict->path.count, 3);
		assert_int_equal(verdict->signatures_checked, 2);
		assert_int_equal(verdict->paths_tried, 1);
		return;
	}
	assert_int_equal(verdict->failed_cert, row->failed_cert);
	assert_int_equal(verdict->path.count, 0);
	if (strstr(err->detail, detail) == NULL)
		fail_msg("\"%s\" is not in: %s", detail, err->detail);
}

static void test_row(void **state)
{
	const struct row *row = *state;
	struct forge_spec root_spec = prepared(row->root, "Root", !row->root_is_no_ca);
	struct forge_spec middle_spec = prepared(row->middle, "Middle", !row->middle_is_no_ca);
	struct forge_spec leaf_spec = leaf_of(row);
	struct ward_cert *root = forge(&root_spec, forge_key(0), NULL, NULL);
	struct ward_cert *middle = forge(&middle_spec, forge_key(1), root, forge_key(0));
	struct ward_cert *leaf = forge(&leaf_spec, forge_key(2), middle, forge_key(1));
	struct ward_cert *presented[] = { leaf, middle };
	struct ward_trust *trust = ward_trust_new();
	struct ward_verify_params params = params_of(row);
	struct ward_error err = ERROR_NONE;
	struct ward_verdict verdict;
	bool ok;

	assert_non_null(trust);
	assert_true(ward_trust_add(trust, root, &err));
	ok = ward_verify(trust, presented, 2, &params, &verdict, &err);
	assert_int_equal(ok, row->reason == WARD_E_NONE);
	check_verdict(row, &verdict, &err);
	/* The verdict may be left out, and so may the error. */
	assert_int_equal(ward_verify(trust, presented, 2, &params, NULL, NULL), ok);
	ward_verdict_clear(&verdict);
	ward_trust_free(trust);
	ward_cert_free(leaf);
	ward_cert_free(middle);
	ward_cert_free(root);
}

int main(void)
{
	static struct table t;
	int status;

	TABLE_ADD(&t, rows, test_row);
	status = table_run(&t, "verify");
	forge_cleanup();
	return status;
}
