/*
 * Hosts as users type and paste them.
 */
#include "cli/target.h"

#include <stdlib.h>
#include <string.h>

#include "support/table.h"

struct target_row {
	const char *name;
	const char *text;
	const char *host; /* NULL: refused */
	const char *port;
	const char *shown; /* as target_text has it */
	const char *starttls;
};

static const struct target_row targets[] = {
	{ "a name", "example.org", "example.org", "443", "example.org:443" },
	{ "a name with a port", "example.org:8443", "example.org", "8443", "example.org:8443" },
	{ "an IPv4 address", "192.0.2.1:993", "192.0.2.1", "993", "192.0.2.1:993" },
	{ "an IPv6 address", "2001:db8::1", "2001:db8::1", "443", "[2001:db8::1]:443" },
	{ "an IPv6 address in brackets", "[::1]", "::1", "443", "[::1]:443" },
	{ "an IPv6 address with a port", "[::1]:8443", "::1", "8443", "[::1]:8443" },
	{ "a URL", "https://example.org", "example.org", "443", "example.org:443" },
	{ "a URL with all that it can have", "HTTPS://example.org:8443/a/b?c#d", "example.org",
	  "8443", "example.org:8443" },
	{ "a URL with a query right away", "https://example.org?a:b", "example.org", "443",
	  "example.org:443" },
	{ "a URL with an IPv6 address", "https://[::1]:8443/", "::1", "8443", "[::1]:8443" },
	{ "mail", "smtps://mail.example", "mail.example", "465", "mail.example:465" },
	{ "a path without a scheme", "example.org/a:b", "example.org", "443", "example.org:443" },
	{ "nothing", "", NULL, NULL, NULL },
	{ "a port alone", ":443", NULL, NULL, NULL },
	{ "a scheme alone", "https://", NULL, NULL, NULL },
	{ "a scheme without TLS", "http://example.org", NULL, NULL, NULL },
	{ "a scheme that asks for TLS first", "smtp://example.org", "example.org", "25",
	  "example.org:25", "smtp" },
	{ "the same with a port", "postgres://[::1]:5433/", "::1", "5433", "[::1]:5433",
	  "postgres" },
	{ "an unknown scheme", "gopher://example.org", NULL, NULL, NULL },
	{ "a port that is empty", "example.org:", NULL, NULL, NULL },
	{ "port zero", "example.org:0", NULL, NULL, NULL },
	{ "a port that is too large", "example.org:65536", NULL, NULL, NULL },
	{ "a port with many digits", "example.org:4430000000000", NULL, NULL, NULL },
	{ "a port by name", "example.org:https", NULL, NULL, NULL },
	{ "a bracket that stays open", "[::1", NULL, NULL, NULL },
	{ "something behind a bracket", "[::1]x", NULL, NULL, NULL },
	{ "empty brackets", "[]:443", NULL, NULL, NULL },
	{ "a user", "user@example.org", NULL, NULL, NULL },
	{ "a blank", "example .org", NULL, NULL, NULL },
	{ "letters beyond ASCII", "b\303\274cher.example", NULL, NULL, NULL },
	{ "a control character", "example\033.org", NULL, NULL, NULL },
};

static void test_target(void **state)
{
	const struct target_row *row = *state;
	struct target target;
	const char *cause = NULL, *remedy = NULL;
	char shown[300];
	bool ok = target_parse(row->text, &target, &cause, &remedy);

	assert_int_equal(ok, row->host != NULL);
	if (!ok) {
		assert_true(cause != NULL && cause[0] != '\0');
		assert_true(remedy != NULL && remedy[0] != '\0');
		return;
	}
	assert_string_equal(target.host, row->host);
	assert_string_equal(target.verify, row->host);
	assert_string_equal(target.port, row->port);
	assert_int_equal(target.port_number, strtol(row->port, NULL, 10));
	assert_string_equal(target_text(&target, shown, sizeof(shown)), row->shown);
	assert_int_equal(target.starttls == NULL, row->starttls == NULL);
	if (row->starttls != NULL)
		assert_string_equal(target.starttls, row->starttls);
}

static void test_zone(void **state)
{
	struct target target;
	const char *cause, *remedy;

	(void)state;
	assert_true(target_parse("[fe80::1%eth0]:443", &target, &cause, &remedy));
	assert_string_equal(target.host, "fe80::1%eth0");
	assert_string_equal(target.verify, "fe80::1");
}

static void test_starttls(void **state)
{
	struct target target;
	const char *cause, *remedy;

	(void)state;
	assert_true(target_parse("mail.example", &target, &cause, &remedy));
	assert_true(target_set_starttls(&target, "imap"));
	assert_string_equal(target.port, "143");
	assert_int_equal(target.port_number, 143);
	assert_true(target_parse("mail.example:587", &target, &cause, &remedy));
	assert_true(target_set_starttls(&target, "smtp"));
	assert_string_equal(target.port, "587");
	assert_false(target_set_starttls(&target, "smtps"));
	assert_false(target_set_starttls(&target, ""));
}

static void test_long(void **state)
{
	char text[400];
	struct target target;
	const char *cause, *remedy;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[255] = '\0';
	assert_true(target_parse(text, &target, &cause, &remedy));
	text[255] = 'a';
	text[256] = '\0';
	assert_false(target_parse(text, &target, &cause, &remedy));
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, targets, test_target);
	table_add(&t, "a zone is for connecting, not for the certificate", test_zone, NULL);
	table_add(&t, "a protocol that asks for TLS brings its port", test_starttls, NULL);
	table_add(&t, "a host of more than 255 bytes is none", test_long, NULL);
	return table_run(&t, "target");
}
