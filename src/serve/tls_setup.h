/*
 * The config of `ward serve`, from its options and the files that they name: made when it starts,
 * and anew whenever it is told to read them again.
 */
#ifndef SERVE_TLS_SETUP_H
#define SERVE_TLS_SETUP_H

#include <ward/resume.h>

#include "serve/devca.h"
#include "serve/serve.h"
#include "x509/raw_key.h"

/*
 * Tickets are sealed with `ring`, or with keys of the config's own if that is NULL. Where no certificate is named the development CA makes one, for `host` too unless that is NULL;
 * devca is then opened, and closed by the caller. NULL with err set.
 */
struct ward_config *tls_setup(const struct serve_options *options, const char *host,
			      struct ward_ticket_keys *ring, struct devca *devca,
			      struct ward_error *err);

/* The pin of the raw public key that it shows; false if it has none. */
bool tls_setup_pin(const struct ward_config *config, char out[PIN_TEXT_LEN]);
/* Whom the first certificate of a config is for, and till when: for the log. Returns buf. */
char *tls_setup_describe(const struct ward_config *config, char *buf, size_t size);

#endif
