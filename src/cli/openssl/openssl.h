/*
 * `ward openssl COMMAND -option value …`: the command lines of openssl(1) that people know.
 *
 * A command is one row: a verb, whose options are in openssl's style (one dash, no letters), and a
 * table of what it refuses by name, each with what to use instead. Exit statuses are openssl's: 0,
 * and 1 for every failure, unless a command has another there.
 */
#ifndef CLI_OPENSSL_OPENSSL_H
#define CLI_OPENSSL_OPENSSL_H

#include "base/error.h"
#include "cli/verb.h"
#include "io/files.h"

enum { OPENSSL_FINE = 0, OPENSSL_FAILED = 1 };

/* An option of openssl's that is not there. */
struct openssl_refusal {
	const char *name;    /* without its dash */
	const char *instead; /* what to do: "use ward cert show --json" */
};

struct openssl_command {
	struct verb verb; /* .name is "openssl x509", .page "openssl"; .run calls openssl_parse */
	const struct openssl_refusal *refused;
	size_t refused_count;
};

extern const struct openssl_command openssl_crl;
extern const struct openssl_command openssl_crl2pkcs7;
extern const struct openssl_command openssl_dgst;
extern const struct openssl_command openssl_ec;
extern const struct openssl_command openssl_ecparam;
extern const struct openssl_command openssl_genpkey;
extern const struct openssl_command openssl_genrsa;
extern const struct openssl_command openssl_md5;
extern const struct openssl_command openssl_pkcs12;
extern const struct openssl_command openssl_pkcs7;
extern const struct openssl_command openssl_pkcs8;
extern const struct openssl_command openssl_pkey;
extern const struct openssl_command openssl_rand;
extern const struct openssl_command openssl_req;
extern const struct openssl_command openssl_rsa;
extern const struct openssl_command openssl_s_client;
extern const struct openssl_command openssl_sha1;
extern const struct openssl_command openssl_sha256;
extern const struct openssl_command openssl_sha384;
extern const struct openssl_command openssl_sha512;

extern const struct openssl_command openssl_verify;
extern const struct openssl_command openssl_version;
extern const struct openssl_command openssl_x509;

/* In the order of --help; ends with NULL. */
extern const struct openssl_command *const openssl_commands[];
/* By the word behind "ward openssl"; NULL if there is none of that name. */
const struct openssl_command *openssl_find(const char *word);

/* ---- options ---- */

/*
 * Takes one option. The row says which: its id, or for those that share one (-sha256, -md5) its
 * name. False after it has reported what is wrong with the value.
 */
typedef bool openssl_taker(void *arg, const struct option_row *row, const char *value);

/*
 * Hands each option to `take`, up to the first word that is none, as openssl does: "-name value",
 * "--name value" or "-name=value"; "--" ends them. -help is dealt with here, and so is what is
 * unknown or refused. Gives the operands, ending with NULL; or NULL with the exit status in *status.
 */
char **openssl_parse(const struct openssl_command *command, int argc, char **argv,
		     openssl_taker *take, void *arg, int *status);
/* For commands without operands: also refuses those. */
bool openssl_parse_alone(const struct openssl_command *command, int argc, char **argv,
			 openssl_taker *take, void *arg, int *status);
/* `ward openssl COMMAND -help`, on standard output. */
void openssl_help(const struct openssl_command *command);

/* "ward openssl x509", for messages. Returns buf. */
enum { OPENSSL_NAME = 40 };
char *openssl_name(const struct openssl_command *command, char buf[OPENSSL_NAME]);
/* Reports a wrong value; always false, to be returned by a taker. */
bool openssl_bad_value(const struct openssl_command *command, const struct option_row *row,
		       const char *value, const char *wanted);
/* Reports a failure, or what err tells (with `what`, a file, in front). Always OPENSSL_FAILED. */
int openssl_fail(const struct openssl_command *command, const char *remedy, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int openssl_fail_error(const struct openssl_command *command, const char *what,
		       const struct ward_error *err);
/* A line on standard error that changes nothing: the command goes on. */
void openssl_note(const struct openssl_command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* ---- files ---- */

enum openssl_form { OPENSSL_FORM_ANY, OPENSSL_FORM_PEM, OPENSSL_FORM_DER };

/* The value of -inform and -outform; false after it has reported that it is neither. */
bool openssl_take_form(const struct openssl_command *command, const struct option_row *row,
		       const char *value, enum openssl_form *form);

/* The whole of a file, or of standard input for NULL and "-". False after it has reported why not.
 * Clear it with file_bytes_clear. */
bool openssl_read(const struct openssl_command *command, const char *path,
		  struct file_bytes *bytes);
/* What to call it in a message. */
const char *openssl_input_name(const char *path);

/*
 * What a command prints, gathered: nothing is written before all of it is there, so a command that
 * fails leaves the old file. `file` is to be printed to.
 */
struct openssl_output {
	FILE *file;
	char *text;
	size_t len;
};
/* False, reported, when there is no memory. */
bool openssl_output_start(const struct openssl_command *command, struct openssl_output *out);
/*
 * Writes it to a path, or to standard output for NULL; a secret file has mode 0600. With `status`
 * another than OPENSSL_FINE nothing is written. Gives the exit status; the memory is wiped and gone.
 */
int openssl_output_end(const struct openssl_command *command, struct openssl_output *out,
		       const char *path, bool secret, int status);
/* Bytes at once, in the same way. A device or a pipe is written to, a file is replaced as a whole. */
int openssl_write(const struct openssl_command *command, const char *path, struct span bytes,
		  bool secret);
/* One object as PEM with this label, or as DER. */
bool openssl_put_object(FILE *out, const char *label, struct span der, enum openssl_form form);

/* ---- passphrases ---- */

enum { OPENSSL_PASSPHRASE_MAX = 1024 };

struct openssl_passphrase {
	char text[OPENSSL_PASSPHRASE_MAX + 1];
	size_t len;
	bool given;
};

/*
 * From the value of -passin or -passout: pass:WORD, env:NAME, file:PATH, fd:NUMBER or stdin; from
 * the last three the first line. False after it has reported why not. A source of NULL gives none.
 */
bool openssl_passphrase_get(const struct openssl_command *command, const char *source,
			    struct openssl_passphrase *p);
/* Asks for it at the terminal, twice if `confirm`; false, reported, where there is no terminal. */
bool openssl_passphrase_ask(const struct openssl_command *command, const char *prompt, bool confirm,
			    struct openssl_passphrase *p);
void openssl_passphrase_wipe(struct openssl_passphrase *p);

#endif
