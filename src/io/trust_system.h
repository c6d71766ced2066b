/*
 * The system's roots for a config that was given none.
 */
#ifndef IO_TRUST_SYSTEM_H
#define IO_TRUST_SYSTEM_H

#include <ward/session.h>

#include "base/error.h"
#include "wire/pem.h"

/*
 * Loads them if the config verifies its peers and has no trust store. Called before each connection
 * is made, by any thread.
 */
bool trust_prepare(struct ward_config *config, struct ward_error *err);
/* Adds the certificates of a file, or of all files of a directory. */
bool trust_add_path(struct ward_trust *trust, const char *path, struct ward_error *err);

#endif
