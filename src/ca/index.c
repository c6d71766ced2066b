/*
 * The index of issued certificates: reading its lines. See index.h; writing is in journal.c.
 */
#include "ca/index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ward/revocation.h>

#include "crypto/crypto.h"

/* ---- words ---- */

static const struct {
	const char *word;
	enum ward_profile profile;
} profiles[] = {
	{ "server", WARD_PROFILE_SERVER },
	{ "client", WARD_PROFILE_CLIENT },
	{ "both", WARD_PROFILE_BOTH },
};
enum { PROFILES = sizeof(profiles) / sizeof(profiles[0]) };

static bool word_is(struct span word, const char *text)
{
	return span_equal(word, span_string(text));
}

static bool profile_parse(struct span word, enum ward_profile *profile)
{
	for (size_t i = 0; i < PROFILES; i++) {
		if (word_is(word, profiles[i].word)) {
			*profile = profiles[i].profile;
			return true;
		}
	}
	return false;
}

bool ca_profile_parse(const char *word, enum ward_profile *profile)
{
	return profile_parse(span_string(word), profile);
}

const char *ca_profile_name(enum ward_profile profile)
{
	for (size_t i = 0; i < PROFILES; i++)
		if (profiles[i].profile == profile)
			return profiles[i].word;
	return "?";
}

/* Not given are certificateHold, which would have to be taken back, and removeFromCRL, which is for
 * delta CRLs. */
bool ca_reason_is_given(int64_t reason)
{
	return reason >= 0 && reason <= WARD_REVOKED_AA_COMPROMISE &&
	       reason != WARD_REVOKED_CERTIFICATE_HOLD && reason != WARD_REVOKED_REMOVE_FROM_CRL &&
	       ward_revocation_reason_name((int)reason) != NULL;
}

bool ca_reason_parse(const char *word, int *reason)
{
	*reason = ward_revocation_reason_parse(word);
	return ca_reason_is_given(*reason);
}

/* ---- hex and serials ---- */

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* Exactly 2 * len lower-case digits. */
static bool hex_parse(struct span text, uint8_t *out, size_t len)
{
	if (text.len != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = hex_value((char)text.data[2 * i]);
		int low = hex_value((char)text.data[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

bool ca_serial_make(struct span integer, struct ca_serial *serial)
{
	while (integer.len > 1 && integer.data[0] == 0)
		integer = span_make(integer.data + 1, integer.len - 1);
	*serial = (struct ca_serial){ 0 };
	if (integer.len == 0 || integer.len > CA_SERIAL_MAX)
		return false;
	bytes_copy(serial->bytes, integer.data, integer.len);
	serial->len = (uint8_t)integer.len;
	return true;
}

bool ca_serial_parse(const char *text, struct ca_serial *serial)
{
	uint8_t bytes[2 * CA_SERIAL_MAX];
	char digits[2 * sizeof(bytes) + 1];
	size_t n = 1;

	digits[0] = '0'; /* in front of an odd number of them */
	for (; *text != '\0'; text++) {
		char lower = *text >= 'A' && *text <= 'F' ? (char)(*text | 0x20) : *text;

		if (*text == ':')
			continue;
		if (hex_value(lower) < 0 || n == sizeof(digits) - 1)
			return false;
		digits[n++] = lower;
	}
	if (n == 1 || !hex_parse(span_make(digits + n % 2, n - n % 2), bytes, n / 2))
		return false;
	return ca_serial_make(span_make(bytes, n / 2), serial);
}

char *ca_serial_text(const struct ca_serial *serial, char buf[CA_SERIAL_TEXT])
{
	buf[0] = '\0';
	for (size_t i = 0; i < serial->len; i++)
		snprintf(buf + 2 * i, 3, "%02x", serial->bytes[i]);
	return buf;
}

/* ---- the entries ---- */

void ca_index_clear(struct ca_index *ix)
{
	for (size_t i = 0; i < ix->count; i++)
		free(ix->entries[i].names);
	free(ix->entries);
	free(ix->slots);
	free(ix->authorities);
	*ix = (struct ca_index){ 0 };
}

/* Serials are random, and only this CA's own are put in. */
static size_t hash_of(const struct ca_serial *serial)
{
	size_t h = serial->len;

	for (size_t i = 0; i < serial->len; i++)
		h = h * 31 + serial->bytes[i];
	return h;
}

/* The slot that holds the serial, or the free one where it would be. */
static size_t slot_of(const struct ca_index *ix, const struct ca_serial *serial)
{
	size_t at = hash_of(serial) & (ix->slot_count - 1);

	while (ix->slots[at] != 0) {
		const struct ca_serial *other = &ix->entries[ix->slots[at] - 1].serial;

		if (span_equal(span_make(other->bytes, other->len),
			       span_make(serial->bytes, serial->len)))
			break;
		at = (at + 1) & (ix->slot_count - 1);
	}
	return at;
}

static struct ca_entry *find(const struct ca_index *ix, const struct ca_serial *serial)
{
	size_t at;

	if (ix->slot_count == 0)
		return NULL;
	at = slot_of(ix, serial);
	return ix->slots[at] == 0 ? NULL : &ix->entries[ix->slots[at] - 1];
}

const struct ca_entry *ca_index_find(const struct ca_index *ix, const struct ca_serial *serial)
{
	return find(ix, serial);
}

static bool grow(struct ca_index *ix, struct ward_error *err)
{
	size_t cap = ix->cap == 0 ? 64 : 2 * ix->cap;
	struct ca_entry *entries = reallocarray(ix->entries, cap, sizeof(*entries));
	uint32_t *slots;

	if (entries == NULL)
		return FAIL(err, NO_MEMORY);
	ix->entries = entries;
	ix->cap = cap;
	slots = calloc(2 * cap, sizeof(*slots));
	if (slots == NULL)
		return FAIL(err, NO_MEMORY);
	free(ix->slots);
	ix->slots = slots;
	ix->slot_count = 2 * cap;
	for (size_t i = 0; i < ix->count; i++)
		slots[slot_of(ix, &ix->entries[i].serial)] = (uint32_t)i + 1;
	return true;
}

/* Takes the entry over. */
static bool add(struct ca_index *ix, const struct ca_entry *entry, struct ward_error *err)
{
	if (ix->count == CA_ENTRIES_MAX)
		return FAILF(err, CA_DAMAGED, "more than %d certificates", CA_ENTRIES_MAX);
	if ((ix->count == ix->cap || 2 * ix->count >= ix->slot_count) && !grow(ix, err))
		return false;
	ix->slots[slot_of(ix, &entry->serial)] = (uint32_t)ix->count + 1;
	ix->entries[ix->count++] = *entry;
	return true;
}

/* ---- lines ---- */

/* Takes the bytes up to the next blank, and the blank. */
static struct span take_word(struct span *line)
{
	const uint8_t *blank = line->len == 0 ? NULL : memchr(line->data, ' ', line->len);
	size_t len = blank == NULL ? line->len : (size_t)(blank - line->data);
	struct span word = span_make(line->data, len);
	size_t used = blank == NULL ? len : len + 1;

	*line = span_make(line->data + used, line->len - used);
	return word;
}

/* Seconds since 1970, or a number, up to the end of the year 9999. */
static bool take_number(struct span *line, int64_t *number)
{
	const int64_t most = INT64_C(253402300799);
	struct span word = take_word(line);
	size_t sign = word.len > 0 && word.data[0] == '-' ? 1 : 0;
	int64_t n = 0;

	if (word.len == sign || word.len > 14)
		return false;
	for (size_t i = sign; i < word.len; i++) {
		if (word.data[i] < '0' || word.data[i] > '9')
			return false;
		n = 10 * n + (word.data[i] - '0');
	}
	*number = sign == 1 ? -n : n;
	return n <= most;
}

static bool take_serial(struct span *line, struct ca_serial *serial)
{
	struct span word = take_word(line);
	uint8_t bytes[CA_SERIAL_MAX];

	return word.len > 0 && word.len <= 2 * sizeof(bytes) &&
	       hex_parse(word, bytes, word.len / 2) &&
	       ca_serial_make(span_make(bytes, word.len / 2), serial) &&
	       serial->len == word.len / 2;
}

bool ca_names_fit(struct span names)
{
	for (size_t i = 0; i < names.len; i++)
		if (names.data[i] < ' ' || names.data[i] >= 0x7f)
			return false;
	return names.len > 0;
}

/* What a line means; MEANT_NOTHING is damage, MEANT_FAILED has set err. */
enum meaning { MEANT, MEANT_NOTHING, MEANT_FAILED };

static enum meaning read_issue(struct ca_index *ix, struct span line, struct ward_error *err)
{
	struct ca_entry e = { 0 };

	if (!take_serial(&line, &e.serial) || !take_number(&line, &e.issued) ||
	    !take_number(&line, &e.not_before) || !take_number(&line, &e.not_after) ||
	    !profile_parse(take_word(&line), &e.profile) ||
	    !hex_parse(take_word(&line), e.sha256, sizeof(e.sha256)) || !ca_names_fit(line) ||
	    find(ix, &e.serial) != NULL)
		return MEANT_NOTHING;
	e.names = malloc(line.len + 1);
	if (e.names == NULL) {
		FAIL(err, NO_MEMORY);
		return MEANT_FAILED;
	}
	memcpy(e.names, line.data, line.len);
	e.names[line.len] = '\0';
	if (add(ix, &e, err))
		return MEANT;
	free(e.names);
	return MEANT_FAILED;
}

/* The first revocation counts. */
static enum meaning read_revoke(struct ca_index *ix, struct span line)
{
	struct ca_serial serial;
	struct ca_entry *e;
	int64_t at, reason;

	if (!take_serial(&line, &serial) || !take_number(&line, &at) ||
	    !take_number(&line, &reason) || line.len > 0 || !ca_reason_is_given(reason))
		return MEANT_NOTHING;
	e = find(ix, &serial);
	if (e == NULL)
		return MEANT_NOTHING;
	if (!e->revoked) {
		e->revoked = true;
		e->revoked_at = at;
		e->reason = (int)reason;
	}
	return MEANT;
}

static enum meaning read_crl(struct ca_index *ix, struct span line)
{
	int64_t number, this_update, next_update;

	if (!take_number(&line, &number) || !take_number(&line, &this_update) ||
	    !take_number(&line, &next_update) || line.len > 0 || number <= ix->crl_number)
		return MEANT_NOTHING;
	ix->crl_number = number;
	ix->crl_this_update = this_update;
	return MEANT;
}

/* ---- intermediates ---- */

static bool serials_equal(const struct ca_serial *a, const struct ca_serial *b)
{
	return span_equal(span_make(a->bytes, a->len), span_make(b->bytes, b->len));
}

const struct ca_authority *ca_index_find_authority(const struct ca_index *ix,
						   const struct ca_serial *serial)
{
	for (size_t i = 0; i < ix->authority_count; i++)
		if (serials_equal(&ix->authorities[i].serial, serial))
			return &ix->authorities[i];
	return NULL;
}

static enum meaning read_authority(struct ca_index *ix, struct span line, struct ward_error *err)
{
	struct ca_authority a = { .revoked = false };
	struct ca_authority *grown;

	if (!take_serial(&line, &a.serial) || !take_number(&line, &a.not_after) || line.len > 0 ||
	    ca_index_find_authority(ix, &a.serial) != NULL ||
	    ix->authority_count == CA_AUTHORITIES_MAX)
		return MEANT_NOTHING;
	grown = reallocarray(ix->authorities, ix->authority_count + 1, sizeof(*grown));
	if (grown == NULL) {
		FAIL(err, NO_MEMORY);
		return MEANT_FAILED;
	}
	grown[ix->authority_count++] = a;
	ix->authorities = grown;
	return MEANT;
}

/* Whoever was revoked before stays revoked since then. */
static enum meaning read_retire(struct ca_index *ix, struct span line)
{
	int64_t at, reason;
	bool any = false;

	if (!take_number(&line, &at) || !take_number(&line, &reason) || line.len > 0 ||
	    !ca_reason_is_given(reason))
		return MEANT_NOTHING;
	for (size_t i = 0; i < ix->authority_count; i++) {
		struct ca_authority *a = &ix->authorities[i];

		if (a->revoked)
			continue;
		any = a->revoked = true;
		a->revoked_at = at;
		a->reason = (int)reason;
	}
	for (size_t i = ix->retired; any && i < ix->count; i++) {
		struct ca_entry *e = &ix->entries[i];

		if (e->revoked)
			continue;
		e->revoked = true;
		e->revoked_at = at;
		e->reason = WARD_REVOKED_CA_COMPROMISE;
	}
	ix->retired = any ? ix->count : ix->retired;
	ix->retirements += any ? 1 : 0;
	return any ? MEANT : MEANT_NOTHING;
}

/* ---- a line ---- */

void ca_index_check(const struct ca_index *ix, struct span content, char check[CA_CHECK_LEN + 1])
{
	uint8_t hash[DIGEST_MAX_LEN];
	struct digest d;

	digest_start(&d, DIGEST_SHA256);
	digest_update(&d, span_string(ix->check));
	digest_update(&d, content);
	digest_finish(&d, hash);
	for (size_t i = 0; i < CA_CHECK_LEN / 2; i++)
		snprintf(check + 2 * i, 3, "%02x", hash[i]);
}

/* What stands behind the check. */
static enum meaning read_content(struct ca_index *ix, struct span content, struct ward_error *err)
{
	struct span kind = take_word(&content);

	if (word_is(kind, "issue"))
		return read_issue(ix, content, err);
	if (word_is(kind, "revoke"))
		return read_revoke(ix, content);
	if (word_is(kind, "authority"))
		return read_authority(ix, content, err);
	if (word_is(kind, "retire"))
		return read_retire(ix, content);
	return word_is(kind, "crl") ? read_crl(ix, content) : MEANT_NOTHING;
}

/* A line without its end. */
static enum meaning read_line(struct ca_index *ix, struct span line, struct ward_error *err)
{
	char check[CA_CHECK_LEN + 1];
	struct span stated = take_word(&line);
	enum meaning meaning;

	if (line.len > CA_LINE_MAX)
		return MEANT_NOTHING;
	ca_index_check(ix, line, check);
	meaning = word_is(stated, check) ? read_content(ix, line, err) : MEANT_NOTHING;
	if (meaning == MEANT)
		memcpy(ix->check, check, sizeof(check));
	return meaning;
}

bool ca_index_parse(struct ca_index *ix, struct span bytes, struct ward_error *err)
{
	const uint8_t *end;

	while (bytes.len > 0 && (end = memchr(bytes.data, '\n', bytes.len)) != NULL) {
		size_t len = (size_t)(end - bytes.data);
		enum meaning meaning = read_line(ix, span_make(bytes.data, len), err);

		if (meaning == MEANT_FAILED)
			return false;
		if (meaning == MEANT_NOTHING)
			return FAILF(err, CA_DAMAGED, "line %zu", ix->line + 1);
		ix->len += len + 1;
		ix->line++;
		bytes = span_make(end + 1, bytes.len - len - 1);
	}
	return true;
}
