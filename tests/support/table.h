/*
 * Tests that are tables: every row is a cmocka test of its own, named by its sentence.
 *
 *	static const struct row rows[] = { { "a list ends inside a type", "00010a", … }, … };
 *
 *	int main(void)
 *	{
 *		struct table t = { 0 };
 *
 *		TABLE_ADD(&t, rows, test_row);
 *		table_add(&t, "an arena gives zeroed memory", test_zeroed, NULL);
 *		return table_run(&t, "reader");
 *	}
 *
 * Each row type begins with `const char *name`. The function gets the row as *state. Bytes made
 * with table_hex and table_bytes lie in a block of exactly their size, so that ASan sees a read
 * past the end, and are freed when the test is over.
 */
#ifndef SUPPORT_TABLE_H
#define SUPPORT_TABLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/span.h"

enum { TABLE_TESTS_MAX = 2048 };

struct table {
	struct CMUnitTest tests[TABLE_TESTS_MAX];
	size_t count;
};

void table_add(struct table *t, const char *name, CMUnitTestFunction test, const void *row);
void table_add_rows(struct table *t, const void *rows, size_t count, size_t size,
		    CMUnitTestFunction test);
#define TABLE_ADD(t, rows, test)                                                                   \
	table_add_rows((t), (rows), sizeof(rows) / sizeof((rows)[0]), sizeof((rows)[0]), (test))
/* What main returns. */
int table_run(struct table *t, const char *group);

/* Bytes from hexadecimal digits; blanks and lines are skipped. Wrong digits fail the test. */
struct span table_hex(const char *hex);
struct span table_bytes(const void *bytes, size_t len);
/* len bytes, all the same. */
struct span table_fill(uint8_t byte, size_t len);
/* All of them one behind the other. */
struct span table_join(const struct span *parts, size_t count);

#define assert_span_equal(a, b) table_assert_span_equal((a), (b), __FILE__, __LINE__)
void table_assert_span_equal(struct span a, struct span b, const char *file, int line);

#endif
