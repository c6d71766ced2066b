/*
 * What a server's filters ask of certificates (RFC 9846, 4.3.5), against certificates.
 */
#include "support/credentials.h"
#include "support/forge.h"
#include "support/table.h"
#include "x509/x509.h"

#define USAGE "0603551d0f"
#define PURPOSES "0603551d25"
#define CLIENT_AUTH "06082b06010505070302"
#define SERVER_AUTH "06082b06010505070301"

static const struct row {
	const char *name;
	struct forge_spec spec;
	const char *oid, *values;
	bool passes;
} rows[] = {
	{ "an extension that has no rules", { 0 }, "0603551d11", "3000", true },
	{ "an OID without its tag is not known", { 0 }, "551d0f", "03020080", true },
	{ "key usage: the bit that is there", { 0 }, USAGE, "03020780", true },
	{ "key usage: a bit that is not there", { 0 }, USAGE, "03020204", false },
	{ "key usage: one of two",
	  { .key_usage = KU_DIGITAL_SIGNATURE },
	  USAGE,
	  "03020388",
	  false },
	{ "key usage: both, and one more",
	  { .key_usage = KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT | KU_CRL_SIGN },
	  USAGE,
	  "03020388",
	  true },
	{ "key usage: no bits, which the certificate has as well", { 0 }, USAGE, "030100", true },
	{ "key usage: any, in a certificate with some", { 0 }, USAGE, "", true },
	{ "key usage: any, in a certificate without",
	  { .key_usage = FORGE_NO_KEY_USAGE },
	  USAGE,
	  "",
	  false },
	{ "key usage: a bit, in a certificate without",
	  { .key_usage = FORGE_NO_KEY_USAGE },
	  USAGE,
	  "03020780",
	  false },
	{ "key usage: of ten bits", { 0 }, USAGE, "0404078000 00", false },
	{ "key usage: no BIT STRING", { 0 }, USAGE, "040180", false },
	{ "key usage: something behind it", { 0 }, USAGE, "0302078000", false },
	{ "purposes: one of two that are there", { 0 }, PURPOSES, "300a" CLIENT_AUTH, true },
	{ "purposes: both", { 0 }, PURPOSES, "3014" CLIENT_AUTH SERVER_AUTH, true },
	{ "purposes: one that is not there",
	  { .purposes = "s" },
	  PURPOSES,
	  "300a" CLIENT_AUTH,
	  false },
	{ "purposes: one of two is not there",
	  { .purposes = "c" },
	  PURPOSES,
	  "3014" CLIENT_AUTH SERVER_AUTH,
	  false },
	{ "purposes: any, in a certificate with some", { 0 }, PURPOSES, "", true },
	{ "purposes: any, in a certificate without", { .purposes = "" }, PURPOSES, "", false },
	{ "purposes: anyExtendedKeyUsage must not be asked for",
	  { .purposes = "a" },
	  PURPOSES,
	  "30060604551d2500",
	  false },
	{ "purposes: a certificate for any of them names none",
	  { .purposes = "a" },
	  PURPOSES,
	  "300a" CLIENT_AUTH,
	  false },
	{ "purposes: an OID cut short", { 0 }, PURPOSES, "300a06082b060105050703", false },
	{ "purposes: something behind the list", { 0 }, PURPOSES, "300a" CLIENT_AUTH "00", false },
};

static void test_row(void **state)
{
	const struct row *row = *state;
	struct ward_cert *cert = forge(&row->spec, forge_key(0), NULL, forge_key(0));

	assert_int_equal(cert_passes_filter(cert, table_hex(row->oid), table_hex(row->values)),
			 row->passes);
	ward_cert_free(cert);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, rows, test_row);
	failed = table_run(&t, "filters of certificates");
	forge_cleanup();
	return failed;
}
