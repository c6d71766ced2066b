/*
 * Keys as text. Bytes stand in lines of fifteen; a number whose first bit is set gets a zero byte in
 * front, as it has in DER. Numbers of up to eight bytes are written in decimal and hex.
 */
#include "cli/openssl/key_text.h"

#include <inttypes.h>

enum { BYTES_A_LINE = 15, BYTES_INDENT = 4, NUMBER_BYTES = 8 };

static const struct curve_name {
	enum key_type type;
	const char *oid, *nist;
} curves[] = {
	{ KEY_P256, "prime256v1", "P-256" },
	{ KEY_P384, "secp384r1", "P-384" },
	{ KEY_P521, "secp521r1", "P-521" },
};

static const struct curve_name *find_curve(enum key_type type)
{
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (curves[i].type == type)
			return &curves[i];
	return NULL;
}

const char *key_text_curve(enum key_type type)
{
	const struct curve_name *curve = find_curve(type);

	return curve == NULL ? NULL : curve->oid;
}

static struct span part(const struct key_parts *parts, enum key_part which)
{
	return span_make(parts->part[which].data, parts->part[which].len);
}

/* ---- bytes and numbers ---- */

static void print_bytes(FILE *out, const char *label, struct span bytes, bool zero_first,
			int indent)
{
	size_t extra = zero_first ? 1 : 0;

	fprintf(out, "%*s%s\n", indent, "", label);
	for (size_t i = 0; i < bytes.len + extra; i++) {
		bool last = i + 1 == bytes.len + extra;
		unsigned int byte = i < extra ? 0 : bytes.data[i - extra];

		if (i % BYTES_A_LINE == 0)
			fprintf(out, "%*s", indent + BYTES_INDENT, "");
		fprintf(out, "%02x%s", byte, last ? "" : ":");
		if (last || (i + 1) % BYTES_A_LINE == 0)
			fprintf(out, "\n");
	}
}

static void print_number(FILE *out, const char *label, struct span number, int indent)
{
	uint64_t small = 0;

	if (number.len > NUMBER_BYTES) {
		print_bytes(out, label, number, (number.data[0] & 0x80) != 0, indent);
		return;
	}
	for (size_t i = 0; i < number.len; i++)
		small = small << 8 | number.data[i];
	fprintf(out, "%*s%s %" PRIu64 " (0x%" PRIx64 ")\n", indent, "", label, small, small);
}

/* ---- keys ---- */

static void print_rsa_private(FILE *out, const struct key_parts *parts, int indent)
{
	static const char *const labels[KEY_PARTS] = {
		[KEY_PART_MODULUS] = "modulus:",
		[KEY_PART_PUBLIC_EXPONENT] = "publicExponent:",
		[KEY_PART_PRIVATE_EXPONENT] = "privateExponent:",
		[KEY_PART_PRIME1] = "prime1:",
		[KEY_PART_PRIME2] = "prime2:",
		[KEY_PART_EXPONENT1] = "exponent1:",
		[KEY_PART_EXPONENT2] = "exponent2:",
		[KEY_PART_COEFFICIENT] = "coefficient:",
	};

	fprintf(out, "%*sPrivate-Key: (%u bit, 2 primes)\n", indent, "", parts->bits);
	for (int i = KEY_PART_MODULUS; i < KEY_PARTS; i++)
		print_number(out, labels[i], part(parts, (enum key_part)i), indent);
}

static void print_rsa_public(FILE *out, const struct key_parts *parts, int indent)
{
	fprintf(out, "%*sPublic-Key: (%u bit)\n", indent, "", parts->bits);
	print_number(out, "Modulus:", part(parts, KEY_PART_MODULUS), indent);
	print_number(out, "Exponent:", part(parts, KEY_PART_PUBLIC_EXPONENT), indent);
}

static void print_ec(FILE *out, const struct key_parts *parts, const struct curve_name *curve,
		     bool private, int indent)
{
	fprintf(out, "%*s%s-Key: (%u bit)\n", indent, "", private ? "Private" : "Public",
		parts->bits);
	if (private)
		print_bytes(out, "priv:", part(parts, KEY_PART_PRIVATE), false, indent);
	print_bytes(out, "pub:", part(parts, KEY_PART_PUBLIC), false, indent);
	fprintf(out, "%*sASN1 OID: %s\n", indent, "", curve->oid);
	fprintf(out, "%*sNIST CURVE: %s\n", indent, "", curve->nist);
}

static void print_ed25519(FILE *out, const struct key_parts *parts, bool private, int indent)
{
	fprintf(out, "%*sED25519 %s-Key:\n", indent, "", private ? "Private" : "Public");
	if (private)
		print_bytes(out, "priv:", part(parts, KEY_PART_PRIVATE), false, indent);
	print_bytes(out, "pub:", part(parts, KEY_PART_PUBLIC), false, indent);
}

static void print_key(FILE *out, const struct key_parts *parts, bool private, int indent)
{
	const struct curve_name *curve = find_curve(parts->type);

	if (curve != NULL)
		print_ec(out, parts, curve, private, indent);
	else if (parts->type == KEY_ED25519)
		print_ed25519(out, parts, private, indent);
	else if (private)
		print_rsa_private(out, parts, indent);
	else
		print_rsa_public(out, parts, indent);
}

void key_text_private(FILE *out, const struct key_parts *parts, int indent)
{
	print_key(out, parts, true, indent);
}

void key_text_public(FILE *out, const struct key_parts *parts, int indent)
{
	print_key(out, parts, false, indent);
}
