/*
 * `ward openssl crl2pkcs7` and `pkcs7`: certificates into a PKCS#7 file, and out of it. Piped together
 * they are how people look at all certificates of a file.
 */
#include "x509/pkcs7.h"

#include <stdlib.h>
#include <string.h>

#include "cli/openssl/openssl.h"
#include "cli/openssl/text.h"
#include "wire/pem.h"
#include "x509/chain.h"

enum { FILES_MAX = 32 };

enum {
	OPT_IN = OPTION_LONG,
	OPT_FORM,
	OPT_OUT,
	OPT_OUTFORM,
	OPT_CERTFILE,
	OPT_NOCRL,
	OPT_PRINT_CERTS,
	OPT_TEXT,
	OPT_NOOUT,
	OPT_QUIET,
};

struct job {
	const struct openssl_command *command;
	const char *in, *out;
	enum openssl_form outform;
	const char *cert_files[FILES_MAX];
	size_t cert_file_count;
	bool no_crl, print_certs, text, noout, quiet;
};

static bool take_file(struct job *job, const struct option_row *row, const char *value)
{
	if (job->cert_file_count == FILES_MAX)
		return openssl_bad_value(job->command, row, value,
					 "put them into one file: there are too many");
	job->cert_files[job->cert_file_count++] = value;
	return true;
}

static bool take_flag(struct job *job, int id)
{
	switch (id) {
	case OPT_NOCRL:
		return job->no_crl = true;
	case OPT_PRINT_CERTS:
		return job->print_certs = true;
	case OPT_TEXT:
		return job->text = true;
	case OPT_NOOUT:
		return job->noout = true;
	default:
		return job->quiet = true;
	}
}

static bool take(void *arg, const struct option_row *row, const char *value)
{
	struct job *job = arg;
	enum openssl_form ignored;

	switch (row->id) {
	case OPT_IN:
		job->in = value;
		return true;
	case OPT_OUT:
		job->out = value;
		return true;
	case OPT_FORM:
		return openssl_take_form(job->command, row, value, &ignored);
	case OPT_OUTFORM:
		return openssl_take_form(job->command, row, value, &job->outform);
	case OPT_CERTFILE:
		return take_file(job, row, value);
	default:
		return take_flag(job, row->id);
	}
}

static bool fail(const struct job *job, const char *name, const struct ward_error *err)
{
	return openssl_fail_error(job->command, name, err) == OPENSSL_FINE;
}

/* ---- crl2pkcs7 ---- */

static const struct option_row pack_rows[] = {
	{ OPT_NOCRL, "nocrl", NULL, "no list comes in: certificates alone" },
	{ OPT_CERTFILE, "certfile", "FILE", "certificates; may be given several times" },
	{ OPT_OUT, "out", "FILE", "where to write it; default: standard output" },
	{ OPT_OUTFORM, "outform", "PEM|DER", "the form to write" },
};

static const struct openssl_refusal pack_refused[] = {
	{ "in", "give -nocrl: lists are not put into PKCS#7" },
	{ "inform", "give -nocrl: lists are not put into PKCS#7" },
};

static bool add_file(const struct job *job, const char *path, struct ward_chain *chain)
{
	struct ward_error err = ERROR_NONE;
	struct ward_chain more = { NULL, 0 };
	struct file_bytes bytes;
	bool ok;

	if (!openssl_read(job->command, path, &bytes))
		return false;
	ok = ward_chain_parse(bytes.data, bytes.len, &more, &err);
	file_bytes_clear(&bytes);
	for (size_t i = 0; ok && i < more.count; i++) {
		ok = chain_append(chain, ward_cert_ref(more.certs[i]), &err);
		if (!ok)
			ward_cert_free(more.certs[i]);
	}
	ward_chain_clear(&more);
	return ok || fail(job, path, &err);
}

static int put_object(const struct job *job, struct span der)
{
	struct openssl_output out;
	int status = OPENSSL_FAILED;

	if (!openssl_output_start(job->command, &out))
		return OPENSSL_FAILED;
	if (openssl_put_object(out.file, "PKCS7", der, job->outform))
		status = OPENSSL_FINE;
	return openssl_output_end(job->command, &out, job->out, false, status);
}

static int pack(const struct job *job)
{
	struct ward_chain chain = { NULL, 0 };
	struct ward_error err = ERROR_NONE;
	int status = OPENSSL_FAILED;
	uint8_t *der = NULL;
	size_t len;
	bool ok = true;

	for (size_t i = 0; ok && i < job->cert_file_count; i++)
		ok = add_file(job, job->cert_files[i], &chain);
	if (ok && pkcs7_write(&chain, &der, &len, &err))
		status = put_object(job, span_make(der, len));
	else if (ok)
		(void)fail(job, NULL, &err);
	free(der);
	ward_chain_clear(&chain);
	return status;
}

static int run_pack(int argc, char **argv)
{
	struct job job = { .command = &openssl_crl2pkcs7 };
	int status = OPENSSL_FAILED;

	if (!openssl_parse_alone(&openssl_crl2pkcs7, argc, argv, take, &job, &status))
		return status;
	if (!job.no_crl || job.cert_file_count == 0)
		return openssl_fail(&openssl_crl2pkcs7, "give -nocrl -certfile FILE",
				    "certificates alone are put into PKCS#7");
	return pack(&job);
}

const struct openssl_command openssl_crl2pkcs7 = {
	.verb = {
		.name = "openssl crl2pkcs7",
		.page = "openssl",
		.operands = "",
		.summary = "certificates into a PKCS#7 file",
		.text = "Puts certificates into a PKCS#7 file, which nobody signs.\n",
		.examples = "  ward openssl crl2pkcs7 -nocrl -certfile chain.pem -out chain.p7b\n"
			    "  ward openssl crl2pkcs7 -nocrl -certfile chain.pem | \\\n"
			    "      ward openssl pkcs7 -print_certs -noout\n",
		.options = pack_rows,
		.option_count = sizeof(pack_rows) / sizeof(pack_rows[0]),
		.run = run_pack,
	},
	.refused = pack_refused,
	.refused_count = sizeof(pack_refused) / sizeof(pack_refused[0]),
};

/* ---- pkcs7 ---- */

static const struct option_row unpack_rows[] = {
	{ OPT_IN, "in", "FILE", "the file; default: standard input" },
	{ OPT_FORM, "inform", "PEM|DER", "not needed: the form is seen" },
	{ OPT_PRINT_CERTS, "print_certs", NULL, "write its certificates as PEM" },
	{ OPT_TEXT, "text", NULL, "with all that they say" },
	{ OPT_QUIET, "quiet", NULL, "without their names" },
	{ OPT_NOOUT, "noout", NULL, "do not write the file or the certificates" },
	{ OPT_OUT, "out", "FILE", "where to write it; default: standard output" },
	{ OPT_OUTFORM, "outform", "PEM|DER", "the form to write" },
};

static const struct openssl_refusal unpack_refused[] = {
	{ "print", "use openssl itself, or -print_certs -text" },
	{ "engine", "leave it out" },
};

/* PEM of either label, or DER. */
static bool read_der(const struct job *job, struct file_bytes *bytes, struct pem_block *block,
		     struct span *der)
{
	struct ward_error err = ERROR_NONE;
	struct span text;

	*block = (struct pem_block){ .der = NULL };
	if (!openssl_read(job->command, job->in, bytes))
		return false;
	*der = text = span_make(bytes->data, bytes->len);
	if (!pem_detect(text))
		return true;
	while (pem_next(&text, block, &err)) {
		*der = span_make(block->der, block->der_len);
		if (strcmp(block->label, "PKCS7") == 0 || strcmp(block->label, "CMS") == 0)
			return true;
		pem_block_clear(block);
	}
	if (!error_is_set(&err))
		FAILF(&err, NO_CERTIFICATE_IN_FILE, "there is no PKCS7");
	return fail(job, openssl_input_name(job->in), &err);
}

static void put_names(FILE *out, const struct ward_cert *cert)
{
	fputs("subject=", out);
	text_name(out, cert->subject, &name_style_default);
	fputs("\nissuer=", out);
	text_name(out, cert->issuer, &name_style_default);
	fputc('\n', out);
}

static bool put_certs(const struct job *job, FILE *out, const struct ward_chain *chain)
{
	bool ok = true;

	for (size_t i = 0; ok && i < chain->count; i++) {
		if (job->text)
			text_cert(out, chain->certs[i], &name_style_default);
		else if (!job->quiet)
			put_names(out, chain->certs[i]);
		if (!job->noout)
			ok = openssl_put_object(out, "CERTIFICATE", chain->certs[i]->der,
						OPENSSL_FORM_PEM);
		fputc('\n', out);
	}
	return ok;
}

static int unpack(const struct job *job, struct span der)
{
	struct ward_chain chain = { NULL, 0 };
	struct ward_error err = ERROR_NONE;
	struct openssl_output out;
	int status = OPENSSL_FAILED;

	if (!pkcs7_read(der, &chain, &err)) {
		(void)fail(job, openssl_input_name(job->in), &err);
	} else if (!job->print_certs) {
		status = job->noout ? OPENSSL_FINE : put_object(job, der);
	} else if (openssl_output_start(job->command, &out)) {
		status = put_certs(job, out.file, &chain) ? OPENSSL_FINE : OPENSSL_FAILED;
		status = openssl_output_end(job->command, &out, job->out, false, status);
	}
	ward_chain_clear(&chain);
	return status;
}

static int run_unpack(int argc, char **argv)
{
	struct job job = { .command = &openssl_pkcs7 };
	struct file_bytes bytes = { NULL, 0 };
	struct pem_block block;
	int status = OPENSSL_FAILED;
	struct span der;

	if (!openssl_parse_alone(&openssl_pkcs7, argc, argv, take, &job, &status))
		return status;
	status = OPENSSL_FAILED;
	if (read_der(&job, &bytes, &block, &der))
		status = unpack(&job, der);
	pem_block_clear(&block);
	file_bytes_clear(&bytes);
	return status;
}

const struct openssl_command openssl_pkcs7 = {
	.verb = {
		.name = "openssl pkcs7",
		.page = "openssl",
		.operands = "",
		.summary = "the certificates of a PKCS#7 file",
		.text = "Reads a PKCS#7 file, and writes it, or with -print_certs the certificates in it.\n",
		.examples = "  ward openssl pkcs7 -in chain.p7b -print_certs -out chain.pem\n"
			    "  ward openssl pkcs7 -in chain.p7b -print_certs -text -noout\n",
		.options = unpack_rows,
		.option_count = sizeof(unpack_rows) / sizeof(unpack_rows[0]),
		.run = run_unpack,
	},
	.refused = unpack_refused,
	.refused_count = sizeof(unpack_refused) / sizeof(unpack_refused[0]),
};
