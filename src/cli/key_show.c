/*
 * `ward key show`: what a private key is. The key itself is never shown.
 */
#include <stdlib.h>

#include <jansson.h>

#include "base/error.h"
#include "cli/key.h"
#include "cli/options.h"
#include "cli/passphrase.h"
#include "cli/report.h"
#include "wire/pem.h"
#include "x509/x509.h"

static const char command[] = "ward key show";

enum { OPT_JSON = OPTION_LONG, OPT_PUBLIC, OPT_PASSPHRASE_FILE, OPT_PASSPHRASE_FD };

static const struct option_row rows[] = {
	{ OPT_JSON, "json", NULL, "as one JSON document" },
	{ OPT_PUBLIC, "public", NULL, "the public key, PEM, and nothing else" },
	PASSPHRASE_OPTIONS(OPT_PASSPHRASE_FILE, OPT_PASSPHRASE_FD),
};

struct options {
	struct passphrase passphrase;
	bool json, public;
};

static bool take(void *arg, int id, const char *value)
{
	struct options *o = arg;

	switch (id) {
	case OPT_PASSPHRASE_FILE:
		return passphrase_read_file(&o->passphrase, command, value);
	case OPT_PASSPHRASE_FD:
		return passphrase_read_fd(&o->passphrase, command, value);
	case OPT_JSON:
		return o->json = true;
	default:
		return o->public = true;
	}
}

/* ---- telling ---- */

static bool show_public(struct span spki)
{
	char *pem = pem_encode("PUBLIC KEY", spki);
	bool ok = pem != NULL && fputs(pem, stdout) >= 0;

	free(pem);
	return ok;
}

static bool show_json(const char *type, unsigned int bits, const char *hash)
{
	json_t *document = json_pack("{s:i, s:s, s:i, s:s}", "schema", 1, "type", type, "bits",
				     (int)bits, "spki_sha256", hash);
	bool ok = document != NULL && json_dumpf(document, stdout, JSON_INDENT(2)) == 0 &&
		  putchar('\n') != EOF;

	json_decref(document);
	return ok;
}

static bool show_text(const char *type, unsigned int bits, const uint8_t hash[32])
{
	char pin[64];

	pin[base64_encode(pin, span_make(hash, 32), false)] = '\0';
	return printf("Key               %s, %u bits\nSPKI pin          sha256//%s\n", type, bits,
		      pin) > 0;
}

static bool show(const struct privkey *key, struct span spki, const struct options *o)
{
	const char *type = key_type_name(privkey_type(key));
	uint8_t hash[32];
	char hex[65];

	if (o->public)
		return show_public(spki);
	digest_once(DIGEST_SHA256, spki, hash);
	for (size_t i = 0; i < sizeof(hash); i++)
		snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	return o->json ? show_json(type, privkey_bits(key), hex)
		       : show_text(type, privkey_bits(key), hash);
}

static int show_key(const struct ward_key *key, const struct options *o)
{
	struct ward_error err = ERROR_NONE;
	uint8_t *spki;
	size_t len;
	bool ok;

	if (!privkey_spki(key_private(key), &spki, &len, &err))
		return report_setup(command, &err);
	ok = show(key_private(key), span_make(spki, len), o);
	free(spki);
	if (ok && fflush(stdout) == 0)
		return EXIT_FINE;
	return report_lines(command, EXIT_NETWORK, "check where it goes to, and the space there",
			    "the key cannot be told of");
}

static int run(int argc, char **argv)
{
	struct options o = { 0 };
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_key_show, argc, argv, take, &o, &status);
	struct ward_key *key;

	if (operands == NULL)
		return status;
	if (operands[0] == NULL)
		return options_bad_operands(&verb_key_show, "there is nothing to show", NULL);
	if (operands[1] != NULL)
		return options_bad_operands(&verb_key_show, "there is more than one", operands[1]);
	key = key_load_with(command, operands[0], &o.passphrase);
	passphrase_wipe(&o.passphrase);
	if (key == NULL)
		return EXIT_USAGE;
	status = show_key(key, &o);
	ward_key_free(key);
	return status;
}

const struct verb verb_key_show = {
	.name = "key show",
	.page = "key",
	.operands = "FILE | -",
	.summary = "say what a private key is",
	.text = "Says of which type a private key (PEM or DER) is, and what its public key hashes\n"
		"to. The key itself is not shown.\n",
	.examples = "  ward key show key.pem\n"
		    "  ward key show key.pem --public > public.pem\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
