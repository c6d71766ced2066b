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
	{ X509_CHECKHOST, "checkhost", "NAME", "say whether it is for this host" },
	{ X509_CHECKIP, "checkip", "ADDRESS", "say whether it is for this address" },
	{ X509_CHECKEMAIL, "checkemail", "ADDRESS", "say whether it is for this mail address" },
	{ X509_NAMEOPT, "nameopt", "LIST", "how names are shown, as RFC2253 or multiline" },
	{ X509_DATEOPT, "dateopt", "FORM", "rfc_822 (default) or iso_8601" },
	{ X509_DIGEST, "sha256", NULL, "the digest of -fingerprint" },
	{ X509_DIGEST, "sha384", NULL, "likewise" },
	{ X509_DIGEST, "sha512", NULL, "likewise" },
	{ X509_DIGEST, "sha1", NULL, "likewise; the default" },
	{ X509_DIGEST, "md5", NULL, "likewise" },
};

static const struct openssl_refusal refused[] = {
	{ "req", "use ward cert sign" },
	{ "signkey", "use ward cert new" },
	{ "key", "use ward cert new" },
	{ "CA", "use ward cert sign" },
	{ "CAkey", "use ward cert sign" },
	{ "CAcreateserial", "use ward cert sign: serial numbers are random" },
	{ "CAserial", "use ward cert sign: serial numbers are random" },
	{ "days", "use ward cert new --lifetime 90d" },
	{ "extfile", "use ward cert sign" },
	{ "extensions", "use ward cert sign" },
	{ "set_serial", "use ward cert sign: serial numbers are random" },
	{ "x509toreq", "use ward cert csr" },
	{ "new", "use ward cert new" },
	{ "purpose", "use ward cert verify --purpose server" },
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

static int run(int argc, char **argv)
{
	struct x509_job job = { .style = name_style_default,
				.digest = DIGEST_SHA1,
				.digest_label = "SHA1",
				.now = (int64_t)time(NULL) };
	struct ward_cert *cert;
	int status = OPENSSL_FAILED;

	if (!openssl_parse_alone(&openssl_x509, argc, argv, take, &job, &status))
		return status;
	cert = load(&job);
	if (cert == NULL)
		return OPENSSL_FAILED;
	status = show(&job, cert);
	ward_cert_free(cert);
	return status;
}

const struct openssl_command openssl_x509 = {
	.verb = {
		.name = "openssl x509",
		.page = "openssl",
		.operands = "",
		.summary = "a certificate, shown or put into another form",
		.text = "Reads the first certificate of a file, shows what is asked for in the order of the\n"
			"command line, and writes the certificate unless -noout is given.\n",
		.examples = "  ward openssl x509 -in cert.pem -text -noout\n"
			    "  ward openssl x509 -in cert.pem -noout -subject -issuer -dates\n"
			    "  ward openssl x509 -in cert.pem -outform DER -out cert.der\n"
			    "  ward openssl x509 -in cert.pem -noout -checkend 1209600\n",
		.options = rows,
		.option_count = sizeof(rows) / sizeof(rows[0]),
		.run = run,
	},
	.refused = refused,
	.refused_count = sizeof(refused) / sizeof(refused[0]),
};
