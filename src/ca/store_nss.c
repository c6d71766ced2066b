/*
 * NSS databases, through certutil: those of Firefox's profiles and of Chromium, as packages of the
 * distribution, snaps and flatpaks have them.
 */
#include "ca/install.h"

#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ca/program.h"
#include "serve/userdir.h"
#include "wire/pem.h"

/* Below the home. A database is found by its file, so a folder without one is passed over. */
static const char *const patterns[] = {
	".pki/nssdb",
	".local/share/pki/nssdb",
	"snap/chromium/current/.pki/nssdb",
	".var/app/*/.pki/nssdb", /* Chromium, Chrome and others as flatpaks */
	".mozilla/firefox/*",
	".config/mozilla/firefox/*",
	"snap/firefox/common/.mozilla/firefox/*",
	".var/app/org.mozilla.firefox/.mozilla/firefox/*",
	".var/app/org.mozilla.firefox/config/mozilla/firefox/*",
};
enum { PATTERNS = sizeof(patterns) / sizeof(patterns[0]) };

static const char package[] =
	"install certutil: the package libnss3-tools of Debian, nss-tools of Fedora, nss of Arch, "
	"mozilla-nss-tools of openSUSE";

/* ---- one database ---- */

/* certutil -d sql:DIR … ; the rest of the arguments ends with NULL. */
static int certutil(const struct install_store *s, const char *const *rest, struct span input,
		    struct strbuf *output)
{
	const char *argv[PROGRAM_ARGS_MAX] = { s->tool, "-d" };
	char *name;
	size_t n = 3;
	int status;

	if (asprintf(&name, "sql:%s", s->place) < 0)
		return PROGRAM_NOT_RUN;
	argv[2] = name;
	while (*rest != NULL && n < PROGRAM_ARGS_MAX - 1)
		argv[n++] = *rest++;
	status = program_run(argv, input, output);
	free(name);
	return status;
}

/* Cuts what blanks and line ends there are behind a text. */
static char *trim(char *text)
{
	size_t len = strlen(text);

	while (len > 0 && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	return text;
}

/*
 * The nickname in a line of `certutil -L`, which is cut to it: what stands before the last word, which
 * are the trust flags. NULL: the line is none of a CA that is trusted for servers.
 */
static char *trusted_name(char *line)
{
	char *flags = strrchr(trim(line), ' ');
	size_t len = flags == NULL ? 0 : strcspn(flags, ",");

	if (flags == NULL || flags[len] != ',' || memchr(flags, 'C', len) == NULL)
		return NULL;
	*flags = '\0';
	return trim(line);
}

static bool holds_it(const struct installing *i, struct span text)
{
	struct ward_error err = { 0 };
	struct pem_block block;
	bool found = false;
	size_t len;
	const uint8_t *der = ward_cert_der(i->job->cert, &len);

	while (!found && pem_next(&text, &block, &err)) {
		found = span_equal(span_make(block.der, block.der_len), span_make(der, len));
		pem_block_clear(&block);
	}
	return found;
}

/* Whether the certificate with this nickname, or one of those that share it, is the one. */
static bool is_it(const struct install_store *s, const char *nickname)
{
	const char *const show[] = { "-L", "-n", nickname, "-a", NULL };
	struct strbuf output = strbuf_make(PROGRAM_OUTPUT_MAX);
	bool found =
		certutil(s, show, SPAN_EMPTY, &output) == 0 && holds_it(s->i, strbuf_span(&output));

	strbuf_free(&output);
	return found;
}

static enum install_found find_it(const struct install_store *s, char **nickname,
				  struct strbuf *output)
{
	static const char *const list[] = { "-L", NULL };
	char *rest, *line, *name;

	*nickname = NULL;
	if (certutil(s, list, SPAN_EMPTY, output) != 0)
		return INSTALL_UNREADABLE;
	rest = output->data;
	while (*nickname == NULL && (line = strsep(&rest, "\n")) != NULL) {
		name = trusted_name(line);
		if (name != NULL && is_it(s, name))
			*nickname = strdup(name);
	}
	return *nickname == NULL ? INSTALL_NOT_FOUND : INSTALL_FOUND;
}

static int put_in(const struct install_store *s, struct strbuf *output)
{
	const char *const add[] = { "-A", "-a", "-n", s->i->name, "-t", "C,,", NULL };

	return certutil(s, add, span_string(s->i->pem), output);
}

static int take_out(const struct install_store *s, const char *nickname, struct strbuf *output)
{
	const char *const drop[] = { "-D", "-n", nickname, NULL };

	return certutil(s, drop, SPAN_EMPTY, output);
}

/* As root, files in it would come to belong to root, and the browser would not work any more. */
static bool belongs_to_other(const char *dir)
{
	struct stat st;

	return geteuid() == 0 && stat(dir, &st) == 0 && st.st_uid != 0;
}

static void change_one(struct installing *i, const char *tool, const char *dir, const char *file)
{
	const struct install_store s = {
		.i = i,
		.kind = "nss",
		.place = dir,
		.file = file,
		.tool = tool,
		.remedy = "close the browser, remove its primary password, and try again",
		.find = find_it,
		.put_in = put_in,
		.take_out = take_out,
	};

	if (belongs_to_other(dir))
		install_tell(i, "nss", dir, INSTALL_SKIPPED, "it is another user's",
			     "run this without sudo");
	else
		install_change(&s);
}

/* ---- which there are ---- */

static void find(const char *home, glob_t *found)
{
	char *prefix = install_quoted(home);

	memset(found, 0, sizeof(*found));
	for (size_t i = 0; prefix != NULL && i < PATTERNS; i++) {
		char *pattern;

		if (asprintf(&pattern, "%s/%s/cert9.db", prefix, patterns[i]) < 0)
			break;
		(void)glob(pattern, i == 0 ? 0 : GLOB_APPEND, NULL, found);
		free(pattern);
	}
	free(prefix);
}

/* Whether there is a browser that makes its database when it first needs one, and not before. */
static bool has_chromium(void)
{
	static const char *const names[] = {
		"chromium",      "chromium-browser", "google-chrome",        "google-chrome-stable",
		"brave-browser", "microsoft-edge",   "microsoft-edge-stable"
	};
	bool found = false;

	for (size_t i = 0; !found && i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = program_find(names[i]);

		found = path != NULL;
		free(path);
	}
	return found;
}

static void make_database(const char *home, const char *tool)
{
	static const char *const create[] = { "-N", "--empty-password", NULL };
	char *dir = userdir_path(home, ".pki/nssdb");
	const struct install_store s = { .tool = tool, .place = dir };
	struct strbuf output = strbuf_make(PROGRAM_OUTPUT_MAX);

	if (dir != NULL && !belongs_to_other(home) && userdir_make(dir, NULL))
		(void)certutil(&s, create, SPAN_EMPTY, &output);
	strbuf_free(&output);
	free(dir);
}

/* Chromium takes the first of these that exists. */
static bool has_database(const char *home)
{
	bool found = false;

	for (size_t i = 0; i < 2; i++) {
		char *file;

		if (asprintf(&file, "%s/%s/cert9.db", home, patterns[i]) < 0)
			return true;
		found = found || access(file, F_OK) == 0;
		free(file);
	}
	return found;
}

/* What there is to say where there is no database, or no certutil. */
static void tell_none(struct installing *i, const char *tool, bool found)
{
	if (tool == NULL && (found || has_chromium()))
		install_tell(i, "nss", NULL, INSTALL_FAILED, "certutil is not installed", package);
	else
		install_tell(i, "nss", NULL, INSTALL_ABSENT, NULL,
			     i->job->remove ? NULL : "Firefox makes one when it is first started");
}

void install_nss(struct installing *i)
{
	const char *home = i->job->home;
	char *tool = program_find("certutil");
	glob_t found;

	if (home == NULL || home[0] != '/') {
		install_tell(i, "nss", NULL, INSTALL_ABSENT, NULL, "set HOME");
		free(tool);
		return;
	}
	if (tool != NULL && !i->job->remove && has_chromium() && !has_database(home))
		make_database(home, tool);
	find(home, &found);
	if (tool == NULL || found.gl_pathc == 0)
		tell_none(i, tool, found.gl_pathc > 0);
	for (size_t k = 0; tool != NULL && k < found.gl_pathc; k++) {
		const char *file = found.gl_pathv[k];
		char *dir = strndup(file, (size_t)(strrchr(file, '/') - file));

		if (dir != NULL)
			change_one(i, tool, dir, file);
		free(dir);
	}
	globfree(&found);
	free(tool);
}
