/*
 * The config of `ward serve`, from files.
 */
#include "serve/tls_setup.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "io/files.h"
#include "serve/scratch.h"
#include "support/configs.h"
#include "support/table.h"

static char base[] = "/tmp/ward-setup-XXXXXX";

static const char *in_base(const char *name)
{
	static char paths[6][256];
	static int next;
	char *path = paths[next++ % 6];

	snprintf(path, sizeof(paths[0]), "%s/%s", base, name);
	return path;
}

static void put(const char *name, char *text)
{
	FILE *file = fopen(in_base(name), "w");

	assert_non_null(text);
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	free(text);
}

static void put_files(void)
{
	const struct credential *c = credential_server(WARD_KEY_P256);

	put("cert.pem", ward_cert_pem(c->chain.certs[0]));
	put("key.pem", ward_key_pem(c->key, &ignored));
	put("other-key.pem", ward_key_pem(credential_server(WARD_KEY_P384)->key, &ignored));
	put("ca.pem", ward_cert_pem(test_ca_cert()));
	put("empty.pem", strdup("nothing\n"));
}

static const char *const one_rule[] = { "dns:a.example" };
static const char *const bad_rule[] = { "a.example" };

static const struct row {
	const char *name;
	const char *cert, *key, *client_ca;
	const char *const *rules;
	enum ward_reason reason;
} rows[] = {
	{ "a certificate and its key", "cert.pem", "key.pem", NULL, NULL, WARD_E_NONE },
	{ "and CAs of clients", "cert.pem", "key.pem", "ca.pem", NULL, WARD_E_NONE },
	{ "and a rule", "cert.pem", "key.pem", "ca.pem", one_rule, WARD_E_NONE },
	{ "a rule that is none", "cert.pem", "key.pem", "ca.pem", bad_rule, WARD_E_BAD_ARGUMENT },
	{ "a rule without CAs", "cert.pem", "key.pem", NULL, one_rule, WARD_E_BAD_ARGUMENT },
	{ "no key in the file", "cert.pem", NULL, NULL, NULL, WARD_E_NO_KEY_IN_FILE },
	{ "another's key", "cert.pem", "other-key.pem", NULL, NULL, WARD_E_KEY_MISMATCH },
	{ "a key alone", NULL, "key.pem", NULL, NULL, WARD_E_BAD_ARGUMENT },
	{ "no certificate", "none.pem", "key.pem", NULL, NULL, WARD_E_FILE_READ },
	{ "no CA in the file", "cert.pem", "key.pem", "empty.pem", NULL,
	  WARD_E_NO_CERTIFICATE_IN_FILE },
	{ "no file of CAs", "cert.pem", "key.pem", "none.pem", NULL, WARD_E_FILE_READ },
};

static void test_row(void **state)
{
	const struct row *row = *state;
	struct serve_options o = { .cert = row->cert == NULL ? NULL : in_base(row->cert),
				   .key = row->key == NULL ? NULL : in_base(row->key),
				   .client_ca =
					   row->client_ca == NULL ? NULL : in_base(row->client_ca),
				   .rules = row->rules,
				   .rule_count = row->rules == NULL ? 0 : 1 };
	struct ward_error err = { 0 };
	struct devca devca = { 0 };
	struct ward_config *config = tls_setup(&o, NULL, NULL, &devca, &err);
	char text[256];

	assert_string_equal(ward_reason_name(err.reason), ward_reason_name(row->reason));
	assert_int_equal(config != NULL, row->reason == WARD_E_NONE);
	assert_null(devca.ca);
	if (config != NULL)
		assert_string_equal(tls_setup_describe(config, text, sizeof(text)),
				    "the certificate for server.example, good until "
				    "2026-12-20T14:13:20Z");
	ward_config_free(config);
	devca_close(&devca);
}

static void test_devca(void **state)
{
	struct serve_options o = { .dir = NULL };
	struct ward_error err = { 0 };
	struct devca devca = { 0 };
	struct ward_config *config;
	char text[256];

	(void)state;
	assert_int_equal(setenv("XDG_DATA_HOME", base, 1), 0);
	config = tls_setup(&o, "box.local", NULL, &devca, &err);
	assert_non_null(config);
	assert_non_null(devca.ca);
	assert_non_null(strstr(tls_setup_describe(config, text, sizeof(text)),
			       "certificate for localhost"));
	ward_config_free(config);
	devca_close(&devca);
}

int main(void)
{
	static struct table t;
	int failed;

	if (mkdtemp(base) == NULL)
		return 1;
	put_files();
	TABLE_ADD(&t, rows, test_row);
	table_add(&t, "the development CA's", test_devca, NULL);
	failed = table_run(&t, "the config of ward serve");
	scratch_remove(base);
	credentials_cleanup();
	return failed;
}
