/*
 * Timestamps of Certificate Transparency logs from files. See sct_files.h.
 *
 * A list begins with its length, a timestamp with its version, which is 0: both can hardly be meant
 * by the same bytes, and a list that is sound is taken for one.
 */
#include "serve/sct_files.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/files.h"
#include "tls/ext/ext.h"
#include "wire/reader.h"

enum { SCT_V1 = 0, SCT_FILES_MAX = 64 };

/* struct { Version; LogID; uint64 timestamp; CtExtensions; digitally-signed } of RFC 6962, 3.2. */
static bool is_timestamp(struct span bytes)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(bytes, &failure);
	uint8_t version = reader_u8(&r);

	(void)reader_bytes(&r, 32); /* whose log it is */
	(void)reader_u64(&r);
	(void)reader_vec(&r, 2);
	(void)reader_u16(&r); /* the algorithm */
	(void)reader_vec_bounded(&r, 2, 1, 65535);
	return reader_close(&r) && version == SCT_V1;
}

static void add_u16(struct strbuf *t, size_t n)
{
	uint8_t bytes[2] = { (uint8_t)(n >> 8), (uint8_t)n };

	strbuf_add(t, SPAN_ARRAY(bytes));
}

/* Entries go behind those that are there; the length in front is that of all. */
static bool append(struct strbuf *list, struct span entries, const char *path,
		   struct ward_error *err)
{
	if (list->len == 0)
		add_u16(list, 0);
	strbuf_add(list, entries);
	if (list->failed)
		return FAILF(err, BAD_VALUE, "%s: there are more timestamps than fit into a list",
			     path);
	list->data[0] = (char)((list->len - 2) >> 8);
	list->data[1] = (char)(list->len - 2);
	return true;
}

static bool add_bytes(struct strbuf *list, struct span bytes, const char *path,
		      struct ward_error *err)
{
	struct strbuf entry = strbuf_make(SCT_LIST_MAX);
	bool ok;

	if (sct_list_is_sound(bytes))
		return append(list, span_make(bytes.data + 2, bytes.len - 2), path, err);
	if (!is_timestamp(bytes))
		return FAILF(err, BAD_VALUE, "%s: it is no timestamp of a log, nor a list of them",
			     path);
	add_u16(&entry, bytes.len);
	strbuf_add(&entry, bytes);
	ok = entry.failed ? FAIL(err, NO_MEMORY) : append(list, strbuf_span(&entry), path, err);
	strbuf_free(&entry);
	return ok;
}

static bool add_file(struct strbuf *list, const char *path, struct ward_error *err)
{
	struct file_bytes bytes;
	bool ok;

	if (!file_read(path, SCT_LIST_MAX, &bytes, err))
		return false;
	ok = add_bytes(list, span_make(bytes.data, bytes.len), path, err);
	file_bytes_clear(&bytes);
	return ok;
}

static int ends_in_sct(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 4 && entry->d_name[0] != '.' && strcmp(entry->d_name + len - 4, ".sct") == 0;
}

static bool add_entry(struct strbuf *list, const char *folder, const char *name,
		      struct ward_error *err)
{
	struct strbuf path = strbuf_make(2 * 4096);
	bool ok;

	strbuf_string(&path, folder);
	strbuf_string(&path, "/");
	strbuf_string(&path, name);
	ok = path.failed ? FAIL(err, NO_MEMORY) : add_file(list, path.data, err);
	strbuf_free(&path);
	return ok;
}

static bool add_folder(struct strbuf *list, const char *path, struct ward_error *err)
{
	struct dirent **entries;
	int count = scandir(path, &entries, ends_in_sct, alphasort);
	bool ok = true;

	if (count < 0)
		return FAIL_SYSTEM(err, FILE_READ, path);
	if (count == 0)
		ok = FAILF(err, FILE_READ, "%s: no file in it ends in .sct", path);
	if (count > SCT_FILES_MAX)
		ok = FAILF(err, FILE_READ, "%s: it has more than %d timestamps", path,
			   SCT_FILES_MAX);
	for (int i = 0; i < count; i++) {
		ok = ok && add_entry(list, path, entries[i]->d_name, err);
		free(entries[i]);
	}
	free(entries);
	return ok;
}

bool sct_files_add(struct strbuf *list, const char *path, struct ward_error *err)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return add_folder(list, path, err);
	return add_file(list, path, err);
}
