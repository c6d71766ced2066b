/*
 * Whatever a file holds of certificates, keys and requests: PEM with text around, DER, PKCS#12,
 * PKCS#7.
 */
#ifndef CLI_MATERIAL_H
#define CLI_MATERIAL_H

#include <ward/csr.h>

#include "cli/passphrase.h"

struct material {
	struct ward_chain chain;
	struct ward_key *key; /* the first */
	struct ward_csr *csr; /* the first */
};

/*
 * Adds what a file, or "-", holds. The passphrase is for keys and PKCS#12; it is asked for at the
 * terminal where one is needed and none was given. Gives the exit status, after it has reported
 * what is wrong unless that is EXIT_FINE. Clear it in any case.
 */
int material_load(struct material *m, const char *command, const char *path,
		  struct passphrase *passphrase);
void material_clear(struct material *m);
/* Puts the certificate of the key first, if both are there. */
void material_order(struct material *m);

#endif
