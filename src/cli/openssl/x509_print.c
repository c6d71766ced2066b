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
	fprintf(out, "%s=", label);
	if (iso)
		text_iso_time(out, at);
	else
		text_time(out, at);
	fputc('\n', out);
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

static bool put_match(FILE *out, const char *kind, const char *what, bool matches)
{
	fprintf(out, "%s %s does %smatch certificate\n", kind, what, matches ? "" : "NOT ");
	return matches;
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
		return put_match(out, "Email", p->value, has_mail_address(cert, p->value));
	return put_match(out, p->what == X509_CHECKIP ? "IP" : "Hostname", p->value,
			 host_is_ip(p->value) == (p->what == X509_CHECKIP) &&
				 ward_cert_matches_host(cert, p->value));
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
		text_modulus(out, cert->spki, "No modulus for this public key type");
		break;
	case X509_SUBJECT_HASH:
		text_name_hash(out, cert->subject);
		break;
	case X509_ISSUER_HASH:
		text_name_hash(out, cert->issuer);
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
