/*
 * Where certificates come from: a file, standard input, or a server.
 */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H

#include <ward/x509.h>

#include "cli/target.h"

struct source {
	const char *name; /* as the user wrote it; borrowed */
	bool is_server;   /* then `target` is set */
	struct target target;
	struct ward_chain chain; /* the leaf first, if it is a server's */
	size_t refused;          /* certificates of a file that are malformed */
};

struct source_options {
	const char *command;     /* for messages: "ward cert show" */
	const char *server_name; /* to ask a server for; NULL: the host */
	int timeout_ms;          /* 0: as ward_dial has it */
};

/*
 * FILE, "-" or HOST:PORT: what exists is a file, and what does not and has a port is a server. A
 * server is not verified here. A malformed certificate of a file with several is reported and
 * counted, and the others are there. Gives the exit status, after it has reported what is wrong
 * unless that is EXIT_FINE. Clear it in any case.
 */
int source_load(struct source *s, const char *name, const struct source_options *o);
void source_clear(struct source *s);

#endif
