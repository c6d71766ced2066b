/*
 * Reading what verbs are told of revocation and pins.
 */
#include "cli/revocation.h"

#include <string.h>

#include "cli/input.h"
#include "cli/options.h"
#include "wire/pem.h"
#include "x509/crl.h"
#include "x509/ocsp.h"

enum { PIN_LEN = 32 };

bool revocation_take_crl(struct revocation_options *o, const char *verb, const char *value)
{
	if (o->crl_count == REVOCATION_CRLS_MAX)
		return options_bad_value(verb, "crl", value, "give fewer: there are too many");
	o->crls[o->crl_count++] = value;
	return true;
}

bool revocation_take_mode(struct revocation_options *o, const char *verb, const char *value)
{
	if (strcmp(value, "leaf") == 0)
		o->mode = WARD_REVOCATION_REQUIRE_LEAF;
	else if (strcmp(value, "chain") == 0)
		o->mode = WARD_REVOCATION_REQUIRE_CHAIN;
	else
		return options_bad_value(verb, "require-revocation", value, "give leaf or chain");
	return true;
}

static bool add_pin(struct revocation_options *o, const char *value)
{
	static const char prefix[] = "sha256//";
	const size_t prefix_len = sizeof(prefix) - 1;
	uint8_t hash[64];
	size_t len = 0;

	if (o->pin_count == REVOCATION_PINS_MAX || strncmp(value, prefix, prefix_len) != 0)
		return false;
	if (base64_decoded_max(strlen(value + prefix_len)) > sizeof(hash) ||
	    !base64_decode(hash, &len, span_string(value + prefix_len), false, NULL) ||
	    len != PIN_LEN)
		return false;
	bytes_copy(o->pins[o->pin_count++].sha256, hash, PIN_LEN);
	return true;
}

bool revocation_take_pin(struct revocation_options *o, const char *verb, const char *value)
{
	return add_pin(o, value) ||
	       options_bad_value(verb, "pin", value,
				 "give sha256// and the base64 of a SHA-256 hash");
}

static bool load_crls(const struct revocation_options *o, struct revocation *r, const char **path,
		      struct ward_error *err)
{
	for (size_t i = 0; i < o->crl_count; i++) {
		struct file_bytes bytes;

		*path = o->crls[i];
		if (!input_read_public(*path, CRL_MAX_LEN, &bytes, err))
			return false;
		r->crls[i] = ward_crl_parse(bytes.data, bytes.len, err);
		file_bytes_clear(&bytes);
		if (r->crls[i] == NULL)
			return false;
		r->crl_count++;
	}
	return true;
}

static bool load_response(const struct revocation_options *o, struct revocation *r,
			  const char **path, struct ward_error *err)
{
	struct file_bytes bytes;

	if (o->ocsp == NULL)
		return true;
	*path = o->ocsp;
	if (!input_read_public(*path, OCSP_RESPONSE_MAX_LEN, &bytes, err))
		return false;
	r->response = ward_ocsp_response_parse(bytes.data, bytes.len, err);
	file_bytes_clear(&bytes);
	return r->response != NULL;
}

bool revocation_load(const struct revocation_options *o, struct revocation *r,
		     struct ward_verify_params *params, const char **path, struct ward_error *err)
{
	*r = (struct revocation){ .crl_count = 0 };
	if (!load_crls(o, r, path, err) || !load_response(o, r, path, err))
		return false;
	params->crls = r->crls;
	params->crl_count = r->crl_count;
	if (r->response != NULL)
		params->ocsp = ward_ocsp_response_der(r->response, &params->ocsp_len);
	params->revocation = o->mode;
	params->staple_expected = o->must_staple;
	params->pins = o->pins;
	params->pin_count = o->pin_count;
	return true;
}

void revocation_clear(struct revocation *r)
{
	while (r->crl_count > 0)
		ward_crl_free(r->crls[--r->crl_count]);
	ward_ocsp_response_free(r->response);
	r->response = NULL;
}

bool revocation_configure(const struct revocation_options *o, struct ward_config *config,
			  struct ward_error *err)
{
	struct revocation r = { .crl_count = 0 };
	const char *path = "";
	bool ok = load_crls(o, &r, &path, err) || file_name_error(err, path);

	for (size_t i = 0; ok && i < r.crl_count; i++)
		ok = ward_config_add_crl(config, r.crls[i], err);
	for (size_t i = 0; ok && i < o->pin_count; i++)
		ok = ward_config_add_pin(config, &o->pins[i], err);
	revocation_clear(&r);
	return ok && ward_config_set_revocation(config, o->mode, err);
}
