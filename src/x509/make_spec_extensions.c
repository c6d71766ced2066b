/*
 * Judging what a certificate is asked to say beside its names: constraints, where to ask, purposes,
 * the serial number, and extensions that are given as bytes (RFC 5280, 4.1.2.2 and 4.2).
 */
#include "x509/hostname.h"
#include "x509/ip.h"
#include "x509/make.h"
#include "x509/oid.h"

enum {
	PATH_LENGTH_MAX = 255, /* what the parser reads */
	SERIAL_MAX = 20,
	EXTENSIONS_MAX = 32, /* what the parser takes of those that it does not know */
};

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
	size_t slash = strcspn(text, "/");
	size_t len = ip_parse(span_make(text, slash), network->bytes);
	int bits = (int)len * 8;

	if (text[slash] == '/')
		bits = prefix_bits(span_string(text + slash + 1), len * 8);
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

/* ---- constraints ---- */

static bool is_host(const char *text)
{
	struct span s = span_string(text);

	return hostname_is_dns(s) && s.data[s.len - 1] != '.';
}

static bool check_permitted_dns(const char *text, struct ward_error *err)
{
	return is_host(text) ||
	       FAILF(err, BAD_ARGUMENT,
		     "\"%s\" is no DNS name such as example.org, which permits all below", text);
}

/* A host, or with a dot before it all below one (RFC 5280, 4.2.1.10). */
static bool check_permitted_host(const char *text, struct ward_error *err)
{
	return is_host(text[0] == '.' ? text + 1 : text) ||
	       FAILF(err, BAD_ARGUMENT, "\"%s\" is no host such as example.org or .example.org",
		     text);
}

static bool check_network(const char *text, struct ward_error *err)
{
	struct network network;

	return spec_network(text, &network, err);
}

static bool check_list(const char *const *list, bool (*check)(const char *, struct ward_error *),
		       struct ward_error *err)
{
	for (; list != NULL && *list != NULL; list++)
		if (!check(*list, err))
			return false;
	return true;
}

bool spec_check_constraints(const struct ward_cert_spec *spec, struct ward_error *err)
{
	bool any = spec_has(spec->permitted_dns) || spec_has(spec->permitted_ip) ||
		   spec_has(spec->permitted_email) || spec_has(spec->permitted_uri);

	if (spec->profile != WARD_PROFILE_CA)
		return !any || FAILF(err, BAD_ARGUMENT, "name constraints are for a CA");
	if (spec->path_length < -1 || spec->path_length > PATH_LENGTH_MAX)
		return FAILF(err, BAD_ARGUMENT, "path_length is %d; -1 to %d are allowed",
			     spec->path_length, PATH_LENGTH_MAX);
	return check_list(spec->permitted_dns, check_permitted_dns, err) &&
	       check_list(spec->permitted_ip, check_network, err) &&
	       check_list(spec->permitted_email, check_permitted_host, err) &&
	       check_list(spec->permitted_uri, check_permitted_host, err);
}

/* ---- the serial number ---- */

bool spec_check_serial(const struct ward_cert_spec *spec, struct ward_error *err)
{
	struct span s = span_make(spec->serial, spec->serial_len);
	size_t sign;

	if (spec->serial == NULL)
		return true;
	while (s.len > 0 && s.data[0] == 0)
		s = span_make(s.data + 1, s.len - 1);
	sign = s.len > 0 && s.data[0] >= 0x80 ? 1 : 0;
	if (s.len == 0)
		return FAILF(err, BAD_ARGUMENT, "the serial number is zero");
	return s.len + sign <= SERIAL_MAX ||
	       FAILF(err, BAD_ARGUMENT, "the serial number has %zu bytes; %d at most", s.len + sign,
		     SERIAL_MAX);
}

/* ---- extensions ---- */

static bool check_url(const char *text, struct ward_error *err)
{
	struct alt_name name;

	if (!spec_alt_name(text, &name, err))
		return false;
	return name.kind == WARD_SAN_URI ||
	       FAILF(err, BAD_ARGUMENT, "\"%s\" is no URL such as http://ca.example.org/ca.crl",
		     text);
}

static bool check_purpose(const char *text, struct ward_error *err)
{
	uint8_t oid[OID_TEXT_MAX];
	size_t len;

	return oid_parse(text, oid, &len) ||
	       FAILF(err, BAD_ARGUMENT, "\"%s\" is no purpose such as serverAuth, and no OID",
		     text);
}

static bool same_type(const struct ward_extension *e, struct span oid)
{
	uint8_t own[OID_TEXT_MAX];
	size_t len;

	return oid_parse(e->type, own, &len) && span_equal(span_make(own, len), oid);
}

const struct ward_extension *spec_instead_of(const struct ward_cert_spec *spec, struct span oid)
{
	for (size_t i = 0; i < spec->extension_count; i++)
		if (same_type(&spec->extensions[i], oid))
			return &spec->extensions[i];
	return NULL;
}

static bool check_given(const struct ward_cert_spec *spec, struct ward_error *err)
{
	uint8_t oid[OID_TEXT_MAX];
	size_t len;

	if (spec->extension_count > EXTENSIONS_MAX)
		return FAILF(err, BAD_ARGUMENT, "more than %d extensions", EXTENSIONS_MAX);
	for (size_t i = 0; i < spec->extension_count; i++) {
		const struct ward_extension *e = &spec->extensions[i];

		if (e->type == NULL || !oid_parse(e->type, oid, &len))
			return FAILF(err, BAD_ARGUMENT,
				     "\"%s\" is no extension such as keyUsage, and no OID",
				     e->type == NULL ? "" : e->type);
		if (spec_instead_of(spec, span_make(oid, len)) != e)
			return FAILF(err, BAD_ARGUMENT, "the extension %s is given twice", e->type);
	}
	return true;
}

bool spec_check_extensions(const struct ward_cert_spec *spec, struct ward_error *err)
{
	return check_list(spec->crl_urls, check_url, err) &&
	       check_list(spec->ocsp_urls, check_url, err) &&
	       check_list(spec->issuer_urls, check_url, err) &&
	       check_list(spec->purposes, check_purpose, err) && check_given(spec, err);
}
