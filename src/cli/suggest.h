/*
 * The nearest word to one that was mistyped.
 */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include <stddef.h>

struct suggestion {
	const char *typed;
	const char *best; /* NULL while nothing is near enough */
	size_t distance;
};

struct suggestion suggest_begin(const char *typed);
/* Takes the word if it is nearer than those before. */
void suggest_offer(struct suggestion *s, const char *word);
/* Letters to insert, delete, change or swap with their neighbour; SIZE_MAX for very long words. */
size_t suggest_distance(const char *a, const char *b);

#endif
