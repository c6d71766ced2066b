/*
 * Colour for people: none where it would end up in a file, and none where they asked for none
 * (NO_COLOR, TERM=dumb).
 */
#include "cli/term.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "x509/text.h"

bool term_when_parse(const char *word, enum term_when *when)
{
	static const char *const words[] = { "auto", "always", "never" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(word, words[i]) == 0) {
			*when = (enum term_when)i;
			return true;
		}
	}
	return false;
}

static bool wants_colour(FILE *out)
{
	const char *no = getenv("NO_COLOR");
	const char *kind = getenv("TERM");

	if (no != NULL && no[0] != '\0')
		return false;
	if (kind == NULL || kind[0] == '\0' || strcmp(kind, "dumb") == 0)
		return false;
	return isatty(fileno(out)) == 1;
}

struct term term_make(FILE *out, enum term_when when)
{
	bool colour =
		when == TERM_ALWAYS || (when == TERM_AUTO && out != NULL && wants_colour(out));

	return (struct term){ .out = out, .colour = colour };
}

static const char *code(enum term_style style)
{
	static const char *const codes[] = {
		[TERM_PLAIN] = "",        [TERM_BOLD] = "\x1b[1m", [TERM_DIM] = "\x1b[2m",
		[TERM_GOOD] = "\x1b[32m", [TERM_BAD] = "\x1b[31m",
	};

	return codes[style];
}

void term_print(const struct term *t, const char *format, ...)
{
	va_list args;

	if (t->out == NULL)
		return;
	va_start(args, format);
	vfprintf(t->out, format, args);
	va_end(args);
}

void term_paint(const struct term *t, enum term_style style, const char *format, ...)
{
	bool painted = t->colour && style != TERM_PLAIN;
	va_list args;

	if (t->out == NULL)
		return;
	if (painted)
		fputs(code(style), t->out);
	va_start(args, format);
	vfprintf(t->out, format, args);
	va_end(args);
	if (painted)
		fputs("\x1b[0m", t->out);
}

char *term_safe(const char *text, char *buf, size_t size)
{
	struct text t = text_make(buf, size);

	text_put_utf8(&t, span_string(text));
	return buf;
}
