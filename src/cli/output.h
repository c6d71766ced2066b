/*
 * Files that verbs make: keys and certificates.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>

#include <ward/x509.h>

enum { OUTPUT_SECRET = 0600, OUTPUT_PUBLIC = 0644 };

/*
 * True when the path is free, or may be replaced; false after it has reported that it is not. It
 * is asked before the work is done; the file itself is replaced as a whole.
 */
bool output_is_free(const char *command, const char *path, bool force);
/* Writes a text, atomically and with this mode. Gives the exit status, a failure reported. */
int output_write(const char *command, const char *path, const char *text, unsigned int mode);

/* The same for bytes, and for "-": standard output. */
int output_write_bytes(const char *command, const char *path, const void *bytes, size_t len,
		       unsigned int mode);

enum { OUTPUT_PATH_SIZE = 300 };
/* A file of the working directory that is named as a name is, but for slashes and stars. */
const char *output_default_path(char path[OUTPUT_PATH_SIZE], const char *name, const char *suffix);

/* "server", "client", "both" or "ca"; false for another word. */
bool output_profile(const char *word, enum ward_profile *profile);
extern const char output_profiles[];

/* "p256", "rsa2048"…; false for another word. */
bool output_key_kind(const char *word, enum ward_key_kind *kind);
/* What the words are, for messages. */
extern const char output_key_kinds[];

#endif
