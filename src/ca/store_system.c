/*
 * The system's trust store: a folder of anchors that the administrator owns, and a program that makes
 * the system's bundles of it. Which distribution this is, the folder and the program tell that are there.
 *
 * Whether a certificate is trusted, its bundle says, and not the folder: an update may have failed.
 */
#include "ca/install.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ca/program.h"
#include "io/files.h"

enum { PROGRAM_WORDS = 2 };

static const struct layout {
	const char *folder, *suffix, *bundle;
	const char *add[PROGRAM_WORDS + 1], *drop[PROGRAM_WORDS + 1];
	bool other_root; /* the program can be told of another system's files */
} layouts[] = {
	/* Fedora, RHEL */
	{ "/etc/pki/ca-trust/source/anchors",
	  ".pem",
	  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	  { "update-ca-trust", "extract" },
	  { "update-ca-trust", "extract" },
	  false },
	/* Arch */
	{ "/etc/ca-certificates/trust-source/anchors",
	  ".crt",
	  "/etc/ca-certificates/extracted/tls-ca-bundle.pem",
	  { "update-ca-trust" },
	  { "update-ca-trust" },
	  false },
	/* openSUSE */
	{ "/etc/pki/trust/anchors",
	  ".pem",
	  "/var/lib/ca-certificates/ca-bundle.pem",
	  { "update-ca-certificates" },
	  { "update-ca-certificates" },
	  false },
	/* Debian, Ubuntu, Alpine; the links to what is gone are cleared by --fresh alone */
	{ "/usr/local/share/ca-certificates",
	  ".crt",
	  "/etc/ssl/certs/ca-certificates.crt",
	  { "update-ca-certificates" },
	  { "update-ca-certificates", "--fresh" },
	  true },
};
enum { LAYOUTS = sizeof(layouts) / sizeof(layouts[0]) };

struct system {
	struct installing *i;
	const struct layout *layout;
	char *tool;          /* the path of the program; NULL: it is not there */
	char *file, *bundle; /* the anchor of this certificate, and what is made of all */
};

/* ---- which it is ---- */

static char *below(const char *root, const char *path)
{
	char *joined;

	return asprintf(&joined, "%s%s", root, path) < 0 ? NULL : joined;
}

/* The first whose folder and program are there, else the first whose folder is. */
static const struct layout *find_layout(const char *root, char **tool)
{
	const struct layout *found = NULL;

	*tool = NULL;
	for (size_t i = 0; i < LAYOUTS && *tool == NULL; i++) {
		char *folder = below(root, layouts[i].folder);

		if (folder != NULL && access(folder, F_OK) == 0) {
			*tool = program_find(layouts[i].add[0]);
			if (found == NULL || *tool != NULL)
				found = &layouts[i];
		}
		free(folder);
	}
	return found;
}

/* ---- what is there ---- */

static bool has(const char *path, const char *text)
{
	struct file_bytes bytes;
	bool found;

	if (!file_read(path, FILE_MAX_PEM, &bytes, NULL))
		return false;
	found = strstr((const char *)bytes.data, text) != NULL;
	file_bytes_clear(&bytes);
	return found;
}

static bool is_trusted(const struct system *s)
{
	return has(s->bundle, s->i->pem);
}

/* Debian's program leaves the old bundle where nothing is left to put into a new one. */
static void drop_bundle_of_one(const struct system *s)
{
	struct file_bytes bytes;

	if (!s->i->job->remove || !file_read(s->bundle, FILE_MAX_PEM, &bytes, NULL))
		return;
	if (span_equal(span_make(bytes.data, bytes.len), span_string(s->i->pem)))
		unlink(s->bundle);
	file_bytes_clear(&bytes);
}

/* ---- changing it ---- */

static const char *const other_root_options[][2] = {
	{ "--localcertsdir", "/usr/local/share/ca-certificates" },
	{ "--etccertsdir", "/etc/ssl/certs" },
	{ "--certsdir", "/usr/share/ca-certificates" },
	{ "--certsconf", "/etc/ca-certificates.conf" },
	{ "--hooksdir", "/etc/ca-certificates/update.d" },
};
enum { OTHER_ROOT_OPTIONS = sizeof(other_root_options) / sizeof(other_root_options[0]) };

static int update(const struct system *s, struct strbuf *output)
{
	const struct install_job *job = s->i->job;
	const char *const *words = job->remove ? s->layout->drop : s->layout->add;
	const char *argv[PROGRAM_WORDS + 2 * OTHER_ROOT_OPTIONS + 1] = { s->tool };
	char *paths[OTHER_ROOT_OPTIONS] = { NULL };
	size_t n = 1;
	bool ok = true;
	int status;

	while (words[n] != NULL) {
		argv[n] = words[n];
		n++;
	}
	for (size_t k = 0; ok && job->root[0] != '\0' && k < OTHER_ROOT_OPTIONS; k++) {
		paths[k] = below(job->root, other_root_options[k][1]);
		ok = paths[k] != NULL; /* never without one: it would be this system's then */
		argv[n++] = other_root_options[k][0];
		argv[n++] = paths[k];
	}
	status = ok ? program_run(argv, SPAN_EMPTY, output) : PROGRAM_NOT_RUN;
	for (size_t k = 0; k < OTHER_ROOT_OPTIONS; k++)
		free(paths[k]);
	return status;
}

static void tell(const struct system *s, enum install_outcome outcome, const char *why,
		 const char *remedy)
{
	install_tell(s->i, "system", s->file, outcome, why, remedy);
}

/* Puts the file there or takes it away, as far as that is to be done. */
static bool change_file(const struct system *s)
{
	struct ward_error err = { 0 };
	int error;

	if (s->i->job->remove) {
		if (unlink(s->file) == 0 || errno == ENOENT)
			return true;
		error = errno;
	} else {
		if (file_write(s->file, span_string(s->i->pem), 0644, &err))
			return true;
		error = err.system;
	}
	if (error == EACCES || error == EPERM)
		tell(s, INSTALL_FAILED, "this user may not write it", s->i->job->own_command);
	else
		tell(s, INSTALL_FAILED, strerrordesc_np(error),
		     "check the path, and the space there");
	return false;
}

static void change(const struct system *s)
{
	struct strbuf output = strbuf_make(PROGRAM_OUTPUT_MAX);
	int status;

	if (!change_file(s))
		return;
	status = update(s, &output);
	if (status == 0)
		drop_bundle_of_one(s);
	if (status != 0)
		tell(s, INSTALL_FAILED, install_words(&output),
		     "run the program that updates the store by hand, to see what is wrong");
	else if (is_trusted(s) != s->i->job->remove)
		tell(s, INSTALL_DONE, NULL, NULL);
	else if (s->i->job->remove)
		tell(s, INSTALL_FAILED, "the system trusts it by another file, too",
		     "look for it in that folder, remove it, and update the store");
	else
		tell(s, INSTALL_FAILED, "the update has not taken it into the bundle",
		     "run the program that updates the store by hand, to see what is wrong");
	strbuf_free(&output);
}

static void change_if_needed(const struct system *s)
{
	const struct install_job *job = s->i->job;
	bool there = access(s->file, F_OK) == 0, trusted = is_trusted(s);

	if (job->remove ? !there && !trusted : trusted)
		install_tell(s->i, "system", s->bundle, INSTALL_NO_CHANGE, NULL, NULL);
	else if (s->tool == NULL)
		tell(s, INSTALL_FAILED, "the program that updates the store is not there",
		     "install the package ca-certificates");
	else if (job->root[0] != '\0' && !s->layout->other_root)
		tell(s, INSTALL_FAILED,
		     "the program that updates the store knows this system's alone",
		     "run ward in that tree, with chroot(8)");
	else
		change(s);
}

void install_system(struct installing *i)
{
	struct system s = { .i = i };

	s.layout = find_layout(i->job->root, &s.tool);
	if (s.layout == NULL) {
		install_tell(i, "system", NULL, INSTALL_ABSENT, NULL,
			     "the package ca-certificates has one");
		return;
	}
	s.bundle = below(i->job->root, s.layout->bundle);
	if (asprintf(&s.file, "%s%s/%s%s", i->job->root, s.layout->folder, i->name,
		     s.layout->suffix) < 0)
		s.file = NULL;
	if (s.bundle != NULL && s.file != NULL)
		change_if_needed(&s);
	free(s.file);
	free(s.bundle);
	free(s.tool);
}
