/*
 * Keys in and out of `ward openssl`. The forms are openssl's of today: PKCS#8, except where a
 * command or -traditional says PKCS#1 (RFC 8017, A.1) or SEC1 (RFC 5915), and in DER from pkey,
 * which openssl writes in these old forms too.
 */
#include "cli/openssl/key_job.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/secret.h"
#include "cli/openssl/key_text.h"
#include "wire/der.h"
#include "wire/pem.h"
#include "x509/x509.h"

bool key_job_take(struct key_job *job, const struct option_row *row, const char *value)
{
	enum openssl_form ignored;

	switch (row->id) {
	case KEY_OPT_IN:
		job->in = value;
		return true;
	case KEY_OPT_OUT:
		job->out = value;
		return true;
	case KEY_OPT_INFORM:
		return openssl_take_form(job->command, row, value, &ignored);
	case KEY_OPT_OUTFORM:
		return openssl_take_form(job->command, row, value, &job->outform);
	case KEY_OPT_PASSIN:
		job->passin = value;
		return true;
	case KEY_OPT_PASSOUT:
		job->passout = value;
		return true;
	case KEY_OPT_ENCRYPT:
		return job->encrypt = true;
	case KEY_OPT_PUBIN:
		return job->pubin = true;
	case KEY_OPT_PUBOUT:
		return job->pubout = true;
	case KEY_OPT_TEXT:
		return job->text = true;
	case KEY_OPT_TEXT_PUB:
		return job->text_pub = true;
	case KEY_OPT_NOOUT:
		return job->noout = true;
	case KEY_OPT_CHECK:
		return job->check = true;
	case KEY_OPT_TRADITIONAL:
	default:
		return job->traditional = true;
	}
}

bool key_job_cipher_is_ours(const char *name)
{
	return strcasecmp(name, "aes256") == 0 || strcasecmp(name, "aes-256-cbc") == 0;
}

static bool fail(const struct key_job *job, const struct ward_error *err)
{
	return openssl_fail_error(job->command, NULL, err) == OPENSSL_FINE;
}

/* ---- as text ---- */

bool key_job_print_text(const struct key_job *job, const struct openssl_key *key, FILE *out)
{
	bool public = job->pubin || job->pubout || job->text_pub;
	struct ward_error err = ERROR_NONE;
	struct key_parts parts;
	bool ok;

	if (pubkey_type(key->public) == KEY_RSA_PSS)
		return openssl_fail(job->command, "use ward key show",
				    "keys for RSA-PSS alone are not shown") == OPENSSL_FINE;
	if (public)
		ok = pubkey_parts(key->public, &parts, &err);
	else
		ok = privkey_parts(key_private(key->private), &parts, &err);
	if (ok && public)
		key_text_public(out, &parts, 0);
	else if (ok)
		key_text_private(out, &parts, 0);
	key_parts_clear(&parts);
	return ok || fail(job, &err);
}

/* ---- in a file's form ---- */

/* What the old form is called in PEM; NULL where the type has none. */
static const char *traditional_label(const struct openssl_key *key)
{
	enum key_type type = pubkey_type(key->public);

	if (type == KEY_RSA)
		return "RSA PRIVATE KEY";
	return key_text_curve(type) == NULL ? NULL : "EC PRIVATE KEY";
}

static bool put(const struct key_job *job, FILE *out, const char *label, struct span der)
{
	return openssl_put_object(out, label, der, job->outform) ||
	       openssl_fail(job->command, "free some memory and try again", "out of memory") ==
		       OPENSSL_FINE;
}

/* From where -passout says, or asked for. */
static bool get_passphrase(const struct key_job *job, struct openssl_passphrase *p)
{
	if (!openssl_passphrase_get(job->command, job->passout, p))
		return false;
	return p->given ||
	       openssl_passphrase_ask(job->command, "Enter pass phrase for the key: ", true, p);
}

static bool write_form(const struct key_job *job, const struct openssl_key *key,
		       enum ward_key_form form, const struct openssl_passphrase *p,
		       const char *label, FILE *out)
{
	struct ward_error err = ERROR_NONE;
	uint8_t *der;
	size_t len;
	bool ok;

	if (!ward_key_der(key->private, form, p == NULL ? NULL : p->text, p == NULL ? 0 : p->len,
			  &der, &len, &err))
		return fail(job, &err);
	ok = put(job, out, label, span_make(der, len));
	secret_wipe_bytes(der, len);
	free(der);
	return ok;
}

static bool write_encrypted(const struct key_job *job, const struct openssl_key *key, FILE *out)
{
	struct openssl_passphrase p;
	bool ok = get_passphrase(job, &p) &&
		  write_form(job, key, WARD_KEY_FORM_PKCS8, &p, "ENCRYPTED PRIVATE KEY", out);

	openssl_passphrase_wipe(&p);
	return ok;
}

static bool write_private(const struct key_job *job, const struct openssl_key *key, FILE *out)
{
	if (job->traditional && job->encrypt)
		return openssl_fail(job->command, "leave out -traditional",
				    "keys are encrypted as PKCS#8 alone") == OPENSSL_FINE;
	if (job->traditional && traditional_label(key) == NULL)
		return openssl_fail(job->command, "leave out -traditional",
				    "keys of this type have one form alone") == OPENSSL_FINE;
	if (job->encrypt)
		return write_encrypted(job, key, out);
	if (job->traditional)
		return write_form(job, key, WARD_KEY_FORM_TRADITIONAL, NULL, traditional_label(key),
				  out);
	return write_form(job, key, WARD_KEY_FORM_PKCS8, NULL, "PRIVATE KEY", out);
}

/* What is in the BIT STRING of a SubjectPublicKeyInfo. */
static struct span public_bits(const struct openssl_key *key)
{
	struct ward_error ignored = ERROR_NONE;
	struct reader r = reader_make(span_make(key->spki, key->spki_len), &ignored);
	struct reader spki = der_open(&r, DER_SEQUENCE);

	der_element(&spki, DER_SEQUENCE);
	return der_bit_string(&spki, NULL);
}

bool key_job_write(const struct key_job *job, const struct openssl_key *key, FILE *out)
{
	if (job->said != NULL)
		fprintf(stderr, "%s\n", job->said);
	if (job->pkcs1_public)
		return put(job, out, "RSA PUBLIC KEY", public_bits(key));
	if (job->pubin || job->pubout)
		return put(job, out, "PUBLIC KEY", span_make(key->spki, key->spki_len));
	return write_private(job, key, out);
}

/* ---- the whole job ---- */

bool key_job_is_secret(const struct key_job *job)
{
	return !job->pubin && !job->pubout && !job->pkcs1_public;
}

static int act_on(const struct key_job *job, const struct openssl_key *key, key_job_act *act)
{
	struct openssl_output out;
	int status;

	if (!openssl_output_start(job->command, &out))
		return OPENSSL_FAILED;
	status = act(job, key, out.file) ? OPENSSL_FINE : OPENSSL_FAILED;
	return openssl_output_end(job->command, &out, job->out, key_job_is_secret(job), status);
}

int key_job_run(const struct key_job *job, key_job_act *act)
{
	struct openssl_key key;
	int status = OPENSSL_FAILED;

	if (openssl_key_load(job->command, job->in, job->pubin, job->passin, &key))
		status = act_on(job, &key, act);
	openssl_key_clear(&key);
	return status;
}

int key_job_run_made(const struct key_job *job, struct ward_key *made, const struct ward_error *err,
		     key_job_act *act)
{
	struct openssl_key key;
	int status = OPENSSL_FAILED;

	if (openssl_key_take(job->command, made, err, &key))
		status = act_on(job, &key, act);
	openssl_key_clear(&key);
	return status;
}
