/*
 * `ward openssl req`: certificate requests, made and shown; and certificates that sign themselves.
 */
#include "cli/openssl/req.h"

#include <stdlib.h>
#include <string.h>

#include "cli/openssl/key_job.h"
#include "x509/csr.h"

enum {
	OPT_IN = OPTION_LONG,
	OPT_OUT,
	OPT_FORM,
	OPT_OUTFORM,
	OPT_NEW,
	OPT_X509,
	OPT_KEY,
	OPT_KEYOUT,
	OPT_NEWKEY,
	OPT_PKEYOPT,
	OPT_PASSIN,
	OPT_PASSOUT,
	OPT_PLAIN,
	OPT_SUBJ,
	OPT_CONFIG,
	OPT_SECTION,
	OPT_ADDEXT,
	OPT_EXTENSIONS,
	OPT_COPY,
	OPT_DAYS,
	OPT_NOT_BEFORE,
	OPT_NOT_AFTER,
	OPT_SERIAL,
	OPT_CA,
	OPT_CAKEY,
	OPT_HASH,
	OPT_TEXT,
	OPT_SUBJECT,
	OPT_PUBKEY,
	OPT_MODULUS,
	OPT_VERIFY,
	OPT_NOOUT,
	OPT_NAMEOPT,
	OPT_BATCH,
	OPT_NEWHDR,
	OPT_NOTHING,
};

static const struct option_row rows[] = {
	{ OPT_NEW, "new", NULL, "make a request" },
	{ OPT_X509, "x509", NULL, "make a certificate instead, which signs itself" },
	{ OPT_KEY, "key", "FILE", "the key that it is for" },
	{ OPT_NEWKEY, "newkey", "KIND", "or a new one: rsa:4096, ec, ed25519" },
	{ OPT_PKEYOPT, "pkeyopt", "NAME:VALUE", "as ec_paramgen_curve:P-256, for -newkey" },
	{ OPT_KEYOUT, "keyout", "FILE", "where to write that, mode 0600; default privkey.pem" },
	{ OPT_PLAIN, "noenc", NULL, "do not encrypt it" },
	{ OPT_PLAIN, "nodes", NULL, "the same" },
	{ OPT_PASSIN, "passin", "SOURCE", "where the passphrase of -key comes from" },
	{ OPT_PASSOUT, "passout", "SOURCE", "likewise, for -keyout" },
	{ OPT_SUBJ, "subj", "NAME", "the subject, as /C=DE/O=Example/CN=name" },
	{ OPT_ADDEXT, "addext", "EXTENSION", "as subjectAltName=DNS:example.org" },
	{ OPT_CONFIG, "config", "FILE", "in the form of openssl.cnf" },
	{ OPT_SECTION, "section", "NAME", "its section to begin with; default req" },
	{ OPT_EXTENSIONS, "extensions", "SECTION", "its section of extensions" },
	{ OPT_EXTENSIONS, "reqexts", "SECTION", "the same" },
	{ OPT_DAYS, "days", "NUMBER", "how long the certificate is valid; default 30" },
	{ OPT_NOT_BEFORE, "not_before", "TIME", "from when on: YYYYMMDDHHMMSSZ or today" },
	{ OPT_NOT_AFTER, "not_after", "TIME", "until when" },
	{ OPT_SERIAL, "set_serial", "NUMBER", "its serial number; default: random" },
	{ OPT_CA, "CA", "FILE", "the certificate of a CA that signs instead" },
	{ OPT_CAKEY, "CAkey", "FILE", "its key" },
	{ OPT_COPY, "copy_extensions", "HOW", "none, copy or copyall, from -in to -x509" },
	{ OPT_HASH, "sha256", NULL, "the hash that is signed" },
	{ OPT_HASH, "sha384", NULL, "likewise" },
	{ OPT_HASH, "sha512", NULL, "likewise" },
	{ OPT_IN, "in", "FILE", "a request that is there; default: standard input" },
	{ OPT_FORM, "inform", "PEM|DER", "not needed: the form is seen" },
	{ OPT_FORM, "keyform", "PEM|DER", "likewise" },
	{ OPT_OUT, "out", "FILE", "where to write it; default: standard output" },
	{ OPT_OUTFORM, "outform", "PEM|DER", "the form to write" },
	{ OPT_TEXT, "text", NULL, "show all of it" },
	{ OPT_SUBJECT, "subject", NULL, "show the subject" },
	{ OPT_PUBKEY, "pubkey", NULL, "show the public key as PEM" },
	{ OPT_MODULUS, "modulus", NULL, "show the modulus of an RSA key" },
	{ OPT_VERIFY, "verify", NULL, "say whether it is signed by its own key" },
	{ OPT_NOOUT, "noout", NULL, "do not write it" },
	{ OPT_NAMEOPT, "nameopt", "LIST", "how names are shown, as RFC2253 or multiline" },
	{ OPT_BATCH, "batch", NULL, "ask nothing: take what the file says" },
	{ OPT_NEWHDR, "newhdr", NULL, "write NEW CERTIFICATE REQUEST" },
	{ OPT_NOTHING, "utf8", NULL, "texts are UTF-8, which they are anyway" },
	{ OPT_NOTHING, "multivalue-rdn", NULL, "\"+\" joins parts, which it does anyway" },
	{ OPT_NOTHING, "quiet", NULL, "which it is anyway" },
	{ OPT_NOTHING, "verbose", NULL, "which it is anyway" },
};

static const struct openssl_refusal refused[] = {
	{ "x509v1", "leave it out: certificates are of version 3" },
	{ "precert", "use openssl itself: ward logs no certificates" },
	{ "sha1", "use -sha256: SHA-1 is broken" },
	{ "md5", "use -sha256: MD5 is broken" },
	{ "sha224", "use -sha256" },
	{ "sigopt", "leave it out: keys sign in their own way" },
	{ "vfyopt", "leave it out" },
	{ "reqopt", "leave it out: -text shows all" },
	{ "cipher", "leave it out: keys are encrypted by AES-256" },
	{ "asn1-kludge", "leave it out" },
	{ "keygen_engine", "leave it out: keys are files" },
	{ "engine", "leave it out: keys are files" },
};

/* ---- the command line ---- */

static const char *after(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

static bool take_pkeyopt(struct req_job *job, const struct option_row *row, const char *text)
{
	const char *value;

	if ((value = after(text, "ec_paramgen_curve:")) != NULL ||
	    (value = after(text, "group:")) != NULL)
		return key_make_curve(value, &job->curve) ||
		       openssl_bad_value(&openssl_req, row, text, key_make_curves_wanted);
	if ((value = after(text, "rsa_keygen_bits:")) != NULL)
		return key_make_bits(value, &job->bits) ||
		       openssl_bad_value(&openssl_req, row, text, key_make_bits_wanted);
	if (strcmp(text, "ec_param_enc:named_curve") == 0 ||
	    strcmp(text, "rsa_keygen_pubexp:65537") == 0)
		return true;
	return openssl_bad_value(&openssl_req, row, text,
				 "give ec_paramgen_curve:CURVE or rsa_keygen_bits:NUMBER");
}

static bool take_addext(struct req_job *job, const struct option_row *row, const char *value)
{
	if (job->addext_count == REQ_ADDEXT_MAX)
		return openssl_bad_value(&openssl_req, row, value,
					 "there are too many: write them into a file");
	job->addext[job->addext_count++] = value;
	return true;
}

static bool take_hash(struct req_job *job, const char *name)
{
	job->hash = issue_hash(name);
	return job->hash_given = true;
}

static bool take_flag(struct req_job *job, int id)
{
	switch (id) {
	case OPT_NEW:
		return job->make = true;
	case OPT_X509:
		return job->x509 = true;
	case OPT_PLAIN:
		return job->plain_key = true;
	case OPT_TEXT:
		return job->text = true;
	case OPT_SUBJECT:
		return job->show_subject = true;
	case OPT_PUBKEY:
		return job->show_key = true;
	case OPT_MODULUS:
		return job->modulus = true;
	case OPT_VERIFY:
		return job->verify = true;
	case OPT_NOOUT:
		return job->noout = true;
	case OPT_BATCH:
		return job->batch = true;
	case OPT_NEWHDR:
		return job->new_header = true;
	default:
		return true;
	}
}

static const char **text_of(struct req_job *job, int id)
{
	switch (id) {
	case OPT_IN:
		return &job->in;
	case OPT_OUT:
		return &job->out;
	case OPT_KEY:
		return &job->key_in;
	case OPT_KEYOUT:
		return &job->key_out;
	case OPT_NEWKEY:
		return &job->new_key;
	case OPT_PASSIN:
		return &job->passin;
	case OPT_PASSOUT:
		return &job->passout;
	case OPT_SUBJ:
		return &job->subject;
	case OPT_CONFIG:
		return &job->config;
	case OPT_SECTION:
		return &job->section;
	case OPT_EXTENSIONS:
		return &job->extensions;
	case OPT_CA:
		return &job->ca;
	case OPT_CAKEY:
		return &job->ca_key;
	default:
		return NULL;
	}
}

static bool take_value(struct req_job *job, const struct option_row *row, const char *value)
{
	enum openssl_form ignored;

	switch (row->id) {
	case OPT_FORM:
		return openssl_take_form(&openssl_req, row, value, &ignored);
	case OPT_OUTFORM:
		return openssl_take_form(&openssl_req, row, value, &job->outform);
	case OPT_PKEYOPT:
		return take_pkeyopt(job, row, value);
	case OPT_ADDEXT:
		return take_addext(job, row, value);
	case OPT_COPY:
		return issue_take_copy(&openssl_req, row, value, &job->copy);
	case OPT_DAYS:
		return issue_take_days(&openssl_req, row, value, &job->validity.days);
	case OPT_NOT_BEFORE:
		return issue_take_time(&openssl_req, row, value, &job->validity.not_before);
	case OPT_NOT_AFTER:
		return issue_take_time(&openssl_req, row, value, &job->validity.not_after);
	case OPT_SERIAL:
		return issue_take_serial(&openssl_req, row, value, &job->serial);
	case OPT_NAMEOPT:
	default:
		return name_style_parse(&job->style, value) ||
		       openssl_bad_value(&openssl_req, row, value,
					 "give RFC2253, oneline, multiline, compat or utf8");
	}
}

static bool take(void *arg, const struct option_row *row, const char *value)
{
	struct req_job *job = arg;
	const char **text = text_of(job, row->id);

	if (row->id == OPT_HASH)
		return take_hash(job, row->name);
	if (value == NULL)
		return take_flag(job, row->id);
	if (text == NULL)
		return take_value(job, row, value);
	*text = value;
	return true;
}

/* ---- what comes out ---- */

static bool verify(const struct req_job *job)
{
	struct ward_error err = ERROR_NONE;

	if (!job->verify)
		return true;
	if (job->csr == NULL)
		return openssl_fail(&openssl_req, "leave out -verify or -x509",
				    "there is no request to verify") == OPENSSL_FINE;
	if (ward_csr_verify(job->csr, &err)) {
		printf("Certificate request self-signature verify OK\n");
		return true;
	}
	fprintf(stderr, "Certificate request self-signature verify failure\n");
	return openssl_fail_error(&openssl_req, openssl_input_name(job->in), &err) == OPENSSL_FINE;
}

static void show(const struct req_job *job, FILE *out)
{
	struct span subject = job->x509 ? cert_subject_der(job->cert) : job->csr->subject;
	struct span spki = job->x509 ? job->cert->spki : job->csr->spki;

	if (job->show_key)
		(void)openssl_put_object(out, "PUBLIC KEY", spki, OPENSSL_FORM_PEM);
	if (job->text && job->x509)
		text_cert(out, job->cert, &job->style);
	else if (job->text)
		text_req(out, job->csr, &job->style);
	if (job->show_subject) {
		fputs("subject=", out);
		text_name(out, subject, &job->style);
		fputc('\n', out);
	}
	if (job->modulus)
		text_modulus(out, spki, "Wrong Algorithm type");
}

static bool put(const struct req_job *job, FILE *out)
{
	const char *label = job->new_header ? "NEW CERTIFICATE REQUEST" : "CERTIFICATE REQUEST";

	show(job, out);
	if (job->noout)
		return true;
	if (job->x509)
		return openssl_put_object(out, "CERTIFICATE", job->cert->der, job->outform);
	return openssl_put_object(out, label, job->csr->der, job->outform);
}

static int finish(const struct req_job *job)
{
	struct openssl_output out;
	int status = OPENSSL_FAILED;

	if (!verify(job) || !openssl_output_start(&openssl_req, &out))
		return OPENSSL_FAILED;
	if (put(job, out.file))
		status = OPENSSL_FINE;
	return openssl_output_end(&openssl_req, &out, job->out, false, status);
}

/* ---- the whole job ---- */

static bool makes(const struct req_job *job)
{
	return job->make || job->new_key != NULL || job->x509;
}

static bool judge(const struct req_job *job)
{
	const char *cause = NULL, *remedy = "leave one of them out";

	if (job->key_in != NULL && job->new_key != NULL) {
		cause = "-key and -newkey cannot stand together";
	} else if ((job->ca == NULL) != (job->ca_key == NULL)) {
		cause = "-CA and -CAkey go together";
		remedy = "give both";
	} else if (job->ca != NULL && !job->x509) {
		cause = "-CA is for certificates";
		remedy = "give -x509, too";
	} else if (!makes(job) && job->subject != NULL) {
		cause = "the subject of a request that is signed cannot be changed";
		remedy = "make another: -new -key FILE -subj NAME";
	}
	if (!job->x509 && job->validity.days >= 0)
		openssl_note(&openssl_req, "-days has no effect without -x509");
	return cause == NULL || openssl_fail(&openssl_req, remedy, "%s", cause) == OPENSSL_FINE;
}

static bool read_request(struct req_job *job)
{
	job->csr = issue_read_csr(&openssl_req, job->in);
	return job->csr != NULL;
}

/* -newkey makes a request, -x509 a certificate, of a request where one is named. */
static int run_job(struct req_job *job)
{
	if (!judge(job) || !req_load_conf(job))
		return OPENSSL_FAILED;
	if ((!makes(job) || (job->x509 && job->in != NULL && !job->make)) && !read_request(job))
		return OPENSSL_FAILED;
	if (makes(job) && !req_make(job))
		return OPENSSL_FAILED;
	return finish(job);
}

static int run(int argc, char **argv)
{
	struct req_job job = { .section = "req",
			       .validity = { -1, -1, -1 },
			       .style = name_style_default };
	int status = OPENSSL_FAILED;

	if (openssl_parse_alone(&openssl_req, argc, argv, take, &job, &status))
		status = run_job(&job);
	conf_clear(&job.conf);
	openssl_key_clear(&job.key);
	openssl_key_clear(&job.signer);
	ward_cert_free(job.issuer);
	ward_csr_free(job.csr);
	ward_cert_free(job.cert);
	return status;
}

const struct openssl_command openssl_req = {
	.verb = {
		.name = "openssl req",
		.page = "openssl",
		.operands = "",
		.summary = "certificate requests, and certificates that sign themselves",
		.text = "Makes a request (-new, -newkey) or a certificate that signs itself (-x509), or reads a\n"
			"request and shows it. The subject comes from -subj, from the file of -config, or is\n"
			"asked for.\n",
		.examples = "  ward openssl req -new -key key.pem -subj /CN=example.org -out req.pem\n"
			    "  ward openssl req -x509 -newkey rsa:4096 -nodes -keyout key.pem -out cert.pem \\\n"
			    "      -days 365 -subj /CN=localhost -addext subjectAltName=DNS:localhost\n"
			    "  ward openssl req -in req.pem -noout -text -verify\n",
		.options = rows,
		.option_count = sizeof(rows) / sizeof(rows[0]),
		.run = run,
	},
	.refused = refused,
	.refused_count = sizeof(refused) / sizeof(refused[0]),
};
