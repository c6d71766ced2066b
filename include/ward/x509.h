/*
 * Certificates, keys, trust stores and verification (RFC 5280).
 *
 * Certificates, keys and finished trust stores are immutable and reference-counted: any thread may
 * use them, and each reference is given back with the matching _free. Spans of bytes that are
 * handed out live as long as the object they come from. Times are seconds since 1970, UTC.
 */
#ifndef WARD_X509_H
#define WARD_X509_H

#include <ward/error.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ward_cert;
struct ward_crl; /* <ward/revocation.h> */
struct ward_key;
struct ward_trust;

/* ---- certificates ---- */

/* Parses one certificate in DER; the bytes are copied. NULL with err set if it is malformed. */
WARD_API struct ward_cert *ward_cert_parse(const void *der, size_t len, struct ward_error *err);
WARD_API struct ward_cert *ward_cert_ref(struct ward_cert *cert);
WARD_API void ward_cert_free(struct ward_cert *cert);

/* Several certificates in a row: the leaf first, as servers send them. */
struct ward_chain {
	struct ward_cert **certs;
	size_t count;
};

/* All certificates of PEM text (text between the blocks is skipped) or of one DER certificate. */
WARD_API WARD_MUST_USE bool ward_chain_parse(const void *bytes, size_t len,
					     struct ward_chain *chain, struct ward_error *err);
WARD_API void ward_chain_clear(struct ward_chain *chain);

WARD_API const uint8_t *ward_cert_der(const struct ward_cert *cert, size_t *len);
/* PEM text with a zero at its end; free() it. */
WARD_API char *ward_cert_pem(const struct ward_cert *cert);

/* Names in the form of RFC 4514, hostile bytes escaped; cut to fit. Return buf. */
WARD_API char *ward_cert_subject(const struct ward_cert *cert, char *buf, size_t size);
WARD_API char *ward_cert_issuer(const struct ward_cert *cert, char *buf, size_t size);
/* The commonName alone, for display; "" where there is none. Never used to match a host. */
WARD_API char *ward_cert_common_name(const struct ward_cert *cert, char *buf, size_t size);
/* Serial number in lower-case hex. */
WARD_API char *ward_cert_serial(const struct ward_cert *cert, char *buf, size_t size);
WARD_API int64_t ward_cert_not_before(const struct ward_cert *cert);
WARD_API int64_t ward_cert_not_after(const struct ward_cert *cert);
WARD_API bool ward_cert_is_ca(const struct ward_cert *cert);
/* Subject and issuer are the same name. */
WARD_API bool ward_cert_is_self_issued(const struct ward_cert *cert);

enum ward_san_kind {
	WARD_SAN_OTHER = 0,
	WARD_SAN_EMAIL = 1,
	WARD_SAN_DNS = 2,
	WARD_SAN_DIRECTORY = 4,
	WARD_SAN_URI = 6,
	WARD_SAN_IP = 7,
};
WARD_API size_t ward_cert_san_count(const struct ward_cert *cert);
/* The i-th subjectAltName as text ("example.org", "192.0.2.1"); its kind, or -1 past the end. */
WARD_API int ward_cert_san(const struct ward_cert *cert, size_t i, char *buf, size_t size);
/*
 * The next one, for a walk over all of them that costs as much as there are: a place in the list is
 * found by ward_cert_san in time that grows with it. *at is 0 at the start and then means nothing to
 * the caller. Its kind, or -1 at the end.
 */
WARD_API int ward_cert_san_next(const struct ward_cert *cert, size_t *at, char *buf, size_t size);

/* "RSA", "P-256", "Ed25519"…; and the size of the key. */
WARD_API const char *ward_cert_key_type(const struct ward_cert *cert);
WARD_API unsigned int ward_cert_key_bits(const struct ward_cert *cert);
/* "ecdsa-with-SHA256", "sha256WithRSAEncryption", or a dotted OID; static or the cert's own. */
WARD_API const char *ward_cert_signature_name(const struct ward_cert *cert);
/* SHA-256 of the certificate, and of its SubjectPublicKeyInfo (what pins are made of). */
WARD_API void ward_cert_fingerprint(const struct ward_cert *cert, uint8_t out[32]);
WARD_API void ward_cert_spki_hash(const struct ward_cert *cert, uint8_t out[32]);

/* Whether a DNS name or IP literal is among the subjectAltNames (RFC 9525; no commonName). */
WARD_API bool ward_cert_matches_host(const struct ward_cert *cert, const char *host);

/*
 * Whether a certificate is its holder's by such a rule: a kind, and what the certificate must say.
 *
 *	dns:client.example        a DNS name; "dns:*.clients.example": one label before it
 *	uri:spiffe://prod/web     a URI, byte by byte; with "*" as the whole last part: one part of a path
 *	email:alice@example.org   a mail address; "email:*@example.org": any at that host
 *	ip:192.0.2.7              an address; "ip:192.0.2.0/24": one of a network
 *	cn:alice                  the commonName, if the subject has no other
 *	pin:sha256//BASE64        the SHA-256 of the SubjectPublicKeyInfo, as curl writes it
 *
 * All but the last two are compared with the subjectAltNames of that kind. A wildcard in the
 * certificate fits nothing. False with err set (BAD_ARGUMENT) if the rule is malformed.
 */
WARD_API bool ward_cert_matches_rule(const struct ward_cert *cert, const char *rule,
				     struct ward_error *err);

/* ---- private keys ---- */

enum ward_key_kind {
	WARD_KEY_P256 = 1,
	WARD_KEY_P384,
	WARD_KEY_ED25519,
	WARD_KEY_RSA_2048,
	WARD_KEY_RSA_3072,
	WARD_KEY_RSA_4096,
	WARD_KEY_P521,
};
WARD_API struct ward_key *ward_key_generate(enum ward_key_kind kind, struct ward_error *err);
/* PKCS#8, SEC1 or PKCS#1, PEM or DER. */
WARD_API struct ward_key *ward_key_parse(const void *bytes, size_t len, struct ward_error *err);
/*
 * A key that stays where it is: in a PKCS #11 token (`pkcs11:token=T;object=O`, RFC 7512), a TPM
 * (`handle:0x81000001`), wherever a provider of OpenSSL reaches. It signs and cannot be written down.
 * provider is its name, NULL the one usual for the scheme (pkcs11, tpm2) or those that openssl.cnf
 * loads; pin NULL if there is none or the URI has it. Signing calls the provider, and takes as long
 * as it takes: see ward_config_add_identity_external for signatures that a server can wait for.
 * KEY_UNREACHABLE when the provider, the token or the key is not there, or the PIN is wrong.
 */
WARD_API struct ward_key *ward_key_open(const char *uri, const char *provider, const char *pin,
					struct ward_error *err);
WARD_API struct ward_key *ward_key_ref(struct ward_key *key);
WARD_API void ward_key_free(struct ward_key *key);
/*
 * The same, and encrypted ones: PKCS#8 under PBES2 or older schemes, or PEM with a Proc-Type header.
 * The passphrase is bytes, 1024 at most. PASSPHRASE_WRONG if it does not fit; one that asks for
 * more than five million rounds of hashing is KEY_UNSUPPORTED.
 */
WARD_API struct ward_key *ward_key_parse_with(const void *bytes, size_t len, const char *passphrase,
					      size_t passphrase_len, struct ward_error *err);
/* PKCS#8 PEM text; wipe it with ward_wipe, then free() it. */
WARD_API char *ward_key_pem(const struct ward_key *key, struct ward_error *err);
/* The same encrypted: AES-256-CBC under PBKDF2 with HMAC-SHA-256, 600000 rounds. free() it. */
WARD_API char *ward_key_pem_encrypted(const struct ward_key *key, const char *passphrase,
				      size_t passphrase_len, struct ward_error *err);

/* How a key is written down. */
enum ward_key_form {
	WARD_KEY_FORM_PKCS8 = 0,
	WARD_KEY_FORM_TRADITIONAL, /* PKCS#1 of RSA, SEC1 of EC; BAD_ARGUMENT for others */
	WARD_KEY_FORM_PUBLIC,      /* SubjectPublicKeyInfo: the public half alone */
};
/* PEM text in another form; wipe it with ward_wipe, then free() it. */
WARD_API char *ward_key_pem_form(const struct ward_key *key, enum ward_key_form form,
				 struct ward_error *err);
/* DER in *der, to be wiped, then freed. With a passphrase that is not NULL: encrypted PKCS#8. */
WARD_API WARD_MUST_USE bool ward_key_der(const struct ward_key *key, enum ward_key_form form,
					 const char *passphrase, size_t passphrase_len,
					 uint8_t **der, size_t *len, struct ward_error *err);
WARD_API bool ward_key_matches(const struct ward_key *key, const struct ward_cert *cert);
WARD_API void ward_wipe(void *bytes, size_t len);

/* ---- trust stores ---- */

/* An empty store. It may be filled until it is first used to verify; then it is frozen. */
WARD_API struct ward_trust *ward_trust_new(void);
WARD_API struct ward_trust *ward_trust_ref(struct ward_trust *trust);
WARD_API void ward_trust_free(struct ward_trust *trust);
/* Adds a root; one that is there already is added only once. Any certificate may be a root. */
WARD_API WARD_MUST_USE bool ward_trust_add(struct ward_trust *trust, struct ward_cert *cert,
					   struct ward_error *err);
/*
 * Adds all certificates of a PEM bundle. Those that do not parse are skipped and counted in
 * *skipped (which may be NULL); no certificate at all is an error.
 */
WARD_API WARD_MUST_USE bool ward_trust_add_bundle(struct ward_trust *trust, const void *bytes,
						  size_t len, size_t *skipped,
						  struct ward_error *err);
WARD_API size_t ward_trust_count(const struct ward_trust *trust);

/* ---- verification (RFC 5280, section 6; RFC 9525) ---- */

enum ward_purpose {
	WARD_PURPOSE_SERVER = 0, /* the chain is a server's: serverAuth */
	WARD_PURPOSE_CLIENT,     /* the chain is a client's: clientAuth */
	WARD_PURPOSE_ANY,        /* extKeyUsage is not asked: a chain that is not for TLS */
};

/*
 * How much is asked of certificates beyond what makes a chain safe, which is always asked: how a
 * conforming CA must write them. Private CAs often do not.
 */
enum ward_policy {
	WARD_POLICY_DEFAULT = 0, /* nothing more */
	WARD_POLICY_RFC5280,     /* the profile of RFC 5280, section 4 */
	WARD_POLICY_WEB,         /* the same as the CA/Browser Forum has it for the public web */
};

/* For max_intermediates: the leaf must be signed by a trusted certificate itself. */
#define WARD_NO_INTERMEDIATES ((unsigned int)-1)

/*
 * How much must be known of revocation. What is given (CRLs, a stapled response) always counts: who
 * is revoked is refused, and so is a chain whose CA has a list here that is not good.
 */
enum ward_revocation {
	WARD_REVOCATION_GIVEN = 0,     /* no more: without anything given nothing is asked */
	WARD_REVOCATION_REQUIRE_LEAF,  /* the leaf must be proved not to be revoked */
	WARD_REVOCATION_REQUIRE_CHAIN, /* and the intermediates too; by a CRL, but for the leaf */
};

/* SHA-256 of a SubjectPublicKeyInfo, as ward_cert_spki_hash has it. */
struct ward_pin {
	uint8_t sha256[32];
};

struct ward_verify_params {
	int64_t time;
	enum ward_purpose purpose;
	const char *host; /* DNS name or IP literal that the leaf must be for; NULL: not checked */
	unsigned int max_intermediates; /* self-issued ones do not count; 30 at most; 0: 8 */
	enum ward_policy policy;

	struct ward_crl *const *crls; /* in any order; those of other issuers do no harm */
	size_t crl_count;
	const uint8_t *ocsp; /* an OCSP response in DER for the leaf, as stapled; NULL: none */
	size_t ocsp_len;
	enum ward_revocation revocation;
	/* A staple was asked for: a leaf that promises one (RFC 7633) must come with it. */
	bool staple_expected;
	/* One of the keys of the path must be among these: the one in use and its successors. */
	const struct ward_pin *pins;
	size_t pin_count; /* 0: any key */
	/* Neither certificates nor CRLs are asked when they are valid; `time` is not looked at. */
	bool insecure_any_time;
};

/* A certificate of a path, and its place in what was presented; -1: it is from the trust store. */
struct ward_link {
	struct ward_cert *cert;
	int place;
};

/* One thing that is wrong with one certificate. Both texts are safe to be shown. */
struct ward_finding {
	struct ward_link at;     /* whom it is about; cert is NULL if it is about none (a limit) */
	enum ward_reason reason; /* the rule that is broken */
	char found[160];         /* what was found, as in the detail of a ward_error; may be "" */
	char remedy[200];        /* what would put it right; never "" */
};

/* A path that was tried and not taken: the leaf first, as far as it came, and why it ended. */
struct ward_attempt {
	struct ward_link *links;
	size_t count;
	struct ward_finding ended;
};

/* What a verdict holds at most, however much is presented. */
#define WARD_ATTEMPTS_MAX 16
#define WARD_FINDINGS_MAX 32

/*
 * What verification found; ward_verdict_clear gives it back. On success `path` is the chain from
 * the leaf to the root that was trusted, and there are no findings. On failure `failed_cert` is the
 * place in the presented chain of the certificate at fault (0 is the leaf), or -1; `findings` is
 * all that is wrong with the path that came furthest, the reason of the failure first.
 *
 * `attempts` are the paths that were not taken, in the order in which they ended, on success too.
 * The one that came furthest is always among them; attempts_left_out counts those that had no room.
 */
struct ward_verdict {
	struct ward_chain path;
	int failed_cert;
	unsigned int signatures_checked;
	unsigned int paths_tried; /* those that led to a trusted certificate */
	struct ward_finding *findings;
	size_t finding_count;
	struct ward_attempt *attempts;
	size_t attempt_count;
	size_t attempts_left_out;
};

/*
 * Builds a path from the leaf (presented[0]) to a root of `trust`, with whatever order the rest of
 * `presented` has, and checks it. False, with the reason of the path that came furthest in err, if
 * there is none: an unknown issuer comes before what the leaf says, and another host comes last. A
 * leaf that is in `trust` itself needs no issuer. The work is bounded: CERT_LIMIT when a hostile
 * chain would need more. `verdict` may be NULL, and then nothing is allocated to tell what was found;
 * else clear it, whatever the result.
 */
WARD_API WARD_MUST_USE bool ward_verify(struct ward_trust *trust,
					struct ward_cert *const *presented, size_t count,
					const struct ward_verify_params *params,
					struct ward_verdict *verdict, struct ward_error *err);
WARD_API void ward_verdict_clear(struct ward_verdict *verdict);

/* ---- making certificates ---- */

enum ward_profile {
	WARD_PROFILE_SERVER = 0,
	WARD_PROFILE_CLIENT,
	WARD_PROFILE_BOTH,
	WARD_PROFILE_CA,
	/* No basic constraints, key usage or purposes by itself: `extensions` says it all. */
	WARD_PROFILE_PLAIN,
};

/* The hash that is signed; Ed25519 has its own, and a key for RSA-PSS may be limited to one. */
enum ward_hash {
	WARD_HASH_DEFAULT = 0, /* SHA-256, on P-384 SHA-384, on P-521 SHA-512 */
	WARD_HASH_SHA256,
	WARD_HASH_SHA384,
	WARD_HASH_SHA512,
};

/*
 * An extension as its bytes. It stands instead of one of the same type that would be written
 * otherwise; with a value of no bytes, that one is left out.
 */
struct ward_extension {
	const char *type; /* "keyUsage", or dotted: "1.3.6.1.5.5.7.1.24" */
	bool critical;
	const uint8_t *value; /* what is inside extnValue */
	size_t value_len;
};

/*
 * What a certificate or a request shall say. What is zero is not asked for, but for path_length;
 * nothing of it is kept; lists end with NULL.
 */
struct ward_cert_spec {
	const char *common_name;  /* NULL: an empty subject, subjectAltName critical */
	const char *organization; /* NULL: none */
	const char *const *names; /* DNS names, IP literals, mail addresses, URIs; ends with NULL */
	enum ward_profile profile;
	int64_t not_before, not_after;
	int path_length; /* for a CA: -1 none */
	/*
	 * For a CA: the DNS names ("example.org", which permits all below it) and IP networks
	 * ("10.0.0.0/8") that it may name; end with NULL. Where one of the two lists is given,
	 * nothing is permitted of the kind of the other. Both NULL: no limit.
	 */
	const char *const *permitted_dns;
	const char *const *permitted_ip;

	/*
	 * The whole subject, instead of common_name and organization: as text in the form of
	 * RFC 4514 ("CN=y,O=X,C=DE", the last part first) or with slashes ("/C=DE/O=X/CN=y", the
	 * first part first, empty ones left out), several attributes of one part with "+" between;
	 * or as a Name in DER.
	 */
	const char *subject;
	const uint8_t *subject_der;
	size_t subject_der_len;

	/* Positive, big-endian, 20 bytes at most. NULL: 128 bits, random but for the first two. */
	const uint8_t *serial;
	size_t serial_len;
	/* Where to ask whether it is revoked, and where the issuer's certificate is: URLs. */
	const char *const *crl_urls;
	const char *const *ocsp_urls;
	const char *const *issuer_urls;
	/* extKeyUsage instead of the profile's: "serverAuth", "OCSPSigning", or dotted. */
	const char *const *purposes;
	bool must_staple; /* the TLS feature status_request (RFC 7633) */
	const struct ward_extension *extensions;
	size_t extension_count;
	enum ward_hash hash;
	/* For a CA: the hosts of mail addresses and of URIs that it may name; NULL: no limit. */
	const char *const *permitted_email;
	const char *const *permitted_uri;
};

/*
 * Self-signed when issuer is NULL (and then issuer_key is NULL too); else signed by the issuer,
 * which must be a CA that may issue this. BAD_ARGUMENT tells the field that is not allowed.
 */
WARD_API struct ward_cert *ward_cert_make(const struct ward_cert_spec *spec,
					  const struct ward_key *key,
					  const struct ward_cert *issuer,
					  const struct ward_key *issuer_key,
					  struct ward_error *err);

#ifdef __cplusplus
}
#endif

#endif
