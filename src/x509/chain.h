/*
 * What the files of this floor do with chains beyond <ward/x509.h>.
 */
#ifndef X509_CHAIN_H
#define X509_CHAIN_H

#include "x509/x509.h"

/* Puts a certificate at the end; the chain then owns the caller's reference. */
bool chain_append(struct ward_chain *chain, struct ward_cert *cert, struct ward_error *err);
/* All of them as PEM text, with a zero at its end; free() it. NULL when there is no memory. */
char *chain_pem(const struct ward_chain *chain);
/* Whether a PEM block with this label holds a certificate. */
bool chain_label_is_cert(const char *label);

#endif
