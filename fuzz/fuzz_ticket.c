/*
 * What comes from outside in resumption: a ticket's bytes out of a file, a ticket that a client
 * offers, and exported keys. The first byte says which.
 */
#include <stdlib.h>

#include "tls/resumption.h"
#include "tls/ticket_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read is written back as it was. */
static void fuzz_bytes(const uint8_t *data, size_t size)
{
	struct ward_error err = { 0 };
	struct ward_ticket *t = ward_ticket_parse(data, size, &err);
	struct writer w;
	uint8_t *again;

	if (t == NULL) {
		if (err.reason != WARD_E_BAD_TICKET)
			abort();
		return;
	}
	again = malloc(size);
	if (again == NULL)
		abort();
	w = writer_make(again, size, &err);
	resumption_write(&w, &t->content);
	if (!writer_ok(&w) || resumption_size(&t->content) != size ||
	    !span_equal(writer_span(&w), span_make(data, size)))
		abort();
	free(again);
	ward_ticket_free(t);
}

/* No bytes but the ring's own open; so a ticket of its own is changed by the input. */
static void fuzz_open(const uint8_t *data, size_t size)
{
	struct ward_error err = { 0 };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &err);
	static const uint8_t zeros[64];
	uint8_t sealed[TICKET_OVERHEAD + sizeof(zeros)];
	struct span content;
	bool changed = false;

	if (keys == NULL || !ticket_seal(keys, 1000, SPAN_ARRAY(zeros), sealed, &err))
		abort();
	for (size_t i = 0; i < size; i++) {
		sealed[i % sizeof(sealed)] ^= data[i];
		changed = changed || data[i] != 0;
	}
	if (!changed && !ticket_open(keys, 1000, sealed, sizeof(sealed), &content))
		abort();
	if (changed)
		(void)ticket_open(keys, 1000, sealed, sizeof(sealed), &content);
	ward_ticket_keys_free(keys);
}

static void fuzz_import(const uint8_t *data, size_t size)
{
	struct ward_error err = { 0 };
	struct ward_ticket_keys *keys = ward_ticket_keys_new(0, &err);
	uint8_t sealed[TICKET_OVERHEAD + 1];
	struct span content;

	if (keys == NULL)
		abort();
	if (!ward_ticket_keys_import(keys, data, size, &err) &&
	    err.reason != WARD_E_BAD_TICKET_KEYS)
		abort();
	if (!ticket_seal(keys, 1000, SPAN_LITERAL("x"), sealed, &err) ||
	    !ticket_open(keys, 1000, sealed, sizeof(sealed), &content))
		abort();
	ward_ticket_keys_free(keys);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] % 3 == 0)
		fuzz_bytes(data + 1, size - 1);
	else if (data[0] % 3 == 1)
		fuzz_open(data + 1, size - 1);
	else
		fuzz_import(data + 1, size - 1);
	return 0;
}
