/*
 * Keys as text, in the form that `openssl pkey -text` gives them.
 */
#ifndef CLI_OPENSSL_KEY_TEXT_H
#define CLI_OPENSSL_KEY_TEXT_H

#include <stdio.h>

#include "crypto/crypto.h"

/*
 * All numbers of a private key, or those of its public half alone. Every line begins with `indent`
 * blanks.
 */
void key_text_private(FILE *out, const struct key_parts *parts, int indent);
void key_text_public(FILE *out, const struct key_parts *parts, int indent);
/* "prime256v1" of a key on a curve; NULL for another. */
const char *key_text_curve(enum key_type type);

#endif
