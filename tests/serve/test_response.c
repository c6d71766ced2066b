/*
 * Answers handed out in pieces: out of memory, out of files, and files that change meanwhile.
 */
#include "serve/response.h"

#include <stdlib.h>
#include <unistd.h>

#include "support/table.h"

/* A file of `size` bytes, each the low byte of its place. It has no name any more. */
static int make_file(size_t size)
{
	char name[] = "/tmp/ward-response-XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	unlink(name);
	for (size_t i = 0; i < size; i++) {
		uint8_t c = (uint8_t)i;

		assert_int_equal(write(fd, &c, 1), 1);
	}
	return fd;
}

/* Head "HEAD", two ranges of the file with text around. */
static void make(struct response *r)
{
	response_init(r);
	r->text = strbuf_make(100);
	strbuf_string(&r->text, "onetwoHEAD");
	r->fd = make_file(1000);
	response_add_text(r, 6, 4);
	response_add_text(r, 0, 3);
	response_add_file(r, 10, 5);
	response_add_text(r, 3, 3);
	response_add_file(r, 0, 0);
	response_add_file(r, 998, 2);
}

static const char expected[] = "HEADone\x0a\x0b\x0c\x0d\x0etwo\xe6\xe7";

static void test_pieces(void **state)
{
	(void)state;
	for (size_t cap = 1; cap < sizeof(expected) + 3; cap++) {
		enum response_progress p = RESPONSE_MORE;
		uint8_t got[64];
		struct response r;
		size_t len = 0, n;

		make(&r);
		assert_int_equal(r.body_len, 13);
		while (p == RESPONSE_MORE) {
			p = response_read(&r, true, got + len, cap, &n);
			assert_true(n <= cap && (n > 0 || p == RESPONSE_END));
			len += n;
			assert_true(len < sizeof(got) - 32);
		}
		assert_int_equal(p, RESPONSE_END);
		assert_span_equal(span_make(got, len), SPAN_LITERAL(expected));
		assert_int_equal(response_read(&r, true, got, cap, &n), RESPONSE_END);
		assert_int_equal(n, 0);
		response_clear(&r);
		assert_int_equal(r.fd, -1);
	}
}

static void test_empty(void **state)
{
	struct response r;
	uint8_t byte;
	size_t n;

	(void)state;
	response_init(&r);
	assert_int_equal(response_read(&r, false, &byte, 1, &n), RESPONSE_END);
	assert_int_equal(n, 0);
	response_clear(&r);
}

static void test_shrunk(void **state)
{
	uint8_t got[2000];
	struct response r;
	size_t n;

	(void)state;
	response_init(&r);
	r.fd = make_file(1000);
	response_add_file(&r, 0, 1000);
	assert_int_equal(ftruncate(r.fd, 600), 0);
	assert_int_equal(response_read(&r, true, got, sizeof(got), &n), RESPONSE_FAILED);
	assert_int_equal(n, 600);
	response_clear(&r);
}

/* What is asked of a pipe: it cannot be read at a place. */
static void test_unreadable(void **state)
{
	struct response r;
	uint8_t got[16];
	int fds[2];
	size_t n;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	response_init(&r);
	r.fd = fds[0];
	response_add_file(&r, 0, 10);
	assert_int_equal(response_read(&r, true, got, sizeof(got), &n), RESPONSE_FAILED);
	response_clear(&r);
	close(fds[1]);
}

/* Without waiting it gives the same bytes, or says that it would have to wait. */
static void test_no_wait(void **state)
{
	enum response_progress p;
	uint8_t got[64];
	struct response r;
	size_t n, len = 0;

	(void)state;
	make(&r);
	do {
		p = response_read(&r, false, got + len, 4, &n);
		len += n;
		if (p == RESPONSE_WAIT) {
			p = response_read(&r, true, got + len, 4, &n);
			len += n;
		}
		assert_true(len < sizeof(got) - 8);
	} while (p == RESPONSE_MORE);
	assert_int_equal(p, RESPONSE_END);
	assert_span_equal(span_make(got, len), SPAN_LITERAL(expected));
	response_clear(&r);
}

int main(void)
{
	struct table t = { 0 };

	table_add(&t, "in pieces of every size", test_pieces, NULL);
	table_add(&t, "nothing at all", test_empty, NULL);
	table_add(&t, "a file that shrinks meanwhile", test_shrunk, NULL);
	table_add(&t, "a file that cannot be read", test_unreadable, NULL);
	table_add(&t, "without waiting for a disk", test_no_wait, NULL);
	return table_run(&t, "response");
}
