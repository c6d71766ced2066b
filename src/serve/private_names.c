/*
 * Names and addresses of private networks.
 */
#include "serve/private_names.h"

#include "x509/hostname.h"
#include "x509/ip.h"

#include <stdlib.h>

/* RFC 6761, 6762, 8375; ".internal" was reserved by ICANN. */
const char *const private_dns[] = { "localhost", "test", "local", "internal", "home.arpa", NULL };

/* Loopback, private and link-local addresses: RFC 1122, 1918, 3927, 4291, 4193. */
const char *const private_ip[] = { "127.0.0.0/8",    "10.0.0.0/8",     "172.16.0.0/12",
				   "192.168.0.0/16", "169.254.0.0/16", "::1/128",
				   "fc00::/7",       "fe80::/10",      NULL };

static bool in_network(const uint8_t *address, size_t len, const char *network)
{
	struct span text = span_string(network);
	const char *slash = strchr(network, '/');
	unsigned long bits = len * 8;
	uint8_t base[16];

	if (slash != NULL) {
		text.len = (size_t)(slash - network);
		bits = strtoul(slash + 1, NULL, 10);
	}
	if (ip_parse(text, base) != len)
		return false;
	for (size_t i = 0; i < len && bits > 0; i++) {
		unsigned int n = bits < 8 ? (unsigned int)bits : 8;
		unsigned int mask = (0xff00U >> n) & 0xff;

		if (((address[i] ^ base[i]) & mask) != 0)
			return false;
		bits -= n;
	}
	return true;
}

static bool below(struct span host, const char *suffix)
{
	struct span s = span_string(suffix);

	if (hostname_equal(host, s))
		return true;
	return host.len > s.len + 1 && host.data[host.len - s.len - 1] == '.' &&
	       hostname_ends_with(host, s);
}

bool private_names_permit(const char *const *dns, const char *const *ip, const char *host)
{
	uint8_t address[16];
	size_t len = ip_parse(span_string(host), address);

	if (len > 0) {
		for (size_t i = 0; ip[i] != NULL; i++)
			if (in_network(address, len, ip[i]))
				return true;
		return false;
	}
	if (!hostname_is_strict(span_string(host)))
		return false;
	for (size_t i = 0; dns[i] != NULL; i++)
		if (below(span_string(host), dns[i]))
			return true;
	return false;
}
