/*
 * X25519 in C: for every CPU of 64 bits.
 */
#include "crypto/native/fe51.h"
#include "crypto/native/x25519_body.h"

const struct x25519_kernel x25519_portable = { "x25519, c", ladder, comb };
