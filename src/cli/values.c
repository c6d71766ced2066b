/*
 * Values of options. Whatever is not wholly understood is refused.
 */
#include "cli/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "tls/names.h"
#include "tls/suites.h"

/* ---- numbers and times ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool value_number(const char *text, int64_t least, int64_t most, int64_t *number)
{
	int64_t n = 0;

	if (text[0] == '\0' || strlen(text) > 18)
		return false;
	for (; *text != '\0'; text++) {
		if (!is_digit(*text))
			return false;
		n = 10 * n + (*text - '0');
	}
	*number = n;
	return n >= least && n <= most;
}

/* Milliseconds that a unit stands for; 0 for an unknown one. */
static int64_t unit_ms(const char *unit)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {
		{ "", 1000 }, { "s", 1000 }, { "ms", 1 }, { "m", 60 * 1000 }, { "h", 3600 * 1000 },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(unit, units[i].name) == 0)
			return units[i].ms;
	return 0;
}

bool value_duration(const char *text, int *ms)
{
	enum { DAY_MS = 24 * 3600 * 1000 };
	int64_t whole = 0, part = 0, unit, total;
	int64_t scale = 1;
	const char *p = text;

	for (; is_digit(*p) && whole < DAY_MS; p++)
		whole = 10 * whole + (*p - '0');
	if (p == text)
		return false;
	if (*p == '.') {
		for (p++; is_digit(*p) && scale < 1000; p++, scale *= 10)
			part = 10 * part + (*p - '0');
		if (scale == 1)
			return false;
	}
	unit = unit_ms(p);
	total = whole * unit + part * unit / scale;
	if (unit == 0 || total <= 0 || total > DAY_MS)
		return false;
	*ms = (int)total;
	return true;
}

bool value_life(const char *text, int64_t *seconds)
{
	static const char units[] = "mhdw";
	static const int64_t lengths[] = { 60, 3600, 24 * 3600, 7 * 24 * 3600 };
	const int64_t most = INT64_C(36525) * 24 * 3600;
	int64_t n = 0;
	const char *unit;

	if (!is_digit(*text))
		return false;
	for (; is_digit(*text) && n <= most; text++)
		n = 10 * n + (*text - '0');
	unit = text[0] == '\0' ? NULL : strchr(units, text[0]);
	if (unit == NULL || text[1] != '\0' || n == 0 || n > most / lengths[unit - units])
		return false;
	*seconds = n * lengths[unit - units];
	return true;
}

/* Digits where the pattern has 0, and itself elsewhere. */
static bool has_form(const char *text, const char *pattern)
{
	for (; *pattern != '\0'; text++, pattern++)
		if (*pattern == '0' ? !is_digit(*text) : *text != *pattern)
			return false;
	return *text == '\0';
}

/* The number of `count` digits. */
static int digits_at(const char *text, size_t at, size_t count)
{
	int n = 0;

	for (size_t i = at; i < at + count; i++)
		n = 10 * n + (text[i] - '0');
	return n;
}

bool value_time(const char *text, int64_t *seconds)
{
	bool has_clock = has_form(text, "0000-00-00T00:00:00Z");
	struct tm given = { 0 };
	struct tm real;
	time_t t;

	if (text[0] == '@')
		return value_number(text + 1, 0, INT64_C(253402300799), seconds);
	if (!has_clock && !has_form(text, "0000-00-00"))
		return false;
	given.tm_year = digits_at(text, 0, 4) - 1900;
	given.tm_mon = digits_at(text, 5, 2) - 1;
	given.tm_mday = digits_at(text, 8, 2);
	if (has_clock) {
		given.tm_hour = digits_at(text, 11, 2);
		given.tm_min = digits_at(text, 14, 2);
		given.tm_sec = digits_at(text, 17, 2);
	}
	real = given;
	t = timegm(&real);
	*seconds = (int64_t)t;
	/* A day that does not exist has become another one. */
	return real.tm_mon == given.tm_mon && real.tm_mday == given.tm_mday &&
	       real.tm_hour == given.tm_hour && real.tm_min == given.tm_min &&
	       real.tm_sec == given.tm_sec;
}

/* ---- lists ---- */

bool value_list_make(struct value_list *list, const char *text)
{
	char *rest;

	memset(list, 0, sizeof(*list));
	list->copy = strdup(text);
	for (rest = list->copy; rest != NULL;) {
		const char *item = strsep(&rest, ",");

		if (item[0] == '\0' || list->count == VALUE_LIST_MAX)
			return false;
		list->items[list->count++] = item;
	}
	return list->count > 0;
}

void value_list_clear(struct value_list *list)
{
	free(list->copy);
	memset(list, 0, sizeof(*list));
}

/* ---- names of numbers ---- */

/* What one option's names mean: the numbers that ward speaks. */
struct vocabulary {
	const uint16_t *codes;
	size_t count;
	const char *(*name)(uint16_t code);
};

static struct vocabulary groups(void)
{
	return (struct vocabulary){ known_groups, known_groups_count, names_group };
}

static struct vocabulary suites(void)
{
	return (struct vocabulary){ default_suites, default_suites_count, names_cipher_suite };
}

static bool find_code(const struct vocabulary *v, const char *name, uint16_t *code)
{
	for (size_t i = 0; i < v->count; i++) {
		if (strcasecmp(v->name(v->codes[i]), name) == 0) {
			*code = v->codes[i];
			return true;
		}
	}
	return false;
}

static bool parse_codes(const struct vocabulary *v, const char *text, struct value_codes *codes)
{
	struct value_list list;
	bool ok = value_list_make(&list, text);

	codes->count = 0;
	for (size_t i = 0; ok && i < list.count; i++)
		ok = find_code(v, list.items[i], &codes->items[codes->count++]);
	value_list_clear(&list);
	return ok;
}

static char *join_names(const struct vocabulary *v, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < v->count && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s", i == 0 ? "" : ", ",
					v->name(v->codes[i]));
	return buf;
}

bool value_groups(const char *text, struct value_codes *codes)
{
	struct vocabulary v = groups();

	return parse_codes(&v, text, codes);
}

bool value_suites(const char *text, struct value_codes *codes)
{
	struct vocabulary v = suites();

	return parse_codes(&v, text, codes);
}

char *value_group_names(char *buf, size_t size)
{
	struct vocabulary v = groups();

	return join_names(&v, buf, size);
}

char *value_suite_names(char *buf, size_t size)
{
	struct vocabulary v = suites();

	return join_names(&v, buf, size);
}
