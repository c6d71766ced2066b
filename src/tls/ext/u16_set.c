/*
 * A set of 16-bit numbers; see u16_set.h.
 */
#include "tls/ext/u16_set.h"

#include <string.h>

static void map_set(struct u16_set *s, uint16_t value)
{
	s->map[value / 64] |= UINT64_C(1) << (value % 64);
}

bool u16_set_has(const struct u16_set *s, uint16_t value)
{
	if (s->count > U16_SET_FEW)
		return (s->map[value / 64] >> (value % 64) & 1) != 0;
	for (size_t i = 0; i < s->count; i++) {
		if (s->few[i] == value)
			return true;
	}
	return false;
}

bool u16_set_add(struct u16_set *s, uint16_t value)
{
	if (u16_set_has(s, value))
		return false;
	if (s->count == U16_SET_FEW) {
		memset(s->map, 0, sizeof(s->map));
		for (size_t i = 0; i < U16_SET_FEW; i++)
			map_set(s, s->few[i]);
	}
	if (s->count < U16_SET_FEW)
		s->few[s->count] = value;
	else
		map_set(s, value);
	s->count++;
	return true;
}
