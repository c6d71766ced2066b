/*
 * Lists of 16-bit numbers, as cipher suites, groups, schemes and versions are listed. The functions
 * that look into one are in ext.h.
 */
#ifndef TLS_EXT_LIST_H
#define TLS_EXT_LIST_H

#include "wire/reader.h"

/* Fails at the cursor: records the reason unless there is an error already, and the place. */
#define FAIL_HERE(r, name) (FAIL((r)->err, name), (void)reader_note_place(r))

/*
 * A vector of uint16s with a length of 1 or 2 bytes in front, of at least one number and at most
 * `most` bytes. An empty list and one that ends inside a number fail with BAD_LENGTH.
 */
struct span u16_list_read(struct reader *r, int length_bytes, size_t most);
/* Fails with BAD_LENGTH at the start of a vector that is empty, or runs it through. */
struct reader list_open(struct reader *r, int length_bytes);

#endif
