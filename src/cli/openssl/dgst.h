/*
 * `ward openssl dgst`: what its command line asks for, and the work.
 */
#ifndef CLI_OPENSSL_DGST_H
#define CLI_OPENSSL_DGST_H

#include "cli/openssl/openssl.h"
#include "crypto/crypto.h"

enum dgst_form { DGST_FORM_DEFAULT, DGST_FORM_HEX, DGST_FORM_BINARY };

struct dgst {
	const struct openssl_command *command;
	enum digest_alg alg;
	const char *label; /* what openssl calls the digest: "SHA2-256", or "SHA256" unless it was
			    * asked for by name */
	const char *sign;
	const char *verify;
	bool verify_by_private; /* `verify` is the private key */
	const char *signature;
	const char *pass_source;
	struct span mac_key; /* of -hmac */
	bool has_mac;
	bool pss;
	bool any_salt; /* how long the salt is was not said */
	enum dgst_form form;
	bool coreutils;
	bool colons;
	const char *out;
};

/* The files, or standard input where there is none. Gives the exit status. */
int dgst_run(const struct dgst *d, char **files);

#endif
