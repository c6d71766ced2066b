/*
 * Extensions as `ward openssl x509 -text` shows them: the bytes are Extension elements, one behind the
 * other, and their first is also a Name. Whatever they are, the text has no bytes that could harm a
 * terminal but those of strings that are in it, and it ends.
 */
#include "cli/openssl/text.h"

#include <assert.h>
#include <stdlib.h>

#include "x509/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct name_style styles[] = {
	{ .separator = NAME_COMMA_SPACE, .escape_ctrl = true },
	{ .separator = NAME_COMMA, .reverse = true, .escape_2253 = true, .escape_msb = true },
	{ .separator = NAME_LINES, .labels = NAME_LONG, .align = true, .code_points = true },
	{ .separator = NAME_SLASH },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = span_make(data, size);
	struct ward_error err = ERROR_NONE;
	char *text = NULL;
	size_t len = 0;
	FILE *out;

	if (size > 4096)
		return 0;
	out = open_memstream(&text, &len);
	assert(out != NULL);
	text_extensions(out, bytes, 8, NULL);
	name_check(bytes, &err);
	for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]) && !error_is_set(&err); i++)
		text_name(out, bytes, &styles[i]);
	text_signature_algorithm(out, bytes, 4);
	text_public_key(out, bytes, 8);
	(void)fclose(out);
	assert(len < 4096 + 64 * size);
	free(text);
	return 0;
}
