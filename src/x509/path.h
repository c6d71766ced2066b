/*
 * The search for a path from a leaf to a trusted certificate.
 */
#ifndef X509_PATH_H
#define X509_PATH_H

#include "x509/effort.h"

enum {
	PATH_LINKS_MAX = 32,   /* certificates of a path, the leaf and the root included */
	PATH_STEPS_MAX = 2048, /* issuers tried in one verification, most of them in vain */
	PATH_STEP_BYTES =
		4096, /* an issuer counts once more for each of these in its certificate */
	PATH_HOPELESS_MAX = 256, /* certificates that are remembered to lead nowhere */
	PATH_PATHS_MAX = 256,    /* paths to a trusted certificate that are judged */
	PATH_GLANCES_MAX =
		1 << 22,        /* presented certificates looked at for a name, again and again */
	PATH_INTERMEDIATES = 8, /* what a path may have if the caller names no other number */
};

/* Whether the key of one certificate has signed the other. */
struct path_edge {
	const struct ward_cert *issuer, *subject;
	bool good;
};

/* Why the path that came furthest was not taken. */
struct path_fault {
	unsigned int rank; /* 0: none yet */
	int place;
	struct ward_error err;
};

struct path {
	struct ward_trust *trust;
	struct ward_cert *const *presented;
	size_t count;
	const struct ward_verify_params *params;
	struct ward_verdict *verdict; /* which is told of paths that end; NULL: nobody asks */

	struct ward_link links[PATH_LINKS_MAX]; /* the leaf first */
	size_t len;

	struct path_edge edges[EFFORT_CHECKS_MAX];
	const struct ward_cert *hopeless[PATH_HOPELESS_MAX];
	size_t hopeless_count;
	bool by_place; /* a branch ended for a reason that another path need not have */

	unsigned int signatures; /* how many edges are known: one check for each */
	struct effort effort;    /* left: for these, and for signatures of lists and responses */
	unsigned int steps;
	unsigned int tried; /* paths that led to a trusted certificate */
	unsigned int comparisons_left, policies_left;
	size_t glances_left;
	struct path_fault fault;
	size_t furthest; /* which attempt of the verdict the fault is from */
	bool forgot;     /* there was no memory for what the verdict should be told */
};

/* Starts a search; nothing needs to be given back. `count` is at least 1. */
void path_start(struct path *p, struct ward_trust *trust, struct ward_cert *const *presented,
		size_t count, const struct ward_verify_params *params,
		struct ward_verdict *verdict);
/* True when p->links is a path that keeps all rules; else p->fault says why there is none. */
bool path_find(struct path *p);

/* How many of the first `len` links count as intermediates: those that are not self-issued. */
unsigned int path_intermediates(const struct ward_link *links, size_t len);
/* CERT_NAME_MISMATCH unless the leaf is for the host that is asked for, if any is. */
bool path_check_host(const struct path *p, const struct ward_cert *leaf, struct ward_error *err);

#endif
