/*
 * `ward key`: the family of verbs for private keys, and how they are read.
 */
#include "cli/key.h"

#include <stdlib.h>
#include <string.h>

#include "cli/group.h"
#include "cli/input.h"
#include "cli/report.h"

struct ward_key *key_load(const char *command, const char *path)
{
	struct ward_error err = ERROR_NONE;
	struct file_bytes bytes;
	struct ward_key *key;

	if (!input_read(path, &bytes, &err)) {
		(void)report_setup(command, &err);
		return NULL;
	}
	key = ward_key_parse(bytes.data, bytes.len, &err);
	file_bytes_clear(&bytes);
	if (key == NULL)
		report_error(command, input_name(path), &err);
	return key;
}

void key_text_free(char *text)
{
	if (text != NULL)
		ward_wipe(text, strlen(text));
	free(text);
}

static const struct verb *const members[] = { &verb_key_new, &verb_key_show, NULL };

static int run(int argc, char **argv)
{
	return group_run(&verb_key, argc, argv);
}

const struct verb verb_key = {
	.name = "key",
	.operands = "VERB ...",
	.summary = "make private keys, and look at them",
	.text = "Makes private keys, and says what a key is without showing it.\n",
	.examples = "  ward key new --out key.pem\n"
		    "  ward key show key.pem\n",
	.members = members,
	.run = run,
};
