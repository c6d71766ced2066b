/*
 * The grammar of handshake messages as data, in the RFC's words: what is shown of a message, field
 * by field. The codecs in msg/ and ext/ decide what is accepted; these tables only describe.
 */
#ifndef TLS_SHAPES_H
#define TLS_SHAPES_H

#include <stddef.h>
#include <stdint.h>

enum shape_kind {
	SHAPE_END = 0,             /* closes a list of members */
	SHAPE_NUMBER,              /* of `size` bytes */
	SHAPE_BYTES,               /* `size` bytes */
	SHAPE_VECTOR,              /* opaque, with a length of `size` bytes in front */
	SHAPE_LIST,                /* of `members`, with a length of `size` bytes in front */
	SHAPE_GROUP,               /* `members`, one after the other, under a name */
	SHAPE_REST,                /* all bytes that are left */
	SHAPE_EXTENSIONS,          /* a block of extensions */
	SHAPE_OPTIONAL_EXTENSIONS, /* the same, if anything is left */
};

/* How a value is told in words. */
enum shape_text {
	TEXT_NONE = 0,
	TEXT_DECIMAL,
	TEXT_STRING,
	TEXT_RANDOM,
	TEXT_CERTIFICATE_COMPRESSION,
	TEXT_CERTIFICATE_TYPE,
	TEXT_CERTIFICATE_TYPE12,
	TEXT_CIPHER_SUITE,
	TEXT_CURVE_TYPE,
	TEXT_EXTENSION_TYPE,
	TEXT_GROUP,
	TEXT_HANDSHAKE_TYPE,
	TEXT_KEY_UPDATE_REQUEST,
	TEXT_MAX_FRAGMENT_LENGTH,
	TEXT_NAME_TYPE,
	TEXT_POINT_FORMAT,
	TEXT_PSK_KEY_EXCHANGE_MODE,
	TEXT_SIGNATURE_SCHEME,
	TEXT_STATUS_TYPE,
	TEXT_VERSION,
};

struct shape {
	enum shape_kind kind;
	const char *name;
	int size;
	enum shape_text text;
	const struct shape *members;
};

/* The body of a message; for one that this version does not have, its bytes without more. */
const struct shape *shape_message(int version, int type);
/* Certificate of TLS 1.2 with a raw public key. */
extern const struct shape shape_raw_key12[];
/* An extension_data, in a message of those that `where` (enum ext_where) says. */
const struct shape *shape_extension(int type, unsigned int where);

#endif
