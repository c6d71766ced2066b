/*
 * The values that extensions are made of, as text for a describe_sink (RFC 5280, 4.2.1.6 for names).
 */
#include "x509/tell.h"

#include <stdio.h>

#include "x509/ip.h"
#include "x509/name.h"
#include "x509/oid.h"
#include "x509/text.h"

struct reader tell_reader(const struct reader *r, struct span content)
{
	struct reader child = *r;

	child.pos = content.data;
	child.end = content.data + content.len;
	return child;
}

/* ---- values ---- */

void tell(const struct tell *d, const char *name, const char *value)
{
	d->sink->fact(d->sink->arg, name, value);
}

void tell_text(const struct tell *d, const char *name, struct span utf8)
{
	struct text t = text_make(d->buf, d->size);

	text_put_utf8(&t, utf8);
	tell(d, name, d->buf);
}

void tell_hex(const struct tell *d, const char *name, struct span bytes)
{
	struct text t = text_make(d->buf, d->size);

	text_put_hex(&t, bytes);
	tell(d, name, d->buf);
}

void tell_oid(const struct tell *d, const char *name, struct span oid)
{
	tell(d, name, oid_text(oid, d->buf, d->size));
}

void tell_number(const struct tell *d, const char *name, uint32_t number)
{
	char digits[16];

	snprintf(digits, sizeof(digits), "%u", number);
	tell(d, name, digits);
}

void tell_integer(const struct tell *d, const char *name, struct span number)
{
	uint32_t value = 0;

	if (number.len == 0 || number.len > 3 || number.data[0] >= 0x80) {
		tell_hex(d, name, number);
		return;
	}
	for (size_t i = 0; i < number.len; i++)
		value = value << 8 | number.data[i];
	tell_number(d, name, value);
}

/* "10.0.0.0/8" */
static void tell_network(const struct tell *d, const char *name, struct span range)
{
	struct text t = text_make(d->buf, d->size);
	char address[IP_TEXT_MAX];
	char bits[16]; /* any int, so that no compiler need know that it is 128 at most */
	int count = 0;

	for (size_t i = range.len / 2; i < range.len; i++)
		count += __builtin_popcount(range.data[i]);
	snprintf(bits, sizeof(bits), "/%d", count);
	text_put(&t, ip_text(span_make(range.data, range.len / 2), address, sizeof(address)));
	text_put(&t, bits);
	tell(d, name, d->buf);
}

void tell_time(const struct tell *d, const char *name, int tag, struct reader *r)
{
	uint8_t whole[17] = { DER_GENERALIZED_TIME, 15 };
	struct span content;
	struct reader time;
	struct text t;
	int64_t seconds;

	if (!der_optional(r, tag, &content))
		return;
	whole[1] = content.len == 15 ? 15 : 0; /* which is no time */
	bytes_copy(whole + 2, content.data, whole[1]);
	time = tell_reader(r, SPAN_ARRAY(whole));
	seconds = der_time(&time);
	if (reader_failed(r))
		return;
	t = text_make(d->buf, d->size);
	text_put_time(&t, seconds);
	text_put_char(&t, 'Z');
	tell(d, name, d->buf);
}

/* ---- GeneralName ---- */

static const char *const name_kinds[] = {
	"other", "email", "dns", "x400", "directory", "ediParty", "uri", "ip", "registeredID",
};

void tell_name_value(const struct tell *d, const char *name, struct general_name n)
{
	switch (n.kind) {
	case WARD_SAN_EMAIL:
	case WARD_SAN_DNS:
	case WARD_SAN_URI:
		tell_text(d, name, n.value);
		break;
	case WARD_SAN_DIRECTORY:
		tell(d, name, name_text(n.value, d->buf, d->size));
		break;
	case WARD_SAN_IP:
		tell(d, name, ip_text(n.value, d->buf, d->size));
		break;
	case 8:
		tell_oid(d, name, n.value);
		break;
	default:
		tell_hex(d, name, n.value);
		break;
	}
}

/*
 * OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY }: under the name of its
 * type, as text if that is what it holds. What is no OtherName is shown as it is.
 */
static void tell_other_name(const struct tell *d, const char *prefix, struct span value)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(value, &own);
	struct span oid = der_element(&r, DER_OID);
	struct reader content = der_open(&r, DER_CONTEXT_CONS(0));
	struct name_attribute text = { 0 };
	char type[96], name[160];

	text.whole = span_make(content.pos, reader_left(&content));
	text.value = der_any(&content, &text.tag);
	reader_close(&content);
	snprintf(name, sizeof(name), "%sother", prefix);
	if (!reader_close(&r)) {
		tell_hex(d, name, value);
		return;
	}
	snprintf(name, sizeof(name), "%sother %s", prefix, oid_text(oid, type, sizeof(type)));
	if (text.tag == DER_UTF8_STRING || text.tag == DER_IA5_STRING)
		tell_text(d, name, text.value);
	else
		tell_hex(d, name, text.whole);
}

static void tell_name(const struct tell *d, const char *prefix, struct reader *r)
{
	struct general_name n = general_name_read(r);
	char name[32];

	if (reader_failed(r))
		return;
	if (n.kind == WARD_SAN_OTHER) {
		tell_other_name(d, prefix, n.value);
		return;
	}
	snprintf(name, sizeof(name), "%s%s", prefix, name_kinds[n.kind]);
	tell_name_value(d, name, n);
}

void tell_subtree(const struct tell *d, const char *prefix, struct general_name base)
{
	char name[32];

	snprintf(name, sizeof(name), "%s%s", prefix, name_kinds[base.kind]);
	if (base.kind == WARD_SAN_IP)
		tell_network(d, name, base.value);
	else
		tell_name_value(d, name, base);
}

void tell_names(const struct tell *d, const char *prefix, struct reader *list)
{
	while (reader_more(list))
		tell_name(d, prefix, list);
}

void tell_bits(const struct tell *d, const char *name, struct span bits, const char *const *names,
	       size_t count)
{
	for (size_t i = 0; i < count && i / 8 < bits.len; i++)
		if ((bits.data[i / 8] & 0x80 >> i % 8) != 0)
			tell(d, name, names[i]);
}
