/*
 * What `ward openssl req` and `x509` share when they make a certificate.
 */
#ifndef CLI_OPENSSL_ISSUE_H
#define CLI_OPENSSL_ISSUE_H

#include <ward/csr.h>

#include "cli/openssl/ext_text.h"
#include "cli/openssl/keys.h"

enum { ISSUE_SERIAL_MAX = 20, ISSUE_DAYS = 30 };

struct issue_serial {
	uint8_t bytes[ISSUE_SERIAL_MAX];
	size_t len; /* 0: none is given */
};

/* Which extensions of a request are taken over: -copy_extensions. */
enum issue_copy { ISSUE_COPY_NONE, ISSUE_COPY_NEW, ISSUE_COPY_ALL };

struct issue_validity {
	int64_t days;                  /* -1: not given */
	int64_t not_before, not_after; /* -1: not given */
};

/* ---- values of options; false after it has been reported ---- */

/* "4660", "0x1234" */
bool issue_take_serial(const struct openssl_command *command, const struct option_row *row,
		       const char *value, struct issue_serial *serial);
/* "20260102030405Z", "260102030405Z" or "today". */
bool issue_take_time(const struct openssl_command *command, const struct option_row *row,
		     const char *value, int64_t *at);
bool issue_take_days(const struct openssl_command *command, const struct option_row *row,
		     const char *value, int64_t *days);
bool issue_take_copy(const struct openssl_command *command, const struct option_row *row,
		     const char *value, enum issue_copy *copy);
/* The hash of -sha256, -sha384 and -sha512. */
enum ward_hash issue_hash(const char *name);
/* The same for a key that has one of its own: Ed25519, with which openssl passes the option over. */
enum ward_hash issue_hash_for(const struct openssl_key *signer, enum ward_hash hash);

/* ---- files ---- */

bool issue_read_conf(const struct openssl_command *command, const char *path, struct conf *conf);
/* The first request, or certificate, of a file. NULL after it has been reported. */
struct ward_csr *issue_read_csr(const struct openssl_command *command, const char *path);
struct ward_cert *issue_read_cert(const struct openssl_command *command, const char *path);
/* That of a CA: its key must belong to it. */
bool issue_key_fits(const struct openssl_command *command, const struct openssl_key *key,
		    const struct ward_cert *cert, const char *path);

/* ---- making ---- */

struct issue {
	const struct openssl_command *command;
	struct span subject, spki;
	const struct ward_cert *issuer;   /* NULL: self-signed */
	const struct openssl_key *signer; /* the issuer's, or its own */
	enum ward_hash hash;
	struct issue_validity validity;
	struct issue_serial serial;
	struct ext_list extensions;
};

/* Sets the source of extensions' texts. Its serial number is drawn here if none is given. */
bool issue_source(struct issue *issue, const struct conf *conf, struct ext_source *source);
/* Adds the key identifiers that are not there: both, or of a self-signed one its own. */
bool issue_add_key_ids(struct issue *issue, const struct ext_source *source);
/* NULL after it has been reported. */
struct ward_cert *issue_certificate(struct issue *issue);

#endif
