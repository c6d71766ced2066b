/*
 * `ward key`: the verbs for private keys.
 */
#ifndef CLI_KEY_H
#define CLI_KEY_H

#include <ward/x509.h>

#include "cli/passphrase.h"
#include "cli/verb.h"

extern const struct verb verb_key_new;
extern const struct verb verb_key_show;
extern const struct verb verb_key_tickets;

/* Reads the private key of a file or of "-", or opens that of a URI (file_key_uri). NULL after it has reported why not. */
struct ward_key *key_load(const char *command, const char *path);
/*
 * The same where it may be encrypted: with the passphrase if there is one, else asked for at the
 * terminal.
 */
struct ward_key *key_load_with(const char *command, const char *path,
			       struct passphrase *passphrase);
struct ward_key *key_parse_with(const char *command, const char *name, const void *bytes,
				size_t len, struct passphrase *passphrase);
/* Wipes and frees a text that holds a key; NULL is allowed. */
void key_text_free(char *text);

#endif
