/*
 * Tickets in files (src/io/ticket_files.c), and dialling with what they hold.
 */
#include <ward/session.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/credentials.h"
#include "support/table.h"
#include "tls/resumption.h"
#include "tls/suites.h"

static struct ward_error ignored;
static char folder[] = "/tmp/ward-tickets.XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static struct ward_ticket *make_ticket(void)
{
	static const uint8_t bytes[32] = { 1, 2, 3 };
	const struct resumption r = { .version = WARD_TLS_1_3,
				      .suite = TLS_AES_128_GCM_SHA256,
				      .key = SPAN_ARRAY(bytes),
				      .lifetime = 60,
				      .context = SPAN_ARRAY(bytes),
				      .ticket = SPAN_LITERAL("ticket") };
	struct ward_ticket *t = ticket_new(&r, &ignored);

	assert_non_null(t);
	return t;
}

static void test_round(void **state)
{
	struct ward_ticket *t = make_ticket(), *again;
	const char *path = in_folder("session");
	size_t len, again_len;
	const uint8_t *bytes = ward_ticket_bytes(t, &len);
	struct stat st;

	(void)state;
	for (int i = 0; i < 2; i++) { /* made, and then replaced */
		assert_true(ward_ticket_save(t, path, &ignored));
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		again = ward_ticket_load(path, &ignored);
		assert_non_null(again);
		assert_memory_equal(ward_ticket_bytes(again, &again_len), bytes, len);
		assert_int_equal(again_len, len);
		ward_ticket_free(again);
	}
	ward_ticket_free(t);
	unlink(path);
}

static void test_refused(void **state)
{
	struct ward_ticket *t = make_ticket();
	struct ward_error err = { 0 };
	const char *path = in_folder("other");
	FILE *f;

	(void)state;
	assert_null(ward_ticket_load(path, &err));
	assert_int_equal(err.reason, WARD_E_FILE_READ);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("no ticket", f);
	fclose(f);
	err = (struct ward_error){ 0 };
	assert_null(ward_ticket_load(path, &err));
	assert_int_equal(err.reason, WARD_E_BAD_TICKET);
	assert_non_null(strstr(err.detail, path));
	err = (struct ward_error){ 0 };
	assert_false(ward_ticket_save(t, "/nowhere/at/all", &err));
	assert_int_equal(err.reason, WARD_E_FILE_WRITE);
	ward_ticket_free(t);
	unlink(path);
}

/* ---- keys of servers ---- */

static void test_keys(void **state)
{
	struct ward_ticket_keys *ring = ward_ticket_keys_new(7200, &ignored);
	struct ward_ticket_keys *other = ward_ticket_keys_new(0, &ignored);
	struct ward_error err = { 0 };
	const char *path = in_folder("keys");
	struct stat st;

	(void)state;
	assert_true(ward_ticket_keys_save(ring, path, &err));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_true(ward_ticket_keys_load(other, path, &err));
	assert_int_equal(ward_ticket_keys_lifetime(other), 7200);
	for (mode_t mode = 0; mode < 0100; mode++) { /* who else may do what with it */
		bool private = mode == 0;

		err = (struct ward_error){ 0 };
		assert_int_equal(chmod(path, 0600 | mode), 0);
		assert_int_equal(ward_ticket_keys_load(other, path, &err), private);
		assert_int_equal(err.reason, private ? WARD_E_NONE : WARD_E_FILE_READ);
	}
	assert_non_null(strstr(err.detail, "chmod 600"));
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(truncate(path, 30), 0);
	err = (struct ward_error){ 0 };
	assert_false(ward_ticket_keys_load(other, path, &err));
	assert_int_equal(err.reason, WARD_E_BAD_TICKET_KEYS);
	assert_non_null(strstr(err.detail, path));
	assert_int_equal(ward_ticket_keys_lifetime(other), 7200); /* those of before are there */
	unlink(path);
	err = (struct ward_error){ 0 };
	assert_false(ward_ticket_keys_save(ring, "/nowhere/at/all", &err));
	assert_int_equal(err.reason, WARD_E_FILE_WRITE);
	ward_ticket_keys_free(ring);
	ward_ticket_keys_free(other);
}

int main(void)
{
	static struct table t;
	int failed;

	if (mkdtemp(folder) == NULL)
		return 1;
	table_add(&t, "a ticket goes through a file", test_round, NULL);
	table_add(&t, "what is no ticket, and where none can be", test_refused, NULL);
	table_add(&t, "keys of servers go through a file of their owner's", test_keys, NULL);
	failed = table_run(&t, "ticket files");
	rmdir(folder);
	credentials_cleanup();
	return failed;
}
