/*
 * The listing of a directory as a page of HTML.
 */
#include "serve/index.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct entry {
	char *name;
	bool folder;
	off_t size;
	time_t modified;
};

/* The directory that is listed. */
struct place {
	const struct files_root *root;
	int fd;
	const char *name;
	bool hidden;
};

struct entries {
	struct entry *list;
	size_t count, cap;
	size_t left_out;
};

static int compare(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	if (left->folder != right->folder)
		return left->folder ? -1 : 1;
	return strcmp(left->name, right->name);
}

static bool add(struct entries *e, const char *name, const struct stat *st)
{
	if (e->count == e->cap) {
		size_t cap = e->cap > 0 ? 2 * e->cap : 64;
		struct entry *list = realloc(e->list, cap * sizeof(*list));

		if (list == NULL)
			return false;
		e->list = list;
		e->cap = cap;
	}
	e->list[e->count] = (struct entry){ strdup(name), S_ISDIR(st->st_mode), st->st_size,
					    st->st_mtim.tv_sec };
	return e->list[e->count++].name != NULL;
}

/* What a link leads to, judged as opening it would be: nothing is told of files outside. */
static bool stat_link(const struct place *place, const char *name, struct stat *st)
{
	const char *slash = place->name[0] != '\0' ? "/" : "";
	char *path = NULL;
	int fd = -1;

	if (asprintf(&path, "%s%s%s", place->name, slash, name) < 0)
		return false;
	if (files_open(place->root, path, true, &fd, st) == FILES_OK)
		close(fd);
	free(path);
	return fd >= 0;
}

/* False when there is no memory. */
static bool consider(struct entries *e, const struct place *place, const char *name)
{
	struct stat st;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || (name[0] == '.' && !place->hidden))
		return true;
	if (e->count == LISTING_ENTRIES_MAX) {
		e->left_out++;
		return true;
	}
	if (fstatat(place->fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return true;
	if (S_ISLNK(st.st_mode) && !stat_link(place, name, &st))
		return true;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return true;
	return add(e, name, &st);
}

static bool read_entries(const struct place *place, struct entries *e)
{
	int copy = openat(place->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
	struct dirent *d;
	bool ok = dir != NULL;

	if (dir == NULL && copy >= 0)
		close(copy);
	while (ok && (d = readdir(dir)) != NULL)
		ok = consider(e, place, d->d_name);
	if (dir != NULL)
		closedir(dir);
	if (ok && e->count > 0)
		qsort(e->list, e->count, sizeof(e->list[0]), compare);
	return ok;
}

/* How many bytes the UTF-8 character at s has; 0 if it is malformed (RFC 3629, 4). */
static size_t utf8_len(const char *s)
{
	const uint8_t *b = (const uint8_t *)s;
	size_t n = b[0] < 0x80 ? 1 : b[0] < 0xc2 ? 0 : b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3 : 4;

	if (b[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((b[i] & 0xc0) != 0x80)
			return 0;
	if ((b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xed && b[1] > 0x9f) ||
	    (b[0] == 0xf0 && b[1] < 0x90) || (b[0] == 0xf4 && b[1] > 0x8f))
		return 0;
	return n;
}

/* The name as it is shown: escaped, and what is no UTF-8 or a control character replaced. */
static void write_name(struct strbuf *page, const char *name)
{
	char one[5];

	while (*name != '\0') {
		size_t n = utf8_len(name);

		if (n == 0 || (uint8_t)*name < 0x20 || *name == 0x7f) {
			strbuf_string(page, "\xef\xbf\xbd");
			name++;
			continue;
		}
		memcpy(one, name, n);
		one[n] = '\0';
		strbuf_html(page, one);
		name += n;
	}
}

static void write_size(struct strbuf *page, off_t size)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
	double shown = (double)size;
	size_t unit = 0;

	for (; shown >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
		shown /= 1024;
	strbuf_format(page, unit == 0 ? "%.0f %s" : "%.1f %s", shown, units[unit]);
}

static void write_entry(struct strbuf *page, const struct entry *e)
{
	char when[32] = "";
	const char *slash = e->folder ? "/" : "";
	struct tm tm;

	if (gmtime_r(&e->modified, &tm) != NULL)
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &tm);
	/* "./" keeps a name with a colon from being taken for a scheme. */
	strbuf_string(page, "<tr><td><a href=\"./");
	strbuf_url_segment(page, e->name);
	strbuf_format(page, "%s\">", slash);
	write_name(page, e->name);
	strbuf_format(page, "%s</a></td><td>", slash);
	if (!e->folder)
		write_size(page, e->size);
	strbuf_format(page, "</td><td>%s</td></tr>\n", when);
}

static void write_page(struct strbuf *page, const char *name, const struct entries *e)
{
	const char *slash = name[0] != '\0' ? "/" : "";

	strbuf_string(page,
		      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>/");
	write_name(page, name);
	strbuf_string(page, slash);
	strbuf_string(page, "</title>\n<style>body{font:1rem/1.5 sans-serif;margin:2rem}"
			    "td{padding-right:2rem}td+td{text-align:right}"
			    "a{text-decoration:none}a:hover{text-decoration:underline}"
			    "</style>\n</head>\n<body>\n<h1>/");
	write_name(page, name);
	strbuf_string(page, slash);
	strbuf_string(page, "</h1>\n<table>\n");
	if (name[0] != '\0')
		strbuf_string(page,
			      "<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n");
	for (size_t i = 0; i < e->count; i++)
		write_entry(page, &e->list[i]);
	strbuf_string(page, "</table>\n");
	if (e->left_out > 0)
		strbuf_format(page, "<p>%zu more are not listed.</p>\n", e->left_out);
	strbuf_string(page, "</body>\n</html>\n");
}

bool index_write(const struct files_root *root, int fd, const char *name, bool hidden,
		 struct strbuf *page)
{
	struct place place = { root, fd, name, hidden };
	struct entries e = { 0 };
	bool ok = read_entries(&place, &e);

	if (ok)
		write_page(page, name, &e);
	for (size_t i = 0; i < e.count; i++)
		free(e.list[i].name);
	free(e.list);
	return ok && !page->failed;
}
