/*
 * Configuration files in openssl's form: what is read of one is within its bounds, and each of its
 * entries is tried as an extension, each of its sections as a name. What comes of an extension's text
 * is an Extension in DER; of a name's, a Name.
 */
#include "cli/openssl/ext_text.h"

#include <assert.h>
#include <stdlib.h>

#include "x509/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An Ed25519 key, and CN=a. */
#define SPKI                                                                                       \
	SPAN_LITERAL("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"                            \
		     "0123456789abcdef0123456789abcdef")
#define SUBJECT SPAN_LITERAL("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\x61")

enum { INPUT_MAX = 4096, ENTRIES_MAX = 64 };

static void try_extension(struct ext_list *list, const struct ext_source *source,
			  const struct conf_entry *e)
{
	struct ward_error err = ERROR_NONE;
	bool ok = ext_list_add(list, source, e->name, e->value, &err);

	assert(ok == !error_is_set(&err));
	for (size_t i = 0; i < list->count; i++)
		assert(list->items[i].der[0] == DER_SEQUENCE);
}

static void try_name(const struct conf *conf, const char *section)
{
	static uint8_t buf[65536];
	struct ward_error err = ERROR_NONE;
	struct writer w = writer_make(buf, sizeof(buf), &err);

	if (conf_write_name(&w, conf, section, &err) && writer_ok(&w))
		name_check(writer_span(&w), &err);
	assert(!error_is_set(&err) || err.reason == WARD_E_BAD_ARGUMENT ||
	       err.reason == WARD_E_NO_SPACE || err.reason == WARD_E_BAD_VALUE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf conf;
	struct conf_fault fault;
	struct ext_list list = { .count = 0 };
	struct ext_source source = {
		.conf = &conf, .subject = SUBJECT, .spki = SPKI, .serial = SPAN_LITERAL("\x80")
	};

	if (size > INPUT_MAX)
		return 0;
	if (conf_parse(&conf, span_make(data, size), &fault)) {
		for (size_t i = 0; i < conf.count && i < ENTRIES_MAX; i++) {
			source.is_request = i % 2 == 1;
			if (conf.entries[i].name[0] != '\0')
				try_extension(&list, &source, &conf.entries[i]);
			else
				try_name(&conf, conf.entries[i].section);
		}
	} else {
		assert(fault.text[0] != '\0');
	}
	assert(conf.kept <= CONF_TEXT_MAX);
	ext_list_clear(&list);
	conf_clear(&conf);
	return 0;
}
