/*
 * A stream that facts are printed to, with colour where that is welcome.
 */
#ifndef CLI_TERM_H
#define CLI_TERM_H

#include <stdbool.h>
#include <stdio.h>

enum term_when { TERM_AUTO, TERM_ALWAYS, TERM_NEVER };

enum term_style { TERM_PLAIN, TERM_BOLD, TERM_DIM, TERM_GOOD, TERM_BAD };

struct term {
	FILE *out; /* NULL: nothing is printed */
	bool colour;
};

/* "auto", "always", "never"; false for another word. */
bool term_when_parse(const char *word, enum term_when *when);
/* With TERM_AUTO: colour only on a terminal that has it, and never with NO_COLOR. */
struct term term_make(FILE *out, enum term_when when);
void term_print(const struct term *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The same in a style. */
void term_paint(const struct term *t, enum term_style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Copies text that somebody else wrote, with all that could move a cursor or turn the direction of
 * writing shown as bytes in hex; cut to fit. Returns buf.
 */
char *term_safe(const char *text, char *buf, size_t size);

#endif
