/*
 * What extensions say, told piece by piece (describe.c, describe_crl.c, tell.c).
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
	  "3051"
	  "a008 06022a03 a002 0500"
	  "8103 614062"
	  "8204 782e7979"
	  "a302 3000"
	  "a40f 300d310b3009060355040613024445"
	  "a502 3000"
	  "8605 743a2f2f61"
	  "8704 c0000201"
	  "8710 20010db8000000000000000000000001"
	  "8802 2a03",
	  "other 1.2.3=0500;email=a@b;dns=x.yy;x400=3000;directory=C=DE;ediParty=3000;"
	  "uri=t://a;ip=192.0.2.1;ip=2001:db8::1;registeredID=1.2.3;" },
	{ "the number of a CRL", "551d14", "020110", "number=16;" },
	{ "the base of a delta CRL", "551d1b", "020101", "number=1;" },
	{ "a CRL of users alone, for some reasons, at a place", "551d1c",
	  "3010a007a0058603753a618101ff83020560",
	  "uri=u:a;onlyContainsUserCerts=true;reason=keyCompromise;reason=cACompromise;" },
	{ "an indirect CRL of attribute certificates", "551d1c", "30068401ff8501ff",
	  "indirectCRL=true;onlyContainsAttributeCerts=true;" },
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
	  "policy=1.2.3;cps=h:/a;noticeOrganization=;notice=hi;qualifier=04020102;" },
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
	  "count=1;log=" LOG_BASE64 ";time=2024-01-01T00:00:00.000Z;signature=ecdsa-with-SHA256;" },
	{ "a timestamp far in the future, and one of another version", SCTS,
	  "0436 0034 002f 00" LOG_ID "ffffffffffffffff 0000 0403 0000 0001 07",
	  "count=2;log=" LOG_BASE64 ";time=18446744073709551615 ms;"
	  "signature=ecdsa-with-SHA256;"
	  "malformed=the data ends too early;"
	  "der=04360034002f00" LOG_ID "ffffffffffffffff000004030000000107;" },
	{ "no timestamps", SCTS, "04020000", "count=0;" },
	{ "an account's name, a mailbox beyond ASCII, and other names", "551d11",
	  "3042a013060a2b060104018237140203a0050c03614062a01206082b06010505070809a0060c04c3a44062a00b06022a03a0053003020105a00a06022a04a0040c02781b",
	  "other userPrincipalName=a@b;other smtpUTF8Mailbox=\xc3\xa4@b;other 1.2.3=3003020105;other 1.2.4=x\\1B;" },
	{ "when a private key is used", "551d10",
	  "3022800f32303234303130323033303430355a810f32303235303130323033303430355a",
	  "notBefore=2024-01-02T03:04:05Z;notAfter=2025-01-02T03:04:05Z;" },
	{ "when a private key is used, in no time of this form", "551d10",
	  "300f810d3230323530313032303330345a",
	  "malformed=a time is malformed;der=300f810d3230323530313032303330345a;" },
	{ "attributes of a person", "551d09",
	  "3021301406082b0601050507090431081302444513024652300906022a033103020107",
	  "countryOfCitizenship=DE;countryOfCitizenship=FR;1.2.3=07;" },
	{ "a notice with its numbers", "551d20",
	  "3029302706022a033021301f06082b060105050702023013300d0c034f726730060201010201020c026869",
	  "policy=1.2.3;noticeOrganization=Org;noticeNumber=1;noticeNumber=2;notice=hi;" },
	{ "a notice with a comma", POLICIES,
	  "301a 3018 06022a03 3012 3010 06082b06010505070202 3004 0c02 2c23",
	  "policy=1.2.3;notice=,#;" },
	{ "the newest list", "551d2e", "3010300ea00ca00a8608687474703a2f2f78", "uri=http://x;" },
	{ "where the subject has more", "2b0601050507010b",
	  "3016301406082b060105050730058608687474703a2f2f78", "caRepository=http://x;" },
	{ "names of the issuer", "551d12", "30058103614062", "email=a@b;" },
	{ "purposes beyond TLS", "551d25",
	  "301c06082b06010505070324060a2b0601040182371402020604551d2500",
	  "purpose=documentSigning;purpose=msSmartcardLogin;purpose=anyExtendedKeyUsage;" },
	{ "no OCSP for this one", "2b0601050507300105", "0500", "value=present;" },
	{ "no certificate, but what a log is shown", "2b06010401d679020403", "0500",
	  "value=present;" },
	{ "types of Netscape", "6086480186f8420101", "030200f7",
	  "type=sslClient;type=sslServer;type=smime;type=objectSigning;type=sslCA;type=smimeCA;type=objectSigningCA;" },
	{ "an address of Netscape", "6086480186f8420102", "1608687474703a2f2f78",
	  "text=http://x;" },
	{ "a template by its name", "2b0601040182371402", "1e080055007300650072",
	  "template=User;" },
	{ "a template by its number", "2b0601040182371507", "300a06022a03020164020105",
	  "template=1.2.3;majorVersion=100;minorVersion=5;" },
	{ "a CA that was renewed", "2b0601040182371501", "0203010002",
	  "certificateIndex=2;keyIndex=1;" },
	{ "policies of applications", "2b060104018237150a", "300c300a06082b06010505070302",
	  "policy=clientAuth;" },
	{ "the number of an account", "2b0601040182371902",
	  "3017a015060a2b060104018237190201a0070405532d312d35",
	  "other ntdsObjectSid=0405532d312d35;" },
	{ "a challenge of ACME", "2b0601050507011f", "04020102", "value=0102;" },
	{ "what mail programs can", "2a864886f70d01090f",
	  "3016300b060960864801650304012a300706022a03020101",
	  "capability=2.16.840.1.101.3.4.1.42;capability=1.2.3;" },
	{ "an organisation in its register", "67810c0301", "301113034e545213025553800243410c023132",
	  "scheme=NTR;country=US;state=CA;reference=12;" },
	{ "statements of a qualified certificate and what they hold", "2b06010505070103",
	  "30433008060604008e4601013015060604008e460102300b1303455552020105020103300b060604008e46010302010f3013060604008e4601063009060704008e46010603",
	  "statement=QcCompliance;statement=QcLimitValue;limit=EUR 5e3;statement=QcRetentionPeriod;retentionYears=15;statement=QcType;type=web;" },
	{ "statements with addresses, countries, and one that is not known", "2b06010505070103",
	  "3035301a060604008e4601053010300e1608687474703a2f2f781302656e300e060604008e460107300413024445300706022a03020101",
	  "statement=QcPDS;terms=en http://x;statement=QcCClegislation;country=DE;statement=1.2.3;info=020101;" },
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
