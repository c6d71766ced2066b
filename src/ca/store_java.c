/*
 * Java's trust store, cacerts, through keytool: that of JAVA_HOME, those of the JDKs in /usr/lib/jvm and
 * in the user's home, and the one that Debian's packages share.
 */
#include "ca/install.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ca/program.h"

/* ---- one store ---- */

/* It runs for less than a second: compiling it well takes longer than it saves. */
static const char quick[] = "-J-XX:TieredStopAtLevel=1";

/* keytool COMMAND -keystore FILE -storepass changeit … ; that password is everyone's. */
static int keytool(const struct install_store *s, const char *command, const char *const *rest,
		   struct span input, struct strbuf *output)
{
	const char *argv[PROGRAM_ARGS_MAX] = {
		s->tool, "-J-Duser.language=en", quick,     command, "-noprompt", "-keystore",
		s->file, "-storepass",           "changeit"
	};
	size_t n = 9;

	while (*rest != NULL && n < PROGRAM_ARGS_MAX - 1)
		argv[n++] = *rest++;
	return program_run(argv, input, output);
}

/* "AB:CD:…", as keytool writes a fingerprint. */
static void fingerprint(const struct installing *i, char text[96])
{
	for (size_t k = 0; k < sizeof(i->hash); k++)
		snprintf(text + 3 * k, 4, "%02X%s", i->hash[k], k + 1 < sizeof(i->hash) ? ":" : "");
}

/*
 * An entry is two lines: the alias, a comma, a date, what it is; and the fingerprint.
 */
static enum install_found find_it(const struct install_store *s, char **alias,
				  struct strbuf *output)
{
	static const char *const nothing[] = { NULL };
	char wanted[96], *rest, *line, *before = NULL;

	*alias = NULL;
	if (keytool(s, "-list", nothing, SPAN_EMPTY, output) != 0)
		return INSTALL_UNREADABLE;
	fingerprint(s->i, wanted);
	rest = output->data;
	while (*alias == NULL && (line = strsep(&rest, "\n")) != NULL) {
		if (before != NULL && strstr(line, wanted) != NULL &&
		    strstr(before, "trustedCertEntry") != NULL)
			*alias = strndup(before, strcspn(before, ","));
		before = line;
	}
	return *alias == NULL ? INSTALL_NOT_FOUND : INSTALL_FOUND;
}

static int put_in(const struct install_store *s, struct strbuf *output)
{
	const char *const more[] = { "-alias", s->i->name, NULL };

	return keytool(s, "-importcert", more, span_string(s->i->pem), output);
}

static int take_out(const struct install_store *s, const char *alias, struct strbuf *output)
{
	const char *const more[] = { "-alias", alias, NULL };

	return keytool(s, "-delete", more, SPAN_EMPTY, output);
}

static void change_one(struct installing *i, const char *tool, const char *file)
{
	const struct install_store s = {
		.i = i,
		.kind = "java",
		.place = file,
		.file = file,
		.tool = tool,
		.remedy = "run keytool by hand if the store has a password other than changeit",
		.find = find_it,
		.put_in = put_in,
		.take_out = take_out,
	};

	install_change(&s);
}

/* ---- which there are ---- */

enum { STORES_MAX = 64 };

struct stores {
	char *real[STORES_MAX]; /* without symbolic links, so that none is done twice */
	size_t count;
};

static bool is_below(const char *root, const char *path)
{
	size_t len = strlen(root);

	return strncmp(path, root, len) == 0 && (len == 0 || path[len] == '/');
}

static void add_store(struct stores *s, const char *path, const char *root)
{
	char *real = s->count < STORES_MAX ? realpath(path, NULL) : NULL;
	bool known = real == NULL || !is_below(root, real);

	for (size_t i = 0; !known && i < s->count; i++)
		known = strcmp(s->real[i], real) == 0;
	if (known)
		free(real);
	else
		s->real[s->count++] = real;
}

/* Those that fit a pattern below `where`, if they are in `root`. */
static void add_all(struct stores *s, const char *where, const char *pattern, const char *root)
{
	char *quoted = install_quoted(where), *text;
	glob_t found;

	if (quoted == NULL || asprintf(&text, "%s/%s", quoted, pattern) < 0) {
		free(quoted);
		return;
	}
	if (glob(text, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			add_store(s, found.gl_pathv[i], root);
		globfree(&found);
	}
	free(text);
	free(quoted);
}

static void find(const struct install_job *job, struct stores *s)
{
	const char *java_home = getenv("JAVA_HOME");

	if (java_home != NULL && java_home[0] == '/') {
		add_all(s, java_home, "lib/security/cacerts", job->root);
		add_all(s, java_home, "jre/lib/security/cacerts", job->root);
	}
	add_all(s, job->root, "etc/ssl/certs/java/cacerts", job->root);
	add_all(s, job->root, "usr/lib/jvm/*/lib/security/cacerts", job->root);
	add_all(s, job->root, "usr/lib/jvm/*/jre/lib/security/cacerts", job->root);
	if (job->home != NULL && job->home[0] == '/') {
		add_all(s, job->home, ".sdkman/candidates/java/*/lib/security/cacerts", "");
		add_all(s, job->home, ".jdks/*/lib/security/cacerts", "");
	}
}

/* keytool of JAVA_HOME, or the one in PATH, or one of /usr/lib/jvm; free() it. NULL: there is none. */
static char *find_keytool(void)
{
	const char *java_home = getenv("JAVA_HOME");
	char *path = NULL;
	glob_t found;

	if (java_home != NULL && asprintf(&path, "%s/bin/keytool", java_home) >= 0) {
		if (access(path, X_OK) == 0)
			return path;
		free(path);
	}
	path = program_find("keytool");
	if (path != NULL || glob("/usr/lib/jvm/*/bin/keytool", 0, NULL, &found) != 0)
		return path;
	path = strdup(found.gl_pathv[0]);
	globfree(&found);
	return path;
}

void install_java(struct installing *i)
{
	char *tool = find_keytool();
	struct stores s = { 0 };

	find(i->job, &s);
	if (s.count == 0)
		install_tell(i, "java", NULL, INSTALL_ABSENT, NULL, NULL);
	else if (tool == NULL)
		install_tell(i, "java", s.real[0], INSTALL_FAILED, "keytool is not installed",
			     "install a Java runtime, or set JAVA_HOME");
	for (size_t k = 0; k < s.count; k++) {
		if (tool != NULL)
			change_one(i, tool, s.real[k]);
		free(s.real[k]);
	}
	free(tool);
}
