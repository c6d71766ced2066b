/*
 * What a PKCS#12 file is made of, as lines of text. For pkcs12.c alone.
 */
#ifndef CRYPTO_PKCS12_TELL_H
#define CRYPTO_PKCS12_TELL_H

#include <stdio.h>

#include <openssl/types.h>

/* "WHAT: PBES2, PBKDF2, AES-256-CBC, Iteration 2048, PRF hmacWithSHA256" */
void pkcs12_tell_cipher(FILE *out, const char *what, const X509_ALGOR *alg);
/* Two lines; nothing where there is no MAC. */
void pkcs12_tell_mac(FILE *out, const PKCS12 *p12);

#endif
