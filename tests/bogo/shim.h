/*
 * The parts of the shim.
 */
#ifndef BOGO_SHIM_H
#define BOGO_SHIM_H

#include <ward/ward.h>

#include "flags.h"

/* Ends the program: the reason goes to standard error as ":NAME:", which the error map knows. */
_Noreturn void die(const char *what, const struct ward_error *err);

/* A config as the flags have it; owned by the caller. */
struct ward_config *setup_config(const struct flags *f);
/* The key of --key-file where it is the engine's to ask for (--async); else NULL. */
struct ward_key *setup_key(const struct flags *f);

/* One connection from connect to close. False, with what was said to standard error, if it failed. */
bool exchange(const struct flags *f, struct ward_config *config, struct ward_key *key,
	      bool resumes);

#endif
