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

static void put_session(void *arg, const struct ward_kept_session *session)
{
	struct run *run = arg;

	if (session->len > sizeof(run->session))
		return;
	memcpy(run->session_id, session->id, sizeof(run->session_id));
	memcpy(run->session, session->bytes, session->len);
	run->session_len = session->len;
}

static size_t get_session(void *arg, const uint8_t *id, int64_t now, uint8_t *bytes, size_t room)
{
	const struct run *run = arg;

	(void)now;
	if (memcmp(id, run->session_id, sizeof(run->session_id)) != 0 || run->session_len > room)
		return 0;
	memcpy(bytes, run->session, run->session_len);
	return run->session_len;
}

static bool connect_all(const struct command *c)
{
	struct ward_error err = { 0 };
	static const struct ward_session_store store = { put_session, get_session, NULL };
	static struct run run;
	bool ok = true;

	run.ticket_keys = ward_ticket_keys_new(0, &err);
	run.sessions = ward_sessions_new_with(&store, &run, &err);
	run.now = time(NULL);
	must(run.ticket_keys != NULL && run.sessions != NULL, "ticket keys", &err);
	for (int i = 0; ok && i <= c->first.resume_count; i++) {
		ok = connect_once(c, &run, i > 0);
		run.now += i == 0 ? c->first.resumption_delay : c->resumed.resumption_delay;
	}
	ward_ticket_free(run.ticket);
	ward_ticket_keys_free(run.ticket_keys);
	ward_sessions_free(run.sessions);
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
	if (c.resumed.enable_early_data && c.refused.verify_fail && !c.resumed.verify_fail)
		unimplemented("another verification once early data is refused");
	ok = connect_all(&c);
	/* What sanitizers say comes behind this line, which the runner looks for. */
	fputs("--- DONE ---\n", stderr);
	return !ok;
}
