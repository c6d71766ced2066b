/*
 * `ward cert verify`: the judgement of one chain, and what the chain should look like.
 */
#ifndef CLI_JUDGEMENT_H
#define CLI_JUDGEMENT_H

#include <ward/x509.h>

#include "cli/revocation.h"
#include "cli/source.h"
#include "cli/term.h"

enum {
	VERIFY_CACERTS_MAX = 16,
	VERIFY_UNTRUSTED_MAX = 16,
	FETCHES_MAX = 8, /* certificates that are fetched in one judgement */
};

struct verify_options {
	struct source_options source;
	const char *cacerts[VERIFY_CACERTS_MAX];
	size_t cacert_count;
	const char *untrusted[VERIFY_UNTRUSTED_MAX];
	size_t untrusted_count;
	const char *host;
	int64_t at; /* -1: now */
	size_t purpose, policy;
	struct revocation_options revocation;
	const char *write_chain; /* where to write the chain as it should be, or NULL */
	bool aia, force;
	bool json;
	enum term_when colour;
};

/* The words of --purpose and --policy, by their number. */
extern const char *const verify_purposes[2];
extern const char *const verify_policies[3];

/* One address that certificates were fetched from. */
struct fetch {
	char *url;
	struct ward_error err; /* reason NONE: it gave certificates */
};

/*
 * The chain that ought to be sent: leaf first, each signed by the next, without the root that the
 * other side has. Empty where no path is good.
 */
struct repair {
	struct ward_chain chain;
	size_t missing; /* how many of them are not in the chain that was given */
	size_t surplus; /* how many of that are not in it */
	bool in_order;  /* those that are in both stand in the same order */
	int leaf;       /* the place of the leaf in what was given; else than 0 it is in the way */
	bool written;
};

struct judgement {
	const struct verify_options *o;
	const struct source *source;
	struct ward_verify_params params;
	struct ward_chain pool; /* what was given; then --untrusted; then what was fetched */
	size_t fetched_from;    /* where in the pool that begins */
	struct fetch fetches[FETCHES_MAX];
	size_t fetch_count;

	struct ward_verdict verdict; /* on the pool */
	struct ward_error fault;     /* reason NONE: it is good */
	struct repair repair;
	char remedy[256];
};

/*
 * Judges what the source gave, looks for what it lacks, and what it should be. False with err set
 * when it could not; what is wrong with the chain is in the judgement. Clear it in any case.
 */
bool judgement_make(struct judgement *j, struct ward_trust *trust, struct ward_error *err);
void judgement_clear(struct judgement *j);

bool judgement_is_good(const struct judgement *j);
/* Whether the chain that was given is not what ought to be sent; false where nobody knows that. */
bool judgement_wants_repair(const struct judgement *j);
/* Where a certificate of the repaired chain comes from: "chain", "untrusted", "aia", "trusted". */
const char *judgement_origin(const struct judgement *j, const struct ward_cert *cert);

/* For people, on standard output. */
void judgement_print(const struct judgement *j, const struct term *t);
/* One JSON document on standard output. False when it cannot be made or written. */
bool judgement_json(const struct judgement *j, int exit_status);

#endif
