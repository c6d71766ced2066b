/*
 * `ward cert new`: a self-signed certificate and its key, for a server.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cert.h"
#include "cli/key.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/values.h"

static const char command[] = "ward cert new";

enum { OPT_LIFETIME = OPTION_LONG, OPT_KEY_TYPE, OPT_CERT, OPT_KEY, OPT_FORCE };

static const struct option_row rows[] = {
	{ OPT_LIFETIME, "lifetime", "TIME", "as 90d or 160h; default 90d" },
	{ OPT_KEY_TYPE, "key-type", "TYPE",
	  "p256 (default), p384, p521, ed25519, rsa2048, rsa3072, rsa4096" },
	{ OPT_CERT, "cert", "FILE", "where to write it; default NAME.pem" },
	{ OPT_KEY, "key", "FILE", "where to write its key, mode 0600; default NAME-key.pem" },
	{ OPT_FORCE, "force", NULL, "replace files that are there" },
};

struct options {
	int64_t lifetime;
	enum ward_key_kind kind;
	const char *cert, *key;
	bool force;
	char cert_default[OUTPUT_PATH_SIZE], key_default[OUTPUT_PATH_SIZE];
};

static bool take(void *arg, int id, const char *value)
{
	struct options *o = arg;

	switch (id) {
	case OPT_LIFETIME:
		return value_life(value, &o->lifetime) ||
		       options_bad_value("cert new", "lifetime", value,
					 "give a time such as 90d or 160h");
	case OPT_KEY_TYPE:
		return output_key_kind(value, &o->kind) ||
		       options_bad_value("cert new", "key-type", value, output_key_kinds);
	case OPT_CERT:
		o->cert = value;
		return true;
	case OPT_KEY:
		o->key = value;
		return true;
	default:
		return o->force = true;
	}
}

static int write_files(const struct options *o, const struct ward_key *key,
		       const struct ward_cert *cert)
{
	struct ward_error err = { 0 };
	char *key_text = ward_key_pem(key, &err);
	char *cert_text = ward_cert_pem(cert);
	int code = EXIT_FINE;

	if (key_text == NULL || cert_text == NULL)
		code = report_lines(command, EXIT_NETWORK, "free some memory and try again",
				    "out of memory");
	if (code == EXIT_FINE)
		code = output_write(command, o->key, key_text, OUTPUT_SECRET);
	if (code == EXIT_FINE)
		code = output_write(command, o->cert, cert_text, OUTPUT_PUBLIC);
	if (code == EXIT_FINE)
		printf("Made %s and its key %s\n", o->cert, o->key);
	key_text_free(key_text);
	free(cert_text);
	return code;
}

static int make(const struct options *o, char **names)
{
	enum { COMMON_NAME_MAX = 64, BACKDATED = 3600 };
	int64_t now = (int64_t)time(NULL);
	struct ward_cert_spec spec = {
		/* RFC 5280, appendix A.1: ub-common-name. It is for display: names are matched. */
		.common_name = strlen(names[0]) > COMMON_NAME_MAX ? "self-signed" : names[0],
		.names = (const char *const *)names,
		.profile = WARD_PROFILE_SERVER,
		.not_before = now - BACKDATED, /* for clocks that are a little behind */
		.not_after = now + o->lifetime,
		.path_length = -1,
	};
	struct ward_error err = { 0 };
	struct ward_key *key = ward_key_generate(o->kind, &err);
	struct ward_cert *cert = NULL;
	int code;

	if (key != NULL)
		cert = ward_cert_make(&spec, key, NULL, NULL, &err);
	code = cert == NULL ? report_setup(command, &err) : write_files(o, key, cert);
	ward_cert_free(cert);
	ward_key_free(key);
	return code;
}

static int run(int argc, char **argv)
{
	struct options o = { .lifetime = INT64_C(90) * 24 * 3600, .kind = WARD_KEY_P256 };
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_cert_new, argc, argv, take, &o, &status);

	if (operands == NULL)
		return status;
	if (operands[0] == NULL)
		return options_bad_operands(&verb_cert_new, "a name is missing", NULL);
	if (o.cert == NULL)
		o.cert = output_default_path(o.cert_default, operands[0], ".pem");
	if (o.key == NULL)
		o.key = output_default_path(o.key_default, operands[0], "-key.pem");
	if (strcmp(o.cert, o.key) == 0)
		return report_lines(command, EXIT_USAGE, "give the key a file of its own",
				    "%s: it cannot be the certificate's file and the key's", o.key);
	if (!output_is_free(command, o.key, o.force) || !output_is_free(command, o.cert, o.force))
		return EXIT_USAGE;
	return make(&o, operands);
}

const struct verb verb_cert_new = {
	.name = "cert new",
	.page = "cert",
	.operands = "NAME...",
	.summary = "make a self-signed one",
	.text = "Makes a self-signed certificate for a server, and its key. A NAME is a DNS name, an IP\n"
		"address, a mail address or a URI; clients must be told to trust the certificate.\n",
	.examples = "  ward cert new localhost 127.0.0.1 ::1\n"
		    "  ward cert new --lifetime 160h --key-type rsa2048 www.example.org\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
