/*
 * Runs a fuzz target on files instead of under libFuzzer: the regression test of its corpus, and
 * the way to look at one input in a debugger.
 *
 *	fuzz_NAME FILE|FOLDER...
 *
 * Every input lives in a block of exactly its size, so that ASan sees a read past the end. Exits 1
 * if a path cannot be read; a target that finds something wrong aborts.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool complain(const char *path)
{
	perror(path);
	return false;
}

static bool run_bytes(FILE *file, size_t size)
{
	uint8_t *data = malloc(size > 0 ? size : 1);
	bool ok = data != NULL && fread(data, 1, size, file) == size;

	if (ok)
		LLVMFuzzerTestOneInput(data, size);
	free(data);
	return ok;
}

static bool run_file(const char *path, off_t size)
{
	FILE *file = fopen(path, "rb");
	bool ok;

	if (file == NULL)
		return complain(path);
	ok = run_bytes(file, (size_t)size);
	fclose(file);
	return ok || complain(path);
}

static bool run_path(const char *path, size_t *count);

static bool run_folder(const char *path, size_t *count)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort);
	bool ok = true;

	if (n < 0)
		return complain(path);
	for (int i = 0; i < n; i++) {
		char *child = NULL;

		if (entries[i]->d_name[0] != '.') {
			if (asprintf(&child, "%s/%s", path, entries[i]->d_name) < 0)
				abort();
			ok = run_path(child, count) && ok;
			free(child);
		}
		free(entries[i]);
	}
	free(entries);
	return ok;
}

static bool run_path(const char *path, size_t *count)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return complain(path);
	if (S_ISDIR(st.st_mode))
		return run_folder(path, count);
	++*count;
	return run_file(path, st.st_size);
}

int main(int argc, char **argv)
{
	size_t count = 0;
	bool ok = true;

	for (int i = 1; i < argc; i++)
		ok = run_path(argv[i], &count) && ok;
	printf("%zu inputs\n", count);
	return ok && count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
