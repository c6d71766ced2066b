/* Writing CRLs of any kind. See forge_crl.h. */
#include "support/forge_crl.h"

#include <stdlib.h>

#include "support/credentials.h"
#include "support/forge.h"
#include "support/table.h"
#include "x509/oid.h"
#include "x509/signing.h"

enum { ROOM = 1 << 20, DAY = 86400 };

static void write_hex(struct writer *w, const char *hex)
{
	writer_bytes(w, table_hex(hex));
}

static void write_time(struct writer *w, const struct forge_crl_spec *spec, int64_t time)
{
	if (spec->long_times)
		der_write_generalized_time(w, time);
	else
		der_write_time(w, time);
}

static void write_algorithm(struct writer *w, const char *claimed, const struct signing *signing)
{
	if (claimed != NULL)
		write_hex(w, claimed);
	else
		writer_bytes(w, signing->id);
}

static void write_tbs(struct writer *w, const struct forge_crl_spec *spec,
		      const struct signing *signing)
{
	const char *extensions = spec->extensions == NULL ? FORGE_NUMBER_5 : spec->extensions;

	DER_WRITE (w, DER_SEQUENCE) {
		if (spec->version >= 0)
			der_write_small(w, spec->version == 0 ? 1 : (uint32_t)spec->version - 1);
		write_algorithm(w, spec->algorithm, signing);
		forge_write_name(w, spec->issuer == NULL ? "CA" : spec->issuer);
		write_time(w, spec, TEST_NOW + (spec->this_update == 0 ? -DAY : spec->this_update));
		if (!spec->no_next_update)
			write_time(w, spec,
				   TEST_NOW + (spec->next_update == 0 ? DAY : spec->next_update));
		if (spec->entries != NULL)
			DER_WRITE (w, DER_SEQUENCE)
				write_hex(w, spec->entries);
		if (extensions[0] != '\0')
			DER_WRITE (w, DER_CONTEXT_CONS(0))
				DER_WRITE (w, DER_SEQUENCE)
					write_hex(w, extensions);
	}
}

uint8_t *forge_crl_der(const struct forge_crl_spec *spec, const struct ward_key *key, size_t *len)
{
	const struct signing *signing = signing_find(key, NULL);
	struct ward_error err = ERROR_NONE;
	uint8_t sig[SIGNATURE_MAX];
	size_t sig_len = 0;
	uint8_t *buf = malloc(ROOM);
	struct writer w = writer_make(buf, ROOM, &err);

	assert_non_null(buf);
	DER_WRITE (&w, DER_SEQUENCE) {
		size_t start = w.len;
		const char *outer = spec->outer_algorithm;

		write_tbs(&w, spec, signing);
		assert_true(privkey_sign(key_private(key), signing->alg,
					 span_make(buf + start, w.len - start), sig, &sig_len,
					 &err));
		write_algorithm(&w, outer == NULL ? spec->algorithm : outer, signing);
		sig[sig_len - 1] ^= spec->spoil_signature ? 1 : 0;
		der_write_bit_string(&w, span_make(sig, sig_len), 0);
		write_hex(&w, spec->tail == NULL ? "" : spec->tail);
	}
	assert_true(writer_ok(&w));
	*len = w.len;
	return buf;
}

struct ward_crl *forge_crl(const struct forge_crl_spec *spec, const struct ward_key *key)
{
	struct ward_error err = ERROR_NONE;
	struct ward_crl *crl;
	size_t len;
	uint8_t *der = forge_crl_der(spec, key, &len);

	crl = ward_crl_parse(der, len, &err);
	if (crl == NULL)
		fail_msg("%s: %s", ward_reason_name(err.reason), err.detail);
	free(der);
	return crl;
}
