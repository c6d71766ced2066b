/*
 * Trusted roots and identities from files, and where a system keeps its roots.
 *
 * SSL_CERT_FILE and SSL_CERT_DIR (directories with colons between them) say all of it where either
 * is set: a user who names roots wants these and no others. Without them the first of the
 * distributions' places that can be read is taken. In a directory, what is not a certificate is
 * passed over; a file that was named must hold one.
 *
 * The store is loaded for each config that needs it, by the first of its sessions: nothing global
 * outlives a change of the environment, and nothing needs a lock but the config's own.
 */
#include "io/trust_system.h"

#include <dirent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "io/files.h"
#include "tls/config.h"

/* ---- a file, a directory, either ---- */

static bool add_file(struct ward_trust *trust, const char *path, struct ward_error *err)
{
	struct file_bytes bytes;
	struct ward_cert *cert;
	bool ok;

	if (!file_read(path, FILE_MAX_PEM, &bytes, err))
		return false;
	if (pem_detect(span_make(bytes.data, bytes.len))) {
		ok = ward_trust_add_bundle(trust, bytes.data, bytes.len, NULL, err);
	} else {
		cert = ward_cert_parse(bytes.data, bytes.len, NULL);
		ok = cert == NULL ? FAIL(err, NO_CERTIFICATE_IN_FILE)
				  : ward_trust_add(trust, cert, err);
		ward_cert_free(cert);
	}
	file_bytes_clear(&bytes);
	return ok || file_name_error(err, path);
}

/* One entry of a directory; counts it if it held a certificate. False: no memory. */
static bool add_entry(struct ward_trust *trust, const char *dir, const char *name, size_t *found,
		      struct ward_error *err)
{
	struct ward_error ignored = ERROR_NONE;
	char *path;

	if (name[0] == '.')
		return true;
	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return FAIL(err, NO_MEMORY);
	if (add_file(trust, path, &ignored))
		(*found)++;
	free(path);
	return ignored.reason != WARD_E_NO_MEMORY || error_pass(err, &ignored);
}

/* All certificates of a directory, in how many files; false when it cannot be read. */
static bool add_directory(struct ward_trust *trust, const char *path, size_t *found,
			  struct ward_error *err)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	size_t seen = 0;
	bool ok = true;

	if (dir == NULL)
		return FAIL_SYSTEM(err, FILE_READ, path);
	while (ok && seen++ < FILE_MAX_IN_DIRECTORY && (entry = readdir(dir)) != NULL)
		ok = add_entry(trust, path, entry->d_name, found, err);
	closedir(dir);
	return ok;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool trust_add_path(struct ward_trust *trust, const char *path, struct ward_error *err)
{
	size_t found = 0;

	if (!is_directory(path))
		return add_file(trust, path, err);
	if (!add_directory(trust, path, &found, err))
		return false;
	return found > 0 || FAILF(err, NO_CERTIFICATE_IN_FILE, "%s and the files in it", path);
}

/* ---- the system's ---- */

static const char *environment(const char *name)
{
	const char *value = secure_getenv(name);

	return value == NULL || value[0] == '\0' ? NULL : value;
}

/* Directories that are not there are passed over: such lists are written for many machines. */
static bool add_directories(struct ward_trust *trust, const char *list, size_t *found,
			    struct ward_error *err)
{
	char *copy = strdup(list);
	char *rest = copy;
	char *dir;
	bool ok = copy != NULL || FAIL(err, NO_MEMORY);

	while (ok && (dir = strsep(&rest, ":")) != NULL)
		if (dir[0] != '\0' && is_directory(dir))
			ok = add_directory(trust, dir, found, err);
	free(copy);
	return ok;
}

static bool add_from_environment(struct ward_trust *trust, const char *file, const char *dirs,
				 struct ward_error *err)
{
	size_t found = 0;

	if (file != NULL && !add_file(trust, file, err))
		return false;
	if (dirs == NULL)
		return true;
	if (!add_directories(trust, dirs, &found, err))
		return false;
	return found > 0 || file != NULL || FAILF(err, NO_TRUST_STORE, "SSL_CERT_DIR=%s", dirs);
}

/* What cannot be read or is empty leaves the next place to be tried. */
static bool add_from_distribution(struct ward_trust *trust, struct ward_error *err)
{
	static const char *const places[] = {
		"/etc/ssl/certs/ca-certificates.crt",                /* Debian, Arch, Alpine */
		"/etc/pki/tls/certs/ca-bundle.crt",                  /* Fedora, RHEL */
		"/etc/ssl/ca-bundle.pem",                            /* openSUSE */
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* RHEL without the link */
		"/etc/ssl/cert.pem",                                 /* Alpine, BSD */
		"/etc/ssl/certs",
		"/etc/pki/tls/certs",
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct ward_error ignored = ERROR_NONE;

		if (trust_add_path(trust, places[i], &ignored))
			return true;
		if (ignored.reason == WARD_E_NO_MEMORY)
			return error_pass(err, &ignored);
	}
	return FAIL(err, NO_TRUST_STORE);
}

static bool add_system(struct ward_trust *trust, struct ward_error *err)
{
	const char *file = environment("SSL_CERT_FILE");
	const char *dirs = environment("SSL_CERT_DIR");

	if (file != NULL || dirs != NULL)
		return add_from_environment(trust, file, dirs, err);
	return add_from_distribution(trust, err);
}

struct ward_trust *ward_trust_system(struct ward_error *err)
{
	struct ward_trust *trust = ward_trust_new();

	if (trust == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	if (add_system(trust, err))
		return trust;
	ward_trust_free(trust);
	return NULL;
}

bool trust_prepare(struct ward_config *config, struct ward_error *err)
{
	return config_ensure_trust(config, ward_trust_system, err);
}

/* ---- into a config ---- */

/* Adds to the config's store, or to a new one that becomes the config's only if all is well. */
static bool config_add_roots(struct ward_config *config, const char *path, struct ward_error *err)
{
	struct ward_trust *trust;
	bool ok;

	if (atomic_load_explicit(&config->frozen, memory_order_acquire))
		return FAIL(err, CONFIG_FROZEN);
	trust = config->trust == NULL ? ward_trust_new() : ward_trust_ref(config->trust);
	if (trust == NULL)
		return FAIL(err, NO_MEMORY);
	ok = (path == NULL ? add_system(trust, err) : trust_add_path(trust, path, err)) &&
	     ward_config_set_trust(config, trust, err);
	ward_trust_free(trust);
	return ok;
}

bool ward_config_load_verify_locations(struct ward_config *config, const char *path,
				       struct ward_error *err)
{
	if (path == NULL)
		return FAILF(err, BAD_ARGUMENT, "no path");
	return config_add_roots(config, path, err);
}

bool ward_config_load_default_certs(struct ward_config *config, struct ward_error *err)
{
	return config_add_roots(config, NULL, err);
}
