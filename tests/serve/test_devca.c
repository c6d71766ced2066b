/*
 * The development CA and its files (devca_files.c, userdir.c): what it may vouch for (private_names.c), who may read it, when it
 * is made anew, and two processes at once.
 */
#include "serve/devca.h"

#include "base/error.h"
#include "serve/devca_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "io/files.h"
#include "serve/scratch.h"
#include "support/table.h"

#define DAY (INT64_C(24) * 60 * 60)
#define NOW INT64_C(1790000000)

static char base[] = "/tmp/ward-devca-XXXXXX";

/* ---- what it may vouch for ---- */

static const struct permit_row {
	const char *name;
	const char *host;
	bool permitted;
} permits[] = {
	{ "localhost", "localhost", true },
	{ "below localhost", "a.b.localhost", true },
	{ "in upper case", "LOCALHOST", true },
	{ "below test", "a.test", true },
	{ "below local", "printer.local", true },
	{ "below internal", "db.internal", true },
	{ "below home.arpa", "nas.home.arpa", true },
	{ "a name on the Internet", "example.org", false },
	{ "a name that only ends alike", "notlocalhost", false },
	{ "a name that only ends alike, with a dot", "a.notlocal", false },
	{ "a permitted name in front", "localhost.example.org", false },
	{ "arpa itself", "arpa", false },
	{ "another name below arpa", "in-addr.arpa", false },
	{ "a name without dots", "server", false },
	{ "no name", "", false },
	{ "a name with a blank", "a b.test", false },
	{ "a wildcard", "*.test", false },
	{ "loopback", "127.0.0.1", true },
	{ "all of loopback", "127.255.1.2", true },
	{ "ten", "10.1.2.3", true },
	{ "the first of 172.16", "172.16.0.0", true },
	{ "the last of 172.31", "172.31.255.255", true },
	{ "before 172.16", "172.15.255.255", false },
	{ "after 172.31", "172.32.0.0", false },
	{ "192.168", "192.168.1.1", true },
	{ "192.169", "192.169.1.1", false },
	{ "link-local", "169.254.1.1", true },
	{ "a public address", "8.8.8.8", false },
	{ "all addresses", "0.0.0.0", false },
	{ "loopback of IPv6", "::1", true },
	{ "the address after it", "::2", false },
	{ "a unique local address", "fd12:3456::1", true },
	{ "the other half of them", "fc00::1", true },
	{ "just past them", "fe00::1", false },
	{ "link-local of IPv6", "fe80::1", true },
	{ "the last of those", "febf::1", true },
	{ "just past those", "fec0::1", false },
	{ "a public address of IPv6", "2001:4860:4860::8888", false },
	{ "loopback, mapped into IPv6", "::ffff:127.0.0.1", false },
};

static void test_permits(void **state)
{
	const struct permit_row *row = *state;

	assert_int_equal(devca_permits(row->host), row->permitted);
}

/* ---- files ---- */

static char *in_base(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", base, name);
	return path;
}

static mode_t mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(stat(in_base(name), &st), 0);
	return st.st_mode & 07777;
}

/* A folder that does not exist yet. */
static const char *new_dir(void)
{
	static char dir[512];
	static int count;

	snprintf(dir, sizeof(dir), "%s/%d/data/ward", base, count++);
	return dir;
}

static char *in_dir(const char *dir, const char *name)
{
	static char path[600];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void open_it(struct devca *d, const char *dir, const char *also, int64_t now)
{
	struct ward_error err = ERROR_NONE;
	char text[400];

	if (!devca_open(d, dir, also, now, &err))
		fail_msg("%s", ward_error_text(&err, text, sizeof(text)));
}

static bool verifies(const struct devca *d, const char *host, int64_t now)
{
	struct ward_verify_params params = { .time = now, .host = host };
	struct ward_trust *trust = ward_trust_new();
	bool ok;

	assert_true(ward_trust_add(trust, d->ca, NULL));
	ok = ward_verify(trust, d->chain.certs, d->chain.count, &params, NULL, NULL);
	ward_trust_free(trust);
	return ok;
}

static bool same_cert(const struct ward_cert *a, const struct ward_cert *b)
{
	size_t a_len, b_len;
	const uint8_t *a_der = ward_cert_der(a, &a_len), *b_der = ward_cert_der(b, &b_len);

	return span_equal(span_make(a_der, a_len), span_make(b_der, b_len));
}

static void test_made_once(void **state)
{
	const char *dir = new_dir();
	struct devca first, again;
	mode_t mask = umask(0);

	(void)state;
	open_it(&first, dir, NULL, NOW);
	umask(mask);
	assert_true(first.made);
	assert_string_equal(first.ca_path, in_dir(dir, "ca.pem"));
	assert_true(ward_key_matches(first.key, first.chain.certs[0]));
	assert_true(verifies(&first, "localhost", NOW));
	assert_true(verifies(&first, "127.0.0.1", NOW));
	assert_true(verifies(&first, "::1", NOW));
	assert_false(verifies(&first, "example.org", NOW));
	open_it(&again, dir, NULL, NOW + DAY);
	assert_false(again.made);
	assert_true(same_cert(first.ca, again.ca));
	assert_true(same_cert(first.chain.certs[0], again.chain.certs[0]));
	devca_close(&first);
	devca_close(&again);
}

/* Whatever the umask is. */
static void test_modes(void **state)
{
	mode_t masks[] = { 0, 022, 0777 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *dir = new_dir();
		const char *below = dir + strlen(base) + 1;
		char name[300];
		mode_t mask = umask(masks[i]);
		struct devca d;

		open_it(&d, dir, NULL, NOW);
		umask(mask);
		assert_int_equal(mode_of(below), 0700);
		snprintf(name, sizeof(name), "%s/ca-key.pem", below);
		assert_int_equal(mode_of(name), 0600);
		snprintf(name, sizeof(name), "%s/localhost-key.pem", below);
		assert_int_equal(mode_of(name), 0600);
		snprintf(name, sizeof(name), "%s/ca.pem", below);
		assert_int_equal(mode_of(name), 0644);
		devca_close(&d);
	}
}

static void test_mode_is_taken_back(void **state)
{
	const char *dir = new_dir();
	struct devca d;
	struct stat st;

	(void)state;
	open_it(&d, dir, NULL, NOW);
	devca_close(&d);
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(chmod(in_dir(dir, "ca-key.pem"), 0644), 0);
	open_it(&d, dir, NULL, NOW);
	assert_false(d.made);
	devca_close(&d);
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(in_dir(dir, "ca-key.pem"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

/* The CA's key must not be in what is handed around. */
static void test_ca_file_holds_no_key(void **state)
{
	const char *dir = new_dir();
	struct file_bytes bytes;
	struct devca d;

	(void)state;
	open_it(&d, dir, NULL, NOW);
	devca_close(&d);
	assert_true(file_read(in_dir(dir, "ca.pem"), 65536, &bytes, NULL));
	assert_null(strstr((char *)bytes.data, "PRIVATE"));
	assert_non_null(strstr((char *)bytes.data, "BEGIN CERTIFICATE"));
	file_bytes_clear(&bytes);
	assert_true(file_read(in_dir(dir, "ca-key.pem"), 65536, &bytes, NULL));
	assert_non_null(strstr((char *)bytes.data, "PRIVATE"));
	file_bytes_clear(&bytes);
}

/* ---- made anew ---- */

static void test_dates(void **state)
{
	const char *dir = new_dir();
	struct devca a, b, c;

	(void)state;
	open_it(&a, dir, NULL, NOW);
	open_it(&b, dir, NULL, NOW + 200 * DAY);
	assert_true(same_cert(a.chain.certs[0], b.chain.certs[0]));
	devca_close(&b);
	/* The leaf is renewed in time, from the same CA. */
	open_it(&b, dir, NULL, NOW + 300 * DAY);
	assert_false(b.made);
	assert_true(same_cert(a.ca, b.ca));
	assert_false(same_cert(a.chain.certs[0], b.chain.certs[0]));
	assert_true(verifies(&b, "localhost", NOW + 600 * DAY));
	/* In the CA's last year the leaf ends with it, and is not made at each start. */
	devca_close(&b);
	open_it(&b, dir, NULL, NOW + 3500 * DAY);
	assert_int_equal(ward_cert_not_after(b.chain.certs[0]), ward_cert_not_after(a.ca));
	open_it(&c, dir, NULL, NOW + 3550 * DAY);
	assert_true(same_cert(b.chain.certs[0], c.chain.certs[0]));
	devca_close(&c);
	/* Shortly before its end there is a new CA. */
	open_it(&c, dir, NULL, NOW + 3630 * DAY);
	assert_true(c.made);
	assert_false(same_cert(a.ca, c.ca));
	assert_true(verifies(&c, "localhost", NOW + 3900 * DAY));
	devca_close(&a);
	devca_close(&b);
	devca_close(&c);
}

static void test_clock_set_back(void **state)
{
	const char *dir = new_dir();
	struct devca a, b;

	(void)state;
	open_it(&a, dir, NULL, NOW);
	open_it(&b, dir, NULL, NOW - 10 * DAY);
	assert_true(b.made);
	assert_true(verifies(&b, "localhost", NOW - 10 * DAY));
	devca_close(&a);
	devca_close(&b);
}

static const struct damage_row {
	const char *name;
	const char *file;
	const char *text; /* NULL: it is removed; "": emptied */
	bool new_ca, new_leaf;
} damages[] = {
	{ "the CA's key is gone", "ca-key.pem", NULL, true, true },
	{ "the CA's key is empty", "ca-key.pem", "", true, true },
	{ "the CA's key is damaged", "ca-key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n", true,
	  true },
	{ "the leaf is gone", "localhost-key.pem", NULL, false, true },
	{ "the leaf is empty", "localhost-key.pem", "", false, true },
	{ "the leaf is garbage", "localhost-key.pem", "garbage", false, true },
	{ "the CA's certificate is gone", "ca.pem", NULL, false, false },
	{ "the CA's certificate is damaged", "ca.pem", "garbage", false, false },
};

static void test_damage(void **state)
{
	const struct damage_row *row = *state;
	const char *dir = new_dir();
	struct file_bytes bytes;
	struct devca a, b;
	char *pem;

	open_it(&a, dir, NULL, NOW);
	if (row->text == NULL)
		assert_int_equal(unlink(in_dir(dir, row->file)), 0);
	else
		assert_true(file_write(in_dir(dir, row->file), span_string(row->text), 0600, NULL));
	open_it(&b, dir, NULL, NOW);
	assert_int_equal(b.made, row->new_ca);
	assert_int_equal(same_cert(a.ca, b.ca), !row->new_ca);
	assert_int_equal(same_cert(a.chain.certs[0], b.chain.certs[0]), !row->new_leaf);
	assert_true(verifies(&b, "localhost", NOW));
	/* What is handed around is the certificate of the CA that signs. */
	pem = ward_cert_pem(b.ca);
	assert_true(file_read(in_dir(dir, "ca.pem"), 65536, &bytes, NULL));
	assert_string_equal((char *)bytes.data, pem);
	free(pem);
	file_bytes_clear(&bytes);
	devca_close(&a);
	devca_close(&b);
}

/* The key of one CA beside the certificate of another. */
static void test_foreign_files(void **state)
{
	char dirs[2][512];
	struct file_bytes bytes;
	struct devca a, b, c;

	(void)state;
	snprintf(dirs[0], sizeof(dirs[0]), "%s", new_dir());
	snprintf(dirs[1], sizeof(dirs[1]), "%s", new_dir());
	open_it(&a, dirs[0], NULL, NOW);
	open_it(&b, dirs[1], NULL, NOW);
	assert_true(file_read(in_dir(dirs[1], "localhost-key.pem"), 65536, &bytes, NULL));
	assert_true(file_write(in_dir(dirs[0], "localhost-key.pem"),
			       span_make(bytes.data, bytes.len), 0600, NULL));
	file_bytes_clear(&bytes);
	open_it(&c, dirs[0], NULL, NOW);
	assert_true(same_cert(a.ca, c.ca));
	assert_true(verifies(&c, "localhost", NOW));
	devca_close(&a);
	devca_close(&b);
	devca_close(&c);
}

static void test_also(void **state)
{
	const char *dir = new_dir();
	struct devca a, b;

	(void)state;
	open_it(&a, dir, "www.test", NOW);
	assert_true(verifies(&a, "www.test", NOW));
	devca_close(&a);
	open_it(&a, dir, "192.168.7.7", NOW);
	assert_true(verifies(&a, "192.168.7.7", NOW));
	/* It still has what is needed now. */
	open_it(&b, dir, NULL, NOW);
	assert_true(same_cert(a.chain.certs[0], b.chain.certs[0]));
	devca_close(&b);
	/* A name that the CA may not vouch for is left out; the others are served. */
	open_it(&b, dir, "example.org", NOW);
	assert_true(verifies(&b, "localhost", NOW));
	assert_false(verifies(&b, "example.org", NOW));
	devca_close(&a);
	devca_close(&b);
}

/* A certificate for example.org, signed with the CA's key by somebody who pays no attention to what
 * the CA is for: with a certificate of the same name and key that has no constraints. */
static struct ward_cert *forge(const struct devca_pair *ca, const struct ward_key *key)
{
	const char *names[] = { "example.org", NULL };
	char subject[80];
	struct ward_cert_spec spec = {
		.common_name = ward_cert_common_name(ca->cert, subject, sizeof(subject)),
		.organization = "ward development CA",
		.profile = WARD_PROFILE_CA,
		.not_before = NOW - DAY,
		.not_after = NOW + DAY,
		.path_length = -1,
	};
	struct ward_cert *free_ca = ward_cert_make(&spec, ca->key, NULL, NULL, NULL), *leaf;

	assert_non_null(free_ca);
	spec.profile = WARD_PROFILE_SERVER;
	spec.common_name = NULL;
	spec.names = names;
	leaf = ward_cert_make(&spec, key, free_ca, ca->key, NULL);
	assert_non_null(leaf);
	ward_cert_free(free_ca);
	return leaf;
}

static void test_constraints(void **state)
{
	const char *dir = new_dir();
	struct ward_error err = ERROR_NONE;
	struct ward_verify_params params = { .time = NOW, .host = "example.org" };
	struct ward_trust *trust = ward_trust_new();
	struct ward_cert *forged;
	struct devca_pair ca;
	struct devca d;

	(void)state;
	open_it(&d, dir, NULL, NOW);
	assert_true(devca_load(in_dir(dir, "ca-key.pem"), &ca, NULL));
	forged = forge(&ca, d.key);
	assert_true(ward_trust_add(trust, d.ca, NULL));
	assert_false(ward_verify(trust, &forged, 1, &params, NULL, &err));
	assert_int_equal(err.reason, WARD_E_CERT_NAME_CONSTRAINTS);
	ward_cert_free(forged);
	ward_trust_free(trust);
	devca_pair_clear(&ca);
	devca_close(&d);
}

/* ---- two at once ---- */

enum { PROCESSES = 8 };

static void run_child(const char *dir, int ready, const char *out)
{
	struct devca d;
	char byte, *pem;
	int fd;

	if (read(ready, &byte, 1) != 0 || !devca_open(&d, dir, NULL, NOW, NULL))
		_exit(1);
	pem = ward_cert_pem(d.ca);
	fd = open(out, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, pem, strlen(pem)) != (ssize_t)strlen(pem) ||
	    !ward_key_matches(d.key, d.chain.certs[0]))
		_exit(1);
	_exit(0);
}

static void test_at_once(void **state)
{
	char dir[512], out[PROCESSES][600];
	struct file_bytes first, other;
	pid_t children[PROCESSES];
	int ready[2], status;

	(void)state;
	snprintf(dir, sizeof(dir), "%s", new_dir());
	assert_int_equal(pipe(ready), 0);
	for (int i = 0; i < PROCESSES; i++) {
		snprintf(out[i], sizeof(out[i]), "%s/child-%d", base, i);
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] == 0) {
			close(ready[1]);
			run_child(dir, ready[0], out[i]);
		}
	}
	close(ready[0]);
	close(ready[1]); /* all start now */
	for (int i = 0; i < PROCESSES; i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	assert_true(file_read(out[0], 65536, &first, NULL));
	for (int i = 1; i < PROCESSES; i++) {
		assert_true(file_read(out[i], 65536, &other, NULL));
		assert_string_equal((char *)other.data, (char *)first.data);
		file_bytes_clear(&other);
	}
	file_bytes_clear(&first);
}

/* ---- places ---- */

static void test_default_place(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct devca d;

	(void)state;
	setenv("XDG_DATA_HOME", in_base("xdg"), 1);
	open_it(&d, NULL, NULL, NOW);
	assert_string_equal(d.ca_path, in_base("xdg/ward/ca.pem"));
	devca_close(&d);
	setenv("XDG_DATA_HOME", "relative", 1);
	setenv("HOME", in_base("home"), 1);
	open_it(&d, NULL, NULL, NOW);
	assert_string_equal(d.ca_path, in_base("home/.local/share/ward/ca.pem"));
	devca_close(&d);
	unsetenv("XDG_DATA_HOME");
	unsetenv("HOME");
	assert_false(devca_open(&d, NULL, NULL, NOW, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
}

static void test_wrong_places(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct devca d;

	(void)state;
	assert_true(file_write(in_base("file"), SPAN_LITERAL("x"), 0600, NULL));
	assert_false(devca_open(&d, in_base("file/ward"), NULL, NOW, &err));
	assert_int_equal(err.reason, WARD_E_FILE_WRITE);
	err = ERROR_NONE;
	assert_int_equal(mkdir(in_base("strange"), 0700), 0);
	assert_int_equal(mkdir(in_base("strange/ca-key.pem"), 0700), 0);
	assert_false(devca_open(&d, in_base("strange"), NULL, NOW, &err));
	assert_int_equal(err.reason, WARD_E_FILE_READ);
}

static void test_tell(void **state)
{
	const char *dir = new_dir();
	char *text = NULL;
	size_t len = 0;
	struct devca d;
	FILE *out;

	(void)state;
	for (int i = 0; i < 2; i++) {
		open_it(&d, dir, NULL, NOW);
		out = open_memstream(&text, &len);
		devca_tell(&d, out);
		assert_int_equal(fclose(out), 0);
		assert_non_null(strstr(text, d.ca_path));
		assert_int_equal(strstr(text, "curl --cacert") != NULL, i == 0);
		free(text);
		devca_close(&d);
	}
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, permits, test_permits);
	table_add(&t, "it is made once", test_made_once, NULL);
	table_add(&t, "keys are for their owner alone", test_modes, NULL);
	table_add(&t, "modes that are too wide are taken back", test_mode_is_taken_back, NULL);
	table_add(&t, "what is handed around holds no key", test_ca_file_holds_no_key, NULL);
	table_add(&t, "certificates are renewed in time", test_dates, NULL);
	table_add(&t, "the clock is set back", test_clock_set_back, NULL);
	TABLE_ADD(&t, damages, test_damage);
	table_add(&t, "a leaf of another CA", test_foreign_files, NULL);
	table_add(&t, "one more name", test_also, NULL);
	table_add(&t, "a forged certificate outside of the constraints", test_constraints, NULL);
	table_add(&t, "eight processes at once make one CA", test_at_once, NULL);
	table_add(&t, "where it is kept", test_default_place, NULL);
	table_add(&t, "places where it cannot be kept", test_wrong_places, NULL);
	table_add(&t, "how to trust it is told once", test_tell, NULL);
	if (mkdtemp(base) == NULL)
		return 1;
	failed = table_run(&t, "devca");
	return scratch_remove(base) != 0 ? 1 : failed;
}
