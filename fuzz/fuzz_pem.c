/*
 * PEM and base64 from outside. A block that is read is written as PEM that reads as the same block.
 */
#include <stdio.h>
#include <stdlib.h>

#include "wire/pem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "wrong: %s\n", what);
	abort();
}

static void check_block(const struct pem_block *block)
{
	char *text = pem_encode(block->label, span_make(block->der, block->der_len));
	struct span rest = span_string(text);
	struct ward_error err = ERROR_NONE;
	struct pem_block again;

	must(text != NULL && pem_detect(rest), "PEM that is not written");
	must(pem_next(&rest, &again, &err), "PEM that is not read again");
	must(strcmp(again.label, block->label) == 0 && !again.encrypted, "another label");
	must(span_equal(span_make(again.der, again.der_len), span_make(block->der, block->der_len)),
	     "other bytes");
	pem_block_clear(&again);
	must(!pem_next(&rest, &again, &err) && !error_is_set(&err), "a second block");
	free(text);
}

static void check_base64(struct span text, bool url)
{
	uint8_t *bytes = malloc(base64_decoded_max(text.len) + 1);
	struct ward_error err = ERROR_NONE;
	size_t len;
	char *again;
	uint8_t *twice;
	size_t twice_len;

	must(bytes != NULL, "memory");
	if (!base64_decode(bytes, &len, text, url, &err)) {
		must(error_is_set(&err), "a refusal without a reason");
		free(bytes);
		return;
	}
	must(len <= base64_decoded_max(text.len), "more bytes than there may be");
	again = malloc(base64_encoded_len(len) + 1);
	twice = malloc(base64_decoded_max(base64_encoded_len(len)) + 1);
	must(again != NULL && twice != NULL, "memory");
	must(base64_decode(twice, &twice_len,
			   span_make(again, base64_encode(again, span_make(bytes, len), url)), url,
			   NULL),
	     "base64 that is not read again");
	must(span_equal(span_make(bytes, len), span_make(twice, twice_len)), "other bytes");
	free(bytes);
	free(again);
	free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_make(data, size);
	struct ward_error err = ERROR_NONE;
	struct pem_block block;
	size_t left = size;

	check_base64(text, false);
	check_base64(text, true);
	while (pem_next(&text, &block, &err)) {
		must(text.len < left, "a block without length");
		left = text.len;
		check_block(&block);
		pem_block_clear(&block);
	}
	return 0;
}
