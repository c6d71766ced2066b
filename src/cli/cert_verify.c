/*
 * `ward cert verify`: whether a chain is good, and if not, which certificate breaks which rule.
 *
 * The verdict goes to standard output; whatever makes the exit status something else than 0 is told
 * in two lines on standard error as well, cause and remedy.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <ward/session.h>

#include "cli/cert.h"
#include "cli/judgement.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/source.h"
#include "cli/values.h"
#include "io/trust_system.h"
#include "x509/chain.h"

static const char command[] = "ward cert verify";

enum {
	OPT_CACERT = OPTION_LONG,
	OPT_HOSTNAME,
	OPT_AT,
	OPT_PURPOSE,
	OPT_POLICY,
	OPT_TIMEOUT,
	OPT_UNTRUSTED,
	OPT_AIA,
	OPT_WRITE_CHAIN,
	OPT_FORCE,
	OPT_CRL,
	OPT_OCSP,
	OPT_REQUIRE_REVOCATION,
	OPT_MUST_STAPLE,
	OPT_PIN,
	OPT_JSON,
	OPT_COLOR,
};

static const struct option_row rows[] = {
	{ OPT_CACERT, "cacert", "FILE", "trust this file or folder of CAs, not the system's" },
	{ OPT_HOSTNAME, "hostname", "NAME", "that it must be for; of a server: HOST unless given" },
	{ OPT_AT, "at", "TIME", "judge as of 2026-01-02, 2026-01-02T03:04:05Z or @SECONDS" },
	{ OPT_PURPOSE, "purpose", "PURPOSE", "server (default) or client" },
	{ OPT_POLICY, "policy", "POLICY",
	  "default, rfc5280 or web: how much is asked of its form" },
	{ OPT_UNTRUSTED, "untrusted", "FILE", "certificates that may help to build a path" },
	{ OPT_AIA, "aia", NULL, "fetch intermediates that are missing, where they say they are" },
	{ OPT_CRL, "crl", "FILE", "a list of revoked certificates, which counts" },
	{ OPT_OCSP, "ocsp", "FILE", "an OCSP response for the leaf, as a server staples it" },
	{ OPT_REQUIRE_REVOCATION, "require-revocation", "WHOM",
	  "leaf or chain: who must be proved not to be revoked" },
	{ OPT_MUST_STAPLE, "must-staple", NULL,
	  "refuse a leaf that promises an OCSP response without one" },
	{ OPT_PIN, "pin", "sha256//BASE64", "one of the keys must be this one, or another --pin" },
	{ OPT_WRITE_CHAIN, "write-chain", "FILE", "write the chain as it should be sent" },
	{ OPT_FORCE, "force", NULL, "replace that file if it is there" },
	{ OPT_TIMEOUT, "timeout", "TIME", "for connection and handshake; default 30s" },
	{ OPT_JSON, "json", NULL, "the verdict as one JSON document" },
	{ OPT_COLOR, "color", "WHEN", "auto, always or never" },
};

const char *const verify_purposes[2] = { "server", "client" };
const char *const verify_policies[3] = { "default", "rfc5280", "web" };

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

/* One more of an option that may be given several times. */
static bool take_file(const char *option, const char **files, size_t *count, size_t most,
		      const char *value)
{
	if (*count == most)
		return bad_value(option, value, "put them into one file: there are too many");
	files[(*count)++] = value;
	return true;
}

static bool take_revocation(struct revocation_options *r, int id, const char *value)
{
	static const char verb[] = "cert verify";

	switch (id) {
	case OPT_CRL:
		return revocation_take_crl(r, verb, value);
	case OPT_OCSP:
		r->ocsp = value;
		return true;
	case OPT_MUST_STAPLE:
		return r->must_staple = true;
	case OPT_REQUIRE_REVOCATION:
		return revocation_take_mode(r, verb, value);
	default:
		return revocation_take_pin(r, verb, value);
	}
}

static bool take(void *arg, int id, const char *value)
{
	struct verify_options *o = arg;

	switch (id) {
	case OPT_HOSTNAME:
		o->host = value;
		return target_name_is_plain(value) ||
		       bad_value("hostname", value, "give a name in ASCII (xn--...)");
	case OPT_AT:
		return value_time(value, &o->at) ||
		       bad_value("at", value, "give a day or a time in UTC: 2026-01-02T03:04:05Z");
	case OPT_PURPOSE:
		return take_word(verify_purposes, 2, value, &o->purpose) ||
		       bad_value("purpose", value, "give server or client");
	case OPT_POLICY:
		return take_word(verify_policies, 3, value, &o->policy) ||
		       bad_value("policy", value, "give default, rfc5280 or web");
	case OPT_TIMEOUT:
		return value_duration(value, &o->source.timeout_ms) ||
		       bad_value("timeout", value, "give a time such as 5s, 500ms or 2m");
	case OPT_JSON:
		return o->json = true;
	case OPT_COLOR:
		return term_when_parse(value, &o->colour) ||
		       bad_value("color", value, "give auto, always or never");
	case OPT_UNTRUSTED:
		return take_file("untrusted", o->untrusted, &o->untrusted_count,
				 VERIFY_UNTRUSTED_MAX, value);
	case OPT_AIA:
		return o->aia = true;
	case OPT_WRITE_CHAIN:
		o->write_chain = value;
		return true;
	case OPT_FORCE:
		return o->force = true;
	case OPT_CRL:
	case OPT_OCSP:
	case OPT_REQUIRE_REVOCATION:
	case OPT_MUST_STAPLE:
	case OPT_PIN:
		return take_revocation(&o->revocation, id, value);
	default:
		return take_file("cacert", o->cacerts, &o->cacert_count, VERIFY_CACERTS_MAX, value);
	}
}

/* ---- judging ---- */

static bool fill_trust(struct ward_trust *trust, const struct verify_options *o,
		       struct ward_error *err)
{
	for (size_t i = 0; i < o->cacert_count; i++)
		if (!trust_add_path(trust, o->cacerts[i], err))
			return false;
	return true;
}

static struct ward_trust *load_trust(const struct verify_options *o, struct ward_error *err)
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

/* ---- telling ---- */

/* Where no path is good, there is no chain to write, and that is told with the rest. */
static int write_chain(struct judgement *j)
{
	char *text;
	int code;

	if (j->o->write_chain == NULL || j->repair.chain.count == 0)
		return EXIT_FINE;
	text = chain_pem(&j->repair.chain);
	if (text == NULL)
		return report_lines(command, EXIT_NETWORK, "free some memory and try again",
				    "out of memory");
	code = output_write(command, j->o->write_chain, text, OUTPUT_PUBLIC);
	free(text);
	j->repair.written = code == EXIT_FINE;
	return code;
}

static int tell(const struct judgement *j)
{
	int status = judgement_is_good(j) ? EXIT_FINE : EXIT_ANSWER_NO;
	struct term term = term_make(stdout, j->o->colour);
	char cause[512];

	if (j->o->json && !judgement_json(j, status))
		return report_lines(command, EXIT_NETWORK,
				    "check where it goes to, and the space there",
				    "the verdict cannot be written");
	if (!j->o->json)
		judgement_print(j, &term);
	if (judgement_is_good(j))
		return status;
	return report_lines(command, status, j->remedy, "%s: %s", j->source->name,
			    report_cause(&j->fault, cause, sizeof(cause)));
}

static int judge(struct judgement *j, struct ward_trust *trust)
{
	struct ward_error err = ERROR_NONE;
	int code;

	if (!judgement_make(j, trust, &err))
		return report_setup(command, &err);
	code = write_chain(j);
	return code == EXIT_FINE ? tell(j) : code;
}

static int judge_with_revocation(struct judgement *j, struct ward_trust *trust)
{
	struct ward_error err = ERROR_NONE;
	struct revocation revocation;
	const char *path = "";
	char cause[512];
	int code;

	if (revocation_load(&j->o->revocation, &revocation, &j->params, &path, &err))
		code = judge(j, trust);
	else
		code = report_lines(command, EXIT_USAGE, report_remedy(&err), "%s: %s", path,
				    report_cause(&err, cause, sizeof(cause)));
	revocation_clear(&revocation);
	return code;
}

static int verify_chain(const struct source *source, const struct verify_options *o)
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
	code = judge_with_revocation(&j, trust);
	judgement_clear(&j);
	ward_trust_free(trust);
	return code;
}

static int verify(const char *name, struct verify_options *o)
{
	struct source source;
	int code;

	if (o->write_chain != NULL && !output_is_free(command, o->write_chain, o->force))
		return EXIT_USAGE;
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
	struct verify_options o = { .source.command = command, .at = -1 };
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
		"input (-), or that a server sends. If it is not: which certificate breaks which rule,\n"
		"and what would put it right. The chain can be written as it should be sent.\n"
		"Exit status: 0 it is good; 1 it is not.\n",
	.examples = "  ward cert verify fullchain.pem --hostname example.org\n"
		    "  ward cert verify example.org:443\n"
		    "  ward cert verify example.org:443 --aia --write-chain fixed.pem\n"
		    "  ward cert verify client.pem --cacert ca.pem --purpose client\n"
		    "  ward cert verify fullchain.pem --at 2027-01-01\n"
		    "  ward cert verify fullchain.pem --crl ca.crl --require-revocation leaf\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
