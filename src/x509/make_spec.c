/*
 * Judging what a certificate is asked to say, before it is made (RFC 5280, 4.1.2 and 4.2.1).
 *
 * Names are told apart by their form: an IP literal, "scheme://…" or "urn:…", "box@host", and all
 * else is a DNS name. Refused is what no client would match, so that a certificate that was made is
 * a certificate that works: wildcards elsewhere than as the first label, names that are not ASCII,
 * dots at the end.
 */
#include "x509/hostname.h"
#include "x509/ip.h"
#include "x509/make.h"
#include "x509/name.h"
#include "x509/name_make.h"
#include "x509/oid.h"
#include "x509/text.h"

enum {
	ATTRIBUTE_MAX = 64, /* characters: ub-common-name, ub-organization-name */
};

/* ---- names ---- */

static size_t find_byte(struct span s, char c)
{
	size_t i = 0;

	while (i < s.len && s.data[i] != (uint8_t)c)
		i++;
	return i;
}

/* From one place to another, the second left out. */
static struct span slice(struct span s, size_t from, size_t to)
{
	return span_make(s.data + from, to - from);
}

static bool check_characters(struct span s, const char *text, struct ward_error *err)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.data[i] >= 0x80)
			return FAILF(err, BAD_ARGUMENT,
				     "\"%s\": a name is ASCII; of others give the form that begins "
				     "with xn--",
				     text);
		if (s.data[i] <= ' ' || s.data[i] == 0x7f)
			return FAILF(err, BAD_ARGUMENT, "\"%s\" holds a blank or control character",
				     text);
	}
	return true;
}

static bool ends_with_dot(struct span s)
{
	return s.len > 0 && s.data[s.len - 1] == '.';
}

/* scheme ":" as RFC 3986, 3.1 has it: the place of the colon, or 0. */
static size_t scheme_len(struct span s)
{
	size_t colon = find_byte(s, ':');

	for (size_t i = 0; i < colon; i++) {
		uint8_t c = s.data[i] | 0x20;
		bool letter = c >= 'a' && c <= 'z';
		bool other = (s.data[i] >= '0' && s.data[i] <= '9') || s.data[i] == '+' ||
			     s.data[i] == '-' || s.data[i] == '.';

		if (!letter && (i == 0 || !other))
			return 0;
	}
	return colon < s.len ? colon : 0;
}

static bool is_uri(struct span s)
{
	size_t colon = scheme_len(s);

	if (colon == 0)
		return false;
	return hostname_equal(slice(s, 0, colon), SPAN_LITERAL("urn")) ||
	       (s.len > colon + 2 && s.data[colon + 1] == '/' && s.data[colon + 2] == '/');
}

static bool check_uri(struct span s, const char *text, struct ward_error *err)
{
	size_t rest = scheme_len(s) + 1;

	while (rest < s.len && s.data[rest] == '/')
		rest++;
	return rest < s.len || FAILF(err, BAD_ARGUMENT, "\"%s\": nothing behind the scheme", text);
}

static bool check_email(struct span s, const char *text, struct ward_error *err)
{
	size_t at = find_byte(s, '@');
	struct span host = slice(s, at + 1, s.len);

	if (at == 0 || !hostname_is_dns(host) || ends_with_dot(host))
		return FAILF(err, BAD_ARGUMENT, "\"%s\" is no mail address", text);
	return true;
}

static bool check_dns(struct span s, const char *text, struct ward_error *err)
{
	bool wildcard = s.len > 2 && s.data[0] == '*' && s.data[1] == '.';
	struct span base = wildcard ? slice(s, 2, s.len) : s;

	if (ends_with_dot(s))
		return FAILF(err, BAD_ARGUMENT, "\"%s\": no dot at the end of a name", text);
	if (find_byte(base, '*') < base.len)
		return FAILF(err, BAD_ARGUMENT,
			     "\"%s\": a wildcard is the whole first label, as in *.example.org",
			     text);
	if (!hostname_is_dns(base) || s.len > 253)
		return FAILF(err, BAD_ARGUMENT, "\"%s\" is no DNS name or IP address", text);
	if (wildcard && find_byte(base, '.') == base.len)
		return FAILF(err, BAD_ARGUMENT,
			     "\"%s\": a wildcard needs two labels or more behind it", text);
	return true;
}

bool spec_alt_name(const char *text, struct alt_name *name, struct ward_error *err)
{
	struct span s = span_string(text);

	*name = (struct alt_name){ .kind = WARD_SAN_IP, .text = s };
	if (s.len == 0)
		return FAILF(err, BAD_ARGUMENT, "an empty name");
	if (!check_characters(s, text, err))
		return false;
	name->address_len = ip_parse(s, name->address);
	if (name->address_len > 0)
		return true;
	if (is_uri(s)) {
		name->kind = WARD_SAN_URI;
		return check_uri(s, text, err);
	}
	if (find_byte(s, '@') < s.len) {
		name->kind = WARD_SAN_EMAIL;
		return check_email(s, text, err);
	}
	name->kind = WARD_SAN_DNS;
	return check_dns(s, text, err);
}

/* ---- fields ---- */

/* DirectoryString: one to 64 characters, none of which moves a cursor. */
static bool check_attribute(const char *field, const char *text, struct ward_error *err)
{
	struct span left = span_string(text);
	size_t count = 0;

	if (text == NULL)
		return true;
	for (; left.len > 0; count++) {
		int32_t c = utf8_next(&left);

		if (c < 0)
			return FAILF(err, BAD_ARGUMENT, "%s is not UTF-8", field);
		if (c < ' ' || (c >= 0x7f && c < 0xa0))
			return FAILF(err, BAD_ARGUMENT, "%s holds a control character", field);
	}
	if (count == 0 || count > ATTRIBUTE_MAX)
		return FAILF(err, BAD_ARGUMENT, "%s has %zu characters; 1 to %d are allowed", field,
			     count, ATTRIBUTE_MAX);
	return true;
}

static bool check_times(const struct ward_cert_spec *spec, struct ward_error *err)
{
	const int64_t year_1950 = -631152000;
	const int64_t end_of_9999 = 253402300799;

	if (spec->not_before > spec->not_after)
		return FAILF(err, BAD_ARGUMENT, "not_before is behind not_after");
	if (spec->not_before < year_1950 || spec->not_after > end_of_9999)
		return FAILF(err, BAD_ARGUMENT, "the years of a certificate are 1950 to 9999");
	return true;
}

/* ---- the subject ---- */

bool spec_subject_is_empty(const struct ward_cert_spec *spec)
{
	if (spec->subject_der != NULL)
		return spec->subject_der_len <= 2;
	return spec->common_name == NULL && spec->organization == NULL && spec->subject == NULL;
}

bool spec_write_subject(struct writer *w, const struct ward_cert_spec *spec, struct ward_error *err)
{
	if (spec->subject != NULL)
		return name_write_text(w, spec->subject, err);
	if (spec->subject_der != NULL) {
		writer_bytes(w, span_make(spec->subject_der, spec->subject_der_len));
		return true;
	}
	DER_WRITE (w, DER_SEQUENCE) {
		name_write_attribute(w, OID_ORGANIZATION, spec->organization);
		name_write_attribute(w, OID_COMMON_NAME, spec->common_name);
	}
	return true;
}

static bool check_subject_der(struct span der, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;

	name_check(der, &own);
	return !error_is_set(&own) ||
	       FAILF(err, BAD_ARGUMENT, "subject_der is no Name: %s", ward_reason_text(own.reason));
}

static bool check_subject_text(const struct ward_cert_spec *spec, struct ward_error *err)
{
	uint8_t buf[NAME_DER_MAX];
	struct ward_error own = ERROR_NONE;
	struct writer w = writer_make(buf, sizeof(buf), &own);

	if (!name_write_text(&w, spec->subject, err))
		return false;
	return !error_is_set(&own) || error_pass(err, &own);
}

static bool check_subject(const struct ward_cert_spec *spec, struct ward_error *err)
{
	bool parts = spec->common_name != NULL || spec->organization != NULL;

	if ((spec->subject != NULL) + (spec->subject_der != NULL) + parts > 1)
		return FAILF(err, BAD_ARGUMENT, "the subject is given more than once");
	if (spec->subject != NULL)
		return check_subject_text(spec, err);
	if (spec->subject_der != NULL)
		return check_subject_der(span_make(spec->subject_der, spec->subject_der_len), err);
	return check_attribute("common_name", spec->common_name, err) &&
	       check_attribute("organization", spec->organization, err);
}

/* ---- the whole ---- */

static bool check_names(const struct ward_cert_spec *spec, struct ward_error *err)
{
	struct alt_name name;

	for (size_t i = 0; spec->names != NULL && spec->names[i] != NULL; i++)
		if (!spec_alt_name(spec->names[i], &name, err))
			return false;
	if (spec_has(spec->names) || spec_instead_of(spec, OID_SUBJECT_ALT_NAME) != NULL)
		return true;
	if (spec->profile == WARD_PROFILE_SERVER || spec->profile == WARD_PROFILE_BOTH)
		return FAILF(err, BAD_ARGUMENT,
			     "a server's certificate needs names; clients do not look at the "
			     "common name");
	if (spec_subject_is_empty(spec))
		return FAILF(err, BAD_ARGUMENT, "neither a subject nor names");
	return true;
}

bool spec_check_request(const struct ward_cert_spec *spec, struct ward_error *err)
{
	if ((unsigned int)spec->profile > WARD_PROFILE_PLAIN)
		return FAILF(err, BAD_ARGUMENT, "no such profile: %d", (int)spec->profile);
	if ((unsigned int)spec->hash > WARD_HASH_SHA512)
		return FAILF(err, BAD_ARGUMENT, "no such hash: %d", (int)spec->hash);
	if (!check_subject(spec, err) || !spec_check_extensions(spec, err) ||
	    !check_names(spec, err))
		return false;
	if (spec->profile == WARD_PROFILE_CA && spec_subject_is_empty(spec))
		return FAILF(err, BAD_ARGUMENT, "a CA needs a subject");
	return spec_check_constraints(spec, err);
}

bool spec_check(const struct ward_cert_spec *spec, struct ward_error *err)
{
	return spec_check_request(spec, err) && check_times(spec, err) &&
	       spec_check_serial(spec, err);
}
