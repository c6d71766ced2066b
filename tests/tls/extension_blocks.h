/*
 * Blocks of extensions for tables: framed in memory of exactly their size.
 */
#ifndef TESTS_TLS_EXTENSION_BLOCKS_H
#define TESTS_TLS_EXTENSION_BLOCKS_H

#include "support/table.h"
#include "tls/ext/ext.h"

/* As in a PskBinderEntry. */
#define BINDER "20202020202020202020202020202020 20202020202020202020202020202020"

/* A block of these extensions with its length, in memory of exactly its size. */
static inline struct span block_of(struct span extensions)
{
	uint8_t len[2] = { (uint8_t)(extensions.len >> 8), (uint8_t)extensions.len };
	struct span parts[] = { SPAN_ARRAY(len), extensions };

	return table_join(parts, 2);
}

static inline struct span extension_of(int type, struct span body)
{
	uint8_t head[4] = { (uint8_t)(type >> 8), (uint8_t)type, (uint8_t)(body.len >> 8),
			    (uint8_t)body.len };
	struct span parts[] = { SPAN_ARRAY(head), body };

	return table_join(parts, 2);
}

/* Parses a whole block; what failed is in err. */
static inline bool block_parse(struct span block, enum ext_where where, struct extensions *e,
			       struct ward_error *err)
{
	struct reader r;

	*err = ERROR_NONE;
	r = reader_make(block, err);
	extensions_parse(&r, where, e);
	return reader_close(&r);
}

/* The block is refused for this reason, at this place. */
static inline void block_check_failure(struct span block, enum ext_where where,
				       enum ward_reason reason, int extension, int offset)
{
	struct ward_error err;
	struct extensions e;

	assert_false(block_parse(block, where, &e, &err));
	assert_string_equal(ward_reason_name(err.reason), ward_reason_name(reason));
	assert_int_equal(err.extension, extension);
	assert_int_equal(err.offset, offset);
}

#endif
