/*
 * Handshake messages (RFC 9846, section 4): what all of them have in common.
 */
#include "tls/msg/message.h"

bool message_close(struct reader *r, int type, struct ward_error *err)
{
	if (reader_close(r))
		return true;
	if (r->err->offset >= 0)
		r->err->offset += HANDSHAKE_HEADER_LEN;
	error_set_place(r->err, type, -1, -1);
	return error_pass(err, r->err);
}

size_t message_limit(int type)
{
	switch (type) {
	case HT_CLIENT_HELLO:
	case HT_SERVER_HELLO:
	case HT_CERTIFICATE_REQUEST: /* may name every CA there is */
		return MESSAGE_MAX_HELLO;
	case HT_CERTIFICATE:
	case HT_CERTIFICATE_STATUS:
	case HT_COMPRESSED_CERTIFICATE:
		return MESSAGE_MAX_CERTIFICATE;
	case HT_NEW_SESSION_TICKET:
		return MESSAGE_MAX_TICKET;
	case HT_HELLO_REQUEST:
	case HT_END_OF_EARLY_DATA:
	case HT_ENCRYPTED_EXTENSIONS:
	case HT_SERVER_KEY_EXCHANGE:
	case HT_SERVER_HELLO_DONE:
	case HT_CLIENT_KEY_EXCHANGE:
	case HT_CERTIFICATE_VERIFY:
	case HT_FINISHED:
	case HT_KEY_UPDATE:
		return MESSAGE_MAX_OTHER;
	default:
		return 0;
	}
}
