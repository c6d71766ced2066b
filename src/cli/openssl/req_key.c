/*
 * The key of `ward openssl req`: one that is there, or a new one, which is written before it is used.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/openssl/key_job.h"
#include "cli/openssl/req.h"
#include "wire/pem.h"

enum { RSA_BITS_DEFAULT = 2048 };

/* ---- which ---- */

struct kind {
	enum key_type type;
	unsigned int bits;
};

static bool bad_kind(const char *text, const char *wanted)
{
	return openssl_fail(&openssl_req, wanted, "-newkey cannot be \"%s\"", text) == OPENSSL_FINE;
}

/* "ec:FILE": what `openssl ecparam -name prime256v1` has written. */
static bool curve_of_file(const char *path, enum key_type *type)
{
	struct ward_error err = ERROR_NONE;
	struct pem_block block;
	struct file_bytes bytes;
	struct span text;
	bool found = false;

	if (!openssl_read(&openssl_req, path, &bytes))
		return false;
	text = span_make(bytes.data, bytes.len);
	while (!found && pem_next(&text, &block, &err)) {
		found = strcmp(block.label, "EC PARAMETERS") == 0 &&
			key_make_curve_der(span_make(block.der, block.der_len), type);
		pem_block_clear(&block);
	}
	file_bytes_clear(&bytes);
	return found || openssl_fail(&openssl_req, key_make_curves_wanted,
				     "%s: it names no curve that is used", path) == OPENSSL_FINE;
}

static bool take_ec(const struct req_job *job, const char *file, struct kind *kind)
{
	kind->type = job->curve;
	if (file != NULL)
		return curve_of_file(file, &kind->type);
	return job->curve != KEY_NONE ||
	       openssl_fail(&openssl_req, "give -pkeyopt ec_paramgen_curve:P-256",
			    "no curve is named") == OPENSSL_FINE;
}

static bool take_rsa(const struct req_job *job, const char *bits, struct kind *kind)
{
	const char *preset = req_setting(job, "default_bits");

	kind->type = KEY_RSA;
	kind->bits = job->bits == 0 ? RSA_BITS_DEFAULT : job->bits;
	if (bits == NULL && job->bits == 0)
		bits = preset;
	return bits == NULL || key_make_bits(bits, &kind->bits) ||
	       openssl_fail(&openssl_req, key_make_bits_wanted, "a key cannot have \"%s\" bits",
			    bits) == OPENSSL_FINE;
}

static bool take_kind(const struct req_job *job, struct kind *kind)
{
	const char *text = job->new_key;
	size_t len = strcspn(text, ":");
	const char *more = text[len] == ':' ? text + len + 1 : NULL;

	*kind = (struct kind){ .type = KEY_NONE };
	if (len == 3 && strncasecmp(text, "rsa", len) == 0)
		return take_rsa(job, more, kind);
	if (len == 2 && strncasecmp(text, "ec", len) == 0)
		return take_ec(job, more, kind);
	if (strcasecmp(text, "ed25519") == 0) {
		kind->type = KEY_ED25519;
		return true;
	}
	return bad_kind(text,
			"give rsa:2048, ec with -pkeyopt ec_paramgen_curve:P-256, or ed25519");
}

/* ---- writing it ---- */

static bool says_no(const char *text)
{
	return text != NULL && strcasecmp(text, "no") == 0;
}

static bool is_encrypted(const struct req_job *job)
{
	return !job->plain_key && !says_no(req_setting(job, "encrypt_key")) &&
	       !says_no(req_setting(job, "encrypt_rsa_key"));
}

static bool write_key(const struct req_job *job)
{
	struct key_job k = { .command = &openssl_req,
			     .out = job->key_out,
			     .passout = job->passout,
			     .encrypt = is_encrypted(job) };
	struct openssl_output out;
	int status;

	if (k.out == NULL)
		k.out = req_setting(job, "default_keyfile");
	if (k.out == NULL)
		k.out = "privkey.pem";
	if (strcmp(k.out, "-") == 0)
		k.out = NULL;
	if (!openssl_output_start(&openssl_req, &out))
		return false;
	status = key_job_write(&k, &job->key, out.file) ? OPENSSL_FINE : OPENSSL_FAILED;
	return openssl_output_end(&openssl_req, &out, k.out, true, status) == OPENSSL_FINE;
}

static bool make_key(struct req_job *job)
{
	struct ward_error err = ERROR_NONE;
	struct kind kind;

	if (!take_kind(job, &kind))
		return false;
	return openssl_key_take(&openssl_req, key_make(kind.type, kind.bits, &err), &err,
				&job->key) &&
	       write_key(job);
}

bool req_get_key(struct req_job *job)
{
	if (job->key_in != NULL)
		return openssl_key_private(&openssl_req, job->key_in, job->passin, &job->key);
	if (job->new_key == NULL)
		job->new_key = "rsa";
	return make_key(job);
}
