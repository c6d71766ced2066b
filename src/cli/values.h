/*
 * Values of options: times, numbers, lists of names.
 */
#ifndef CLI_VALUES_H
#define CLI_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "5s", "500ms", "2m", "1h", "1.5s", "5" (seconds) as milliseconds: above zero, at most a day. */
bool value_duration(const char *text, int *ms);
/* A whole number, digits alone, from `least` to `most`. */
bool value_number(const char *text, int64_t least, int64_t most, int64_t *number);
/* "14d", "160h", "30m", "2w" as seconds: above zero, at most a hundred years. */
bool value_life(const char *text, int64_t *seconds);
/* "2026-01-02", "2026-01-02T03:04:05Z" or "@1790000000" as seconds since 1970, UTC. */
bool value_time(const char *text, int64_t *seconds);

enum { VALUE_LIST_MAX = 16 };

/* A list with commas between: "h2,http/1.1". */
struct value_list {
	char *copy;                            /* what the items point into */
	const char *items[VALUE_LIST_MAX + 1]; /* ends with NULL */
	size_t count;
};
/* False when it is empty, has an empty item or too many. Clear it in any case. */
bool value_list_make(struct value_list *list, const char *text);
void value_list_clear(struct value_list *list);

/* Names as the registry has them, upper or lower case: "x25519,secp256r1". */
struct value_codes {
	uint16_t items[VALUE_LIST_MAX];
	size_t count;
};
bool value_groups(const char *text, struct value_codes *codes);
/* Cipher suites: "TLS_AES_128_GCM_SHA256". */
bool value_suites(const char *text, struct value_codes *codes);
/* The names that those two know, with ", " between. Return buf. */
char *value_group_names(char *buf, size_t size);
char *value_suite_names(char *buf, size_t size);

#endif
