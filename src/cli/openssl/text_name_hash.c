/*
 * The hash by which openssl finds a name in a folder of certificates or lists.
 */
#include <stdlib.h>

#include "cli/openssl/text.h"
#include "crypto/crypto.h"
#include "x509/name.h"

/* A string in the form in which names are compared: lower case, one blank between words. */
static size_t canonical(const struct name_attribute *a, uint8_t *to, size_t size)
{
	char text[1024];
	size_t n = 0;
	bool blank = false;

	(void)name_string_text(a, text, sizeof(text));
	for (const char *c = text; *c != '\0' && n < size; c++) {
		if (*c == ' ') {
			blank = n > 0;
			continue;
		}
		if (blank && n + 1 < size)
			to[n++] = ' ';
		blank = false;
		to[n++] = (uint8_t)(*c >= 'A' && *c <= 'Z' ? *c + 'a' - 'A' : *c);
	}
	return n;
}

enum { PARTS_MAX = 16 };

/* The attributes of one RelativeDistinguishedName, each as DER, in memory of the writer's. */
struct parts {
	struct span items[PARTS_MAX];
	size_t count;
};

static int compare_parts(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	size_t len = x->len < y->len ? x->len : y->len;

	for (size_t i = 0; i < len; i++)
		if (x->data[i] != y->data[i])
			return x->data[i] < y->data[i] ? -1 : 1;
	return (x->len > y->len) - (x->len < y->len);
}

static void add_part(struct parts *parts, struct writer *w, const struct name_attribute *a)
{
	uint8_t value[1024];
	size_t from = w->len, len = canonical(a, value, sizeof(value));

	DER_WRITE (w, DER_SEQUENCE) {
		der_write_oid(w, a->type);
		der_write_element(w, DER_UTF8_STRING, span_make(value, len));
	}
	if (parts->count < PARTS_MAX)
		parts->items[parts->count++] = span_make(w->buf + from, w->len - from);
}

/* A SET OF is in order in DER. */
static void hash_parts(struct digest *d, struct parts *parts)
{
	uint8_t head[8];
	struct ward_error err = ERROR_NONE;
	struct writer w = writer_make(head, sizeof(head), &err);
	size_t len = 0;

	if (parts->count == 0)
		return;
	qsort(parts->items, parts->count, sizeof(parts->items[0]), compare_parts);
	for (size_t i = 0; i < parts->count; i++)
		len += parts->items[i].len;
	writer_u8(&w, DER_SET);
	if (len >= 0x80)
		writer_u8(&w, len > 0xff ? 0x82 : 0x81);
	if (len > 0xff)
		writer_u8(&w, (uint8_t)(len >> 8));
	writer_u8(&w, (uint8_t)len);
	digest_update(d, writer_span(&w));
	for (size_t i = 0; i < parts->count; i++)
		digest_update(d, parts->items[i]);
	parts->count = 0;
}

/* The first four bytes of SHA-1 over the name in the form in which it is compared, the lowest first. */
void text_name_hash(FILE *out, struct span name)
{
	size_t room = name.len * 4 + 256;
	uint8_t sha[DIGEST_MAX_LEN], *bytes = malloc(room);
	struct ward_error err = ERROR_NONE;
	struct parts parts = { .count = 0 };
	struct digest d;
	struct writer w;
	struct name_walk walk;
	struct name_attribute a;

	if (bytes == NULL)
		return;
	w = writer_make(bytes, room, &err);
	digest_start(&d, DIGEST_SHA1);
	for (name_walk_start(&walk, name); name_walk_next(&walk, &a);) {
		if (!a.joined)
			hash_parts(&d, &parts);
		add_part(&parts, &w, &a);
	}
	hash_parts(&d, &parts);
	digest_finish(&d, sha);
	fprintf(out, "%02x%02x%02x%02x\n", sha[3], sha[2], sha[1], sha[0]);
	free(bytes);
}
