/*
 * Rules about what a certificate says of its holder. See client_rule.h.
 *
 * What is compared how (RFC 5280, 7): DNS names and the hosts of mail addresses without regard to
 * case, all else byte by byte. Nothing is normalised: a name that is written in another way than the
 * rule does not match it.
 */
#include "x509/client_rule.h"

#include <string.h>

#include "wire/pem.h"
#include "x509/cert.h"
#include "x509/hostname.h"
#include "x509/ip.h"
#include "x509/name.h"
#include "x509/oid.h"
#include "x509/text.h"

/* ---- parsing ---- */

static const char *const prefixes[] = {
	[CLIENT_RULE_DNS] = "dns:", [CLIENT_RULE_URI] = "uri:", [CLIENT_RULE_EMAIL] = "email:",
	[CLIENT_RULE_IP] = "ip:",   [CLIENT_RULE_CN] = "cn:",   [CLIENT_RULE_PIN] = "pin:",
};

static bool starts_with(struct span s, struct span start)
{
	return s.len >= start.len && span_equal(span_make(s.data, start.len), start);
}

static struct span behind(struct span s, size_t n)
{
	return span_make(s.data + n, s.len - n);
}

/* The place of a byte, or s.len. */
static size_t place_of(struct span s, char c)
{
	const uint8_t *at = s.len == 0 ? NULL : memchr(s.data, c, s.len);

	return at == NULL ? s.len : (size_t)(at - s.data);
}

static bool is_visible(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] <= 0x20 || s.data[i] >= 0x7f)
			return false;
	return s.len > 0;
}

static bool has_wildcard_label(struct span name)
{
	return starts_with(name, SPAN_LITERAL("*."));
}

static bool parse_dns(const struct client_rule *r, struct ward_error *err)
{
	struct span v = r->value;
	bool wild = has_wildcard_label(v);
	struct span base = wild ? behind(v, 2) : v;

	if (!hostname_is_dns(base) || base.data[base.len - 1] == '.')
		return FAILF(err, BAD_ARGUMENT, "\"dns:\" is followed by a DNS name");
	if (wild && place_of(base, '.') == base.len)
		return FAILF(err, BAD_ARGUMENT, "a wildcard stands before two labels or more");
	return true;
}

static bool parse_uri(const struct client_rule *r, struct ward_error *err)
{
	struct span v = r->value;
	size_t star = place_of(v, '*');

	if (!is_visible(v) || place_of(v, ':') == 0 || place_of(v, ':') == v.len)
		return FAILF(err, BAD_ARGUMENT, "\"uri:\" is followed by a URI");
	if (star < v.len && (star + 1 != v.len || star == 0 || v.data[star - 1] != '/'))
		return FAILF(err, BAD_ARGUMENT, "a wildcard is the whole last part of a path");
	return true;
}

/* The host of "local@host"; false unless there is one of both. */
static bool split_mail(struct span mail, struct span *local, struct span *host)
{
	size_t at = place_of(mail, '@');

	if (at == 0 || at + 1 >= mail.len)
		return false;
	*local = span_make(mail.data, at);
	*host = behind(mail, at + 1);
	return place_of(*host, '@') == host->len && hostname_is_dns(*host) &&
	       host->data[host->len - 1] != '.';
}

static bool parse_email(const struct client_rule *r, struct ward_error *err)
{
	struct span local, host;

	if (!is_visible(r->value) || !split_mail(r->value, &local, &host) ||
	    (local.len > 1 && place_of(local, '*') < local.len))
		return FAILF(err, BAD_ARGUMENT,
			     "\"email:\" is followed by an address, or by *@ and a host");
	return true;
}

/* Decimal, without a sign or a zero in front; -1 if it is none, or above most. */
static int small_number(struct span s, unsigned int most)
{
	unsigned int n = 0;

	if (s.len == 0 || s.len > 3 || (s.len > 1 && s.data[0] == '0'))
		return -1;
	for (size_t i = 0; i < s.len; i++) {
		if (s.data[i] < '0' || s.data[i] > '9')
			return -1;
		n = 10 * n + (unsigned int)(s.data[i] - '0');
	}
	return n > most ? -1 : (int)n;
}

static bool bit_of(const uint8_t *bytes, size_t i)
{
	return bytes[i / 8] >> (7 - i % 8) & 1;
}

static bool parse_ip(struct client_rule *r, struct ward_error *err)
{
	size_t slash = place_of(r->value, '/');
	int prefix;

	r->address_len = ip_parse(span_make(r->value.data, slash), r->address);
	prefix = (int)(8 * r->address_len);
	if (slash < r->value.len)
		prefix = small_number(behind(r->value, slash + 1), (unsigned int)prefix);
	if (r->address_len == 0 || prefix < 0)
		return FAILF(err, BAD_ARGUMENT, "\"ip:\" is followed by an address or a network");
	r->prefix = (unsigned int)prefix;
	for (size_t i = r->prefix; i < 8 * r->address_len; i++)
		if (bit_of(r->address, i))
			return FAILF(err, BAD_ARGUMENT,
				     "the address of a network has bits behind its prefix");
	return true;
}

static bool parse_cn(const struct client_rule *r, struct ward_error *err)
{
	return r->value.len > 0 || FAILF(err, BAD_ARGUMENT, "\"cn:\" is followed by a name");
}

static bool parse_pin(struct client_rule *r, struct ward_error *err)
{
	struct span prefix = SPAN_LITERAL("sha256//");
	struct span text;
	uint8_t hash[64];
	size_t len = 0;

	if (!starts_with(r->value, prefix))
		return FAILF(err, BAD_ARGUMENT, "\"pin:\" is followed by sha256// and base64");
	text = behind(r->value, prefix.len);
	if (base64_decoded_max(text.len) > sizeof(hash) ||
	    !base64_decode(hash, &len, text, false, NULL) || len != sizeof(r->pin))
		return FAILF(err, BAD_ARGUMENT, "a pin is the base64 of a SHA-256 hash");
	memcpy(r->pin, hash, sizeof(r->pin));
	return true;
}

static bool parse_value(struct client_rule *r, struct ward_error *err)
{
	switch (r->kind) {
	case CLIENT_RULE_DNS:
		return parse_dns(r, err);
	case CLIENT_RULE_URI:
		return parse_uri(r, err);
	case CLIENT_RULE_EMAIL:
		return parse_email(r, err);
	case CLIENT_RULE_IP:
		return parse_ip(r, err);
	case CLIENT_RULE_CN:
		return parse_cn(r, err);
	case CLIENT_RULE_PIN:
		return parse_pin(r, err);
	}
	return FAIL(err, INTERNAL);
}

bool client_rule_parse(struct client_rule *r, struct span text, struct ward_error *err)
{
	*r = (struct client_rule){ .value = SPAN_EMPTY };
	if (text.len > CLIENT_RULE_MAX_LEN)
		return FAILF(err, BAD_ARGUMENT, "a rule has at most %d bytes", CLIENT_RULE_MAX_LEN);
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		struct span prefix = span_string(prefixes[i]);

		if (!starts_with(text, prefix))
			continue;
		r->kind = (enum client_rule_kind)i;
		r->value = behind(text, prefix.len);
		return parse_value(r, err);
	}
	return FAILF(err, BAD_ARGUMENT, "a rule begins with dns:, uri:, email:, ip:, cn: or pin:");
}

/* ---- matching ---- */

static bool match_dns(struct span rule, struct span name)
{
	if (!hostname_is_dns(name) || name.data[name.len - 1] == '.')
		return false;
	return has_wildcard_label(rule) ? hostname_match(rule, name) : hostname_equal(rule, name);
}

/* What may stand for the wildcard: one part of a path, which reads in no other way. */
static bool is_path_part(struct span s)
{
	static const char not_in_it[] = "/?#%*";

	if (!is_visible(s) || span_equal(s, SPAN_LITERAL(".")) || span_equal(s, SPAN_LITERAL("..")))
		return false;
	for (size_t i = 0; not_in_it[i] != '\0'; i++)
		if (place_of(s, not_in_it[i]) < s.len)
			return false;
	return true;
}

static bool match_uri(struct span rule, struct span name)
{
	struct span start;

	if (rule.data[rule.len - 1] != '*')
		return span_equal(rule, name);
	start = span_make(rule.data, rule.len - 1);
	return starts_with(name, start) && is_path_part(behind(name, start.len));
}

static bool match_email(struct span rule, struct span name)
{
	struct span rule_local, rule_host, local, host;

	return split_mail(rule, &rule_local, &rule_host) && is_visible(name) &&
	       split_mail(name, &local, &host) && hostname_equal(rule_host, host) &&
	       (span_equal(rule_local, SPAN_LITERAL("*")) || span_equal(rule_local, local));
}

static bool match_ip(const struct client_rule *r, struct span address)
{
	if (address.len != r->address_len)
		return false;
	for (size_t i = 0; i < r->prefix; i++)
		if (bit_of(address.data, i) != bit_of(r->address, i))
			return false;
	return true;
}

static bool match_name(const struct client_rule *r, const struct general_name *name)
{
	switch (r->kind) {
	case CLIENT_RULE_DNS:
		return name->kind == WARD_SAN_DNS && match_dns(r->value, name->value);
	case CLIENT_RULE_URI:
		return name->kind == WARD_SAN_URI && match_uri(r->value, name->value);
	case CLIENT_RULE_EMAIL:
		return name->kind == WARD_SAN_EMAIL && match_email(r->value, name->value);
	case CLIENT_RULE_IP:
		return name->kind == WARD_SAN_IP && match_ip(r, name->value);
	case CLIENT_RULE_CN:
	case CLIENT_RULE_PIN:
		break;
	}
	return false;
}

static bool match_names(const struct client_rule *r, const struct ward_cert *cert)
{
	struct ward_error err = ERROR_NONE;
	struct reader names = reader_make(cert->ext.alt_names, &err);

	while (reader_more(&names)) {
		struct general_name name = general_name_read(&names);

		if (match_name(r, &name))
			return true;
	}
	return false;
}

static bool is_plain_string(int tag)
{
	return tag == DER_UTF8_STRING || tag == DER_PRINTABLE_STRING || tag == DER_IA5_STRING;
}

/* The one commonName of the subject; of two nobody knows which is meant. */
static bool match_cn(const struct client_rule *r, const struct ward_cert *cert)
{
	struct name_walk w;
	struct name_attribute a;
	size_t count = 0;
	bool same = false;

	name_walk_start(&w, cert->subject);
	while (name_walk_next(&w, &a)) {
		if (!span_equal(a.type, OID_COMMON_NAME))
			continue;
		count++;
		same = is_plain_string(a.tag) && span_equal(a.value, r->value);
	}
	return count == 1 && same;
}

bool client_rule_matches_pin(const struct client_rule *r, const uint8_t pin[32])
{
	return r->kind == CLIENT_RULE_PIN && span_equal(span_make(pin, 32), SPAN_ARRAY(r->pin));
}

static bool match_pin(const struct client_rule *r, const struct ward_cert *cert)
{
	uint8_t hash[32];

	ward_cert_spki_hash(cert, hash);
	return client_rule_matches_pin(r, hash);
}

bool client_rule_matches(const struct client_rule *r, const struct ward_cert *cert)
{
	if (r->kind == CLIENT_RULE_CN)
		return match_cn(r, cert);
	if (r->kind == CLIENT_RULE_PIN)
		return match_pin(r, cert);
	return match_names(r, cert);
}

bool ward_cert_matches_rule(const struct ward_cert *cert, const char *rule, struct ward_error *err)
{
	struct client_rule r;

	return client_rule_parse(&r, span_string(rule), err) && client_rule_matches(&r, cert);
}

/* ---- telling ---- */

static const char *prefix_of(int san_kind)
{
	switch (san_kind) {
	case WARD_SAN_DNS:
		return prefixes[CLIENT_RULE_DNS];
	case WARD_SAN_URI:
		return prefixes[CLIENT_RULE_URI];
	case WARD_SAN_EMAIL:
		return prefixes[CLIENT_RULE_EMAIL];
	case WARD_SAN_IP:
		return prefixes[CLIENT_RULE_IP];
	default:
		return NULL;
	}
}

static void put_name(struct text *t, bool *first, const char *prefix, const char *name)
{
	if (!*first)
		text_put(t, ", ");
	*first = false;
	text_put(t, prefix);
	text_put(t, name);
}

char *client_rule_names(const struct ward_cert *cert, char *buf, size_t size)
{
	enum { TOLD_MAX = 3 };
	struct text t = text_make(buf, size);
	bool first = true;
	char name[128];

	for (size_t i = 0; i < TOLD_MAX; i++) {
		const char *prefix = prefix_of(ward_cert_san(cert, i, name, sizeof(name)));

		if (prefix != NULL)
			put_name(&t, &first, prefix, name);
	}
	ward_cert_common_name(cert, name, sizeof(name));
	if (name[0] != '\0')
		put_name(&t, &first, prefixes[CLIENT_RULE_CN], name);
	if (ward_cert_san_count(cert) > TOLD_MAX)
		text_put(&t, ", and more");
	return buf;
}
