/*
 * What a certificate may be asked to say: every field that is refused, with the text, and networks.
 */
#include "support/cert_fields.h"
#include "x509/make.h"

#define FROM INT64_C(1767225600) /* 2026-01-01 */
#define TO INT64_C(1774915200)
#define OK .not_before = FROM, .not_after = TO
#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define SIXTY_FOUR "0123456789012345678901234567890123456789012345678901234567890123"

static const char *const host[] = { "www.example.org", NULL };

static const struct bad_row {
	const char *name;
	struct ward_cert_spec spec;
	const char *detail;
} bad[] = {
	{ "a profile that is none",
	  { .common_name = "x", .profile = (enum ward_profile)5, OK },
	  "no such profile: 5" },
	{ "a negative profile",
	  { .common_name = "x", .profile = (enum ward_profile) - 1, OK },
	  "no such profile: -1" },
	{ "an empty common name",
	  { .common_name = "", .names = host, OK },
	  "common_name has 0 characters; 1 to 64 are allowed" },
	{ "a common name of 65 characters",
	  { .common_name = SIXTY_FOUR "x", .names = host, OK },
	  "common_name has 65 characters; 1 to 64 are allowed" },
	{ "a common name that is no UTF-8",
	  { .common_name = "\xff", .names = host, OK },
	  "common_name is not UTF-8" },
	{ "a line feed in the common name",
	  { .common_name = "a\nb", .names = host, OK },
	  "common_name holds a control character" },
	{ "a C1 control in the organization",
	  { .organization = "a\xc2\x9b", .names = host, OK },
	  "organization holds a control character" },
	{ "an empty organization",
	  { .organization = "", .names = host, OK },
	  "organization has 0 characters; 1 to 64 are allowed" },
	{ "times in the wrong order",
	  { .common_name = "x", .names = host, .not_before = TO, .not_after = FROM },
	  "not_before is behind not_after" },
	{ "a time before 1950",
	  { .common_name = "x", .names = host, .not_before = -631152001, .not_after = TO },
	  "the years of a certificate are 1950 to 9999" },
	{ "a time behind 9999",
	  { .common_name = "x", .names = host, .not_before = FROM, .not_after = 253402300800 },
	  "the years of a certificate are 1950 to 9999" },
	{ "a server without names",
	  { .common_name = "www.example.org", OK },
	  "a server's certificate needs names; clients do not look at the common name" },
	{ "a client without anything",
	  { .profile = WARD_PROFILE_CLIENT, OK },
	  "neither a subject nor names" },
	{ "no subject and self-signed",
	  { .names = host, OK },
	  "a self-signed certificate needs a subject" },
	{ "a CA without a subject",
	  { .profile = WARD_PROFILE_CA, .names = host, OK },
	  "a CA needs a subject" },
	{ "a path length of -2",
	  { .common_name = "x", .profile = WARD_PROFILE_CA, .path_length = -2, OK },
	  "path_length is -2; -1 to 255 are allowed" },
	{ "a path length of 256",
	  { .common_name = "x", .profile = WARD_PROFILE_CA, .path_length = 256, OK },
	  "path_length is 256; -1 to 255 are allowed" },
	{ "constraints on a leaf",
	  { .common_name = "x", .names = host, .permitted_dns = LIST("a.example"), OK },
	  "name constraints are for a CA" },
	{ "an empty name", { .common_name = "x", .names = LIST(""), OK }, "an empty name" },
	{ "a name that is not ASCII",
	  { .common_name = "x",
	    .names = LIST("b\xc3\xbc"
			  "cher.example"),
	    OK },
	  "\"bücher.example\": a name is ASCII; of others give the form that begins with xn--" },
	{ "a blank in a name",
	  { .common_name = "x", .names = LIST("a b.example"), OK },
	  "\"a b.example\" holds a blank or control character" },
	{ "a dot at the end",
	  { .common_name = "x", .names = LIST("a.example."), OK },
	  "\"a.example.\": no dot at the end of a name" },
	{ "an empty label",
	  { .common_name = "x", .names = LIST("a..example"), OK },
	  "\"a..example\" is no DNS name or IP address" },
	{ "a port",
	  { .common_name = "x", .names = LIST("a.example:443"), OK },
	  "\"a.example:443\" is no DNS name or IP address" },
	{ "a wildcard alone",
	  { .common_name = "x", .names = LIST("*"), OK },
	  "\"*\": a wildcard is the whole first label, as in *.example.org" },
	{ "a wildcard above one label",
	  { .common_name = "x", .names = LIST("*.example"), OK },
	  "\"*.example\": a wildcard needs two labels or more behind it" },
	{ "a wildcard within a label",
	  { .common_name = "x", .names = LIST("w*.a.example"), OK },
	  "\"w*.a.example\": a wildcard is the whole first label, as in *.example.org" },
	{ "two wildcards",
	  { .common_name = "x", .names = LIST("*.*.a.example"), OK },
	  "\"*.*.a.example\": a wildcard is the whole first label, as in *.example.org" },
	{ "a wildcard above an address",
	  { .common_name = "x", .names = LIST("*.0.0.1"), OK },
	  "\"*.0.0.1\" is no DNS name or IP address" },
	{ "an address of three numbers",
	  { .common_name = "x", .names = LIST("127.0.1"), OK },
	  "\"127.0.1\" is no DNS name or IP address" },
	{ "a network",
	  { .common_name = "x", .names = LIST("10.0.0.0/8"), OK },
	  "\"10.0.0.0/8\" is no DNS name or IP address" },
	{ "a mail address without a box",
	  { .common_name = "x", .names = LIST("@a.example"), OK },
	  "\"@a.example\" is no mail address" },
	{ "a mail address without a host",
	  { .common_name = "x", .names = LIST("a@"), OK },
	  "\"a@\" is no mail address" },
	{ "two '@'",
	  { .common_name = "x", .names = LIST("a@b@c.example"), OK },
	  "\"a@b@c.example\" is no mail address" },
	{ "a URI without anything",
	  { .common_name = "x", .names = LIST("https://"), OK },
	  "\"https://\": nothing behind the scheme" },
	{ "a URN without anything",
	  { .common_name = "x", .names = LIST("urn:"), OK },
	  "\"urn:\": nothing behind the scheme" },
	{ "the second name is bad",
	  { .common_name = "x", .names = LIST("a.example", "b..example"), OK },
	  "\"b..example\" is no DNS name or IP address" },
	{ "a permitted name with a dot in front",
	  { .common_name = "x",
	    .profile = WARD_PROFILE_CA,
	    .permitted_dns = LIST(".a.example"),
	    OK },
	  "\".a.example\" is no DNS name such as example.org, which permits all below" },
	{ "a permitted wildcard",
	  { .common_name = "x",
	    .profile = WARD_PROFILE_CA,
	    .permitted_dns = LIST("*.a.example"),
	    OK },
	  "\"*.a.example\" is no DNS name such as example.org, which permits all below" },
	{ "a permitted network that is none",
	  { .common_name = "x", .profile = WARD_PROFILE_CA, .permitted_ip = LIST("10/8"), OK },
	  "\"10/8\" is no network such as 10.0.0.0/8" },
	{ "33 bits of IPv4",
	  { .common_name = "x",
	    .profile = WARD_PROFILE_CA,
	    .permitted_ip = LIST("10.0.0.0/33"),
	    OK },
	  "\"10.0.0.0/33\" is no network such as 10.0.0.0/8" },
	{ "no number behind the slash",
	  { .common_name = "x", .profile = WARD_PROFILE_CA, .permitted_ip = LIST("10.0.0.0/"), OK },
	  "\"10.0.0.0/\" is no network such as 10.0.0.0/8" },
	{ "a leading zero behind the slash",
	  { .common_name = "x",
	    .profile = WARD_PROFILE_CA,
	    .permitted_ip = LIST("10.0.0.0/08"),
	    OK },
	  "\"10.0.0.0/08\" is no network such as 10.0.0.0/8" },
	{ "bits behind the network",
	  { .common_name = "x",
	    .profile = WARD_PROFILE_CA,
	    .permitted_ip = LIST("10.0.0.1/8"),
	    OK },
	  "\"10.0.0.1/8\": bits are set behind the length of the network" },
};

static void test_bad(void **state)
{
	const struct bad_row *row = *state;
	struct ward_error err = ERROR_NONE;
	struct ward_key *key = ward_key_generate(WARD_KEY_ED25519, NULL);

	assert_non_null(key);
	assert_null(ward_cert_make(&row->spec, key, NULL, NULL, &err));
	ward_key_free(key);
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	if (strcmp(err.detail, row->detail) != 0)
		fail_msg("\"%s\" is not \"%s\"", err.detail, row->detail);
}

static const struct network_row {
	const char *name, *text, *hex; /* "": refused */
} networks[] = {
	{ "a byte", "10.0.0.0/8", "0a000000ff000000" },
	{ "everything", "0.0.0.0/0", "0000000000000000" },
	{ "bits within a byte", "192.0.2.128/25", "c0000280ffffff80" },
	{ "one address", "192.0.2.1/32", "c0000201ffffffff" },
	{ "one address without a slash", "192.0.2.1", "c0000201ffffffff" },
	{ "IPv6", "2001:db8::/33",
	  "20010db8000000000000000000000000ffffffff800000000000000000000000" },
	{ "every IPv6 address", "::/0",
	  "0000000000000000000000000000000000000000000000000000000000000000" },
	{ "a bit behind the length", "192.0.2.192/25", "" },
	{ "129 bits", "::/129", "" },
	{ "33 bits of IPv4", "0.0.0.0/33", "" },
	{ "two slashes", "10.0.0.0/8/8", "" },
	{ "a mask", "10.0.0.0/255.0.0.0", "" },
	{ "a negative length", "10.0.0.0/-1", "" },
	{ "a length of four digits", "10.0.0.0/0008", "" },
	{ "nothing", "", "" },
	{ "a slash", "/", "" },
};

static void test_network(void **state)
{
	const struct network_row *row = *state;
	struct network n = { .len = 0 };
	struct ward_error err = ERROR_NONE;
	bool ok = spec_network(row->text, &n, &err);

	assert_int_equal(ok, row->hex[0] != '\0');
	assert_int_equal(err.reason, ok ? WARD_E_NONE : WARD_E_BAD_ARGUMENT);
	if (ok)
		assert_span_equal(span_make(n.bytes, n.len), table_hex(row->hex));
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, bad, test_bad);
	TABLE_ADD(&t, networks, test_network);
	return table_run(&t, "make_spec");
}
