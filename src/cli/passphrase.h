/*
 * Passphrases for keys: from a file, a descriptor, or typed at the terminal. Never from the command
 * line, which everybody on the machine can read.
 */
#ifndef CLI_PASSPHRASE_H
#define CLI_PASSPHRASE_H

#include <stdbool.h>
#include <stddef.h>

enum { PASSPHRASE_SIZE = 1026 };

struct passphrase {
	char bytes[PASSPHRASE_SIZE];
	size_t len;
	bool given; /* the user has named a source, or has typed one */
};

/* The first line of a file or of a descriptor's number. False after it has reported why not. */
bool passphrase_read_file(struct passphrase *p, const char *command, const char *path);
bool passphrase_read_fd(struct passphrase *p, const char *command, const char *number);
/*
 * Asks at the terminal, without echo; `twice` for one that something is encrypted with. False after
 * it has reported that there is no terminal, or that the two differ.
 */
bool passphrase_ask(struct passphrase *p, const char *command, const char *what, bool twice);
void passphrase_wipe(struct passphrase *p);

#define PASSPHRASE_OPTIONS(file_id, fd_id)                                                         \
	{ file_id, "passphrase-file", "FILE", "its first line decrypts the key" },                 \
	{                                                                                          \
		fd_id, "passphrase-fd", "N", "the same from descriptor N"                          \
	}

#endif
