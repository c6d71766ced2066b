/*
 * What OCSP's requests and responses have in common: CertID, the nonce (RFC 6960, 4.1.1 and 4.4.1;
 * RFC 9654).
 */
#include "x509/ocsp.h"

#include "x509/crl.h"
#include "x509/oid.h"

#define OID_NONCE OID("\x2b\x06\x01\x05\x05\x07\x30\x01\x02")

/* Hashes that stand for an issuer. Nothing rests on their strength: a collision would name another
 * CA, whose signature would then be wrong. */
static const struct hash_row {
	struct span oid;
	enum digest_alg alg;
} hashes[] = {
	{ OID_SHA1, DIGEST_SHA1 },
	{ OID_SHA256, DIGEST_SHA256 },
	{ OID_SHA384, DIGEST_SHA384 },
	{ OID_SHA512, DIGEST_SHA512 },
};

/* AlgorithmIdentifier of a hash, with NULL or nothing. */
static enum digest_alg read_hash(struct reader *r)
{
	struct reader alg = der_open(r, DER_SEQUENCE);
	struct span oid = der_element(&alg, DER_OID);
	struct span null;

	der_optional(&alg, DER_NULL, &null);
	reader_close(&alg);
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
		if (span_equal(hashes[i].oid, oid))
			return hashes[i].alg;
	return DIGEST_NONE;
}

struct ocsp_cert_id ocsp_cert_id_read(struct reader *r)
{
	struct ocsp_cert_id id = { .hash = DIGEST_NONE };
	struct reader at = *r;
	struct reader seq;

	id.whole = der_whole_tag(&at, DER_SEQUENCE);
	seq = der_open(r, DER_SEQUENCE);
	id.hash = read_hash(&seq);
	id.name_hash = der_element(&seq, DER_OCTET_STRING);
	id.key_hash = der_element(&seq, DER_OCTET_STRING);
	id.serial = der_integer(&seq);
	reader_close(&seq);
	return id;
}

bool ocsp_cert_id_is_for(const struct ocsp_cert_id *id, const struct ward_cert *issuer)
{
	uint8_t name[DIGEST_MAX_LEN], key[DIGEST_MAX_LEN];
	size_t len = digest_len(id->hash);

	if (id->hash == DIGEST_NONE)
		return false;
	digest_once(id->hash, issuer->subject, name);
	digest_once(id->hash, issuer->key.bytes, key);
	return span_equal(id->name_hash, span_make(name, len)) &&
	       span_equal(id->key_hash, span_make(key, len));
}

void ocsp_cert_id_write(struct writer *w, enum digest_alg hash, const struct ward_cert *issuer,
			struct span serial)
{
	uint8_t digest[DIGEST_MAX_LEN];
	struct span oid = hash == DIGEST_SHA1 ? OID_SHA1 : OID_SHA256;

	DER_WRITE (w, DER_SEQUENCE) {
		DER_WRITE (w, DER_SEQUENCE) {
			der_write_oid(w, oid);
			der_write_element(w, DER_NULL, SPAN_EMPTY);
		}
		digest_once(hash, issuer->subject, digest);
		der_write_element(w, DER_OCTET_STRING, span_make(digest, digest_len(hash)));
		digest_once(hash, issuer->key.bytes, digest);
		der_write_element(w, DER_OCTET_STRING, span_make(digest, digest_len(hash)));
		der_write_element(w, DER_INTEGER, serial);
	}
}

/* ---- extensions ---- */

/* Nonce ::= OCTET STRING (SIZE (1..128)) */
static void read_nonce(struct reader *value, struct ocsp_extensions *e)
{
	struct span nonce = der_element(value, DER_OCTET_STRING);

	reader_close(value);
	if (reader_failed(value))
		return;
	if (e->nonce.data != NULL)
		FAILF(value->err, BAD_VALUE, "two nonces");
	else if (nonce.len == 0 || nonce.len > WARD_OCSP_NONCE_MAX)
		FAILF(value->err, BAD_VALUE, "a nonce of %zu bytes", nonce.len);
	e->nonce = nonce;
}

void ocsp_extensions_read(struct reader *r, int tag, struct ocsp_extensions *e)
{
	struct reader outer, list;

	if (der_peek(r) != tag)
		return;
	outer = der_open(r, tag);
	list = der_open(&outer, DER_SEQUENCE);
	if (reader_left(&list) == 0)
		FAILF(list.err, BAD_VALUE, "an empty list");
	while (reader_more(&list)) {
		bool critical;
		struct reader value;
		struct span oid = extension_next(&list, &critical, &value);

		if (span_equal(oid, OID_NONCE))
			read_nonce(&value, e);
		else if (critical && e->unknown_critical.data == NULL)
			e->unknown_critical = oid;
	}
	reader_close(&outer);
}

void ocsp_nonce_write(struct writer *w, struct span nonce)
{
	DER_WRITE (w, DER_SEQUENCE)
		DER_WRITE (w, DER_SEQUENCE) {
			der_write_oid(w, OID_NONCE);
			DER_WRITE (w, DER_OCTET_STRING)
				der_write_element(w, DER_OCTET_STRING, nonce);
		}
}
