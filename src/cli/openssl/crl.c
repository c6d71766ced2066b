/*
 * `ward openssl crl`: a list of revoked certificates, shown, checked or put into another form.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/input.h"
#include "cli/openssl/verify.h"
#include "crypto/crypto.h"
#include "x509/crl.h"
#include "x509/text.h"

enum {
	OPT_IN = OPTION_LONG,
	OPT_FORM,
	OPT_OUT,
	OPT_OUTFORM,
	OPT_TEXT,
	OPT_NOOUT,
	OPT_ISSUER,
	OPT_LAST,
	OPT_NEXT,
	OPT_NUMBER,
	OPT_HASH,
	OPT_FINGERPRINT,
	OPT_DIGEST,
	OPT_CAFILE,
	OPT_CAPATH,
	OPT_VERIFY,
	OPT_NAMEOPT,
	OPT_DATEOPT,
	OPT_NOTHING,
};

static const struct option_row rows[] = {
	{ OPT_IN, "in", "FILE", "the list; default: standard input" },
	{ OPT_FORM, "inform", "PEM|DER", "not needed: the form is seen" },
	{ OPT_OUT, "out", "FILE", "where to write it; default: standard output" },
	{ OPT_OUTFORM, "outform", "PEM|DER", "the form to write" },
	{ OPT_TEXT, "text", NULL, "show all of it" },
	{ OPT_NOOUT, "noout", NULL, "do not write the list" },
	{ OPT_ISSUER, "issuer", NULL, "show who made it" },
	{ OPT_LAST, "lastupdate", NULL, "show when it was made" },
	{ OPT_NEXT, "nextupdate", NULL, "show when the next one is made" },
	{ OPT_NUMBER, "crlnumber", NULL, "show its number" },
	{ OPT_HASH, "hash", NULL, "show the hash of the issuer, for -CApath" },
	{ OPT_FINGERPRINT, "fingerprint", NULL, "show a digest of it" },
	{ OPT_DIGEST, "sha256", NULL, "the digest of -fingerprint" },
	{ OPT_DIGEST, "sha384", NULL, "likewise" },
	{ OPT_DIGEST, "sha512", NULL, "likewise" },
	{ OPT_DIGEST, "sha1", NULL, "likewise; the default" },
	{ OPT_DIGEST, "md5", NULL, "likewise" },
	{ OPT_CAFILE, "CAfile", "FILE", "check that a CA of this file has signed it" },
	{ OPT_CAPATH, "CApath", "FOLDER", "the same for the files of a folder" },
	{ OPT_VERIFY, "verify", NULL, "which these two do anyway" },
	{ OPT_NAMEOPT, "nameopt", "LIST", "how names are shown, as RFC2253 or multiline" },
	{ OPT_DATEOPT, "dateopt", "FORM", "rfc_822 (default) or iso_8601" },
	{ OPT_NOTHING, "no-CAfile", NULL, "the system's roots are not asked anyway" },
	{ OPT_NOTHING, "no-CApath", NULL, "likewise" },
	{ OPT_NOTHING, "no-CAstore", NULL, "likewise" },
};

static const struct openssl_refusal refused[] = {
	{ "hash_old", "use -hash: MD5 has no place in a folder of lists" },
	{ "gendelta", "use openssl itself: ward makes complete lists" },
	{ "badsig", "use openssl itself: ward spoils no signatures" },
	{ "key", "leave it out: only -gendelta signs" },
	{ "CAstore", "use -CAfile or -CApath" },
};

static const struct digest_row {
	const char *name, *label;
	enum digest_alg alg;
} digests[] = {
	{ "sha1", "SHA1", DIGEST_SHA1 },         { "md5", "MD5", DIGEST_MD5 },
	{ "sha256", "SHA2-256", DIGEST_SHA256 }, { "sha384", "SHA2-384", DIGEST_SHA384 },
	{ "sha512", "SHA2-512", DIGEST_SHA512 },
};

enum { PRINTS_MAX = 32 };

struct crl_job {
	const char *in, *out;
	enum openssl_form outform;
	bool text, noout, verify, iso_dates;
	int prints[PRINTS_MAX]; /* in the order of the command line */
	size_t count;
	const struct digest_row *digest;
	struct name_style style;
	struct verify_job cas;
};

/* ---- the command line ---- */

static bool take_print(struct crl_job *job, const struct option_row *row)
{
	if (job->count == PRINTS_MAX)
		return openssl_bad_value(&openssl_crl, row, "", "ask for less at once");
	job->prints[job->count++] = row->id;
	return true;
}

static bool take_digest(struct crl_job *job, const char *name)
{
	for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++)
		if (strcmp(digests[i].name, name) == 0)
			job->digest = &digests[i];
	return true;
}

static bool take_dates(struct crl_job *job, const struct option_row *row, const char *value)
{
	job->iso_dates = strcmp(value, "iso_8601") == 0;
	return job->iso_dates || strcmp(value, "rfc_822") == 0 ||
	       openssl_bad_value(&openssl_crl, row, value, "give rfc_822 or iso_8601");
}

static bool take_cas(struct crl_job *job, const struct option_row *row, const char *value)
{
	struct verify_files *files =
		row->id == OPT_CAFILE ? &job->cas.untrusted : &job->cas.ca_paths;

	job->verify = true;
	if (files->count == VERIFY_FILES_MAX)
		return openssl_bad_value(&openssl_crl, row, value,
					 "put them into one file: there are too many");
	files->items[files->count++] = value;
	return true;
}

static bool take(void *arg, const struct option_row *row, const char *value)
{
	struct crl_job *job = arg;
	enum openssl_form ignored;

	switch (row->id) {
	case OPT_IN:
		job->in = value;
		return true;
	case OPT_OUT:
		job->out = value;
		return true;
	case OPT_FORM:
		return openssl_take_form(&openssl_crl, row, value, &ignored);
	case OPT_OUTFORM:
		return openssl_take_form(&openssl_crl, row, value, &job->outform);
	case OPT_TEXT:
		return job->text = true;
	case OPT_NOOUT:
		return job->noout = true;
	case OPT_VERIFY:
		return job->verify = true;
	case OPT_CAFILE:
	case OPT_CAPATH:
		return take_cas(job, row, value);
	case OPT_DIGEST:
		return take_digest(job, row->name);
	case OPT_DATEOPT:
		return take_dates(job, row, value);
	case OPT_NAMEOPT:
		return name_style_parse(&job->style, value) ||
		       openssl_bad_value(&openssl_crl, row, value,
					 "give RFC2253, oneline, multiline, compat or utf8");
	case OPT_NOTHING:
		return true;
	default:
		return take_print(job, row);
	}
}

/* ---- showing ---- */

static void put_time(FILE *out, const struct crl_job *job, const char *label, int64_t at)
{
	fprintf(out, "%s=", label);
	if (at == WARD_NO_TIME)
		fputs("NONE", out);
	else if (job->iso_dates)
		text_iso_time(out, at);
	else
		text_time(out, at);
	fputc('\n', out);
}

static void put_number(FILE *out, const struct ward_crl *crl)
{
	fputs("crlNumber=", out);
	fputs(crl->ext.number.len == 0 ? "<NONE>" : "0x", out);
	for (size_t i = 0; i < crl->ext.number.len; i++)
		fprintf(out, "%02X", crl->ext.number.data[i]);
	fputc('\n', out);
}

static void put_fingerprint(FILE *out, const struct crl_job *job, const struct ward_crl *crl)
{
	uint8_t digest[DIGEST_MAX_LEN];

	digest_once(job->digest->alg, crl->der, digest);
	fprintf(out, "%s Fingerprint=", job->digest->label);
	text_hex(out, span_make(digest, digest_len(job->digest->alg)), true);
	fputc('\n', out);
}

static void put(FILE *out, const struct crl_job *job, const struct ward_crl *crl, int what)
{
	switch (what) {
	case OPT_ISSUER:
		fputs("issuer=", out);
		text_name(out, crl->issuer, &job->style);
		fputc('\n', out);
		return;
	case OPT_LAST:
		put_time(out, job, "lastUpdate", crl->this_update);
		return;
	case OPT_NEXT:
		put_time(out, job, "nextUpdate", crl->next_update);
		return;
	case OPT_NUMBER:
		put_number(out, crl);
		return;
	case OPT_HASH:
		fputs(job->count > 1 ? "issuer name hash=" : "", out);
		text_name_hash(out, crl->issuer);
		return;
	default:
		put_fingerprint(out, job, crl);
		return;
	}
}

static int show(const struct crl_job *job, const struct ward_crl *crl)
{
	struct openssl_output out;
	int status = OPENSSL_FINE;

	if (!openssl_output_start(&openssl_crl, &out))
		return OPENSSL_FAILED;
	for (size_t i = 0; i < job->count; i++)
		put(out.file, job, crl, job->prints[i]);
	if (job->text)
		text_crl(out.file, crl, &job->style);
	if (!job->noout && !openssl_put_object(out.file, "X509 CRL", crl->der, job->outform))
		status = OPENSSL_FAILED;
	return openssl_output_end(&openssl_crl, &out, job->out, false, status);
}

/* ---- checking ---- */

/* Whoever has that name and key, and may sign lists. */
static bool find_signer(const struct verify_pool *pool, struct ward_crl *crl,
			struct ward_error *err)
{
	bool named = false, checked;

	for (size_t i = 0; i < pool->others.count; i++) {
		struct ward_cert *cert = pool->others.certs[i];

		if (!crl_is_named_issuer(crl, cert))
			continue;
		named = true;
		if (crl_is_signed_by(crl, cert, &checked, err))
			return true;
	}
	return named ? false
		     : FAILF(err, CRL_ISSUER, "none of the CAs given has its issuer's name");
}

static bool verify(struct crl_job *job, struct ward_crl *crl)
{
	struct ward_error err = ERROR_NONE;
	bool ok;

	if (job->cas.untrusted.count + job->cas.ca_paths.count == 0)
		return openssl_fail(&openssl_crl, "give -CAfile FILE", "no CA is named") ==
		       OPENSSL_FINE;
	if (!crypto_init(&err) || !verify_pool_load(&job->cas.pool, &job->cas))
		return false;
	ok = find_signer(&job->cas.pool, crl, &err);
	fprintf(stderr, ok ? "verify OK\n" : "verify failure\n");
	return ok ||
	       openssl_fail_error(&openssl_crl, openssl_input_name(job->in), &err) == OPENSSL_FINE;
}

static struct ward_crl *load(const struct crl_job *job)
{
	struct ward_error err = ERROR_NONE;
	struct ward_crl *crl = NULL;
	struct file_bytes bytes;

	if (input_read_public(job->in == NULL ? "-" : job->in, CRL_MAX_LEN, &bytes, &err)) {
		crl = ward_crl_parse(bytes.data, bytes.len, &err);
		file_bytes_clear(&bytes);
	}
	if (crl == NULL)
		(void)openssl_fail_error(&openssl_crl, openssl_input_name(job->in), &err);
	return crl;
}

static int run(int argc, char **argv)
{
	struct crl_job job = { .digest = &digests[0],
			       .style = name_style_default,
			       .cas = { .command = &openssl_crl, .all_are_others = true } };
	int status = OPENSSL_FAILED;
	struct ward_crl *crl;

	if (!openssl_parse_alone(&openssl_crl, argc, argv, take, &job, &status))
		return status;
	crl = load(&job);
	status = OPENSSL_FAILED;
	if (crl != NULL && (!job.verify || verify(&job, crl)))
		status = show(&job, crl);
	verify_pool_clear(&job.cas.pool);
	ward_crl_free(crl);
	return status;
}

const struct openssl_command openssl_crl = {
	.verb = {
		.name = "openssl crl",
		.page = "openssl",
		.operands = "",
		.summary = "a list of revoked certificates: shown, checked, put into another form",
		.text = "Reads a list of revoked certificates, shows what is asked for in the order of the\n"
			"command line, and writes the list unless -noout is given. With -CAfile it fails unless\n"
			"a CA of that file has signed the list.\n",
		.examples = "  ward openssl crl -in ca.crl -text -noout\n"
			    "  ward openssl crl -in ca.crl -noout -lastupdate -nextupdate -CAfile ca.pem\n"
			    "  ward openssl crl -inform DER -in ca.crl -out ca.crl.pem\n",
		.options = rows,
		.option_count = sizeof(rows) / sizeof(rows[0]),
		.run = run,
	},
	.refused = refused,
	.refused_count = sizeof(refused) / sizeof(refused[0]),
};
