/*
 * Files in and out: whole files, chains and keys, roots named by a path or by the environment, and
 * the key log.
 */
#include "io/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/loopback.h"
#include "support/table.h"

static char folder[] = "/tmp/ward-files-XXXXXX";

/* A path in the folder of this test; the last few stay valid. */
static const char *path_of(const char *name)
{
	static char paths[4][128];
	static unsigned int turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static const char *put(const char *name, const char *text)
{
	const char *path = path_of(name);
	struct ward_error err = { 0 };

	assert_true(file_write(path, span_make((const uint8_t *)text, strlen(text)), 0600, &err));
	return path;
}

static void put_cert(const char *name, const struct ward_cert *cert)
{
	char *pem = ward_cert_pem(cert);

	assert_non_null(pem);
	put(name, pem);
	free(pem);
}

static void put_key(const char *name, const struct ward_key *key)
{
	char *pem = ward_key_pem(key, NULL);

	assert_non_null(pem);
	put(name, pem);
	ward_wipe(pem, strlen(pem));
	free(pem);
}

#define assert_reason(err, name)                                                                   \
	assert_string_equal(ward_reason_name((err).reason), ward_reason_name(WARD_E_##name))

/* ---- whole files ---- */

static void test_write_and_read(void **state)
{
	const char *path = put("file", "first");
	struct ward_error err = { 0 };
	struct file_bytes bytes;
	struct stat st;

	(void)state;
	put("file", "second, and longer");
	assert_true(file_read(path, 100, &bytes, &err));
	assert_string_equal((const char *)bytes.data, "second, and longer");
	assert_int_equal(bytes.len, strlen("second, and longer"));
	file_bytes_clear(&bytes);
	assert_null(bytes.data);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	unlink(path);
}

struct read_row {
	const char *name;
	const char *path; /* NULL: a file of six bytes in the folder */
	size_t most;
	const char *detail; /* a part of it */
};

static const struct read_row unreadable[] = {
	{ "a file that is not there", "/nonexistent/file", 10, "/nonexistent/file" },
	{ "a directory", "/tmp", 10, "a directory" },
	{ "a device", "/dev/zero", 10, "not a regular file" },
	{ "a file that is larger than allowed", NULL, 5, "more than 5 bytes" },
	{ "a file whose size the system does not tell", "/proc/self/status", 10, "grows" },
};

static void test_unreadable(void **state)
{
	const struct read_row *row = *state;
	const char *path = row->path == NULL ? put("six", "123456") : row->path;
	struct ward_error err = { 0 };
	struct file_bytes bytes;

	assert_false(file_read(path, row->most, &bytes, &err));
	assert_null(bytes.data);
	assert_reason(err, FILE_READ);
	if (strstr(err.detail, row->detail) == NULL)
		fail_msg("the detail is: %s", err.detail);
	if (row->path == NULL)
		unlink(path);
}

/* Opening a FIFO to read waits for somebody who writes: this must not. */
static void test_fifo(void **state)
{
	const char *path = path_of("fifo");
	struct ward_error err = { 0 };
	struct file_bytes bytes;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(file_read(path, 10, &bytes, &err));
	assert_reason(err, FILE_READ);
	unlink(path);
}

static void test_unwritable(void **state)
{
	struct ward_error err = { 0 };

	(void)state;
	assert_false(file_write("/nonexistent/file", SPAN_LITERAL("x"), 0600, &err));
	assert_reason(err, FILE_WRITE);
	assert_int_equal(err.system, ENOENT);
}

/* What fsync says of directories: 0, it does its work. */
static int directory_error;

int fsync(int fd)
{
	struct stat st;

	if (directory_error != 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		errno = directory_error;
		return -1;
	}
	return (int)syscall(SYS_fsync, fd);
}

static const struct sync_row {
	const char *name;
	int error;
	bool written;
} syncs[] = {
	{ "written: the directory is on the disk", 0, true },
	{ "written: a file system that cannot do that for directories", EINVAL, true },
	{ "refused: the directory does not reach the disk", EIO, false },
	{ "refused: there is no room for the directory's entry", ENOSPC, false },
};

static void test_sync(void **state)
{
	const struct sync_row *row = *state;
	const char *path = path_of("synced");
	struct ward_error err = { 0 };

	directory_error = row->error;
	assert_int_equal(file_write(path, SPAN_LITERAL("x"), 0600, &err), row->written);
	directory_error = 0;
	assert_int_equal(err.system, row->written ? 0 : row->error);
	if (!row->written)
		assert_reason(err, FILE_WRITE);
	assert_int_equal(unlink(path), 0);
}

/* ---- chains and keys ---- */

static void test_cert_chain(void **state)
{
	const struct credential *c = credential_server(WARD_KEY_P256);
	const struct credential *other = credential_server(WARD_KEY_ED25519);
	struct ward_config *config = ward_config_new_server(NULL);
	struct ward_error err[5] = { { 0 } };

	(void)state;
	put_cert("leaf.pem", c->chain.certs[0]);
	put_key("leaf.key", c->key);
	put_key("other.key", other->key);
	assert_true(ward_config_load_cert_chain(config, path_of("leaf.pem"), path_of("leaf.key"),
						&err[0]));
	assert_false(ward_config_load_cert_chain(config, path_of("leaf.pem"), path_of("other.key"),
						 &err[1]));
	assert_reason(err[1], KEY_MISMATCH);
	assert_non_null(strstr(err[1].detail, "leaf.pem"));
	assert_false(ward_config_load_cert_chain(config, path_of("leaf.pem"), NULL, &err[2]));
	assert_reason(err[2], NO_KEY_IN_FILE);
	assert_non_null(strstr(err[2].detail, "leaf.pem"));
	assert_false(ward_config_load_cert_chain(config, path_of("leaf.key"), NULL, &err[3]));
	assert_reason(err[3], NO_CERTIFICATE_IN_FILE);
	assert_true(ward_config_load_raw_key(config, path_of("leaf.key"), &err[0]));
	assert_false(ward_config_load_raw_key(config, path_of("leaf.pem"), &err[4]));
	assert_reason(err[4], NO_KEY_IN_FILE);
	ward_config_free(config);
	unlink(path_of("leaf.pem"));
	unlink(path_of("leaf.key"));
	unlink(path_of("other.key"));
}

/* ---- roots ---- */

/* How many roots the environment names; 0 with err set. */
static size_t system_roots(const char *file, const char *dirs, struct ward_error *err)
{
	struct ward_trust *trust;
	size_t count;

	*err = (struct ward_error){ 0 };
	setenv("SSL_CERT_FILE", file, 1);
	setenv("SSL_CERT_DIR", dirs, 1);
	trust = ward_trust_system(err);
	count = trust == NULL ? 0 : ward_trust_count(trust);
	ward_trust_free(trust);
	unsetenv("SSL_CERT_FILE");
	unsetenv("SSL_CERT_DIR");
	return count;
}

static void test_environment(void **state)
{
	struct ward_error err;
	char list[300];

	(void)state;
	assert_int_equal(mkdir(path_of("roots"), 0700), 0);
	snprintf(list, sizeof(list), "/nonexistent:%s", path_of("roots"));
	put_cert("ca.pem", test_ca_cert());
	put_cert("roots/one.pem", credential_server(WARD_KEY_P256)->chain.certs[0]);
	put_cert("roots/two.pem", credential_server(WARD_KEY_P384)->chain.certs[0]);
	put("roots/README", "no certificate");
	assert_int_equal(system_roots(path_of("ca.pem"), "", &err), 1);
	assert_int_equal(system_roots("", list, &err), 2);
	assert_int_equal(system_roots(path_of("ca.pem"), list, &err), 3);
	/* A name that leads nowhere is told, not replaced by the distribution's roots. */
	assert_int_equal(system_roots("/nonexistent/ca.pem", "", &err), 0);
	assert_reason(err, FILE_READ);
	assert_int_equal(system_roots("", "/nonexistent", &err), 0);
	assert_reason(err, NO_TRUST_STORE);
	assert_int_equal(system_roots(path_of("roots/README"), "", &err), 0);
	assert_reason(err, NO_CERTIFICATE_IN_FILE);
	unlink(path_of("ca.pem"));
	unlink(path_of("roots/one.pem"));
	unlink(path_of("roots/two.pem"));
	unlink(path_of("roots/README"));
	rmdir(path_of("roots"));
}

static void test_verify_locations(void **state)
{
	struct ward_config *config = ward_config_new(NULL);
	struct ward_error err = { 0 };

	(void)state;
	put_cert("ca.pem", test_ca_cert());
	assert_false(ward_config_load_verify_locations(config, "/nonexistent", &err));
	assert_reason(err, FILE_READ);
	/* What failed leaves the config as it was. */
	assert_false(ward_config_has_trust(config));
	assert_true(ward_config_load_verify_locations(config, path_of("ca.pem"), NULL));
	assert_true(ward_config_has_trust(config));
	err = (struct ward_error){ 0 };
	assert_false(ward_config_load_verify_locations(config, NULL, &err));
	assert_reason(err, BAD_ARGUMENT);
	setenv("SSL_CERT_FILE", path_of("ca.pem"), 1);
	assert_true(ward_config_load_default_certs(config, NULL));
	unsetenv("SSL_CERT_FILE");
	unlink(path_of("ca.pem"));
	ward_config_free(config);
}

/* ---- the key log ---- */

static void test_keylog(void **state)
{
	struct ward_config *config = ward_config_new(NULL);
	const char *path = path_of("keys");
	struct ward_error err = { 0 };
	struct stat st;

	(void)state;
	unsetenv("SSLKEYLOGFILE");
	assert_true(ward_config_set_keylog_file(config, NULL, &err));
	assert_false(ward_config_set_keylog_file(config, "/nonexistent/keys", &err));
	assert_reason(err, FILE_WRITE);
	setenv("SSLKEYLOGFILE", path, 1);
	assert_true(ward_config_set_keylog_file(config, NULL, NULL));
	unsetenv("SSLKEYLOGFILE");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	ward_config_free(config);
	unlink(path);
}

int main(void)
{
	static struct table t;
	int failed;

	umask(022);
	if (mkdtemp(folder) == NULL)
		return 1;
	table_add(&t, "a file is replaced as a whole, with its mode", test_write_and_read, NULL);
	TABLE_ADD(&t, unreadable, test_unreadable);
	TABLE_ADD(&t, syncs, test_sync);
	table_add(&t, "a FIFO is refused without waiting", test_fifo, NULL);
	table_add(&t, "a folder that is not there", test_unwritable, NULL);
	table_add(&t, "a chain and its key, and what is wrong with them", test_cert_chain, NULL);
	table_add(&t, "roots that the environment names", test_environment, NULL);
	table_add(&t, "roots by a path", test_verify_locations, NULL);
	table_add(&t, "a key log is for its owner alone", test_keylog, NULL);
	failed = table_run(&t, "files");
	credentials_cleanup();
	rmdir(folder);
	return failed;
}
