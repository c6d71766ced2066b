/*
 * Lists in the texts of extensions: "name:value,name:value", or a section of the file.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/openssl/ext_text.h"

enum { PAIRS_MAX = 4096 };

void ext_pairs_clear(struct ext_pairs *pairs)
{
	free(pairs->items);
	free(pairs->copy);
	*pairs = (struct ext_pairs){ 0 };
}

static bool make_room(struct ext_pairs *pairs, size_t count, struct ward_error *err)
{
	if (count > PAIRS_MAX)
		return FAILF(err, BAD_ARGUMENT, "more than %d parts", PAIRS_MAX);
	pairs->items = calloc(count + 1, sizeof(*pairs->items));
	return pairs->items != NULL || FAIL(err, NO_MEMORY);
}

/* ---- a text ---- */

static char *trim(char *text)
{
	size_t len;

	text += strspn(text, " \t\r\n");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
		text[--len] = '\0';
	return text;
}

static bool add_word(struct ext_pairs *pairs, char *word, struct ward_error *err)
{
	struct ext_pair *pair = &pairs->items[pairs->count++];
	char *colon = strchr(word, ':');

	if (colon != NULL)
		*colon = '\0';
	pair->name = trim(word);
	pair->value = colon == NULL ? NULL : trim(colon + 1);
	if (pair->name[0] == '\0')
		return FAILF(err, BAD_ARGUMENT, "a part without a name");
	if (pair->value != NULL && pair->value[0] == '\0')
		return FAILF(err, BAD_ARGUMENT, "nothing stands behind \"%.40s:\"", pair->name);
	return true;
}

bool ext_pairs_split(struct ext_pairs *pairs, const char *text, struct ward_error *err)
{
	size_t commas = 0;
	char *rest, *word;

	*pairs = (struct ext_pairs){ .copy = strdup(text) };
	for (const char *c = text; *c != '\0'; c++)
		commas += *c == ',' ? 1 : 0;
	if (pairs->copy == NULL)
		return FAIL(err, NO_MEMORY);
	if (!make_room(pairs, commas + 1, err))
		return false;
	rest = pairs->copy;
	while ((word = strsep(&rest, ",")) != NULL)
		if (!add_word(pairs, word, err))
			return false;
	return true;
}

/* ---- a section ---- */

static bool take_section(struct ext_pairs *pairs, const struct conf *conf, const char *section,
			 struct ward_error *err)
{
	const struct conf_entry *e;
	size_t at = 0, count = 0;

	*pairs = (struct ext_pairs){ 0 };
	if (!conf_has_section(conf, section))
		return FAILF(err, BAD_ARGUMENT, "there is no section [%.60s]", section);
	while (conf_next(conf, section, &at) != NULL)
		count++;
	if (!make_room(pairs, count, err))
		return false;
	at = 0;
	while ((e = conf_next(conf, section, &at)) != NULL)
		pairs->items[pairs->count++] = (struct ext_pair){ e->name, e->value };
	return true;
}

bool ext_pairs_make(struct ext_pairs *pairs, const struct ext_source *source, const char *text,
		    struct ward_error *err)
{
	if (text[0] == '@')
		return take_section(pairs, source->conf, text + 1, err);
	return ext_pairs_split(pairs, text, err);
}

bool ext_name_is(const char *name, const char *word)
{
	size_t len = strlen(word);

	return strncmp(name, word, len) == 0 && (name[len] == '\0' || name[len] == '.');
}
