/*
 * A set of 16-bit numbers that finds duplicates in a list from outside with work that grows with
 * its length and no faster. A short list, which all honest ones are, costs no more than a look at
 * its numbers; the map of all 65536 is made when there are more.
 */
#ifndef TLS_EXT_U16_SET_H
#define TLS_EXT_U16_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { U16_SET_FEW = 16 };

struct u16_set {
	size_t count; /* the only field that must be set before use: to 0 */
	uint16_t few[U16_SET_FEW];
	uint64_t map[65536 / 64]; /* in use once count is above U16_SET_FEW */
};

static inline void u16_set_init(struct u16_set *s)
{
	s->count = 0;
}

bool u16_set_has(const struct u16_set *s, uint16_t value);
/* False if it was there already. */
bool u16_set_add(struct u16_set *s, uint16_t value);

#endif
