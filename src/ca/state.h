/*
 * The folder of a CA, mode 0700:
 *
 *	ca.json               what it was told when it was made
 *	root.pem              the certificate that is to be trusted
 *	root-key.pem          its key; it may be kept elsewhere, nothing daily needs it
 *	intermediate.pem      the certificate that issues
 *	intermediate-key.pem  its key
 *	index                 what was issued and revoked (index.h)
 *	lock                  held by whoever changes any of this
 *
 * Each file has mode 0600. All but the index are replaced as a whole.
 */
#ifndef CA_STATE_H
#define CA_STATE_H

#include <ward/x509.h>

#include "ca/index.h"
#include "ca/settings.h"

/* How a CA is opened: to look at, or to change; then the folder is this process's own. */
enum ca_access { CA_LOOK, CA_CHANGE };

/* Of a file, as it was when it was read. */
struct ca_stamp {
	uint64_t inode;
	int64_t size, seconds, nanoseconds;
};

struct ca {
	char *dir;
	int lock; /* -1: not held */
	struct ca_settings settings;
	struct ward_cert *root, *intermediate;
	struct ca_stamp stamp; /* of the intermediate */
	struct ca_index index;
};

/* A key's passphrase; NULL: none. */
struct ca_secret {
	const char *text;
	size_t len;
};

/* The folder that is taken where none is named: $WARD_CA_DIR, else ward/ca below the user's data; free()
 * it. NULL with err set. */
char *ca_default_dir(struct ward_error *err);

/* `dir` NULL: the one above. CA_MISSING, CA_DAMAGED. Close it whatever the result. */
bool ca_open(struct ca *ca, const char *dir, enum ca_access access, struct ward_error *err);
void ca_close(struct ca *ca);

/* Reads what others have added to the index since. */
bool ca_refresh(struct ca *ca, struct ward_error *err);

/* Reads the intermediate again if another file has taken its place, which *changed tells. */
bool ca_refresh_intermediate(struct ca *ca, bool *changed, struct ward_error *err);

/* "DIR/NAME"; free() it. NULL with err set: no memory. */
char *ca_path(const struct ca *ca, const char *name, struct ward_error *err);

/*
 * The key of a CA certificate, from this file or from NAME in the folder. CA_KEY_AWAY, KEY_MISMATCH,
 * KEY_ENCRYPTED.
 */
struct ward_key *ca_load_key(const struct ca *ca, const char *file, const char *name,
			     const struct ward_cert *cert, const struct ca_secret *secret,
			     struct ward_error *err);
struct ward_key *ca_intermediate_key(const struct ca *ca, const struct ca_secret *secret,
				     struct ward_error *err);

#define CA_ROOT "root.pem"
#define CA_ROOT_KEY "root-key.pem"
#define CA_INTERMEDIATE "intermediate.pem"
#define CA_INTERMEDIATE_KEY "intermediate-key.pem"
#define CA_SETTINGS_FILE "ca.json"
#define CA_INDEX_FILE "index"

#endif
