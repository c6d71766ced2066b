/*
 * Certificate (RFC 9846, 4.5.1): a message's body from outside. See handshake.h. The same in the form
 * that a raw public key has in TLS 1.2 (RFC 7250, 3).
 */
#include "handshake.h"
#include "tls/tls12/msg12.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_raw_key12(struct span body)
{
	struct ward_error err = ERROR_NONE;
	struct certificate c;
	uint8_t *again;
	struct writer w;

	if (!raw_key12_parse(body, &c, &err)) {
		check_refusal(HT_CERTIFICATE, body.len, &err);
		return;
	}
	again = malloc(HANDSHAKE_HEADER_LEN + body.len);
	must(again != NULL, "no memory");
	w = writer_make(again, HANDSHAKE_HEADER_LEN + body.len, &err);
	raw_key12_write(&w, &c);
	must(writer_ok(&w) && w.len == HANDSHAKE_HEADER_LEN + body.len &&
		     span_equal(span_make(again + HANDSHAKE_HEADER_LEN, body.len), body),
	     "a raw key that is written as something else");
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_message(HT_CERTIFICATE, data, size);
	fuzz_raw_key12(span_make(data, size));
	return 0;
}
