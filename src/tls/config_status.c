/*
 * What a config asks of the status of peers' certificates. See <ward/status.h>.
 */
#include <stdlib.h>

#include "base/error.h"
#include "tls/config.h"

/* Room for one more behind `count` items; the list may have moved. */
static bool list_grow(void **list, size_t count, size_t size, size_t most, const char *what,
		      struct ward_error *err)
{
	void *grown;

	if (count == most)
		return FAILF(err, BAD_ARGUMENT, "at most %zu %s", most, what);
	grown = realloc(*list, (count + 1) * size);
	if (grown == NULL)
		return FAIL(err, NO_MEMORY);
	*list = grown;
	return true;
}

bool ward_config_add_crl(struct ward_config *config, struct ward_crl *crl, struct ward_error *err)
{
	struct status_rules *s = &config->status;
	void *list = s->crls;

	if (!config_open(config, err))
		return false;
	if (crl == NULL)
		return FAILF(err, BAD_ARGUMENT, "there is no list");
	if (!list_grow(&list, s->crl_count, sizeof(s->crls[0]), WARD_CONFIG_CRLS_MAX, "CRLs", err))
		return false;
	s->crls = list;
	s->crls[s->crl_count++] = ward_crl_ref(crl);
	return true;
}

bool ward_config_set_revocation(struct ward_config *config, enum ward_revocation mode,
				struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	config->status.mode = mode;
	return true;
}

bool ward_config_add_pin(struct ward_config *config, const struct ward_pin *pin,
			 struct ward_error *err)
{
	struct status_rules *s = &config->status;
	void *list = s->pins;

	if (!config_open(config, err) ||
	    !list_grow(&list, s->pin_count, sizeof(s->pins[0]), WARD_CONFIG_PINS_MAX, "pins", err))
		return false;
	s->pins = list;
	s->pins[s->pin_count++] = *pin;
	return true;
}

static bool set_asks(struct ward_config *config, enum beside what, bool ask, struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	config->status.asks &= ~(unsigned int)what;
	config->status.asks |= ask ? what : 0;
	return true;
}

bool ward_config_set_ask_ocsp(struct ward_config *config, bool ask, struct ward_error *err)
{
	return set_asks(config, BESIDE_STATUS, ask, err);
}

bool ward_config_set_ask_scts(struct ward_config *config, bool ask, struct ward_error *err)
{
	return set_asks(config, BESIDE_SCTS, ask, err);
}

void config_status_params(const struct ward_config *config, struct span status, bool asked,
			  struct ward_verify_params *params)
{
	params->crls = config->status.crls;
	params->crl_count = config->status.crl_count;
	params->pins = config->status.pins;
	params->pin_count = config->status.pin_count;
	params->revocation = config->status.mode;
	params->ocsp = status.data;
	params->ocsp_len = status.len;
	params->staple_expected = asked;
}

void config_status_clear(struct ward_config *config)
{
	struct status_rules *s = &config->status;

	while (s->crl_count > 0)
		ward_crl_free(s->crls[--s->crl_count]);
	free(s->crls);
	free(s->pins);
}
