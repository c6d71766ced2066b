/*
 * Finding a member of a family of verbs. Its name is that of the family, a blank and a word.
 */
#include "cli/group.h"

#include <stdio.h>
#include <string.h>

#include "cli/exit_code.h"
#include "cli/report.h"
#include "cli/suggest.h"

static const char *last_word(const struct verb *member)
{
	return strrchr(member->name, ' ') + 1;
}

const struct verb *group_find(const struct verb *group, const char *word)
{
	for (size_t i = 0; group->members[i] != NULL; i++)
		if (strcmp(last_word(group->members[i]), word) == 0)
			return group->members[i];
	return NULL;
}

void group_help(const struct verb *group, FILE *out)
{
	fprintf(out, "Usage: ward %s %s\n\n%s\nVerbs:\n", group->name, group->operands,
		group->text);
	for (size_t i = 0; group->members[i] != NULL; i++) {
		const char *word = last_word(group->members[i]);
		int len = (int)strlen(word), width = len > 8 ? len : 8;

		fprintf(out, "  %-*s %-*s %s\n", width, word, 30 - width,
			group->members[i]->operands, group->members[i]->summary);
	}
	fprintf(out, "\nOptions:\n  -h, --help                     this text\n");
	fprintf(out, "\nExamples:\n%s\n", group->examples);
	fprintf(out, "See `ward %s VERB --help` and ward-%s(1).\n", group->name, group->name);
}

static int refuse_word(const struct verb *group, const char *word)
{
	struct suggestion near = suggest_begin(word);
	char command[40];
	char remedy[100];

	for (size_t i = 0; group->members[i] != NULL; i++)
		suggest_offer(&near, last_word(group->members[i]));
	if (near.best != NULL)
		snprintf(remedy, sizeof(remedy), "did you mean \"ward %s %s\"?", group->name,
			 near.best);
	else
		snprintf(remedy, sizeof(remedy), "see ward %s --help for the verbs there are",
			 group->name);
	snprintf(command, sizeof(command), "ward %s", group->name);
	return report_lines(command, EXIT_USAGE, remedy, "there is no verb \"%s\" here", word);
}

int group_run(const struct verb *group, int argc, char **argv)
{
	const struct verb *member;

	if (argc < 2) {
		group_help(group, stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0) {
		group_help(group, stdout);
		return EXIT_FINE;
	}
	member = group_find(group, argv[1]);
	return member == NULL ? refuse_word(group, argv[1]) : member->run(argc - 1, argv + 1);
}
