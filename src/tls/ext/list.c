/*
 * Lists of 16-bit numbers and of vectors (RFC 9846, section 3.4).
 */
#include "tls/ext/list.h"

#include "tls/ext/ext.h"

struct span u16_list_read(struct reader *r, int length_bytes, size_t most)
{
	struct reader before = *r;
	struct span list = reader_vec_bounded(r, length_bytes, 2, most);

	if (list.len % 2 != 0)
		FAIL_HERE(&before, BAD_LENGTH);
	return list;
}

struct reader list_open(struct reader *r, int length_bytes)
{
	struct reader before = *r;
	struct reader list = reader_child(r, length_bytes);

	if (reader_left(&list) == 0)
		FAIL_HERE(&before, BAD_LENGTH);
	return list;
}

uint16_t u16_list_at(struct span list, size_t i)
{
	return (uint16_t)(list.data[2 * i] << 8 | list.data[2 * i + 1]);
}

bool u16_list_has(struct span list, uint16_t value)
{
	for (size_t i = 0; i < u16_list_count(list); i++) {
		if (u16_list_at(list, i) == value)
			return true;
	}
	return false;
}
