/*
 * `ward key tickets`: the file of keys that the servers of a fleet seal their tickets with.
 */
#include "cli/key.h"

#include <ward/session.h>

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/values.h"
#include "io/clock.h"

static const char command[] = "ward key tickets";

enum { OPT_LIFETIME = OPTION_LONG };

static const struct option_row rows[] = {
	{ OPT_LIFETIME, "lifetime", "TIME", "of tickets, when the file is made; default 1d" },
};

static bool take(void *arg, int id, const char *value)
{
	int64_t *lifetime = arg;

	(void)id;
	return (value_life(value, lifetime) && *lifetime <= WARD_TICKET_LIFETIME_MAX) ||
	       options_bad_value("key tickets", "lifetime", value,
				 "give a time such as 12h or 1d, at most 7d");
}

/* A time in the largest unit that it is whole in. */
static void print_life(uint32_t seconds)
{
	static const struct {
		uint32_t seconds;
		const char *unit;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "m" }, { 1, "s" } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (seconds % units[i].seconds != 0)
			continue;
		printf("%u%s", seconds / units[i].seconds, units[i].unit);
		return;
	}
}

static void tell(const char *path, const struct ward_ticket_keys *keys, bool fresh)
{
	uint32_t lifetime = ward_ticket_keys_lifetime(keys);

	printf("%s: %s; rotate each ", path, fresh ? "made" : "rotated");
	print_life(lifetime / 2);
	printf(" or more often, tickets live ");
	print_life(lifetime);
	printf("\n");
}

static int make_or_rotate(const char *path, int64_t lifetime)
{
	struct ward_error err = ERROR_NONE;
	bool fresh = access(path, F_OK) != 0 && errno == ENOENT, ok;
	struct ward_ticket_keys *keys;

	if (!fresh && lifetime != 0)
		return report_lines(command, EXIT_USAGE,
				    "leave it out, or make another file: tickets of both are "
				    "nothing to each other",
				    "%s: there is such a file, which has its --lifetime already",
				    path);
	keys = ward_ticket_keys_new((uint32_t)lifetime, &err);
	ok = keys != NULL && (fresh || ward_ticket_keys_load(keys, path, &err)) &&
	     ward_ticket_keys_rotate(keys, clock_now(), &err) &&
	     ward_ticket_keys_save(keys, path, &err);
	if (ok)
		tell(path, keys, fresh);
	ward_ticket_keys_free(keys);
	return ok ? EXIT_FINE : report_setup(command, &err);
}

static int run(int argc, char **argv)
{
	int64_t lifetime = 0;
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_key_tickets, argc, argv, take, &lifetime, &status);

	if (operands == NULL)
		return status;
	if (operands[0] == NULL)
		return options_bad_operands(&verb_key_tickets, "a file is missing", NULL);
	if (operands[1] != NULL)
		return options_bad_operands(&verb_key_tickets, "there is more than one file",
					    operands[1]);
	return make_or_rotate(operands[0], lifetime);
}

const struct verb verb_key_tickets = {
	.name = "key tickets",
	.page = "key",
	.operands = "FILE",
	.summary = "make or rotate the keys that servers share",
	.text = "Makes the file that `ward serve --ticket-keys` takes, with mode 0600; or, where it is there,\n"
		"has the next key in it seal and adds one to come after that. Copy it to all servers, and send\n"
		"them SIGHUP: each resumes sessions of the others.\n",
	.examples = "  ward key tickets tickets.keys\n"
		    "  ward key tickets --lifetime 12h tickets.keys\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
