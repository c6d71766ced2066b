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
#include "x509/text.h"

enum {
	ATTRIBUTE_MAX = 64,    /* characters: ub-common-name, ub-organization-name */
	PATH_LENGTH_MAX = 255, /* what the parser reads */
	IPV4_LEN = 4,
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

/* ---- networks ---- */

/* The count of bits behind the slash, or -1. */
static int prefix_bits(struct span digits, size_t most)
{
	size_t bits = 0;

	if (digits.len == 0 || digits.len > 3 || (digits.len > 1 && digits.data[0] == '0'))
		return -1;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			return -1;
		bits = bits * 10 + (size_t)(digits.data[i] - '0');
	}
	return bits <= most ? (int)bits : -1;
}

bool spec_network(const char *text, struct network *network, struct ward_error *err)
{
	struct span s = span_string(text);
	size_t slash = find_byte(s, '/');
	size_t len = ip_parse(slice(s, 0, slash), network->bytes);
	int bits = (int)len * 8;

	if (slash < s.len)
		bits = prefix_bits(slice(s, slash + 1, s.len), len * 8);
	if (len == 0 || bits < 0)
		return FAILF(err, BAD_ARGUMENT, "\"%s\" is no network such as 10.0.0.0/8", text);
	network->len = 2 * len;
	for (size_t i = 0; i < len; i++) {
		int here = bits - (int)i * 8;
		int mask = here >= 8 ? 0xff : here <= 0 ? 0 : 0xff << (8 - here) & 0xff;

		if ((network->bytes[i] & ~mask) != 0)
			return FAILF(err, BAD_ARGUMENT,
				     "\"%s\": bits are set behind the length of the network", text);
		network->bytes[len + i] = (uint8_t)mask;
	}
	return true;
}

/* ---- the whole ---- */

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

static bool check_names(const struct ward_cert_spec *spec, struct ward_error *err)
{
	struct alt_name name;

	for (size_t i = 0; spec->names != NULL && spec->names[i] != NULL; i++)
		if (!spec_alt_name(spec->names[i], &name, err))
			return false;
	if (spec_has(spec->names))
		return true;
	if (spec->profile == WARD_PROFILE_SERVER || spec->profile == WARD_PROFILE_BOTH)
		return FAILF(err, BAD_ARGUMENT,
			     "a server's certificate needs names; clients do not look at the "
			     "common name");
	if (spec_subject_is_empty(spec))
		return FAILF(err, BAD_ARGUMENT, "neither a subject nor names");
	return true;
}

static bool check_permitted_dns(const char *text, struct ward_error *err)
{
	struct span s = span_string(text);

	if (!hostname_is_dns(s) || ends_with_dot(s))
		return FAILF(err, BAD_ARGUMENT,
			     "\"%s\" is no DNS name such as example.org, which permits all below",
			     text);
	return true;
}

static bool check_ca(const struct ward_cert_spec *spec, struct ward_error *err)
{
	struct network network;

	if (spec_subject_is_empty(spec))
		return FAILF(err, BAD_ARGUMENT, "a CA needs a subject");
	if (spec->path_length < -1 || spec->path_length > PATH_LENGTH_MAX)
		return FAILF(err, BAD_ARGUMENT, "path_length is %d; -1 to %d are allowed",
			     spec->path_length, PATH_LENGTH_MAX);
	for (size_t i = 0; spec->permitted_dns != NULL && spec->permitted_dns[i] != NULL; i++)
		if (!check_permitted_dns(spec->permitted_dns[i], err))
			return false;
	for (size_t i = 0; spec->permitted_ip != NULL && spec->permitted_ip[i] != NULL; i++)
		if (!spec_network(spec->permitted_ip[i], &network, err))
			return false;
	return true;
}

bool spec_check(const struct ward_cert_spec *spec, struct ward_error *err)
{
	if ((unsigned int)spec->profile > WARD_PROFILE_CA)
		return FAILF(err, BAD_ARGUMENT, "no such profile: %d", (int)spec->profile);
	if (!check_attribute("common_name", spec->common_name, err) ||
	    !check_attribute("organization", spec->organization, err) || !check_times(spec, err) ||
	    !check_names(spec, err))
		return false;
	if (spec->profile == WARD_PROFILE_CA)
		return check_ca(spec, err);
	if (spec_has(spec->permitted_dns) || spec_has(spec->permitted_ip))
		return FAILF(err, BAD_ARGUMENT, "name constraints are for a CA");
	return true;
}
