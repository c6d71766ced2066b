/*
 * The index of a CA: its lines, as they stand in the file, and with the checks that they must have,
 * which no fuzzer would find. What was read is found again; and read in two pieces, as by one who
 * looks again later, it says the same.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "ca/index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_found(const struct ca_index *ix)
{
	char text[CA_SERIAL_TEXT];
	struct ca_serial serial;

	for (size_t i = 0; i < ix->count; i++) {
		assert(ca_names_fit(span_string(ix->entries[i].names)));
		assert(ca_serial_parse(ca_serial_text(&ix->entries[i].serial, text), &serial));
		assert(ca_index_find(ix, &serial) == &ix->entries[i]);
	}
}

static void check_same(const struct ca_index *a, const struct ca_index *b)
{
	assert(a->count == b->count && a->len == b->len && a->line == b->line);
	assert(a->crl_number == b->crl_number);
	assert(strcmp(a->check, b->check) == 0);
}

static void read_as_it_is(const uint8_t *data, size_t size, size_t first)
{
	struct ca_index ix = { 0 }, pieces = { 0 };
	bool ok = ca_index_parse(&ix, span_make(data, size), NULL);

	assert(ix.len <= size);
	if (ca_index_parse(&pieces, span_make(data, first), NULL))
		assert(ca_index_parse(&pieces, span_make(data + pieces.len, size - pieces.len),
				      NULL) == ok);
	check_same(&ix, &pieces);
	check_found(&ix);
	ca_index_clear(&ix);
	ca_index_clear(&pieces);
}

/* One content, with its check in front. */
static bool read_content(struct ca_index *ix, struct span content)
{
	char *line = malloc(CA_CHECK_LEN + content.len + 2);
	bool ok;

	assert(line != NULL);
	ca_index_check(ix, content, line);
	line[CA_CHECK_LEN] = ' ';
	bytes_copy(line + CA_CHECK_LEN + 1, content.data, content.len);
	line[CA_CHECK_LEN + 1 + content.len] = '\n';
	ok = ca_index_parse(ix, span_make(line, CA_CHECK_LEN + content.len + 2), NULL);
	free(line);
	return ok;
}

static void read_contents(struct span rest)
{
	struct ca_index ix = { 0 };
	bool ok = true;

	while (ok && rest.len > 0) {
		const uint8_t *end = memchr(rest.data, '\n', rest.len);
		size_t len = end == NULL ? rest.len : (size_t)(end - rest.data);
		size_t used = end == NULL ? len : len + 1;

		ok = read_content(&ix, span_make(rest.data, len));
		rest = span_make(rest.data + used, rest.len - used);
	}
	check_found(&ix);
	ca_index_clear(&ix);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_as_it_is(data, size, size / 2);
	read_contents(span_make(data, size));
	return 0;
}
