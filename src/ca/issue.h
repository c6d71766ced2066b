/*
 * Issuing and revoking certificates, and the CRL that tells of it.
 */
#ifndef CA_ISSUE_H
#define CA_ISSUE_H

#include <ward/csr.h>
#include <ward/revocation.h>

#include "ca/state.h"

struct ca_request {
	const char *const *names;   /* end with NULL; may be NULL where a request has names */
	const struct ward_csr *csr; /* NULL: the certificate is for `key` */
	const struct ward_key *key; /* NULL: it is for the request */
	enum ward_profile profile;  /* server, client or both */
	int64_t life;               /* seconds; ends with the CA at the latest */
	bool must_staple;
};

/*
 * Issues a certificate. It is on the index, on the disk, before it is handed out. The CA was opened
 * to be changed. NULL with err set: CERT_NAME_CONSTRAINTS for a name that it may not vouch for.
 */
struct ward_cert *ca_issue(struct ca *ca, const struct ca_request *request,
			   const struct ca_secret *secret, int64_t now, struct ward_error *err);

/* The certificate and the intermediate as PEM, the order in which servers want them; free() it. */
char *ca_chain_pem(const struct ca *ca, const struct ward_cert *cert, struct ward_error *err);

/*
 * A CRL over all that is revoked, but for what has expired and was on a list since then (RFC 5280,
 * 3.3). Its number is on the index before it is made: none is used twice. The CA was opened to be
 * changed.
 */
struct ward_crl *ca_make_crl(struct ca *ca, const struct ca_secret *secret, int64_t now,
			     int64_t life, struct ward_error *err);

/*
 * The root's CRL, on which are intermediates that were revoked, usually none: who checks all of a path
 * wants one of each CA in it. The root's key is in `root_key_file` or, if that is NULL, in the folder.
 */
struct ward_crl *ca_make_root_crl(const struct ca *ca, const char *root_key_file,
				  const struct ca_secret *secret, int64_t now, int64_t life,
				  struct ward_error *err);

#endif
