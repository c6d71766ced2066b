/*
 * `ward cert verify`: whether a chain is good, and if not, which certificate breaks which rule.
 *
 * The verdict goes to standard output; whatever makes the exit status something else than 0 is told
 * in two lines on standard error as well, cause and remedy.
 */
#include <string.h>
#include <time.h>

#include <ward/session.h>

#include "cli/cert.h"
#include "cli/facts.h"
#include "cli/facts_json.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/source.h"
#include "cli/values.h"
#include "io/trust_system.h"

static const char command[] = "ward cert verify";

enum {
	OPT_CACERT = OPTION_LONG,
	OPT_HOSTNAME,
	OPT_AT,
	OPT_PURPOSE,
	OPT_POLICY,
	OPT_TIMEOUT,
	OPT_JSON,
	OPT_COLOR,

	CACERTS_MAX = 16,
};

static const struct option_row rows[] = {
	{ OPT_CACERT, "cacert", "FILE", "trust this file or folder of CAs, not the system's" },
	{ OPT_HOSTNAME, "hostname", "NAME", "that it must be for; of a server: HOST unless given" },
	{ OPT_AT, "at", "TIME", "judge as of 2026-01-02, 2026-01-02T03:04:05Z or @SECONDS" },
	{ OPT_PURPOSE, "purpose", "PURPOSE", "server (default) or client" },
	{ OPT_POLICY, "policy", "POLICY",
	  "default, rfc5280 or web: how much is asked of its form" },
	{ OPT_TIMEOUT, "timeout", "TIME", "for connection and handshake; default 30s" },
	{ OPT_JSON, "json", NULL, "the verdict as one JSON document" },
	{ OPT_COLOR, "color", "WHEN", "auto, always or never" },
};

static const char *const purposes[] = { "server", "client" };
static const char *const policies[] = { "default", "rfc5280", "web" };

struct options {
	struct source_options source;
	const char *cacerts[CACERTS_MAX];
	size_t cacert_count;
	const char *host;
	int64_t at; /* -1: now */
	size_t purpose, policy;
	bool json;
	enum term_when colour;
};

struct judgement {
	const struct options *o;
	const struct source *source;
	struct ward_verify_params params;
	struct ward_verdict verdict;
	struct ward_error fault; /* reason NONE: it is good */
	const char *remedy;      /* static text */
};

/* ---- options ---- */

static bool bad_value(const char *option, const char *value, const char *wanted)
{
	return options_bad_value("cert verify", option, value, wanted);
}

static bool take_word(const char *const *words, size_t count, const char *value, size_t *which)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(words[i], value) == 0) {
			*which = i;
			return true;
		}
	}
	return false;
}

static bool take_cacert(struct options *o, const char *value)
{
	if (o->cacert_count == CACERTS_MAX)
		return bad_value("cacert", value, "put them into one file: there are too many");
	o->cacerts[o->cacert_count++] = value;
	return true;
}

static bool take(void *arg, int id, const char *value)
{
	struct options *o = arg;

	switch (id) {
	case OPT_HOSTNAME:
		o->host = value;
		return target_name_is_plain(value) ||
		       bad_value("hostname", value, "give a name in ASCII (xn--...)");
	case OPT_AT:
		return value_time(value, &o->at) ||
		       bad_value("at", value, "give a day or a time in UTC: 2026-01-02T03:04:05Z");
	case OPT_PURPOSE:
		return take_word(purposes, 2, value, &o->purpose) ||
		       bad_value("purpose", value, "give server or client");
	case OPT_POLICY:
		return take_word(policies, 3, value, &o->policy) ||
		       bad_value("policy", value, "give default, rfc5280 or web");
	case OPT_TIMEOUT:
		return value_duration(value, &o->source.timeout_ms) ||
		       bad_value("timeout", value, "give a time such as 5s, 500ms or 2m");
	case OPT_JSON:
		return o->json = true;
	case OPT_COLOR:
		return term_when_parse(value, &o->colour) ||
		       bad_value("color", value, "give auto, always or never");
	default:
		return take_cacert(o, value);
	}
}

/* ---- judging ---- */

static bool fill_trust(struct ward_trust *trust, const struct options *o, struct ward_error *err)
{
	for (size_t i = 0; i < o->cacert_count; i++)
		if (!trust_add_path(trust, o->cacerts[i], err))
			return false;
	return true;
}

static struct ward_trust *load_trust(const struct options *o, struct ward_error *err)
{
	struct ward_trust *trust;

	if (o->cacert_count == 0)
		return ward_trust_system(err);
	trust = ward_trust_new();
	if (trust == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	if (fill_trust(trust, o, err))
		return trust;
	ward_trust_free(trust);
	return NULL;
}

static void judge(struct judgement *j, struct ward_trust *trust)
{
	const struct ward_chain *chain = &j->source->chain;

	j->fault = ERROR_NONE;
	if (ward_verify(trust, chain->certs, chain->count, &j->params, &j->verdict, &j->fault))
		return;
	if (j->fault.reason == WARD_E_CERT_NAME_MISMATCH)
		j->remedy = "ask for a name that it is for with --hostname, or make it anew";
	else if (j->fault.reason == WARD_E_CERT_UNKNOWN_ISSUER && !j->source->is_server)
		j->remedy = "add the missing intermediate to the file, or trust a private CA "
			    "with --cacert";
	else
		j->remedy = report_remedy(&j->fault);
}

static bool is_good(const struct judgement *j)
{
	return j->fault.reason == WARD_E_NONE;
}

/* ---- telling ---- */

static void print_cert(const struct ward_cert *cert, size_t at, const char *mark,
		       const struct term *t)
{
	char subject[600];

	(void)ward_cert_subject(cert, subject, sizeof(subject));
	term_print(t, " %zu  %s", at, subject[0] == '\0' ? "(no subject)" : subject);
	term_paint(t, TERM_BOLD, "%s", mark);
	term_print(t, "\n");
}

static void print_judgement(const struct judgement *j, const struct term *t)
{
	const struct ward_chain *chain = is_good(j) ? &j->verdict.path : &j->source->chain;
	char cause[512];

	if (is_good(j)) {
		term_paint(t, TERM_GOOD, "verified");
		term_print(t, ": the chain is good for a %s%s%s\n", purposes[j->o->purpose],
			   j->params.host == NULL ? "" : ", and for ",
			   j->params.host == NULL ? "" : j->params.host);
	} else {
		term_paint(t, TERM_BAD, "REFUSED");
		term_print(t, ": %s\n", report_cause(&j->fault, cause, sizeof(cause)));
	}
	for (size_t i = 0; i < chain->count; i++) {
		const char *mark = is_good(j) && i == chain->count - 1 ? "  (trusted)" : "";

		if (!is_good(j) && j->verdict.failed_cert == (int)i)
			mark = "  (at fault)";
		print_cert(chain->certs[i], i, mark, t);
	}
	term_print(t, "%u path%s tried, %u signature%s checked\n", j->verdict.paths_tried,
		   j->verdict.paths_tried == 1 ? "" : "s", j->verdict.signatures_checked,
		   j->verdict.signatures_checked == 1 ? "" : "s");
}

static json_t *certs(const struct ward_chain *chain, int64_t at)
{
	json_t *list = json_array();

	for (size_t i = 0; i < chain->count; i++)
		json_array_append_new(list, facts_cert_json(chain->certs[i], at));
	return list;
}

static json_t *fault(const struct judgement *j)
{
	char cause[512];

	if (is_good(j))
		return json_null();
	return json_pack("{s:s, s:s, s:s}", "reason", ward_reason_name(j->fault.reason), "cause",
			 report_cause(&j->fault, cause, sizeof(cause)), "remedy", j->remedy);
}

static bool tell_json(const struct judgement *j, int status)
{
	int64_t at = j->params.time;
	char moment[FACTS_TIME];
	json_t *failed =
		j->verdict.failed_cert < 0 ? json_null() : json_integer(j->verdict.failed_cert);
	json_t *document = json_pack(
		"{s:i, s:b, s:s?, s:s, s:s, s:s, s:o, s:o, s:o, s:i, s:i, s:o, s:i}", "schema", 1,
		"verified", (int)is_good(j), "hostname", j->params.host, "time",
		facts_time(at, moment), "purpose", purposes[j->o->purpose], "policy",
		policies[j->o->policy], "chain", certs(&j->source->chain, at), "path",
		certs(&j->verdict.path, at), "failed_cert", failed, "paths_tried",
		(int)j->verdict.paths_tried, "signatures_checked",
		(int)j->verdict.signatures_checked, "error", fault(j), "exit_status", status);
	bool ok = document != NULL && json_dumpf(document, stdout, JSON_INDENT(2)) == 0 &&
		  putchar('\n') != EOF;

	json_decref(document);
	return ok;
}

static int tell(const struct judgement *j)
{
	int status = is_good(j) ? EXIT_FINE : EXIT_ANSWER_NO;
	struct term term = term_make(stdout, j->o->colour);
	char cause[512];

	if (j->o->json && !tell_json(j, status))
		return report_lines(command, EXIT_NETWORK,
				    "check where it goes to, and the space there",
				    "the verdict cannot be written");
	if (!j->o->json)
		print_judgement(j, &term);
	if (is_good(j))
		return status;
	return report_lines(command, status, j->remedy, "%s: %s", j->source->name,
			    report_cause(&j->fault, cause, sizeof(cause)));
}

static int verify_chain(const struct source *source, const struct options *o)
{
	struct judgement j = { .o = o, .source = source };
	struct ward_error err = ERROR_NONE;
	struct ward_trust *trust = load_trust(o, &err);
	int code;

	if (trust == NULL)
		return report_setup(command, &err);
	j.params = (struct ward_verify_params){
		.time = o->at >= 0 ? o->at : (int64_t)time(NULL),
		.purpose = (enum ward_purpose)o->purpose,
		.policy = (enum ward_policy)o->policy,
		.host = o->host,
	};
	if (j.params.host == NULL && source->is_server)
		j.params.host = source->target.verify;
	judge(&j, trust);
	code = tell(&j);
	ward_verdict_clear(&j.verdict);
	ward_trust_free(trust);
	return code;
}

static int verify(const char *name, struct options *o)
{
	struct source source;
	int code;

	o->source.server_name = o->host;
	code = source_load(&source, name, &o->source);
	if (code == EXIT_FINE && source.refused > 0) /* which has been told */
		code = EXIT_USAGE;
	if (code == EXIT_FINE)
		code = verify_chain(&source, o);
	source_clear(&source);
	return code;
}

static int run(int argc, char **argv)
{
	struct options o = { .source.command = command, .at = -1 };
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_cert_verify, argc, argv, take, &o, &status);

	if (operands == NULL)
		return status;
	if (operands[0] == NULL)
		return options_bad_operands(&verb_cert_verify, "there is nothing to verify", NULL);
	if (operands[1] != NULL)
		return options_bad_operands(&verb_cert_verify, "there is more than one",
					    operands[1]);
	return verify(operands[0], &o);
}

const struct verb verb_cert_verify = {
	.name = "cert verify",
	.page = "cert",
	.operands = "FILE | - | HOST:PORT",
	.summary = "judge a chain",
	.text = "Says whether a chain of certificates is good: those of a file, leaf first, of standard\n"
		"input (-), or that a server sends. If it is not: which certificate breaks which rule.\n"
		"Exit status: 0 it is good; 1 it is not.\n",
	.examples = "  ward cert verify fullchain.pem --hostname example.org\n"
		    "  ward cert verify example.org:443\n"
		    "  ward cert verify client.pem --cacert ca.pem --purpose client\n"
		    "  ward cert verify fullchain.pem --at 2027-01-01\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
