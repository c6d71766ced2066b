/*
 * PKCS#12 (RFC 7292): certificates and a private key in one file, under a passphrase.
 */
#ifndef CRYPTO_PKCS12_H
#define CRYPTO_PKCS12_H

#include "crypto/crypto.h"

enum { PKCS12_CERTS_MAX = 1024 };

/* What stands beside a key or a certificate. */
struct pkcs12_bag {
	uint8_t *name; /* friendlyName, as BMPString has it */
	size_t name_len;
	uint8_t *key_id; /* localKeyID, which a key shares with its certificate */
	size_t key_id_len;
	bool key_id_first; /* it stands before the name */
};

struct pkcs12 {
	struct pkcs12_cert {
		uint8_t *der;
		size_t len;
		struct pkcs12_bag bag;
	} * certs; /* in the order of the file */
	size_t count;
	struct privkey *key; /* the first; NULL: none */
	size_t key_place;    /* how many certificates stand in front of it */
	struct pkcs12_bag key_bag;
	char *told; /* what it is made of, part by part, in lines; as far as there is memory */
};

/* Whether bytes begin as a PFX does: SEQUENCE { INTEGER 3, SEQUENCE { OID data or signedData. */
bool pkcs12_detect(struct span der);
/*
 * PASSPHRASE_WRONG; KEY_UNSUPPORTED where libcrypto lacks the algorithm or it is too much work;
 * BAD_PKCS12 if it is malformed. Clear it, whatever the result.
 */
bool pkcs12_read(struct span der, struct span passphrase, struct pkcs12 *out,
		 struct ward_error *err);
void pkcs12_clear(struct pkcs12 *p);
/*
 * Writes one: AES-256-CBC under PBKDF2, MAC with SHA-256. The first certificate is the key's, the
 * others are its chain; name may be NULL. free() *der.
 */
bool pkcs12_write(const struct privkey *key, const struct span *certs, size_t count,
		  const char *name, struct span passphrase, uint8_t **der, size_t *len,
		  struct ward_error *err);

#endif
