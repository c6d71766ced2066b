/*
 * Errors for people. The texts are those of reasons.def; where a user of the command can be told
 * more than a user of the library, the rows below do so. They also say which exit status a reason
 * has: what is not listed is a failed handshake, and a reason that begins with CERT_ (or the lack
 * of roots) is a failed verification.
 */
#include "cli/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/term.h"

enum { LINE_MAX = 768 };

struct advice {
	int number; /* reason, or alert */
	int code;
	const char *remedy; /* NULL: the hint of the reason */
};

static const struct advice reasons[] = {
	{ WARD_E_NAME_NOT_FOUND, EXIT_NETWORK, NULL },
	{ WARD_E_LOOKUP_FAILED, EXIT_NETWORK, NULL },
	{ WARD_E_CONNECT_REFUSED, EXIT_NETWORK, NULL },
	{ WARD_E_CONNECT_FAILED, EXIT_NETWORK, "check the network and the address" },
	{ WARD_E_SOCKET_FAILED, EXIT_NETWORK, "the peer or the network broke off; try again" },
	{ WARD_E_TIMED_OUT, EXIT_NETWORK,
	  "check the host and the port, or allow more time with --timeout" },
	{ WARD_E_ADDRESS_IN_USE, EXIT_NETWORK, NULL },
	{ WARD_E_LISTEN_FAILED, EXIT_NETWORK, NULL },
	{ WARD_E_CLOSED_EARLY, EXIT_NETWORK,
	  "data may be missing: the peer or the network broke off" },
	{ WARD_E_CLOSED_IN_HANDSHAKE, EXIT_HANDSHAKE,
	  "check that TLS 1.2 or 1.3 is spoken on that port, or look into the server's log" },
	{ WARD_E_NO_COMMON_VERSION, EXIT_HANDSHAKE,
	  "ward connect speaks TLS 1.2 and 1.3: enable one on the server, or update that" },
	{ WARD_E_NO_COMMON_SUITE, EXIT_HANDSHAKE, "leave out --suites to offer all" },
	{ WARD_E_NO_COMMON_GROUP, EXIT_HANDSHAKE, "leave out --groups to offer all" },
	{ WARD_E_BAD_SERVER_NAME, EXIT_HANDSHAKE, "give another name with --servername" },
	{ WARD_E_NO_TRUST_STORE, EXIT_ANSWER_NO, NULL },
	{ WARD_E_CERT_EXPIRED, EXIT_ANSWER_NO,
	  "its owner must renew it; if it was renewed, reload the server" },
	{ WARD_E_CERT_NOT_YET_VALID, EXIT_ANSWER_NO, "check the clock of this machine" },
	{ WARD_E_CERT_NAME_MISMATCH, EXIT_ANSWER_NO,
	  "connect by a name that it is for, or give that with --servername" },
	{ WARD_E_NO_MEMORY, EXIT_NETWORK, "free some memory and try again" },
	{ WARD_E_FILE_READ, EXIT_USAGE, "check the path and its permissions" },
	{ WARD_E_FILE_WRITE, EXIT_USAGE, "check the path and its permissions" },
	{ WARD_E_KEY_MISMATCH, EXIT_USAGE, "give the key that the certificate was made for" },
	{ WARD_E_BAD_ARGUMENT, EXIT_USAGE, "see --help for what is allowed" },
};

#define WANTS_CLIENT_CERT                                                                          \
	"the server may want a certificate that it trusts: give one with --cert and --key"

static const struct advice alerts[] = {
	{ 40, EXIT_HANDSHAKE,
	  "leave out --suites and --groups, or give a client certificate with --cert" },
	{ 42, EXIT_HANDSHAKE, WANTS_CLIENT_CERT },
	{ 45, EXIT_HANDSHAKE, "renew the client certificate that --cert names" },
	{ 46, EXIT_HANDSHAKE, WANTS_CLIENT_CERT },
	{ 48, EXIT_HANDSHAKE, WANTS_CLIENT_CERT },
	{ 49, EXIT_HANDSHAKE, WANTS_CLIENT_CERT },
	{ 70, EXIT_HANDSHAKE,
	  "the server lacks TLS 1.2 and 1.3, which ward connect speaks: enable one there" },
	{ 112, EXIT_HANDSHAKE, "check the name, or give another with --servername" },
	{ 116, EXIT_HANDSHAKE, "give a client certificate with --cert and --key" },
	{ 120, EXIT_HANDSHAKE, "offer a protocol that the server has with --alpn" },
};

static const struct advice *find(const struct advice *rows, size_t count, int number)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].number == number)
			return &rows[i];
	return NULL;
}

static const struct advice *find_advice(const struct ward_error *err)
{
	if (err->reason == WARD_E_ALERT_RECEIVED)
		return find(alerts, sizeof(alerts) / sizeof(alerts[0]), err->received_alert);
	return find(reasons, sizeof(reasons) / sizeof(reasons[0]), (int)err->reason);
}

static bool is_verification(enum ward_reason reason)
{
	static const char *const families[] = { "CERT_", "CRL_", "OCSP_", "REVOCATION_", "PIN_" };

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (strncmp(ward_reason_name(reason), families[i], strlen(families[i])) == 0)
			return true;
	return false;
}

int report_exit_code(const struct ward_error *err)
{
	const struct advice *advice = find_advice(err);

	if (advice != NULL)
		return advice->code;
	return is_verification(err->reason) ? EXIT_ANSWER_NO : EXIT_HANDSHAKE;
}

const char *report_remedy(const struct ward_error *err)
{
	const struct advice *advice = find_advice(err);
	const char *hint = ward_reason_hint(err->reason);

	if (advice != NULL && advice->remedy != NULL)
		return advice->remedy;
	if (hint[0] != '\0')
		return hint;
	if (err->reason == WARD_E_ALERT_RECEIVED)
		return "the server's log may say why";
	if (is_verification(err->reason))
		return "the certificates must be replaced: tell their owner";
	return "the peer breaks the protocol: -v shows what it sent";
}

char *report_cause(const struct ward_error *err, char *buf, size_t size)
{
	const char *hint = ward_reason_hint(err->reason);
	struct ward_error told = *err;
	size_t hint_len = strlen(hint);
	size_t len;

	/* Which message brought a certificate is no news. */
	if (is_verification(err->reason))
		told.message = told.extension = told.offset = -1;
	ward_error_text(&told, buf, size);
	len = strlen(buf);
	/* The line ends with "; HINT", which is told on a line of its own here. */
	if (hint_len > 0 && len > hint_len + 2 && strcmp(buf + len - hint_len, hint) == 0)
		buf[len - hint_len - 2] = '\0';
	return buf;
}

static void print_lines(const char *command, const char *cause, const char *remedy)
{
	char safe[LINE_MAX];

	fflush(stdout);
	fprintf(stderr, "%s: %s\n", command, term_safe(cause, safe, sizeof(safe)));
	fprintf(stderr, "hint: %s\n", term_safe(remedy, safe, sizeof(safe)));
}

void report_error(const char *command, const char *what, const struct ward_error *err)
{
	char cause[512];
	char line[LINE_MAX];

	report_cause(err, cause, sizeof(cause));
	snprintf(line, sizeof(line), "%s%s%s", what == NULL ? "" : what, what == NULL ? "" : ": ",
		 cause);
	print_lines(command, line, report_remedy(err));
}

int report_lines(const char *command, int code, const char *remedy, const char *format, ...)
{
	char cause[LINE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(cause, sizeof(cause), format, args);
	va_end(args);
	print_lines(command, cause, remedy);
	return code;
}

int report_setup(const char *command, const struct ward_error *err)
{
	report_error(command, NULL, err);
	return EXIT_USAGE;
}
