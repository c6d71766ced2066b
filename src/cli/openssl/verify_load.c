/*
 * What `ward openssl verify` is given: certificates that are trusted, others, and CRLs, each in files
 * that may hold several of both kinds.
 *
 * OpenSSL takes a certificate for the end of a chain only if it is self-signed, unless -partial_chain
 * is given: what else is trusted helps to build the chain, and that is all it does here.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include <ward/session.h>

#include "cli/input.h"
#include "cli/openssl/verify.h"
#include "wire/pem.h"
#include "x509/chain.h"
#include "x509/crl.h"

enum role { TRUSTED, UNTRUSTED };

struct loading {
	const struct openssl_command *command;
	struct verify_pool *pool;
	bool partial_chain;
	enum role role;
	size_t found; /* certificates and lists of this file or folder */
};

/* ---- one thing ---- */

static bool add_cert(struct loading *l, struct ward_cert *cert, struct ward_error *err)
{
	l->found++;
	if (l->role == TRUSTED && (l->partial_chain || ward_cert_is_self_issued(cert)))
		return ward_trust_add(l->pool->trust, cert, err);
	if (!chain_append(&l->pool->others, ward_cert_ref(cert), err)) {
		ward_cert_free(cert);
		return false;
	}
	if (l->role == TRUSTED)
		l->pool->named_trusted++;
	return true;
}

static bool add_crl(struct loading *l, struct ward_crl *crl, struct ward_error *err)
{
	struct verify_pool *pool = l->pool;
	struct ward_crl **grown =
		reallocarray(pool->crls, pool->crl_count + 1, sizeof(struct ward_crl *));

	if (grown == NULL)
		return FAIL(err, NO_MEMORY);
	pool->crls = grown;
	pool->crls[pool->crl_count++] = ward_crl_ref(crl);
	l->found++;
	return true;
}

static bool add_der(struct loading *l, struct span der, bool is_crl, struct ward_error *err)
{
	struct ward_cert *cert = is_crl ? NULL : ward_cert_parse(der.data, der.len, err);
	struct ward_crl *crl = is_crl ? ward_crl_parse(der.data, der.len, err) : NULL;
	bool ok = false;

	if (cert != NULL)
		ok = add_cert(l, cert, err);
	if (crl != NULL)
		ok = add_crl(l, crl, err);
	ward_cert_free(cert);
	ward_crl_free(crl);
	return ok;
}

/* ---- files ---- */

static bool add_pem(struct loading *l, struct span text, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct pem_block block;
	bool ok = true;

	while (ok && pem_next(&text, &block, &own)) {
		bool is_crl = strcmp(block.label, "X509 CRL") == 0;

		if (is_crl || chain_label_is_cert(block.label))
			ok = add_der(l, span_make(block.der, block.der_len), is_crl, err);
		pem_block_clear(&block);
	}
	return ok && (!error_is_set(&own) || error_pass(err, &own));
}

/* In DER it is one of the two. */
static bool add_either(struct loading *l, struct span der, struct ward_error *err)
{
	struct ward_error as_crl = ERROR_NONE;

	return add_der(l, der, true, &as_crl) || add_der(l, der, false, err);
}

static bool add_file(struct loading *l, const char *path, struct ward_error *err)
{
	struct file_bytes bytes;
	struct span span;
	bool ok;

	if (!input_read_public(path, CRL_MAX_LEN, &bytes, err))
		return false;
	span = span_make(bytes.data, bytes.len);
	ok = pem_detect(span) ? add_pem(l, span, err) : add_either(l, span, err);
	file_bytes_clear(&bytes);
	return ok;
}

/* ---- folders ---- */

/* What is neither certificate nor list is passed over. */
static bool add_entry(struct loading *l, const char *folder, const char *name,
		      struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	char *path;

	if (name[0] == '.')
		return true;
	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return FAIL(err, NO_MEMORY);
	(void)add_file(l, path, &own);
	free(path);
	return own.reason != WARD_E_NO_MEMORY || error_pass(err, &own);
}

static bool add_folder(struct loading *l, const char *path, struct ward_error *err)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	size_t seen = 0;
	bool ok = true;

	if (folder == NULL)
		return FAIL_SYSTEM(err, FILE_READ, path);
	while (ok && seen++ < FILE_MAX_IN_DIRECTORY && (entry = readdir(folder)) != NULL)
		ok = add_entry(l, path, entry->d_name, err);
	closedir(folder);
	return ok;
}

static bool add_all(struct loading *l, const struct verify_files *files, enum role role)
{
	l->role = role;
	for (size_t i = 0; i < files->count; i++) {
		struct ward_error err = ERROR_NONE;

		l->found = 0;
		if (add_file(l, files->items[i], &err) && l->found == 0)
			FAIL(&err, NO_CERTIFICATE_IN_FILE);
		if (error_is_set(&err)) {
			(void)openssl_fail_error(l->command, files->items[i], &err);
			return false;
		}
	}
	return true;
}

static bool add_folders(struct loading *l, const struct verify_files *folders, enum role role)
{
	struct ward_error err = ERROR_NONE;

	l->role = role;
	for (size_t i = 0; i < folders->count; i++)
		if (!add_folder(l, folders->items[i], &err)) {
			(void)openssl_fail_error(l->command, NULL, &err);
			return false;
		}
	return true;
}

/* ---- all of it ---- */

/* The system's roots, unless others are named. */
static bool start_trust(struct verify_pool *pool, const struct verify_job *job)
{
	bool named = job->ca_files.count + job->ca_paths.count + job->trusted.count > 0;
	struct ward_error err = ERROR_NONE;

	if (named || (job->no_ca_file && job->no_ca_path))
		pool->trust = ward_trust_new();
	else
		pool->trust = ward_trust_system(&err);
	if (pool->trust != NULL)
		return true;
	if (!error_is_set(&err))
		FAIL(&err, NO_MEMORY);
	(void)openssl_fail_error(job->command, NULL, &err);
	return false;
}

bool verify_pool_load(struct verify_pool *pool, const struct verify_job *job)
{
	struct loading l = { .command = job->command,
			     .pool = pool,
			     .partial_chain = job->partial_chain };
	enum role role = job->all_are_others ? UNTRUSTED : TRUSTED;

	*pool = (struct verify_pool){ 0 };
	return start_trust(pool, job) && add_all(&l, &job->ca_files, role) &&
	       add_folders(&l, &job->ca_paths, role) && add_all(&l, &job->trusted, TRUSTED) &&
	       add_all(&l, &job->untrusted, UNTRUSTED) && add_all(&l, &job->crls, UNTRUSTED);
}

void verify_pool_clear(struct verify_pool *pool)
{
	ward_trust_free(pool->trust);
	ward_chain_clear(&pool->others);
	while (pool->crl_count > 0)
		ward_crl_free(pool->crls[--pool->crl_count]);
	free(pool->crls);
	*pool = (struct verify_pool){ 0 };
}
