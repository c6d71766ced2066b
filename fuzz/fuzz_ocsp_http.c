/*
 * What a client sends to an OCSP responder: HTTP whole and byte by byte gives the same request, and
 * the request of OCSP in it is parsed. The first byte says how long the prefix of the path is.
 */
#include <assert.h>
#include <stdlib.h>

#include <ward/revocation.h>

#include "ca/ocsp_http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
	enum request_progress progress;
	int status;
	uint8_t der[OCSP_HTTP_BODY_MAX];
	size_t len;
};

/* At most `step` bytes at a time. */
static void serve(struct span rest, size_t step, const char *prefix, struct outcome *o)
{
	static uint8_t body[OCSP_HTTP_BODY_MAX];
	struct http_request *r = http_request_new();

	assert(r != NULL);
	r->body = body;
	r->body_cap = sizeof(body);
	o->progress = REQUEST_MORE;
	while (rest.len > 0 && o->progress != REQUEST_DONE && o->progress != REQUEST_REFUSED) {
		size_t used = 0;

		o->progress = http_request_feed(
			r, span_make(rest.data, rest.len < step ? rest.len : step), &used);
		rest = span_make(rest.data + used, rest.len - used);
	}
	o->len = 0;
	o->status = r->status;
	if (o->progress == REQUEST_DONE)
		o->status = ocsp_http_read(r, prefix, o->der, &o->len);
	http_request_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const prefixes[] = { "/", "/ca/one", "//a", "" };
	static struct outcome whole, bytes;
	const char *prefix;
	struct ward_ocsp_request *request;

	if (size == 0)
		return 0;
	prefix = prefixes[data[0] % 4];
	serve(span_make(data + 1, size - 1), SIZE_MAX, prefix, &whole);
	serve(span_make(data + 1, size - 1), 1, prefix, &bytes);
	if (whole.progress == REQUEST_DONE) {
		assert(bytes.progress == REQUEST_DONE && whole.status == bytes.status);
		assert(span_equal(span_make(whole.der, whole.len),
				  span_make(bytes.der, bytes.len)));
		request = ward_ocsp_request_parse(whole.der, whole.len, NULL);
		ward_ocsp_request_free(request);
	}
	return 0;
}
