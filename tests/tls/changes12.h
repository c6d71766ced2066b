/*
 * Changes to a message of TLS 1.2 on its way, as whoever stands between the peers can make them: each
 * puts what it likes on the wire to one end in place of the message.
 */
#ifndef TESTS_TLS_CHANGES12_H
#define TESTS_TLS_CHANGES12_H

#include <string.h>

#include "support/pair.h"
#include "tls/conn.h"
#include "tls/tls12/prf.h"

static void put(struct pipe_end *to, int content_type, struct span content)
{
	uint8_t *at = to->wire + to->wire_len;

	record_write_plain((enum content_type)content_type, 0x0303, content, at);
	to->wire_len += RECORD_HEADER_LEN + content.len;
}

static uint8_t scratch[1 << 17];

static struct span copy_of(struct span message)
{
	memcpy(scratch, message.data, message.len);
	return span_make(scratch, message.len);
}

static void set_length(size_t body)
{
	scratch[1] = (uint8_t)(body >> 16);
	scratch[2] = (uint8_t)(body >> 8);
	scratch[3] = (uint8_t)body;
}

static void drop(struct pipe_end *to, struct span m)
{
	(void)to;
	(void)m;
}

static void twice(struct pipe_end *to, struct span m)
{
	put(to, CT_HANDSHAKE, m);
	put(to, CT_HANDSHAKE, m);
}

static void cut(struct pipe_end *to, struct span m)
{
	(void)copy_of(m);
	set_length(m.len - HANDSHAKE_HEADER_LEN - 1);
	put(to, CT_HANDSHAKE, span_make(scratch, m.len - 1));
}

static void lengthen(struct pipe_end *to, struct span m)
{
	(void)copy_of(m);
	scratch[m.len] = 0;
	set_length(m.len - HANDSHAKE_HEADER_LEN + 1);
	put(to, CT_HANDSHAKE, span_make(scratch, m.len + 1));
}

static void flip_last(struct pipe_end *to, struct span m)
{
	(void)copy_of(m);
	scratch[m.len - 1] ^= 1;
	put(to, CT_HANDSHAKE, span_make(scratch, m.len));
}

static void ccs_before(struct pipe_end *to, struct span m)
{
	static const uint8_t one = 1;

	put(to, CT_CHANGE_CIPHER_SPEC, span_make(&one, 1));
	put(to, CT_HANDSHAKE, m);
}

/* Half of the message, then change_cipher_spec. */
static void ccs_within(struct pipe_end *to, struct span m)
{
	static const uint8_t one = 1;

	put(to, CT_HANDSHAKE, span_make(m.data, m.len / 2));
	put(to, CT_CHANGE_CIPHER_SPEC, span_make(&one, 1));
	put(to, CT_HANDSHAKE, span_make(m.data + m.len / 2, m.len - m.len / 2));
}

static void data_before(struct pipe_end *to, struct span m)
{
	put(to, CT_APPLICATION_DATA, SPAN_LITERAL("GET /"));
	put(to, CT_HANDSHAKE, m);
}

static void finished_instead(struct pipe_end *to, struct span m)
{
	static const uint8_t finished[4 + VERIFY_DATA_LEN] = { HT_FINISHED, 0, 0, VERIFY_DATA_LEN };

	(void)m;
	put(to, CT_HANDSHAKE, SPAN_ARRAY(finished));
}

static void follow_with_hello_request(struct pipe_end *to, struct span m)
{
	(void)copy_of(m);
	memset(scratch + m.len, 0, 4);
	put(to, CT_HANDSHAKE, span_make(scratch, m.len + 4));
}

/* ServerHello and ClientHello: the byte at a place behind the header. */
static void set_byte(struct pipe_end *to, struct span m, size_t at, uint8_t value)
{
	(void)copy_of(m);
	scratch[HANDSHAKE_HEADER_LEN + at] = value;
	put(to, CT_HANDSHAKE, span_make(scratch, m.len));
}

#endif
