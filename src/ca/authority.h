/*
 * Making a CA: a root, and an intermediate that does the daily work.
 *
 * Both carry the same name constraints, so that neither key, stolen, is of use for the names of
 * others, whether or not a client looks at those of a trusted root. The intermediate can issue no
 * further CA, and its certificates are for TLS alone.
 */
#ifndef CA_AUTHORITY_H
#define CA_AUTHORITY_H

#include "ca/state.h"

struct ca_plan {
	/* "NAME root" and "NAME intermediate" are the common names; at most 50 characters. */
	const char *name;
	enum ward_key_kind kind;
	/* Seconds; the second ends with the first at the latest. */
	int64_t root_life, intermediate_life;
	const struct ca_settings *settings;
	/* Where the root's key is written instead of the folder, or NULL. */
	const char *root_key_file;
	/* That the keys are encrypted with, or { NULL }. */
	struct ca_secret secret;
};

/*
 * Makes the folder and the CA in it. CA_EXISTS where there is one; BAD_ARGUMENT for a folder with
 * other files that others may enter. What a making that was cut off has left is replaced.
 */
bool ca_init(const char *dir, const struct ca_plan *plan, int64_t now, struct ward_error *err);

/*
 * A new certificate for the intermediate's key, from the root, whose key is in `root_key_file` or,
 * if that is NULL, in the folder. If the intermediate is revoked, another one takes its place, with a
 * new key and a new name. The CA was opened to be changed.
 */
bool ca_renew(struct ca *ca, const char *root_key_file, const struct ca_secret *secret,
	      int64_t life, int64_t now, struct ward_error *err);

/* The name constraints where nothing else is said: private_names.h. */
bool ca_permit_private(struct ca_settings *s, struct ward_error *err);
/* Adds a DNS name or a network. BAD_ARGUMENT if it is neither. */
bool ca_permit(struct ca_settings *s, const char *text, struct ward_error *err);

/* From `back` seconds ago for `life` seconds, but never outside the issuer's time. */
void ca_set_times(struct ward_cert_spec *spec, const struct ward_cert *issuer, int64_t now,
		  int64_t back, int64_t life);

#endif
