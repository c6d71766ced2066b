/*
 * `ward openssl verify`: what its command line asks for, what it has read, and what it says.
 */
#ifndef CLI_OPENSSL_VERIFY_H
#define CLI_OPENSSL_VERIFY_H

#include <ward/revocation.h>

#include "cli/openssl/openssl.h"
#include "cli/openssl/purpose.h"
#include "cli/openssl/text.h"

enum { VERIFY_FILES_MAX = 32 };

/* Files that an option has named, which may be given several times. */
struct verify_files {
	const char *items[VERIFY_FILES_MAX];
	size_t count;
};

/* Where certificates and lists have come from, and what verification takes. */
struct verify_pool {
	struct ward_trust *trust;
	struct ward_chain others; /* whoever may stand between leaf and root */
	size_t named_trusted;     /* how many of them, from the first on, were named as trusted */
	struct ward_crl **crls;
	size_t crl_count;
};

struct verify_job {
	const struct openssl_command *command; /* for messages */
	bool all_are_others; /* nobody is trusted: certificates of all files are in `others` */
	struct verify_files ca_files, ca_paths, trusted, untrusted, crls;
	bool no_ca_file, no_ca_path;
	const char *host, *address, *email;
	const struct purpose *purpose;
	int64_t at;    /* -1: now */
	int64_t depth; /* -1: not given */
	bool crl_check, crl_check_all, any_time, partial_chain, strict, show_chain;
	struct name_style style;
	struct verify_pool pool;
};

/*
 * Reads all that the job names. False after it has reported why not. Clear the pool in any case.
 */
bool verify_pool_load(struct verify_pool *pool, const struct verify_job *job);
void verify_pool_clear(struct verify_pool *pool);

/*
 * What verification said; and where that was about times, what it says if these are not asked, which
 * leads up to the root.
 */
struct verify_result {
	struct ward_verdict verdict, timeless;
	bool good, timeless_good;
	bool is_about_time;
	bool has_time;
	int64_t time;
};

/*
 * What was found of one file, in openssl's words: "FILE: OK" on standard output, or errors one by
 * one on standard error. Gives whether it is good.
 */
bool verify_tell(const struct verify_job *job, const char *name, const struct ward_chain *chain,
		 const struct verify_result *result);

#endif
