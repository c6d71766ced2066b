/*
 * DER from outside. There is one encoding of everything: what the reader takes, the writer writes
 * again byte by byte.
 */
#include <stdio.h>
#include <stdlib.h>

#include "wire/der.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "wrong: %s\n", what);
	abort();
}

/* What has a form of its own goes through its reader and its writer. False if it is not in form. */
static bool copy_in_form(struct reader *r, struct writer *w)
{
	struct ward_error err = ERROR_NONE;
	struct reader at = *r;
	size_t start = w->len;
	int unused = 0;
	struct span bits;

	at.err = &err;
	switch (der_peek(r)) {
	case DER_BOOLEAN:
		der_write_boolean(w, der_boolean(&at));
		break;
	case DER_BIT_STRING:
		bits = der_bit_string(&at, &unused);
		if (!error_is_set(&err))
			der_write_bit_string(w, bits, unused);
		break;
	case DER_INTEGER:
		der_write_unsigned(w, der_unsigned(&at));
		break;
	default:
		return false;
	}
	if (error_is_set(&err)) {
		w->len = start;
		return false;
	}
	r->pos = at.pos;
	return true;
}

static void copy_leaf(struct reader *r, struct writer *w)
{
	int tag;
	struct span content;

	if (copy_in_form(r, w))
		return;
	content = der_any(r, &tag);
	der_write_element(w, tag, content);
}

static void copy(struct reader *r, struct writer *w)
{
	while (reader_more(r)) {
		int tag = der_peek(r);

		if ((tag & 0x20) == 0) {
			copy_leaf(r, w);
			continue;
		}
		DER_WRITE (w, tag) {
			struct reader inner = der_open(r, tag);

			copy(&inner, w);
		}
	}
}

static void check_copy(struct span der)
{
	struct ward_error err = ERROR_NONE;
	const size_t room = der.len + 8; /* for what is written and then dropped */
	uint8_t *buf = malloc(room);
	struct reader r = reader_make(der, &err);
	struct writer w = writer_make(buf, room, &err);

	must(buf != NULL, "memory");
	copy(&r, &w);
	must(!error_is_set(&err), "DER that is taken at first and not later");
	must(span_equal(writer_span(&w), der), "two encodings of the same");
	free(buf);
}

/* A time that is read is written in the same form, if that is the form for its year. */
static void check_time(struct span der)
{
	const int64_t year_1950 = -631152000;
	const int64_t year_2050 = 2524608000;
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(der, &err);
	bool generalized = der_peek(&r) == DER_GENERALIZED_TIME;
	int64_t seconds = der_time(&r);
	uint8_t buf[32];
	struct writer w = writer_make(buf, sizeof(buf), &err);

	if (!reader_close(&r))
		return;
	der_write_time(&w, seconds);
	must(writer_ok(&w), "a time that is read and not written");
	if (generalized == (seconds < year_1950 || seconds >= year_2050))
		must(span_equal(writer_span(&w), der), "two forms of the same time");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ward_error err = ERROR_NONE;
	struct span der = span_make(data, size);
	struct reader r = reader_make(der, &err);
	char text[100];
	bool ok = der_check(der, NULL);

	check_time(der);
	der_oid_text(der, text, sizeof(text));
	if (ok)
		check_copy(der);
	/* And with the readers that expect something else. */
	der_small(&r, 1000);
	der_bit_string(&r, NULL);
	der_whole_tag(&r, DER_SEQUENCE);
	reader_close(&r);
	return 0;
}
