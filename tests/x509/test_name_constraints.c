/*
 * Name constraints (RFC 5280, 4.2.1.10): names of every kind against permitted and excluded
 * subtrees of a CA.
 */
#include "x509/name_constraints.h"

#include "support/cert_fields.h"

#define NAMES(...)                                                                                 \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}
#define NONE                                                                                       \
	{                                                                                          \
		NULL                                                                               \
	}

/* O=bc; O=bc,CN=ab; CN=ab */
#define DIR_O "300d310b3009060355040a0c026263"
#define DIR_O_CN "301a310b3009060355040a0c026263310b300906035504030c026162"
#define DIR_CN "300d310b300906035504030c026162"

/* SmtpUTF8Mailbox: two characters, U+5B66 U+751F, and a host */
#define UTF8_ORG "HEX:a02006082b06010505070809a0140c12e5ada6e7949f406578616d706c652e6f7267"
#define UTF8_A_ORG "HEX:a02206082b06010505070809a0160c14e5ada6e7949f40612e6578616d706c652e6f7267"
#define UTF8_UPPER_ORG "HEX:a02006082b06010505070809a0140c12e5ada6e7949f404558414d504c452e6f7267"
#define UTF8_U_LABEL "HEX:a02106082b06010505070809a0150c13e5ada6e7949f40c3a978616d706c652e6f7267"
#define UTF8_NO_HOST "HEX:a01406082b06010505070809a0080c06e5ada6e7949f"
#define UTF8_ASCII "HEX:a01b06082b06010505070809a00f0c0d61406578616d706c652e6f7267"
#define UTF8_IA5 "HEX:a02006082b06010505070809a0141612e5ada6e7949f406578616d706c652e6f7267"

static const struct allow_row {
	const char *name;
	const char *permitted[3], *excluded[3], *names[3];
	bool allowed;
} allows[] = {
	/* dNSName */
	{ "the name that is permitted", NAMES("DNS:example.org"), NONE, NAMES("DNS:example.org"),
	  true },
	{ "a name below", NAMES("DNS:example.org"), NONE, NAMES("DNS:a.b.example.org"), true },
	{ "case does not count", NAMES("DNS:EXAMPLE.org"), NONE, NAMES("DNS:a.example.ORG"), true },
	{ "the same letters at the end", NAMES("DNS:example.org"), NONE, NAMES("DNS:anexample.org"),
	  false },
	{ "a name above", NAMES("DNS:a.example.org"), NONE, NAMES("DNS:example.org"), false },
	{ "a dot in front: below", NAMES("DNS:.example.org"), NONE, NAMES("DNS:a.example.org"),
	  true },
	{ "a dot in front: not itself", NAMES("DNS:.example.org"), NONE, NAMES("DNS:example.org"),
	  false },
	{ "one of two permitted", NAMES("DNS:a.example", "DNS:b.example"), NONE,
	  NAMES("DNS:b.example"), true },
	{ "one name permitted, the other not", NAMES("DNS:a.example"), NONE,
	  NAMES("DNS:a.example", "DNS:b.example"), false },
	{ "everything is permitted", NAMES("DNS:"), NONE, NAMES("DNS:a.example"), true },
	{ "everything is excluded", NONE, NAMES("DNS:"), NAMES("DNS:a.example"), false },
	{ "excluded", NONE, NAMES("DNS:example.org"), NAMES("DNS:a.example.org"), false },
	{ "not excluded", NONE, NAMES("DNS:example.org"), NAMES("DNS:example.com"), true },
	{ "excluded within what is permitted", NAMES("DNS:example.org"), NAMES("DNS:a.example.org"),
	  NAMES("DNS:b.a.example.org"), false },
	{ "beside what is excluded", NAMES("DNS:example.org"), NAMES("DNS:a.example.org"),
	  NAMES("DNS:b.example.org"), true },

	/* wildcards */
	{ "a wildcard below what is permitted", NAMES("DNS:example.org"), NONE,
	  NAMES("DNS:*.example.org"), true },
	{ "a wildcard that reaches beyond", NAMES("DNS:a.example.org"), NONE,
	  NAMES("DNS:*.example.org"), false },
	{ "a wildcard that reaches what is excluded", NONE, NAMES("DNS:a.example.org"),
	  NAMES("DNS:*.example.org"), false },
	{ "a wildcard that does not reach two labels", NONE, NAMES("DNS:b.a.example.org"),
	  NAMES("DNS:*.example.org"), true },
	{ "a wildcard below what is excluded", NONE, NAMES("DNS:example.org"),
	  NAMES("DNS:*.a.example.org"), false },

	/* iPAddress */
	{ "an address in a network", NAMES("IP:10.0.0.0/8"), NONE, NAMES("IP:10.255.0.1"), true },
	{ "an address outside", NAMES("IP:10.0.0.0/8"), NONE, NAMES("IP:11.0.0.1"), false },
	{ "the end of a network that is no whole byte", NAMES("IP:10.0.0.0/9"), NONE,
	  NAMES("IP:10.127.255.255"), true },
	{ "one behind it", NAMES("IP:10.0.0.0/9"), NONE, NAMES("IP:10.128.0.0"), false },
	{ "IPv6 where IPv4 is permitted", NAMES("IP:10.0.0.0/8"), NONE, NAMES("IP:2001:db8::1"),
	  false },
	{ "IPv6 in a network", NAMES("IP:2001:db8::/32"), NONE, NAMES("IP:2001:db8:ffff::1"),
	  true },
	{ "every IPv4 address is excluded", NONE, NAMES("IP:0.0.0.0/0"), NAMES("IP:192.0.2.1"),
	  false },
	{ "IPv6 where IPv4 is excluded", NONE, NAMES("IP:0.0.0.0/0"), NAMES("IP:2001:db8::1"),
	  true },

	/* rfc822Name */
	{ "a mail box", NAMES("EMAIL:a@example.org"), NONE, NAMES("EMAIL:a@EXAMPLE.org"), true },
	{ "another mail box", NAMES("EMAIL:a@example.org"), NONE, NAMES("EMAIL:b@example.org"),
	  false },
	{ "the box in another case", NAMES("EMAIL:a@example.org"), NONE,
	  NAMES("EMAIL:A@example.org"), false },
	{ "all boxes of a host", NAMES("EMAIL:example.org"), NONE, NAMES("EMAIL:b@example.org"),
	  true },
	{ "a box of a host below", NAMES("EMAIL:example.org"), NONE, NAMES("EMAIL:b@a.example.org"),
	  false },
	{ "boxes of all hosts below", NAMES("EMAIL:.example.org"), NONE,
	  NAMES("EMAIL:b@a.example.org"), true },
	{ "not of the host itself", NAMES("EMAIL:.example.org"), NONE, NAMES("EMAIL:b@example.org"),
	  false },
	{ "an '@' in the box", NAMES("EMAIL:example.org"), NONE,
	  NAMES("EMAIL:\"b@example.org\"@evil.example"), false },
	{ "no mail box at all", NAMES("EMAIL:example.org"), NONE, NAMES("EMAIL:example.org"),
	  false },

	/* rfc822Name, and SmtpUTF8Mailbox in otherName (RFC 9598, 6) */
	{ "a UTF-8 box of a permitted host", NAMES("EMAIL:example.org"), NONE, NAMES(UTF8_ORG),
	  true },
	{ "a UTF-8 box, the host in another case", NAMES("EMAIL:example.org"), NONE,
	  NAMES(UTF8_UPPER_ORG), true },
	{ "a UTF-8 box of another host", NAMES("EMAIL:example.com"), NONE, NAMES(UTF8_ORG), false },
	{ "a UTF-8 box of a host below", NAMES("EMAIL:example.org"), NONE, NAMES(UTF8_A_ORG),
	  false },
	{ "UTF-8 boxes of all hosts below", NAMES("EMAIL:.example.org"), NONE, NAMES(UTF8_A_ORG),
	  true },
	{ "a UTF-8 box, not of the host itself", NAMES("EMAIL:.example.org"), NONE, NAMES(UTF8_ORG),
	  false },
	{ "a UTF-8 box of an excluded host", NONE, NAMES("EMAIL:example.org"), NAMES(UTF8_ORG),
	  false },
	{ "a UTF-8 box beside an excluded host", NONE, NAMES("EMAIL:example.com"), NAMES(UTF8_ORG),
	  true },
	{ "all mail is excluded", NONE, NAMES("EMAIL:"), NAMES(UTF8_ORG), false },
	{ "all mail is permitted", NAMES("EMAIL:"), NONE, NAMES(UTF8_ORG), true },
	{ "a UTF-8 box where one box is permitted", NAMES("EMAIL:a@example.org"), NONE,
	  NAMES(UTF8_ORG), false },
	{ "even if it is that box", NAMES("EMAIL:a@example.org"), NONE, NAMES(UTF8_ASCII), false },
	{ "a UTF-8 box at the host of an excluded box", NONE, NAMES("EMAIL:a@example.org"),
	  NAMES(UTF8_ORG), false },
	{ "a UTF-8 box elsewhere", NONE, NAMES("EMAIL:a@example.com"), NAMES(UTF8_ORG), true },
	{ "a UTF-8 box whose host is no A-label, permitted", NAMES("EMAIL:"), NONE,
	  NAMES(UTF8_U_LABEL), false },
	{ "a UTF-8 box whose host is no A-label, excluded", NONE, NAMES("EMAIL:example.com"),
	  NAMES(UTF8_U_LABEL), false },
	{ "a UTF-8 box without a host, permitted", NAMES("EMAIL:"), NONE, NAMES(UTF8_NO_HOST),
	  false },
	{ "a UTF-8 box without a host, excluded", NONE, NAMES("EMAIL:example.com"),
	  NAMES(UTF8_NO_HOST), false },
	{ "a UTF-8 box that is no UTF8String", NAMES("EMAIL:example.org"), NONE, NAMES(UTF8_IA5),
	  false },
	{ "a UTF-8 box where otherNames are permitted, too",
	  NAMES("EMAIL:example.org", "HEX:a00706012aa0020500"), NONE, NAMES(UTF8_ORG), false },
	{ "a UTF-8 box where otherNames are permitted first",
	  NAMES("HEX:a00706012aa0020500", "EMAIL:example.org"), NONE, NAMES(UTF8_ORG), false },
	{ "a UTF-8 box where otherNames are excluded", NONE, NAMES("HEX:a00706012aa0020500"),
	  NAMES(UTF8_ORG), false },
	{ "another otherName where mail boxes are permitted", NAMES("EMAIL:example.org"), NONE,
	  NAMES("HEX:a00706012aa0020500"), true },
	{ "a UTF-8 box where DNS names are permitted", NAMES("DNS:example.com"), NONE,
	  NAMES(UTF8_ORG), true },

	/* uniformResourceIdentifier */
	{ "the host of a URI", NAMES("URI:example.org"), NONE, NAMES("URI:https://example.org/x"),
	  true },
	{ "a host below", NAMES("URI:example.org"), NONE, NAMES("URI:https://a.example.org/x"),
	  false },
	{ "hosts below", NAMES("URI:.example.org"), NONE, NAMES("URI:https://a.example.org/x"),
	  true },
	{ "a port", NAMES("URI:example.org"), NONE, NAMES("URI:https://example.org:8443"), true },
	{ "a user", NAMES("URI:example.org"), NONE, NAMES("URI:https://u:p@example.org/"), true },
	{ "a user that looks like the host", NAMES("URI:example.org"), NONE,
	  NAMES("URI:https://example.org@evil.example/"), false },
	{ "the host in the query", NAMES("URI:example.org"), NONE,
	  NAMES("URI:https://evil.example?@example.org"), false },
	{ "the host in the fragment", NAMES("URI:example.org"), NONE,
	  NAMES("URI:https://evil.example#@example.org"), false },
	{ "a URI without a host", NAMES("URI:example.org"), NONE, NAMES("URI:urn:example.org"),
	  false },
	{ "a URI with an address", NAMES("URI:"), NONE, NAMES("URI:https://192.0.2.1/"), false },
	{ "a URI with an IPv6 address", NONE, NAMES("URI:example.org"), NAMES("URI:https://[::1]/"),
	  false },
	{ "a URI without a host where some are excluded", NONE, NAMES("URI:example.org"),
	  NAMES("URI:urn:a:b"), false },

	/* directoryName */
	{ "a directory name below", NAMES("DIR:" DIR_O), NONE, NAMES("DIR:" DIR_O_CN), true },
	{ "a directory name outside", NAMES("DIR:" DIR_O), NONE, NAMES("DIR:" DIR_CN), false },
	{ "an excluded directory name", NONE, NAMES("DIR:" DIR_O), NAMES("DIR:" DIR_O_CN), false },

	/* kinds that cannot be compared, and kinds that nothing speaks of */
	{ "an otherName where one is permitted", NAMES("HEX:a00706012aa0020500"), NONE,
	  NAMES("HEX:a00706012aa0020500"), false },
	{ "an otherName where one is excluded", NONE, NAMES("HEX:a00706012aa0020500"),
	  NAMES("HEX:a00706012aa0020500"), false },
	{ "a registeredID where DNS names are permitted", NAMES("DNS:a.example"), NONE,
	  NAMES("HEX:88012a"), true },
	{ "an address where DNS names are permitted", NAMES("DNS:a.example"), NONE,
	  NAMES("IP:192.0.2.1"), true },
	{ "a DNS name where mail boxes are permitted", NAMES("EMAIL:a.example"), NONE,
	  NAMES("DNS:b.example"), true },
};

static struct ward_cert *ca_of(const char *const *permitted, const char *const *excluded)
{
	return cert_with_constraints(permitted[0] == NULL ? NULL : permitted,
				     excluded[0] == NULL ? NULL : excluded);
}

static void test_allow(void **state)
{
	const struct allow_row *row = *state;
	struct ward_cert *ca = ca_of(row->permitted, row->excluded);
	struct ward_cert *c = cert_with_names(row->names);
	unsigned int budget = NAME_COMPARISONS_MAX;
	struct ward_error err = ERROR_NONE;

	assert_int_equal(name_constraints_allow(ca, c, &budget, &err), row->allowed);
	assert_int_equal(err.reason, row->allowed ? WARD_E_NONE : WARD_E_CERT_NAME_CONSTRAINTS);
	assert_true(budget < NAME_COMPARISONS_MAX);
	ward_cert_free(ca);
	ward_cert_free(c);
}

/* ---- the subject ---- */

static const struct subject_row {
	const char *name;
	const char *permitted[3];
	const char *subject;
	bool allowed;
} subjects[] = {
	{ "a subject below what is permitted", NAMES("DIR:" DIR_O), DIR_O_CN, true },
	{ "a subject outside", NAMES("DIR:" DIR_O), DIR_CN, false },
	{ "an empty subject", NAMES("DIR:" DIR_O), "3000", true },
	/* emailAddress=a@b.example and a@c.example, as IA5String */
	{ "a mail address in the subject", NAMES("EMAIL:b.example"),
	  "301c311a301806092a864886f70d010901160b6140622e6578616d706c65", true },
	{ "a mail address in the subject that is not permitted", NAMES("EMAIL:b.example"),
	  "301c311a301806092a864886f70d010901160b6140632e6578616d706c65", false },
	{ "the commonName is no DNS name", NAMES("DNS:b.example"), DIR_CN, true },
};

static void test_subject(void **state)
{
	const struct subject_row *row = *state;
	const struct cert_fields f = { .subject = row->subject };
	struct ward_cert *ca = cert_with_constraints(row->permitted, NULL);
	struct ward_cert *c = cert_fields_parse(&f);
	unsigned int budget = 100;
	struct ward_error err = ERROR_NONE;

	assert_int_equal(name_constraints_allow(ca, c, &budget, &err), row->allowed);
	assert_int_equal(err.reason, row->allowed ? WARD_E_NONE : WARD_E_CERT_NAME_CONSTRAINTS);
	ward_cert_free(ca);
	ward_cert_free(c);
}

static void test_no_constraints(void **state)
{
	static const char *const names[] = { "DNS:a.example", NULL };
	const struct cert_fields f = { 0 };
	struct ward_cert *ca = cert_fields_parse(&f);
	struct ward_cert *c = cert_with_names(names);
	unsigned int budget = 0;

	(void)state;
	assert_true(name_constraints_allow(ca, c, &budget, NULL));
	ward_cert_free(ca);
	ward_cert_free(c);
}

/* ---- errors and limits ---- */

static void test_detail(void **state)
{
	static const char *const permitted[] = { "DNS:example.org", NULL };
	static const char *const excluded[] = { "IP:10.0.0.0/8", NULL };
	static const char *const names[] = { "DNS:evil.example", NULL };
	static const char *const address[] = { "IP:10.1.2.3", NULL };
	struct ward_cert *ca = cert_with_constraints(permitted, excluded);
	struct ward_cert *c = cert_with_names(names);
	struct ward_cert *d = cert_with_names(address);
	struct ward_error err = ERROR_NONE;
	unsigned int budget = 100;

	(void)state;
	assert_false(name_constraints_allow(ca, c, &budget, &err));
	assert_string_equal(err.detail,
			    "\"evil.example\": evil.example is not permitted by \"CA\"");
	err = ERROR_NONE;
	assert_false(name_constraints_allow(ca, d, &budget, &err));
	assert_string_equal(err.detail, "\"serial 1001\": 10.1.2.3 is excluded by \"CA\"");
	ward_cert_free(ca);
	ward_cert_free(c);
	ward_cert_free(d);
}

/* Names times subtrees are counted, whether they are of the same kind or not. */
static void test_budget(void **state)
{
	static const char *const permitted[] = { "DNS:a.example", "DNS:b.example", NULL };
	static const char *const names[] = { "DNS:x.b.example", "DNS:y.b.example", NULL };
	struct ward_cert *ca = cert_with_constraints(permitted, NULL);
	struct ward_cert *c = cert_with_names(names);
	struct ward_error err = ERROR_NONE;
	unsigned int budget = 4;

	(void)state;
	assert_true(name_constraints_allow(ca, c, &budget, &err));
	assert_int_equal(budget, 0);
	budget = 3;
	assert_false(name_constraints_allow(ca, c, &budget, &err));
	assert_int_equal(err.reason, WARD_E_CERT_LIMIT);
	ward_cert_free(ca);
	ward_cert_free(c);
}

/* More names than are judged at once: the one that is wrong is found wherever it stands. */
static void test_many_names(void **state)
{
	enum { MANY = 200 };
	static const char *const permitted[] = { "DNS:a.example", NULL };
	static const char *const excluded[] = { "DNS:x.a.example", NULL };
	static const size_t places[] = { 0, 62, 63, 64, 65, 127, 128, MANY - 1 };
	static const char *const wrong[] = { "DNS:b.example", "DNS:x.a.example" };
	struct ward_cert *ca = cert_with_constraints(permitted, excluded);
	const char *names[MANY + 1] = { NULL };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(places) / sizeof(places[0]); i++) {
		struct ward_error err = ERROR_NONE;
		unsigned int budget = 2 * MANY;
		struct ward_cert *c;

		for (size_t j = 0; j < MANY; j++)
			names[j] = "DNS:y.a.example";
		c = cert_with_names(names);
		assert_true(name_constraints_allow(ca, c, &budget, NULL));
		assert_int_equal(budget, 0);
		ward_cert_free(c);
		names[places[i / 2]] = wrong[i % 2];
		c = cert_with_names(names);
		budget = 2 * MANY;
		assert_false(name_constraints_allow(ca, c, &budget, &err));
		assert_non_null(strstr(err.detail, wrong[i % 2] + strlen("DNS:")));
		assert_non_null(strstr(err.detail, i % 2 == 0 ? "not permitted" : "excluded"));
		ward_cert_free(c);
	}
	ward_cert_free(ca);
}

static void test_utf8_detail(void **state)
{
	static const char *const permitted[] = { "EMAIL:example.com", NULL };
	static const char *const names[] = { UTF8_ORG, NULL };
	struct ward_cert *ca = cert_with_constraints(permitted, NULL);
	struct ward_cert *c = cert_with_names(names);
	struct ward_error err = ERROR_NONE;
	unsigned int budget = 100;

	(void)state;
	assert_false(name_constraints_allow(ca, c, &budget, &err));
	assert_string_equal(err.detail, "\"serial 1001\": \xe5\xad\xa6\xe7\x94\x9f@example.org "
					"is not permitted by \"CA\"");
	ward_cert_free(ca);
	ward_cert_free(c);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, allows, test_allow);
	TABLE_ADD(&t, subjects, test_subject);
	table_add(&t, "a CA without constraints", test_no_constraints, NULL);
	table_add(&t, "errors name both certificates and the name", test_detail, NULL);
	table_add(&t, "the wrong one of many names", test_many_names, NULL);
	table_add(&t, "errors show mail boxes in UTF-8", test_utf8_detail, NULL);
	table_add(&t, "comparisons are counted", test_budget, NULL);
	return table_run(&t, "name_constraints");
}
