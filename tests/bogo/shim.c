/*
 * The shim by which BoringSSL's protocol tests (BoGo) drive ward: ssl/test/PORTING.md there says what
 * a shim does. It is started once a test, makes one connection or several to the runner, and ends
 * with 0 if all was well, with 1 and a reason if not, with 89 if ward lacks what is asked for.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim.h"

_Noreturn void die(const char *what, const struct ward_error *err)
{
	char text[512];

	fprintf(stderr, ":%s: %s: %s\n", ward_reason_name(err->reason), what,
		ward_error_text(err, text, sizeof(text)));
	exit(1);
}

static bool run(const struct flags *f, bool resumes)
{
	struct ward_config *config = setup_config(f);
	struct ward_key *key = setup_key(f);
	bool ok = exchange(f, config, key, resumes);

	ward_key_free(key);
	ward_config_free(config);
	return ok;
}

int main(int argc, char **argv)
{
	struct command c;
	bool ok;

	if (argc == 2 && strcmp(argv[1], "-is-handshaker-supported") == 0) {
		puts("No");
		return 0;
	}
	flags_parse(argc, argv, &c);
	if (c.first.resume_count > 0)
		unimplemented("resumption");
	ok = run(&c.first, false);
	/* What sanitizers say comes behind this line, which the runner looks for. */
	fputs("--- DONE ---\n", stderr);
	return !ok;
}
