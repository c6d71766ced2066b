/*
 * Keys by URI, as far as that goes without a token: what is not there has its reason. Tokens are tried
 * by tests/interop/key_uri.py.
 */
#include <stdlib.h>

#include "crypto/crypto.h"
#include "support/table.h"

static const struct row {
	const char *name;
	const char *uri, *provider;
	enum ward_reason reason;
} rows[] = {
	{ "a scheme that nobody knows", "nosuch:key", NULL, WARD_E_KEY_UNREACHABLE },
	{ "a provider that nobody has", "nosuch:key", "nosuch", WARD_E_KEY_UNREACHABLE },
	{ "a token, and nothing that reaches it", "pkcs11:token=none;object=none;pin-value=1", NULL,
	  WARD_E_KEY_UNREACHABLE },
	{ "a file that is not there", "file:///nonexistent/key.pem", NULL, WARD_E_KEY_UNREACHABLE },
	{ "nothing at all", "", NULL, WARD_E_KEY_UNREACHABLE },
};

static void test_row(void **state)
{
	const struct row *row = *state;
	struct ward_error err = { 0 };

	assert_null(privkey_open(row->uri, row->provider, NULL, &err));
	assert_int_equal(err.reason, row->reason);
	assert_true(err.detail[0] != '\0');
}

int main(void)
{
	static struct table t;

	/* No provider is found, whatever is installed: not each can live with AddressSanitizer. */
	setenv("OPENSSL_MODULES", "/nonexistent", 1);
	TABLE_ADD(&t, rows, test_row);
	return table_run(&t, "privkey_open");
}
