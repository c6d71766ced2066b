/*
 * An extension from outside, told piece by piece: the first byte says which one, the rest is its
 * value. Nothing that harms a terminal may come out, and no fact without a name.
 */
#include <stdlib.h>
#include <string.h>

#include "x509/describe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct span oids[] = {
	SPAN_LITERAL("\x55\x1d\x0e"),
	SPAN_LITERAL("\x55\x1d\x0f"),
	SPAN_LITERAL("\x55\x1d\x11"),
	SPAN_LITERAL("\x55\x1d\x13"),
	SPAN_LITERAL("\x55\x1d\x1e"),
	SPAN_LITERAL("\x55\x1d\x1f"),
	SPAN_LITERAL("\x55\x1d\x20"),
	SPAN_LITERAL("\x55\x1d\x21"),
	SPAN_LITERAL("\x55\x1d\x23"),
	SPAN_LITERAL("\x55\x1d\x24"),
	SPAN_LITERAL("\x55\x1d\x25"),
	SPAN_LITERAL("\x55\x1d\x36"),
	SPAN_LITERAL("\x2b\x06\x01\x05\x05\x07\x01\x01"),
	SPAN_LITERAL("\x2b\x06\x01\x05\x05\x07\x01\x03"),
	SPAN_LITERAL("\x2b\x06\x01\x05\x05\x07\x01\x18"),
	SPAN_LITERAL("\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02"),
	SPAN_LITERAL("\x60\x86\x48\x01\x86\xf8\x42\x01\x0d"),
	SPAN_LITERAL("\x2a\x03\x04"),
};

static void check_text(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			abort();
}

static void on_extension(void *arg, const char *name, const char *oid, bool critical)
{
	(void)arg;
	(void)critical;
	check_text(name);
	check_text(oid);
}

static void on_fact(void *arg, const char *name, const char *value)
{
	size_t *chars = arg;

	if (name[0] == '\0')
		abort();
	check_text(name);
	check_text(value);
	*chars += strlen(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t chars = 0;
	struct describe_sink sink = { on_extension, on_fact, &chars };
	struct ward_cert *cert;

	if (size == 0)
		return 0;
	if (!describe_extension_value(oids[data[0] % (sizeof(oids) / sizeof(oids[0]))],
				      span_make(data + 1, size - 1), &sink, NULL))
		abort();
	/* A byte is told as eight characters at most, but for numbers and names of its own. */
	if (chars > 40 * size + 1000)
		abort();
	cert = ward_cert_parse(data, size, NULL);
	if (cert != NULL && !describe_extensions(cert, &sink, NULL))
		abort();
	ward_cert_free(cert);
	return 0;
}
