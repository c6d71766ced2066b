/*
 * KeyUpdate (RFC 9846, 4.7.3): one byte that says whether the peer shall do the same.
 */
#include "tls/msg/message.h"

bool key_update_parse(struct span body, enum key_update_request *request, struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(body, &failure);
	struct reader at = r;
	uint8_t value = reader_u8(&r);

	if (value > UPDATE_REQUESTED)
		FAIL_HERE(&at, KEY_UPDATE_VALUE);
	*request = value == UPDATE_REQUESTED ? UPDATE_REQUESTED : UPDATE_NOT_REQUESTED;
	return message_close(&r, HT_KEY_UPDATE, err);
}

void key_update_write(struct writer *w, enum key_update_request request)
{
	WRITE_MESSAGE(w, HT_KEY_UPDATE)
	writer_u8(w, (uint8_t)request);
}
