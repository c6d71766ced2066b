/*
 * Byte ranges (RFC 9110, 14): which parts of a file a Range header asks for.
 */
#ifndef SERVE_RANGE_H
#define SERVE_RANGE_H

#include "base/span.h"

enum { RANGES_MAX = 16 };

struct range {
	uint64_t offset, len; /* len is never 0 */
};

enum range_verdict {
	RANGE_WHOLE,         /* no range, or one that is to be ignored: answer 200 */
	RANGE_PARTS,         /* answer 206 with these */
	RANGE_UNSATISFIABLE, /* answer 416 */
};

/*
 * Reads the value of a Range header for a file of `size` bytes. Ranges that lie outside are left
 * out; the order is the client's. A header that does not parse, that asks for more than
 * RANGES_MAX parts, or whose parts together are larger than the file, is ignored: an answer never
 * costs more than the whole file would (RFC 9110, 14.2).
 */
enum range_verdict range_read(struct span value, uint64_t size, struct range out[RANGES_MAX],
			      size_t *count);

#endif
