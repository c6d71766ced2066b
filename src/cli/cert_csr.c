/*
 * `ward cert csr`: a certificate request, with a new key or for one that is there.
 */
#include <stdlib.h>
#include <string.h>

#include <ward/csr.h>

#include "cli/cert.h"
#include "cli/key.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/report.h"

static const char command[] = "ward cert csr";

enum {
	OPT_SUBJECT = OPTION_LONG,
	OPT_PROFILE,
	OPT_KEY,
	OPT_KEY_TYPE,
	OPT_OUT,
	OPT_KEY_OUT,
	OPT_MUST_STAPLE,
	OPT_PASSPHRASE_FILE,
	OPT_PASSPHRASE_FD,
	OPT_FORCE,
};

static const struct option_row rows[] = {
	{ OPT_SUBJECT, "subject", "DN", "as /C=DE/O=Example/CN=name; default: the first NAME" },
	{ OPT_PROFILE, "profile", "WHAT", "server (default), client, both or ca" },
	{ OPT_KEY, "key", "FILE", "the key it is for; default: a new one" },
	{ OPT_KEY_TYPE, "key-type", "TYPE",
	  "p256 (default), p384, p521, ed25519, rsa2048, rsa3072, rsa4096" },
	{ OPT_OUT, "out", "FILE", "where to write it, or -; default NAME.csr" },
	{ OPT_KEY_OUT, "key-out", "FILE",
	  "where to write a new key, mode 0600; default NAME-key.pem" },
	{ OPT_MUST_STAPLE, "must-staple", NULL,
	  "ask for a certificate that needs a stapled response" },
	PASSPHRASE_OPTIONS(OPT_PASSPHRASE_FILE, OPT_PASSPHRASE_FD),
	{ OPT_FORCE, "force", NULL, "replace files that are there" },
};

struct options {
	struct ward_cert_spec spec;
	enum ward_key_kind kind;
	const char *key, *out, *key_out;
	struct passphrase passphrase;
	bool force;
	char out_default[OUTPUT_PATH_SIZE], key_default[OUTPUT_PATH_SIZE];
};

static bool take_more(struct options *o, int id, const char *value)
{
	switch (id) {
	case OPT_OUT:
		o->out = value;
		return true;
	case OPT_KEY_OUT:
		o->key_out = value;
		return true;
	case OPT_MUST_STAPLE:
		return o->spec.must_staple = true;
	case OPT_PASSPHRASE_FILE:
		return passphrase_read_file(&o->passphrase, command, value);
	case OPT_PASSPHRASE_FD:
		return passphrase_read_fd(&o->passphrase, command, value);
	default:
		return o->force = true;
	}
}

static bool take(void *arg, int id, const char *value)
{
	struct options *o = arg;

	switch (id) {
	case OPT_SUBJECT:
		o->spec.subject = value;
		return true;
	case OPT_PROFILE:
		return output_profile(value, &o->spec.profile) ||
		       options_bad_value("cert csr", "profile", value, output_profiles);
	case OPT_KEY:
		o->key = value;
		return true;
	case OPT_KEY_TYPE:
		return output_key_kind(value, &o->kind) ||
		       options_bad_value("cert csr", "key-type", value, output_key_kinds);
	default:
		return take_more(o, id, value);
	}
}

static int write_key(const struct options *o, const struct ward_key *key)
{
	struct ward_error err = { 0 };
	char *text = ward_key_pem(key, &err);
	int code = text == NULL ? report_setup(command, &err)
				: output_write(command, o->key_out, text, OUTPUT_SECRET);

	key_text_free(text);
	return code;
}

static int write_files(const struct options *o, const struct ward_key *key,
		       const struct ward_csr *csr)
{
	char *text = ward_csr_pem(csr);
	int code = EXIT_FINE;

	if (text == NULL)
		return report_lines(command, EXIT_NETWORK, "free some memory and try again",
				    "out of memory");
	if (o->key == NULL)
		code = write_key(o, key);
	if (code == EXIT_FINE)
		code = output_write(command, o->out, text, OUTPUT_PUBLIC);
	if (code == EXIT_FINE && strcmp(o->out, "-") != 0) {
		if (o->key == NULL)
			printf("Made %s and its key %s\n", o->out, o->key_out);
		else
			printf("Made %s for the key %s\n", o->out, o->key);
	}
	free(text);
	return code;
}

static int make(struct options *o)
{
	struct ward_error err = { 0 };
	struct ward_key *key;
	struct ward_csr *csr = NULL;
	int code;

	if (o->key != NULL) {
		key = key_load_with(command, o->key, &o->passphrase);
		if (key == NULL)
			return EXIT_USAGE;
	} else {
		key = ward_key_generate(o->kind, &err);
	}
	if (key != NULL)
		csr = ward_csr_make(&o->spec, key, &err);
	code = csr == NULL ? report_setup(command, &err) : write_files(o, key, csr);
	ward_csr_free(csr);
	ward_key_free(key);
	return code;
}

static int prepare(struct options *o, char **names)
{
	enum { COMMON_NAME_MAX = 64 };
	const char *base = names[0] == NULL ? "request" : names[0];

	if (names[0] == NULL && o->spec.subject == NULL)
		return options_bad_operands(&verb_cert_csr, "a name is missing", NULL);
	o->spec.names = names[0] == NULL ? NULL : (const char *const *)names;
	/* The common name is for display, and may be 64 characters: longer ones are left out. */
	if (o->spec.subject == NULL && strlen(names[0]) <= COMMON_NAME_MAX)
		o->spec.common_name = names[0];
	if (o->out == NULL)
		o->out = output_default_path(o->out_default, base, ".csr");
	if (o->key_out == NULL)
		o->key_out = output_default_path(o->key_default, base, "-key.pem");
	if (o->key == NULL && strcmp(o->out, o->key_out) == 0)
		return report_lines(command, EXIT_USAGE, "give the key a file of its own",
				    "%s: it cannot be the request's file and the key's", o->out);
	if ((o->key == NULL && !output_is_free(command, o->key_out, o->force)) ||
	    !output_is_free(command, o->out, o->force))
		return EXIT_USAGE;
	return make(o);
}

static int run(int argc, char **argv)
{
	struct options o = { .kind = WARD_KEY_P256, .spec.path_length = -1 };
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_cert_csr, argc, argv, take, &o, &status);

	if (operands != NULL)
		status = prepare(&o, operands);
	passphrase_wipe(&o.passphrase);
	return status;
}

const struct verb verb_cert_csr = {
	.name = "cert csr",
	.page = "cert",
	.operands = "NAME...",
	.summary = "make a request for one",
	.text = "Makes a certificate request (PKCS#10), and a key unless one is given. A NAME is a DNS name,\n"
		"an IP address, a mail address or a URI.\n",
	.examples =
		"  ward cert csr www.example.org example.org\n"
		"  ward cert csr --key key.pem --subject /O=Example/CN=www --out - www.example.org\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
