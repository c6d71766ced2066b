/*
 * `ward openssl pkey` and `pkcs8`: any key, from one form into another, or shown.
 */
#include "cli/openssl/key_job.h"
#include "x509/x509.h"

/* ---- pkey ---- */

enum { OPT_PUBCHECK = KEY_OPT_OWN };

static const struct option_row pkey_rows[] = {
	{ KEY_OPT_IN, "in", "FILE", "the key; default: standard input" },
	{ KEY_OPT_INFORM, "inform", "PEM|DER", "not needed: the form is seen" },
	{ KEY_OPT_OUT, "out", "FILE", "where to write it; default: standard output" },
	{ KEY_OPT_OUTFORM, "outform", "PEM|DER", "the form to write" },
	{ KEY_OPT_PUBIN, "pubin", NULL, "a public key comes in" },
	{ KEY_OPT_PUBOUT, "pubout", NULL, "write the public key" },
	{ KEY_OPT_TEXT, "text", NULL, "show its numbers" },
	{ KEY_OPT_TEXT_PUB, "text_pub", NULL, "show those of the public key" },
	{ KEY_OPT_NOOUT, "noout", NULL, "do not write the key" },
	{ KEY_OPT_CHECK, "check", NULL, "check that its numbers fit each other" },
	{ OPT_PUBCHECK, "pubcheck", NULL, "the same for the public key" },
	{ KEY_OPT_TRADITIONAL, "traditional", NULL, "PKCS#1 or SEC1 instead of PKCS#8" },
	{ KEY_OPT_PASSIN, "passin", "SOURCE", "where the key's passphrase comes from" },
	{ KEY_OPT_PASSOUT, "passout", "SOURCE", "likewise, for the key that is written" },
	KEY_ENCRYPT_ROWS,
};

static bool take_pkey(void *arg, const struct option_row *row, const char *value)
{
	struct key_job *job = arg;

	if (row->id == OPT_PUBCHECK)
		return job->check = true;
	return key_job_take(job, row, value);
}

/* A public key was checked as it was read. */
static bool check(const struct key_job *job, const struct openssl_key *key, FILE *out)
{
	struct ward_error err = ERROR_NONE;

	if (key->private == NULL || privkey_check(key_private(key->private), &err)) {
		fprintf(out, "Key is valid\n");
		return true;
	}
	return openssl_fail_error(job->command, job->in, &err) == OPENSSL_FINE;
}

static bool act_pkey(const struct key_job *job, const struct openssl_key *key, FILE *out)
{
	struct key_job as = *job;

	/* In DER openssl writes the old forms, where a type has one. */
	if (as.outform == OPENSSL_FORM_DER && pubkey_type(key->public) != KEY_ED25519 &&
	    !as.encrypt)
		as.traditional = true;
	if (job->check && !check(job, key, out))
		return false;
	if (!job->noout && !key_job_write(&as, key, out))
		return false;
	return !(job->text || job->text_pub) || key_job_print_text(job, key, out);
}

static int run_pkey(int argc, char **argv)
{
	struct key_job job = { .command = &openssl_pkey };
	int status = OPENSSL_FAILED;

	if (!openssl_parse_alone(&openssl_pkey, argc, argv, take_pkey, &job, &status))
		return status;
	if (job.outform == OPENSSL_FORM_DER && job.traditional)
		job.traditional = false;
	return key_job_run(&job, act_pkey);
}

static const struct openssl_refusal pkey_refused[] = {
	{ "ec_param_enc", "leave it out: curves are named" },
	{ "ec_conv_form", "leave it out: points are not compressed" },
	{ "engine", "leave it out: keys are files" },
	KEY_ENCRYPT_REFUSALS,
};

const struct openssl_command openssl_pkey = {
	.verb = {
		.name = "openssl pkey",
		.page = "openssl",
		.operands = "",
		.summary = "a key, from one form into another, or shown",
		.text = "Reads a key of any type and form, and writes it, shows it or checks it.\n",
		.examples = "  ward openssl pkey -in key.pem -pubout -out pub.pem\n"
			    "  ward openssl pkey -in key.pem -text -noout\n"
			    "  ward openssl pkey -in key.pem -aes256 -out locked.pem\n",
		.options = pkey_rows,
		.option_count = sizeof(pkey_rows) / sizeof(pkey_rows[0]),
		.run = run_pkey,
	},
	.refused = pkey_refused,
	.refused_count = sizeof(pkey_refused) / sizeof(pkey_refused[0]),
};

/* ---- pkcs8 ---- */

enum { OPT_TOPK8 = KEY_OPT_OWN, OPT_NOCRYPT, OPT_CIPHER };

static const struct option_row pkcs8_rows[] = {
	{ OPT_TOPK8, "topk8", NULL, "a key of any form comes in; without it, PKCS#8" },
	{ OPT_NOCRYPT, "nocrypt", NULL, "do not encrypt it" },
	{ OPT_CIPHER, "v2", "aes-256-cbc", "the cipher, which is this one anyway" },
	{ KEY_OPT_IN, "in", "FILE", "the key; default: standard input" },
	{ KEY_OPT_INFORM, "inform", "PEM|DER", "not needed: the form is seen" },
	{ KEY_OPT_OUT, "out", "FILE", "where to write it; default: standard output" },
	{ KEY_OPT_OUTFORM, "outform", "PEM|DER", "the form to write" },
	{ KEY_OPT_PASSIN, "passin", "SOURCE", "where the key's passphrase comes from" },
	{ KEY_OPT_PASSOUT, "passout", "SOURCE", "likewise, for the key that is written" },
	{ KEY_OPT_TRADITIONAL, "traditional", NULL, "PKCS#1 or SEC1; without -topk8" },
};

struct pkcs8 {
	struct key_job job;
	bool topk8, nocrypt;
};

static bool take_pkcs8(void *arg, const struct option_row *row, const char *value)
{
	struct pkcs8 *p = arg;

	switch (row->id) {
	case OPT_TOPK8:
		return p->topk8 = true;
	case OPT_NOCRYPT:
		return p->nocrypt = true;
	case OPT_CIPHER:
		return key_job_cipher_is_ours(value) ||
		       openssl_bad_value(p->job.command, row, value, "give aes-256-cbc");
	default:
		return key_job_take(&p->job, row, value);
	}
}

static int run_pkcs8(int argc, char **argv)
{
	struct pkcs8 p = { .job = { .command = &openssl_pkcs8 } };
	int status = OPENSSL_FAILED;

	if (!openssl_parse_alone(&openssl_pkcs8, argc, argv, take_pkcs8, &p, &status))
		return status;
	p.job.encrypt = p.topk8 && !p.nocrypt;
	if (p.topk8)
		p.job.traditional = false;
	return key_job_run(&p.job, key_job_write);
}

static const struct openssl_refusal pkcs8_refused[] = {
	{ "v1", "leave it out: what it names is broken" },
	{ "v2prf", "leave it out: the PRF is hmacWithSHA256" },
	{ "iter", "leave it out" },
	{ "noiter", "leave it out: one iteration is no protection" },
	{ "scrypt", "leave it out: PBKDF2 is used" },
	{ "scrypt_N", "leave it out: PBKDF2 is used" },
	{ "engine", "leave it out: keys are files" },
};

const struct openssl_command openssl_pkcs8 = {
	.verb = {
		.name = "openssl pkcs8",
		.page = "openssl",
		.operands = "",
		.summary = "a key into PKCS#8, or out of it",
		.text = "Writes a key as PKCS#8, encrypted unless -nocrypt is given.\n",
		.examples = "  ward openssl pkcs8 -topk8 -nocrypt -in ec.pem -out key.pem\n",
		.options = pkcs8_rows,
		.option_count = sizeof(pkcs8_rows) / sizeof(pkcs8_rows[0]),
		.run = run_pkcs8,
	},
	.refused = pkcs8_refused,
	.refused_count = sizeof(pkcs8_refused) / sizeof(pkcs8_refused[0]),
};
