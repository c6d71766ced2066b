/*
 * `ward cert sign`: a certificate for a request, from a CA whose key is in a file.
 *
 * What the request asks for is taken as far as its names go, and shown, so that whoever signs sees
 * what is signed. Everything else is said here.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <ward/csr.h>

#include "cli/cert.h"
#include "cli/facts.h"
#include "cli/input.h"
#include "cli/key.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/source.h"
#include "cli/values.h"

static const char command[] = "ward cert sign";

enum {
	OPT_CA = OPTION_LONG,
	OPT_CA_KEY,
	OPT_LIFETIME,
	OPT_PROFILE,
	OPT_SUBJECT,
	OPT_NAMES,
	OPT_OUT,
	OPT_PASSPHRASE_FILE,
	OPT_PASSPHRASE_FD,
	OPT_FORCE,
};

static const struct option_row rows[] = {
	{ OPT_CA, "ca", "FILE", "the CA's certificate" },
	{ OPT_CA_KEY, "ca-key", "FILE", "its key" },
	{ OPT_LIFETIME, "lifetime", "TIME", "as 90d or 160h; default 90d" },
	{ OPT_PROFILE, "profile", "WHAT", "server (default), client, both or ca" },
	{ OPT_SUBJECT, "subject", "DN", "this subject, whatever the request says" },
	{ OPT_NAMES, "names", "LIST", "these names, with commas between, whatever it says" },
	{ OPT_OUT, "out", "FILE", "where to write it; default: standard output" },
	PASSPHRASE_OPTIONS(OPT_PASSPHRASE_FILE, OPT_PASSPHRASE_FD),
	{ OPT_FORCE, "force", NULL, "replace a file that is there" },
};

struct options {
	const char *ca, *ca_key, *out;
	int64_t lifetime;
	enum ward_profile profile;
	const char *subject;
	struct value_list names;
	struct passphrase passphrase;
	bool force;
};

static bool take_more(struct options *o, int id, const char *value)
{
	switch (id) {
	case OPT_SUBJECT:
		o->subject = value;
		return true;
	case OPT_OUT:
		o->out = value;
		return true;
	case OPT_NAMES:
		value_list_clear(&o->names);
		return value_list_make(&o->names, value) ||
		       options_bad_value("cert sign", "names", value,
					 "give names with commas between");
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
	case OPT_CA:
		o->ca = value;
		return true;
	case OPT_CA_KEY:
		o->ca_key = value;
		return true;
	case OPT_LIFETIME:
		return value_life(value, &o->lifetime) ||
		       options_bad_value("cert sign", "lifetime", value,
					 "give a time such as 90d or 160h");
	case OPT_PROFILE:
		return output_profile(value, &o->profile) ||
		       options_bad_value("cert sign", "profile", value, output_profiles);
	default:
		return take_more(o, id, value);
	}
}

/* What is signed, on stderr: the certificate may go to standard output. */
static void tell(const struct ward_cert *cert)
{
	char text[1024], first[FACTS_TIME], last[FACTS_TIME];
	size_t at = 0;

	ward_cert_subject(cert, text, sizeof(text));
	fprintf(stderr, "Subject  %s\n", text[0] == '\0' ? "(empty)" : text);
	while (ward_cert_san_next(cert, &at, text, sizeof(text)) >= 0)
		fprintf(stderr, "Name     %s\n", text);
	fprintf(stderr, "Valid    %s to %s\n", facts_time(ward_cert_not_before(cert), first),
		facts_time(ward_cert_not_after(cert), last));
}

static int write_cert(const struct options *o, const struct ward_cert *cert)
{
	char *text = ward_cert_pem(cert);
	int code;

	if (text == NULL)
		return report_lines(command, EXIT_NETWORK, "free some memory and try again",
				    "out of memory");
	code = output_write(command, o->out, text, OUTPUT_PUBLIC);
	free(text);
	if (code == EXIT_FINE)
		tell(cert);
	return code;
}

/* A certificate that outlives its CA would end with it all the same. */
static void set_times(struct ward_cert_spec *spec, const struct options *o,
		      const struct ward_cert *ca)
{
	enum { BACKDATED = 3600 };
	int64_t now = (int64_t)time(NULL);

	spec->not_before = now - BACKDATED;
	if (spec->not_before < ward_cert_not_before(ca))
		spec->not_before = ward_cert_not_before(ca);
	spec->not_after = now + o->lifetime;
	if (spec->not_after > ward_cert_not_after(ca))
		spec->not_after = ward_cert_not_after(ca);
}

static int sign(const struct options *o, const struct ward_csr *csr, const struct ward_cert *ca,
		const struct ward_key *ca_key)
{
	struct ward_cert_spec spec = { .profile = o->profile };
	struct ward_error err = { 0 };
	struct ward_cert *cert = NULL;
	bool ok = true;
	int code;

	if (o->names.count == 0)
		ok = ward_csr_copy_names(csr, &spec, &err);
	if (o->names.count > 0)
		spec.names = o->names.items;
	if (o->names.count > 0 && o->subject == NULL)
		spec.common_name = strlen(o->names.items[0]) <= 64 ? o->names.items[0] : NULL;
	if (o->subject != NULL) {
		spec.subject = o->subject;
		spec.subject_der = NULL;
	}
	set_times(&spec, o, ca);
	if (ok)
		cert = ward_cert_make_for_csr(&spec, csr, ca, ca_key, &err);
	if (cert == NULL) {
		report_error(command, NULL, &err);
		return EXIT_ANSWER_NO;
	}
	code = write_cert(o, cert);
	ward_cert_free(cert);
	return code;
}

struct ward_csr *csr_load(const char *command_name, const char *path)
{
	struct ward_error err = { 0 };
	struct file_bytes bytes;
	struct ward_csr *csr;

	if (!input_read(path, &bytes, &err)) {
		(void)report_setup(command_name, &err);
		return NULL;
	}
	csr = ward_csr_parse(bytes.data, bytes.len, &err);
	file_bytes_clear(&bytes);
	if (csr == NULL)
		report_error(command_name, input_name(path), &err);
	return csr;
}

static int load_and_sign(struct options *o, const char *path)
{
	const struct source_options options = { .command = command };
	struct ward_csr *csr = csr_load(command, path);
	struct ward_key *key = NULL;
	struct source ca = { 0 };
	int code = EXIT_USAGE;

	if (csr != NULL)
		code = source_load(&ca, o->ca, &options);
	if (code == EXIT_FINE && ca.refused > 0)
		code = EXIT_USAGE;
	if (csr != NULL && code == EXIT_FINE) {
		key = key_load_with(command, o->ca_key, &o->passphrase);
		code = key == NULL ? EXIT_USAGE : sign(o, csr, ca.chain.certs[0], key);
	}
	ward_key_free(key);
	source_clear(&ca);
	ward_csr_free(csr);
	return code;
}

static int run_with(struct options *o, char **operands)
{
	if (operands[0] == NULL)
		return options_bad_operands(&verb_cert_sign, "a request is missing", NULL);
	if (operands[1] != NULL)
		return options_bad_operands(&verb_cert_sign, "there is more than one", operands[1]);
	if (o->ca == NULL || o->ca_key == NULL)
		return report_lines(command, EXIT_USAGE, "give --ca FILE and --ca-key FILE",
				    "the CA or its key is missing");
	if (!output_is_free(command, o->out, o->force))
		return EXIT_USAGE;
	return load_and_sign(o, operands[0]);
}

static int run(int argc, char **argv)
{
	struct options o = { .lifetime = INT64_C(90) * 24 * 3600, .out = "-" };
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_cert_sign, argc, argv, take, &o, &status);

	if (operands != NULL)
		status = run_with(&o, operands);
	passphrase_wipe(&o.passphrase);
	value_list_clear(&o.names);
	return status;
}

const struct verb verb_cert_sign = {
	.name = "cert sign",
	.page = "cert",
	.operands = "CSR",
	.summary = "make one for a request",
	.text = "Makes a certificate for a request, after it has checked that the request is signed by its\n"
		"own key. Subject and names are the request's unless they are given here; they are shown.\n"
		"Exit status: 1 the request is refused.\n",
	.examples =
		"  ward cert sign www.csr --ca ca.pem --ca-key ca-key.pem --out www.pem\n"
		"  ward cert sign client.csr --ca ca.pem --ca-key ca-key.pem --profile client\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
