/*
 * `ward openssl rsa` and `ec`: a key of one type, from one form into another, or shown.
 */
#include "cli/openssl/key_job.h"
#include "cli/openssl/key_text.h"
#include "x509/x509.h"

#define COMMON_ROWS                                                                                \
	{ KEY_OPT_IN, "in", "FILE", "the key; default: standard input" },                          \
		{ KEY_OPT_INFORM, "inform", "PEM|DER", "not needed: the form is seen" },           \
		{ KEY_OPT_OUT, "out", "FILE", "where to write it; default: standard output" },     \
		{ KEY_OPT_OUTFORM, "outform", "PEM|DER", "the form to write" },                    \
		{ KEY_OPT_PUBIN, "pubin", NULL, "a public key comes in" },                         \
		{ KEY_OPT_PUBOUT, "pubout", NULL, "write the public key" },                        \
		{ KEY_OPT_TEXT, "text", NULL, "show its numbers" },                                \
		{ KEY_OPT_NOOUT, "noout", NULL, "do not write the key" },                          \
		{ KEY_OPT_CHECK, "check", NULL, "check that its numbers fit each other" },         \
		{ KEY_OPT_PASSIN, "passin", "SOURCE", "where the key's passphrase comes from" },   \
	{                                                                                          \
		KEY_OPT_PASSOUT, "passout", "SOURCE", "likewise, for the key that is written"      \
	}

static bool check(const struct key_job *job, const struct openssl_key *key)
{
	struct ward_error err = ERROR_NONE;

	if (key->private == NULL)
		return openssl_fail(job->command, "leave out -pubin",
				    "only private keys are checked") == OPENSSL_FINE;
	return privkey_check(key_private(key->private), &err) ||
	       openssl_fail_error(job->command, job->in, &err) == OPENSSL_FINE;
}

/* The key that came in, whatever goes out. */
static bool print_text(const struct key_job *job, const struct openssl_key *key, FILE *out)
{
	struct key_job of_input = *job;

	of_input.pubout = false;
	return key_job_print_text(&of_input, key, out);
}

/* ---- rsa ---- */

enum { OPT_MODULUS = KEY_OPT_OWN, OPT_PKCS1_IN, OPT_PKCS1_OUT };

static const struct option_row rsa_rows[] = {
	COMMON_ROWS,
	{ OPT_MODULUS, "modulus", NULL, "show the modulus, in hex" },
	{ OPT_PKCS1_IN, "RSAPublicKey_in", NULL, "a public key comes in, as PKCS#1" },
	{ OPT_PKCS1_OUT, "RSAPublicKey_out", NULL, "write the public key as PKCS#1" },
	{ KEY_OPT_TRADITIONAL, "traditional", NULL, "PKCS#1 instead of PKCS#8" },
	KEY_ENCRYPT_ROWS,
};

struct rsa {
	struct key_job job; /* the first: the job that act_rsa gets is this one */
	bool modulus;
};

static bool take_rsa(void *arg, const struct option_row *row, const char *value)
{
	struct rsa *r = arg;

	switch (row->id) {
	case OPT_MODULUS:
		return r->modulus = true;
	case OPT_PKCS1_IN:
		return r->job.pubin = true;
	case OPT_PKCS1_OUT:
		return r->job.pkcs1_public = true;
	default:
		return key_job_take(&r->job, row, value);
	}
}

static bool print_modulus(const struct key_job *job, const struct openssl_key *key, FILE *out)
{
	struct ward_error err = ERROR_NONE;
	struct key_parts parts;
	bool ok = pubkey_parts(key->public, &parts, &err);

	if (ok) {
		fprintf(out, "Modulus=");
		for (size_t i = 0; i < parts.part[KEY_PART_MODULUS].len; i++)
			fprintf(out, "%02X", parts.part[KEY_PART_MODULUS].data[i]);
		fprintf(out, "\n");
	}
	key_parts_clear(&parts);
	return ok || openssl_fail_error(job->command, job->in, &err) == OPENSSL_FINE;
}

static bool act_rsa(const struct key_job *job, const struct openssl_key *key, FILE *out)
{
	const struct rsa *r = (const struct rsa *)job;
	enum key_type type = pubkey_type(key->public);

	if (type != KEY_RSA && type != KEY_RSA_PSS)
		return openssl_fail(job->command, "use ward openssl pkey", "this is no RSA key") ==
		       OPENSSL_FINE;
	if (job->text && !print_text(job, key, out))
		return false;
	if (r->modulus && !print_modulus(job, key, out))
		return false;
	if (job->check && !check(job, key))
		return false;
	if (job->check)
		fprintf(out, "RSA key ok\n");
	return job->noout || key_job_write(job, key, out);
}

static int run_rsa(int argc, char **argv)
{
	struct rsa r = { .job = { .command = &openssl_rsa, .said = "writing RSA key" } };
	int status = OPENSSL_FAILED;

	if (!openssl_parse_alone(&openssl_rsa, argc, argv, take_rsa, &r, &status))
		return status;
	return key_job_run(&r.job, act_rsa);
}

static const struct openssl_refusal rsa_refused[] = {
	{ "pvk-strong", "use openssl itself: PVK is not written" },
	{ "pvk-weak", "use openssl itself: PVK is not written" },
	{ "pvk-none", "use openssl itself: PVK is not written" },
	{ "engine", "leave it out: keys are files" },
	KEY_ENCRYPT_REFUSALS,
};

const struct openssl_command openssl_rsa = {
	.verb = {
		.name = "openssl rsa",
		.page = "openssl",
		.operands = "",
		.summary = "an RSA key, from one form into another, or shown",
		.text = "Reads an RSA key and writes it, shows it or checks it.\n",
		.examples = "  ward openssl rsa -in key.pem -pubout -out pub.pem\n"
			    "  ward openssl rsa -in key.pem -noout -modulus\n"
			    "  ward openssl rsa -in locked.pem -passin pass:secret -out key.pem\n",
		.options = rsa_rows,
		.option_count = sizeof(rsa_rows) / sizeof(rsa_rows[0]),
		.run = run_rsa,
	},
	.refused = rsa_refused,
	.refused_count = sizeof(rsa_refused) / sizeof(rsa_refused[0]),
};

/* ---- ec ---- */

static const struct option_row ec_rows[] = { COMMON_ROWS, KEY_ENCRYPT_ROWS };

static bool take_ec(void *arg, const struct option_row *row, const char *value)
{
	return key_job_take(arg, row, value);
}

static bool act_ec(const struct key_job *job, const struct openssl_key *key, FILE *out)
{
	if (key_text_curve(pubkey_type(key->public)) == NULL)
		return openssl_fail(job->command, "use ward openssl pkey",
				    "this is no key on a curve") == OPENSSL_FINE;
	fprintf(stderr, "read EC key\n");
	if (job->text && !print_text(job, key, out))
		return false;
	if (job->check && !check(job, key))
		return false;
	if (job->check)
		fprintf(stderr, "EC Key valid.\n");
	return job->noout || key_job_write(job, key, out);
}

static int run_ec(int argc, char **argv)
{
	struct key_job job = { .command = &openssl_ec,
			       .traditional = true,
			       .said = "writing EC key" };
	int status = OPENSSL_FAILED;

	if (!openssl_parse_alone(&openssl_ec, argc, argv, take_ec, &job, &status))
		return status;
	if (job.encrypt)
		job.traditional = false;
	return key_job_run(&job, act_ec);
}

static const struct openssl_refusal ec_refused[] = {
	{ "conv_form", "leave it out: points are not compressed" },
	{ "param_enc", "leave it out: curves are named" },
	{ "param_out", "use ward openssl ecparam -name prime256v1" },
	{ "no_public", "leave it out: the public half is written too" },
	{ "engine", "leave it out: keys are files" },
	KEY_ENCRYPT_REFUSALS,
};

const struct openssl_command openssl_ec = {
	.verb = {
		.name = "openssl ec",
		.page = "openssl",
		.operands = "",
		.summary = "a key on a curve, from one form into another, or shown",
		.text = "Reads a key on P-256, P-384 or P-521 and writes it, shows it or checks it. It is\n"
			"written as SEC1, or encrypted as PKCS#8.\n",
		.examples = "  ward openssl ec -in key.pem -pubout -out pub.pem\n"
			    "  ward openssl ec -in key.pem -text -noout\n",
		.options = ec_rows,
		.option_count = sizeof(ec_rows) / sizeof(ec_rows[0]),
		.run = run_ec,
	},
	.refused = ec_refused,
	.refused_count = sizeof(ec_refused) / sizeof(ec_refused[0]),
};
