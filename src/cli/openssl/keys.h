/*
 * Keys as `ward openssl` reads them: private or public, in whatever form they are.
 */
#ifndef CLI_OPENSSL_KEYS_H
#define CLI_OPENSSL_KEYS_H

#include <ward/x509.h>

#include "cli/openssl/openssl.h"
#include "crypto/crypto.h"

struct openssl_key {
	struct ward_key *private; /* NULL where there is only the public half */
	struct pubkey *public;
	uint8_t *spki; /* SubjectPublicKeyInfo */
	size_t spki_len;
};

/*
 * From a file, or standard input for NULL: PEM or DER, whichever it is. A passphrase is taken from
 * pass_source, or asked for, if the key is encrypted. False after it has been reported. Clear it in
 * any case.
 */
bool openssl_key_private(const struct openssl_command *command, const char *path,
			 const char *pass_source, struct openssl_key *key);
/* The same of bytes that were read already; `name` is what to call them. */
bool openssl_key_bytes(const struct openssl_command *command, const char *name, struct span bytes,
		       const char *pass_source, struct openssl_key *key);
/* SubjectPublicKeyInfo, or PKCS#1. */
bool openssl_key_public(const struct openssl_command *command, const char *path,
			struct openssl_key *key);
/* Takes a key that was made; NULL with err set is reported. */
bool openssl_key_take(const struct openssl_command *command, struct ward_key *private,
		      const struct ward_error *err, struct openssl_key *key);
void openssl_key_clear(struct openssl_key *key);

/* Reads both kinds of file, for a command whose -pubin says which. */
static inline bool openssl_key_load(const struct openssl_command *command, const char *path,
				    bool public, const char *pass_source, struct openssl_key *key)
{
	return public ? openssl_key_public(command, path, key)
		      : openssl_key_private(command, path, pass_source, key);
}

#endif
