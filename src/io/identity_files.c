/*
 * A certificate chain, its key, and its OCSP response from files. The key's bytes are wiped when they
 * have been read; a key that is named by a URI is not read, but used where it is.
 */
#include <ward/raw_key.h>
#include <ward/session.h>
#include <ward/status.h>

#include "io/clock.h"
#include "io/files.h"

/* Above any response, however many certificates go along. */
enum { FILE_MAX_RESPONSE = 64 * 1024 };

static bool load_chain(const char *path, struct ward_chain *chain, struct ward_error *err)
{
	struct file_bytes bytes;
	bool ok;

	if (!file_read(path, FILE_MAX_PEM, &bytes, err))
		return false;
	ok = ward_chain_parse(bytes.data, bytes.len, chain, err);
	file_bytes_clear(&bytes);
	return ok || file_name_error(err, path);
}

const char *file_key_uri(const char *name)
{
	if (strncmp(name, "store:", 6) == 0)
		return name + 6;
	return strncmp(name, "pkcs11:", 7) == 0 ? name : NULL;
}

static struct ward_key *load_key(const char *path, struct ward_error *err)
{
	struct file_bytes bytes;
	struct ward_key *key;

	if (file_key_uri(path) != NULL)
		return ward_key_open(file_key_uri(path), NULL, NULL, err);
	if (!file_read(path, FILE_MAX_PEM, &bytes, err))
		return NULL;
	key = ward_key_parse(bytes.data, bytes.len, err);
	file_bytes_clear(&bytes);
	if (key == NULL)
		file_name_error(err, path);
	return key;
}

bool ward_config_load_cert_chain(struct ward_config *config, const char *cert_file,
				 const char *key_file, struct ward_error *err)
{
	struct ward_chain chain = { 0 };
	struct ward_key *key;
	bool ok;

	if (key_file == NULL)
		key_file = cert_file;
	if (!load_chain(cert_file, &chain, err))
		return false;
	key = load_key(key_file, err);
	ok = key != NULL && (ward_config_add_identity(config, &chain, key, err) ||
			     file_name_error(err, cert_file));
	ward_key_free(key);
	ward_chain_clear(&chain);
	return ok;
}

bool ward_config_load_raw_key(struct ward_config *config, const char *key_file,
			      struct ward_error *err)
{
	struct ward_key *key = load_key(key_file, err);
	bool ok = key != NULL &&
		  (ward_config_add_raw_key(config, key, err) || file_name_error(err, key_file));

	ward_key_free(key);
	return ok;
}

bool ward_config_load_ocsp_response(struct ward_config *config, const char *path,
				    struct ward_error *err)
{
	struct file_bytes bytes;
	bool ok;

	if (!file_read(path, FILE_MAX_RESPONSE, &bytes, err))
		return false;
	ok = ward_config_set_ocsp_response(config, bytes.data, bytes.len, clock_now(), err);
	file_bytes_clear(&bytes);
	return ok || file_name_error(err, path);
}
