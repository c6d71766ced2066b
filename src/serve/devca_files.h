/*
 * The files of the development CA: where they are, reading and writing them. For devca.c alone.
 */
#ifndef SERVE_DEVCA_FILES_H
#define SERVE_DEVCA_FILES_H

#include <ward/x509.h>

/* A key and its certificate, kept in one file so that they always fit each other. */
struct devca_pair {
	struct ward_key *key;
	struct ward_cert *cert;
};

struct devca_files {
	char *dir;
	char *ca;     /* the CA's certificate, for others to read */
	char *ca_key; /* its key and certificate */
	char *leaf;   /* the server's */
	int lock;
};

/* Makes the folder, with mode 0700, where it is missing, and waits until it is this process's own.
 * dir NULL: below $XDG_DATA_HOME, else ~/.local/share. */
bool devca_files_open(struct devca_files *f, const char *dir, struct ward_error *err);
void devca_files_close(struct devca_files *f);

/*
 * Reads a pair; one that is missing or damaged leaves both members NULL. False when the file is
 * there and cannot be read. A mode that lets others read it is taken back.
 */
bool devca_load(const char *path, struct devca_pair *pair, struct ward_error *err);
bool devca_save(const char *path, const struct devca_pair *pair, struct ward_error *err);
void devca_pair_clear(struct devca_pair *pair);

/* Has f->ca hold this certificate. */
bool devca_publish(const struct devca_files *f, const struct ward_cert *cert,
		   struct ward_error *err);

#endif
