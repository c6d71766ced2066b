/*
 * Public keys without certificates. See raw_key.h.
 */
#include "x509/raw_key.h"

#include <stdlib.h>

#include "wire/pem.h"
#include "x509/algorithm.h"

/* What is asked of the key in a certificate is asked of this one. */
static bool check(struct span spki, struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;
	struct key_id id;

	key_id_parse(spki, &id, &fault);
	if (error_is_set(&fault))
		return FAILF(err, RAW_KEY_MALFORMED, "at byte %d of it", fault.offset);
	if (id.weak)
		return FAILF(err, KEY_TOO_SMALL, "%s of %u bits", id.name, id.bits);
	return id.type != KEY_NONE || FAILF(err, KEY_UNSUPPORTED, "%s", id.name);
}

/* What is left is wrong in the key's own bytes: a point off its curve, say. */
static bool is_of_the_key(enum ward_reason reason)
{
	return reason != WARD_E_KEY_UNSUPPORTED && reason != WARD_E_KEY_TOO_SMALL &&
	       reason != WARD_E_NO_MEMORY && reason != WARD_E_CRYPTO_FAILED;
}

static struct pubkey *prepare(struct span spki, struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;
	struct pubkey *key = pubkey_from_spki(spki, &fault);

	if (key == NULL && is_of_the_key(fault.reason))
		FAILF(err, RAW_KEY_MALFORMED, "%s", ward_reason_text(fault.reason));
	else if (key == NULL)
		error_pass(err, &fault);
	return key;
}

struct raw_key *raw_key_parse(struct span spki, struct ward_error *err)
{
	struct raw_key *k;

	if (!check(spki, err))
		return NULL;
	k = malloc(sizeof(*k) + spki.len);
	if (k == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	bytes_copy(k->bytes, spki.data, spki.len);
	k->spki = span_make(k->bytes, spki.len);
	k->pubkey = prepare(k->spki, err);
	if (k->pubkey == NULL) {
		free(k);
		return NULL;
	}
	digest_once(DIGEST_SHA256, k->spki, k->pin);
	return k;
}

void raw_key_free(struct raw_key *k)
{
	if (k == NULL)
		return;
	pubkey_free(k->pubkey);
	free(k);
}

char *pin_text(const uint8_t pin[32], char out[PIN_TEXT_LEN])
{
	struct span prefix = SPAN_LITERAL("sha256//");
	size_t len = prefix.len;

	bytes_copy((uint8_t *)out, prefix.data, prefix.len);
	len += base64_encode(out + len, span_make(pin, 32), false);
	out[len] = '\0';
	return out;
}

bool pin_among(const struct ward_pin *pins, size_t count, const uint8_t pin[32])
{
	for (size_t i = 0; i < count; i++)
		if (span_equal(SPAN_ARRAY(pins[i].sha256), span_make(pin, 32)))
			return true;
	return false;
}
