/*
 * The record layer (RFC 9846, section 5; RFC 5246, 6.2.3.3). See record.h.
 *
 * A record is decrypted where it lies and encrypted straight from the caller's data into the
 * caller's output: nothing is allocated and nothing is copied twice. The inner content type is
 * handed to the cipher as a tail, so that plaintext and type need not stand together in memory.
 */
#include "tls/record.h"

void record_header_read(const uint8_t bytes[RECORD_HEADER_LEN], struct record_header *h)
{
	h->type = bytes[0];
	h->version = (uint16_t)(bytes[1] << 8 | bytes[2]);
	h->len = (size_t)bytes[3] << 8 | bytes[4];
}

static void record_header_write(uint8_t type, uint16_t version, size_t len,
				uint8_t out[RECORD_HEADER_LEN])
{
	out[0] = type;
	out[1] = (uint8_t)(version >> 8);
	out[2] = (uint8_t)version;
	out[3] = (uint8_t)(len >> 8);
	out[4] = (uint8_t)len;
}

/* 5.3: the sequence number, in network order and padded on the left, XOR the IV. */
static void record_nonce(const struct record_keys *k, uint8_t nonce[AEAD_NONCE_LEN])
{
	memcpy(nonce, k->iv, AEAD_NONCE_LEN);
	for (int i = 0; i < 8; i++)
		nonce[AEAD_NONCE_LEN - 1 - i] ^= (uint8_t)(k->seq >> (8 * i));
}

bool record_keys_set(struct record_keys *k, const struct suite *suite, const struct secret *secret,
		     struct ward_error *err)
{
	SECRET_AUTO struct secret key = { .len = AEAD_KEY_MAX };

	record_keys_clear(k);
	traffic_keys(suite, secret_span(secret), key.data, k->iv);
	k->aead = aead_new(suite->aead, key.data, err);
	return k->aead != NULL;
}

bool record_keys_set12(struct record_keys *k, const struct suite *suite, const uint8_t *key,
		       const uint8_t *iv, struct ward_error *err)
{
	size_t fixed = suite_fixed_iv_len(suite);

	record_keys_clear(k);
	k->is_12 = true;
	k->explicit_len = (uint8_t)(AEAD_NONCE_LEN - fixed);
	memcpy(k->iv, iv, fixed);
	k->aead = aead_new(suite->aead, key, err);
	return k->aead != NULL;
}

bool record_keys_update(struct record_keys *k, const struct suite *suite, uint8_t *secret,
			struct ward_error *err)
{
	SECRET_AUTO struct secret next = { .len = digest_len(suite->digest) };

	memcpy(next.data, secret, next.len);
	traffic_secret_update(suite->digest, &next);
	memcpy(secret, next.data, next.len);
	return record_keys_set(k, suite, &next, err);
}

void record_keys_clear(struct record_keys *k)
{
	aead_free(k->aead);
	secret_wipe_bytes(k, sizeof(*k));
}

/* 5.4: the content type is the last byte that is not zero; what follows it is padding. */
static bool record_strip_padding(const uint8_t *inner, size_t len, uint8_t *type,
				 struct span *content, struct ward_error *err)
{
	while (len > 0 && inner[len - 1] == 0)
		len--;
	if (len == 0)
		return FAIL(err, RECORD_NO_TYPE);
	*type = inner[len - 1];
	*content = span_make(inner, len - 1);
	return true;
}

/* RFC 5246, 6.2.3.3: the sequence number, type, version and length of the plaintext. */
enum { AAD12_LEN = 13 };

static void record_aad12(const struct record_keys *k, const uint8_t header[RECORD_HEADER_LEN],
			 size_t plain_len, uint8_t aad[AAD12_LEN])
{
	for (int i = 0; i < 8; i++)
		aad[i] = (uint8_t)(k->seq >> (56 - 8 * i));
	record_header_write(header[0], (uint16_t)(header[1] << 8 | header[2]), plain_len, aad + 8);
}

/* AES-GCM: what stands in the record, behind the part of the IV that is secret. */
static void record_nonce12(const struct record_keys *k, const uint8_t *sent,
			   uint8_t nonce[AEAD_NONCE_LEN])
{
	if (k->explicit_len == 0) {
		record_nonce(k, nonce);
		return;
	}
	memcpy(nonce, k->iv, AEAD_NONCE_LEN - k->explicit_len);
	memcpy(nonce + AEAD_NONCE_LEN - k->explicit_len, sent, k->explicit_len);
}

static bool record_open12(struct record_keys *k, uint8_t *record, size_t len, uint8_t *type,
			  struct span *content, struct ward_error *err)
{
	uint8_t nonce[AEAD_NONCE_LEN], aad[AAD12_LEN];
	uint8_t *body = record + RECORD_HEADER_LEN + k->explicit_len;
	size_t least = RECORD_HEADER_LEN + k->explicit_len + AEAD_TAG_LEN;

	if (len < least)
		return FAIL(err, BAD_RECORD_MAC);
	if (len - least > RECORD_PLAINTEXT_MAX)
		return FAIL(err, RECORD_OVERFLOW);
	record_nonce12(k, record + RECORD_HEADER_LEN, nonce);
	record_aad12(k, record, len - least, aad);
	if (!aead_open(k->aead, nonce, SPAN_ARRAY(aad), body, len - least + AEAD_TAG_LEN, err))
		return false;
	k->seq++;
	*type = record[0];
	*content = span_make(body, len - least);
	return true;
}

static bool record_seal12(struct record_keys *k, enum content_type type, struct span content,
			  uint8_t *out, struct ward_error *err)
{
	uint8_t nonce[AEAD_NONCE_LEN], aad[AAD12_LEN];
	uint8_t *body = out + RECORD_HEADER_LEN + k->explicit_len;

	record_header_write((uint8_t)type, 0x0303, content.len + k->explicit_len + AEAD_TAG_LEN,
			    out);
	record_aad12(k, out, content.len, aad);
	memcpy(out + RECORD_HEADER_LEN, aad, k->explicit_len);
	record_nonce12(k, aad, nonce);
	if (!aead_seal(k->aead, nonce, SPAN_ARRAY(aad), content, SPAN_EMPTY, body, err))
		return false;
	k->seq++;
	return true;
}

bool record_open(struct record_keys *k, uint8_t *record, size_t len, uint8_t *type,
		 struct span *content, struct ward_error *err)
{
	uint8_t nonce[AEAD_NONCE_LEN];
	size_t inner_len = len - RECORD_HEADER_LEN;

	if (k->seq == UINT64_MAX)
		return FAIL(err, SEQ_EXHAUSTED);
	if (inner_len > RECORD_CIPHERTEXT_MAX)
		return FAIL(err, RECORD_OVERFLOW);
	if (k->is_12)
		return record_open12(k, record, len, type, content, err);
	if (inner_len < AEAD_TAG_LEN)
		return FAIL(err, BAD_RECORD_MAC);
	record_nonce(k, nonce);
	if (!aead_open(k->aead, nonce, span_make(record, RECORD_HEADER_LEN),
		       record + RECORD_HEADER_LEN, inner_len, err))
		return false;
	k->seq++;
	inner_len -= AEAD_TAG_LEN;
	if (inner_len > RECORD_PLAINTEXT_MAX + 1)
		return FAIL(err, RECORD_OVERFLOW);
	return record_strip_padding(record + RECORD_HEADER_LEN, inner_len, type, content, err);
}

/* Padding is rare: the plaintext is then put together in the output and sealed where it is. */
static struct span record_pad(enum content_type type, struct span content, size_t padding,
			      uint8_t *out)
{
	bytes_copy(out, content.data, content.len);
	out[content.len] = (uint8_t)type;
	bytes_zero(out + content.len + 1, padding);
	return span_make(out, content.len + 1 + padding);
}

bool record_seal(struct record_keys *k, enum content_type type, struct span content, size_t padding,
		 uint8_t *out, struct ward_error *err)
{
	uint8_t nonce[AEAD_NONCE_LEN];
	uint8_t tail_byte = (uint8_t)type;
	struct span tail = { &tail_byte, 1 };
	uint8_t *body = out + RECORD_HEADER_LEN;

	if (k->seq == UINT64_MAX)
		return FAIL(err, SEQ_EXHAUSTED);
	if (k->is_12)
		return record_seal12(k, type, content, out, err);
	record_nonce(k, nonce);
	record_header_write(CT_APPLICATION_DATA, 0x0303, content.len + 1 + padding + AEAD_TAG_LEN,
			    out);
	if (padding > 0) {
		content = record_pad(type, content, padding, body);
		tail = SPAN_EMPTY;
	}
	if (!aead_seal(k->aead, nonce, span_make(out, RECORD_HEADER_LEN), content, tail, body, err))
		return false;
	k->seq++;
	return true;
}

void record_write_plain(enum content_type type, uint16_t version, struct span content, uint8_t *out)
{
	record_header_write((uint8_t)type, version, content.len, out);
	bytes_copy(out + RECORD_HEADER_LEN, content.data, content.len);
}
