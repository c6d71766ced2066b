/*
 * The values of extensions that name no names: bits, numbers, OIDs, key identifiers.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/openssl/ext_text.h"
#include "cli/values.h"
#include "crypto/crypto.h"
#include "x509/oid.h"

enum { SHA1_LEN = 20 };

void ext_put_oid(struct writer *w, const char *name)
{
	uint8_t oid[EXT_OID_MAX];
	size_t len;

	if (oid_of_name(name, oid, sizeof(oid), &len))
		der_write_oid(w, span_make(oid, len));
	else
		FAILF(w->err, BAD_ARGUMENT, "\"%.60s\" is no name of an OID", name);
}

/* ---- bits ---- */

struct bit_name {
	const char *name, *long_name;
	unsigned int bit;
};

static bool find_bit(const struct bit_name *names, size_t count, const char *word,
		     unsigned int *bits)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i].name, word) == 0 || strcmp(names[i].long_name, word) == 0) {
			*bits |= 1U << names[i].bit;
			return true;
		}
	return false;
}

/* A named BIT STRING ends with its last bit that is set (X.690, 11.2.2). */
static void put_bits(struct writer *w, unsigned int bits)
{
	uint8_t bytes[2] = { 0, 0 };
	unsigned int last = 0;

	for (unsigned int i = 0; i < 16; i++)
		if ((bits >> i & 1) != 0) {
			bytes[i / 8] |= (uint8_t)(0x80 >> (i % 8));
			last = i;
		}
	if (bits == 0)
		der_write_bit_string(w, SPAN_EMPTY, 0);
	else
		der_write_bit_string(w, span_make(bytes, last / 8 + 1), 7 - (int)(last % 8));
}

static void put_named_bits(struct writer *w, const struct ext_source *source, const char *text,
			   const struct bit_name *names, size_t count)
{
	struct ext_pairs pairs;
	unsigned int bits = 0;

	if (ext_pairs_make(&pairs, source, text, w->err))
		for (size_t i = 0; i < pairs.count; i++)
			if (!find_bit(names, count, pairs.items[i].name, &bits))
				FAILF(w->err, BAD_ARGUMENT, "there is no \"%.60s\"",
				      pairs.items[i].name);
	put_bits(w, bits);
	ext_pairs_clear(&pairs);
}

void ext_key_usage(struct writer *w, const struct ext_source *source, const char *text)
{
	static const struct bit_name names[] = {
		{ "digitalSignature", "Digital Signature", 0 },
		{ "nonRepudiation", "Non Repudiation", 1 },
		{ "keyEncipherment", "Key Encipherment", 2 },
		{ "dataEncipherment", "Data Encipherment", 3 },
		{ "keyAgreement", "Key Agreement", 4 },
		{ "keyCertSign", "Certificate Sign", 5 },
		{ "cRLSign", "CRL Sign", 6 },
		{ "encipherOnly", "Encipher Only", 7 },
		{ "decipherOnly", "Decipher Only", 8 },
	};

	put_named_bits(w, source, text, names, sizeof(names) / sizeof(names[0]));
}

void ext_ns_type(struct writer *w, const struct ext_source *source, const char *text)
{
	static const struct bit_name names[] = {
		{ "client", "SSL Client", 0 }, { "server", "SSL Server", 1 },
		{ "email", "S/MIME", 2 },      { "objsign", "Object Signing", 3 },
		{ "reserved", "Unused", 4 },   { "sslCA", "SSL CA", 5 },
		{ "emailCA", "S/MIME CA", 6 }, { "objCA", "Object Signing CA", 7 },
	};

	put_named_bits(w, source, text, names, sizeof(names) / sizeof(names[0]));
}

/* ---- numbers and truths ---- */

static bool take_number(struct writer *w, const char *text, uint32_t *number)
{
	int64_t n = 0;

	if (text == NULL || !value_number(text, 0, INT32_MAX, &n))
		return FAILF(w->err, BAD_ARGUMENT, "\"%.60s\" is no number",
			     text == NULL ? "" : text);
	*number = (uint32_t)n;
	return true;
}

static bool take_truth(struct writer *w, const char *text, bool *truth)
{
	static const char *const yes[] = { "TRUE", "true", "Y", "y", "YES", "yes" };
	static const char *const no[] = { "FALSE", "false", "N", "n", "NO", "no" };

	for (size_t i = 0; text != NULL && i < sizeof(yes) / sizeof(yes[0]); i++)
		if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
			*truth = strcmp(text, yes[i]) == 0;
			return true;
		}
	return FAILF(w->err, BAD_ARGUMENT, "\"%.60s\" is neither TRUE nor FALSE",
		     text == NULL ? "" : text);
}

/* BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL } */
void ext_basic_constraints(struct writer *w, const struct ext_source *source, const char *text)
{
	struct ext_pairs pairs;
	bool ca = false, limited = false, ok = ext_pairs_make(&pairs, source, text, w->err);
	uint32_t length = 0;

	for (size_t i = 0; ok && i < pairs.count; i++) {
		const struct ext_pair *pair = &pairs.items[i];

		if (strcmp(pair->name, "CA") == 0)
			ok = take_truth(w, pair->value, &ca);
		else if (strcmp(pair->name, "pathlen") == 0)
			ok = limited = take_number(w, pair->value, &length);
		else
			ok = FAILF(w->err, BAD_ARGUMENT, "there is no \"%.60s\"", pair->name);
	}
	ext_pairs_clear(&pairs);
	DER_WRITE (w, DER_SEQUENCE) {
		if (ca)
			der_write_boolean(w, true);
		if (limited)
			der_write_small(w, length);
	}
}

static void put_tagged_number(struct writer *w, int tag, uint32_t number)
{
	uint8_t bytes[5] = { 0, (uint8_t)(number >> 24), (uint8_t)(number >> 16),
			     (uint8_t)(number >> 8), (uint8_t)number };
	size_t at = 1;

	while (at < 4 && bytes[at] == 0)
		at++;
	if ((bytes[at] & 0x80) != 0)
		at--;
	der_write_element(w, tag, span_make(bytes + at, sizeof(bytes) - at));
}

/* PolicyConstraints ::= SEQUENCE { [0] requireExplicitPolicy, [1] inhibitPolicyMapping } */
void ext_policy_limits(struct writer *w, const struct ext_source *source, const char *text)
{
	static const char *const names[] = { "requireExplicitPolicy", "inhibitPolicyMapping" };
	struct ext_pairs pairs;
	uint32_t numbers[2] = { 0, 0 };
	bool given[2] = { false, false };
	bool ok = ext_pairs_make(&pairs, source, text, w->err);

	for (size_t i = 0; ok && i < pairs.count; i++) {
		size_t which = strcmp(pairs.items[i].name, names[0]) == 0 ? 0 : 1;

		if (strcmp(pairs.items[i].name, names[which]) != 0)
			ok = FAILF(w->err, BAD_ARGUMENT, "there is no \"%.60s\"",
				   pairs.items[i].name);
		else
			ok = given[which] = take_number(w, pairs.items[i].value, &numbers[which]);
	}
	ext_pairs_clear(&pairs);
	DER_WRITE (w, DER_SEQUENCE)
		for (int which = 0; which < 2; which++)
			if (given[which])
				put_tagged_number(w, DER_CONTEXT(which), numbers[which]);
}

void ext_inhibit_any(struct writer *w, const struct ext_source *source, const char *text)
{
	uint32_t number = 0;

	(void)source;
	if (take_number(w, text, &number))
		der_write_small(w, number);
}

/* Features ::= SEQUENCE OF INTEGER (RFC 7633) */
void ext_tls_feature(struct writer *w, const struct ext_source *source, const char *text)
{
	struct ext_pairs pairs;
	bool ok = ext_pairs_make(&pairs, source, text, w->err);

	DER_WRITE (w, DER_SEQUENCE)
		for (size_t i = 0; ok && i < pairs.count; i++) {
			/* In a section the word is the value. */
			const char *word =
				text[0] == '@' ? pairs.items[i].value : pairs.items[i].name;
			uint32_t number = 0;

			if (strcasecmp(word, "status_request") == 0)
				number = 5;
			else if (strcasecmp(word, "status_request_v2") == 0)
				number = 17;
			else
				ok = take_number(w, word, &number);
			der_write_small(w, number);
		}
	ext_pairs_clear(&pairs);
}

/* ---- OIDs and strings ---- */

void ext_purposes(struct writer *w, const struct ext_source *source, const char *text)
{
	struct ext_pairs pairs;
	bool ok = ext_pairs_make(&pairs, source, text, w->err);

	DER_WRITE (w, DER_SEQUENCE)
		for (size_t i = 0; ok && i < pairs.count; i++)
			ext_put_oid(w, text[0] == '@' ? pairs.items[i].value : pairs.items[i].name);
	ext_pairs_clear(&pairs);
}

void ext_ia5(struct writer *w, const struct ext_source *source, const char *text)
{
	(void)source;
	for (const char *c = text; *c != '\0'; c++)
		if ((*c & 0x80) != 0)
			FAILF(w->err, BAD_ARGUMENT, "it is not ASCII");
	der_write_element(w, DER_IA5_STRING, span_string(text));
}

void ext_null(struct writer *w, const struct ext_source *source, const char *text)
{
	(void)source;
	(void)text;
	der_write_element(w, DER_NULL, SPAN_EMPTY);
}

/* ---- key identifiers ---- */

/* SHA-1 over the bits of the key (RFC 5280, 4.2.1.2, method 1): a name for it, no protection. */
static void hash_key(struct span spki, uint8_t id[DIGEST_MAX_LEN], struct ward_error *err)
{
	struct reader r = reader_make(spki, err);
	struct reader seq = der_open(&r, DER_SEQUENCE);

	der_element(&seq, DER_SEQUENCE);
	digest_once(DIGEST_SHA1, der_bit_string(&seq, NULL), id);
}

static bool take_hex(const char *text, uint8_t *to, size_t size, size_t *len)
{
	for (*len = 0; *text != '\0'; text += *text == ':' ? 1 : 0) {
		int byte = ext_hex_pair(text);

		if (byte < 0 || *len == size)
			return false;
		to[(*len)++] = (uint8_t)byte;
		text += 2;
	}
	return *len > 0;
}

void ext_subject_key(struct writer *w, const struct ext_source *source, const char *text)
{
	uint8_t id[DIGEST_MAX_LEN];
	size_t len = SHA1_LEN;

	if (strcmp(text, "hash") == 0)
		hash_key(source->spki, id, w->err);
	else if (!take_hex(text, id, sizeof(id), &len))
		FAILF(w->err, BAD_ARGUMENT, "give hash, none, or bytes in hex");
	der_write_element(w, DER_OCTET_STRING, span_make(id, len));
}

/* How much is asked for: not, if it is there, in any case. */
enum wanted { NOT, IF_THERE, ALWAYS };

static bool take_wanted(struct writer *w, const char *text, enum wanted *key, enum wanted *issuer)
{
	struct ext_pairs pairs;
	bool ok = ext_pairs_split(&pairs, text, w->err);

	for (size_t i = 0; ok && i < pairs.count; i++) {
		const struct ext_pair *pair = &pairs.items[i];
		bool always = pair->value != NULL && strcmp(pair->value, "always") == 0;

		if (strcmp(pair->name, "keyid") == 0)
			*key = always ? ALWAYS : IF_THERE;
		else if (strcmp(pair->name, "issuer") == 0)
			*issuer = always ? ALWAYS : IF_THERE;
		else
			ok = FAILF(w->err, BAD_ARGUMENT, "there is no \"%.60s\"", pair->name);
	}
	ext_pairs_clear(&pairs);
	return ok;
}

/* That of the issuer, as it says; of a self-signed certificate that of its key. */
static size_t issuer_key_id(const struct ext_source *source, uint8_t id[DIGEST_MAX_LEN],
			    struct ward_error *err)
{
	const struct ward_cert *issuer = source->issuer;

	if (issuer == NULL) {
		hash_key(source->spki, id, err);
		return SHA1_LEN;
	}
	if (!extensions_has(&issuer->ext, EXT_SUBJECT_KEY_ID) ||
	    issuer->ext.subject_key_id.len > DIGEST_MAX_LEN)
		return 0;
	bytes_copy(id, issuer->ext.subject_key_id.data, issuer->ext.subject_key_id.len);
	return issuer->ext.subject_key_id.len;
}

/* [1] GeneralNames of the issuer's issuer, [2] the issuer's serial number */
static void put_issuer(struct writer *w, const struct ext_source *source)
{
	const struct ward_cert *issuer = source->issuer;

	DER_WRITE (w, DER_CONTEXT_CONS(1))
		DER_WRITE (w, DER_CONTEXT_CONS(4))
			writer_bytes(w, issuer == NULL ? source->subject : issuer->issuer);
	if (issuer != NULL) {
		der_write_element(w, DER_CONTEXT(2), issuer->serial);
		return;
	}
	DER_WRITE (w, DER_CONTEXT(2)) {
		if (source->serial.len > 0 && (source->serial.data[0] & 0x80) != 0)
			writer_u8(w, 0);
		writer_bytes(w, source->serial);
	}
}

/* AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0], authorityCertIssuer [1], … [2] } */
void ext_authority_key(struct writer *w, const struct ext_source *source, const char *text)
{
	enum wanted key = NOT, issuer = NOT;
	uint8_t id[DIGEST_MAX_LEN];
	size_t len = 0;

	if (source->is_request)
		FAILF(w->err, BAD_ARGUMENT, "a request has no issuer yet; leave it out");
	if (!writer_ok(w) || !take_wanted(w, text, &key, &issuer))
		return;
	if (key != NOT)
		len = issuer_key_id(source, id, w->err);
	if (key == ALWAYS && len == 0)
		FAILF(w->err, BAD_ARGUMENT, "the issuer has no subjectKeyIdentifier");
	DER_WRITE (w, DER_SEQUENCE) {
		if (len > 0)
			der_write_element(w, DER_CONTEXT(0), span_make(id, len));
		if (issuer == ALWAYS || (issuer == IF_THERE && len == 0))
			put_issuer(w, source);
	}
}
