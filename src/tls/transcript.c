/*
 * The transcript hash (RFC 9846, section 4.1). See transcript.h.
 */
#include "tls/transcript.h"

#include <assert.h>

#include "tls/msg/msg.h"

void transcript_start(struct transcript *t, enum digest_alg alg)
{
	assert(t->digest.alg == DIGEST_NONE);
	digest_start(&t->digest, alg);
	digest_update(&t->digest, t->held);
	t->held = SPAN_EMPTY;
}

void transcript_add(struct transcript *t, struct span message)
{
	if (t->digest.alg != DIGEST_NONE) {
		digest_update(&t->digest, message);
		return;
	}
	assert(t->held.len == 0);
	t->held = message;
}

void transcript_restart(struct transcript *t)
{
	struct transcript_hash hello1;
	uint8_t header[HANDSHAKE_HEADER_LEN];

	transcript_peek(t, &hello1);
	header[0] = HT_MESSAGE_HASH;
	header[1] = 0;
	header[2] = 0;
	header[3] = (uint8_t)hello1.len;
	digest_start(&t->digest, t->digest.alg);
	digest_update(&t->digest, SPAN_ARRAY(header));
	digest_update(&t->digest, transcript_hash_span(&hello1));
}

void transcript_peek(const struct transcript *t, struct transcript_hash *out)
{
	assert(t->digest.alg != DIGEST_NONE);
	out->len = digest_len(t->digest.alg);
	digest_peek(&t->digest, out->data);
}
