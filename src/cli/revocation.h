/*
 * What verbs are told of revocation and pins: --crl, --ocsp, --require-revocation, --must-staple, --pin.
 */
#ifndef CLI_REVOCATION_H
#define CLI_REVOCATION_H

#include <ward/status.h>

enum { REVOCATION_CRLS_MAX = 32, REVOCATION_PINS_MAX = 32 };

struct revocation_options {
	const char *crls[REVOCATION_CRLS_MAX];
	size_t crl_count;
	const char *ocsp; /* NULL: none */
	enum ward_revocation mode;
	bool must_staple;
	struct ward_pin pins[REVOCATION_PINS_MAX];
	size_t pin_count;
};

/* What is read of the files; it must live as long as the parameters that it is put into. */
struct revocation {
	struct ward_crl *crls[REVOCATION_CRLS_MAX];
	size_t crl_count;
	struct ward_ocsp_response *response;
};

/*
 * Takes the values of --crl, --pin and --require-revocation. False when it is none, or there are too
 * many; that has then been told in the name of `verb`.
 */
bool revocation_take_crl(struct revocation_options *o, const char *verb, const char *value);
/* "sha256//BASE64", as curl and HPKP have it. */
bool revocation_take_pin(struct revocation_options *o, const char *verb, const char *value);
/* "leaf" or "chain" */
bool revocation_take_mode(struct revocation_options *o, const char *verb, const char *value);
/*
 * Reads the files and sets the parameters. False with err set, and *path the file at fault. Clear
 * it in any case.
 */
bool revocation_load(const struct revocation_options *o, struct revocation *r,
		     struct ward_verify_params *params, const char **path, struct ward_error *err);
void revocation_clear(struct revocation *r);
/* Puts lists, pins and the mode in a config, for connections. The error names the file at fault. */
bool revocation_configure(const struct revocation_options *o, struct ward_config *config,
			  struct ward_error *err);

#endif
