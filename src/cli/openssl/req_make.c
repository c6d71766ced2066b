/*
 * Making what `ward openssl req` makes: a request, or with -x509 a certificate.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "cli/openssl/req.h"
#include "x509/csr.h"
#include "x509/make.h"

static bool report(const struct ward_error *err)
{
	if (err->reason == WARD_E_BAD_ARGUMENT)
		return openssl_fail(&openssl_req, "see x509v3_config(5) for what can be said", "%s",
				    err->detail) == OPENSSL_FINE;
	return openssl_fail_error(&openssl_req, NULL, err) == OPENSSL_FINE;
}

/* ---- extensions ---- */

/* "subjectAltName = DNS:a" */
static bool add_one(const char *text, struct ext_list *list, const struct ext_source *source,
		    struct ward_error *err)
{
	const char *equals = strchr(text, '=');
	size_t len = equals == NULL ? 0 : (size_t)(equals - text);
	char name[80];

	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	if (len == 0 || len >= sizeof(name))
		return FAILF(err, BAD_ARGUMENT, "-addext \"%.60s\" has not the form name=value",
			     text);
	bytes_copy(name, text, len);
	name[len] = '\0';
	equals += 1 + strspn(equals + 1, " \t");
	return ext_list_add(list, source, name, equals, err);
}

static bool is_same_name(const char *a, const char *b)
{
	size_t len = strcspn(a, " \t=");

	return len == strcspn(b, " \t=") && strncmp(a, b, len) == 0;
}

static bool check_twice(const struct req_job *job, struct ward_error *err)
{
	for (size_t i = 0; i < job->addext_count; i++)
		for (size_t k = 0; k < i; k++)
			if (is_same_name(job->addext[i], job->addext[k]))
				return FAILF(err, BAD_ARGUMENT, "-addext \"%.60s\" is there twice",
					     job->addext[i]);
	return true;
}

/* Those of the section, then those of the command line, which replace them. */
static bool add_extensions(const struct req_job *job, struct ext_list *list,
			   const struct ext_source *source)
{
	const char *setting = job->x509 ? "x509_extensions" : "req_extensions";
	const char *section = job->extensions;
	struct ward_error err = ERROR_NONE;
	bool ok = check_twice(job, &err);

	if (section == NULL)
		section = req_setting(job, setting);
	if (ok && section != NULL)
		ok = ext_list_add_section(list, source, section, &err);
	for (size_t i = 0; ok && i < job->addext_count; i++)
		ok = add_one(job->addext[i], list, source, &err);
	return ok || report(&err);
}

/* ---- a request ---- */

static bool make_request(struct req_job *job, struct span subject)
{
	const struct span spki = span_make(job->key.spki, job->key.spki_len);
	const struct ext_source source = {
		.conf = &job->conf, .subject = subject, .spki = spki, .is_request = true
	};
	struct make_parts parts = { .subject = subject, .spki = spki };
	struct ext_list list = { .count = 0 };
	struct ward_error err = ERROR_NONE;
	uint8_t *extensions = NULL;
	size_t len = 0;
	bool ok = add_extensions(job, &list, &source);

	if (ok)
		extensions = ext_list_join(&list, &len, &err);
	parts.extensions = span_make(extensions, len);
	if (ok && !error_is_set(&err))
		job->csr = make_csr_from_parts(&parts, job->key.private,
					       issue_hash_for(&job->key, job->hash), &err);
	free(extensions);
	ext_list_clear(&list);
	return job->csr != NULL || (ok && report(&err));
}

/* ---- a certificate ---- */

static bool copy_requested(struct req_job *job, struct issue *issue)
{
	struct ward_error err = ERROR_NONE;

	if (job->csr == NULL || job->copy == ISSUE_COPY_NONE)
		return true;
	return ext_list_copy(&issue->extensions, job->csr->ext.list, &err) || report(&err);
}

static bool load_issuer(struct req_job *job)
{
	if (job->ca == NULL)
		return true;
	job->issuer = issue_read_cert(&openssl_req, job->ca);
	return job->issuer != NULL &&
	       openssl_key_private(&openssl_req, job->ca_key, job->passin, &job->signer) &&
	       issue_key_fits(&openssl_req, &job->signer, job->issuer, job->ca_key);
}

static bool make_certificate(struct req_job *job, struct span subject)
{
	struct issue issue = { .command = &openssl_req,
			       .subject = subject,
			       .spki = span_make(job->key.spki, job->key.spki_len),
			       .issuer = job->issuer,
			       .signer = job->issuer == NULL ? &job->key : &job->signer,
			       .hash = job->hash,
			       .validity = job->validity,
			       .serial = job->serial };
	struct ext_source source;

	if (job->csr != NULL)
		issue.spki = job->csr->spki;
	if (issue_source(&issue, &job->conf, &source) && copy_requested(job, &issue) &&
	    add_extensions(job, &issue.extensions, &source) && issue_add_key_ids(&issue, &source))
		job->cert = issue_certificate(&issue);
	ext_list_clear(&issue.extensions);
	return job->cert != NULL;
}

/* ---- either ---- */

/* A request that was read keeps its subject, unless another is given. */
static bool get_subject(const struct req_job *job, struct writer *w)
{
	if (job->csr == NULL || job->subject != NULL)
		return req_write_subject(job, w);
	writer_bytes(w, job->csr->subject);
	return true;
}

static bool take_hash(struct req_job *job)
{
	const char *name = req_setting(job, "default_md");

	if (job->hash_given || name == NULL || strcmp(name, "default") == 0 ||
	    strcmp(name, "sha256") == 0)
		return true;
	if (strcmp(name, "sha384") != 0 && strcmp(name, "sha512") != 0)
		return openssl_fail(&openssl_req, "use sha256, sha384 or sha512",
				    "default_md cannot be \"%s\"", name) == OPENSSL_FINE;
	job->hash = issue_hash(name);
	return true;
}

/* A CA signs for a request by its own key. */
static bool needs_key(const struct req_job *job)
{
	return job->csr == NULL || job->ca == NULL;
}

bool req_make(struct req_job *job)
{
	struct ward_error err = ERROR_NONE;
	uint8_t *buf;
	struct writer w;
	bool ok;

	if (req_setting(job, "attributes") != NULL && !job->x509)
		openssl_note(&openssl_req, "the attributes of the file are left out");
	if (!take_hash(job) || (needs_key(job) && !req_get_key(job)) ||
	    (job->x509 && !load_issuer(job)))
		return false;
	buf = malloc(CERT_MAX_LEN);
	if (buf == NULL)
		return openssl_fail(&openssl_req, "free some memory and try again",
				    "out of memory") == OPENSSL_FINE;
	w = writer_make(buf, CERT_MAX_LEN, &err);
	ok = get_subject(job, &w) && (writer_ok(&w) || report(&err));
	if (ok)
		ok = job->x509 ? make_certificate(job, writer_span(&w))
			       : make_request(job, writer_span(&w));
	free(buf);
	return ok;
}
