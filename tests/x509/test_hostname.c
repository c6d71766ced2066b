/*
 * Hosts against the names of a certificate (RFC 9525, section 6).
 */
#include "x509/hostname.h"

#include "support/cert_fields.h"

/* ---- whole certificates ---- */

#define NAMES(...)                                                                                 \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}

static const struct match_row {
	const char *name;
	const char *names[5];
	const char *host;
	bool matches;
} matches[] = {
	{ "the same name", NAMES("DNS:www.example.org"), "www.example.org", true },
	{ "case does not count", NAMES("DNS:WWW.Example.org"), "www.eXAMPLE.ORG", true },
	{ "the second of two", NAMES("DNS:a.example", "DNS:b.example"), "b.example", true },
	{ "another name", NAMES("DNS:www.example.org"), "example.org", false },
	{ "a name below", NAMES("DNS:example.org"), "www.example.org", false },
	{ "the same beginning", NAMES("DNS:www.example.org"), "www.example.org.evil.example",
	  false },
	{ "the same end", NAMES("DNS:example.org"), "notexample.org", false },
	{ "one label", NAMES("DNS:localhost"), "localhost", true },
	{ "an underscore", NAMES("DNS:my_app.example.org"), "my_app.example.org", true },

	/* 6.3: the dot of an absolute name */
	{ "a dot at the end of the host", NAMES("DNS:www.example.org"), "www.example.org.", true },
	{ "a dot at the end in the certificate", NAMES("DNS:www.example.org."), "www.example.org",
	  false },
	{ "a dot at the end of both", NAMES("DNS:www.example.org."), "www.example.org.", false },
	{ "two dots at the end", NAMES("DNS:www.example.org"), "www.example.org..", false },
	{ "a wildcard and a dot at the end", NAMES("DNS:*.example.org"), "www.example.org.", true },

	/* 6.3: wildcards */
	{ "a wildcard", NAMES("DNS:*.example.org"), "www.example.org", true },
	{ "a wildcard without regard to case", NAMES("DNS:*.EXAMPLE.org"), "WWW.example.ORG",
	  true },
	{ "a wildcard for two labels", NAMES("DNS:*.example.org"), "a.b.example.org", false },
	{ "a wildcard for no label", NAMES("DNS:*.example.org"), "example.org", false },
	{ "a wildcard for an empty label", NAMES("DNS:*.example.org"), ".example.org", false },
	{ "a wildcard above one label", NAMES("DNS:*.org"), "example.org", false },
	{ "a wildcard alone", NAMES("DNS:*"), "localhost", false },
	{ "a wildcard above nothing", NAMES("DNS:*."), "localhost.", false },
	{ "two wildcards", NAMES("DNS:*.*.example.org"), "a.b.example.org", false },
	{ "a wildcard in the second label", NAMES("DNS:www.*.org"), "www.example.org", false },
	{ "a wildcard within a label", NAMES("DNS:w*.example.org"), "www.example.org", false },
	{ "a wildcard at the end of a label", NAMES("DNS:*w.example.org"), "www.example.org",
	  false },
	{ "a wildcard for an A-label", NAMES("DNS:*.example.org"), "xn--bcher-kva.example.org",
	  true },
	{ "a wildcard within an A-label", NAMES("DNS:xn--*.example.org"),
	  "xn--bcher-kva.example.org", false },
	{ "a wildcard that is asked for", NAMES("DNS:www.example.org"), "*.example.org", false },
	{ "a wildcard above a number", NAMES("DNS:*.0.0.1"), "127.0.0.1", false },

	/* 6.2: names that are not ASCII come as A-labels */
	{ "an A-label", NAMES("DNS:xn--bcher-kva.example"), "xn--bcher-kva.example", true },
	{ "an A-label in upper case", NAMES("DNS:XN--BCHER-KVA.example"), "xn--bcher-kva.example",
	  true },
	{ "a U-label is not the A-label", NAMES("DNS:xn--bcher-kva.example"),
	  "b\xc3\xbc"
	  "cher.example",
	  false },

	/* 6.5: addresses */
	{ "an IPv4 address", NAMES("IP:192.0.2.1"), "192.0.2.1", true },
	{ "another IPv4 address", NAMES("IP:192.0.2.1"), "192.0.2.2", false },
	{ "an IPv6 address", NAMES("IP:2001:db8::1"), "2001:db8:0:0::1", true },
	{ "an IPv6 address in brackets", NAMES("IP:2001:db8::1"), "[2001:DB8::1]", true },
	{ "IPv4 within IPv6 is another address", NAMES("IP:192.0.2.1"), "::ffff:192.0.2.1", false },
	{ "an address as a DNS name", NAMES("DNS:192.0.2.1"), "192.0.2.1", false },
	{ "an IPv6 address as a DNS name", NAMES("DNS:2001:db8::1"), "2001:db8::1", false },
	{ "the bytes of an address as a name", NAMES("IP:97.98.99.100"), "abcd", false },
	{ "an address beside DNS names", NAMES("DNS:a.example", "IP:10.0.0.1"), "10.0.0.1", true },
	{ "an address with a dot at the end", NAMES("IP:192.0.2.1"), "192.0.2.1.", false },
	{ "a short form of an address", NAMES("IP:127.0.0.1", "DNS:127.1"), "127.1", false },
	{ "a number as an address", NAMES("IP:127.0.0.1", "DNS:2130706433"), "2130706433", false },
	{ "a hexadecimal address", NAMES("IP:127.0.0.1", "DNS:0x7f000001"), "0x7f000001", false },

	/* other kinds are no hosts */
	{ "a URI", NAMES("URI:https://www.example.org/"), "www.example.org", false },
	{ "a mail address", NAMES("EMAIL:www.example.org"), "www.example.org", false },

	/* hosts that are none */
	{ "no host", NAMES("DNS:a.example", "DNS:"), "", false },
	{ "a dot", NAMES("DNS:."), ".", false },
	{ "an empty label", NAMES("DNS:a..example"), "a..example", false },
	{ "a blank", NAMES("DNS:a b.example"), "a b.example", false },
	{ "a port", NAMES("DNS:a.example:443"), "a.example:443", false },
	{ "a label of 64 letters",
	  NAMES("DNS:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example"),
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example", false },
	{ "a label of 63 letters",
	  NAMES("DNS:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example"),
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example", true },
};

static void test_match(void **state)
{
	const struct match_row *row = *state;
	struct ward_cert *c = cert_with_names(row->names);

	assert_int_equal(ward_cert_matches_host(c, row->host), row->matches);
	ward_cert_free(c);
}

/* 6.4.4 of the RFC before, and gone since: the commonName is no host. */
static void test_common_name(void **state)
{
	/* CN=www.example.org */
	const struct cert_fields f = { .subject = "301a311830160603550403 0c0f"
						  "7777772e6578616d706c652e6f7267" };
	struct ward_cert *c = cert_fields_parse(&f);
	char name[32];

	(void)state;
	assert_string_equal(ward_cert_common_name(c, name, sizeof(name)), "www.example.org");
	assert_false(ward_cert_matches_host(c, "www.example.org"));
	ward_cert_free(c);
}

/* Labels of 63 and dots: 253 characters, then 254. */
static void test_longest(void **state)
{
	char name[4 + 256] = "DNS:";
	char *host = name + 4;
	const char *names[] = { name, NULL };
	struct ward_cert *c;

	(void)state;
	memset(host, 'a', 253);
	for (size_t i = 63; i < 253; i += 64)
		host[i] = '.';
	c = cert_with_names(names);
	assert_true(ward_cert_matches_host(c, host));
	ward_cert_free(c);
	host[253] = 'a';
	c = cert_with_names(names);
	assert_false(ward_cert_matches_host(c, host));
	ward_cert_free(c);
}

/* ---- parts ---- */

static const struct form_row {
	const char *name, *text;
	bool dns, strict, ip;
} forms[] = {
	{ "a name", "www.example.org", true, true, false },
	{ "an absolute name", "www.example.org.", true, false, false },
	{ "an underscore", "_acme.example.org", true, false, false },
	{ "a hyphen in front", "-a.example.org", true, false, false },
	{ "a hyphen behind", "a-.example.org", true, false, false },
	{ "a hyphen within", "a-b.example.org", true, true, false },
	{ "a number in front", "3com.example", true, true, false },
	{ "a number as the last label", "example.123", false, false, false },
	{ "a hexadecimal number as the last label", "example.0x1F", false, false, false },
	{ "0x alone", "example.0x", false, false, false },
	{ "letters behind 0x", "example.0xyz", true, true, false },
	{ "a wildcard", "*.example.org", false, false, false },
	{ "an address", "127.0.0.1", false, false, true },
	{ "an IPv6 address", "::1", false, false, true },
	{ "an IPv6 address in brackets", "[::1]", false, false, true },
	{ "nothing", "", false, false, false },
};

static void test_form(void **state)
{
	const struct form_row *row = *state;
	struct span name = table_bytes(row->text, strlen(row->text));

	assert_int_equal(hostname_is_dns(name), row->dns);
	assert_int_equal(hostname_is_strict(name), row->strict);
	assert_int_equal(host_is_ip(row->text), row->ip);
}

/* A NUL has never ended a name here: hosts are compared by their length. */
static void test_nul(void **state)
{
	struct span presented = table_bytes("example.org\0.evil.example", 25);
	struct span host = span_string("example.org");

	(void)state;
	assert_false(hostname_match(presented, host));
	assert_false(hostname_match(host, presented));
	assert_false(hostname_is_dns(presented));
	assert_false(hostname_equal(presented, host));
	assert_false(hostname_ends_with(host, presented));
	assert_true(hostname_ends_with(presented, span_string(".EVIL.example")));
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, matches, test_match);
	table_add(&t, "the commonName is no host", test_common_name, NULL);
	table_add(&t, "253 characters and no more", test_longest, NULL);
	TABLE_ADD(&t, forms, test_form);
	table_add(&t, "a NUL within a name", test_nul, NULL);
	return table_run(&t, "hostname");
}
