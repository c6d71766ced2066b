/*
 * Certificates for tests: a CA, and leaves of every key type for server.example and client.example,
 * made anew in each run.
 */
#ifndef SUPPORT_CREDENTIALS_H
#define SUPPORT_CREDENTIALS_H

#include <ward/tls.h>

#include "base/span.h"

/* The time at which tests take place. */
#define TEST_NOW INT64_C(1790000000)

struct credential {
	struct ward_key *key;
	struct ward_chain chain; /* the leaf, and the intermediate if there is one */
};

/* One CA for all the tests of a program, and a trust store that holds it. Made when first asked. */
struct ward_cert *test_ca_cert(void);
struct ward_key *test_ca_key(void);
struct ward_trust *test_trust(void);

/* A leaf that the CA has signed, valid at TEST_NOW. names ends with NULL. */
void credential_make(struct credential *c, enum ward_key_kind kind, enum ward_profile profile,
		     const char *const *names);
/* The same with times of its own. */
void credential_make_at(struct credential *c, enum ward_key_kind kind, enum ward_profile profile,
			const char *const *names, int64_t not_before, int64_t not_after);
/* For server.example and 127.0.0.1; made once for each kind and kept. */
const struct credential *credential_server(enum ward_key_kind kind);
/* For client.example; likewise. */
const struct credential *credential_client(enum ward_key_kind kind);
void credential_clear(struct credential *c);
/* The serial number as lists of revoked certificates have it: the content of an INTEGER. */
struct span test_serial(const struct ward_cert *cert);
/* Gives back all that is kept, for the leak checker. */
void credentials_cleanup(void);

/* A client that trusts the CA, and a server with a P-256 leaf. Abort on failure. */
struct ward_config *test_client_config(void);
struct ward_config *test_server_config(void);
/*
 * Raw public keys in both directions, beside what the configs have: those of the P-256 credentials, each
 * pinned by the other side.
 */
bool test_raw_keys(struct ward_config *client, struct ward_config *server, struct ward_error *err);

#endif
