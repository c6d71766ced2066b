/*
 * `ward ca init`: making a CA.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ca/authority.h"
#include "cli/ca.h"
#include "cli/facts.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/values.h"
#include "x509/hostname.h"

static const char command[] = "ward ca init";

#define DAY (INT64_C(24) * 3600)

enum {
	OPT_NAME = OPT_CA_OTHERS,
	OPT_PERMIT,
	OPT_UNCONSTRAINED,
	OPT_LIFETIME,
	OPT_INTERMEDIATE_LIFETIME,
	OPT_KEY_TYPE,
	OPT_ROOT_KEY_OUT,
	OPT_CRL_URL,
	OPT_OCSP_URL,
	OPT_ENCRYPT,
};

static const struct option_row rows[] = {
	CA_DIR_OPTION,
	{ OPT_NAME, "name", "TEXT", "what people shall see; default: ward CA on this host" },
	{ OPT_PERMIT, "permit", "NAME|NET", "it may vouch for this, too, and all below it" },
	{ OPT_UNCONSTRAINED, "unconstrained", NULL, "it may vouch for everything: a danger" },
	{ OPT_LIFETIME, "lifetime", "TIME", "of the root; default 3650d" },
	{ OPT_INTERMEDIATE_LIFETIME, "intermediate-lifetime", "TIME", "default 1825d" },
	{ OPT_KEY_TYPE, "key-type", "TYPE",
	  "p256 (default), p384, p521, ed25519, rsa2048, rsa3072, rsa4096" },
	{ OPT_ROOT_KEY_OUT, "root-key-out", "FILE", "put the root's key there, to be kept apart" },
	{ OPT_CRL_URL, "crl-url", "URL", "where its CRL will be; told in certificates" },
	{ OPT_OCSP_URL, "ocsp-url", "URL", "where its OCSP responder will be; likewise" },
	{ OPT_ENCRYPT, "encrypt", NULL, "encrypt the keys; asks for a passphrase" },
	{ OPT_CA_PASSPHRASE_FILE, "passphrase-file", "FILE", "encrypt them with its first line" },
	{ OPT_CA_PASSPHRASE_FD, "passphrase-fd", "N", "the same from descriptor N" },
};

struct options {
	struct ca_plan plan;
	struct ca_settings settings;
	struct ca_options ca;
	char **permits;
	bool unconstrained, encrypt;
	char name[64];
};

static bool take_life(const char *option, const char *value, int64_t *life)
{
	return value_life(value, life) ||
	       options_bad_value("ca init", option, value, "give a time such as 3650d");
}

static bool take_url(const char *option, const char *value, char **url)
{
	if (strncmp(value, "http://", 7) != 0 || value[7] == '\0')
		return options_bad_value("ca init", option, value,
					 "give a URL that begins with http://, as clients want it");
	free(*url);
	*url = strdup(value);
	return *url != NULL;
}

static bool take_permit(struct options *o, const char *value)
{
	struct ca_settings probe = { 0 };
	bool ok = ca_permit(&probe, value, NULL) && ca_list_add(&o->permits, value, NULL);

	ca_settings_clear(&probe);
	return ok || options_bad_value("ca init", "permit", value,
				       "give a DNS name, or a network such as 10.0.0.0/8");
}

static bool take_key_option(struct options *o, int id, const char *value)
{
	switch (id) {
	case OPT_KEY_TYPE:
		return output_key_kind(value, &o->plan.kind) ||
		       options_bad_value("ca init", "key-type", value, output_key_kinds);
	case OPT_ROOT_KEY_OUT:
		o->plan.root_key_file = value;
		return true;
	case OPT_ENCRYPT:
		return o->encrypt = true;
	default:
		return ca_take(&o->ca, command, id, value);
	}
}

static bool take(void *arg, int id, const char *value)
{
	struct options *o = arg;

	switch (id) {
	case OPT_NAME:
		o->plan.name = value;
		return true;
	case OPT_PERMIT:
		return take_permit(o, value);
	case OPT_UNCONSTRAINED:
		return o->unconstrained = true;
	case OPT_LIFETIME:
		return take_life("lifetime", value, &o->plan.root_life);
	case OPT_INTERMEDIATE_LIFETIME:
		return take_life("intermediate-lifetime", value, &o->plan.intermediate_life);
	case OPT_CRL_URL:
		return take_url("crl-url", value, &o->settings.crl_url);
	case OPT_OCSP_URL:
		return take_url("ocsp-url", value, &o->settings.ocsp_url);
	default:
		return take_key_option(o, id, value);
	}
}

/* So that people with several machines can tell their CAs apart. */
static void default_name(struct options *o)
{
	char host[256] = "";

	if (gethostname(host, sizeof(host) - 1) != 0 || !hostname_is_dns(span_string(host)))
		snprintf(host, sizeof(host), "this machine");
	snprintf(o->name, sizeof(o->name), "ward CA on %.36s", host);
	o->plan.name = o->name;
}

static bool set_constraints(struct options *o, struct ward_error *err)
{
	if (o->unconstrained)
		return true;
	if (!ca_permit_private(&o->settings, err))
		return false;
	for (size_t i = 0; o->permits != NULL && o->permits[i] != NULL; i++)
		if (!ca_permit(&o->settings, o->permits[i], err))
			return false;
	return true;
}

static void print_list(const char *title, char *const *list)
{
	printf("%s", title);
	for (size_t i = 0; list != NULL && list[i] != NULL; i++)
		printf("%s%s", i == 0 ? "" : ", ", list[i]);
	printf("\n");
}

static void tell(const struct options *o, const struct ca *ca)
{
	char subject[200], last[FACTS_TIME];

	printf("Made a CA in %s\n", ca->dir);
	printf("Root          %s, until %.10s\n",
	       ward_cert_common_name(ca->root, subject, sizeof(subject)),
	       facts_time(ward_cert_not_after(ca->root), last));
	printf("Intermediate  %s, until %.10s\n",
	       ward_cert_common_name(ca->intermediate, subject, sizeof(subject)),
	       facts_time(ward_cert_not_after(ca->intermediate), last));
	if (o->unconstrained) {
		fflush(stdout);
		fprintf(stderr,
			"warning: it may vouch for every name there is: who steals its keys "
			"can\n         impersonate any server to those who trust it\n");
	} else {
		print_list("May vouch for ", ca->settings.permitted_dns);
		print_list("              ", ca->settings.permitted_ip);
	}
	if (o->plan.root_key_file != NULL)
		printf("The root's key is in %s: keep it apart from here. It is needed again for\n"
		       "ward ca renew alone.\n",
		       o->plan.root_key_file);
	printf("Next: ward ca issue NAME; ward ca install has it trusted here, and whoever else shall\n"
	       "trust it trusts %s/%s\n",
	       ca->dir, CA_ROOT);
}

static int init(struct options *o)
{
	struct passphrase *secret = &o->ca.passphrase;
	struct ward_error err = { 0 };
	struct ca ca;
	int code;

	if (o->plan.root_key_file != NULL && !output_is_free(command, o->plan.root_key_file, false))
		return EXIT_USAGE;
	if (o->encrypt && !secret->given &&
	    !passphrase_ask(secret, command, "the keys of the CA", true))
		return EXIT_USAGE;
	if (secret->given)
		o->plan.secret = (struct ca_secret){ secret->bytes, secret->len };
	if (o->plan.name == NULL)
		default_name(o);
	o->plan.settings = &o->settings;
	if (!set_constraints(o, &err) || !ca_init(o->ca.dir, &o->plan, (int64_t)time(NULL), &err))
		return report_setup(command, &err);
	code = ca_open_for(&ca, command, o->ca.dir, CA_LOOK);
	if (code == EXIT_FINE)
		tell(o, &ca);
	ca_close(&ca);
	return code;
}

static void clear(struct options *o)
{
	ca_list_free(o->permits);
	ca_settings_clear(&o->settings);
	passphrase_wipe(&o->ca.passphrase);
}

static int run(int argc, char **argv)
{
	struct options o = {
		.plan = { .kind = WARD_KEY_P256,
			  .root_life = 3650 * DAY,
			  .intermediate_life = 1825 * DAY },
	};
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_ca_init, argc, argv, take, &o, &status);

	if (operands != NULL && operands[0] != NULL)
		status = options_bad_operands(&verb_ca_init, "no operand is expected", operands[0]);
	else if (operands != NULL && o.unconstrained && o.permits != NULL)
		status = report_lines(command, EXIT_USAGE, "give one of the two",
				      "--unconstrained permits everything, --permit a part");
	else if (operands != NULL)
		status = init(&o);
	clear(&o);
	return status;
}

const struct verb verb_ca_init = {
	.name = "ca init",
	.page = "ca",
	.operands = "",
	.summary = "make a CA",
	.text = "Makes a CA: a root to be trusted, and an intermediate that issues. It may vouch for\n"
		"localhost, .test, .local, .internal, .home.arpa and private networks, for others if\n"
		"they are permitted here. The root's key may be taken away; issuing does not need it.\n",
	.examples =
		"  ward ca init\n"
		"  ward ca init --permit corp.example --root-key-out /media/stick/root-key.pem\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
