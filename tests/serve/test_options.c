/*
 * What the server refuses to start with (serve.c), and the limits that it chooses itself.
 */
#include "serve/serve.h"

#include "serve/scratch.h"
#include "support/table.h"

static const struct option_row {
	const char *name;
	struct serve_options options;
	enum ward_reason reason;
} rows[] = {
	{ "a directory that is missing", { .dir = "/nonexistent" }, WARD_E_FILE_READ },
	{ "a place that is none", { .listen = "x" }, WARD_E_BAD_ARGUMENT },
	{ "a certificate that is missing", { .cert = "/nonexistent" }, WARD_E_FILE_READ },
	{ "a key without a certificate", { .key = "/nonexistent" }, WARD_E_BAD_ARGUMENT },
	{ "paths to protect, without the CAs of clients",
	  { .guarded = (const char *const[]){ "/x/" }, .guarded_count = 1 },
	  WARD_E_BAD_ARGUMENT },
	{ "a path to protect that is none",
	  { .guarded = (const char *const[]){ "x" }, .guarded_count = 1 },
	  WARD_E_BAD_ARGUMENT },
	{ "HSTS for too long", { .hsts = INT64_MAX }, WARD_E_BAD_ARGUMENT },
	{ "a time below zero", { .limits.idle_ms = -1 }, WARD_E_BAD_ARGUMENT },
	{ "too many connections", { .limits.connections = 2000000 }, WARD_E_BAD_ARGUMENT },
	{ "a rate below zero", { .limits.rate = -1 }, WARD_E_BAD_ARGUMENT },
	{ "an unknown name", { .listen = "a.invalid:0" }, WARD_E_NAME_NOT_FOUND },
};

static void test_options(void **state)
{
	const struct option_row *row = *state;
	struct serve_options o = row->options;
	struct ward_error err = { 0 };

	if (o.dir == NULL)
		o.dir = "/";
	if (o.listen == NULL)
		o.listen = "127.0.0.1:0";
	assert_false(serve_run(&o, &err));
	assert_int_equal(err.reason, row->reason);
}

static void test_defaults(void **state)
{
	struct serve_limits none = { 0 }, some = { .threads = 8, .connections = 3, .rate = 5 };
	struct serve_limits l = serve_limits_default(&none);

	(void)state;
	assert_true(l.threads > 0 && l.connections > 0 && l.handshake_ms > 0);
	assert_true(l.request_ms > 0 && l.idle_ms > 0 && l.stop_ms > 0 && l.rate > 0);
	l = serve_limits_default(&some);
	assert_int_equal(l.threads, 3);
	assert_int_equal(l.rate, 5);
}

int main(void)
{
	/* For the development CA that some of these get as far as making. */
	char data[] = "/tmp/ward-options-XXXXXX";
	struct table t = { 0 };
	int failed;

	if (mkdtemp(data) == NULL || setenv("XDG_DATA_HOME", data, 1) != 0)
		return 1;
	TABLE_ADD(&t, rows, test_options);
	table_add(&t, "what is not said is chosen", test_defaults, NULL);
	failed = table_run(&t, "options");
	return scratch_remove(data) != 0 ? 1 : failed;
}
