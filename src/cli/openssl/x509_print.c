/*
 * The single things that `ward openssl x509` shows.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/openssl/x509.h"
#include "crypto/crypto.h"
#include "x509/name.h"
#include "x509/oid.h"
#include "x509/text.h"

/* ---- times ---- */

static void put_time(FILE *out, const char *label, int64_t at, bool iso)
{
	char text[32];
	struct text t = text_make(text, sizeof(text));

	fprintf(out, "%s=", label);
	if (!iso) {
		text_time(out, at);
		fputc('\n', out);
		return;
	}
	text_put_time(&t, at);
	text[10] = ' '; /* where others have a T */
	fprintf(out, "%sZ\n", text);
}

static void put_times(FILE *out, const struct ward_cert *cert, const struct x509_job *job,
		      enum x509_option what)
{
	if (what != X509_ENDDATE)
		put_time(out, "notBefore", cert->not_before, job->iso_dates);
	if (what != X509_STARTDATE)
		put_time(out, "notAfter", cert->not_after, job->iso_dates);
}

/* ---- names ---- */

static void put_name(FILE *out, const char *label, struct span name, const struct name_style *style)
{
	fprintf(out, "%s=", label);
	text_name(out, name, style);
	fputc('\n', out);
}

/* A string in the form in which names are compared: lower case, one blank between words. */
static size_t canonical(const struct name_attribute *a, uint8_t *to, size_t size)
{
	char text[1024];
	size_t n = 0;
	bool blank = false;

	(void)name_string_text(a, text, sizeof(text));
	for (const char *c = text; *c != '\0' && n < size; c++) {
		if (*c == ' ') {
			blank = n > 0;
			continue;
		}
		if (blank && n + 1 < size)
			to[n++] = ' ';
		blank = false;
		to[n++] = (uint8_t)(*c >= 'A' && *c <= 'Z' ? *c + 'a' - 'A' : *c);
	}
	return n;
}

enum { PARTS_MAX = 16 };

/* The attributes of one RelativeDistinguishedName, each as DER, in memory of the writer's. */
struct parts {
	struct span items[PARTS_MAX];
	size_t count;
};

static int compare_parts(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	size_t len = x->len < y->len ? x->len : y->len;

	for (size_t i = 0; i < len; i++)
		if (x->data[i] != y->data[i])
			return x->data[i] < y->data[i] ? -1 : 1;
	return (x->len > y->len) - (x->len < y->len);
}

static void add_part(struct parts *parts, struct writer *w, const struct name_attribute *a)
{
	uint8_t value[1024];
	size_t from = w->len, len = canonical(a, value, sizeof(value));

	DER_WRITE (w, DER_SEQUENCE) {
		der_write_oid(w, a->type);
		der_write_element(w, DER_UTF8_STRING, span_make(value, len));
	}
	if (parts->count < PARTS_MAX)
		parts->items[parts->count++] = span_make(w->buf + from, w->len - from);
}

/* A SET OF is in order in DER. */
static void hash_parts(struct digest *d, struct parts *parts)
{
	uint8_t head[8];
	struct ward_error err = ERROR_NONE;
	struct writer w = writer_make(head, sizeof(head), &err);
	size_t len = 0;

	if (parts->count == 0)
		return;
	qsort(parts->items, parts->count, sizeof(parts->items[0]), compare_parts);
	for (size_t i = 0; i < parts->count; i++)
		len += parts->items[i].len;
	writer_u8(&w, DER_SET);
	if (len >= 0x80)
		writer_u8(&w, len > 0xff ? 0x82 : 0x81);
	if (len > 0xff)
		writer_u8(&w, (uint8_t)(len >> 8));
	writer_u8(&w, (uint8_t)len);
	digest_update(d, writer_span(&w));
	for (size_t i = 0; i < parts->count; i++)
		digest_update(d, parts->items[i]);
	parts->count = 0;
}

/* The first four bytes of SHA-1 over the name in the form in which it is compared, the lowest first. */
static void put_hash(FILE *out, struct span name)
{
	size_t room = name.len * 4 + 256;
	uint8_t sha[DIGEST_MAX_LEN], *bytes = malloc(room);
	struct ward_error err = ERROR_NONE;
	struct parts parts = { .count = 0 };
	struct digest d;
	struct writer w;
	struct name_walk walk;
	struct name_attribute a;

	if (bytes == NULL)
		return;
	w = writer_make(bytes, room, &err);
	digest_start(&d, DIGEST_SHA1);
	for (name_walk_start(&walk, name); name_walk_next(&walk, &a);) {
		if (!a.joined)
			hash_parts(&d, &parts);
		add_part(&parts, &w, &a);
	}
	hash_parts(&d, &parts);
	digest_finish(&d, sha);
	fprintf(out, "%02x%02x%02x%02x\n", sha[3], sha[2], sha[1], sha[0]);
	free(bytes);
}

/* Whether an address of the subject's, which was shown, stands among the alternative names, too. */
static bool is_in_subject(const struct ward_cert *cert, const char *address)
{
	struct name_walk w;
	struct name_attribute a;
	char text[400];

	for (name_walk_start(&w, cert->subject); name_walk_next(&w, &a);)
		if (span_equal(a.type, OID_EMAIL_ADDRESS) &&
		    strcmp(name_string_text(&a, text, sizeof(text)), address) == 0)
			return true;
	return false;
}

static void put_mail_addresses(FILE *out, const struct ward_cert *cert)
{
	struct name_walk w;
	struct name_attribute a;
	char text[400];
	size_t at = 0;
	int kind;

	for (name_walk_start(&w, cert->subject); name_walk_next(&w, &a);)
		if (span_equal(a.type, OID_EMAIL_ADDRESS))
			fprintf(out, "%s\n", name_string_text(&a, text, sizeof(text)));
	while ((kind = ward_cert_san_next(cert, &at, text, sizeof(text))) >= 0)
		if (kind == WARD_SAN_EMAIL && !is_in_subject(cert, text))
			fprintf(out, "%s\n", text);
}

/* AuthorityInfoAccess: those of the method id-ad-ocsp. */
static void put_ocsp_uris(FILE *out, const struct ward_cert *cert)
{
	struct ward_error err = ERROR_NONE;
	struct reader r, seq;

	if (!extensions_has(&cert->ext, EXT_AUTHORITY_INFO_ACCESS))
		return;
	r = reader_make(cert->ext.value[EXT_AUTHORITY_INFO_ACCESS], &err);
	seq = der_open(&r, DER_SEQUENCE);
	while (reader_more(&seq)) {
		struct reader one = der_open(&seq, DER_SEQUENCE);
		struct span method = der_element(&one, DER_OID);
		struct general_name where = general_name_read(&one);

		if (!reader_close(&one) || !span_equal(method, OID_AD_OCSP) ||
		    where.kind != WARD_SAN_URI)
			continue;
		text_string(out, where.value);
		fputc('\n', out);
	}
}

/* ---- keys and digests ---- */

static void put_fingerprint(FILE *out, const struct ward_cert *cert, const struct x509_job *job)
{
	uint8_t digest[DIGEST_MAX_LEN];

	digest_once(job->digest, cert->der, digest);
	fprintf(out, "%s Fingerprint=", job->digest_label);
	text_hex(out, span_make(digest, digest_len(job->digest)), true);
	fputc('\n', out);
}

static bool put_modulus(FILE *out, const struct ward_cert *cert)
{
	struct ward_error err = ERROR_NONE;
	struct key_parts parts = { .bits = 0 };
	struct pubkey *key = pubkey_from_spki(cert->spki, &err);
	bool rsa = key != NULL && pubkey_type(key) == KEY_RSA && pubkey_parts(key, &parts, &err);

	fputs("Modulus=", out);
	for (size_t i = 0; rsa && i < parts.part[KEY_PART_MODULUS].len; i++)
		fprintf(out, "%02X", parts.part[KEY_PART_MODULUS].data[i]);
	fputs(rsa ? "\n" : "No modulus for this public key type\n", out);
	key_parts_clear(&parts);
	pubkey_free(key);
	return true;
}

/* ---- questions ---- */

static bool check_end(FILE *out, const struct ward_cert *cert, const struct x509_job *job,
		      const char *seconds)
{
	bool ends = cert->not_after < job->now + strtoll(seconds, NULL, 10);

	fprintf(out, "Certificate will %sexpire\n", ends ? "" : "not ");
	return !ends;
}

static bool has_mail_address(const struct ward_cert *cert, const char *address)
{
	char text[400];
	size_t at = 0;
	int kind;

	while ((kind = ward_cert_san_next(cert, &at, text, sizeof(text))) >= 0)
		if (kind == WARD_SAN_EMAIL && strcmp(text, address) == 0)
			return true;
	return false;
}

static void put_match(FILE *out, const char *kind, const char *what, bool matches)
{
	fprintf(out, "%s %s does %smatch certificate\n", kind, what, matches ? "" : "NOT ");
}

/* ---- extensions by name ---- */

enum { NAMES_MAX = 64 };

static void put_extensions(FILE *out, const struct ward_cert *cert, const char *list)
{
	const char *names[NAMES_MAX + 1] = { NULL };
	char *copy = strdup(list), *rest = copy, *word;
	size_t n = 0;

	while (copy != NULL && n < NAMES_MAX && (word = strsep(&rest, ",")) != NULL)
		names[n++] = word;
	text_extensions(out, cert->ext.list, 0, names);
	free(copy);
}

/* ---- all of them ---- */

static void put_pubkey(FILE *out, const struct ward_cert *cert)
{
	bool ok = openssl_put_object(out, "PUBLIC KEY", cert->spki, OPENSSL_FORM_PEM);

	(void)ok;
}

static void put_serial(FILE *out, const struct ward_cert *cert)
{
	struct span number = cert->serial;

	while (number.len > 1 && number.data[0] == 0)
		number = span_make(number.data + 1, number.len - 1);
	fputs("serial=", out);
	for (size_t i = 0; i < number.len; i++)
		fprintf(out, "%02X", number.data[i]);
	fputc('\n', out);
}

static bool print_question(FILE *out, const struct ward_cert *cert, const struct x509_job *job,
			   const struct x509_print *p)
{
	if (p->what == X509_CHECKEND)
		return check_end(out, cert, job, p->value);
	if (p->what == X509_CHECKEMAIL)
		put_match(out, "Email", p->value, has_mail_address(cert, p->value));
	else
		put_match(out, p->what == X509_CHECKIP ? "IP" : "Hostname", p->value,
			  host_is_ip(p->value) == (p->what == X509_CHECKIP) &&
				  ward_cert_matches_host(cert, p->value));
	return true;
}

bool x509_print(FILE *out, const struct ward_cert *cert, const struct x509_job *job,
		const struct x509_print *p)
{
	switch ((int)p->what) {
	case X509_TEXT:
		text_cert(out, cert, &job->style);
		break;
	case X509_SUBJECT:
		put_name(out, "subject", cert->subject, &job->style);
		break;
	case X509_ISSUER:
		put_name(out, "issuer", cert->issuer, &job->style);
		break;
	case X509_SERIAL:
		put_serial(out, cert);
		break;
	case X509_STARTDATE:
	case X509_ENDDATE:
	case X509_DATES:
		put_times(out, cert, job, p->what);
		break;
	case X509_FINGERPRINT:
		put_fingerprint(out, cert, job);
		break;
	case X509_PUBKEY:
		put_pubkey(out, cert);
		break;
	case X509_MODULUS:
		return put_modulus(out, cert);
	case X509_SUBJECT_HASH:
		put_hash(out, cert->subject);
		break;
	case X509_ISSUER_HASH:
		put_hash(out, cert->issuer);
		break;
	case X509_EMAIL:
		put_mail_addresses(out, cert);
		break;
	case X509_OCSP_URI:
		put_ocsp_uris(out, cert);
		break;
	case X509_EXT:
		put_extensions(out, cert, p->value);
		break;
	default:
		return print_question(out, cert, job, p);
	}
	return true;
}
