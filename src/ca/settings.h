/*
 * What a CA was told when it was made: ca.json in its folder. It is written last, so that a CA
 * whose making was cut off is none.
 */
#ifndef CA_SETTINGS_H
#define CA_SETTINGS_H

#include "base/error.h"

struct ca_settings {
	char *crl_url, *ocsp_url; /* for issued certificates; NULL: none */
	/* What it may vouch for; end with NULL. Both NULL: anything. */
	char **permitted_dns, **permitted_ip;
};

void ca_settings_clear(struct ca_settings *s);
/* CA_MISSING when there is no such file, CA_DAMAGED when it does not hold settings. */
bool ca_settings_load(struct ca_settings *s, const char *path, struct ward_error *err);
bool ca_settings_save(const struct ca_settings *s, const char *path, struct ward_error *err);

/* A list that ends with NULL, one longer; `list` may be NULL. False: no memory. */
bool ca_list_add(char ***list, const char *item, struct ward_error *err);
void ca_list_free(char **list);

#endif
