/*
 * Rows of a table as tests of cmocka, and their bytes. Made for one thread.
 */
#include "support/table.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

struct block {
	struct block *next;
	uint8_t *data;
};

static struct block *blocks;

static int free_blocks(void **state)
{
	struct block *block, *next;

	(void)state;
	for (block = blocks; block != NULL; block = next) {
		next = block->next;
		free(block->data);
		free(block);
	}
	blocks = NULL;
	return 0;
}

static uint8_t *new_block(size_t len)
{
	struct block *block = malloc(sizeof(*block));

	assert_non_null(block);
	block->data = malloc(len > 0 ? len : 1);
	assert_non_null(block->data);
	block->next = blocks;
	blocks = block;
	return block->data;
}

void table_add(struct table *t, const char *name, CMUnitTestFunction test, const void *row)
{
	union {
		const void *in;
		void *out; /* cmocka hands the state on as it is; nobody writes to it */
	} state = { row };

	if (t->count == TABLE_TESTS_MAX)
		abort();
	t->tests[t->count++] = (struct CMUnitTest){ name, test, NULL, free_blocks, state.out };
}

void table_add_rows(struct table *t, const void *rows, size_t count, size_t size,
		    CMUnitTestFunction test)
{
	const unsigned char *row = rows;

	for (size_t i = 0; i < count; i++, row += size) {
		const char *name;

		memcpy(&name, row, sizeof(name));
		table_add(t, name, test, row);
	}
}

int table_run(struct table *t, const char *group)
{
	return _cmocka_run_group_tests(group, t->tests, t->count, NULL, NULL);
}

static uint8_t hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, tolower((unsigned char)c));

	if (at == NULL)
		fail_msg("'%c' is not a hexadecimal digit", c);
	return (uint8_t)(at - digits);
}

struct span table_hex(const char *hex)
{
	size_t digits = 0;
	size_t n = 0;
	uint8_t *data;

	for (const char *p = hex; *p != '\0'; p++)
		digits += !isspace((unsigned char)*p);
	assert_int_equal(digits % 2, 0);
	data = new_block(digits / 2);
	for (const char *p = hex; *p != '\0'; p++) {
		if (isspace((unsigned char)*p))
			continue;
		data[n / 2] =
			(uint8_t)(n % 2 == 0 ? hex_digit(*p) << 4 : data[n / 2] | hex_digit(*p));
		n++;
	}
	return span_make(data, digits / 2);
}

struct span table_bytes(const void *bytes, size_t len)
{
	uint8_t *data = new_block(len);

	bytes_copy(data, bytes, len);
	return span_make(data, len);
}

struct span table_fill(uint8_t byte, size_t len)
{
	uint8_t *data = new_block(len);

	if (len > 0)
		memset(data, byte, len);
	return span_make(data, len);
}

struct span table_join(const struct span *parts, size_t count)
{
	size_t len = 0;
	uint8_t *data;

	for (size_t i = 0; i < count; i++)
		len += parts[i].len;
	data = new_block(len);
	len = 0;
	for (size_t i = 0; i < count; i++) {
		bytes_copy(data + len, parts[i].data, parts[i].len);
		len += parts[i].len;
	}
	return span_make(data, len);
}

static void print_span(const char *what, struct span s)
{
	print_error("%s, %zu bytes:", what, s.len);
	for (size_t i = 0; i < s.len && i < 256; i++)
		print_error(" %02x", s.data[i]);
	print_error("\n");
}

void table_assert_span_equal(struct span a, struct span b, const char *file, int line)
{
	if (span_equal(a, b))
		return;
	print_span("left", a);
	print_span("right", b);
	_fail(file, line);
}
