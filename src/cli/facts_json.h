/*
 * Facts as JSON that more than one verb tells.
 */
#ifndef CLI_FACTS_JSON_H
#define CLI_FACTS_JSON_H

#include <jansson.h>

#include <ward/x509.h>

/* What `ward connect --json` says of a certificate of the chain. */
json_t *facts_cert_json(const struct ward_cert *c, int64_t now);

#endif
