/*
 * Reading configuration files in openssl's form.
 *
 * Physical lines are joined where a backslash ends them; then a line is nothing, a comment, a
 * [section], or name = value. A value is read from left to right: quotes and backslashes take away
 * what a character means, and $name, ${name} or $(name) stand for what was said before. All that
 * grows is bounded, so that a small file cannot be written out to a large one.
 */
#include "cli/openssl/conf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char default_section[] = "default";

struct parsing {
	struct conf *conf;
	struct conf_fault *fault;
	struct span left;
	unsigned int line;
	char *joined; /* a line without its end, as long as the file at most */
	char *value;  /* CONF_VALUE_MAX + 1 */
	size_t value_len;
	unsigned int variables;
	char *section;
};

static bool fail(struct parsing *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool fail(struct parsing *p, const char *format, ...)
{
	va_list args;

	p->fault->line = p->line;
	va_start(args, format);
	vsnprintf(p->fault->text, sizeof(p->fault->text), format, args);
	va_end(args);
	return false;
}

/* ---- characters ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* What a name may be made of, dots in "DNS.1" and semicolons in "permitted;DNS" included. */
static bool is_name(char c)
{
	return is_word(c) || (c != '\0' && strchr("!.%&*+,/;?@^~|-:", c) != NULL);
}

static char *skip_blanks(char *at)
{
	while (is_blank(*at))
		at++;
	return at;
}

static void cut_blanks(char *text)
{
	size_t len = strlen(text);

	while (len > 0 && is_blank(text[len - 1]))
		text[--len] = '\0';
}

/* ---- what is kept ---- */

static bool keep(struct parsing *p, const char *text, char **kept)
{
	size_t len = strlen(text);

	if (p->conf->kept + len > CONF_TEXT_MAX)
		return fail(p, "the file says too much");
	*kept = strdup(text);
	p->conf->kept += len;
	return *kept != NULL || fail(p, "out of memory");
}

static bool add_entry(struct parsing *p, const char *section, const char *name, const char *value)
{
	struct conf *c = p->conf;
	struct conf_entry *e;

	if (c->count == CONF_ENTRIES_MAX)
		return fail(p, "more than %d names", CONF_ENTRIES_MAX);
	if (c->entries == NULL)
		c->entries = calloc(CONF_ENTRIES_MAX, sizeof(*c->entries));
	if (c->entries == NULL)
		return fail(p, "out of memory");
	e = &c->entries[c->count++];
	return keep(p, section, &e->section) && keep(p, name, &e->name) &&
	       keep(p, value, &e->value);
}

void conf_clear(struct conf *conf)
{
	for (size_t i = 0; i < conf->count; i++) {
		free(conf->entries[i].section);
		free(conf->entries[i].name);
		free(conf->entries[i].value);
	}
	free(conf->entries);
	*conf = (struct conf){ 0 };
}

static const char *find(const struct conf *conf, const char *section, const char *name)
{
	for (size_t i = conf->count; i-- > 0;) {
		const struct conf_entry *e = &conf->entries[i];

		if (e->value != NULL && strcmp(e->section, section) == 0 &&
		    strcmp(e->name, name) == 0)
			return e->value;
	}
	return NULL;
}

const char *conf_get(const struct conf *conf, const char *section, const char *name)
{
	const char *value;

	if (conf == NULL)
		return NULL;
	value = find(conf, section, name);
	return value == NULL ? find(conf, default_section, name) : value;
}

/* A section without a name in it is there, too: its entry has none. */
bool conf_has_section(const struct conf *conf, const char *section)
{
	for (size_t i = 0; conf != NULL && i < conf->count; i++)
		if (strcmp(conf->entries[i].section, section) == 0)
			return true;
	return false;
}

const struct conf_entry *conf_next(const struct conf *conf, const char *section, size_t *at)
{
	while (conf != NULL && *at < conf->count) {
		const struct conf_entry *e = &conf->entries[(*at)++];

		if (e->name[0] != '\0' && strcmp(e->section, section) == 0)
			return e;
	}
	return NULL;
}

/* ---- lines ---- */

/* An odd number of backslashes at the end continues a line. */
static bool is_continued(const char *text, size_t len)
{
	size_t slashes = 0;

	while (slashes < len && text[len - 1 - slashes] == '\\')
		slashes++;
	return slashes % 2 == 1;
}

/* The next line, with those that continue it. False at the end. */
static bool take_line(struct parsing *p)
{
	size_t len = 0;
	bool any = false;

	while (p->left.len > 0) {
		const uint8_t *end = memchr(p->left.data, '\n', p->left.len);
		size_t n = end == NULL ? p->left.len : (size_t)(end - p->left.data);

		any = true;
		p->line++;
		bytes_copy(p->joined + len, p->left.data, n);
		len += n;
		n += end == NULL ? 0 : 1;
		p->left = span_make(p->left.data + n, p->left.len - n);
		if (len > 0 && p->joined[len - 1] == '\r')
			len--;
		if (!is_continued(p->joined, len))
			break;
		len--;
	}
	p->joined[len] = '\0';
	return any;
}

/* ---- values ---- */

static bool put(struct parsing *p, char c)
{
	if (p->value_len == CONF_VALUE_MAX)
		return fail(p, "a value of more than %d bytes", CONF_VALUE_MAX);
	p->value[p->value_len++] = c;
	return true;
}

static char escaped(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	case 'b':
		return '\b';
	default:
		return c;
	}
}

static bool put_escape(struct parsing *p, const char **at)
{
	(*at)++;
	if (**at == '\0')
		return true; /* as openssl does: it stands for nothing */
	return put(p, escaped(*(*at)++));
}

static bool put_quoted(struct parsing *p, const char **at)
{
	char quote = *(*at)++;

	while (**at != quote && **at != '\0')
		if (!(**at == '\\' ? put_escape(p, at) : put(p, *(*at)++)))
			return false;
	if (**at == quote)
		(*at)++;
	return true;
}

static const char *look_up(const struct parsing *p, const char *section, const char *name)
{
	if (strcmp(section, "ENV") == 0)
		return secure_getenv(name);
	return conf_get(p->conf, section, name);
}

enum { WORD_MAX = 128, VARIABLES_MAX = 10000 };

static bool take_word(struct parsing *p, const char **at, char word[WORD_MAX])
{
	size_t len = 0;

	while (is_word((*at)[len]))
		len++;
	if (len == 0 || len >= WORD_MAX)
		return fail(p, "\"$\" without a name behind it; write \\$ for the character");
	bytes_copy(word, *at, len);
	word[len] = '\0';
	*at += len;
	return true;
}

/* $name, ${name}, $(name), $section::name */
static bool put_variable(struct parsing *p, const char **at)
{
	char section[WORD_MAX], name[WORD_MAX];
	const char *value;
	char end = '\0';

	(*at)++;
	if (**at == '{' || **at == '(')
		end = *(*at)++ == '{' ? '}' : ')';
	snprintf(section, sizeof(section), "%.*s", WORD_MAX - 1, p->section);
	if (!take_word(p, at, name))
		return false;
	if ((*at)[0] == ':' && (*at)[1] == ':') {
		*at += 2;
		memcpy(section, name, sizeof(section));
		if (!take_word(p, at, name))
			return false;
	}
	if (end != '\0' && *(*at)++ != end)
		return fail(p, "no \"%c\" behind ${%s", end, name);
	if (p->variables++ == VARIABLES_MAX)
		return fail(p, "more than %d variables", VARIABLES_MAX);
	value = look_up(p, section, name);
	if (value == NULL)
		return fail(p, "there is no value for $%s", name);
	while (*value != '\0')
		if (!put(p, *value++))
			return false;
	return true;
}

/* A comment begins anywhere but in quotes and behind a backslash. */
static bool take_value(struct parsing *p, const char *at)
{
	size_t kept = 0; /* blanks at the end are dropped, unless quoted or escaped */

	p->value_len = 0;
	while (*at != '\0' && *at != '#') {
		bool blank = is_blank(*at);
		bool ok;

		if (*at == '"' || *at == '\'' || *at == '`')
			ok = put_quoted(p, &at);
		else if (*at == '\\')
			ok = put_escape(p, &at);
		else if (*at == '$')
			ok = put_variable(p, &at);
		else
			ok = put(p, *at++);
		if (!ok)
			return false;
		kept = blank ? kept : p->value_len;
	}
	p->value[kept] = '\0';
	return true;
}

/* ---- one line ---- */

static bool take_section(struct parsing *p, char *at)
{
	char *end = strchr(at, ']');

	if (end == NULL)
		return fail(p, "no \"]\" behind the name of a section");
	*end = '\0';
	at = skip_blanks(at);
	cut_blanks(at);
	free(p->section);
	p->section = strdup(at);
	if (p->section == NULL)
		return fail(p, "out of memory");
	return add_entry(p, at, "", "");
}

static bool take_entry(struct parsing *p, char *at)
{
	char *name = at;
	const char *section = p->section;
	char *colons, *end;

	while (is_name(*at))
		at++;
	end = at;
	at = skip_blanks(at);
	if (*at != '=' || end == name)
		return fail(p, "this is no section and no \"name = value\"");
	*end = '\0';
	colons = strstr(name, "::");
	if (colons != NULL) {
		*colons = '\0';
		section = name;
		name = colons + 2;
	}
	return take_value(p, skip_blanks(at + 1)) && add_entry(p, section, name, p->value);
}

static bool is_directive(const char *line, const char *word)
{
	size_t len = strlen(word);

	return strncmp(line, word, len) == 0 && (is_blank(line[len]) || line[len] == '=');
}

static bool parse_line(struct parsing *p)
{
	char *at = skip_blanks(p->joined);

	if (*at == '\0' || *at == '#')
		return true;
	if (is_directive(at, ".include") || is_directive(at, ".pragma"))
		return fail(p, "%.8s is not supported: write it all into one file", at);
	return *at == '[' ? take_section(p, at + 1) : take_entry(p, at);
}

static bool parse_lines(struct parsing *p)
{
	while (take_line(p))
		if (!parse_line(p))
			return false;
	return true;
}

bool conf_parse(struct conf *conf, struct span text, struct conf_fault *fault)
{
	struct parsing p = { .conf = conf, .fault = fault, .left = text };
	bool ok;

	*conf = (struct conf){ 0 };
	*fault = (struct conf_fault){ 0 };
	if (text.len > CONF_FILE_MAX)
		return fail(&p, "more than %d bytes", CONF_FILE_MAX);
	if (text.len > 0 && memchr(text.data, 0, text.len) != NULL)
		return fail(&p, "a zero byte is in it: it is no text");
	p.joined = malloc(text.len + 1);
	p.value = malloc(CONF_VALUE_MAX + 1);
	p.section = strdup(default_section);
	ok = p.joined != NULL && p.value != NULL && p.section != NULL;
	ok = ok ? parse_lines(&p) : fail(&p, "out of memory");
	free(p.joined);
	free(p.value);
	free(p.section);
	return ok;
}
