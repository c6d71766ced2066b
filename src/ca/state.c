/*
 * The folder of a CA: opening it, and what lies in it.
 */
#include "ca/state.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ca/retirement.h"
#include "io/files.h"
#include "serve/userdir.h"
#include "x509/x509.h"

enum { CA_FILE_MAX = 256 * 1024 };

char *ca_default_dir(struct ward_error *err)
{
	const char *named = getenv("WARD_CA_DIR");
	char *dir;

	if (named == NULL || named[0] == '\0')
		return userdir_default("ward/ca", err);
	dir = strdup(named);
	if (dir == NULL)
		FAIL(err, NO_MEMORY);
	return dir;
}

char *ca_path(const struct ca *ca, const char *name, struct ward_error *err)
{
	char *path = userdir_path(ca->dir, name);

	if (path == NULL)
		FAIL(err, NO_MEMORY);
	return path;
}

/* ---- opening ---- */

/* What tells one file from another that takes its place. */
static bool stamp_of(const struct ca *ca, const char *name, struct ca_stamp *stamp,
		     struct ward_error *err)
{
	char *path = ca_path(ca, name, err);
	struct stat st;
	bool ok = path != NULL && (stat(path, &st) == 0 || FAIL_SYSTEM(err, FILE_READ, path));

	if (ok)
		*stamp = (struct ca_stamp){ st.st_ino, st.st_size, st.st_mtim.tv_sec,
					    st.st_mtim.tv_nsec };
	free(path);
	return ok;
}

static bool stamps_equal(const struct ca_stamp *a, const struct ca_stamp *b)
{
	return a->inode == b->inode && a->size == b->size && a->seconds == b->seconds &&
	       a->nanoseconds == b->nanoseconds;
}

static struct ward_cert *load_cert(const struct ca *ca, const char *name, struct ward_error *err)
{
	char *path = ca_path(ca, name, err);
	struct ward_chain chain = { 0 };
	struct ward_cert *cert = NULL;
	struct file_bytes bytes;

	if (path == NULL)
		return NULL;
	if (file_read(path, CA_FILE_MAX, &bytes, err)) {
		if (ward_chain_parse(bytes.data, bytes.len, &chain, NULL) && chain.count == 1)
			cert = ward_cert_ref(chain.certs[0]);
		else
			FAILF(err, CA_DAMAGED, "%s holds no certificate", path);
		ward_chain_clear(&chain);
		file_bytes_clear(&bytes);
	}
	free(path);
	return cert;
}

bool ca_refresh(struct ca *ca, struct ward_error *err)
{
	char *path = ca_path(ca, CA_INDEX_FILE, err);
	bool ok = path != NULL && ca_index_load(&ca->index, path, err);

	free(path);
	return ok;
}

static bool load_settings(struct ca *ca, struct ward_error *err)
{
	char *path = ca_path(ca, CA_SETTINGS_FILE, err);
	bool ok = path != NULL && ca_settings_load(&ca->settings, path, err);

	free(path);
	return ok;
}

static bool load_certs(struct ca *ca, struct ward_error *err)
{
	if (!stamp_of(ca, CA_INTERMEDIATE, &ca->stamp, err))
		return false;
	ca->root = load_cert(ca, CA_ROOT, err);
	ca->intermediate = load_cert(ca, CA_INTERMEDIATE, err);
	return ca->root != NULL && ca->intermediate != NULL;
}

/* The stamp is of before: what is replaced while it is read is read again the next time. */
bool ca_refresh_intermediate(struct ca *ca, bool *changed, struct ward_error *err)
{
	struct ward_cert *cert;
	struct ca_stamp stamp;

	*changed = false;
	if (!stamp_of(ca, CA_INTERMEDIATE, &stamp, err))
		return false;
	if (stamps_equal(&stamp, &ca->stamp))
		return true;
	cert = load_cert(ca, CA_INTERMEDIATE, err);
	if (cert == NULL)
		return false;
	ward_cert_free(ca->intermediate);
	ca->intermediate = cert;
	ca->stamp = stamp;
	return *changed = true;
}

/*
 * The settings come first: they never change, and where there are none nothing is locked, which
 * would make a file.
 */
bool ca_open(struct ca *ca, const char *dir, enum ca_access access, struct ward_error *err)
{
	*ca = (struct ca){ .lock = -1 };
	ca->dir = dir == NULL ? ca_default_dir(err) : strdup(dir);
	if (ca->dir == NULL)
		return FAIL(err, NO_MEMORY);
	if (!load_settings(ca, err))
		return false;
	if (access == CA_CHANGE && !userdir_lock(ca->dir, &ca->lock, err))
		return false;
	return load_certs(ca, err) && ca_refresh(ca, err);
}

void ca_close(struct ca *ca)
{
	if (ca->lock >= 0)
		close(ca->lock);
	ca_settings_clear(&ca->settings);
	ward_cert_free(ca->root);
	ward_cert_free(ca->intermediate);
	ca_index_clear(&ca->index);
	free(ca->dir);
	*ca = (struct ca){ .lock = -1 };
}

/* ---- keys ---- */

static struct ward_key *parse_key(const struct file_bytes *bytes, const struct ca_secret *secret,
				  struct ward_error *err)
{
	if (secret == NULL || secret->text == NULL)
		return ward_key_parse(bytes->data, bytes->len, err);
	return ward_key_parse_with(bytes->data, bytes->len, secret->text, secret->len, err);
}

static struct ward_key *read_key(const char *path, const struct ward_cert *cert,
				 const struct ca_secret *secret, struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;
	struct file_bytes bytes;
	struct ward_key *key;

	if (!file_read(path, CA_FILE_MAX, &bytes, &fault)) {
		if (fault.system == ENOENT)
			FAILF(err, CA_KEY_AWAY, "%s", path);
		else
			error_pass(err, &fault);
		return NULL;
	}
	key = parse_key(&bytes, secret, err);
	file_bytes_clear(&bytes);
	if (key == NULL) {
		file_name_error(err, path);
		return NULL;
	}
	if (key_check_cert(key, cert, err))
		return key;
	file_name_error(err, path);
	ward_key_free(key);
	return NULL;
}

struct ward_key *ca_load_key(const struct ca *ca, const char *file, const char *name,
			     const struct ward_cert *cert, const struct ca_secret *secret,
			     struct ward_error *err)
{
	char *path = file != NULL ? strdup(file) : ca_path(ca, name, err);
	struct ward_key *key = NULL;

	if (path == NULL)
		FAIL(err, NO_MEMORY);
	else
		key = read_key(path, cert, secret, err);
	free(path);
	return key;
}

struct ward_key *ca_intermediate_key(const struct ca *ca, const struct ca_secret *secret,
				     struct ward_error *err)
{
	if (!ca_check_intermediate(ca, err))
		return NULL;
	return ca_load_key(ca, NULL, CA_INTERMEDIATE_KEY, ca->intermediate, secret, err);
}
