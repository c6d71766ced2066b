/*
 * Making certificates as openssl does: what the command line, files and requests say is what comes of
 * it, and whether the issuer may issue it is for those to judge who verify it.
 */
#include "cli/openssl/issue.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/values.h"
#include "x509/chain.h"
#include "x509/csr.h"
#include "x509/make.h"
#include "x509/oid.h"

enum { DAY = 24 * 3600 };

/* ---- serial numbers ---- */

/* number = number * base + digit; false when it takes more than there is room for. */
static bool append_digit(struct issue_serial *s, unsigned int base, unsigned int digit)
{
	unsigned int carry = digit;

	for (size_t i = s->len; i-- > 0;) {
		carry += s->bytes[i] * base;
		s->bytes[i] = (uint8_t)carry;
		carry >>= 8;
	}
	if (carry == 0)
		return true;
	if (s->len == ISSUE_SERIAL_MAX)
		return false;
	memmove(s->bytes + 1, s->bytes, s->len);
	s->bytes[0] = (uint8_t)carry;
	s->len++;
	return true;
}

bool issue_take_serial(const struct openssl_command *command, const struct option_row *row,
		       const char *value, struct issue_serial *serial)
{
	static const char digits[] = "0123456789abcdef";
	bool hex = strncmp(value, "0x", 2) == 0 || strncmp(value, "0X", 2) == 0;
	const char *at = hex ? value + 2 : value;
	bool ok = *at != '\0';

	*serial = (struct issue_serial){ .len = 0 };
	for (; ok && *at != '\0'; at++) {
		char c = *at >= 'A' && *at <= 'F' ? (char)(*at | 0x20) : *at;
		const char *digit = memchr(digits, c, hex ? 16 : 10);

		ok = digit != NULL &&
		     append_digit(serial, hex ? 16 : 10, (unsigned int)(digit - digits));
	}
	if (ok && serial->len == 0) /* zero */
		serial->len = 1;
	if (ok && (serial->len < ISSUE_SERIAL_MAX || serial->bytes[0] < 0x80))
		return true;
	return openssl_bad_value(command, row, value,
				 "give a number, in decimal or as 0x1234, of 159 bits at most");
}

/* ---- times ---- */

static bool two_digits(const char *at, int *n)
{
	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
		return false;
	*n = (at[0] - '0') * 10 + at[1] - '0';
	return true;
}

/* Years of two digits are those of UTCTime (RFC 5280, 4.1.2.5.1). */
static bool parse_time(const char *text, int64_t *at)
{
	struct tm tm = { .tm_mday = 0 };
	int century = 0,
	    year, *const parts[] = { &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec };
	struct tm back;
	time_t t;

	if (strlen(text) == 15 && two_digits(text, &century))
		text += 2;
	if (strlen(text) != 13 || text[12] != 'Z' || !two_digits(text, &year))
		return false;
	if (century == 0)
		century = year < 50 ? 20 : 19;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!two_digits(text + 2 + 2 * i, parts[i]))
			return false;
	tm.tm_mon--;
	tm.tm_year = century * 100 + year - 1900;
	back = tm;
	t = timegm(&tm);
	*at = (int64_t)t;
	return tm.tm_mon == back.tm_mon && tm.tm_mday == back.tm_mday &&
	       tm.tm_hour == back.tm_hour && tm.tm_min == back.tm_min && tm.tm_sec == back.tm_sec;
}

bool issue_take_time(const struct openssl_command *command, const struct option_row *row,
		     const char *value, int64_t *at)
{
	if (strcmp(value, "today") == 0) {
		*at = (int64_t)time(NULL);
		return true;
	}
	return (parse_time(value, at) && *at >= 0) ||
	       openssl_bad_value(command, row, value, "give YYYYMMDDHHMMSSZ, or today");
}

bool issue_take_days(const struct openssl_command *command, const struct option_row *row,
		     const char *value, int64_t *days)
{
	return value_number(value, 0, 366 * 1000, days) ||
	       openssl_bad_value(command, row, value, "give a number of days");
}

/* ---- words ---- */

bool issue_take_copy(const struct openssl_command *command, const struct option_row *row,
		     const char *value, enum issue_copy *copy)
{
	static const char *const words[] = { "none", "copy", "copyall" };

	for (size_t i = 0; i < 3; i++)
		if (strcmp(words[i], value) == 0) {
			*copy = (enum issue_copy)i;
			return true;
		}
	return openssl_bad_value(command, row, value, "give none, copy or copyall");
}

enum ward_hash issue_hash(const char *name)
{
	if (strcmp(name, "sha512") == 0)
		return WARD_HASH_SHA512;
	return strcmp(name, "sha384") == 0 ? WARD_HASH_SHA384 : WARD_HASH_SHA256;
}

enum ward_hash issue_hash_for(const struct openssl_key *signer, enum ward_hash hash)
{
	return pubkey_type(signer->public) == KEY_ED25519 ? WARD_HASH_DEFAULT : hash;
}

/* ---- files ---- */

bool issue_read_conf(const struct openssl_command *command, const char *path, struct conf *conf)
{
	struct conf_fault fault;
	struct file_bytes bytes;
	bool ok;

	if (!openssl_read(command, path, &bytes))
		return false;
	ok = conf_parse(conf, span_make(bytes.data, bytes.len), &fault);
	file_bytes_clear(&bytes);
	return ok || openssl_fail(command, "put that line right, see config(5)", "%s:%u: %s", path,
				  fault.line, fault.text) == OPENSSL_FINE;
}

struct ward_csr *issue_read_csr(const struct openssl_command *command, const char *path)
{
	struct ward_error err = ERROR_NONE;
	struct file_bytes bytes;
	struct ward_csr *csr;

	if (!openssl_read(command, path, &bytes))
		return NULL;
	csr = ward_csr_parse(bytes.data, bytes.len, &err);
	file_bytes_clear(&bytes);
	if (csr == NULL)
		(void)openssl_fail_error(command, openssl_input_name(path), &err);
	return csr;
}

struct ward_cert *issue_read_cert(const struct openssl_command *command, const char *path)
{
	struct ward_error err = ERROR_NONE;
	struct ward_chain chain = { NULL, 0 };
	struct ward_cert *cert = NULL;
	struct file_bytes bytes;

	if (!openssl_read(command, path, &bytes))
		return NULL;
	if (ward_chain_parse(bytes.data, bytes.len, &chain, &err))
		cert = ward_cert_ref(chain.certs[0]);
	else
		(void)openssl_fail_error(command, openssl_input_name(path), &err);
	ward_chain_clear(&chain);
	file_bytes_clear(&bytes);
	return cert;
}

bool issue_key_fits(const struct openssl_command *command, const struct openssl_key *key,
		    const struct ward_cert *cert, const char *path)
{
	struct ward_error err = ERROR_NONE;

	if (key_check_cert(key->private, cert, &err))
		return true;
	(void)openssl_fail_error(command, path, &err);
	return false;
}

/* ---- making ---- */

static bool report(const struct issue *issue, const struct ward_error *err)
{
	return openssl_fail_error(issue->command, NULL, err) == OPENSSL_FINE;
}

bool issue_source(struct issue *issue, const struct conf *conf, struct ext_source *source)
{
	struct ward_error err = ERROR_NONE;

	if (issue->serial.len == 0) {
		if (!crypto_init(&err) || !make_serial(issue->serial.bytes, &err))
			return report(issue, &err);
		issue->serial.len = MAKE_SERIAL_LEN;
	}
	*source = (struct ext_source){ .conf = conf,
				       .subject = issue->subject,
				       .spki = issue->spki,
				       .serial = span_make(issue->serial.bytes, issue->serial.len),
				       .issuer = issue->issuer };
	return true;
}

bool issue_add_key_ids(struct issue *issue, const struct ext_source *source)
{
	struct ext_list *list = &issue->extensions;
	struct ward_error err = ERROR_NONE;
	bool ok = true;

	if (!ext_list_has(list, OID("\x55\x1d\x0e")))
		ok = ext_list_add(list, source, "subjectKeyIdentifier", "hash", &err);
	if (ok && issue->issuer != NULL && !ext_list_has(list, OID("\x55\x1d\x23")))
		ok = ext_list_add(list, source, "authorityKeyIdentifier", "keyid,issuer", &err);
	return ok || report(issue, &err);
}

static void set_times(const struct issue_validity *v, struct make_parts *parts)
{
	int64_t days = v->days < 0 ? ISSUE_DAYS : v->days;

	parts->not_before = v->not_before < 0 ? (int64_t)time(NULL) : v->not_before;
	parts->not_after = v->not_after < 0 ? parts->not_before + days * DAY : v->not_after;
}

struct ward_cert *issue_certificate(struct issue *issue)
{
	struct make_parts parts = { .serial = span_make(issue->serial.bytes, issue->serial.len),
				    .subject = issue->subject,
				    .issuer = issue->subject,
				    .spki = issue->spki };
	struct ward_error err = ERROR_NONE;
	struct ward_cert *cert = NULL;
	uint8_t *extensions;
	size_t len;

	if (issue->issuer != NULL)
		parts.issuer = issue->issuer->subject;
	set_times(&issue->validity, &parts);
	extensions = ext_list_join(&issue->extensions, &len, &err);
	parts.extensions = span_make(extensions, len);
	if (!error_is_set(&err))
		cert = make_from_parts(&parts, issue->signer->private,
				       issue_hash_for(issue->signer, issue->hash), &err);
	free(extensions);
	if (cert == NULL)
		(void)report(issue, &err);
	return cert;
}
