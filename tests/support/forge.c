/* Writing certificates of any kind. See forge.h. */
#include "support/forge.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/credentials.h"
#include "x509/ip.h"
#include "x509/name.h"
#include "x509/oid.h"

enum { ROOM = 1 << 18, FAR_AWAY = 86400 * 1000 };

static struct ward_key *keys[FORGE_KEYS];

const struct ward_key *forge_key(unsigned int i)
{
	struct ward_error err = ERROR_NONE;

	if (keys[i] == NULL)
		keys[i] = ward_key_generate(WARD_KEY_P256, &err);
	if (keys[i] == NULL)
		abort();
	return keys[i];
}

void forge_cleanup(void)
{
	for (size_t i = 0; i < FORGE_KEYS; i++) {
		ward_key_free(keys[i]);
		keys[i] = NULL;
	}
}

/* ---- names ---- */

void forge_write_name(struct writer *w, const char *common_name)
{
	DER_WRITE (w, DER_SEQUENCE)
		if (common_name[0] != '\0')
			DER_WRITE (w, DER_SET)
				DER_WRITE (w, DER_SEQUENCE) {
					der_write_oid(w, OID_COMMON_NAME);
					der_write_element(w, DER_UTF8_STRING,
							  span_string(common_name));
				}
}

static struct span next_word(const char **text, char sep)
{
	const char *start = *text;
	size_t len = 0;

	while (start[len] != '\0' && start[len] != sep)
		len++;
	*text = start[len] == '\0' ? start + len : start + len + 1;
	return span_make(start, len);
}

static bool has_byte(struct span s, char c)
{
	return s.len > 0 && memchr(s.data, c, s.len) != NULL;
}

/* "192.0.2.1", or with a mask behind a slash. False if it is none. */
static bool write_address(struct writer *w, struct span text)
{
	const char *slash = memchr(text.data, '/', text.len);
	size_t first = slash == NULL ? text.len : (size_t)(slash - (const char *)text.data);
	uint8_t bytes[32];
	size_t len = ip_parse(span_make(text.data, first), bytes);

	if (len == 0)
		return false;
	if (slash != NULL)
		len += ip_parse(span_make(slash + 1, text.len - first - 1), bytes + len);
	der_write_element(w, DER_CONTEXT(7), span_make(bytes, len));
	return true;
}

static void write_general_name(struct writer *w, struct span text)
{
	char name[128];

	if (text.len > 3 && memcmp(text.data, "CN=", 3) == 0) {
		snprintf(name, sizeof(name), "%.*s", (int)text.len - 3,
			 (const char *)text.data + 3);
		DER_WRITE (w, DER_CONTEXT_CONS(4))
			forge_write_name(w, name);
	} else if (text.len > 4 && memcmp(text.data, "URI:", 4) == 0) {
		der_write_element(w, DER_CONTEXT(6), span_make(text.data + 4, text.len - 4));
	} else if (has_byte(text, '@')) {
		der_write_element(w, DER_CONTEXT(1), text);
	} else if (!write_address(w, text)) {
		der_write_element(w, DER_CONTEXT(2), text);
	}
}

static void write_subtrees(struct writer *w, int tag, const char *list)
{
	if (list == NULL)
		return;
	DER_WRITE (w, tag)
		while (*list != '\0')
			DER_WRITE (w, DER_SEQUENCE)
				write_general_name(w, next_word(&list, ' '));
}

/* ---- extensions ---- */

struct forging {
	const struct forge_spec *spec;
	struct span spki, subject_key, authority_key;
};

/* Opens an Extension; what is written until close_extension stands in its extnValue. */
struct open_extension {
	struct der_mark whole, value;
};

static struct open_extension open_extension(struct writer *w, const struct forging *f,
					    enum ext_id id, struct span oid, bool critical)
{
	struct open_extension e = { .whole = der_write_open(w, DER_SEQUENCE) };

	der_write_oid(w, oid);
	if (critical != ((f->spec->flip_critical >> id & 1) != 0))
		der_write_boolean(w, true);
	e.value = der_write_open(w, DER_OCTET_STRING);
	return e;
}

static void close_extension(struct writer *w, struct open_extension *e)
{
	der_write_close(w, &e->value);
	der_write_close(w, &e->whole);
}

static void write_key_ids(struct writer *w, const struct forging *f)
{
	struct open_extension e;

	if (!f->spec->no_subject_key_id) {
		e = open_extension(w, f, EXT_SUBJECT_KEY_ID, OID("\x55\x1d\x0e"), false);
		der_write_element(w, DER_OCTET_STRING, f->subject_key);
		close_extension(w, &e);
	}
	if (f->spec->authority != NULL) {
		e = open_extension(w, f, EXT_AUTHORITY_KEY_ID, OID("\x55\x1d\x23"), false);
		DER_WRITE (w, DER_SEQUENCE) {
			DER_WRITE (w, DER_CONTEXT_CONS(1))
				write_general_name(w, span_string(f->spec->authority));
			der_write_element(w, DER_CONTEXT(2), f->spec->authority_serial);
		}
		close_extension(w, &e);
	} else if (!f->spec->no_authority_key_id) {
		e = open_extension(w, f, EXT_AUTHORITY_KEY_ID, OID("\x55\x1d\x23"), false);
		DER_WRITE (w, DER_SEQUENCE) {
			der_write_element(w, DER_CONTEXT(0),
					  f->spec->wrong_authority_key_id
						  ? SPAN_LITERAL("no such key")
						  : f->authority_key);
			if (f->spec->name_authority_cert) {
				DER_WRITE (w, DER_CONTEXT_CONS(1))
					write_general_name(w, SPAN_LITERAL("CN=Somebody"));
				der_write_element(w, DER_CONTEXT(2), SPAN_LITERAL("\x01"));
			}
		}
		close_extension(w, &e);
	}
}

static void write_basic_constraints(struct writer *w, const struct forging *f)
{
	struct open_extension e;

	if (f->spec->no_basic_constraints)
		return;
	e = open_extension(w, f, EXT_BASIC_CONSTRAINTS, OID("\x55\x1d\x13"), true);
	DER_WRITE (w, DER_SEQUENCE) {
		if (f->spec->ca)
			der_write_boolean(w, true);
		if (f->spec->path_length > 0)
			der_write_small(w, (uint32_t)f->spec->path_length - 1);
	}
	close_extension(w, &e);
}

static void write_key_usage(struct writer *w, const struct forging *f)
{
	unsigned int usage = f->spec->key_usage;
	uint8_t bits = 0;
	int unused = 0;
	struct open_extension e;

	if (usage == FORGE_NO_KEY_USAGE)
		return;
	if (usage == 0)
		usage = f->spec->ca ? KU_KEY_CERT_SIGN : KU_DIGITAL_SIGNATURE;
	for (int i = 0; i < 8; i++)
		if ((usage >> i & 1) != 0) {
			bits |= (uint8_t)(0x80 >> i);
			unused = 7 - i;
		}
	e = open_extension(w, f, EXT_KEY_USAGE, OID("\x55\x1d\x0f"), true);
	der_write_bit_string(w, span_make(&bits, bits == 0 ? 0 : 1), unused);
	close_extension(w, &e);
}

static struct span purpose_oid(char letter)
{
	switch (letter) {
	case 's':
		return OID_SERVER_AUTH;
	case 'c':
		return OID_CLIENT_AUTH;
	case 'a':
		return OID_ANY_EXT_KEY_USAGE;
	case 'r':
		return OID("\x2b\x06\x01\x05\x05\x07\x03\x09");
	default:
		return OID("\x2b\x06\x01\x05\x05\x07\x03\x03");
	}
}

static void write_purposes(struct writer *w, const struct forging *f)
{
	const char *purposes = f->spec->purposes;
	struct open_extension e;

	if (purposes == NULL)
		purposes = f->spec->ca ? "" : "sc";
	if (purposes[0] == '\0')
		return;
	e = open_extension(w, f, EXT_EXT_KEY_USAGE, OID("\x55\x1d\x25"), false);
	DER_WRITE (w, DER_SEQUENCE)
		for (; *purposes != '\0'; purposes++)
			der_write_oid(w, purpose_oid(*purposes));
	close_extension(w, &e);
}

static void write_names(struct writer *w, const struct forging *f)
{
	const char *names = f->spec->names;
	bool no_subject = f->spec->subject != NULL && f->spec->subject[0] == '\0';
	struct open_extension e;

	if (names == NULL)
		names = f->spec->ca ? "" : "server.example";
	if (names[0] != '\0') {
		e = open_extension(w, f, EXT_SUBJECT_ALT_NAME, OID("\x55\x1d\x11"), no_subject);
		DER_WRITE (w, DER_SEQUENCE)
			while (*names != '\0')
				write_general_name(w, next_word(&names, ' '));
		close_extension(w, &e);
	}
	if (f->spec->permitted != NULL || f->spec->excluded != NULL) {
		e = open_extension(w, f, EXT_NAME_CONSTRAINTS, OID("\x55\x1d\x1e"), true);
		DER_WRITE (w, DER_SEQUENCE) {
			write_subtrees(w, DER_CONTEXT_CONS(0), f->spec->permitted);
			write_subtrees(w, DER_CONTEXT_CONS(1), f->spec->excluded);
		}
		close_extension(w, &e);
	}
}

static void write_policy(struct writer *w, char digit)
{
	uint8_t own[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0xb3, 0x3a, (uint8_t)(digit - '0') };

	der_write_oid(w, digit == '0' ? OID("\x55\x1d\x20\x00") : SPAN_ARRAY(own));
}

static void write_skip(struct writer *w, int tag, int skip)
{
	uint8_t count = (uint8_t)(skip - 1);

	if (skip > 0)
		der_write_element(w, tag, span_make(&count, 1));
}

static void write_policies(struct writer *w, const struct forging *f)
{
	const struct forge_spec *s = f->spec;
	struct open_extension e;

	if (s->policies != NULL) {
		e = open_extension(w, f, EXT_CERTIFICATE_POLICIES, OID("\x55\x1d\x20"), false);
		DER_WRITE (w, DER_SEQUENCE)
			for (const char *p = s->policies; *p != '\0'; p++)
				DER_WRITE (w, DER_SEQUENCE)
					write_policy(w, *p);
		close_extension(w, &e);
	}
	if (s->mapped != NULL) {
		e = open_extension(w, f, EXT_POLICY_MAPPINGS, OID("\x55\x1d\x21"), true);
		DER_WRITE (w, DER_SEQUENCE)
			for (const char *p = s->mapped; *p != '\0'; p += 2)
				DER_WRITE (w, DER_SEQUENCE) {
					write_policy(w, p[0]);
					write_policy(w, p[1]);
				}
		close_extension(w, &e);
	}
	if (s->require_policy > 0 || s->inhibit_mapping > 0) {
		e = open_extension(w, f, EXT_POLICY_CONSTRAINTS, OID("\x55\x1d\x24"), true);
		DER_WRITE (w, DER_SEQUENCE) {
			write_skip(w, DER_CONTEXT(0), s->require_policy);
			write_skip(w, DER_CONTEXT(1), s->inhibit_mapping);
		}
		close_extension(w, &e);
	}
	if (s->inhibit_any > 0) {
		e = open_extension(w, f, EXT_INHIBIT_ANY_POLICY, OID("\x55\x1d\x36"), true);
		der_write_small(w, (uint32_t)s->inhibit_any - 1);
		close_extension(w, &e);
	}
}

static void write_unknown(struct writer *w, const struct forging *f)
{
	const char *kind = f->spec->unknown;
	struct open_extension e;
	struct span oid = OID("\x2b\x06\x01\x04\x01\x83\xb3\x3a\x63");

	if (kind == NULL)
		return;
	if (kind[0] == 'f' || kind[0] == 'm')
		oid = OID("\x2b\x06\x01\x05\x05\x07\x01\x18");
	else if (kind[0] == 'k')
		oid = OID("\x2b\x06\x01\x05\x05\x07\x30\x01\x05");
	e = open_extension(w, f, EXT_ID_COUNT, oid, kind[0] == 'c' || kind[0] == 'f');
	if (kind[0] == 'm')
		DER_WRITE (w, DER_SEQUENCE)
			der_write_small(w, 5);
	else
		der_write_element(w, kind[0] == 'k' ? DER_NULL : DER_SEQUENCE, SPAN_EMPTY);
	close_extension(w, &e);
}

/* One DistributionPoint whose name is a URI. */
static void write_crl_point(struct writer *w, const struct forging *f)
{
	struct open_extension e;

	if (f->spec->crl_point == NULL)
		return;
	e = open_extension(w, f, EXT_CRL_DISTRIBUTION_POINTS, OID("\x55\x1d\x1f"), false);
	DER_WRITE (w, DER_SEQUENCE)
		DER_WRITE (w, DER_SEQUENCE)
			DER_WRITE (w, DER_CONTEXT_CONS(0))
				DER_WRITE (w, DER_CONTEXT_CONS(0))
					der_write_element(w, DER_CONTEXT(6),
							  span_string(f->spec->crl_point));
	close_extension(w, &e);
}

/* ---- the certificate ---- */

static const struct span ecdsa_sha256 = {
	(const uint8_t *)"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02", 12
};

static struct span algorithm_of(const struct forge_spec *spec)
{
	return spec->algorithm.len > 0 ? spec->algorithm : ecdsa_sha256;
}

static void write_validity(struct writer *w, const struct forge_spec *s)
{
	const struct span from = SPAN_LITERAL("20200101000000Z");
	const struct span to = SPAN_LITERAL("20491231235959Z");

	DER_WRITE (w, DER_SEQUENCE) {
		if (s->long_times) {
			der_write_element(w, DER_GENERALIZED_TIME, from);
			der_write_element(w, DER_GENERALIZED_TIME, to);
		} else {
			der_write_time(w,
				       TEST_NOW + (s->not_before == 0 ? -FAR_AWAY : s->not_before));
			der_write_time(w, TEST_NOW + (s->not_after == 0 ? FAR_AWAY : s->not_after));
		}
	}
}

static void write_tbs(struct writer *w, const struct forging *f, const struct ward_cert *issuer)
{
	const struct forge_spec *s = f->spec;
	const char *subject = s->subject == NULL ? "server.example" : s->subject;
	int version = s->version == 0 ? 3 : s->version;

	DER_WRITE (w, DER_SEQUENCE) {
		if (version > 1)
			DER_WRITE (w, DER_CONTEXT_CONS(0))
				der_write_small(w, (uint32_t)version - 1);
		der_write_unsigned(w, s->serial.len > 0 ? s->serial : SPAN_LITERAL("\x17\x2a"));
		writer_bytes(w, algorithm_of(s));
		if (issuer != NULL && s->issuer == NULL)
			writer_bytes(w, issuer->subject);
		else
			forge_write_name(w, s->issuer == NULL ? subject : s->issuer);
		write_validity(w, s);
		forge_write_name(w, subject);
		writer_bytes(w, f->spki);
		if (s->unique_id)
			der_write_element(w, DER_CONTEXT(1), SPAN_LITERAL("\0*"));
		if (version == 3)
			DER_WRITE (w, DER_CONTEXT_CONS(3))
				DER_WRITE (w, DER_SEQUENCE) {
					write_key_ids(w, f);
					write_basic_constraints(w, f);
					write_key_usage(w, f);
					write_purposes(w, f);
					write_names(w, f);
					write_policies(w, f);
					write_crl_point(w, f);
					write_unknown(w, f);
				}
	}
}

static void write_cert(struct writer *w, const struct forging *f, const struct ward_cert *issuer,
		       const struct ward_key *issuer_key)
{
	uint8_t sig[SIGNATURE_MAX];
	size_t sig_len = 0;

	DER_WRITE (w, DER_SEQUENCE) {
		size_t start = w->len;

		write_tbs(w, f, issuer);
		if (!privkey_sign(key_private(issuer_key), SIG_ECDSA_SHA256,
				  span_make(w->buf + start, w->len - start), sig, &sig_len, w->err))
			abort();
		if (f->spec->spoil_signature)
			sig[sig_len - 1] ^= 1;
		writer_bytes(w, algorithm_of(f->spec));
		der_write_bit_string(w,
				     f->spec->signature.len > 0 ? f->spec->signature
								: span_make(sig, sig_len),
				     0);
	}
}

/* The identifier of a key: some bytes of its hash. */
static struct span key_id(const struct ward_key *key, uint8_t hash[DIGEST_MAX_LEN])
{
	struct ward_error err = ERROR_NONE;
	uint8_t *spki;
	size_t len;

	if (!privkey_spki(key_private(key), &spki, &len, &err))
		abort();
	digest_once(DIGEST_SHA256, span_make(spki, len), hash);
	free(spki);
	return span_make(hash, 16);
}

struct ward_cert *forge(const struct forge_spec *spec, const struct ward_key *key,
			const struct ward_cert *issuer, const struct ward_key *issuer_key)
{
	struct ward_error err = ERROR_NONE;
	uint8_t subject_hash[DIGEST_MAX_LEN], authority_hash[DIGEST_MAX_LEN];
	const struct ward_key *signer = issuer_key == NULL ? key : issuer_key;
	uint8_t *buf = malloc(ROOM);
	struct writer w = writer_make(buf, ROOM, &err);
	struct forging f = { .spec = spec };
	struct ward_cert *made = NULL;
	uint8_t *spki;
	size_t len;
	char text[512];

	if (buf == NULL || !privkey_spki(key_private(key), &spki, &len, &err))
		abort();
	f.spki = spec->spki.len > 0 ? spec->spki : span_make(spki, len);
	f.subject_key = key_id(key, subject_hash);
	f.authority_key = issuer != NULL && issuer->ext.subject_key_id.len > 0
				  ? issuer->ext.subject_key_id
				  : key_id(signer, authority_hash);
	write_cert(&w, &f, issuer, signer);
	if (writer_ok(&w))
		made = ward_cert_parse(buf, w.len, &err);
	if (made == NULL) {
		fprintf(stderr, "forge: %s\n", ward_error_text(&err, text, sizeof(text)));
		abort();
	}
	free(spki);
	free(buf);
	return made;
}
