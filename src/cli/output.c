/*
 * Writing what was made. Nothing is overwritten unless the user says so: a key that is gone is gone.
 */
#include "cli/output.h"

#include <string.h>
#include <unistd.h>

#include "cli/report.h"
#include "io/files.h"

const char output_key_kinds[] = "p256, p384, ed25519, rsa2048, rsa3072 or rsa4096";

bool output_is_free(const char *command, const char *path, bool force)
{
	if (force || access(path, F_OK) != 0)
		return true;
	(void)report_lines(command, EXIT_USAGE, "choose another name, or replace it with --force",
			   "%s: there is such a file", path);
	return false;
}

int output_write(const char *command, const char *path, const char *text, unsigned int mode)
{
	struct ward_error err = ERROR_NONE;

	if (file_write(path, span_string(text), (mode_t)mode, &err))
		return EXIT_FINE;
	return report_setup(command, &err);
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
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].word, word) == 0) {
			*kind = kinds[i].kind;
			return true;
		}
	}
	return false;
}
