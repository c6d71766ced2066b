/*
 * Beginnings of hello messages in hexadecimal digits, for tables.
 */
#ifndef SUPPORT_HELLOS_H
#define SUPPORT_HELLOS_H

#define RANDOM "000102030405060708090a0b0c0d0e0f 101112131415161718191a1b1c1d1e1f"
#define RETRY_RANDOM "cf21ad74e59a6111be1d8c021e65b891 c2a211167abb8c5e079e09e2c8a8339c"
#define ID32 "202122232425262728292a2b2c2d2e2f 303132333435363738393a3b3c3d3e3f"

/* A ClientHello up to its extensions: 41 bytes. A ServerHello likewise: 38 bytes. */
#define CH "0303" RANDOM "00 0002 1301 01 00"
#define SH "0303" RANDOM "00 1301 00"
#define HRR "0303" RETRY_RANDOM "00 1301 00"

/* A KeyShareEntry of 8 bytes. */
#define SHARE_X25519 "001d 0004 aabbccdd"

#endif
