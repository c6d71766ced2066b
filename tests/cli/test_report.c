/*
 * Errors for people: no reason is left without a remedy or with an exit status that says all is fine.
 */
#include "cli/report.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "support/table.h"

static struct ward_error error_of(enum ward_reason reason)
{
	struct ward_error err = ERROR_NONE;

	err.reason = reason;
	return err;
}

static void test_every_reason(void **state)
{
	(void)state;
	for (int r = WARD_E_NONE + 1; r < WARD_E_COUNT; r++) {
		struct ward_error err = error_of((enum ward_reason)r);
		int code = report_exit_code(&err);
		bool verification = strncmp(ward_reason_name(err.reason), "CERT_", 5) == 0;

		assert_true(report_remedy(&err)[0] != '\0');
		assert_true(code >= EXIT_ANSWER_NO && code <= EXIT_HANDSHAKE);
		if (verification)
			assert_int_equal(code, EXIT_ANSWER_NO);
	}
}

static void test_every_alert(void **state)
{
	struct ward_error err = error_of(WARD_E_ALERT_RECEIVED);

	(void)state;
	for (err.received_alert = 0; err.received_alert < 256; err.received_alert++) {
		assert_true(report_remedy(&err)[0] != '\0');
		assert_int_equal(report_exit_code(&err), EXIT_HANDSHAKE);
	}
}

struct code_row {
	const char *name;
	enum ward_reason reason;
	int code;
};

static const struct code_row codes[] = {
	{ "an unknown name is the network's", WARD_E_NAME_NOT_FOUND, EXIT_NETWORK },
	{ "a closed port is the network's", WARD_E_CONNECT_REFUSED, EXIT_NETWORK },
	{ "a silent peer is the network's", WARD_E_TIMED_OUT, EXIT_NETWORK },
	{ "a cut is the network's", WARD_E_CLOSED_EARLY, EXIT_NETWORK },
	{ "plain HTTP is no handshake", WARD_E_PLAIN_HTTP, EXIT_HANDSHAKE },
	{ "a wrong Finished is the handshake's", WARD_E_FINISHED_MISMATCH, EXIT_HANDSHAKE },
	{ "a certificate without its key is the handshake's", WARD_E_CERTIFICATE_VERIFY_WRONG,
	  EXIT_HANDSHAKE },
	{ "an old certificate is a no", WARD_E_CERT_EXPIRED, EXIT_ANSWER_NO },
	{ "a list that names it is a no", WARD_E_CERT_REVOKED, EXIT_ANSWER_NO },
	{ "a response that says revoked is a no", WARD_E_OCSP_REVOKED, EXIT_ANSWER_NO },
	{ "a list that has expired is a no", WARD_E_CRL_EXPIRED, EXIT_ANSWER_NO },
	{ "no proof is a no", WARD_E_REVOCATION_UNKNOWN, EXIT_ANSWER_NO },
	{ "another key than the pinned is a no", WARD_E_PIN_MISMATCH, EXIT_ANSWER_NO },
	{ "no roots at all is a no", WARD_E_NO_TRUST_STORE, EXIT_ANSWER_NO },
	{ "a file is the user's", WARD_E_FILE_READ, EXIT_USAGE },
};

static void test_code(void **state)
{
	const struct code_row *row = *state;
	struct ward_error err = error_of(row->reason);

	assert_int_equal(report_exit_code(&err), row->code);
}

static void test_cause(void **state)
{
	struct ward_error err = ERROR_NONE;
	char buf[512];

	(void)state;
	FAIL(&err, PLAIN_HTTP);
	assert_string_equal(report_cause(&err, buf, sizeof(buf)), "the peer speaks plain HTTP");
	err = ERROR_NONE;
	FAILF(&err, CERT_EXPIRED, "\"a\" on 2020-01-01");
	error_set_place(&err, 11, -1, 7);
	assert_string_equal(report_cause(&err, buf, sizeof(buf)),
			    "a certificate has expired: \"a\" on 2020-01-01");
	err = ERROR_NONE;
	FAIL(&err, EXT_DUPLICATE);
	error_set_place(&err, 2, -1, 38);
	assert_string_equal(report_cause(&err, buf, sizeof(buf)),
			    "an extension appears twice (in ServerHello, byte 38)");
	assert_string_equal(report_cause(&err, buf, 10), "an extens");
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, codes, test_code);
	table_add(&t, "every reason has a remedy and an exit status", test_every_reason, NULL);
	table_add(&t, "every alert has a remedy", test_every_alert, NULL);
	table_add(&t, "the cause comes without its remedy", test_cause, NULL);
	return table_run(&t, "report");
}
