/*
 * What a path of a request stands for.
 */
#include "serve/lookup.h"

#include "serve/index.h"

#include <unistd.h>

static const char index_name[] = "index.html";

static bool end_with(struct lookup *l, int status)
{
	l->kind = LOOKUP_ERROR;
	l->status = status;
	return true;
}

bool lookup_start(struct lookup *l, struct span target)
{
	int status;

	*l = (struct lookup){ .fd = -1, .text = strbuf_make(LISTING_BYTES_MAX) };
	status = path_read(target, &l->path);
	if (status != 0)
		end_with(l, status);
	return status == 0;
}

void lookup_clear(struct lookup *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	strbuf_free(&l->text);
}

static int status_of(enum files_result result)
{
	switch (result) {
	case FILES_MISSING:
		return 404;
	case FILES_DENIED:
		return 403;
	case FILES_BUSY:
		return 503;
	case FILES_OK:
	case FILES_AGAIN:
	case FILES_FAILED:
		break;
	}
	return 500;
}

/* The path with a slash behind it, written anew from its decoded parts: one slash in front, so that
 * it can not be taken for the name of another host. */
static bool redirect(struct lookup *l)
{
	const char *part = l->path.name;

	while (*part != '\0') {
		size_t len = strcspn(part, "/");
		char one[URL_PATH_MAX];

		memcpy(one, part, len);
		one[len] = '\0';
		strbuf_string(&l->text, "/");
		strbuf_url_segment(&l->text, one);
		part += len + (part[len] == '/' ? 1 : 0);
	}
	strbuf_string(&l->text, "/");
	strbuf_add(&l->text, l->path.query);
	l->kind = LOOKUP_REDIRECT;
	return l->text.failed ? end_with(l, 500) : true;
}

/* Adds the name of the index to that of the directory; false if that is too long. */
static bool append_index(struct url_path *path)
{
	size_t len = strlen(path->name);
	const char *slash = len > 0 ? "/" : "";

	if (len + sizeof(index_name) + 1 > sizeof(path->name))
		return false;
	memcpy(path->name + len, slash, strlen(slash));
	memcpy(path->name + len + strlen(slash), index_name, sizeof(index_name));
	return true;
}

static bool list(struct lookup *l, const struct site *site, int folder)
{
	bool ok = index_write(&site->root, folder, l->path.name, site->hidden, &l->text);

	l->kind = LOOKUP_LISTING;
	return ok ? true : end_with(l, 500);
}

/* A directory: the index that is in it, or its listing. */
static bool enter(struct lookup *l, const struct site *site, int folder, bool may_wait)
{
	size_t len = strlen(l->path.name);
	enum files_result result = FILES_MISSING;

	if (append_index(&l->path))
		result = files_open(&site->root, l->path.name, may_wait, &l->fd, &l->st);
	if (result == FILES_OK && S_ISREG(l->st.st_mode)) {
		l->kind = LOOKUP_FILE;
		return true;
	}
	if (result == FILES_OK) { /* a directory with such a name: no index */
		close(l->fd);
		l->fd = -1;
		result = FILES_MISSING;
	}
	l->path.name[len] = '\0';
	if (result == FILES_AGAIN || (result == FILES_MISSING && !may_wait))
		return false;
	return result == FILES_MISSING ? list(l, site, folder) : end_with(l, status_of(result));
}

bool lookup_run(struct lookup *l, const struct site *site, bool may_wait)
{
	enum files_result result = FILES_MISSING;
	int fd = -1;
	bool done;

	if (site->hidden || !l->path.hidden)
		result = files_open(&site->root, l->path.name, may_wait, &fd, &l->st);
	if (result == FILES_AGAIN && !may_wait)
		return false;
	if (result != FILES_OK)
		return end_with(l, status_of(result));
	if (S_ISDIR(l->st.st_mode)) {
		done = l->path.folder ? enter(l, site, fd, may_wait) : redirect(l);
		close(fd);
		return done;
	}
	if (l->path.folder) { /* a file is no directory */
		close(fd);
		return end_with(l, 404);
	}
	l->fd = fd;
	l->kind = LOOKUP_FILE;
	return true;
}
