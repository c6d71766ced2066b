/*
 * An answer on its way.
 *
 * Files are read with preadv2 into the buffer that is sealed next, not mapped. Reading and sealing
 * took 1.2, 7 and 740 us for a file of 1000, 16384 and a million bytes; mapping it and sealing from
 * the map 9, 20 and 640. Reading to where the record is sealed in place gained nothing over a
 * buffer of its own, which stays in the cache. And a file that shrinks meanwhile is an error that
 * can be answered for, not SIGBUS. RWF_NOWAIT (Linux 4.14) has the
 * system give what it holds in memory and refuse the rest, so that one cold file does not hold up
 * all the other connections of a loop.
 */
#include "serve/response.h"

#include <assert.h>
#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

void response_init(struct response *r)
{
	*r = (struct response){ .fd = -1 };
}

void response_clear(struct response *r)
{
	if (r->fd >= 0)
		close(r->fd);
	strbuf_free(&r->text);
	response_init(r);
}

static void add(struct response *r, struct segment s)
{
	assert(r->count < RESPONSE_SEGMENTS_MAX);
	if (s.len == 0)
		return;
	if (r->count > 0)
		r->body_len += s.len;
	r->segments[r->count++] = s;
}

void response_add_text(struct response *r, uint64_t offset, uint64_t len)
{
	assert(offset + len <= r->text.len);
	add(r, (struct segment){ false, offset, len });
}

void response_add_file(struct response *r, uint64_t offset, uint64_t len)
{
	assert(r->fd >= 0);
	add(r, (struct segment){ true, offset, len });
}

/* Reads n bytes or fewer, but not none. */
static enum response_progress read_file(const struct response *r, bool may_wait, uint64_t offset,
					uint8_t *out, size_t n, size_t *got)
{
	struct iovec v = { out, n };
	ssize_t result;

	do
		result = preadv2(r->fd, &v, 1, (off_t)offset, may_wait ? 0 : RWF_NOWAIT);
	while (result < 0 && errno == EINTR);
	if (result > 0) {
		*got = (size_t)result;
		return RESPONSE_MORE;
	}
	/* EOPNOTSUPP: this file system cannot say; ENOSYS: neither can this kernel. */
	if (result < 0 && !may_wait && (errno == EAGAIN || errno == EOPNOTSUPP || errno == ENOSYS))
		return RESPONSE_WAIT;
	return RESPONSE_FAILED;
}

static enum response_progress read_segment(struct response *r, bool may_wait, uint8_t *out,
					   size_t cap, size_t *got)
{
	const struct segment *s = &r->segments[r->at];
	uint64_t left = s->len - r->done;
	size_t n = left < cap ? (size_t)left : cap;

	if (s->from_file)
		return read_file(r, may_wait, s->offset + r->done, out, n, got);
	bytes_copy(out, r->text.data + s->offset + r->done, n);
	*got = n;
	return RESPONSE_MORE;
}

enum response_progress response_read(struct response *r, bool may_wait, uint8_t *out, size_t cap,
				     size_t *len)
{
	*len = 0;
	while (r->at < r->count && *len < cap) {
		size_t got = 0;
		enum response_progress p = read_segment(r, may_wait, out + *len, cap - *len, &got);

		if (p != RESPONSE_MORE)
			return p;
		*len += got;
		r->done += got;
		if (r->done == r->segments[r->at].len) {
			r->at++;
			r->done = 0;
		}
	}
	return r->at < r->count ? RESPONSE_MORE : RESPONSE_END;
}
