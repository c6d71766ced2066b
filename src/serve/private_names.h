/*
 * Names and addresses that are of nobody on the public Internet: what a CA of one's own may vouch
 * for unless it is told otherwise.
 */
#ifndef SERVE_PRIVATE_NAMES_H
#define SERVE_PRIVATE_NAMES_H

#include <stdbool.h>

/* Each stands for itself and all below it; ends with NULL. */
extern const char *const private_dns[];
/* Networks, "10.0.0.0/8"; ends with NULL. */
extern const char *const private_ip[];

/* Whether a host, a DNS name or an IP literal, lies in one of these lists. */
bool private_names_permit(const char *const *dns, const char *const *ip, const char *host);

#endif
