/*
 * Reading AlgorithmIdentifiers of signatures and keys (RFC 3279, 4055, 5758, 8410).
 *
 * What is not known is told by SIG_NONE or KEY_NONE and by a name, so that a certificate can be
 * shown that cannot be trusted. Invariant: an algorithm is recognised only with the parameters that
 * its RFC gives; the same OID with others is not known.
 */
#include "x509/algorithm.h"

#include "x509/oid.h"

enum params { PARAMS_NONE, PARAMS_NULL };

static const struct signature_row {
	struct span oid;
	enum params params;
	enum sig_alg alg;
	bool weak;
	const char *name;
} signatures[] = {
	{ OID_ECDSA_SHA256, PARAMS_NONE, SIG_ECDSA_SHA256, false, "ecdsa-with-SHA256" },
	{ OID_RSA_SHA256, PARAMS_NULL, SIG_RSA_PKCS1_SHA256, false, "sha256WithRSAEncryption" },
	{ OID_ECDSA_SHA384, PARAMS_NONE, SIG_ECDSA_SHA384, false, "ecdsa-with-SHA384" },
	{ OID_RSA_SHA384, PARAMS_NULL, SIG_RSA_PKCS1_SHA384, false, "sha384WithRSAEncryption" },
	{ OID_ED25519, PARAMS_NONE, SIG_ED25519, false, "Ed25519" },
	{ OID_RSA_SHA512, PARAMS_NULL, SIG_RSA_PKCS1_SHA512, false, "sha512WithRSAEncryption" },
	{ OID_ECDSA_SHA512, PARAMS_NONE, SIG_ECDSA_SHA512, false, "ecdsa-with-SHA512" },
	{ OID_RSA_SHA1, PARAMS_NULL, SIG_NONE, true, "sha1WithRSAEncryption" },
	{ OID_RSA_MD5, PARAMS_NULL, SIG_NONE, true, "md5WithRSAEncryption" },
	{ OID_RSA_MD2, PARAMS_NULL, SIG_NONE, true, "md2WithRSAEncryption" },
	{ OID_ECDSA_SHA1, PARAMS_NONE, SIG_NONE, true, "ecdsa-with-SHA1" },
	{ OID_DSA_SHA1, PARAMS_NONE, SIG_NONE, true, "dsa-with-SHA1" },
};

/* RSASSA-PSS parameters (RFC 4055, 3.1) in the one form that TLS and the web know: MGF1 with the
 * same hash, salt as long as the hash, trailer 1 left out. */
static const struct pss_row {
	struct span hash;
	uint32_t salt;
	enum sig_alg alg;
} pss_rows[] = {
	{ OID_SHA256, 32, SIG_RSA_PSS_SHA256 },
	{ OID_SHA384, 48, SIG_RSA_PSS_SHA384 },
	{ OID_SHA512, 64, SIG_RSA_PSS_SHA512 },
};

/* NULL, or nothing: RFC 4055 has writers put NULL and readers take both. */
static void read_null(struct reader *r)
{
	struct span null;

	if (der_optional(r, DER_NULL, &null) && null.len > 0)
		FAILF(r->err, BAD_DER, "a NULL with content");
}

static struct span read_hash(struct reader *r)
{
	struct reader alg = der_open(r, DER_SEQUENCE);
	struct span oid = der_element(&alg, DER_OID);

	read_null(&alg);
	reader_close(&alg);
	return oid;
}

static enum sig_alg parse_pss(struct reader *r)
{
	struct reader seq = der_open(r, DER_SEQUENCE);
	struct reader hash_part = der_open(&seq, DER_CONTEXT_CONS(0));
	struct span hash = read_hash(&hash_part);
	struct reader mgf_part = der_open(&seq, DER_CONTEXT_CONS(1));
	struct reader mgf = der_open(&mgf_part, DER_SEQUENCE);
	struct span mgf_oid = der_element(&mgf, DER_OID);
	struct span mgf_hash = read_hash(&mgf);
	struct reader salt_part = der_open(&seq, DER_CONTEXT_CONS(2));
	uint32_t salt = der_small(&salt_part, 512);

	if (!reader_close(&seq) || !span_equal(mgf_oid, OID_MGF1) || !span_equal(hash, mgf_hash))
		return SIG_NONE;
	for (size_t i = 0; i < sizeof(pss_rows) / sizeof(pss_rows[0]); i++)
		if (span_equal(hash, pss_rows[i].hash) && salt == pss_rows[i].salt)
			return pss_rows[i].alg;
	return SIG_NONE;
}

static enum sig_alg find_pss(struct reader params)
{
	struct ward_error own = ERROR_NONE;

	params.err = &own;
	return parse_pss(&params);
}

/* parameters ANY DEFINED BY algorithm OPTIONAL: one element at most, and DER to its leaves. */
static void check_parameters(struct reader alg)
{
	struct ward_error own = ERROR_NONE;
	struct span params;
	int tag;

	if (!reader_more(&alg))
		return;
	params = der_whole(&alg, &tag);
	if (reader_close(&alg) && !der_check(params, &own))
		FAILF(alg.err, BAD_DER, "in the parameters of an algorithm: %s",
		      ward_reason_text(own.reason));
}

void signature_id_parse(struct span whole, struct signature_id *s, struct ward_error *err)
{
	struct reader r = reader_make(whole, err);
	struct reader alg = der_open(&r, DER_SEQUENCE);

	*s = (struct signature_id){ .oid = der_element(&alg, DER_OID) };
	check_parameters(alg);
	if (span_equal(s->oid, OID_RSA_PSS)) {
		s->name = "RSASSA-PSS";
		s->alg = find_pss(alg);
		return;
	}
	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
		const struct signature_row *row = &signatures[i];

		if (!span_equal(s->oid, row->oid))
			continue;
		if (row->params == PARAMS_NULL)
			read_null(&alg);
		s->name = row->name;
		s->weak = row->weak;
		s->alg = reader_left(&alg) == 0 ? row->alg : SIG_NONE;
		return;
	}
	s->name = oid_name(s->oid);
}

static const struct curve_row {
	struct span oid;
	enum key_type type;
	unsigned int bits;
	unsigned int cost; /* libcrypto has code of its own for P-256 alone */
	bool weak;
	const char *name;
} curves[] = {
	{ OID_P256, KEY_P256, 256, 1, false, "P-256" },
	{ OID_P384, KEY_P384, 384, 8, false, "P-384" },
	{ OID_P521, KEY_P521, 521, 8, false, "P-521" },
	{ OID_P192, KEY_NONE, 192, 1, true, "P-192" },
	{ OID_P224, KEY_NONE, 224, 1, true, "P-224" },
};

static void parse_curve(struct reader *alg, struct key_id *k)
{
	struct span oid;
	const char *name;

	k->name = "EC";
	if (der_peek(alg) != DER_OID)
		return; /* explicit parameters: no named curve, so no key that is used */
	oid = der_element(alg, DER_OID);
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		if (!span_equal(oid, curves[i].oid))
			continue;
		k->type = curves[i].type;
		k->bits = curves[i].bits;
		k->cost = curves[i].cost;
		k->weak = curves[i].weak;
		k->name = curves[i].name;
		return;
	}
	name = oid_name(oid);
	k->name = name == NULL ? "EC" : name;
}

static unsigned int bit_count(struct span number)
{
	unsigned int bits = (unsigned int)number.len * 8;

	if (number.len == 0 || number.data[0] == 0)
		return 0;
	for (uint8_t top = number.data[0]; top < 0x80; top = (uint8_t)(top << 1))
		bits--;
	return bits;
}

static unsigned int ones_in(uint8_t byte)
{
	unsigned int n = 0;

	for (; byte != 0; byte = (uint8_t)(byte & (byte - 1)))
		n++;
	return n;
}

/*
 * Long numbers and long exponents cost whoever checks, and whoever signs chooses them: there is a
 * multiplication for each bit of the exponent and one more for each that is set, whose time grows
 * with the square of the modulus. Numbers of 4096 bits and an exponent of 65537 take as long as P-256.
 */
static unsigned int rsa_cost(unsigned int bits, struct span e)
{
	const uint64_t usual = (uint64_t)17 * 4096 * 4096, most = 1000;
	uint64_t multiplications = bit_count(e);
	uint64_t cost;

	if (bits > 16384 || e.len > 64)
		return (unsigned int)most;
	for (size_t i = 0; i < e.len; i++)
		multiplications += ones_in(e.data[i]);
	multiplications -= multiplications < 2 ? multiplications : 2;
	cost = (multiplications * bits * bits + usual - 1) / usual;
	return (unsigned int)(cost < 1 ? 1 : cost > most ? most : cost);
}

/* RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } */
static void parse_rsa(enum key_type type, struct span spki, struct key_id *k,
		      struct ward_error *err)
{
	struct reader r = reader_make(k->bytes, err);
	struct reader key;
	struct span n, e;

	r.start = spki.data; /* so that errors count from there */
	key = der_open(&r, DER_SEQUENCE);
	n = der_unsigned(&key);
	e = der_unsigned(&key);
	reader_close(&key);
	reader_close(&r);
	k->bits = bit_count(n);
	k->type = type;
	k->name = type == KEY_RSA ? "RSA" : "RSA-PSS";
	k->weak = k->bits < 2048;
	k->cost = rsa_cost(k->bits, e);
	k->unsound = !pubkey_rsa_is_sound(n, e, NULL);
}

void key_id_parse(struct span spki, struct key_id *k, struct ward_error *err)
{
	struct reader r = reader_make(spki, err);
	struct reader seq = der_open(&r, DER_SEQUENCE);
	struct reader alg = der_open(&seq, DER_SEQUENCE);
	struct span oid = der_element(&alg, DER_OID);

	*k = (struct key_id){ .type = KEY_NONE, .name = "unknown", .cost = 1 };
	check_parameters(alg);
	k->bytes = der_bit_string(&seq, NULL);
	reader_close(&seq);
	if (span_equal(oid, OID_EC_PUBLIC_KEY)) {
		parse_curve(&alg, k);
	} else if (span_equal(oid, OID_RSA_ENCRYPTION)) {
		read_null(&alg);
		parse_rsa(KEY_RSA, spki, k, err);
		if (reader_left(&alg) > 0) /* parameters that RSA does not have */
			k->type = KEY_NONE;
	} else if (span_equal(oid, OID_RSA_PSS)) {
		parse_rsa(KEY_RSA_PSS, spki, k, err);
	} else if (span_equal(oid, OID_ED25519)) {
		k->type = KEY_ED25519;
		k->cost = 2;
		k->bits = 256;
		k->name = "Ed25519";
	} else {
		k->weak = span_equal(oid, OID_DSA);
		k->name = oid_name(oid) == NULL ? k->name : oid_name(oid);
	}
}
