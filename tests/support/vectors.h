/*
 * Published test vectors: finding the shared folder, reading JSON, and running Wycheproof files.
 *
 * The folder is $WARD_SHARED/vectors, or WARD_SHARED_DIR/vectors as the build set it. Where it is
 * absent a test skips itself and says so.
 */
#ifndef SUPPORT_VECTORS_H
#define SUPPORT_VECTORS_H

#include <jansson.h>

#include "support/table.h"

/* A file of the folder, or NULL where there is no such file; a malformed one aborts. */
json_t *vectors_load(const char *file);

/* Members of an object, which must be there. Bytes are table_hex's. */
struct span vectors_bytes(const json_t *object, const char *name);
const char *vectors_string(const json_t *object, const char *name);
size_t vectors_number(const json_t *object, const char *name);

/* One case of a Wycheproof file. */
struct vector {
	const json_t *group;
	const json_t *test;
	const void *data; /* as given in struct vector_file */
};

bool vector_has_flag(const struct vector *v, const char *flag);

enum outcome {
	REFUSED,
	ACCEPTED,
	WRONG_OUTPUT, /* accepted, but what came out is not what the file says: never right */
};

/* A row for table.h. */
struct vector_file {
	const char *name; /* in wycheproof/ */
	const void *data; /* for the functions */
	enum outcome (*run)(const struct vector *v);
	/* Whether a case is about something that exists here; NULL: all are. */
	bool (*applies)(const struct vector *v);
	/* What is expected of a case that the file calls acceptable; NULL: there is none. */
	enum outcome (*acceptable)(const struct vector *v);
};

/*
 * A test of a table whose rows are struct vector_file: every valid case must be accepted, every
 * invalid one refused. Prints how many there were, and fails if there were none.
 */
void vectors_run(void **file);

#endif
