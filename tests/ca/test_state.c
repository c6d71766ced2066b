/*
 * A CA in its folder (state.c, settings.c, authority.c): how it is made, opened and renewed, and
 * what is told when a part of it is missing. What it issues and lists (issue.c): name constraints,
 * times, which revoked certificates stay on a CRL.
 */
#include <sys/stat.h>

#include "ca/retirement.h"
#include "ca/settings.h"
#include "ca/state.h"
#include "ca/tests_ca.h"
#include "x509/cert.h"

/* ---- settings ---- */

static const struct settings_row {
	const char *name;
	const char *json;
	enum ward_reason reason; /* WARD_E_NONE: they are read */
} settings_rows[] = {
	{ "the least there is", "{\"schema\": 1}", WARD_E_NONE },
	{ "all there is",
	  "{\"schema\": 1, \"crl_url\": \"http://a/\", \"ocsp_url\": \"http://b/\", "
	  "\"permitted_dns\": [\"test\"], \"permitted_ip\": [\"10.0.0.0/8\"]}",
	  WARD_E_NONE },
	{ "no JSON", "schema", WARD_E_CA_DAMAGED },
	{ "nothing", "", WARD_E_CA_DAMAGED },
	{ "a list", "[1]", WARD_E_CA_DAMAGED },
	{ "of another version", "{\"schema\": 2}", WARD_E_CA_DAMAGED },
	{ "of none", "{}", WARD_E_CA_DAMAGED },
	{ "a URL that is a number", "{\"schema\": 1, \"crl_url\": 1}", WARD_E_CA_DAMAGED },
	{ "names that are no list", "{\"schema\": 1, \"permitted_dns\": \"x\"}",
	  WARD_E_CA_DAMAGED },
	{ "a name that is a number", "{\"schema\": 1, \"permitted_ip\": [1]}", WARD_E_CA_DAMAGED },
	{ "a key twice", "{\"schema\": 1, \"schema\": 1}", WARD_E_CA_DAMAGED },
};

static void test_settings(void **state)
{
	const struct settings_row *row = *state;
	const char *path = path_in(base, "settings");
	struct ward_error err = ERROR_NONE;
	struct ca_settings s;

	assert_true(file_write(path, span_string(row->json), 0600, NULL));
	assert_int_equal(ca_settings_load(&s, path, &err), row->reason == WARD_E_NONE);
	assert_int_equal(err.reason, row->reason);
	ca_settings_clear(&s);
}

static void test_settings_again(void **state)
{
	const char *path = path_in(base, "settings");
	struct ca_settings s = { .crl_url = strdup("http://a/"), .ocsp_url = NULL }, again;

	(void)state;
	assert_true(ca_permit(&s, "a.example", NULL));
	assert_true(ca_permit(&s, "192.0.2.0/24", NULL));
	assert_true(ca_permit(&s, "b.example", NULL));
	assert_false(ca_permit(&s, "a b", NULL));
	assert_false(ca_permit(&s, "a.example/24", NULL));
	assert_true(ca_settings_save(&s, path, NULL));
	assert_true(ca_settings_load(&again, path, NULL));
	assert_string_equal(again.crl_url, "http://a/");
	assert_null(again.ocsp_url);
	assert_string_equal(again.permitted_dns[0], "a.example");
	assert_string_equal(again.permitted_dns[1], "b.example");
	assert_null(again.permitted_dns[2]);
	assert_string_equal(again.permitted_ip[0], "192.0.2.0/24");
	assert_null(again.permitted_ip[1]);
	ca_settings_clear(&s);
	ca_settings_clear(&again);
}

/* ---- folders ---- */

static void test_made(void **state)
{
	const char *dir;
	struct ward_error err = ERROR_NONE;
	mode_t mask = umask(0);
	struct stat st;

	(void)state;
	dir = make_ca();
	umask(mask);
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	for (size_t i = 0; i < 7; i++) {
		static const char *const files[] = {
			CA_ROOT,          CA_ROOT_KEY,   CA_INTERMEDIATE, CA_INTERMEDIATE_KEY,
			CA_SETTINGS_FILE, CA_INDEX_FILE, "lock"
		};

		assert_int_equal(stat(path_in(dir, files[i]), &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
	assert_false(try_init(dir, &err));
	assert_int_equal(err.reason, WARD_E_CA_EXISTS);
}

static const struct missing_row {
	const char *name;
	const char *file;
	enum ward_reason to_open, to_issue; /* WARD_E_NONE: it goes without */
} missing[] = {
	{ "without settings there is no CA", CA_SETTINGS_FILE, WARD_E_CA_MISSING,
	  WARD_E_CA_MISSING },
	{ "without a root", CA_ROOT, WARD_E_FILE_READ, WARD_E_FILE_READ },
	{ "without an intermediate", CA_INTERMEDIATE, WARD_E_FILE_READ, WARD_E_FILE_READ },
	{ "without an index", CA_INDEX_FILE, WARD_E_CA_DAMAGED, WARD_E_CA_DAMAGED },
	{ "without the key that issues", CA_INTERMEDIATE_KEY, WARD_E_NONE, WARD_E_CA_KEY_AWAY },
	{ "without the root's key", CA_ROOT_KEY, WARD_E_NONE, WARD_E_NONE },
	{ "without a lock", "lock", WARD_E_NONE, WARD_E_NONE },
};

static enum ward_reason try_open(const char *dir)
{
	struct ward_error err = ERROR_NONE;
	struct ca ca;

	(void)!ca_open(&ca, dir, CA_LOOK, &err);
	ca_close(&ca);
	return err.reason;
}

static enum ward_reason try_issue(const char *dir)
{
	struct ward_error err = ERROR_NONE;
	struct ca ca;

	if (ca_open(&ca, dir, CA_CHANGE, &err))
		ward_cert_free(issue_for(&ca, "a.test", DAY, NOW, &err));
	ca_close(&ca);
	return err.reason;
}

static void test_missing(void **state)
{
	const struct missing_row *row = *state;
	const char *dir = make_ca();

	assert_int_equal(unlink(path_in(dir, row->file)), 0);
	assert_int_equal(try_open(dir), row->to_open);
	assert_int_equal(try_issue(dir), row->to_issue);
}

static const struct replaced_row {
	const char *name;
	const char *file;
	const char *content; /* or that of another CA */
	enum ward_reason reason;
} replaced[] = {
	{ "a root that is none", CA_ROOT, "x", WARD_E_CA_DAMAGED },
	{ "an intermediate that is none", CA_INTERMEDIATE, "", WARD_E_CA_DAMAGED },
	{ "an index that is none", CA_INDEX_FILE, "x\n", WARD_E_CA_DAMAGED },
	{ "a key that is none", CA_INTERMEDIATE_KEY, "x", WARD_E_NO_KEY_IN_FILE },
	{ "the key of another CA", CA_INTERMEDIATE_KEY, NULL, WARD_E_KEY_MISMATCH },
};

static void test_replaced(void **state)
{
	const struct replaced_row *row = *state;
	const char *content = row->content;
	struct file_bytes other = { 0 };
	char to[200], from[200];

	snprintf(to, sizeof(to), "%s", path_in(make_ca(), row->file));
	if (content == NULL) {
		snprintf(from, sizeof(from), "%s", path_in(make_ca(), row->file));
		assert_true(file_read(from, 10000, &other, NULL));
		content = (const char *)other.data;
	}
	assert_true(file_write(to, span_string(content), 0600, NULL));
	*strrchr(to, '/') = '\0';
	assert_int_equal(try_issue(to), row->reason);
	file_bytes_clear(&other);
}

static void test_default_dir(void **state)
{
	char *dir;

	(void)state;
	setenv("WARD_CA_DIR", "/somewhere", 1);
	dir = ca_default_dir(NULL);
	assert_string_equal(dir, "/somewhere");
	free(dir);
	setenv("WARD_CA_DIR", "", 1);
	setenv("XDG_DATA_HOME", "/data", 1);
	dir = ca_default_dir(NULL);
	assert_string_equal(dir, "/data/ward/ca");
	free(dir);
	setenv("XDG_DATA_HOME", "not/absolute", 1);
	setenv("HOME", "/home/me", 1);
	dir = ca_default_dir(NULL);
	assert_string_equal(dir, "/home/me/.local/share/ward/ca");
	free(dir);
}

/* ---- issuing ---- */

static const struct name_row {
	const char *name;
	enum ward_reason reason;
} names[] = {
	{ "a.test", WARD_E_NONE },
	{ "*.a.test", WARD_E_NONE },
	{ "127.0.0.1", WARD_E_NONE },
	{ "fd00::1", WARD_E_NONE },
	{ "me@mail.test", WARD_E_NONE },
	{ "spiffe://cluster.test/db", WARD_E_NONE },
	{ "example.org", WARD_E_CERT_NAME_CONSTRAINTS },
	{ "atest", WARD_E_CERT_NAME_CONSTRAINTS },
	{ "192.0.2.1", WARD_E_CERT_NAME_CONSTRAINTS },
	{ "2001:db8::1", WARD_E_CERT_NAME_CONSTRAINTS },
	{ "me@example.org", WARD_E_CERT_NAME_CONSTRAINTS },
	{ "https://example.org/", WARD_E_CERT_NAME_CONSTRAINTS },
};

static void test_name(void **state)
{
	const struct name_row *row = *state;
	static const char *dir;
	struct ward_error err = ERROR_NONE;
	struct ward_cert *cert;
	struct ca ca;
	size_t before;

	if (dir == NULL)
		dir = strdup(make_ca());
	open_ca(&ca, dir, CA_CHANGE);
	before = ca.index.count;
	cert = issue_for(&ca, row->name, DAY, NOW, &err);
	assert_int_equal(err.reason, row->reason);
	assert_int_equal(ca.index.count, before + (cert != NULL));
	ward_cert_free(cert);
	ca_close(&ca);
}

static const struct life_row {
	const char *name;
	int64_t life, before, after; /* the last two: from NOW */
} lives[] = {
	{ "fifteen minutes", 900, 90, 900 },
	{ "a day", DAY, 3600, DAY },
	{ "longer than the intermediate", 5000 * DAY, 3600, 1825 * DAY },
};

static void test_life(void **state)
{
	const struct life_row *row = *state;
	struct ward_cert *cert;
	struct ca ca;

	open_ca(&ca, make_ca(), CA_CHANGE);
	cert = issue_for(&ca, "a.test", row->life, NOW, NULL);
	assert_int_equal(ward_cert_not_before(cert), NOW - row->before);
	assert_int_equal(ward_cert_not_after(cert), NOW + row->after);
	ward_cert_free(cert);
	ca_close(&ca);
}

static void test_expired_intermediate(void **state)
{
	struct ward_error err = ERROR_NONE;
	int64_t late = NOW + 1825 * DAY;
	struct ward_cert *cert;
	struct ca ca;

	(void)state;
	open_ca(&ca, make_ca(), CA_CHANGE);
	assert_null(issue_for(&ca, "a.test", DAY, late, &err));
	assert_int_equal(err.reason, WARD_E_CERT_EXPIRED);
	assert_true(ca_renew(&ca, NULL, NULL, 5000 * DAY, late, NULL));
	assert_int_equal(ward_cert_not_after(ca.intermediate), ward_cert_not_after(ca.root));
	cert = issue_for(&ca, "a.test", DAY, late, NULL);
	assert_non_null(cert);
	ward_cert_free(cert);
	ca_close(&ca);
}

/* ---- an intermediate that is revoked ---- */

static void retire_intermediate(struct ca *ca)
{
	struct ward_crl *crl =
		ca_retire(ca, NULL, NULL, WARD_REVOKED_CA_COMPROMISE, NOW, DAY, NULL);
	struct ward_revoked entry;

	assert_non_null(crl);
	assert_true(ward_crl_check(crl, ca->root, NOW, NULL));
	assert_true(ward_crl_find(crl, ca->intermediate, &entry));
	assert_int_equal(entry.reason, WARD_REVOKED_CA_COMPROMISE);
	ward_crl_free(crl);
}

static void expect_revoked(struct ca *ca)
{
	struct ward_error err[4] = { ERROR_NONE };

	assert_null(issue_for(ca, "b.test", DAY, NOW, &err[0]));
	assert_int_equal(err[0].reason, WARD_E_CA_REVOKED);
	assert_null(ca_make_crl(ca, NULL, NOW, DAY, &err[1]));
	assert_int_equal(err[1].reason, WARD_E_CA_REVOKED);
	assert_null(ca_intermediate_key(ca, NULL, &err[2]));
	assert_int_equal(err[2].reason, WARD_E_CA_REVOKED);
}

static void test_retired(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct ward_cert *old, *leaf;
	char name[80];
	struct ca ca;

	(void)state;
	open_ca(&ca, make_ca(), CA_CHANGE);
	ward_cert_free(issue_for(&ca, "a.test", DAY, NOW, NULL));
	assert_true(ca_renew(&ca, NULL, NULL, DAY, NOW, NULL));
	assert_null(ca_retire(&ca, "/nowhere", NULL, 2, NOW, DAY, &err));
	assert_int_equal(err.reason, WARD_E_CA_KEY_AWAY);
	assert_null(ca_revoked_intermediate(&ca));
	retire_intermediate(&ca);
	retire_intermediate(&ca); /* again: nothing but the list */
	assert_int_equal(ca.index.authority_count, 2);
	assert_int_equal(ca.index.retirements, 1);
	expect_revoked(&ca);
	old = ward_cert_ref(ca.intermediate);
	assert_true(ca_renew(&ca, NULL, NULL, DAY, NOW, NULL));
	assert_null(ca_revoked_intermediate(&ca));
	assert_false(cert_same_entity(old, ca.intermediate));
	assert_false(span_equal(old->spki, ca.intermediate->spki));
	assert_string_equal(ward_cert_common_name(ca.intermediate, name, sizeof(name)),
			    "test intermediate 2");
	leaf = issue_for(&ca, "b.test", DAY, NOW, NULL);
	assert_non_null(leaf);
	assert_true(cert_is_named_issuer(ca.intermediate, leaf));
	assert_int_equal(ca.index.retired, 1);
	ward_cert_free(leaf);
	ward_cert_free(old);
	ca_close(&ca);
}

/* Killed between the new key and its certificate: the next call makes another one. */
static void test_retired_half_way(void **state)
{
	const char *dir = make_ca();
	struct ward_key *key = ward_key_generate(WARD_KEY_P256, NULL);
	char *pem = ward_key_pem(key, NULL);
	struct ca ca;

	(void)state;
	open_ca(&ca, dir, CA_CHANGE);
	retire_intermediate(&ca);
	assert_true(file_write(path_in(dir, CA_INTERMEDIATE_KEY), span_string(pem), 0600, NULL));
	expect_revoked(&ca);
	assert_true(ca_renew(&ca, NULL, NULL, DAY, NOW, NULL));
	ca_close(&ca);
	open_ca(&ca, dir, CA_CHANGE);
	ward_cert_free(issue_for(&ca, "b.test", DAY, NOW, NULL));
	assert_int_equal(ca.index.count, 1);
	ca_close(&ca);
	ward_wipe(pem, strlen(pem));
	free(pem);
	ward_key_free(key);
}

static const struct rename_row {
	const char *name, *root, *wanted;
} renames[] = {
	{ "a short name", "a root", "a intermediate 1" },
	{ "a name of fifty characters is cut",
	  "12345678901234567890123456789012345678901234567890 root",
	  "1234567890123456789012345678901234567890123456789 intermediate 1" },
	{ "a root that is called otherwise", "Other", "Other intermediate 1" },
};

static void test_rename(void **state)
{
	const struct rename_row *row = *state;
	const struct ward_cert_spec spec = { .common_name = row->root,
					     .profile = WARD_PROFILE_CA,
					     .path_length = -1,
					     .not_before = NOW,
					     .not_after = NOW + DAY };
	struct ward_key *key = ward_key_generate(WARD_KEY_P256, NULL);
	struct ca ca = { .root = ward_cert_make(&spec, key, NULL, NULL, NULL) };
	char name[CA_NAME_SIZE];

	assert_non_null(ca.root);
	ca_next_name(&ca, name);
	assert_string_equal(name, row->wanted);
	assert_true(strlen(name) <= 64);
	ward_cert_free(ca.root);
	ward_key_free(key);
}

/* ---- CRLs ---- */

static size_t count_on_crl(struct ca *ca, int64_t now)
{
	struct ward_crl *crl = ca_make_crl(ca, NULL, now, DAY, NULL);
	size_t count;

	assert_non_null(crl);
	count = ward_crl_revoked_count(crl);
	ward_crl_free(crl);
	return count;
}

/* RFC 5280, 3.3: an entry stays until it was on a list made after the certificate had expired. */
static void test_crl_forgets(void **state)
{
	struct ca ca;

	(void)state;
	open_ca(&ca, make_ca(), CA_CHANGE);
	for (int i = 0; i < 2; i++)
		ward_cert_free(issue_for(&ca, "a.test", 10 * DAY, NOW, NULL));
	assert_int_equal(count_on_crl(&ca, NOW), 0);
	assert_true(revoke_entry(&ca, 0, NOW + 1, NULL));
	assert_int_equal(count_on_crl(&ca, NOW + DAY), 1);
	assert_int_equal(count_on_crl(&ca, NOW + 9 * DAY), 1);
	assert_int_equal(count_on_crl(&ca, NOW + 11 * DAY), 1);
	assert_int_equal(count_on_crl(&ca, NOW + 12 * DAY), 0);
	/* Revoked when it had expired already: it is told once. */
	assert_true(revoke_entry(&ca, 1, NOW + 13 * DAY, NULL));
	assert_int_equal(count_on_crl(&ca, NOW + 14 * DAY), 1);
	assert_int_equal(count_on_crl(&ca, NOW + 15 * DAY), 0);
	assert_int_equal(ca.index.crl_number, 7);
	ca_close(&ca);
}

static void test_root_crl(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct ward_crl *crl;
	struct ca ca;
	char number[40];

	(void)state;
	open_ca(&ca, make_ca(), CA_LOOK);
	crl = ca_make_root_crl(&ca, NULL, NULL, NOW, DAY, NULL);
	assert_non_null(crl);
	assert_int_equal(ward_crl_revoked_count(crl), 0);
	assert_int_equal(ward_crl_next_update(crl), NOW + DAY);
	assert_string_equal(ward_crl_number(crl, number, sizeof(number)), "6ab13b80");
	ward_crl_free(crl);
	assert_null(ca_make_root_crl(&ca, "/nowhere", NULL, NOW, DAY, &err));
	assert_int_equal(err.reason, WARD_E_CA_KEY_AWAY);
	ca_close(&ca);
}

/* Serial numbers with the highest bit set have their sign byte: the chain finds them revoked. */
static void test_crl_revokes(void **state)
{
	struct ward_verify_params params = { .time = NOW, .host = "a.test" };
	struct ward_trust *trust = ward_trust_new();
	struct ward_cert *chain[2];
	struct ca ca;

	(void)state;
	open_ca(&ca, make_ca(), CA_CHANGE);
	assert_true(ward_trust_add(trust, ca.root, NULL));
	chain[1] = ca.intermediate;
	for (size_t i = 0; i < 8; i++) {
		struct ward_error err = ERROR_NONE;
		struct ward_crl *crls[1];
		struct ward_crl *crl;

		chain[0] = issue_for(&ca, "a.test", DAY, NOW, NULL);
		for (int revoked = 0; revoked < 2; revoked++) {
			if (revoked == 1)
				assert_true(revoke_entry(&ca, i, NOW, NULL));
			crl = ca_make_crl(&ca, NULL, NOW, DAY, NULL);
			crls[0] = crl;
			params.crls = crls;
			params.crl_count = 1;
			assert_int_equal(ward_verify(trust, chain, 2, &params, NULL, &err),
					 revoked == 0);
			ward_crl_free(crl);
		}
		assert_int_equal(err.reason, WARD_E_CERT_REVOKED);
		ward_cert_free(chain[0]);
	}
	ward_trust_free(trust);
	ca_close(&ca);
}

int main(void)
{
	struct table t = { 0 };
	int status;

	if (mkdtemp(base) == NULL)
		return 1;
	TABLE_ADD(&t, settings_rows, test_settings);
	table_add(&t, "settings, written and read", test_settings_again, NULL);
	table_add(&t, "made once, for nobody else", test_made, NULL);
	TABLE_ADD(&t, missing, test_missing);
	TABLE_ADD(&t, replaced, test_replaced);
	table_add(&t, "where it lies", test_default_dir, NULL);
	TABLE_ADD(&t, names, test_name);
	TABLE_ADD(&t, lives, test_life);
	table_add(&t, "an intermediate that has expired is renewed", test_expired_intermediate,
		  NULL);
	table_add(&t, "a revoked intermediate, and another one", test_retired, NULL);
	table_add(&t, "another one, killed half-way", test_retired_half_way, NULL);
	TABLE_ADD(&t, renames, test_rename);
	table_add(&t, "a CRL forgets what has expired", test_crl_forgets, NULL);
	table_add(&t, "a CRL revokes", test_crl_revokes, NULL);
	table_add(&t, "the root has a CRL, too", test_root_crl, NULL);
	status = table_run(&t, "state");
	return scratch_remove(base) == 0 ? status : 1;
}
