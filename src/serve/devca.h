/*
 * The development CA: certificates for this machine without asking anyone.
 *
 * Made once and kept in a folder of the user's own ($XDG_DATA_HOME/ward, else ~/.local/share/ward):
 *
 *	ca.pem             the CA's certificate, to be trusted where the pages are looked at
 *	ca-key.pem         its key and its certificate, mode 0600
 *	localhost-key.pem  the server's key and certificate, mode 0600
 *
 * Name constraints hold the CA to names that exist on no public network, and to private addresses:
 * who steals its key can impersonate nobody else. Key and certificate are one file, replaced
 * atomically under a lock, so that two processes at once end up with the same CA.
 */
#ifndef SERVE_DEVCA_H
#define SERVE_DEVCA_H

#include <ward/x509.h>

#include <stdio.h>

struct devca {
	char *ca_path; /* of ca.pem */
	bool made;     /* the CA is new: nobody trusts it yet */
	struct ward_cert *ca;
	struct ward_key *key;    /* the server's */
	struct ward_chain chain; /* its certificate */
};

/*
 * Loads what is there; makes the CA, and the server's certificate, where they are missing, damaged
 * or near their end. `dir` NULL: the folder above. `also`: a host that the certificate is to be for
 * beside localhost, 127.0.0.1, ::1 and the name of this machine, or NULL; it is left out where the
 * CA may not vouch for it.
 */
bool devca_open(struct devca *d, const char *dir, const char *also, int64_t now,
		struct ward_error *err);
void devca_close(struct devca *d);

/* Whether the CA may vouch for a host: a DNS name or an IP literal. */
bool devca_permits(const char *host);

/* How to trust it, for people: all of it when it is new, else a line. */
void devca_tell(const struct devca *d, FILE *out);

#endif
