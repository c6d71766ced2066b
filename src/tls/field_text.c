/*
 * Values of a message's fields in words: "x25519 (0x001d)", "\"example.org\"", "256".
 */
#include "tls/field_text.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/name.h"
#include "tls/msg/msg.h"
#include "tls/names.h"

static const char *handshake_type_name(uint16_t type)
{
	return name_message(type);
}

static const char *extension_type_name(uint16_t type)
{
	return is_grease(type) ? "GREASE" : name_extension(type);
}

/* The numbers that have names; those of registries with two bytes are known by their hex digits. */
static const struct {
	const char *(*name)(uint16_t number);
	bool hex;
} number_texts[] = {
	[TEXT_CERTIFICATE_COMPRESSION] = { names_certificate_compression, false },
	[TEXT_CERTIFICATE_TYPE] = { names_certificate_type, false },
	[TEXT_CERTIFICATE_TYPE12] = { names_client_certificate_type, false },
	[TEXT_CIPHER_SUITE] = { names_cipher_suite, true },
	[TEXT_CURVE_TYPE] = { names_curve_type, false },
	[TEXT_EXTENSION_TYPE] = { extension_type_name, false },
	[TEXT_GROUP] = { names_group, true },
	[TEXT_HANDSHAKE_TYPE] = { handshake_type_name, false },
	[TEXT_KEY_UPDATE_REQUEST] = { names_key_update_request, false },
	[TEXT_MAX_FRAGMENT_LENGTH] = { names_max_fragment_length, false },
	[TEXT_NAME_TYPE] = { names_name_type, false },
	[TEXT_POINT_FORMAT] = { names_point_format, false },
	[TEXT_PSK_KEY_EXCHANGE_MODE] = { names_psk_key_exchange_mode, false },
	[TEXT_SIGNATURE_SCHEME] = { names_signature_scheme, true },
	[TEXT_STATUS_TYPE] = { names_status_type, false },
	[TEXT_VERSION] = { names_version, true },
};

static uint64_t number_of(struct span bytes)
{
	uint64_t v = 0;

	for (size_t i = 0; i < bytes.len; i++)
		v = v << 8 | bytes.data[i];
	return v;
}

static void write_number(enum shape_text text, struct span bytes, char *out)
{
	unsigned int n = (unsigned int)number_of(bytes);
	const char *name = number_texts[text].name((uint16_t)n);
	bool hex = number_texts[text].hex;

	if (name != NULL)
		snprintf(out, FIELD_TEXT_MAX, hex ? "%s (0x%04x)" : "%s (%u)", name, n);
	else
		snprintf(out, FIELD_TEXT_MAX, hex ? "0x%04x" : "%u", n);
}

/* In quotes, what is not printable ASCII escaped; cut with dots when it is too long. */
static void write_string(struct span s, char *out)
{
	size_t len = 0;
	size_t i;

	out[len++] = '"';
	for (i = 0; i < s.len && len + sizeof("\\x00...\"") <= FIELD_TEXT_MAX; i++) {
		unsigned int c = s.data[i];
		bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';

		len += (size_t)snprintf(out + len, FIELD_TEXT_MAX - len, plain ? "%c" : "\\x%02x",
					c);
	}
	snprintf(out + len, FIELD_TEXT_MAX - len, i == s.len ? "\"" : "...\"");
}

/* RFC 9846, 4.2.3: the two things that a server says with it. */
static void write_random(struct span random, char *out)
{
	static const uint8_t mark[7] = { 0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44 };
	const uint8_t *tail = random.data + random.len - 8;

	if (span_equal(random, SPAN_ARRAY(server_hello_retry_random)))
		snprintf(out, FIELD_TEXT_MAX, "HelloRetryRequest");
	else if (span_equal(span_make(tail, 7), SPAN_ARRAY(mark)) && tail[7] <= 1)
		snprintf(out, FIELD_TEXT_MAX, "ends with the downgrade mark");
}

void field_text(enum shape_text text, struct span bytes, char out[FIELD_TEXT_MAX])
{
	out[0] = '\0';
	if (text == TEXT_DECIMAL)
		snprintf(out, FIELD_TEXT_MAX, "%" PRIu64, number_of(bytes));
	else if (text == TEXT_STRING)
		write_string(bytes, out);
	else if (text == TEXT_RANDOM)
		write_random(bytes, out);
	else if (text != TEXT_NONE)
		write_number(text, bytes, out);
}
