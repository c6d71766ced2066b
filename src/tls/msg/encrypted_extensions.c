/*
 * EncryptedExtensions (RFC 9846, 4.4.1): a block of extensions and nothing else.
 */
#include "tls/msg/message.h"

bool encrypted_extensions_parse(struct span body, struct encrypted_extensions *ee,
				struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader r = reader_make(body, &failure);

	extensions_parse(&r, IN_EE, &ee->ext);
	return message_close(&r, HT_ENCRYPTED_EXTENSIONS, err);
}

void encrypted_extensions_write(struct writer *w, const struct encrypted_extensions *ee)
{
	WRITE_MESSAGE(w, HT_ENCRYPTED_EXTENSIONS)
	extensions_write(w, IN_EE, &ee->ext);
}
