/*
 * `ward ca`: the verbs of a private CA, and what they share.
 */
#ifndef CLI_CA_H
#define CLI_CA_H

#include "ca/state.h"
#include "cli/options.h"
#include "cli/passphrase.h"
#include "cli/verb.h"

extern const struct verb verb_ca_init;
extern const struct verb verb_ca_issue;
extern const struct verb verb_ca_renew;
extern const struct verb verb_ca_revoke;
extern const struct verb verb_ca_crl;
extern const struct verb verb_ca_ocsp;
extern const struct verb verb_ca_list;
extern const struct verb verb_ca_install;
extern const struct verb verb_ca_uninstall;

/* ---- options that they share ---- */

struct ca_options {
	const char *dir;
	struct passphrase passphrase;
};

enum {
	OPT_CA_DIR = OPTION_LONG,
	OPT_CA_PASSPHRASE_FILE,
	OPT_CA_PASSPHRASE_FD,
	OPT_CA_OTHERS, /* the first that a verb may take for its own */
};

#define CA_DIR_OPTION                                                                              \
	{                                                                                          \
		OPT_CA_DIR, "dir", "DIR",                                                          \
			"the CA's folder; default $WARD_CA_DIR, else ~/.local/share/ward/ca"       \
	}
#define CA_PASSPHRASE_OPTIONS PASSPHRASE_OPTIONS(OPT_CA_PASSPHRASE_FILE, OPT_CA_PASSPHRASE_FD)

/* Takes one of these. False after it has reported why not. */
bool ca_take(struct ca_options *o, const char *command, int id, const char *value);

/* ---- work on a CA ---- */

/* Opens the CA, gives the exit status, a failure reported. Close it whatever the result. */
int ca_open_for(struct ca *ca, const char *command, const char *dir, enum ca_access access);

/* What one with the key of a CA is to do; false with err set. */
typedef bool ca_work(struct ca *ca, const struct ca_secret *secret, void *arg,
		     struct ward_error *err);
/*
 * Opens the CA and does it, with the passphrase that was given or without one. Where the key turns
 * out to be encrypted it closes the CA, so that nobody waits for the user, asks, and does it again.
 * Gives the exit status, a failure reported: where the CA may not issue this, EXIT_CA_REFUSED.
 * Close the CA whatever the result.
 */
int ca_do(struct ca *ca, const char *command, struct ca_options *o, enum ca_access access,
	  ca_work *work, void *arg);

#endif
