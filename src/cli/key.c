/*
 * `ward key`: the family of verbs for private keys, and how they are read.
 */
#include "cli/key.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/group.h"
#include "cli/input.h"
#include "cli/report.h"

struct ward_key *key_parse_with(const char *command, const char *name, const void *bytes,
				size_t len, struct passphrase *passphrase)
{
	struct ward_error err = ERROR_NONE;
	struct ward_key *key = ward_key_parse(bytes, len, &err);

	if (key == NULL && err.reason == WARD_E_KEY_ENCRYPTED) {
		if (!passphrase->given && !passphrase_ask(passphrase, command, name, false))
			return NULL;
		err = ERROR_NONE;
		key = ward_key_parse_with(bytes, len, passphrase->bytes, passphrase->len, &err);
	}
	if (key == NULL)
		report_error(command, name, &err);
	return key;
}

/* The passphrase, if there is one, is the PIN. */
static struct ward_key *key_open(const char *command, const char *uri,
				 const struct passphrase *passphrase)
{
	struct ward_error err = ERROR_NONE;
	char pin[PASSPHRASE_SIZE] = "";
	struct ward_key *key;

	memcpy(pin, passphrase->bytes, passphrase->len);
	key = ward_key_open(uri, NULL, passphrase->given ? pin : NULL, &err);
	ward_wipe(pin, sizeof(pin));
	if (key == NULL)
		report_error(command, uri, &err);
	return key;
}

struct ward_key *key_load_with(const char *command, const char *path, struct passphrase *passphrase)
{
	struct ward_error err = ERROR_NONE;
	struct file_bytes bytes;
	struct ward_key *key;

	if (file_key_uri(path) != NULL)
		return key_open(command, file_key_uri(path), passphrase);
	if (!input_read(path, &bytes, &err)) {
		(void)report_setup(command, &err);
		return NULL;
	}
	key = key_parse_with(command, input_name(path), bytes.data, bytes.len, passphrase);
	file_bytes_clear(&bytes);
	return key;
}

struct ward_key *key_load(const char *command, const char *path)
{
	struct passphrase none = { .given = false };
	struct ward_key *key = key_load_with(command, path, &none);

	passphrase_wipe(&none);
	return key;
}

void key_text_free(char *text)
{
	if (text != NULL)
		ward_wipe(text, strlen(text));
	free(text);
}

static const struct verb *const members[] = { &verb_key_new, &verb_key_show, &verb_key_tickets,
					      NULL };

static int run(int argc, char **argv)
{
	return group_run(&verb_key, argc, argv);
}

const struct verb verb_key = {
	.name = "key",
	.operands = "VERB ...",
	.summary = "make private keys, and look at them",
	.text = "Makes private keys, and says what a key is without showing it; makes and rotates the keys\n"
		"that servers share to resume each other's sessions.\n",
	.examples = "  ward key new --out key.pem\n"
		    "  ward key show key.pem\n"
		    "  ward key tickets tickets.keys\n",
	.members = members,
	.run = run,
};
