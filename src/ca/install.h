/*
 * Having a CA certificate trusted: by the system, by browsers, by Java; and taking it out again.
 *
 *	install.c       the three kinds, one after the other
 *	store_system.c  the folders of Debian, Fedora, Arch and openSUSE
 *	store_nss.c     the databases of Firefox and of Chromium
 *	store_java.c    cacerts
 *
 * What is looked for in a store is this very certificate, whatever name it has there; so it is never
 * put in twice, and no other one is touched. Each store is looked at again after it was changed: what
 * is told as done has been seen. The certificate goes in under a name that holds a part of its hash.
 */
#ifndef CA_INSTALL_H
#define CA_INSTALL_H

#include <ward/x509.h>

#include "base/span.h"
#include "serve/strbuf.h"

enum install_outcome {
	INSTALL_DONE,
	INSTALL_NO_CHANGE, /* it is there already, or is not there */
	INSTALL_ABSENT,    /* no such store is on this machine */
	INSTALL_SKIPPED,   /* there is one that is left alone: why */
	INSTALL_FAILED,
};

/* What one store has come to. Texts live as long as the call. */
struct install_result {
	const char *store; /* "system", "nss", "java" */
	const char *place; /* a file or a folder, or NULL */
	enum install_outcome outcome;
	const char *why;    /* of what was skipped or failed, else NULL */
	const char *remedy; /* what to do about it, or about there being none; or NULL */
};

struct install_job {
	const struct ward_cert *cert;
	bool remove;
	bool system, nss, java; /* which kinds */
	/*
	 * "": this system; else the absolute path, without symbolic links, of the tree of another one:
	 * of the system's stores, and of Java's, no file outside of it is changed.
	 */
	const char *root;
	const char *home;        /* of the user; NULL: none */
	const char *own_command; /* "sudo ward ca install …", for a remedy */
	void (*told)(void *arg, const struct install_result *result);
	void *arg;
};

/* False if one of the stores failed; the others are done all the same. */
bool install_run(const struct install_job *job);

/* ---- for the kinds ---- */

enum { INSTALL_NAME_MAX = 32 };

struct installing {
	const struct install_job *job;
	char name[INSTALL_NAME_MAX]; /* "ward-0123456789abcdef" */
	uint8_t hash[32];            /* SHA-256 of the certificate */
	char *pem;                   /* the certificate */
	bool failed;
};

void install_tell(struct installing *i, const char *store, const char *place,
		  enum install_outcome outcome, const char *why, const char *remedy);
/* The first line of what a program has said, for a message; static text where there is none. */
const char *install_words(struct strbuf *output);
/* A path as glob(3) takes it word for word; free() it. NULL: no memory. */
char *install_quoted(const char *path);

enum install_found { INSTALL_FOUND, INSTALL_NOT_FOUND, INSTALL_UNREADABLE };

/*
 * A store that a program looks after. The functions add what the program says to the output, and give its
 * exit status, but for `find`: under which name the certificate is trusted there; free() it.
 */
struct install_store {
	struct installing *i;
	const char *kind;  /* "nss" */
	const char *place; /* to be told */
	const char *file;  /* which is written */
	const char *tool;  /* the path of the program */
	const char *remedy;
	enum install_found (*find)(const struct install_store *s, char **name,
				   struct strbuf *output);
	int (*put_in)(const struct install_store *s, struct strbuf *output);
	int (*take_out)(const struct install_store *s, const char *name, struct strbuf *output);
};

/* Changes what must be changed, looks whether it has been, and tells. */
void install_change(const struct install_store *s);

void install_system(struct installing *i);
void install_nss(struct installing *i);
void install_java(struct installing *i);

#endif
