/*
 * Media types by the end of a file's name.
 */
#include "serve/mime.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "io/files.h"

enum { MIME_FILE_MAX = 1024 * 1024 };

/* Both are sorted by extension, in lower case, for bsearch. */
struct entry {
	const char *extension;
	const char *type;
};

static const struct entry built_in[] = {
	{ "avif", "image/avif" },
	{ "bmp", "image/bmp" },
	{ "css", "text/css; charset=utf-8" },
	{ "csv", "text/csv; charset=utf-8" },
	{ "gif", "image/gif" },
	{ "gz", "application/gzip" },
	{ "htm", "text/html; charset=utf-8" },
	{ "html", "text/html; charset=utf-8" },
	{ "ico", "image/x-icon" },
	{ "jpeg", "image/jpeg" },
	{ "jpg", "image/jpeg" },
	{ "js", "text/javascript; charset=utf-8" },
	{ "json", "application/json" },
	{ "map", "application/json" },
	{ "md", "text/markdown; charset=utf-8" },
	{ "mjs", "text/javascript; charset=utf-8" },
	{ "mp3", "audio/mpeg" },
	{ "mp4", "video/mp4" },
	{ "oga", "audio/ogg" },
	{ "ogg", "audio/ogg" },
	{ "ogv", "video/ogg" },
	{ "otf", "font/otf" },
	{ "pdf", "application/pdf" },
	{ "pem", "application/x-pem-file" },
	{ "png", "image/png" },
	{ "svg", "image/svg+xml" },
	{ "tar", "application/x-tar" },
	{ "ttf", "font/ttf" },
	{ "txt", "text/plain; charset=utf-8" },
	{ "wasm", "application/wasm" },
	{ "wav", "audio/wav" },
	{ "webm", "video/webm" },
	{ "webmanifest", "application/manifest+json" },
	{ "webp", "image/webp" },
	{ "woff", "font/woff" },
	{ "woff2", "font/woff2" },
	{ "xhtml", "application/xhtml+xml" },
	{ "xml", "application/xml" },
	{ "zip", "application/zip" },
	{ "zst", "application/zstd" },
};

struct mime_table {
	char *text; /* lines and words cut by zeros; the entries point into it */
	struct entry *entries;
	size_t count, cap;
	char **made; /* types that got a charset */
	size_t made_count;
};

static int compare(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	return strcasecmp(left->extension, right->extension);
}

static bool add(struct mime_table *t, const char *extension, const char *type)
{
	if (t->count == t->cap) {
		size_t cap = t->cap > 0 ? 2 * t->cap : 512;
		struct entry *entries = realloc(t->entries, cap * sizeof(*entries));

		if (entries == NULL)
			return false;
		t->entries = entries;
		t->cap = cap;
	}
	t->entries[t->count++] = (struct entry){ extension, type };
	return true;
}

/* The type as it is sent: text is said to be UTF-8. NULL when there is no memory. */
static const char *with_charset(struct mime_table *t, const char *type)
{
	char **made;
	char *text = NULL;

	if (strncasecmp(type, "text/", 5) != 0)
		return type;
	made = realloc(t->made, (t->made_count + 1) * sizeof(*made));
	if (made == NULL)
		return NULL;
	t->made = made;
	if (asprintf(&text, "%s; charset=utf-8", type) < 0)
		return NULL;
	t->made[t->made_count++] = text;
	return text;
}

/* Nothing that could end the header field may stand in a type. */
static bool is_sane(const char *word)
{
	for (; *word != '\0'; word++)
		if (*word <= ' ' || *word > '~')
			return false;
	return true;
}

/* TYPE EXTENSION..., cut at its blanks. */
static bool parse_line(struct mime_table *t, char *line)
{
	char *state = NULL;
	const char *word = strtok_r(line, " \t", &state), *type;
	char *extension = word != NULL ? strtok_r(NULL, " \t", &state) : NULL;

	if (extension == NULL || !is_sane(word))
		return true;
	type = with_charset(t, word);
	if (type == NULL)
		return false;
	for (; extension != NULL; extension = strtok_r(NULL, " \t", &state))
		if (!add(t, extension, type))
			return false;
	return true;
}

struct mime_table *mime_table_parse(struct span text)
{
	struct mime_table *t = calloc(1, sizeof(*t));
	char *state = NULL;
	bool ok;

	if (t == NULL)
		return NULL;
	t->text = calloc(1, text.len + 1);
	ok = t->text != NULL;
	if (ok)
		bytes_copy(t->text, text.data, text.len);
	for (char *line = ok ? strtok_r(t->text, "\r\n", &state) : NULL; ok && line != NULL;
	     line = strtok_r(NULL, "\r\n", &state)) {
		line[strcspn(line, "#")] = '\0';
		ok = parse_line(t, line);
	}
	if (!ok) {
		mime_table_free(t);
		return NULL;
	}
	if (t->count > 0)
		qsort(t->entries, t->count, sizeof(t->entries[0]), compare);
	return t;
}

struct mime_table *mime_table_system(void)
{
	struct file_bytes bytes = { 0 };
	struct mime_table *t;

	if (!file_read("/etc/mime.types", MIME_FILE_MAX, &bytes, NULL))
		return mime_table_parse(SPAN_EMPTY);
	t = mime_table_parse(span_make(bytes.data, bytes.len));
	file_bytes_clear(&bytes);
	return t;
}

void mime_table_free(struct mime_table *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->made_count; i++)
		free(t->made[i]);
	free(t->made);
	free(t->entries);
	free(t->text);
	free(t);
}

size_t mime_table_count(const struct mime_table *t)
{
	return t->count;
}

const char *mime_type(const struct mime_table *t, const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash != NULL ? slash + 1 : name;
	const char *dot = strrchr(base, '.');
	struct entry wanted = { dot != NULL ? dot + 1 : "", NULL };
	const struct entry *found;

	/* A name that is all extension (".html") has none. */
	if (dot == NULL || dot == base)
		return "application/octet-stream";
	found = bsearch(&wanted, built_in, sizeof(built_in) / sizeof(built_in[0]),
			sizeof(built_in[0]), compare);
	if (found == NULL && t != NULL && t->count > 0)
		found = bsearch(&wanted, t->entries, t->count, sizeof(wanted), compare);
	return found != NULL ? found->type : "application/octet-stream";
}
