/*
 * A rule on clients, with its length of two bytes in front, and a certificate: what a rule fits is
 * among the names that are told, and a wildcard in a certificate fits nothing.
 */
#include <stdio.h>
#include <stdlib.h>

#include "wire/reader.h"
#include "x509/client_rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "wrong: %s\n", what);
	abort();
}

/* What text would show in another way than it is written cannot be compared so. */
static bool same(const struct client_rule *r, const struct ward_cert *cert)
{
	if (memchr(r->value.data, '\\', r->value.len) != NULL)
		return true;
	for (size_t i = 0; i < ward_cert_san_count(cert); i++) {
		char name[CLIENT_RULE_MAX_LEN + 1];

		(void)ward_cert_san(cert, i, name, sizeof(name));
		if (span_equal(span_string(name), r->value))
			return true;
	}
	return false;
}

static void check_names(const struct ward_cert *cert)
{
	char names[200];
	const unsigned char *p =
		(const unsigned char *)client_rule_names(cert, names, sizeof(names));

	for (; *p != '\0'; p++)
		must(*p >= ' ' && *p != 0x7f, "a control character among the names");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(span_make(data, size), &err);
	struct span text = reader_vec(&r, 2);
	struct span der = reader_rest(&r);
	struct client_rule rule;
	struct ward_cert *cert;

	if (error_is_set(&err))
		return 0;
	cert = ward_cert_parse(der.data, der.len, NULL);
	if (client_rule_parse(&rule, text, &err) && cert != NULL &&
	    client_rule_matches(&rule, cert) && rule.kind == CLIENT_RULE_URI &&
	    rule.value.data[rule.value.len - 1] != '*')
		must(same(&rule, cert), "a URI that is not in the certificate");
	must(error_is_set(&err) == (err.detail[0] != '\0'), "a refusal without a word");
	if (cert != NULL)
		check_names(cert);
	ward_cert_free(cert);
	return 0;
}
