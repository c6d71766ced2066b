/*
 * What both stacks are given: a root, an intermediate and a server's leaf, all with keys of one
 * kind, made anew in each run.
 */
#ifndef BENCH_PKI_H
#define BENCH_PKI_H

#include <ward/x509.h>

#define PKI_HOST "server.example"

enum { PKI_LEAF, PKI_INTERMEDIATE, PKI_ROOT, PKI_CERTS };

struct pki {
	struct ward_key *keys[PKI_CERTS];
	struct ward_cert *certs[PKI_CERTS];
	int64_t now; /* a time at which all of them are valid */
};

void pki_make(struct pki *pki, enum ward_key_kind kind);
void pki_clear(struct pki *pki);

/* Ends the program with these words if something that cannot fail has failed. */
void must(bool ok, const char *what);
void must_err(bool ok, const struct ward_error *err);

#endif
