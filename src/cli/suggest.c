/*
 * The nearest word: the fewest letters inserted, deleted, changed, or swapped with their neighbour
 * (optimal string alignment). A word counts as near when less than half of it would have to change.
 */
#include "cli/suggest.h"

#include <stdint.h>
#include <string.h>

enum { WORD_MAX = 32 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t suggest_distance(const char *a, const char *b)
{
	size_t rows[WORD_MAX + 1][WORD_MAX + 1];
	size_t m = strlen(a), n = strlen(b);

	if (m > WORD_MAX || n > WORD_MAX)
		return SIZE_MAX;
	for (size_t i = 0; i <= m; i++)
		rows[i][0] = i;
	for (size_t k = 0; k <= n; k++)
		rows[0][k] = k;
	for (size_t i = 1; i <= m; i++) {
		for (size_t k = 1; k <= n; k++) {
			size_t change = rows[i - 1][k - 1] + (a[i - 1] != b[k - 1]);

			rows[i][k] = least(change, least(rows[i - 1][k], rows[i][k - 1]) + 1);
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				rows[i][k] = least(rows[i][k], rows[i - 2][k - 2] + 1);
		}
	}
	return rows[m][n];
}

struct suggestion suggest_begin(const char *typed)
{
	return (struct suggestion){ .typed = typed, .distance = SIZE_MAX };
}

void suggest_offer(struct suggestion *s, const char *word)
{
	size_t d = suggest_distance(s->typed, word);

	if (d < s->distance && 2 * d < strlen(word)) {
		s->best = word;
		s->distance = d;
	}
}
