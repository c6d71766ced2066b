/*
 * OCSP responses for leaves of the tests' CA, right and wrong, and leaves that promise one.
 */
#ifndef SUPPORT_STAPLE_H
#define SUPPORT_STAPLE_H

#include <ward/revocation.h>

#include "support/credentials.h"

enum staple {
	STAPLE_NONE,
	STAPLE_GOOD,
	STAPLE_BY_RESPONDER, /* whom the CA has made one */
	STAPLE_REVOKED,
	STAPLE_UNKNOWN,
	STAPLE_OF_OTHER,    /* certificate */
	STAPLE_BY_STRANGER, /* a responder that the CA has not made */
	STAPLE_SPOILT,      /* the signature */
	STAPLE_EXPIRED,     /* at TEST_NOW */
	STAPLE_FUTURE,
	STAPLE_TRY_LATER,
	STAPLE_GARBAGE,
};

/* The response in DER; free() it. A good one counts from an hour before TEST_NOW to an hour after. */
uint8_t *staple_make(enum staple kind, const struct ward_cert *leaf, size_t *len);

/* A leaf for server.example, or client.example, that promises a staple (RFC 7633). */
void credential_make_promising(struct credential *c, enum ward_profile profile);

#endif
