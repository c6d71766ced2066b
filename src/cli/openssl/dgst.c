/*
 * `ward openssl dgst`, and the commands that are named like a digest (`ward openssl sha256`): their
 * command line.
 */
#include "cli/openssl/dgst.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

enum {
	OPT_DIGEST = OPTION_LONG,
	OPT_SIGN,
	OPT_VERIFY,
	OPT_PRVERIFY,
	OPT_SIGNATURE,
	OPT_HMAC,
	OPT_MAC,
	OPT_MACOPT,
	OPT_SIGOPT,
	OPT_PASSIN,
	OPT_KEYFORM,
	OPT_HEX,
	OPT_BINARY,
	OPT_COREUTILS,
	OPT_COLONS,
	OPT_OUT,
	OPT_LIST,
};

/* The digests, for both kinds of command. */
#define DIGEST_ROWS                                                                                \
	{ OPT_DIGEST, "sha256", NULL, "this digest, which is the default" },                       \
		{ OPT_DIGEST, "sha384", NULL, "this digest" },                                     \
		{ OPT_DIGEST, "sha512", NULL, "this digest" },                                     \
		{ OPT_DIGEST, "sha1", NULL, "this digest; not for signatures" },                   \
	{                                                                                          \
		OPT_DIGEST, "md5", NULL, "this digest; not for signatures"                         \
	}

static const struct option_row rows[] = {
	DIGEST_ROWS,
	{ OPT_SIGN, "sign", "FILE", "sign by this private key" },
	{ OPT_VERIFY, "verify", "FILE", "verify a signature by this public key" },
	{ OPT_PRVERIFY, "prverify", "FILE", "verify it by this private key" },
	{ OPT_SIGNATURE, "signature", "FILE", "the signature to verify" },
	{ OPT_HMAC, "hmac", "KEY", "a MAC by this key, HMAC" },
	{ OPT_MAC, "mac", "HMAC", "a MAC by a key that -macopt gives" },
	{ OPT_MACOPT, "macopt", "key:KEY|hexkey:HEX", "the key of -mac" },
	{ OPT_SIGOPT, "sigopt", "NAME:VALUE",
	  "rsa_padding_mode:pss or pkcs1, rsa_pss_saltlen:digest or auto" },
	{ OPT_PASSIN, "passin", "SOURCE", "where the private key's passphrase comes from" },
	{ OPT_KEYFORM, "keyform", "PEM|DER", "not needed: the form is seen" },
	{ OPT_HEX, "hex", NULL, "in hex, which is the default for all but signatures" },
	{ OPT_BINARY, "binary", NULL, "as bytes" },
	{ OPT_COREUTILS, "r", NULL, "lines in the form of sha256sum" },
	{ OPT_COLONS, "c", NULL, "colons between the bytes" },
	{ OPT_OUT, "out", "FILE", "where to write it; default: standard output" },
	{ OPT_LIST, "list", NULL, "the digests that there are" },
};

static const struct {
	const char *name, *label;
	enum digest_alg alg;
} digests[] = {
	{ "sha256", "SHA2-256", DIGEST_SHA256 },
	{ "sha384", "SHA2-384", DIGEST_SHA384 },
	{ "sha512", "SHA2-512", DIGEST_SHA512 },
	{ "sha1", "SHA1", DIGEST_SHA1 },
	{ "md5", "MD5", DIGEST_MD5 },
};

enum { DIGESTS = sizeof(digests) / sizeof(digests[0]), MAC_KEY_MAX = 1024 };

struct options {
	struct dgst d;
	bool mac; /* -mac was given */
	bool list;
	uint8_t key[MAC_KEY_MAX];
	const char *salt_len; /* as the user wrote it; NULL: not said */
};

static void set_digest(struct dgst *d, const char *name)
{
	for (size_t i = 0; i < DIGESTS; i++) {
		if (strcmp(digests[i].name, name) == 0) {
			d->alg = digests[i].alg;
			d->label = digests[i].label;
		}
	}
}

/* ---- values ---- */

static bool take_mac_key(struct options *o, const struct option_row *row, const char *key)
{
	size_t len = strlen(key);

	if (len > MAC_KEY_MAX)
		return openssl_bad_value(o->d.command, row, "a longer key",
					 "give a key of at most 1024 bytes");
	bytes_copy(o->key, key, len);
	o->d.mac_key = span_make(o->key, len);
	o->d.has_mac = true;
	return true;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)((at - digits) % 16);
}

static bool take_mac_hex(struct options *o, const struct option_row *row, const char *hex)
{
	size_t len = strlen(hex) / 2;

	if (strlen(hex) % 2 != 0 || len > MAC_KEY_MAX)
		return openssl_bad_value(o->d.command, row, "hexkey:...",
					 "give an even number of digits, at most 2048");
	for (size_t i = 0; i < len; i++) {
		int high = hex_digit(hex[2 * i]);
		int low = hex_digit(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return openssl_bad_value(o->d.command, row, "hexkey:...",
						 "give digits in hex alone");
		o->key[i] = (uint8_t)(high << 4 | low);
	}
	o->d.mac_key = span_make(o->key, len);
	o->d.has_mac = true;
	return true;
}

static bool take_macopt(struct options *o, const struct option_row *row, const char *value)
{
	if (strncmp(value, "key:", 4) == 0)
		return take_mac_key(o, row, value + 4);
	if (strncmp(value, "hexkey:", 7) == 0)
		return take_mac_hex(o, row, value + 7);
	return openssl_bad_value(o->d.command, row, value, "give key:KEY or hexkey:HEX");
}

static bool take_sigopt(struct options *o, const struct option_row *row, const char *value)
{
	static const char padding[] = "rsa_padding_mode:";
	static const char salt[] = "rsa_pss_saltlen:";

	if (strncmp(value, salt, sizeof(salt) - 1) == 0) {
		o->salt_len = value + sizeof(salt) - 1;
		return true;
	}
	if (strncmp(value, padding, sizeof(padding) - 1) == 0) {
		const char *mode = value + sizeof(padding) - 1;

		o->d.pss = strcmp(mode, "pss") == 0;
		if (o->d.pss || strcmp(mode, "pkcs1") == 0)
			return true;
	}
	return openssl_bad_value(
		o->d.command, row, value,
		"give rsa_padding_mode:pss, rsa_padding_mode:pkcs1 or rsa_pss_saltlen:digest");
}

/* As long as the hash, whichever way that is said; or, to verify, of any length. */
static bool settle_salt(struct options *o)
{
	const char *len = o->salt_len;
	char number[8];

	o->d.any_salt = len == NULL || strncmp(len, "auto", 4) == 0 || strcmp(len, "-2") == 0;
	if (o->d.any_salt && (len == NULL || o->d.sign == NULL))
		return true;
	snprintf(number, sizeof(number), "%zu", digest_len(o->d.alg));
	o->d.any_salt = false;
	if (strcmp(len, "digest") == 0 || strcmp(len, "-1") == 0 || strcmp(len, number) == 0 ||
	    strcmp(len, "auto-digestmax") == 0 || strcmp(len, "-4") == 0)
		return true;
	return openssl_fail(o->d.command, "use -sigopt rsa_pss_saltlen:digest",
			    "a salt of \"%s\" is not supported, but one as long as the digest",
			    len) == OPENSSL_FINE;
}

static bool take_file(struct options *o, const struct option_row *row, const char *value)
{
	switch (row->id) {
	case OPT_SIGN:
		o->d.sign = value;
		return true;
	case OPT_PRVERIFY:
		o->d.verify_by_private = true;
		o->d.verify = value;
		return true;
	case OPT_VERIFY:
		o->d.verify_by_private = false;
		o->d.verify = value;
		return true;
	case OPT_SIGNATURE:
		o->d.signature = value;
		return true;
	case OPT_PASSIN:
		o->d.pass_source = value;
		return true;
	case OPT_OUT:
	default:
		o->d.out = value;
		return true;
	}
}

static bool take(void *arg, const struct option_row *row, const char *value)
{
	struct options *o = arg;
	enum openssl_form ignored;

	switch (row->id) {
	case OPT_DIGEST:
		set_digest(&o->d, row->name);
		return true;
	case OPT_HMAC:
		return take_mac_key(o, row, value);
	case OPT_MAC:
		o->mac = true;
		return strcmp(value, "HMAC") == 0 || strcmp(value, "hmac") == 0 ||
		       openssl_bad_value(o->d.command, row, value, "HMAC is the only one");
	case OPT_MACOPT:
		return take_macopt(o, row, value);
	case OPT_SIGOPT:
		return take_sigopt(o, row, value);
	case OPT_KEYFORM:
		return openssl_take_form(o->d.command, row, value, &ignored);
	case OPT_HEX:
		o->d.form = DGST_FORM_HEX;
		return true;
	case OPT_BINARY:
		o->d.form = DGST_FORM_BINARY;
		return true;
	case OPT_COREUTILS:
		return o->d.coreutils = true;
	case OPT_COLONS:
		return o->d.colons = true;
	case OPT_LIST:
		return o->list = true;
	default:
		return take_file(o, row, value);
	}
}

/* ---- running ---- */

static int list_digests(void)
{
	printf("Supported digests:\n");
	for (size_t i = 0; i < DIGESTS; i++)
		printf("-%s\n", digests[i].name);
	return OPENSSL_FINE;
}

/* What cannot be together. */
static bool judge(const struct options *o, char **files)
{
	const struct dgst *d = &o->d;
	bool signs = d->sign != NULL || d->verify != NULL;
	const char *cause = NULL, *remedy = "leave one of them out";

	if ((d->sign != NULL && d->verify != NULL) || (signs && d->has_mac)) {
		cause = "-sign, -verify and -hmac exclude each other";
	} else if (d->verify != NULL && d->signature == NULL) {
		cause = "there is no signature to verify";
		remedy = "give it with -signature";
	} else if (signs && files[0] != NULL && files[1] != NULL) {
		cause = "one file alone can be signed or verified at a time";
		remedy = "sign or verify them one by one";
	} else if (o->mac && !d->has_mac) {
		cause = "the key of the MAC is missing";
		remedy = "give it with -macopt key:KEY or -hmac KEY";
	}
	return cause == NULL || openssl_fail(d->command, remedy, "%s", cause) == OPENSSL_FINE;
}

/* The command is called by its own name, or by that of a digest. */
static int run(int argc, char **argv)
{
	const struct openssl_command *command = openssl_find(argv[0]);
	struct options o = { .d = { .command = command, .alg = DIGEST_SHA256, .label = "SHA256" } };
	int status = OPENSSL_FAILED;
	char **files;

	set_digest(&o.d, argv[0]);
	files = openssl_parse(command, argc, argv, take, &o, &status);
	if (files != NULL && o.list)
		status = list_digests();
	else if (files != NULL && judge(&o, files) && settle_salt(&o))
		status = dgst_run(&o.d, files);
	secret_wipe_bytes(o.key, sizeof(o.key));
	return status;
}

#define NOT_HERE "use -sha256, -sha384 or -sha512, or openssl itself"

static const struct openssl_refusal refused[] = {
	{ "sha224", NOT_HERE },
	{ "sha512-224", NOT_HERE },
	{ "sha512-256", NOT_HERE },
	{ "sha3-224", NOT_HERE },
	{ "sha3-256", NOT_HERE },
	{ "sha3-384", NOT_HERE },
	{ "sha3-512", NOT_HERE },
	{ "shake128", NOT_HERE },
	{ "shake256", NOT_HERE },
	{ "blake2b512", NOT_HERE },
	{ "blake2s256", NOT_HERE },
	{ "ripemd160", NOT_HERE },
	{ "rmd160", NOT_HERE },
	{ "sm3", NOT_HERE },
	{ "xoflen", NOT_HERE },
	{ "fips-fingerprint", "leave it out" },
	{ "engine", "leave it out: keys are files" },
	{ "d", "leave it out" },
	{ "debug", "leave it out" },
};

#define COMMAND(word, says, what, line)                                                            \
	const struct openssl_command openssl_##word = {                                            \
		.verb = {                                                                          \
			.name = "openssl " #word,                                                  \
			.page = "openssl",                                                         \
			.operands = "[FILE]...",                                                   \
			.summary = says,                                                           \
			.text = what,                                                              \
			.examples = line,                                                          \
			.options = rows,                                                           \
			.option_count = sizeof(rows) / sizeof(rows[0]),                            \
			.run = run,                                                                \
		},                                                                                 \
		.refused = refused,                                                                \
		.refused_count = sizeof(refused) / sizeof(refused[0]),                             \
	}

COMMAND(dgst, "digests and MACs of files, signatures over them",
	"Gives the digest or the MAC of each file, or of standard input; signs one, or verifies\n"
	"its signature.\n",
	"  ward openssl dgst -sha256 FILE\n"
	"  ward openssl dgst -sha256 -sign key.pem -out FILE.sig FILE\n"
	"  ward openssl dgst -sha256 -verify pub.pem -signature FILE.sig FILE\n");

#define DIGEST_COMMAND(word)                                                                       \
	COMMAND(word, "dgst -" #word, "The same as `ward openssl dgst -" #word "`.\n",             \
		"  ward openssl " #word " FILE\n")

DIGEST_COMMAND(sha256);
DIGEST_COMMAND(sha384);
DIGEST_COMMAND(sha512);
DIGEST_COMMAND(sha1);
DIGEST_COMMAND(md5);
