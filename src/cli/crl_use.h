/*
 * What came of each list of `ward cert verify --crl`: for which certificates it counts, or why for none.
 */
#ifndef CLI_CRL_USE_H
#define CLI_CRL_USE_H

#include "cli/judgement.h"

enum { CRL_USE_TEXT = 384 };

struct crl_use {
	char issuer[CRL_USE_TEXT];
	uint32_t counts_for;    /* a bit for each certificate of the path, the leaf first */
	char why[CRL_USE_TEXT]; /* for none, or what it leaves open; "" else */
};

/* The path that the lists were asked about: the good one, or else the one that came furthest. */
struct crl_path {
	struct ward_cert *certs[32]; /* borrowed from the judgement */
	size_t count;                /* less than 2: no list was asked */
};

struct crl_path crl_path_of(const struct judgement *j);
/* Of the i-th list. */
struct crl_use crl_use_of(const struct judgement *j, const struct crl_path *path, size_t i);

#endif
