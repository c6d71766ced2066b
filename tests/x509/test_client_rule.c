/*
 * Rules about what a certificate says of its holder, against certificates.
 */
#include "x509/client_rule.h"

#include "support/cert_fields.h"
#include "wire/pem.h"

#include <stdio.h>
#include <string.h>

#define NAMES(...)                                                                                 \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}

static const struct match_row {
	const char *name;
	const char *names[4];
	const char *rule;
	bool matches;
} matches[] = {
	{ "dns: the same name", NAMES("DNS:a.example"), "dns:a.example", true },
	{ "dns: case does not count", NAMES("DNS:A.Example"), "dns:a.exAMPLE", true },
	{ "dns: the third of three", NAMES("DNS:b.example", "URI:x:a", "DNS:a.example"),
	  "dns:a.example", true },
	{ "dns: another name", NAMES("DNS:b.example"), "dns:a.example", false },
	{ "dns: a name below", NAMES("DNS:x.a.example"), "dns:a.example", false },
	{ "dns: a name above", NAMES("DNS:example"), "dns:a.example", false },
	{ "dns: the same end", NAMES("DNS:nota.example"), "dns:a.example", false },
	{ "dns: a name of another kind", NAMES("URI:a.example", "EMAIL:a.example"), "dns:a.example",
	  false },
	{ "dns: a dot at the end in the certificate", NAMES("DNS:a.example."), "dns:a.example",
	  false },
	{ "dns: a wildcard in the certificate is nobody", NAMES("DNS:*.a.example"),
	  "dns:x.a.example", false },
	{ "dns: a wildcard in both", NAMES("DNS:*.a.example"), "dns:*.a.example", false },
	{ "dns: a wildcard", NAMES("DNS:x.a.example"), "dns:*.a.example", true },
	{ "dns: a wildcard for no label", NAMES("DNS:a.example"), "dns:*.a.example", false },
	{ "dns: a wildcard for two labels", NAMES("DNS:x.y.a.example"), "dns:*.a.example", false },
	{ "dns: a wildcard for a part of a label", NAMES("DNS:xa.example"), "dns:*.a.example",
	  false },

	{ "uri: the same", NAMES("URI:spiffe://prod/ns/web"), "uri:spiffe://prod/ns/web", true },
	{ "uri: case counts", NAMES("URI:spiffe://prod/ns/Web"), "uri:spiffe://prod/ns/web",
	  false },
	{ "uri: more behind", NAMES("URI:spiffe://prod/ns/web2"), "uri:spiffe://prod/ns/web",
	  false },
	{ "uri: a beginning of it", NAMES("URI:spiffe://prod/ns"), "uri:spiffe://prod/ns/web",
	  false },
	{ "uri: another host", NAMES("URI:spiffe://test/ns/web"), "uri:spiffe://prod/ns/web",
	  false },
	{ "uri: a wildcard", NAMES("URI:spiffe://prod/ns/web"), "uri:spiffe://prod/ns/*", true },
	{ "uri: a wildcard for two parts", NAMES("URI:spiffe://prod/ns/web/x"),
	  "uri:spiffe://prod/ns/*", false },
	{ "uri: a wildcard for nothing", NAMES("URI:spiffe://prod/ns/"), "uri:spiffe://prod/ns/*",
	  false },
	{ "uri: a wildcard for the folder above", NAMES("URI:spiffe://prod/ns/.."),
	  "uri:spiffe://prod/ns/*", false },
	{ "uri: a wildcard for a query", NAMES("URI:spiffe://prod/ns/web?x"),
	  "uri:spiffe://prod/ns/*", false },
	{ "uri: a wildcard for a slash in disguise", NAMES("URI:spiffe://prod/ns/a%2fb"),
	  "uri:spiffe://prod/ns/*", false },
	{ "uri: a wildcard in the certificate", NAMES("URI:spiffe://prod/ns/*"),
	  "uri:spiffe://prod/ns/*", false },
	{ "uri: a wildcard in the certificate is nobody", NAMES("URI:spiffe://prod/*"),
	  "uri:spiffe://prod/web", false },

	{ "email: the same", NAMES("EMAIL:alice@example.org"), "email:alice@example.org", true },
	{ "email: case counts before the @", NAMES("EMAIL:Alice@example.org"),
	  "email:alice@example.org", false },
	{ "email: case does not count behind it", NAMES("EMAIL:alice@Example.ORG"),
	  "email:alice@example.org", true },
	{ "email: any at a host", NAMES("EMAIL:bob@example.org"), "email:*@example.org", true },
	{ "email: any at a host below", NAMES("EMAIL:bob@mail.example.org"), "email:*@example.org",
	  false },
	{ "email: two hosts", NAMES("EMAIL:bob@evil.example@example.org"), "email:*@example.org",
	  false },
	{ "email: nobody", NAMES("EMAIL:@example.org"), "email:*@example.org", false },
	{ "email: a wildcard in the certificate", NAMES("EMAIL:*@example.org"),
	  "email:bob@example.org", false },

	{ "ip: the same", NAMES("IP:192.0.2.7"), "ip:192.0.2.7", true },
	{ "ip: another", NAMES("IP:192.0.2.8"), "ip:192.0.2.7", false },
	{ "ip: in a network", NAMES("IP:192.0.2.7"), "ip:192.0.2.0/24", true },
	{ "ip: outside of a network", NAMES("IP:192.0.3.7"), "ip:192.0.2.0/24", false },
	{ "ip: a network of odd size, inside", NAMES("IP:10.15.255.255"), "ip:10.8.0.0/13", true },
	{ "ip: a network of odd size, outside", NAMES("IP:10.16.0.0"), "ip:10.8.0.0/13", false },
	{ "ip: any of version 4", NAMES("IP:203.0.113.9"), "ip:0.0.0.0/0", true },
	{ "ip: version 6 in a network of version 4", NAMES("IP:2001:db8::1"), "ip:0.0.0.0/0",
	  false },
	{ "ip: version 6", NAMES("IP:2001:db8::1"), "ip:2001:db8:0:0::1", true },
	{ "ip: version 6 in a network", NAMES("IP:2001:db8:5::1"), "ip:2001:db8::/32", true },
	{ "ip: an address as a DNS name", NAMES("DNS:192.0.2.7"), "ip:192.0.2.7", false },

	{ "cn: a subjectAltName is none", NAMES("DNS:alice"), "cn:alice", false },
	{ "pin: another key", NAMES("DNS:a.example"),
	  "pin:sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", false },
};

static void test_match(void **state)
{
	const struct match_row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct ward_cert *c = cert_with_names(row->names);

	assert_int_equal(ward_cert_matches_rule(c, row->rule, &err), row->matches);
	assert_int_equal(err.reason, WARD_E_NONE);
	ward_cert_free(c);
}

/* ---- the commonName ---- */

#define CN(tag, len, hex) "310c300a0603550403" tag len hex

static const struct subject_row {
	const char *name;
	const char *subject; /* a Name in hex */
	bool matches;        /* "cn:bob" */
} subjects[] = {
	{ "cn: as UTF-8", "300e" CN("0c", "03", "626f62"), true },
	{ "cn: as PrintableString", "300e" CN("13", "03", "626f62"), true },
	{ "cn: case counts", "300e" CN("0c", "03", "426f62"), false },
	{ "cn: a zero byte behind", "300f310d300b06035504030c04626f6200", false },
	{ "cn: as TeletexString, which can be read in many ways", "300e" CN("14", "03", "626f62"),
	  false },
	{ "cn: two of them", "301c" CN("0c", "03", "657665") CN("0c", "03", "626f62"), false },
	{ "cn: twice the same", "301c" CN("0c", "03", "626f62") CN("0c", "03", "626f62"), false },
	{ "cn: an organization of that name", "300e310c300a060355040a0c03626f62", false },
	{ "cn: no subject", "3000", false },
};

static void test_subject(void **state)
{
	const struct subject_row *row = *state;
	const struct cert_fields f = { .subject = row->subject };
	struct ward_error err = ERROR_NONE;
	struct ward_cert *c = cert_fields_parse(&f);

	assert_int_equal(ward_cert_matches_rule(c, "cn:bob", &err), row->matches);
	assert_int_equal(err.reason, WARD_E_NONE);
	ward_cert_free(c);
}

/* ---- rules that are none ---- */

static const struct malformed_row {
	const char *name;
	const char *rule;
} malformed[] = {
	{ "nothing", "" },
	{ "no kind", "a.example" },
	{ "an unknown kind", "user:alice" },
	{ "a kind in upper case", "DNS:a.example" },
	{ "dns: nothing", "dns:" },
	{ "dns: a blank", "dns:a example" },
	{ "dns: a dot at the end", "dns:a.example." },
	{ "dns: an address", "dns:192.0.2.7" },
	{ "dns: a wildcard alone", "dns:*" },
	{ "dns: a wildcard above one label", "dns:*.example" },
	{ "dns: a wildcard within a label", "dns:a*.a.example" },
	{ "dns: two wildcards", "dns:*.*.a.example" },
	{ "uri: nothing", "uri:" },
	{ "uri: no scheme", "uri:/ns/web" },
	{ "uri: a wildcard in the middle", "uri:spiffe://prod/*/web" },
	{ "uri: a wildcard for the host", "uri:spiffe://*"
					  "/web" },
	{ "uri: a wildcard within a part", "uri:spiffe://prod/ns/w*" },
	{ "uri: two wildcards", "uri:spiffe://prod/ns/**" },
	{ "uri: a blank", "uri:spiffe://prod/a b" },
	{ "email: no @", "email:alice" },
	{ "email: two", "email:a@b@example.org" },
	{ "email: a wildcard within the name", "email:a*@example.org" },
	{ "email: a wildcard for the host", "email:alice@*" },
	{ "ip: a name", "ip:a.example" },
	{ "ip: nothing", "ip:" },
	{ "ip: a prefix that is too long", "ip:192.0.2.0/33" },
	{ "ip: a prefix with a sign", "ip:192.0.2.0/+8" },
	{ "ip: no prefix", "ip:192.0.2.0/" },
	{ "ip: bits behind the prefix", "ip:192.0.2.7/24" },
	{ "cn: nothing", "cn:" },
	{ "pin: no hash", "pin:AAAA" },
	{ "pin: too short", "pin:sha256//AAAA" },
	{ "pin: no base64", "pin:sha256//!" },
	{ "pin: too long",
	  "pin:sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
};

static void test_malformed(void **state)
{
	const struct malformed_row *row = *state;
	static const char *const names[] = { "DNS:a.example", NULL };
	struct ward_error err = ERROR_NONE;
	struct ward_cert *c = cert_with_names(names);

	assert_false(ward_cert_matches_rule(c, row->rule, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	assert_true(err.detail[0] != '\0');
	ward_cert_free(c);
}

static void test_long_rule(void **state)
{
	static char rule[CLIENT_RULE_MAX_LEN + 2];
	struct ward_error err = ERROR_NONE;
	struct client_rule r;

	(void)state;
	memset(rule, 'a', sizeof(rule) - 1);
	memcpy(rule, "cn:", 3);
	assert_false(client_rule_parse(&r, span_string(rule), &err));
	err = ERROR_NONE;
	rule[CLIENT_RULE_MAX_LEN] = '\0';
	assert_true(client_rule_parse(&r, span_string(rule), &err));
}

/* ---- pins ---- */

static void test_pin(void **state)
{
	static const char *const names[] = { "DNS:a.example", NULL };
	struct ward_cert *c = cert_with_names(names);
	struct ward_error err = ERROR_NONE;
	char rule[80] = "pin:sha256//";
	uint8_t hash[32];
	size_t len = strlen(rule);

	(void)state;
	ward_cert_spki_hash(c, hash);
	len += base64_encode(rule + len, SPAN_ARRAY(hash), false);
	rule[len] = '\0';
	assert_true(ward_cert_matches_rule(c, rule, &err));
	rule[len - 2] = rule[len - 2] == '8' ? '4' : '8';
	assert_false(ward_cert_matches_rule(c, rule, &err));
	assert_int_equal(err.reason, WARD_E_NONE);
	ward_cert_free(c);
}

/* ---- what is told ---- */

static void test_names(void **state)
{
	static const char *const names[] = { "DNS:a.example", "URI:x:a", "IP:192.0.2.7",
					     "EMAIL:a@example.org", NULL };
	struct ward_cert *c = cert_with_names(names);
	char text[200];
	char small[8];

	(void)state;
	client_rule_names(c, text, sizeof(text));
	assert_non_null(strstr(text, "dns:a.example, uri:x:a, ip:192.0.2.7"));
	assert_non_null(strstr(text, "and more"));
	client_rule_names(c, small, sizeof(small));
	assert_true(strlen(small) < sizeof(small));
	ward_cert_free(c);
}

static void test_hostile_name(void **state)
{
	const struct cert_fields f = { .subject = "300f310d300b06035504030c04"
						  "1b5b324a" };
	struct ward_cert *c = cert_fields_parse(&f);
	char text[200];

	(void)state;
	assert_string_equal(client_rule_names(c, text, sizeof(text)), "cn:\\1B[2J");
	ward_cert_free(c);
}

int main(void)
{
	static struct table t;

	TABLE_ADD(&t, matches, test_match);
	TABLE_ADD(&t, subjects, test_subject);
	TABLE_ADD(&t, malformed, test_malformed);
	table_add(&t, "a rule of more than 2048 bytes", test_long_rule, NULL);
	table_add(&t, "pin: the key of the certificate", test_pin, NULL);
	table_add(&t, "the first names are told", test_names, NULL);
	table_add(&t, "a name is told without what a terminal would obey", test_hostile_name, NULL);
	return table_run(&t, "rules on clients");
}
