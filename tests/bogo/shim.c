/*
 * The shim by which BoringSSL's protocol tests (BoGo) drive ward: ssl/test/PORTING.md there says what
 * a shim does. It is started once a test, makes one connection or several to the runner, and ends
 * with 0 if all was well, with 1 and a reason if not, with 89 if ward lacks what is asked for.
 */
#include "shim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

_Noreturn void die(const char *what, const struct ward_error *err)
{
	char text[512];

	fprintf(stderr, ":%s: %s: %s\n", ward_reason_name(err->reason), what,
		ward_error_text(err, text, sizeof(text)));
	exit(1);
}

void must(bool ok, const char *what, const struct ward_error *err)
{
	if (!ok)
		die(what, err);
}

static bool connect_once(const struct command *c, struct run *run, bool resumes)
{
	const struct flags *f = resumes ? &c->resumed : &c->first;
	struct keys keys = { .count = 0 };
	struct ward_config *config = setup_config(f, run, &keys);
	bool ok;

	if (resumes && !f->server && run->ticket == NULL)
		return wrong("no ticket to resume with");
	ok = exchange(c, config, &keys, run, resumes);
	for (size_t i = 0; i < keys.count; i++)
		ward_key_free(keys.items[i]);
	ward_config_free(config);
	return ok;
}

static bool connect_all(const struct command *c)
{
	struct ward_error err = { 0 };
	struct run run = { .ticket_keys = ward_ticket_keys_new(0, &err), .now = time(NULL) };
	bool ok = true;

	must(run.ticket_keys != NULL, "ticket keys", &err);
	for (int i = 0; ok && i <= c->first.resume_count; i++) {
		ok = connect_once(c, &run, i > 0);
		run.now += i == 0 ? c->first.resumption_delay : c->resumed.resumption_delay;
	}
	ward_ticket_free(run.ticket);
	ward_ticket_keys_free(run.ticket_keys);
	return ok;
}

int main(int argc, char **argv)
{
	static struct command c;
	bool ok;

	if (argc == 2 && strcmp(argv[1], "-is-handshaker-supported") == 0) {
		puts("No");
		return 0;
	}
	flags_parse(argc, argv, &c);
	if (c.resumed.enable_early_data && c.refused.verify_fail != c.resumed.verify_fail)
		unimplemented("another verification once early data is refused");
	ok = connect_all(&c);
	/* What sanitizers say comes behind this line, which the runner looks for. */
	fputs("--- DONE ---\n", stderr);
	return !ok;
}
