/*
 * What extensions say, told piece by piece (describe.c, tell.c).
 */
#include "x509/describe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "support/table.h"

/* What was told, as "name=value;". */
struct log {
	char text[8192];
	size_t len;
};

static void note(struct log *log, const char *a, const char *between, const char *b,
		 const char *end)
{
	int n = snprintf(log->text + log->len, sizeof(log->text) - log->len, "%s%s%s%s", a, between,
			 b, end);

	assert_true(n > 0 && (size_t)n < sizeof(log->text) - log->len);
	log->len += (size_t)n;
}

static void on_extension(void *arg, const char *name, const char *oid, bool critical)
{
	note(arg, name, " ", oid, critical ? "!:" : ":");
}

static void on_fact(void *arg, const char *name, const char *value)
{
	note(arg, name, "=", value, ";");
}

struct describe_row {
	const char *name;
	const char *oid;
	const char *value;
	const char *facts;
};

#define SAN "551d11"
#define POLICIES "551d20"
#define POINTS "551d1f"
#define CONSTRAINTS "551d1e"
#define FEATURE "2b06010505070118"
#define SCTS "2b06010401d679020402"
#define LOG_ID "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define LOG_BASE64 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static const struct describe_row rows[] = {
	{ "a key identifier", "551d0e", "0402abcd", "keyIdentifier=abcd;" },
	{ "all key usages", "551d0f", "030307ff80",
	  "usage=digitalSignature;usage=nonRepudiation;usage=keyEncipherment;"
	  "usage=dataEncipherment;usage=keyAgreement;usage=keyCertSign;usage=cRLSign;"
	  "usage=encipherOnly;usage=decipherOnly;" },
	{ "no key usage at all", "551d0f", "030100", "" },
	{ "names of every kind", SAN,
	  "3050"
	  "a007 06022a03 a001 00"
	  "8103 614062"
	  "8204 782e7979"
	  "a302 3000"
	  "a40f 300d310b3009060355040613024445"
	  "a502 3000"
	  "8605 743a2f2f61"
	  "8704 c0000201"
	  "8710 20010db8000000000000000000000001"
	  "8802 2a03",
	  "other=06022a03a00100;email=a@b;dns=x.yy;x400=3000;directory=C=DE;ediParty=3000;"
	  "uri=t://a;ip=192.0.2.1;ip=2001:db8::1;registeredID=1.2.3;" },
	{ "a CA", "551d13", "30030101ff", "ca=true;" },
	{ "a CA with a path length", "551d13", "30060101ff020102", "ca=true;pathLength=2;" },
	{ "no CA", "551d13", "3000", "ca=false;" },
	{ "name constraints", CONSTRAINTS,
	  "3022"
	  "a018 3006 8204 782e7979 300a 8708 0a000000 ff000000 3002 8200"
	  "a106 3004 8602 2e61",
	  "permitted dns=x.yy;permitted ip=10.0.0.0/8;permitted dns=;excluded uri=.a;" },
	{ "purposes, known and not", "551d25", "300e06082b060105050703010602 2a03",
	  "purpose=serverAuth;purpose=1.2.3;" },
	{ "a policy with its statement, its notice and another qualifier", POLICIES,
	  "303c 303a 06022a03 3034"
	  "3010 06082b06010505070201 1604 683a2f61"
	  "3016 06082b06010505070202 300a 3004 0c0030 00 0c02 6869"
	  "3008 06022a04 04020102",
	  "policy=1.2.3;cps=h:/a;noticeRef=30040c003000;notice=hi;qualifier=04020102;" },
	{ "a policy alone", POLICIES, "300a3008060667810c010201", "policy=domain-validated;" },
	{ "policy mappings", "551d21", "300a300806022a0306022a04",
	  "issuerPolicy=1.2.3;subjectPolicy=1.2.4;" },
	{ "policy constraints", "551d24", "3006800101810102",
	  "requireExplicitPolicy=1;inhibitPolicyMapping=2;" },
	{ "a count that is out of all proportion", "551d36", "02047fffffff",
	  "skipCerts=7fffffff;" },
	{ "a distribution point of all parts", POINTS,
	  "301c 301a a00a a008 8606 683a2f2f612f 8102 0640 a208 8206 783a2f2f7979",
	  "uri=h://a/;reason=keyCompromise;cRLIssuer dns=x://yy;" },
	{ "a distribution point of a relative name", POINTS, "3008 3006 a004 a102 3100",
	  "relativeName=3100;" },
	{ "where to get more", "2b06010505070101",
	  "3025 3010 06082b06010505073001 8604683a2f61 3011 06082b06010505073002 8605683a2f6162",
	  "ocsp=h:/a;caIssuers=h:/ab;" },
	{ "must-staple", FEATURE, "3003020105", "feature=status_request;" },
	{ "other features", FEATURE, "3007020111 020203e8",
	  "feature=status_request_v2;feature=1000;" },
	{ "an authority's key, issuer and serial", "551d23", "300e 8002abcd a104 82026161 82020102",
	  "keyIdentifier=abcd;issuer dns=aa;serial=0102;" },
	{ "a timestamp of a log", SCTS,
	  "0433 0031 002f 00" LOG_ID "0000018cc251f400 0000 0403 0000",
	  "count=1;log=" LOG_BASE64 ";time=2024-01-01T00:00:00.000Z;" },
	{ "a timestamp far in the future, and one of another version", SCTS,
	  "0436 0034 002f 00" LOG_ID "ffffffffffffffff 0000 0403 0000 0001 07",
	  "count=2;log=" LOG_BASE64 ";time=18446744073709551615 ms;"
	  "malformed=the data ends too early;"
	  "der=04360034002f00" LOG_ID "ffffffffffffffff000004030000000107;" },
	{ "no timestamps", SCTS, "04020000", "count=0;" },
	{ "statements of a qualified certificate", "2b06010505070103",
	  "3010 3008 0606 04008e460101 3004 06022a03", "statement=QcCompliance;statement=1.2.3;" },
	{ "a comment that would turn the terminal red", "6086480186f842010d", "16051b5b33316d",
	  "text=\\1B[31m;" },
	{ "a comment with a mark that turns the direction of writing", "6086480186f842010d",
	  "1604 61e280ae", "text=a\\E2\\80\\AE;" },
	{ "an extension that is not known", "2a0304", "0c03616263", "der=0c03616263;" },
	{ "an extension that is not known, and empty", "2a0304", "", "der=;" },
	{ "a list cut short keeps what came before", FEATURE, "3004020105 02",
	  "feature=status_request;malformed=the data ends too early;der=300402010502;" },
	{ "bytes behind the end", FEATURE, "300302010500",
	  "feature=status_request;malformed=data is left over at the end;der=300302010500;" },
	{ "nothing where something must be", SAN, "", "malformed=the data ends too early;der=;" },
};

static void test_value(void **state)
{
	const struct describe_row *row = *state;
	struct log log = { .len = 0 };
	struct describe_sink sink = { on_extension, on_fact, &log };
	struct ward_error err = ERROR_NONE;

	assert_true(
		describe_extension_value(table_hex(row->oid), table_hex(row->value), &sink, &err));
	assert_string_equal(log.text, row->facts);
}

/* What is told has no length of its own. */
static void test_long(void **state)
{
	struct log log = { .len = 0 };
	struct describe_sink sink = { on_extension, on_fact, &log };
	struct span name = table_fill('a', 4000);
	uint8_t header[8] = { 0x30, 0x82, 0x0f, 0xa4, 0x82, 0x82, 0x0f, 0xa0 };
	struct span parts[] = { SPAN_ARRAY(header), name };

	(void)state;
	assert_true(describe_extension_value(table_hex(SAN), table_join(parts, 2), &sink, NULL));
	assert_int_equal(log.len, strlen("dns=") + 4000 + strlen(";"));
}

static void test_certificate(void **state)
{
	static const char *const names[] = { "server.example", "127.0.0.1", NULL };
	struct ward_cert_spec spec = {
		.common_name = "x",
		.names = names,
		.not_before = 1,
		.not_after = 1000000,
		.path_length = -1,
	};
	struct ward_key *key = ward_key_generate(WARD_KEY_P256, NULL);
	struct ward_cert *cert = ward_cert_make(&spec, key, NULL, NULL, NULL);
	struct log log = { .len = 0 };
	struct describe_sink sink = { on_extension, on_fact, &log };

	(void)state;
	assert_non_null(cert);
	assert_true(describe_extensions(cert, &sink, NULL));
	assert_non_null(strstr(log.text, "keyUsage 2.5.29.15!:usage=digitalSignature;"));
	assert_non_null(
		strstr(log.text, "subjectAltName 2.5.29.17:dns=server.example;ip=127.0.0.1;"));
	assert_non_null(strstr(log.text, "extKeyUsage 2.5.29.37:purpose=serverAuth;"));
	ward_cert_free(cert);
	ward_key_free(key);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, rows, test_value);
	table_add(&t, "a long name is told whole", test_long, NULL);
	table_add(&t, "the extensions of a certificate, in its order", test_certificate, NULL);
	return table_run(&t, "describe");
}
