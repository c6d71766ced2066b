/*
 * Writing what was made. Nothing is overwritten unless the user says so: a key that is gone is gone.
 */
#include "cli/output.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/report.h"
#include "io/files.h"

const char output_key_kinds[] = "p256, p384, p521, ed25519, rsa2048, rsa3072 or rsa4096";
const char output_profiles[] = "give server, client, both or ca";

bool output_is_free(const char *command, const char *path, bool force)
{
	if (force || strcmp(path, "-") == 0 || access(path, F_OK) != 0)
		return true;
	(void)report_lines(command, EXIT_USAGE, "choose another name, or replace it with --force",
			   "%s: there is such a file", path);
	return false;
}

int output_write(const char *command, const char *path, const char *text, unsigned int mode)
{
	return output_write_bytes(command, path, text, strlen(text), mode);
}

int output_write_bytes(const char *command, const char *path, const void *bytes, size_t len,
		       unsigned int mode)
{
	struct ward_error err = ERROR_NONE;

	if (strcmp(path, "-") == 0) {
		if (fwrite(bytes, 1, len, stdout) == len && fflush(stdout) == 0)
			return EXIT_FINE;
		return report_lines(command, EXIT_NETWORK,
				    "check where it goes to, and the space there",
				    "standard output cannot be written");
	}
	if (file_write(path, span_make(bytes, len), (mode_t)mode, &err))
		return EXIT_FINE;
	return report_setup(command, &err);
}

const char *output_default_path(char path[OUTPUT_PATH_SIZE], const char *name, const char *suffix)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@";

	snprintf(path, OUTPUT_PATH_SIZE, "%.250s%s", name, suffix);
	for (char *p = path; *p != '\0'; p++)
		if (strchr(plain, *p) == NULL)
			*p = '_';
	return path;
}

bool output_profile(const char *word, enum ward_profile *profile)
{
	static const char *const words[] = {
		[WARD_PROFILE_SERVER] = "server",
		[WARD_PROFILE_CLIENT] = "client",
		[WARD_PROFILE_BOTH] = "both",
		[WARD_PROFILE_CA] = "ca",
	};

	for (int i = 0; i <= WARD_PROFILE_CA; i++) {
		if (strcmp(words[i], word) == 0) {
			*profile = (enum ward_profile)i;
			return true;
		}
	}
	return false;
}

bool output_key_kind(const char *word, enum ward_key_kind *kind)
{
	static const struct {
		const char *word;
		enum ward_key_kind kind;
	} kinds[] = {
		{ "p256", WARD_KEY_P256 },        { "p384", WARD_KEY_P384 },
		{ "ed25519", WARD_KEY_ED25519 },  { "rsa2048", WARD_KEY_RSA_2048 },
		{ "rsa3072", WARD_KEY_RSA_3072 }, { "rsa4096", WARD_KEY_RSA_4096 },
		{ "p521", WARD_KEY_P521 },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].word, word) == 0) {
			*kind = kinds[i].kind;
			return true;
		}
	}
	return false;
}
