/*
 * What stands in extensions, as text: general names, bytes, times, numbers.
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "cli/openssl/text.h"
#include "wire/der.h"
#include "x509/text.h"

void text_hex(FILE *out, struct span bytes, bool upper)
{
	for (size_t i = 0; i < bytes.len; i++)
		fprintf(out, upper ? "%s%02X" : "%s%02x", i == 0 ? "" : ":", bytes.data[i]);
}

void text_hex_lines(FILE *out, struct span bytes, int indent, int per_line)
{
	for (size_t i = 0; i < bytes.len; i++) {
		bool starts = i % (size_t)per_line == 0;
		bool last = i + 1 == bytes.len;

		if (starts)
			fprintf(out, "%*s", indent, "");
		fprintf(out, "%02x%s", bytes.data[i], last ? "" : ":");
		if (last || (i + 1) % (size_t)per_line == 0)
			fputc('\n', out);
	}
}

void text_string(FILE *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		uint8_t c = bytes.data[i];

		fputc((c < ' ' && c != '\n' && c != '\r') || c > '~' ? '.' : c, out);
	}
}

void text_time(FILE *out, int64_t seconds)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t t = (time_t)seconds;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL)
		return;
	fprintf(out, "%.3s %2d %02d:%02d:%02d %d GMT", months + 3 * tm.tm_mon, tm.tm_mday,
		tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_year + 1900);
}

void text_integer(FILE *out, struct span content)
{
	int64_t value = 0;

	if (content.len > 8) {
		fputs("0x", out);
		for (size_t i = content.data[0] == 0; i < content.len; i++)
			fprintf(out, "%02X", content.data[i]);
		return;
	}
	if (content.len > 0 && (content.data[0] & 0x80) != 0)
		value = -1;
	for (size_t i = 0; i < content.len; i++)
		value = (int64_t)((uint64_t)value << 8 | content.data[i]);
	fprintf(out, "%" PRId64, value);
}

/* ---- general names ---- */

static void put_ip(FILE *out, struct span ip)
{
	if (ip.len == 4) {
		fprintf(out, "%d.%d.%d.%d", ip.data[0], ip.data[1], ip.data[2], ip.data[3]);
	} else if (ip.len == 16) {
		for (size_t i = 0; i < 16; i += 2)
			fprintf(out, "%s%X", i == 0 ? "" : ":", ip.data[i] << 8 | ip.data[i + 1]);
	} else {
		fputs("<invalid>", out);
	}
}

/* Kinds of otherName that openssl knows by name. */
static const struct {
	struct span oid;
	const char *name;
} others[] = {
	{ { (const uint8_t *)"\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x03", 10 }, "UPN" },
	{ { (const uint8_t *)"\x2b\x06\x01\x05\x05\x07\x08\x09", 8 }, "SmtpUTF8Mailbox" },
	{ { (const uint8_t *)"\x2b\x06\x01\x05\x05\x07\x08\x05", 8 }, "XmppAddr" },
	{ { (const uint8_t *)"\x2b\x06\x01\x05\x05\x07\x08\x07", 8 }, "SRVName" },
	{ { (const uint8_t *)"\x2b\x06\x01\x05\x05\x07\x08\x08", 8 }, "NAIRealm" },
};

/* OtherName ::= SEQUENCE { type-id, value [0] EXPLICIT ANY }, under an implicit tag. */
static void put_other(FILE *out, struct span value)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(value, &err);
	struct span oid = der_element(&r, DER_OID);
	struct reader inner = der_open(&r, DER_CONTEXT_CONS(0));
	int tag = 0;
	struct span text = der_any(&inner, &tag);
	const char *name = NULL;

	if (reader_failed(&r))
		return;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (span_equal(oid, others[i].oid))
			name = others[i].name;
	if (name != NULL)
		fputs(name, out);
	else
		text_oid(out, oid);
	if (tag == DER_UTF8_STRING || tag == DER_IA5_STRING) {
		fputc(':', out);
		text_string(out, text);
	} else {
		fputs(":<unsupported>", out);
	}
}

void text_general_name(FILE *out, const struct general_name *n, bool slash)
{
	static const struct name_style with_slashes = { .separator = NAME_SLASH };

	switch (n->kind) {
	case WARD_SAN_OTHER:
		fputs(slash ? "othername: " : "othername:", out);
		put_other(out, n->value);
		break;
	case WARD_SAN_EMAIL:
		fputs("email:", out);
		text_string(out, n->value);
		break;
	case WARD_SAN_DNS:
		fputs("DNS:", out);
		text_string(out, n->value);
		break;
	case WARD_SAN_DIRECTORY:
		fputs("DirName:", out);
		text_name(out, n->value, slash ? &with_slashes : &name_style_oneline);
		break;
	case WARD_SAN_URI:
		fputs("URI:", out);
		text_string(out, n->value);
		break;
	case WARD_SAN_IP:
		fputs("IP Address:", out);
		put_ip(out, n->value);
		break;
	case 8:
		fputs("Registered ID:", out);
		text_oid(out, n->value);
		break;
	case 3:
		fputs("X400Name:<unsupported>", out);
		break;
	default:
		fputs("EdiPartyName:<unsupported>", out);
		break;
	}
}

bool text_general_names(FILE *out, struct reader *list)
{
	bool first = true;

	while (reader_more(list)) {
		struct general_name n = general_name_read(list);

		if (reader_failed(list))
			return false;
		fputs(first ? "" : ", ", out);
		text_general_name(out, &n, true);
		first = false;
	}
	if (first)
		fputs("<EMPTY>", out);
	return !reader_failed(list);
}

/* ---- bits ---- */

void text_bits(FILE *out, struct span bits, const char *const *names, size_t count)
{
	bool first = true;

	for (size_t i = 0; i < count && i / 8 < bits.len; i++) {
		if ((bits.data[i / 8] & 0x80 >> i % 8) == 0)
			continue;
		fprintf(out, "%s%s", first ? "" : ", ", names[i]);
		first = false;
	}
}

void text_iso_time(FILE *out, int64_t seconds)
{
	char text[32];
	struct text t = text_make(text, sizeof(text));

	text_put_time(&t, seconds);
	text[10] = ' '; /* where others have a T */
	fprintf(out, "%sZ", text);
}
