/*
 * A signature as the handshake wants it, by whoever keeps the key: the other half of
 * ward_conn_key_request.
 */
#include <ward/tls.h>

#include "tls/suites.h"
#include "x509/x509.h"

_Static_assert(WARD_SIGNATURE_MAX == SIGNATURE_MAX, "one limit for all signatures");

bool ward_key_sign(const struct ward_key *key, uint16_t scheme, const void *message,
		   size_t message_len, uint8_t sig[WARD_SIGNATURE_MAX], size_t *sig_len,
		   struct ward_error *err)
{
	const struct scheme *s = scheme_find(scheme);

	if (s == NULL)
		return FAILF(err, SIGNATURE_UNSUPPORTED, "scheme %04x", scheme);
	return privkey_sign(key_private(key), s->alg, span_make(message, message_len), sig, sig_len,
			    err);
}
