/*
 * Intermediates that come and go.
 */
#ifndef CA_RETIREMENT_H
#define CA_RETIREMENT_H

#include <ward/revocation.h>

#include "ca/state.h"

enum { CA_NAME_SIZE = 80 };

/* What the index says of the intermediate if that is revoked; NULL if it is not. */
const struct ca_authority *ca_revoked_intermediate(const struct ca *ca);
/* CA_REVOKED if it is. */
bool ca_check_intermediate(const struct ca *ca, struct ward_error *err);
/* Writes a certificate of the intermediate down, unless it was. The CA was opened to be changed. */
bool ca_note_intermediate(struct ca *ca, const struct ward_cert *cert, struct ward_error *err);

/*
 * Revokes the intermediate, with all certificates that the root has made for its key and all that it
 * has issued, for good; if that was done before, nothing is changed. Gives the root's CRL that tells
 * of it; NULL with err set. The CA was opened to be changed.
 */
struct ward_crl *ca_retire(struct ca *ca, const char *root_key_file, const struct ca_secret *secret,
			   int reason, int64_t now, int64_t life, struct ward_error *err);
/* The root's CRL, on which are the intermediates that are revoked. Its number goes with the time. */
struct ward_crl *ca_sign_root_crl(const struct ca *ca, const struct ward_key *key, int64_t now,
				  int64_t life, struct ward_error *err);

/* For the intermediate that takes the place of a revoked one: what it is called, and a key. */
void ca_next_name(const struct ca *ca, char name[CA_NAME_SIZE]);
struct ward_key *ca_next_key(const struct ca *ca, const struct ca_secret *secret,
			     struct ward_error *err);

#endif
