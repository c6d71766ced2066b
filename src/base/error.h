/*
 * Raising an error: the one way a failure gets its reason.
 *
 * FAIL records the reason if none is there yet and is worth `false`, so that a check reads
 *
 *	if (k->seq == UINT64_MAX)
 *		return FAIL(err, SEQ_EXHAUSTED);
 *
 * The first failure wins and sticks: what follows from it is not what went wrong.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <ward/error.h>

#define FAIL(err, name) error_false(error_set((err), WARD_E_##name, NULL))
/* The same with a detail for people: FAILF(err, BAD_NAME, "\"%s\"", name). */
#define FAILF(err, name, ...) error_false(error_set((err), WARD_E_##name, __VA_ARGS__))
/* The same for a refusal of the operating system: keeps errno and its text. */
#define FAIL_SYSTEM(err, name, what) error_false(error_set_system((err), WARD_E_##name, (what)))

/* An error with nothing in it yet: -1 in the fields where 0 means something. */
#define ERROR_NONE                                                                                 \
	((struct ward_error){ .message = -1, .extension = -1, .offset = -1, .received_alert = -1 })

static inline bool error_is_set(const struct ward_error *err)
{
	return err != NULL && err->reason != WARD_E_NONE;
}

/* What FAIL is worth, where compilers and analysers of one file can see it. */
static inline bool error_false(bool always_false)
{
	(void)always_false;
	return false;
}

/* Always returns false. Keeps what is there; sets the places to -1 when it writes the first. */
bool error_set(struct ward_error *err, enum ward_reason reason, const char *format, ...)
	WARD_PRINTF(3, 4);
bool error_set_system(struct ward_error *err, enum ward_reason reason, const char *what);

/* Where it happened; filled in by the layer that knows. Keeps what an inner layer has set. */
void error_set_place(struct ward_error *err, int message, int extension, int offset);

/* Copies src into dst if dst holds nothing yet. Always returns false. */
bool error_pass(struct ward_error *dst, const struct ward_error *src);

#endif
