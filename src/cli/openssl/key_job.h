/*
 * What `ward openssl pkey`, `rsa`, `ec` and the makers of keys have in common: a key comes in, is
 * shown or checked, and goes out.
 */
#ifndef CLI_OPENSSL_KEY_JOB_H
#define CLI_OPENSSL_KEY_JOB_H

#include "cli/openssl/keys.h"

/* Options that several commands have, and struct key_job's taker knows. */
enum key_option {
	KEY_OPT_IN = OPTION_LONG,
	KEY_OPT_OUT,
	KEY_OPT_INFORM,
	KEY_OPT_OUTFORM,
	KEY_OPT_PASSIN,
	KEY_OPT_PASSOUT,
	KEY_OPT_ENCRYPT, /* -aes256 */
	KEY_OPT_PUBIN,
	KEY_OPT_PUBOUT,
	KEY_OPT_TEXT,
	KEY_OPT_TEXT_PUB,
	KEY_OPT_NOOUT,
	KEY_OPT_CHECK,
	KEY_OPT_TRADITIONAL,
	KEY_OPT_OWN, /* a command's own begin here */
};

/* The ciphers that a key may be encrypted with when it is written, and those that it may not. */
#define KEY_ENCRYPT_ROWS                                                                           \
	{ KEY_OPT_ENCRYPT, "aes256", NULL, "encrypt it by a passphrase" },                         \
		{ KEY_OPT_ENCRYPT, "aes-256-cbc", NULL, "the same" },                              \
		{ KEY_OPT_ENCRYPT, "AES256", NULL, "the same" },                                   \
	{                                                                                          \
		KEY_OPT_ENCRYPT, "AES-256-CBC", NULL, "the same"                                   \
	}
#define KEY_ENCRYPT_REFUSALS                                                                       \
	{ "aes128", "use -aes256" }, { "aes192", "use -aes256" },                                  \
		{ "aes-128-cbc", "use -aes256" }, { "aes-192-cbc", "use -aes256" },                \
		{ "des", "use -aes256: DES is broken" }, { "des3", "use -aes256" },                \
		{ "des-ede3-cbc", "use -aes256" }, { "camellia256", "use -aes256" },               \
		{ "idea", "use -aes256" },                                                         \
	{                                                                                          \
		"aria256", "use -aes256"                                                           \
	}

struct key_job {
	const struct openssl_command *command;
	const char *in, *out; /* NULL: standard input, output */
	const char *passin, *passout;
	enum openssl_form outform;
	bool encrypt;
	bool pubin, pubout;
	bool text, text_pub, noout, check;
	bool traditional; /* PKCS#1 or SEC1 */
	bool pkcs1_public;
	const char *said; /* "writing RSA key", on standard error before it is; or NULL */
};

/* Takes an option of the table above; to be called by a command's taker. */
bool key_job_take(struct key_job *job, const struct option_row *row, const char *value);
/* Whether a name, "aes-256-cbc" or "aes256", is that of the cipher that keys are encrypted with. */
bool key_job_cipher_is_ours(const char *name);

/* ---- keys to be made (genpkey.c) ---- */

/* A curve by its name, or by the OBJECT IDENTIFIER of a file of parameters; false: not used here. */
bool key_make_curve(const char *name, enum key_type *type);
bool key_make_curve_der(struct span oid, enum key_type *type);
/* How long an RSA key is to be; false: too short, too long or no number. */
bool key_make_bits(const char *text, unsigned int *bits);
/* What to tell who has named another. */
extern const char key_make_curves_wanted[], key_make_bits_wanted[];
/* NULL with err set. */
struct ward_key *key_make(enum key_type type, unsigned int bits, struct ward_error *err);

/* The key as text, its public half alone if the job is about that. */
bool key_job_print_text(const struct key_job *job, const struct openssl_key *key, FILE *out);
/* The key in the form that the job asks for. False after it has been reported. */
bool key_job_write(const struct key_job *job, const struct openssl_key *key, FILE *out);
/* Whether what is written must be seen by nobody else. */
bool key_job_is_secret(const struct key_job *job);

/*
 * All of it: loads the key, lets `act` print to what becomes the output, and writes that. Gives the
 * exit status.
 */
typedef bool key_job_act(const struct key_job *job, const struct openssl_key *key, FILE *out);
int key_job_run(const struct key_job *job, key_job_act *act);
/* The same for a key that was made: NULL with err set is reported. Takes the key. */
int key_job_run_made(const struct key_job *job, struct ward_key *made, const struct ward_error *err,
		     key_job_act *act);

#endif
