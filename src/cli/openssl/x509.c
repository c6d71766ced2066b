/*
 * `ward openssl x509`: a certificate, shown or put into another form.
 */
#include "cli/openssl/x509.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "cli/input.h"
#include "wire/pem.h"
#include "x509/chain.h"
#include "x509/csr.h"

static const struct option_row rows[] = {
	{ X509_IN, "in", "FILE", "the certificate; default: standard input" },
	{ X509_INFORM, "inform", "PEM|DER", "not needed: the form is seen" },
	{ X509_OUT, "out", "FILE", "where to write it; default: standard output" },
	{ X509_OUTFORM, "outform", "PEM|DER", "the form to write" },
	{ X509_NOOUT, "noout", NULL, "do not write the certificate" },
	{ X509_TEXT, "text", NULL, "show all of it" },
	{ X509_SUBJECT, "subject", NULL, "show the subject" },
	{ X509_ISSUER, "issuer", NULL, "show the issuer" },
	{ X509_SERIAL, "serial", NULL, "show the serial number" },
	{ X509_DATES, "dates", NULL, "show from when to when it is valid" },
	{ X509_STARTDATE, "startdate", NULL, "show from when it is valid" },
	{ X509_ENDDATE, "enddate", NULL, "show until when it is valid" },
	{ X509_FINGERPRINT, "fingerprint", NULL, "show a digest of it" },
	{ X509_PUBKEY, "pubkey", NULL, "show the public key as PEM" },
	{ X509_MODULUS, "modulus", NULL, "show the modulus of an RSA key" },
	{ X509_SUBJECT_HASH, "hash", NULL, "show the hash of the subject, for -CApath" },
	{ X509_SUBJECT_HASH, "subject_hash", NULL, "the same" },
	{ X509_ISSUER_HASH, "issuer_hash", NULL, "show the hash of the issuer" },
	{ X509_EMAIL, "email", NULL, "show the mail addresses" },
	{ X509_OCSP_URI, "ocsp_uri", NULL, "show where the OCSP responder is" },
	{ X509_EXT, "ext", "LIST", "show these extensions, as subjectAltName,keyUsage" },
	{ X509_CHECKEND, "checkend", "SECONDS", "exit 1 if it ends within that time" },
	{ X509_CHECKHOST, "checkhost", "NAME", "exit 1 if it is not for this host" },
	{ X509_CHECKIP, "checkip", "ADDRESS", "exit 1 if it is not for this address" },
	{ X509_CHECKEMAIL, "checkemail", "ADDRESS", "exit 1 if it is not for this mail address" },
	{ X509_NAMEOPT, "nameopt", "LIST", "how names are shown, as RFC2253 or multiline" },
	{ X509_DATEOPT, "dateopt", "FORM", "rfc_822 (default) or iso_8601" },
	{ X509_REQ, "req", NULL, "a request comes in: make a certificate for it" },
	{ X509_CA, "CA", "FILE", "the certificate of the CA that signs" },
	{ X509_CAKEY, "CAkey", "FILE", "its key" },
	{ X509_CREATE_SERIAL, "CAcreateserial", NULL, "begin a file of serial numbers" },
	{ X509_CASERIAL, "CAserial", "FILE", "that file; default: as -CA, with .srl" },
	{ X509_SET_SERIAL, "set_serial", "NUMBER", "the serial number" },
	{ X509_KEY, "key", "FILE", "have it sign itself with this key" },
	{ X509_KEY, "signkey", "FILE", "the same" },
	{ X509_DAYS, "days", "NUMBER", "how long it is valid; default 30" },
	{ X509_NOT_BEFORE, "not_before", "TIME", "from when on: YYYYMMDDHHMMSSZ or today" },
	{ X509_NOT_AFTER, "not_after", "TIME", "until when" },
	{ X509_PRESERVE_DATES, "preserve_dates", NULL, "keep the times of -in" },
	{ X509_EXTFILE, "extfile", "FILE", "a file with extensions" },
	{ X509_EXTENSIONS, "extensions", "SECTION", "the section of it" },
	{ X509_COPY, "copy_extensions", "HOW", "none, copy or copyall, from a request" },
	{ X509_CLEAR_EXTENSIONS, "clrext", NULL, "leave out those of -in" },
	{ X509_SET_SUBJECT, "subj", "NAME", "another subject" },
	{ X509_SET_SUBJECT, "set_subject", "NAME", "the same" },
	{ X509_FORCE_PUBKEY, "force_pubkey", "FILE", "another public key" },
	{ X509_NEW, "new", NULL, "read nothing: make one from -subj" },
	{ X509_TOREQ, "x509toreq", NULL, "make a request out of a certificate" },
	{ X509_PASSIN, "passin", "SOURCE", "where the passphrase of the key comes from" },
	{ X509_FORM_IGNORED, "keyform", "PEM|DER", "not needed: the form is seen" },
	{ X509_FORM_IGNORED, "CAform", "PEM|DER", "likewise" },
	{ X509_FORM_IGNORED, "CAkeyform", "PEM|DER", "likewise" },
	{ X509_DIGEST, "sha256", NULL, "the digest of -fingerprint, or what is signed" },
	{ X509_DIGEST, "sha384", NULL, "likewise" },
	{ X509_DIGEST, "sha512", NULL, "likewise" },
	{ X509_DIGEST, "sha1", NULL, "likewise; the default" },
	{ X509_DIGEST, "md5", NULL, "likewise" },
};

static const struct openssl_refusal refused[] = {
	{ "purpose", "use ward cert verify --purpose server" },
	{ "sigopt", "leave it out: keys sign in their own way" },
	{ "vfyopt", "leave it out" },
	{ "set_issuer", "the issuer is who signs: give -CA and -CAkey" },
	{ "certopt", "leave it out: -text shows all" },
	{ "subject_hash_old", "use -subject_hash: MD5 has no place in a folder of roots" },
	{ "issuer_hash_old", "use -issuer_hash" },
	{ "ocspid", "use ward cert show" },
	{ "alias", "leave it out: trusted certificates are files" },
	{ "setalias", "leave it out: trusted certificates are files" },
	{ "trustout", "leave it out: trusted certificates are files" },
	{ "addtrust", "leave it out: trusted certificates are files" },
	{ "addreject", "leave it out: trusted certificates are files" },
	{ "clrtrust", "leave it out: trusted certificates are files" },
	{ "clrreject", "leave it out: trusted certificates are files" },
};

/* ---- the command line ---- */

static bool take_digest(struct x509_job *job, const char *name)
{
	static const struct {
		const char *name;
		enum digest_alg alg;
	} digests[] = {
		{ "sha256", DIGEST_SHA256 }, { "sha384", DIGEST_SHA384 },
		{ "sha512", DIGEST_SHA512 }, { "sha1", DIGEST_SHA1 },
		{ "md5", DIGEST_MD5 },
	};

	for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++)
		if (strcmp(digests[i].name, name) == 0)
			job->digest = digests[i].alg;
	job->digest_label = name;
	job->making.hash = issue_hash(name);
	job->making.weak_hash = strcmp(name, "sha1") == 0 || strcmp(name, "md5") == 0;
	return true;
}

static bool take_print(struct x509_job *job, const struct option_row *row, const char *value)
{
	char *end = NULL;

	if (job->count == X509_PRINTS_MAX)
		return openssl_bad_value(&openssl_x509, row, "", "ask for less at once");
	if (row->id == X509_CHECKEND && (strtoll(value, &end, 10) < 0 || *end != '\0'))
		return openssl_bad_value(&openssl_x509, row, value, "give a number of seconds");
	job->prints[job->count++] = (struct x509_print){ (enum x509_option)row->id, value };
	return true;
}

static bool take_form(struct x509_job *job, const struct option_row *row, const char *value)
{
	return openssl_take_form(&openssl_x509, row, value,
				 row->id == X509_INFORM ? &job->inform : &job->outform);
}

static bool take_date_form(struct x509_job *job, const struct option_row *row, const char *value)
{
	job->iso_dates = strcmp(value, "iso_8601") == 0;
	return job->iso_dates || strcmp(value, "rfc_822") == 0 ||
	       openssl_bad_value(&openssl_x509, row, value, "give rfc_822 or iso_8601");
}

static bool take_making_flag(struct x509_making *making, int id)
{
	switch (id) {
	case X509_REQ:
		return making->req = true;
	case X509_TOREQ:
		return making->to_req = true;
	case X509_NEW:
		return making->new = true;
	case X509_CREATE_SERIAL:
		return making->create_serial = true;
	case X509_PRESERVE_DATES:
		return making->preserve_dates = true;
	case X509_CLEAR_EXTENSIONS:
	default:
		return making->clear_extensions = true;
	}
}

static const char **making_text(struct x509_making *making, int id)
{
	switch (id) {
	case X509_KEY:
		return &making->key;
	case X509_FORCE_PUBKEY:
		return &making->force_pubkey;
	case X509_CA:
		return &making->ca;
	case X509_CAKEY:
		return &making->ca_key;
	case X509_CASERIAL:
		return &making->ca_serial;
	case X509_SET_SUBJECT:
		return &making->subject;
	case X509_EXTFILE:
		return &making->ext_file;
	case X509_EXTENSIONS:
		return &making->extensions;
	case X509_PASSIN:
		return &making->passin;
	default:
		return NULL;
	}
}

static bool take_making(struct x509_making *making, const struct option_row *row, const char *value)
{
	const char **text = making_text(making, row->id);
	enum openssl_form ignored;

	if (value == NULL)
		return take_making_flag(making, row->id);
	if (text != NULL) {
		*text = value;
		return true;
	}
	switch (row->id) {
	case X509_SET_SERIAL:
		return issue_take_serial(&openssl_x509, row, value, &making->serial);
	case X509_DAYS:
		return issue_take_days(&openssl_x509, row, value, &making->validity.days);
	case X509_NOT_BEFORE:
		return issue_take_time(&openssl_x509, row, value, &making->validity.not_before);
	case X509_NOT_AFTER:
		return issue_take_time(&openssl_x509, row, value, &making->validity.not_after);
	case X509_COPY:
		return issue_take_copy(&openssl_x509, row, value, &making->copy);
	default:
		return openssl_take_form(&openssl_x509, row, value, &ignored);
	}
}

static bool take(void *arg, const struct option_row *row, const char *value)
{
	struct x509_job *job = arg;

	switch (row->id) {
	case X509_IN:
		job->in = value;
		return true;
	case X509_OUT:
		job->out = value;
		return true;
	case X509_INFORM:
	case X509_OUTFORM:
		return take_form(job, row, value);
	case X509_NOOUT:
		return job->noout = true;
	case X509_NAMEOPT:
		return name_style_parse(&job->style, value) ||
		       openssl_bad_value(&openssl_x509, row, value,
					 "give RFC2253, oneline, multiline, compat or utf8");
	case X509_DATEOPT:
		return take_date_form(job, row, value);
	case X509_DIGEST:
		return take_digest(job, row->name);
	default:
		if (row->id >= X509_REQ && row->id <= X509_FORM_IGNORED)
			return take_making(&job->making, row, value);
		return take_print(job, row, value);
	}
}

/* ---- the certificate ---- */

/* The first one, as openssl does; that there are more is said, which openssl does not. */
static struct ward_cert *load(const struct x509_job *job)
{
	struct ward_error err = ERROR_NONE;
	struct ward_cert *cert = NULL;
	struct ward_chain chain = { .count = 0 };
	struct file_bytes bytes;

	if (!openssl_read(&openssl_x509, job->in, &bytes))
		return NULL;
	if (ward_chain_parse(bytes.data, bytes.len, &chain, &err))
		cert = ward_cert_ref(chain.certs[0]);
	else
		(void)openssl_fail_error(&openssl_x509, openssl_input_name(job->in), &err);
	if (chain.count > 1)
		openssl_note(&openssl_x509, "%s: this is the first of %zu certificates",
			     openssl_input_name(job->in), chain.count);
	ward_chain_clear(&chain);
	file_bytes_clear(&bytes);
	return cert;
}

static int show(const struct x509_job *job, const struct ward_cert *cert)
{
	struct openssl_output out;
	int status = OPENSSL_FINE;

	if (!openssl_output_start(&openssl_x509, &out))
		return OPENSSL_FAILED;
	for (size_t i = 0; i < job->count; i++)
		if (!x509_print(out.file, cert, job, &job->prints[i]))
			status = OPENSSL_FAILED;
	if (!job->noout &&
	    !openssl_put_object(out.file, "CERTIFICATE", cert_der(cert), job->outform))
		status = OPENSSL_FAILED;
	/* What was found out is told even where the answer is no. */
	if (openssl_output_end(&openssl_x509, &out, job->out, false, OPENSSL_FINE) != OPENSSL_FINE)
		return OPENSSL_FAILED;
	return status;
}

static bool makes(const struct x509_making *making)
{
	return making->req || making->new || making->key != NULL || making->ca != NULL;
}

static int run_certificate(const struct x509_job *job)
{
	struct ward_cert *cert = makes(&job->making) ? x509_make(job) : load(job);
	int status = OPENSSL_FAILED;

	if (cert != NULL)
		status = show(job, cert);
	ward_cert_free(cert);
	return status;
}

static bool put_request(const struct x509_job *job, const struct ward_csr *csr, FILE *out)
{
	for (size_t i = 0; i < job->count; i++)
		if (job->prints[i].what == X509_TEXT)
			text_req(out, csr, &job->style);
	return job->noout || openssl_put_object(out, "CERTIFICATE REQUEST", csr->der, job->outform);
}

static int run_request(const struct x509_job *job)
{
	struct ward_csr *csr = x509_make_csr(job);
	struct openssl_output out;
	int status = OPENSSL_FAILED;

	if (csr != NULL && openssl_output_start(&openssl_x509, &out)) {
		status = put_request(job, csr, out.file) ? OPENSSL_FINE : OPENSSL_FAILED;
		status = openssl_output_end(&openssl_x509, &out, job->out, false, status);
	}
	ward_csr_free(csr);
	return status;
}

static int run(int argc, char **argv)
{
	struct x509_job job = { .style = name_style_default,
				.digest = DIGEST_SHA1,
				.digest_label = "SHA1",
				.now = (int64_t)time(NULL),
				.making.validity = { -1, -1, -1 } };
	int status = OPENSSL_FAILED;

	if (!openssl_parse_alone(&openssl_x509, argc, argv, take, &job, &status))
		return status;
	return job.making.to_req ? run_request(&job) : run_certificate(&job);
}

const struct openssl_command openssl_x509 = {
	.verb = {
		.name = "openssl x509",
		.page = "openssl",
		.operands = "",
		.summary = "a certificate: shown, put into another form, made",
		.text = "Reads the first certificate of a file, shows what is asked for in the order of the\n"
			"command line, and writes the certificate unless -noout is given. With -req it makes one\n"
			"for a request; with -CA or -key alone it signs one anew.\n",
		.examples = "  ward openssl x509 -in cert.pem -text -noout\n"
			    "  ward openssl x509 -in cert.pem -noout -subject -issuer -dates\n"
			    "  ward openssl x509 -in cert.pem -outform DER -out cert.der\n"
			    "  ward openssl x509 -in cert.pem -noout -checkend 1209600\n"
			    "  ward openssl x509 -req -in req.pem -CA ca.pem -CAkey ca.key -CAcreateserial \\\n"
			    "      -days 90 -extfile server.cnf -out cert.pem\n",
		.options = rows,
		.option_count = sizeof(rows) / sizeof(rows[0]),
		.run = run,
	},
	.refused = refused,
	.refused_count = sizeof(refused) / sizeof(refused[0]),
};
