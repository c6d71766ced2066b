/*
 * `ward ca list`: what a CA has issued.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <jansson.h>

#include <ward/revocation.h>

#include "cli/ca.h"
#include "cli/facts.h"
#include "cli/report.h"

static const char command[] = "ward ca list";

enum { OPT_JSON = OPT_CA_OTHERS, OPT_EXPIRED, OPT_REVOKED };

static const struct option_row rows[] = {
	CA_DIR_OPTION,
	{ OPT_JSON, "json", NULL, "as one JSON document" },
	{ OPT_EXPIRED, "expired", NULL, "those alone that have expired" },
	{ OPT_REVOKED, "revoked", NULL, "those alone that are revoked" },
};

struct options {
	struct ca_options ca;
	bool json, expired, revoked;
};

static bool take(void *arg, int id, const char *value)
{
	struct options *o = arg;

	switch (id) {
	case OPT_JSON:
		return o->json = true;
	case OPT_EXPIRED:
		return o->expired = true;
	case OPT_REVOKED:
		return o->revoked = true;
	default:
		return ca_take(&o->ca, command, id, value);
	}
}

static const char *state_of(const struct ca_entry *e, int64_t now)
{
	if (e->revoked)
		return "revoked";
	return e->not_after < now ? "expired" : "good";
}

/* With both options: those for which either holds. */
static bool is_wanted(const struct ca_entry *e, const struct options *o, int64_t now)
{
	if (!o->expired && !o->revoked)
		return true;
	return (o->expired && e->not_after < now) || (o->revoked && e->revoked);
}

/* ---- as text ---- */

static void print_entry(const struct ca_entry *e, int64_t now)
{
	char serial[CA_SERIAL_TEXT], last[FACTS_TIME];

	printf("%-32s  %-7s  %-6s  %s  %s", ca_serial_text(&e->serial, serial), state_of(e, now),
	       ca_profile_name(e->profile), facts_time(e->not_after, last), e->names);
	if (e->revoked)
		printf("  (%s)", ward_revocation_reason_name(e->reason));
	printf("\n");
}

static bool print_text(const struct ca *ca, const struct options *o, int64_t now)
{
	bool any = false;

	for (size_t i = 0; i < ca->index.count; i++) {
		const struct ca_entry *e = &ca->index.entries[i];

		if (!is_wanted(e, o, now))
			continue;
		if (!any)
			printf("%-32s  %-7s  %-6s  %-20s  %s\n", "Serial", "State", "For", "Until",
			       "Names");
		any = true;
		print_entry(e, now);
	}
	if (!any)
		printf("None\n");
	return fflush(stdout) == 0;
}

/* ---- as JSON ---- */

static json_t *names_json(const char *names)
{
	json_t *list = json_array();

	while (*names != '\0') {
		size_t len = strcspn(names, " ");

		json_array_append_new(list, json_stringn(names, len));
		names += len;
		names += *names == ' ' ? 1 : 0;
	}
	return list;
}

static json_t *entry_json(const struct ca_entry *e, int64_t now)
{
	char serial[CA_SERIAL_TEXT], hash[65], issued[FACTS_TIME], first[FACTS_TIME],
		last[FACTS_TIME], revoked[FACTS_TIME];
	json_t *object;

	for (size_t i = 0; i < sizeof(e->sha256); i++)
		snprintf(hash + 2 * i, 3, "%02x", e->sha256[i]);
	object = json_pack("{s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:s}", "serial",
			   ca_serial_text(&e->serial, serial), "state", state_of(e, now), "profile",
			   ca_profile_name(e->profile), "names", names_json(e->names), "issued",
			   facts_time(e->issued, issued), "not_before",
			   facts_time(e->not_before, first), "not_after",
			   facts_time(e->not_after, last), "sha256", hash);
	if (e->revoked) {
		json_object_set_new(object, "revoked_at",
				    json_string(facts_time(e->revoked_at, revoked)));
		json_object_set_new(object, "reason",
				    json_string(ward_revocation_reason_name(e->reason)));
	}
	return object;
}

static json_t *authorities_json(const struct ca_index *ix)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ix->authority_count; i++) {
		const struct ca_authority *a = &ix->authorities[i];
		char serial[CA_SERIAL_TEXT], last[FACTS_TIME], revoked[FACTS_TIME];
		json_t *object = json_pack(
			"{s:s, s:s, s:b}", "serial", ca_serial_text(&a->serial, serial),
			"not_after", facts_time(a->not_after, last), "revoked", (int)a->revoked);

		if (a->revoked) {
			json_object_set_new(object, "revoked_at",
					    json_string(facts_time(a->revoked_at, revoked)));
			json_object_set_new(object, "reason",
					    json_string(ward_revocation_reason_name(a->reason)));
		}
		json_array_append_new(list, object);
	}
	return list;
}

static bool print_json(const struct ca *ca, const struct options *o, int64_t now)
{
	char root[200], intermediate[200];
	json_t *list = json_array(), *document;
	bool ok;

	for (size_t i = 0; i < ca->index.count; i++)
		if (is_wanted(&ca->index.entries[i], o, now))
			json_array_append_new(list, entry_json(&ca->index.entries[i], now));
	document =
		json_pack("{s:i, s:s, s:s, s:s, s:I, s:o, s:o}", "schema", 1, "dir", ca->dir,
			  "root", ward_cert_subject(ca->root, root, sizeof(root)), "intermediate",
			  ward_cert_subject(ca->intermediate, intermediate, sizeof(intermediate)),
			  "crl_number", (json_int_t)ca->index.crl_number, "certificates", list,
			  "intermediates", authorities_json(&ca->index));
	ok = document != NULL && json_dumpf(document, stdout, JSON_INDENT(2)) == 0 &&
	     putchar('\n') != EOF && fflush(stdout) == 0;
	json_decref(document);
	return ok;
}

static int list(const struct options *o)
{
	int64_t now = (int64_t)time(NULL);
	struct ca ca;
	int code = ca_open_for(&ca, command, o->ca.dir, CA_LOOK);

	if (code == EXIT_FINE) {
		bool ok = o->json ? print_json(&ca, o, now) : print_text(&ca, o, now);

		code = ok ? EXIT_FINE
			  : report_lines(command, EXIT_NETWORK,
					 "check where it goes to, and the space there",
					 "the list cannot be written");
	}
	ca_close(&ca);
	return code;
}

static int run(int argc, char **argv)
{
	struct options o = { 0 };
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_ca_list, argc, argv, take, &o, &status);

	if (operands == NULL)
		return status;
	if (operands[0] != NULL)
		return options_bad_operands(&verb_ca_list, "no operand is expected", operands[0]);
	return list(&o);
}

const struct verb verb_ca_list = {
	.name = "ca list",
	.page = "ca",
	.operands = "",
	.summary = "list what it has issued",
	.text = "Lists the certificates that a CA has issued, with their state.\n",
	.examples =
		"  ward ca list\n"
		"  ward ca list --json | jq -r '.certificates[] | select(.state == \"good\").serial'\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
