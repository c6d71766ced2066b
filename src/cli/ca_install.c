/*
 * `ward ca install` and `ward ca uninstall`: having a root trusted on this machine, or not any more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "ca/install.h"
#include "cli/ca.h"
#include "cli/report.h"
#include "cli/source.h"
#include "cli/values.h"
#include "serve/userdir.h"

enum { OPT_DEVELOPMENT = OPT_CA_OTHERS, OPT_JSON, OPT_STORES, OPT_STORE_ROOT };

static const struct option_row rows[] = {
	CA_DIR_OPTION,
	{ OPT_DEVELOPMENT, "development", NULL, "the development CA of ward serve instead" },
	{ OPT_JSON, "json", NULL, "what came of it as one JSON document" },
	{ OPT_STORES, "stores", "LIST", "of system,nss,java; default $TRUST_STORES, else all" },
	{ OPT_STORE_ROOT, "store-root", "DIR",
	  "the system's and Java's stores in the tree below DIR" },
};

struct options {
	const struct verb *verb;
	char command[24];
	struct ca_options ca;
	const char *store_root, *operand;
	bool development, json;
	struct install_job job;
	char *path;      /* of the certificate */
	json_t *results; /* of the stores */
	size_t met;      /* stores that there are */
};

/* ---- options ---- */

static bool take_stores(struct install_job *job, const char *text)
{
	struct value_list list;
	bool ok = value_list_make(&list, text);

	job->system = job->nss = job->java = false;
	for (size_t i = 0; ok && i < list.count; i++) {
		if (strcmp(list.items[i], "system") == 0)
			job->system = true;
		else if (strcmp(list.items[i], "nss") == 0)
			job->nss = true;
		else if (strcmp(list.items[i], "java") == 0)
			job->java = true;
		else
			ok = false;
	}
	value_list_clear(&list);
	return ok;
}

static bool take(void *arg, int id, const char *value)
{
	struct options *o = arg;

	switch (id) {
	case OPT_DEVELOPMENT:
		return o->development = true;
	case OPT_JSON:
		return o->json = true;
	case OPT_STORES:
		return take_stores(&o->job, value) ||
		       options_bad_value(o->verb->name, "stores", value,
					 "a list of system, nss and java");
	case OPT_STORE_ROOT:
		o->store_root = value;
		return true;
	default:
		return ca_take(&o->ca, o->command, id, value);
	}
}

/* ---- telling ---- */

static const char *const outcome_words[] = {
	[INSTALL_DONE] = "done",     [INSTALL_NO_CHANGE] = "no-change",
	[INSTALL_ABSENT] = "absent", [INSTALL_SKIPPED] = "skipped",
	[INSTALL_FAILED] = "failed",
};

static void told_json(struct options *o, const struct install_result *r)
{
	json_array_append_new(o->results,
			      json_pack("{s:s, s:s?, s:s, s:s?, s:s?}", "store", r->store, "place",
					r->place, "outcome", outcome_words[r->outcome], "why",
					r->why, "remedy", r->remedy));
}

static void told_text(const struct options *o, const struct install_result *r)
{
	const char *done = o->job.remove ? "removed" : "installed";
	const char *no_change = o->job.remove ? "is not there" : "is there already";

	printf("%-7s %s%s", r->store, r->place == NULL ? "" : r->place,
	       r->place == NULL ? "" : ": ");
	switch (r->outcome) {
	case INSTALL_DONE:
	case INSTALL_NO_CHANGE:
		printf("%s\n", r->outcome == INSTALL_DONE ? done : no_change);
		return;
	case INSTALL_SKIPPED:
		printf("left alone, %s; %s\n", r->why, r->remedy);
		return;
	case INSTALL_ABSENT:
	case INSTALL_FAILED:
	default:
		printf("none is here%s%s\n", r->remedy == NULL ? "" : "; ",
		       r->remedy == NULL ? "" : r->remedy);
		return;
	}
}

static void told(void *arg, const struct install_result *r)
{
	struct options *o = arg;
	const char *place = r->place == NULL ? "" : r->place;

	if (r->outcome != INSTALL_ABSENT)
		o->met++;
	if (r->outcome == INSTALL_FAILED)
		(void)report_lines(o->command, EXIT_ANSWER_NO, r->remedy, "%s: %s%s%s", r->store,
				   place, place[0] == '\0' ? "" : ": ", r->why);
	if (o->json)
		told_json(o, r);
	else if (r->outcome != INSTALL_FAILED)
		told_text(o, r);
}

/* ---- which certificate ---- */

static bool find_path(struct options *o, struct ward_error *err)
{
	char *dir = NULL;

	if (o->operand != NULL) {
		o->path = strdup(o->operand);
	} else if (o->development) {
		dir = userdir_default("ward", err);
		o->path = dir == NULL ? NULL : userdir_path(dir, "ca.pem");
	} else {
		struct ca ca;

		if (ca_open(&ca, o->ca.dir, CA_LOOK, err))
			o->path = ca_path(&ca, CA_ROOT, err);
		ca_close(&ca);
	}
	free(dir);
	return o->path != NULL;
}

static int load(struct options *o, struct ward_cert **cert)
{
	const struct source_options options = { .command = o->command };
	struct ward_error err = { 0 };
	struct source source;
	int code;

	if (!find_path(o, &err))
		return report_setup(o->command, &err);
	code = source_load(&source, o->path, &options);
	if (code == EXIT_FINE && !source.is_server && source.chain.count == 1 &&
	    ward_cert_is_ca(source.chain.certs[0]))
		*cert = ward_cert_ref(source.chain.certs[0]);
	else if (code == EXIT_FINE)
		code = report_lines(o->command, EXIT_USAGE,
				    "give a file with the certificate of a CA, and that alone",
				    "%s: it is not one CA's certificate", o->path);
	source_clear(&source);
	return code;
}

/* ---- running ---- */

/* Whether a shell would take it for anything but one word. */
static bool is_no_word(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				 "/._-+@:")] != '\0';
}

/* What root is to call, whatever sudo does to the environment. */
static char *own_command(const struct options *o)
{
	char *real = realpath(o->path, NULL), *text = NULL;
	const char *root = o->job.root, *quote = "";
	int n = -1;

	if (real != NULL) {
		quote = is_no_word(real) || is_no_word(root) ? "'" : "";
		n = asprintf(&text, "sudo ward %s --stores system,java%s%s%s%s %s%s%s",
			     o->verb->name, root[0] == '\0' ? "" : " --store-root ",
			     root[0] == '\0' ? "" : quote, root, root[0] == '\0' ? "" : quote,
			     quote, real, quote);
	}
	free(real);
	return n < 0 ? NULL : text;
}

static bool print_json(const struct options *o, int code)
{
	json_t *document = json_pack("{s:i, s:s, s:O, s:i}", "schema", 1, "certificate", o->path,
				     "stores", o->results, "exit_status", code);
	bool ok = document != NULL && json_dumpf(document, stdout, JSON_INDENT(2)) == 0 &&
		  putchar('\n') != EOF;

	json_decref(document);
	return ok;
}

static int finish(const struct options *o, bool ok)
{
	int code = ok ? EXIT_FINE : EXIT_ANSWER_NO;

	if (o->met == 0 && !o->job.remove)
		code = report_lines(o->command, EXIT_ANSWER_NO,
				    "install the package ca-certificates, or start a browser once",
				    "there is no trust store here");
	if ((o->json && !print_json(o, code)) || fflush(stdout) != 0)
		code = report_lines(o->command, EXIT_NETWORK,
				    "check where it goes to, and the space there",
				    "the report cannot be written");
	return code;
}

static int install(struct options *o, const struct ward_cert *cert)
{
	char *root = o->store_root == NULL ? NULL : realpath(o->store_root, NULL);
	char *own;
	int code;

	if (o->store_root != NULL && root == NULL)
		return report_lines(o->command, EXIT_USAGE, "give a folder",
				    "%s: there is no such folder", o->store_root);
	o->job.cert = cert;
	o->job.root = root == NULL || strcmp(root, "/") == 0 ? "" : root;
	o->job.home = getenv("HOME");
	o->job.told = told;
	o->job.arg = o;
	own = own_command(o);
	o->job.own_command = own == NULL ? "run this as root" : own;
	o->results = json_array();
	code = finish(o, install_run(&o->job));
	json_decref(o->results);
	free(own);
	free(root);
	return code;
}

static int run_with(const struct verb *verb, bool remove, int argc, char **argv)
{
	struct options o = { .verb = verb, .job = { .system = true, .nss = true, .java = true } };
	const char *stores = getenv("TRUST_STORES");
	struct ward_cert *cert = NULL;
	int status = EXIT_USAGE;
	char **operands;

	o.job.remove = remove;
	snprintf(o.command, sizeof(o.command), "ward %s", verb->name);
	if (stores != NULL && stores[0] != '\0' && !take_stores(&o.job, stores))
		return report_lines(o.command, EXIT_USAGE,
				    "set it to a list of system, nss and java",
				    "TRUST_STORES is \"%s\"", stores);
	operands = options_parse(verb, argc, argv, take, &o, &status);
	if (operands == NULL)
		return status;
	if (operands[0] != NULL && operands[1] != NULL)
		return options_bad_operands(verb, "there is more than one", operands[1]);
	o.operand = operands[0];
	if ((o.operand != NULL) + o.development + (o.ca.dir != NULL) > 1)
		return report_lines(o.command, EXIT_USAGE,
				    "give a file, or --dir, or --development",
				    "more than one CA is named");
	status = load(&o, &cert);
	if (status == EXIT_FINE)
		status = install(&o, cert);
	ward_cert_free(cert);
	free(o.path);
	return status;
}

static int run_install(int argc, char **argv)
{
	return run_with(&verb_ca_install, false, argc, argv);
}

static int run_uninstall(int argc, char **argv)
{
	return run_with(&verb_ca_uninstall, true, argc, argv);
}

const struct verb verb_ca_install = {
	.name = "ca install",
	.page = "ca",
	.operands = "[FILE]",
	.summary = "have its root trusted on this machine",
	.text = "Puts the root of a CA, or the CA certificate in FILE, into the system's trust store, the\n"
		"databases of Firefox and Chromium, and Java's. What is there already stays as it is.\n"
		"Exit status: 1 one of the stores failed, or there is none.\n",
	.examples = "  ward ca install\n"
		    "  ward ca install --stores nss\n"
		    "  ward ca install --development\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run_install,
};

const struct verb verb_ca_uninstall = {
	.name = "ca uninstall",
	.page = "ca",
	.operands = "[FILE]",
	.summary = "have it trusted no more",
	.text = "Takes the root of a CA, or the CA certificate in FILE, out of the stores that ward ca\n"
		"install puts it into. Exit status: 1 one of the stores failed.\n",
	.examples = "  ward ca uninstall\n"
		    "  ward ca uninstall old-root.pem\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run_uninstall,
};
