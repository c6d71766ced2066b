/*
 * IP addresses as text and as bytes (RFC 4291, 5952).
 */
#ifndef X509_IP_H
#define X509_IP_H

#include "base/span.h"

enum { IP_TEXT_MAX = 46 };

/*
 * Reads "192.0.2.1" (four decimal numbers, no leading zeros) or "2001:db8::1", which may stand in
 * brackets as in URIs. Gives the count of bytes, 4 or 16, or 0 if it is none.
 */
size_t ip_parse(struct span text, uint8_t out[16]);

/* The form of RFC 5952 from 4 or 16 bytes; anything else gives hex. Returns buf. */
char *ip_text(struct span address, char *buf, size_t size);

#endif
