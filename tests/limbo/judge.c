/*
 * Judging cases of x509-limbo. See judge.h.
 *
 * What a case says is read as the file's own schema has it. Nothing is decided by a case's name but
 * the policy.
 */
#include "limbo/judge.h"

#include <stdlib.h>
#include <time.h>

#include <ward/revocation.h>

#include "base/error.h"
#include "x509/cert.h"

struct limbo_crls {
	struct ward_crl **lists;
	size_t count;
};

static const char *string_of(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	return s == NULL ? "" : s;
}

const char *limbo_id(const json_t *test)
{
	return string_of(test, "id");
}

bool limbo_accepts(const json_t *test)
{
	return strcmp(string_of(test, "expected_result"), "SUCCESS") == 0;
}

unsigned int limbo_policies(const json_t *test)
{
	static const struct {
		const char *space;
		unsigned int policies;
	} spaces[] = {
		{ "webpki::", 1U << WARD_POLICY_WEB },
		{ "rfc5280::", 1U << WARD_POLICY_RFC5280 },
		{ "crl::", 1U << WARD_POLICY_RFC5280 },
		{ "online::",
		  1U << WARD_POLICY_DEFAULT | 1U << WARD_POLICY_RFC5280 | 1U << WARD_POLICY_WEB },
	};

	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		if (strncmp(limbo_id(test), spaces[i].space, strlen(spaces[i].space)) == 0)
			return spaces[i].policies;
	return 1U << WARD_POLICY_DEFAULT;
}

/* ---- reading a case ---- */

/* One certificate, where the file has one. */
static struct ward_cert *parse_cert(const json_t *pem, struct ward_error *err)
{
	const char *text = json_string_value(pem);
	struct ward_cert *cert = NULL;
	struct ward_chain chain;

	if (text == NULL) {
		FAILF(err, BAD_ARGUMENT, "a certificate is missing");
		return NULL;
	}
	if (!ward_chain_parse(text, strlen(text), &chain, err))
		return NULL;
	if (chain.count == 1)
		cert = ward_cert_ref(chain.certs[0]);
	else
		FAILF(err, BAD_ARGUMENT, "%zu certificates in the place of one", chain.count);
	ward_chain_clear(&chain);
	return cert;
}

/* The chain as it would be presented: a certificate that does not parse spoils it. */
static bool parse_presented(const json_t *test, struct ward_chain *chain, struct ward_error *err)
{
	const json_t *more = json_object_get(test, "untrusted_intermediates");

	chain->certs = calloc(json_array_size(more) + 1, sizeof(chain->certs[0]));
	if (chain->certs == NULL)
		return FAIL(err, NO_MEMORY);
	for (size_t i = 0; i <= json_array_size(more); i++) {
		const json_t *pem = i == 0 ? json_object_get(test, "peer_certificate")
					   : json_array_get(more, i - 1);

		chain->certs[i] = parse_cert(pem, err);
		if (chain->certs[i] == NULL)
			return false;
		chain->count++;
	}
	return true;
}

static bool parse_trust(const json_t *test, struct ward_trust *trust, struct ward_error *err)
{
	const json_t *pem;
	size_t i;

	json_array_foreach(json_object_get(test, "trusted_certs"), i, pem)
	{
		struct ward_cert *cert = parse_cert(pem, err);
		bool ok = cert != NULL && ward_trust_add(trust, cert, err);

		ward_cert_free(cert);
		if (!ok)
			return false;
	}
	return true;
}

/* The lists that are at hand: one that does not parse spoils the case, as a certificate does. */
static bool parse_crls(const json_t *test, struct limbo_crls *crls, struct ward_error *err)
{
	const json_t *list = json_object_get(test, "crls");

	crls->lists = calloc(json_array_size(list) + 1, sizeof(crls->lists[0]));
	if (crls->lists == NULL)
		return FAIL(err, NO_MEMORY);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));

		if (text == NULL)
			return FAILF(err, BAD_ARGUMENT, "a CRL is no text");
		crls->lists[i] = ward_crl_parse(text, strlen(text), err);
		if (crls->lists[i] == NULL)
			return false;
		crls->count++;
	}
	return true;
}

static void free_crls(struct limbo_crls *crls)
{
	while (crls->count > 0)
		ward_crl_free(crls->lists[--crls->count]);
	free(crls->lists);
}

/* ---- what is asked ---- */

/* Takes a number off the front of the text, and what stands behind it. */
static int read_number(const char **text, int digits)
{
	int number = 0;

	for (int i = 0; i < digits; i++) {
		if (**text < '0' || **text > '9')
			return -1;
		number = 10 * number + *(*text)++ - '0';
	}
	*text += **text == '\0' ? 0 : 1;
	return number;
}

/* "2024-01-01T00:00:00+00:00", perhaps with a fraction, which is dropped; times are in UTC. */
static bool read_time(const json_t *test, int64_t *when, struct ward_error *err)
{
	const json_t *value = json_object_get(test, "validation_time");
	const char *text = json_string_value(value);
	int n[6];

	*when = time(NULL);
	if (value == NULL || json_is_null(value))
		return true;
	for (size_t i = 0; text != NULL && i < 6; i++) {
		n[i] = read_number(&text, i == 0 ? 4 : 2);
		if (n[i] < 0)
			text = NULL;
	}
	if (text == NULL)
		return FAILF(err, BAD_ARGUMENT, "validation_time is malformed");
	*when = timegm(&(struct tm){ .tm_year = n[0] - 1900,
				     .tm_mon = n[1] - 1,
				     .tm_mday = n[2],
				     .tm_hour = n[3],
				     .tm_min = n[4],
				     .tm_sec = n[5] });
	return true;
}

static bool read_host(const json_t *test, const char **host, struct ward_error *err)
{
	const json_t *peer = json_object_get(test, "expected_peer_name");
	const char *kind = string_of(peer, "kind");

	if (!json_is_object(peer) || strcmp(kind, "RFC822") == 0) /* see has_names */
		return true;
	if (strcmp(kind, "DNS") != 0 && strcmp(kind, "IP") != 0)
		return FAILF(err, BAD_ARGUMENT, "expected_peer_name is of kind \"%.20s\"", kind);
	*host = string_of(peer, "value");
	return true;
}

/* The purpose is told twice, by the kind of peer and by extended_key_usage. */
static bool check_purposes(const json_t *test, enum ward_purpose purpose, struct ward_error *err)
{
	const char *wanted = purpose == WARD_PURPOSE_CLIENT ? "clientAuth" : "serverAuth";
	const json_t *usage;
	size_t i;

	json_array_foreach(json_object_get(test, "extended_key_usage"), i, usage)
	{
		const char *name = json_string_value(usage);

		if (name == NULL || strcmp(name, wanted) != 0)
			return FAILF(err, BAD_ARGUMENT, "extended_key_usage is not %s", wanted);
	}
	return true;
}

static bool read_params(const json_t *test, struct ward_verify_params *params,
			struct ward_error *err)
{
	const json_t *depth = json_object_get(test, "max_chain_depth");
	const char *kind = string_of(test, "validation_kind");

	if (strcmp(kind, "CLIENT") == 0)
		params->purpose = WARD_PURPOSE_CLIENT;
	else if (strcmp(kind, "SERVER") != 0)
		return FAILF(err, BAD_ARGUMENT, "validation_kind is \"%.20s\"", kind);
	if (json_array_size(json_object_get(test, "signature_algorithms")) > 0)
		return FAILF(err, BAD_ARGUMENT, "signature_algorithms is not empty");
	if (json_is_integer(depth))
		params->max_intermediates = json_integer_value(depth) == 0
						    ? WARD_NO_INTERMEDIATES
						    : (unsigned int)json_integer_value(depth);
	return read_time(test, &params->time, err) && read_host(test, &params->host, err) &&
	       check_purposes(test, params->purpose, err);
}

/* ---- what the caller looks at behind verification ---- */

static bool has_san(const struct ward_cert *leaf, int wanted, const char *value)
{
	char text[512];
	size_t at = 0;
	int kind;

	while ((kind = ward_cert_san_next(leaf, &at, text, sizeof(text))) >= 0)
		if (kind == wanted && strcmp(text, value) == 0)
			return true;
	return false;
}

static bool has_name(const json_t *name, const struct ward_cert *leaf, struct ward_error *err)
{
	const char *kind = string_of(name, "kind");
	const char *value = string_of(name, "value");
	bool found;

	if (strcmp(kind, "RFC822") == 0)
		found = has_san(leaf, WARD_SAN_EMAIL, value);
	else if (strcmp(kind, "DNS") == 0 || strcmp(kind, "IP") == 0)
		found = ward_cert_matches_host(leaf, value);
	else
		return FAILF(err, BAD_ARGUMENT, "a peer name of kind \"%.20s\"", kind);
	return found || FAIL(err, CERT_NAME_MISMATCH);
}

/* Names that are no hosts, and those of a client, are for the application to look at. */
static bool has_names(const json_t *test, const struct ward_cert *leaf, struct ward_error *err)
{
	const json_t *peer = json_object_get(test, "expected_peer_name");
	const json_t *name;
	size_t i;

	if (json_is_object(peer) && !has_name(peer, leaf, err))
		return false;
	json_array_foreach(json_object_get(test, "expected_peer_names"), i, name)
	{
		if (!has_name(name, leaf, err))
			return false;
	}
	return true;
}

/* The bit of keyUsage (RFC 5280, 4.2.1.3), or 0. */
static unsigned int key_usage_bit(const char *name)
{
	static const char *const names[] = {
		"digitalSignature", "contentCommitment", "keyEncipherment",
		"dataEncipherment", "keyAgreement",      "keyCertSign",
		"cRLSign",          "encipherOnly",      "decipherOnly",
	};

	for (size_t i = 0; name != NULL && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return 1U << i;
	return 0;
}

/* What the caller wants to do with the key. */
static bool may_be_used(const json_t *test, const struct ward_cert *leaf, struct ward_error *err)
{
	const json_t *usage;
	size_t i;

	json_array_foreach(json_object_get(test, "key_usage"), i, usage)
	{
		unsigned int bit = key_usage_bit(json_string_value(usage));

		if (bit == 0)
			return FAILF(err, BAD_ARGUMENT, "an unknown key_usage");
		if (extensions_has(&leaf->ext, EXT_KEY_USAGE) && (leaf->ext.key_usage & bit) == 0)
			return FAIL(err, CERT_KEY_USAGE);
	}
	return true;
}

enum ward_reason limbo_judge(const json_t *test, enum ward_policy policy, struct ward_error *err)
{
	struct ward_verify_params params = { .policy = policy };
	struct ward_chain presented = { NULL, 0 };
	struct ward_trust *trust = ward_trust_new();
	struct limbo_crls crls = { NULL, 0 };
	bool ok;

	*err = ERROR_NONE;
	ok = trust != NULL || FAIL(err, NO_MEMORY);
	ok = ok && read_params(test, &params, err) && parse_trust(test, trust, err) &&
	     parse_presented(test, &presented, err) && parse_crls(test, &crls, err);
	params.crls = crls.lists;
	params.crl_count = crls.count;
	ok = ok && ward_verify(trust, presented.certs, presented.count, &params, NULL, err) &&
	     has_names(test, presented.certs[0], err) && may_be_used(test, presented.certs[0], err);
	ward_chain_clear(&presented);
	ward_trust_free(trust);
	free_crls(&crls);
	return ok ? WARD_E_NONE : err->reason;
}
