/*
 * Putting a CA into trust stores: the frame, and what the kinds of stores have in common.
 */
#include "ca/install.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ca/program.h"

void install_tell(struct installing *i, const char *store, const char *place,
		  enum install_outcome outcome, const char *why, const char *remedy)
{
	struct install_result result = { store, place, outcome, why, remedy };

	i->failed = i->failed || outcome == INSTALL_FAILED;
	i->job->told(i->job->arg, &result);
}

const char *install_words(struct strbuf *output)
{
	char *text = output->data == NULL ? NULL : output->data + strspn(output->data, " \t\r\n");

	if (text == NULL || *text == '\0')
		return "the program that was run says nothing";
	text[strcspn(text, "\r\n")] = '\0';
	return text;
}

char *install_quoted(const char *path)
{
	char *out = malloc(2 * strlen(path) + 1), *to = out;

	for (; out != NULL && *path != '\0'; path++) {
		if (strchr("*?[]\\", *path) != NULL)
			*to++ = '\\';
		*to++ = *path;
	}
	if (out != NULL)
		*to = '\0';
	return out;
}

/* ---- a store with a program ---- */

/* *denied: we may not write it. */
static enum install_outcome change(const struct install_store *s, struct strbuf *output,
				   bool *denied)
{
	bool remove = s->i->job->remove;
	enum install_found wanted = remove ? INSTALL_NOT_FOUND : INSTALL_FOUND, found;
	char *name;
	int status;

	found = s->find(s, &name, output);
	*denied = found != wanted && access(s->file, W_OK) != 0;
	if (found == wanted || found == INSTALL_UNREADABLE || *denied) {
		free(name);
		return found == wanted ? INSTALL_NO_CHANGE : INSTALL_FAILED;
	}
	strbuf_free(output);
	status = remove ? s->take_out(s, name, output) : s->put_in(s, output);
	free(name);
	if (status != 0)
		return INSTALL_FAILED;
	strbuf_free(output);
	found = s->find(s, &name, output);
	free(name);
	return found == wanted ? INSTALL_DONE : INSTALL_FAILED;
}

void install_change(const struct install_store *s)
{
	struct strbuf output = strbuf_make(PROGRAM_OUTPUT_MAX);
	bool denied;
	enum install_outcome outcome = change(s, &output, &denied);

	if (outcome != INSTALL_FAILED)
		install_tell(s->i, s->kind, s->place, outcome, NULL, NULL);
	else if (denied)
		install_tell(s->i, s->kind, s->place, outcome, "this user may not write it",
			     s->i->job->own_command);
	else
		install_tell(s->i, s->kind, s->place, outcome, install_words(&output), s->remedy);
	strbuf_free(&output);
}

/* ---- all of them ---- */

bool install_run(const struct install_job *job)
{
	struct installing i = { .job = job, .pem = ward_cert_pem(job->cert) };

	if (i.pem == NULL)
		return false;
	ward_cert_fingerprint(job->cert, i.hash);
	snprintf(i.name, sizeof(i.name), "ward-%02x%02x%02x%02x%02x%02x%02x%02x", i.hash[0],
		 i.hash[1], i.hash[2], i.hash[3], i.hash[4], i.hash[5], i.hash[6], i.hash[7]);
	if (job->system)
		install_system(&i);
	if (job->nss)
		install_nss(&i);
	if (job->java)
		install_java(&i);
	free(i.pem);
	return !i.failed;
}
