/*
 * What the fuzz targets of handshake messages share: a message's body goes through its parser; what
 * is accepted can be written again, and reads as the same when it comes back.
 */
#ifndef FUZZ_HANDSHAKE_H
#define FUZZ_HANDSHAKE_H

#include <stdio.h>
#include <stdlib.h>

#include "support/messages.h"
#include "tls/ext/table.h"

static inline void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

/* Takes out of `seen` what this side reads and never sends. */
static inline void drop_unwritable(struct extensions *e)
{
	for (size_t i = 0; e != NULL && i < ext_row_count; i++) {
		if (ext_rows[i].write == NULL)
			e->seen &= ~(UINT64_C(1) << i);
	}
}

/* A ServerHello of TLS 1.2 is read, and never written. */
static inline bool is_of_tls12(int type, const union any_message *m)
{
	return type == HT_SERVER_HELLO && !m->server_hello.is_retry &&
	       !ext_has(&m->server_hello.ext, EXT_SUPPORTED_VERSIONS);
}

static inline struct span write_again(int type, const union any_message *m, uint8_t *buf,
				      size_t cap)
{
	struct ward_error err = ERROR_NONE;
	struct writer w = writer_make(buf, cap, &err);

	message_write(&w, type, m);
	must(!error_is_set(&err), "what was read cannot be written");
	return span_make(w.buf + HANDSHAKE_HEADER_LEN, w.len - HANDSHAKE_HEADER_LEN);
}

/* A refusal says why, in which message and where. */
static inline void check_refusal(int type, size_t size, const struct ward_error *err)
{
	char text[512];

	must(err->reason != WARD_E_NONE, "refused without a reason");
	must(err->message == type, "the refusal names another message");
	must(err->offset >= HANDSHAKE_HEADER_LEN &&
		     (size_t)err->offset <= size + HANDSHAKE_HEADER_LEN,
	     "the refusal's place is outside the message");
	must(ward_reason_alert(err->reason) >= 0, "a peer's fault without an alert");
	(void)ward_error_text(err, text, sizeof(text));
}

static inline void fuzz_message(int type, const uint8_t *data, size_t size)
{
	struct ward_error err = ERROR_NONE;
	union any_message m, again;
	struct span first, second;
	size_t cap = size + 64;
	uint8_t *bufs;

	if (!message_read(type, span_make(data, size), &m, &err)) {
		check_refusal(type, size, &err);
		return;
	}
	must(!error_is_set(&err), "accepted with a reason");
	if (is_of_tls12(type, &m))
		return;
	bufs = malloc(2 * cap);
	must(bufs != NULL, "no memory");
	drop_unwritable(message_extensions(type, &m));
	first = write_again(type, &m, bufs, cap);
	must(message_read(type, first, &again, &err), "what was written cannot be read");
	second = write_again(type, &again, bufs + cap, cap);
	must(span_equal(first, second), "what was written reads as something else");
	free(bufs);
}

#endif
