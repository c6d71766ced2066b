/*
 * Pre-shared keys of a config that come from elsewhere; see <ward/resume.h>.
 */
#ifndef TLS_EXTERNAL_PSK_H
#define TLS_EXTERNAL_PSK_H

#include "base/span.h"
#include "tls/psk.h"

struct ward_config;

struct external_psk {
	uint8_t *identity; /* as on the wire: of an imported one, an ImportedIdentity */
	size_t identity_len;
	size_t external_at, external_len; /* the name that the program gave, in there */
	struct psk psk;
	uint8_t fingerprint[32]; /* of key and identity: what tickets that descend from it carry */
};

void external_psk_clear(struct external_psk *p);
/* NULL if the config has none by this name. */
const struct external_psk *external_psk_find(const struct ward_config *config,
					     struct span identity);
/* The one that a ticket descends from; NULL if the config has not the very same. */
const struct external_psk *external_psk_recall(const struct ward_config *config,
					       struct span fingerprint);

#endif
