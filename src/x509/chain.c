/*
 * Several certificates out of one file or buffer.
 */
#include <stdlib.h>

#include "wire/pem.h"
#include "x509/cert.h"
#include "x509/chain.h"

bool chain_append(struct ward_chain *chain, struct ward_cert *cert, struct ward_error *err)
{
	struct ward_cert **grown;

	/* Room is doubled when the count is a power of two. */
	if ((chain->count & (chain->count - 1)) == 0) {
		size_t room = chain->count == 0 ? 1 : 2 * chain->count;

		grown = reallocarray(chain->certs, room, sizeof(*grown));
		if (grown == NULL)
			return FAIL(err, NO_MEMORY);
		chain->certs = grown;
	}
	chain->certs[chain->count++] = cert;
	return true;
}

bool chain_label_is_cert(const char *label)
{
	return span_equal(span_string(label), SPAN_LITERAL("CERTIFICATE")) ||
	       span_equal(span_string(label), SPAN_LITERAL("X509 CERTIFICATE"));
}

static bool append_der(struct ward_chain *chain, struct span der, struct ward_error *err)
{
	struct ward_cert *cert = ward_cert_parse(der.data, der.len, err);

	if (cert == NULL)
		return false;
	if (chain_append(chain, cert, err))
		return true;
	ward_cert_free(cert);
	return false;
}

static bool parse_pem(struct span text, struct ward_chain *chain, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct pem_block block;
	bool ok = true;

	while (ok && pem_next(&text, &block, &own)) {
		if (chain_label_is_cert(block.label))
			ok = append_der(chain, span_make(block.der, block.der_len), err);
		pem_block_clear(&block);
	}
	if (error_is_set(&own))
		return error_pass(err, &own);
	return ok;
}

bool ward_chain_parse(const void *bytes, size_t len, struct ward_chain *chain,
		      struct ward_error *err)
{
	struct span input = span_make(bytes, len);
	bool ok;

	*chain = (struct ward_chain){ NULL, 0 };
	if (pem_detect(input))
		ok = parse_pem(input, chain, err);
	else if (len > 0 && input.data[0] == DER_SEQUENCE)
		ok = append_der(chain, input, err);
	else
		ok = FAIL(err, NO_CERTIFICATE_IN_FILE);
	if (ok && chain->count == 0)
		ok = FAIL(err, NO_CERTIFICATE_IN_FILE);
	if (!ok)
		ward_chain_clear(chain);
	return ok;
}

void ward_chain_clear(struct ward_chain *chain)
{
	for (size_t i = 0; i < chain->count; i++)
		ward_cert_free(chain->certs[i]);
	free(chain->certs);
	*chain = (struct ward_chain){ NULL, 0 };
}

char *chain_pem(const struct ward_chain *chain)
{
	char *all = calloc(1, 1);
	size_t len = 0;

	for (size_t i = 0; all != NULL && i < chain->count; i++) {
		char *pem = ward_cert_pem(chain->certs[i]);
		size_t more = pem == NULL ? 0 : strlen(pem);
		char *grown = pem == NULL ? NULL : realloc(all, len + more + 1);

		if (grown == NULL)
			free(all);
		else
			memcpy(grown + len, pem, more + 1);
		len += more;
		all = grown;
		free(pem);
	}
	return all;
}
