/*
 * Matching a host with the subjectAltNames of a certificate (RFC 9525, section 6).
 *
 * The rules: an IP literal is compared with iPAddress entries alone and byte by byte, a DNS name
 * with dNSName entries alone, never with the commonName. A wildcard is the whole left-most label,
 * stands for one label, and has two labels or more behind it. Names that are not ASCII match
 * nothing: the caller gives A-labels. One dot at the end of the host is ignored, since it only says
 * that the name is absolute; one at the end of a presented name matches nothing. A host whose last
 * label is a number ("127.1", "0x7f000001") is an address to other programs and no name to us.
 */
#include "x509/hostname.h"

#include "x509/cert.h"
#include "x509/ip.h"

enum { NAME_MAX_LEN = 253, LABEL_MAX_LEN = 63 };

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

bool hostname_equal(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.data[i]) != lower(b.data[i]))
			return false;
	return true;
}

bool hostname_ends_with(struct span name, struct span suffix)
{
	return name.len >= suffix.len &&
	       hostname_equal(span_make(name.data + (name.len - suffix.len), suffix.len), suffix);
}

struct span hostname_relative(struct span name)
{
	if (name.len > 0 && name.data[name.len - 1] == '.')
		name.len--;
	return name;
}

/* Takes the left-most label and the dot behind it. */
static struct span take_label(struct span *name)
{
	size_t n = 0;
	size_t past;

	while (n < name->len && name->data[n] != '.')
		n++;
	past = n < name->len ? n + 1 : n;
	struct span label = span_make(name->data, n);

	*name = span_make(name->data + past, name->len - past);
	return label;
}

static bool label_is_dns(struct span label)
{
	if (label.len == 0 || label.len > LABEL_MAX_LEN)
		return false;
	for (size_t i = 0; i < label.len; i++) {
		uint8_t c = label.data[i];

		if (!is_letter(c) && !is_digit(c) && c != '-' && c != '_')
			return false;
	}
	return true;
}

/* A number as the URL standard has it: such a name would be read as an IPv4 address. */
static bool label_is_number(struct span label)
{
	size_t i = 0;

	if (label.len >= 2 && label.data[0] == '0' && lower(label.data[1]) == 'x') {
		for (i = 2; i < label.len; i++)
			if (!is_digit(label.data[i]) &&
			    (lower(label.data[i]) < 'a' || lower(label.data[i]) > 'f'))
				return false;
		return true;
	}
	while (i < label.len && is_digit(label.data[i]))
		i++;
	return i == label.len;
}

bool hostname_is_dns(struct span name)
{
	struct span label = SPAN_EMPTY;

	name = hostname_relative(name);
	if (name.len == 0 || name.len > NAME_MAX_LEN || name.data[name.len - 1] == '.')
		return false;
	while (name.len > 0) {
		label = take_label(&name);
		if (!label_is_dns(label))
			return false;
	}
	return !label_is_number(label);
}

bool hostname_is_strict(struct span name)
{
	if (!hostname_is_dns(name) || name.data[name.len - 1] == '.')
		return false;
	while (name.len > 0) {
		struct span label = take_label(&name);

		if (label.data[0] == '-' || label.data[label.len - 1] == '-')
			return false;
		for (size_t i = 0; i < label.len; i++)
			if (label.data[i] == '_')
				return false;
	}
	return true;
}

static bool is_wildcard(struct span name)
{
	return name.len > 2 && name.data[0] == '*' && name.data[1] == '.';
}

static bool has_dot(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.data[i] == '.')
			return true;
	return false;
}

/* Both without a dot at the end; host has passed hostname_is_dns. */
bool hostname_match(struct span presented, struct span host)
{
	struct span base;

	host = hostname_relative(host);
	if (presented.len == 0 || presented.data[presented.len - 1] == '.')
		return false;
	if (!is_wildcard(presented))
		return hostname_equal(presented, host);
	base = span_make(presented.data + 2, presented.len - 2);
	if (!has_dot(base) || !hostname_is_dns(base))
		return false;
	take_label(&host);
	return hostname_equal(base, host);
}

bool host_is_ip(const char *host)
{
	uint8_t address[16];

	return ip_parse(span_string(host), address) != 0;
}

bool ward_cert_matches_host(const struct ward_cert *cert, const char *host)
{
	struct ward_error err = ERROR_NONE;
	struct reader names = reader_make(cert->ext.alt_names, &err);
	struct span wanted = span_string(host);
	uint8_t address[16];
	size_t address_len = ip_parse(wanted, address);

	if (address_len == 0 && !hostname_is_dns(wanted))
		return false;
	while (reader_more(&names)) {
		struct general_name name = general_name_read(&names);

		if (address_len > 0 && name.kind == WARD_SAN_IP &&
		    span_equal(name.value, span_make(address, address_len)))
			return true;
		if (address_len == 0 && name.kind == WARD_SAN_DNS &&
		    hostname_match(name.value, wanted))
			return true;
	}
	return false;
}
