/*
 * Lists of extensions, and which text belongs to which type.
 */
#include "cli/openssl/ext_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/crypto.h"
#include "x509/oid.h"

static const struct row {
	struct span oid;
	ext_writer *write;
} rows[] = {
	{ OID("\x55\x1d\x13"), ext_basic_constraints },
	{ OID("\x55\x1d\x0f"), ext_key_usage },
	{ OID("\x55\x1d\x25"), ext_purposes },
	{ OID("\x55\x1d\x0e"), ext_subject_key },
	{ OID("\x55\x1d\x23"), ext_authority_key },
	{ OID("\x55\x1d\x11"), ext_alt_names },
	{ OID("\x55\x1d\x12"), ext_alt_names },
	{ OID("\x55\x1d\x1e"), ext_name_constraints },
	{ OID("\x55\x1d\x1f"), ext_crl_points },
	{ OID("\x55\x1d\x2e"), ext_crl_points },
	{ OID("\x2b\x06\x01\x05\x05\x07\x01\x01"), ext_access },
	{ OID("\x2b\x06\x01\x05\x05\x07\x01\x0b"), ext_access },
	{ OID("\x55\x1d\x20"), ext_policies },
	{ OID("\x55\x1d\x24"), ext_policy_limits },
	{ OID("\x55\x1d\x36"), ext_inhibit_any },
	{ OID("\x2b\x06\x01\x05\x05\x07\x01\x18"), ext_tls_feature },
	{ OID("\x2b\x06\x01\x05\x05\x07\x30\x01\x05"), ext_null },
	{ OID("\x60\x86\x48\x01\x86\xf8\x42\x01\x01"), ext_ns_type },
	{ OID("\x60\x86\x48\x01\x86\xf8\x42\x01\x0d"), ext_ia5 },
};

/* ---- the list ---- */

void ext_list_clear(struct ext_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].der);
	*list = (struct ext_list){ .count = 0 };
}

static size_t find(const struct ext_list *list, struct span oid)
{
	size_t i = 0;

	while (i < list->count &&
	       !span_equal(span_make(list->items[i].oid, list->items[i].oid_len), oid))
		i++;
	return i;
}

bool ext_list_has(const struct ext_list *list, struct span oid)
{
	return find(list, oid) < list->count;
}

void ext_list_remove(struct ext_list *list, size_t at)
{
	if (at == list->count)
		return;
	free(list->items[at].der);
	list->count--;
	memmove(&list->items[at], &list->items[at + 1],
		(list->count - at) * sizeof(list->items[0]));
}

/* A whole Extension, in the place of one of its type. */
static bool put(struct ext_list *list, struct span oid, struct span der, struct ward_error *err)
{
	size_t at = find(list, oid);
	struct ext_item *item = &list->items[at];
	uint8_t *copy;

	if (at == EXT_LIST_MAX)
		return FAILF(err, BAD_ARGUMENT, "more than %d extensions", EXT_LIST_MAX);
	if (oid.len > EXT_OID_MAX)
		return FAILF(err, BAD_ARGUMENT, "an OID of more than %d bytes", EXT_OID_MAX);
	copy = malloc(der.len);
	if (copy == NULL)
		return FAIL(err, NO_MEMORY);
	if (at < list->count)
		free(item->der);
	bytes_copy(copy, der.data, der.len);
	*item = (struct ext_item){ .oid_len = oid.len, .der = copy, .len = der.len };
	bytes_copy(item->oid, oid.data, oid.len);
	list->count += at == list->count ? 1 : 0;
	return true;
}

/* ---- one text ---- */

/* Takes "critical," off. */
static bool take_critical(const char **text)
{
	const char *at = *text + strspn(*text, " \t");

	if (strncmp(at, "critical", 8) != 0)
		return false;
	at += 8;
	at += strspn(at, " \t");
	if (*at != ',')
		return false;
	at++;
	*text = at + strspn(at, " \t");
	return true;
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c | 0x20 : c);

	return at == NULL ? -1 : (int)(at - digits);
}

int ext_hex_pair(const char *at)
{
	int high = hex_digit(at[0]);
	int low = high < 0 ? -1 : hex_digit(at[1]);

	return low < 0 ? -1 : high << 4 | low;
}

/* "DER:3003020101", with or without colons. */
static void put_hex(struct writer *w, const char *text)
{
	while (*text != '\0' && writer_ok(w)) {
		int byte = ext_hex_pair(text);

		if (byte < 0) {
			FAILF(w->err, BAD_ARGUMENT, "what stands behind DER: is not hex");
			return;
		}
		writer_u8(w, (uint8_t)byte);
		text += 2;
		text += *text == ':' ? 1 : 0;
	}
}

static void put_value(struct writer *w, const struct ext_source *source, struct span oid,
		      const char *name, const char *text)
{
	if (strncmp(text, "DER:", 4) == 0) {
		put_hex(w, text + 4);
		return;
	}
	if (strncmp(text, "ASN1:", 5) == 0) {
		ext_asn1(w, source, text + 5);
		return;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (span_equal(rows[i].oid, oid)) {
			rows[i].write(w, source, text);
			return;
		}
	FAILF(w->err, BAD_ARGUMENT, "%.40s is given as DER:hex, or as ASN1:type:value", name);
}

static bool is_none(struct span oid, const char *text)
{
	return strcmp(text, "none") == 0 &&
	       (span_equal(oid, OID("\x55\x1d\x0e")) || span_equal(oid, OID("\x55\x1d\x23")));
}

static bool write_extension(struct writer *w, const struct ext_source *source, struct span oid,
			    const char *name, const char *text)
{
	bool critical = take_critical(&text);

	DER_WRITE (w, DER_SEQUENCE) {
		der_write_oid(w, oid);
		if (critical)
			der_write_boolean(w, true);
		DER_WRITE (w, DER_OCTET_STRING)
			put_value(w, source, oid, name, text);
	}
	return writer_ok(w);
}

/* Says which extension an error is about. */
static bool name_error(const struct ward_error *own, const char *name, struct ward_error *err)
{
	if (own->reason == WARD_E_NO_SPACE)
		return FAILF(err, BAD_ARGUMENT, "%.40s is longer than %d bytes", name,
			     CERT_MAX_LEN);
	if (own->reason != WARD_E_BAD_ARGUMENT)
		return error_pass(err, own);
	return FAILF(err, BAD_ARGUMENT, "%.40s: %s", name, own->detail);
}

bool ext_list_add(struct ext_list *list, const struct ext_source *source, const char *name,
		  const char *value, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	uint8_t oid[EXT_OID_MAX];
	size_t oid_len;
	uint8_t *buf;
	struct writer w;
	bool ok;

	if (!oid_of_name(name, oid, sizeof(oid), &oid_len))
		return FAILF(err, BAD_ARGUMENT, "\"%.60s\" is no extension", name);
	if (is_none(span_make(oid, oid_len), value)) {
		ext_list_remove(list, find(list, span_make(oid, oid_len)));
		return true;
	}
	buf = malloc(CERT_MAX_LEN);
	if (buf == NULL)
		return FAIL(err, NO_MEMORY);
	w = writer_make(buf, CERT_MAX_LEN, &own);
	ok = write_extension(&w, source, span_make(oid, oid_len), name, value)
		     ? put(list, span_make(oid, oid_len), writer_span(&w), err)
		     : name_error(&own, name, err);
	free(buf);
	return ok;
}

bool ext_list_add_section(struct ext_list *list, const struct ext_source *source,
			  const char *section, struct ward_error *err)
{
	const struct conf_entry *e;
	size_t at = 0;

	if (!conf_has_section(source->conf, section))
		return FAILF(err, BAD_ARGUMENT, "there is no section [%.60s]", section);
	while ((e = conf_next(source->conf, section, &at)) != NULL)
		if (!ext_list_add(list, source, e->name, e->value, err))
			return false;
	return true;
}

/* ---- bytes ---- */

bool ext_list_copy(struct ext_list *list, struct span elements, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(elements, &own);

	while (reader_more(&r)) {
		struct reader at = r;
		struct span der = der_whole_tag(&r, DER_SEQUENCE);
		struct reader one = der_open(&at, DER_SEQUENCE);
		struct span oid = der_element(&one, DER_OID);

		if (!error_is_set(&own) && !ext_list_has(list, oid) && !put(list, oid, der, err))
			return false;
	}
	return !error_is_set(&own) || error_pass(err, &own);
}

uint8_t *ext_list_join(const struct ext_list *list, size_t *len, struct ward_error *err)
{
	uint8_t *all;

	*len = 0;
	for (size_t i = 0; i < list->count; i++)
		*len += list->items[i].len;
	all = *len == 0 ? NULL : malloc(*len);
	if (*len > 0 && all == NULL)
		FAIL(err, NO_MEMORY);
	*len = 0;
	for (size_t i = 0; all != NULL && i < list->count; i++) {
		bytes_copy(all + *len, list->items[i].der, list->items[i].len);
		*len += list->items[i].len;
	}
	return all;
}
