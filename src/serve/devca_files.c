/*
 * The files of the development CA.
 *
 * Whoever reads or makes them holds the lock, so two servers that start at once do not make two
 * CAs. Each file is replaced as a whole; after a crash there is the old one or the new one.
 */
#include "serve/devca_files.h"

#include "base/error.h"
#include "io/files.h"
#include "serve/userdir.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAIR_FILE_MAX = 64 * 1024 };

/* ---- the folder ---- */

bool devca_files_open(struct devca_files *f, const char *dir, struct ward_error *err)
{
	*f = (struct devca_files){ .lock = -1 };
	f->dir = dir == NULL ? userdir_default("ward", err) : strdup(dir);
	if (f->dir == NULL)
		return FAIL(err, NO_MEMORY);
	f->ca = userdir_path(f->dir, "ca.pem");
	f->ca_key = userdir_path(f->dir, "ca-key.pem");
	f->leaf = userdir_path(f->dir, "localhost-key.pem");
	if (f->ca == NULL || f->ca_key == NULL || f->leaf == NULL)
		FAIL(err, NO_MEMORY);
	else if (userdir_make(f->dir, err) && userdir_lock(f->dir, &f->lock, err))
		return true;
	devca_files_close(f);
	return false;
}

void devca_files_close(struct devca_files *f)
{
	if (f->lock >= 0)
		close(f->lock);
	free(f->dir);
	free(f->ca);
	free(f->ca_key);
	free(f->leaf);
	*f = (struct devca_files){ .lock = -1 };
}

/* ---- pairs ---- */

void devca_pair_clear(struct devca_pair *pair)
{
	ward_key_free(pair->key);
	ward_cert_free(pair->cert);
	*pair = (struct devca_pair){ 0 };
}

static void parse_pair(const struct file_bytes *bytes, struct devca_pair *pair)
{
	struct ward_chain chain = { 0 };

	pair->key = ward_key_parse(bytes->data, bytes->len, NULL);
	if (ward_chain_parse(bytes->data, bytes->len, &chain, NULL) && chain.count == 1)
		pair->cert = ward_cert_ref(chain.certs[0]);
	ward_chain_clear(&chain);
	if (pair->key == NULL || pair->cert == NULL)
		devca_pair_clear(pair);
}

bool devca_load(const char *path, struct devca_pair *pair, struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;
	struct file_bytes bytes;
	bool ok;

	*pair = (struct devca_pair){ 0 };
	if (!file_read(path, PAIR_FILE_MAX, &bytes, &fault))
		return fault.system == ENOENT || error_pass(err, &fault);
	ok = chmod(path, 0600) == 0 || FAIL_SYSTEM(err, FILE_WRITE, path);
	if (ok)
		parse_pair(&bytes, pair);
	file_bytes_clear(&bytes);
	return ok;
}

/* The key first, then the certificate. NULL when there is no memory. */
static char *pair_text(const struct devca_pair *pair, struct ward_error *err)
{
	char *key = ward_key_pem(pair->key, err);
	char *cert = ward_cert_pem(pair->cert);
	char *both = NULL;

	if (key != NULL && cert != NULL && asprintf(&both, "%s%s", key, cert) < 0)
		both = NULL;
	if (both == NULL)
		FAIL(err, NO_MEMORY);
	if (key != NULL)
		ward_wipe(key, strlen(key));
	free(key);
	free(cert);
	return both;
}

bool devca_save(const char *path, const struct devca_pair *pair, struct ward_error *err)
{
	char *text = pair_text(pair, err);
	bool ok;

	if (text == NULL)
		return false;
	ok = file_write(path, span_string(text), 0600, err);
	ward_wipe(text, strlen(text));
	free(text);
	return ok;
}

/* ---- the CA's certificate ---- */

static bool holds(const char *path, struct span wanted)
{
	struct file_bytes bytes;
	bool same;

	if (!file_read(path, PAIR_FILE_MAX, &bytes, NULL))
		return false;
	same = span_equal(span_make(bytes.data, bytes.len), wanted);
	file_bytes_clear(&bytes);
	return same;
}

bool devca_publish(const struct devca_files *f, const struct ward_cert *cert,
		   struct ward_error *err)
{
	char *text = ward_cert_pem(cert);
	bool ok;

	if (text == NULL)
		return FAIL(err, NO_MEMORY);
	ok = holds(f->ca, span_string(text)) || file_write(f->ca, span_string(text), 0644, err);
	free(text);
	return ok;
}
