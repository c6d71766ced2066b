/*
 * The walk through a message field by field: a whole message, header included. Every byte is told
 * by exactly one field that has none nested in it, in order, and texts are printable.
 */
#include <ward/tls.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct cover {
	size_t told; /* up to here by fields that are known to have none nested */
	struct ward_field last;
	bool any, malformed;
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static void note(void *arg, const struct ward_field *f)
{
	struct cover *c = arg;

	must(!c->malformed, "a field behind the malformed rest");
	must(f->depth >= 0 && f->depth <= (c->any ? c->last.depth + 1 : 0), "a level is left out");
	if (c->any && f->depth <= c->last.depth)
		c->told = c->last.offset + c->last.len;
	must(f->offset == c->told, "a gap, or bytes told twice");
	for (const char *s = f->value; *s != '\0'; s++)
		must(*s >= 0x20 && *s < 0x7f, "a value that cannot be printed");
	must(strlen(f->value) < 288, "a value that is too long");
	c->malformed = strcmp(f->name, "malformed") == 0;
	c->last = *f;
	c->any = true;
}

static void check_version(int version, const uint8_t *data, size_t size)
{
	struct cover c = { 0 };
	bool ok = ward_message_fields_of(version, data, size, note, &c);

	must(ok == !c.malformed, "the result and the last field disagree");
	must(c.any && c.last.offset + c.last.len == size, "the end is not told");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_version(WARD_TLS_1_2, data, size);
	check_version(WARD_TLS_1_3, data, size);
	return 0;
}
