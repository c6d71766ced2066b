/*
 * Paths that are only for clients who show a certificate.
 *
 * A path is compared as it is looked up: decoded once, without empty parts and dots. So no other way
 * of writing it leads past its guard.
 */
#include "serve/guard.h"

#include <stdlib.h>
#include <string.h>

bool guard_add(struct guard *g, const char *path, struct ward_error *err)
{
	char **grown;
	struct url_path read;

	if (path[0] != '/' || path_read(span_string(path), &read) != 0 || read.query.len > 0)
		return FAILF(err, BAD_ARGUMENT, "%s: no path of a URL, as /private/", path);
	grown = realloc(g->names, (g->count + 1) * sizeof(*grown));
	if (grown == NULL)
		return FAIL(err, NO_MEMORY);
	g->names = grown;
	grown[g->count] = strdup(read.name);
	if (grown[g->count] == NULL)
		return FAIL(err, NO_MEMORY);
	g->count++;
	return true;
}

static bool is_below(const char *name, const char *folder)
{
	size_t len = strlen(folder);

	if (len == 0) /* the whole site */
		return true;
	return strncmp(name, folder, len) == 0 && (name[len] == '/' || name[len] == '\0');
}

bool guard_covers(const struct guard *g, const struct url_path *path)
{
	for (size_t i = 0; i < g->count; i++)
		if (is_below(path->name, g->names[i]))
			return true;
	return false;
}

void guard_clear(struct guard *g)
{
	for (size_t i = 0; i < g->count; i++)
		free(g->names[i]);
	free(g->names);
	*g = (struct guard){ .names = NULL };
}
