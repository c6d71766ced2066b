/*
 * Requests of HTTP/1 and all that is read of them: targets, ranges, dates, conditions. The same bytes
 * give the same requests however they are cut.
 */
#include "serve/conditional.h"
#include "serve/http_date.h"
#include "serve/http_request.h"
#include "serve/path.h"
#include "serve/range.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a request came to. */
struct outcome {
	enum request_progress progress;
	int status;
	size_t used;
	struct http_request *request;
};

static struct outcome feed(const uint8_t *data, size_t size, size_t step)
{
	struct outcome o = { REQUEST_MORE, 0, 0, http_request_new() };

	assert(o.request != NULL);
	while (o.used < size && (o.progress == REQUEST_MORE || o.progress == REQUEST_BODY)) {
		size_t n = size - o.used < step ? size - o.used : step, used = n + 1;

		o.progress = http_request_feed(o.request, span_make(data + o.used, n), &used);
		assert(used <= n);
		o.used += used;
	}
	o.status = o.progress == REQUEST_REFUSED ? o.request->status : 0;
	return o;
}

static void judge_path(struct span target)
{
	struct url_path path;
	int status = path_read(target, &path);

	assert(status == 0 || status == 400 || status == 414);
	if (status != 0)
		return;
	/* Whatever was asked for: no part goes up, none is empty, and it does not start at the top. */
	assert(path.name[0] != '/');
	for (const char *part = path.name; *part != '\0'; part += strcspn(part, "/")) {
		part += *part == '/' ? 1 : 0;
		assert(strcspn(part, "/") > 0);
		assert(strcspn(part, "/") != 2 || part[0] != '.' || part[1] != '.');
		assert(strcspn(part, "/") != 1 || part[0] != '.');
	}
}

static void judge_range(struct span value, uint64_t size)
{
	struct range parts[RANGES_MAX];
	uint64_t total = 0;
	size_t count;

	if (range_read(value, size, parts, &count) != RANGE_PARTS)
		return;
	assert(count > 0 && count <= RANGES_MAX);
	for (size_t i = 0; i < count; i++) {
		assert(parts[i].len > 0 && parts[i].offset < size);
		assert(parts[i].len <= size - parts[i].offset);
		total += parts[i].len;
		assert(total <= size);
	}
}

static void judge_request(const struct http_request *r)
{
	struct stat st = { .st_size = 1000, .st_mtim = { 784111777, 5 } };
	struct validator v = validator_make(&st);
	int status = conditional_judge(r, &v, 1790000000);

	assert(status == 0 || status == 304 || status == 412);
	(void)conditional_range(r, &v, 1790000000);
	judge_path(r->target);
	judge_range(r->range, 1000);
	judge_range(r->range, UINT64_MAX);
	judge_range(r->range, 0);
}

static void judge_date(struct span text)
{
	char buf[HTTP_DATE_LEN + 1];
	time_t when, again;

	if (!http_date_read(text, 1790000000, &when))
		return;
	if (when >= 0) {
		http_date_write(when, buf);
		assert(http_date_read(span_string(buf), 1790000000, &again) && again == when);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = span_make(data, size);
	size_t at = 0;

	judge_path(all);
	judge_range(all, 1000);
	judge_date(all);
	for (int i = 0; i < 16 && at < size; i++) {
		struct outcome a = feed(data + at, size - at, size);
		struct outcome b = feed(data + at, size - at, 1);

		assert(a.progress == b.progress && a.status == b.status);
		assert(a.progress != REQUEST_REFUSED || a.status >= 400);
		if (a.progress == REQUEST_DONE) {
			assert(a.used == b.used);
			assert(a.request->method == b.request->method);
			assert(span_equal(a.request->target, b.request->target));
			assert(a.request->keep_alive == b.request->keep_alive);
			judge_request(a.request);
		}
		at = a.progress == REQUEST_DONE ? at + a.used : size;
		http_request_free(a.request);
		http_request_free(b.request);
	}
	return 0;
}
