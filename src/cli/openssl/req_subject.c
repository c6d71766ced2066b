/*
 * The subject of what `ward openssl req` makes: from the command line, from the file, or asked for as
 * the file says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/openssl/req.h"
#include "cli/values.h"
#include "x509/name_make.h"

enum { ANSWER_MAX = 1024 };

static bool fail(const struct ward_error *err)
{
	return openssl_fail(&openssl_req, "put it into the form /C=DE/O=Example/CN=name", "%s",
			    err->detail) == OPENSSL_FINE;
}

/* ---- the command line ---- */

/* Before OpenSSL 3 an empty part could stand in front; "/" alone is the empty name. */
static bool write_given(const char *text, struct writer *w)
{
	struct ward_error err = ERROR_NONE;

	if (text[0] != '/')
		return openssl_fail(&openssl_req, "give it as /C=DE/O=Example/CN=name",
				    "-subj cannot be \"%s\"", text) == OPENSSL_FINE;
	if (strspn(text, "/") == strlen(text)) {
		der_write_element(w, DER_SEQUENCE, SPAN_EMPTY);
		return true;
	}
	return name_write_text(w, text, &err) || fail(&err);
}

/* ---- asking ---- */

static bool ends_with(const char *name, const char *end)
{
	size_t a = strlen(name), b = strlen(end);

	return a > b && strcmp(name + a - b, end) == 0;
}

/* "commonName_max" says something of a field and is none. */
static bool is_field(const char *name)
{
	return !ends_with(name, "_default") && !ends_with(name, "_min") &&
	       !ends_with(name, "_max") && !ends_with(name, "_value");
}

static const char *of_field(const struct req_job *job, const char *section, const char *field,
			    const char *what)
{
	char name[160];

	snprintf(name, sizeof(name), "%s_%s", field, what);
	return conf_get(&job->conf, section, name);
}

static bool fits(const struct req_job *job, const char *section, const char *field,
		 const char *answer)
{
	const char *least = of_field(job, section, field, "min");
	const char *most = of_field(job, section, field, "max");
	int64_t n;

	if (least != NULL && value_number(least, 0, INT32_MAX, &n) && strlen(answer) < (size_t)n) {
		fprintf(stderr, "It has %zu characters at least %s\n", strlen(answer), least);
		return false;
	}
	if (most != NULL && value_number(most, 0, INT32_MAX, &n) && strlen(answer) > (size_t)n) {
		fprintf(stderr, "It has %zu characters, at most %s\n", strlen(answer), most);
		return false;
	}
	return true;
}

/* One line of standard input, without its end. */
static bool read_answer(char answer[ANSWER_MAX])
{
	size_t len;

	if (fgets(answer, ANSWER_MAX, stdin) == NULL)
		return openssl_fail(&openssl_req,
				    "answer on standard input, or give -subj or prompt = no",
				    "there is no answer") == OPENSSL_FINE;
	len = strcspn(answer, "\r\n");
	if (answer[len] == '\0' && len + 1 == ANSWER_MAX)
		return openssl_fail(&openssl_req, "give a shorter one",
				    "an answer has %d characters at most",
				    ANSWER_MAX - 2) == OPENSSL_FINE;
	answer[len] = '\0';
	return true;
}

/* An empty answer is the default, a dot nothing at all. */
static bool ask(const struct req_job *job, const char *section, const struct conf_entry *e,
		char answer[ANSWER_MAX])
{
	const char *preset = of_field(job, section, e->name, "default");
	const char *value = of_field(job, section, e->name, "value");

	if (value != NULL || job->batch) {
		snprintf(answer, ANSWER_MAX, "%s",
			 value != NULL    ? value
			 : preset == NULL ? ""
					  : preset);
		return true;
	}
	do {
		fprintf(stderr, "%s [%s]:", e->value, preset == NULL ? "" : preset);
		fflush(stderr);
		if (!read_answer(answer))
			return false;
		if (answer[0] == '\0' && preset != NULL)
			snprintf(answer, ANSWER_MAX, "%s", preset);
		if (strcmp(answer, ".") == 0)
			answer[0] = '\0';
	} while (answer[0] != '\0' && !fits(job, section, e->name, answer));
	return true;
}

static bool ask_all(const struct req_job *job, const char *section, struct name_text *n)
{
	const struct conf_entry *e;
	char answer[ANSWER_MAX];
	size_t at = 0;

	if (!job->batch)
		fprintf(stderr,
			"You are asked for what goes into the subject of the request. An "
			"empty answer takes\nwhat stands in brackets; a dot leaves the field "
			"out.\n-----\n");
	while ((e = conf_next(&job->conf, section, &at)) != NULL) {
		bool joined;
		const char *type = name_text_type(e->name, &joined);

		if (!is_field(e->name))
			continue;
		if (!ask(job, section, e, answer))
			return false;
		name_text_add(n, type, answer, joined);
	}
	return true;
}

/* ---- all ways ---- */

static bool write_from_conf(const struct req_job *job, const char *section, struct writer *w)
{
	const char *prompt = req_setting(job, "prompt");
	struct name_text n = { .len = 0 };
	struct ward_error err = ERROR_NONE;

	if (prompt != NULL && strcasecmp(prompt, "no") == 0)
		return conf_write_name(w, &job->conf, section, &err) || fail(&err);
	if (!ask_all(job, section, &n))
		return false;
	if (n.len == 0)
		return openssl_fail(&openssl_req, "give -subj, or answer at least one question",
				    "the subject is empty") == OPENSSL_FINE;
	return name_text_write(w, &n, &err) || fail(&err);
}

bool req_write_subject(const struct req_job *job, struct writer *w)
{
	const char *section = req_setting(job, "distinguished_name");

	if (job->subject != NULL)
		return write_given(job->subject, w);
	if (section == NULL || !conf_has_section(&job->conf, section))
		return openssl_fail(&openssl_req, "give -subj, or write that section",
				    "[%s] names no section with distinguished_name",
				    job->section) == OPENSSL_FINE;
	return write_from_conf(job, section, w);
}
