/*
 * Errors: setting the first one, and the table of reasons behind the public texts.
 *
 * Invariants: once err->reason is set it never changes; the places of an error that is set are -1
 * or say where. Details hold no control characters and only well-formed UTF-8, whatever a peer
 * sent, so that they may go to a terminal or a log as they are.
 */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/name.h"

static const struct reason_row {
	const char *name;
	const char *text;
	const char *hint;
	int alert;
} reasons[] = {
	[WARD_E_NONE] = { "NONE", "no error", "", WARD_NO_ALERT },
#define REASON(name, alert, text, hint) [WARD_E_##name] = { #name, text, hint, alert },
#include <ward/reasons.def>
#undef REASON
};

static const struct reason_row *find(enum ward_reason reason)
{
	unsigned int i = (unsigned int)reason;

	return &reasons[i < WARD_E_COUNT ? i : WARD_E_INTERNAL];
}

const char *ward_reason_name(enum ward_reason reason)
{
	return find(reason)->name;
}

const char *ward_reason_text(enum ward_reason reason)
{
	return find(reason)->text;
}

const char *ward_reason_hint(enum ward_reason reason)
{
	return find(reason)->hint;
}

int ward_reason_alert(enum ward_reason reason)
{
	return find(reason)->alert;
}

const char *ward_alert_name(int alert)
{
	const char *name = name_alert(alert);

	return name == NULL ? "unknown" : name;
}

/* How many bytes the character at s has if it is well-formed UTF-8 (RFC 3629) to show, else 0. */
static size_t printable_len(const unsigned char *s)
{
	static const struct {
		unsigned char first, last;            /* of the first byte */
		unsigned char second_min, second_max; /* what keeps it short and in range */
		size_t len;
	} forms[] = {
		{ 0xc2, 0xc2, 0xa0, 0xbf, 2 }, /* without the control characters U+0080 to U+009F */
		{ 0xc3, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	if (s[0] < 0x80)
		return s[0] >= 0x20 && s[0] != 0x7f ? 1 : 0;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (s[0] < forms[i].first || s[0] > forms[i].last)
			continue;
		if (s[1] < forms[i].second_min || s[1] > forms[i].second_max)
			return 0;
		for (size_t k = 2; k < forms[i].len; k++)
			if ((s[k] & 0xc0) != 0x80)
				return 0;
		return forms[i].len;
	}
	return 0;
}

/* Puts a question mark for each byte that must not reach a terminal. */
static void make_printable(char *text)
{
	unsigned char *s = (unsigned char *)text;

	while (*s != '\0') {
		size_t n = printable_len(s);

		if (n == 0)
			*s = '?';
		s += n == 0 ? 1 : n;
	}
}

static void set_first(struct ward_error *err, enum ward_reason reason)
{
	*err = ERROR_NONE;
	err->reason = reason;
}

bool error_set(struct ward_error *err, enum ward_reason reason, const char *format, ...)
{
	va_list args;

	if (err == NULL || error_is_set(err))
		return false;
	set_first(err, reason);
	if (format == NULL)
		return false;
	va_start(args, format);
	vsnprintf(err->detail, sizeof(err->detail), format, args);
	va_end(args);
	make_printable(err->detail);
	return false;
}

bool error_set_system(struct ward_error *err, enum ward_reason reason, const char *what)
{
	int number = errno;
	char buf[96];

	if (err == NULL || error_is_set(err))
		return false;
	set_first(err, reason);
	err->system = number;
	snprintf(err->detail, sizeof(err->detail), "%s%s%s", what == NULL ? "" : what,
		 what == NULL || number == 0 ? "" : ": ",
		 number == 0 ? "" : strerror_r(number, buf, sizeof(buf)));
	make_printable(err->detail);
	return false;
}

void error_set_place(struct ward_error *err, int message, int extension, int offset)
{
	if (!error_is_set(err))
		return;
	if (err->message < 0)
		err->message = message;
	if (err->extension < 0)
		err->extension = extension;
	if (err->offset < 0)
		err->offset = offset;
}

bool error_pass(struct ward_error *dst, const struct ward_error *src)
{
	if (dst != NULL && !error_is_set(dst) && error_is_set(src))
		*dst = *src;
	return false;
}

/* A text that grows in a buffer of fixed size and is cut where it does not fit. */
struct line {
	char *buf;
	size_t len;
	size_t size;
};

static void line_add(struct line *line, const char *format, ...) WARD_PRINTF(2, 3);

static void line_add(struct line *line, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line->buf + line->len, line->size - line->len, format, args);
	va_end(args);
	if (n > 0)
		line->len += (size_t)n;
	if (line->len >= line->size)
		line->len = line->size - 1;
}

/* One part of " (in ServerHello, extension key_share, byte 38)"; `lead` is what stands before it. */
static void line_add_place(struct line *line, const char **lead, const char *what, const char *name,
			   int number)
{
	if (number < 0)
		return;
	line_add(line, "%s", *lead);
	if (name != NULL)
		line_add(line, "%s%s", what, name);
	else
		line_add(line, "%s%d", what, number);
	*lead = ", ";
}

static void line_add_places(struct line *line, const struct ward_error *err)
{
	const char *lead = " (";
	const char *message = name_message(err->message);

	line_add_place(line, &lead, message == NULL ? "in message " : "in ", message, err->message);
	line_add_place(line, &lead, "extension ", name_extension(err->extension), err->extension);
	line_add_place(line, &lead, "byte ", NULL, err->offset);
	if (lead[0] == ',')
		line_add(line, ")");
}

char *ward_error_text(const struct ward_error *err, char *buf, size_t size)
{
	struct line line = { buf, 0, size };
	enum ward_reason reason = err == NULL ? WARD_E_NONE : err->reason;

	if (size == 0)
		return buf;
	buf[0] = '\0';
	line_add(&line, "%s", ward_reason_text(reason));
	if (reason == WARD_E_NONE)
		return buf;
	if (err->received_alert >= 0)
		line_add(&line, ": %s (%d)", ward_alert_name(err->received_alert),
			 err->received_alert);
	if (err->detail[0] != '\0')
		line_add(&line, ": %.*s", (int)sizeof(err->detail) - 1, err->detail);
	line_add_places(&line, err);
	if (ward_reason_hint(reason)[0] != '\0')
		line_add(&line, "; %s", ward_reason_hint(reason));
	return buf;
}
