/*
 * The names that IANA's registries give to the numbers of TLS: for people who read a trace, and for
 * the scanner. What is named here need not be spoken. Handshake messages, extensions and alerts are
 * named in base/name.h.
 */
#ifndef TLS_NAMES_H
#define TLS_NAMES_H

#include <stdint.h>

/* Static text; NULL for a number without a name. GREASE values (RFC 8701) are named "GREASE". */
const char *names_cipher_suite(uint16_t suite);
const char *names_group(uint16_t group);
const char *names_signature_scheme(uint16_t scheme);
const char *names_version(uint16_t version);

/* Of one byte, or small. */
const char *names_certificate_compression(uint16_t algorithm);
const char *names_certificate_type(uint16_t type);
const char *names_client_certificate_type(uint16_t type); /* TLS 1.2 */
const char *names_curve_type(uint16_t type);              /* TLS 1.2 */
const char *names_key_update_request(uint16_t request);
const char *names_max_fragment_length(uint16_t length); /* of RFC 6066, 4 */
const char *names_name_type(uint16_t type);
const char *names_point_format(uint16_t format);
const char *names_psk_key_exchange_mode(uint16_t mode);
const char *names_status_type(uint16_t type);

#endif
