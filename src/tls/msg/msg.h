/*
 * The handshake messages of TLS 1.3 as plain structures (RFC 9846, section 4).
 *
 * Parsing fills a structure with views into the message's bytes and touches nothing else; writing
 * takes the same structure. Whether a message is acceptable is judged elsewhere. A message is
 * written with its four-byte header; parsing gets the body behind it.
 */
#ifndef TLS_MSG_MSG_H
#define TLS_MSG_MSG_H

#include "base/error.h"
#include "base/limits.h"
#include "base/span.h"
#include "tls/ext/ext.h"
#include "wire/reader.h"
#include "wire/writer.h"

enum handshake_type {
	HT_HELLO_REQUEST = 0, /* TLS 1.2 */
	HT_CLIENT_HELLO = 1,
	HT_SERVER_HELLO = 2,
	HT_NEW_SESSION_TICKET = 4,
	HT_END_OF_EARLY_DATA = 5,
	HT_ENCRYPTED_EXTENSIONS = 8,
	HT_CERTIFICATE = 11,
	HT_SERVER_KEY_EXCHANGE = 12, /* TLS 1.2 */
	HT_CERTIFICATE_REQUEST = 13,
	HT_SERVER_HELLO_DONE = 14, /* TLS 1.2 */
	HT_CERTIFICATE_VERIFY = 15,
	HT_CLIENT_KEY_EXCHANGE = 16, /* TLS 1.2 */
	HT_FINISHED = 20,
	HT_CERTIFICATE_STATUS = 22, /* TLS 1.2 */
	HT_KEY_UPDATE = 24,
	HT_COMPRESSED_CERTIFICATE = 25,
	HT_MESSAGE_HASH = 254,
};

#define HANDSHAKE_HEADER_LEN 4

/* Writes the header and closes its length when the block ends. */
#define WRITE_MESSAGE(w, type)                                                                     \
	for (bool message_once_ = (writer_u8((w), (type)), true); message_once_;                   \
	     message_once_ = false)                                                                \
		WRITE_VEC ((w), 3)

/* The most that a message of this type may have behind its header; 0 for an unknown type. */
size_t message_limit(int type);

struct client_hello { /* 4.2.2 */
	uint16_t legacy_version;
	struct span random; /* 32 bytes */
	struct span legacy_session_id;
	struct span cipher_suites; /* uint16s as on the wire */
	struct span legacy_compression_methods;
	struct extensions ext;
};

bool client_hello_parse(struct span body, struct client_hello *ch, struct ward_error *err);
void client_hello_write(struct writer *w, const struct client_hello *ch);
/*
 * A SHA-256 over all that must be the same in the second ClientHello (4.2.2): everything but
 * key_share, early_data, cookie, pre_shared_key and padding, order of extensions included.
 */
void client_hello_fingerprint(const struct client_hello *ch, uint8_t out[32]);

struct server_hello { /* 4.2.3, and HelloRetryRequest, 4.2.4 */
	uint16_t legacy_version;
	struct span random;
	struct span legacy_session_id_echo;
	uint16_t cipher_suite;
	uint8_t legacy_compression_method;
	bool is_retry; /* random is the SHA-256 of "HelloRetryRequest"; the parser sets it */
	bool is_12;    /* of TLS 1.2 or older: there is no supported_versions; likewise */
	struct extensions ext;
};

extern const uint8_t server_hello_retry_random[32];

bool server_hello_parse(struct span body, struct server_hello *sh, struct ward_error *err);
void server_hello_write(struct writer *w, const struct server_hello *sh);

struct encrypted_extensions { /* 4.4.1 */
	struct extensions ext;
};

bool encrypted_extensions_parse(struct span body, struct encrypted_extensions *ee,
				struct ward_error *err);
void encrypted_extensions_write(struct writer *w, const struct encrypted_extensions *ee);

struct certificate_request { /* 4.4.2 */
	struct span context;
	struct extensions ext;
};

bool certificate_request_parse(struct span body, struct certificate_request *cr,
			       struct ward_error *err);
void certificate_request_write(struct writer *w, const struct certificate_request *cr);

struct certificate_entry {
	struct span cert_data; /* DER */
	struct extensions ext;
};

struct certificate { /* 4.5.1 */
	struct span context;
	size_t count;
	struct span certs[CHAIN_MAX_CERTS]; /* DER, the leaf first */
	struct extensions leaf_ext;         /* of the first entry: status_request, SCTs */
	uint64_t seen;                      /* extensions of all entries together */
	bool raw_key; /* the one that there is is a SubjectPublicKeyInfo; not of the message */
};

/* More than CHAIN_MAX_CERTS fail with CERTIFICATE_TOO_MANY. */
bool certificate_parse(struct span body, struct certificate *c, struct ward_error *err);
/* EXT_NOT_OFFERED unless the extensions of every entry were in `offered`. */
bool certificate_check_offered(const struct certificate *c, uint64_t offered,
			       struct ward_error *err);
void certificate_write(struct writer *w, const struct certificate *c);

struct compressed_certificate { /* RFC 8879, 4 */
	uint16_t algorithm;
	uint32_t uncompressed_length; /* of the body of Certificate */
	struct span message;
};
#define COMPRESSED_HEAD_LEN (2 + 3 + 3)

bool compressed_certificate_parse(struct span body, struct compressed_certificate *cc,
				  struct ward_error *err);
void compressed_certificate_write(struct writer *w, const struct compressed_certificate *cc);

struct certificate_verify { /* 4.5.2 */
	uint16_t algorithm;
	struct span signature;
};

bool certificate_verify_parse(struct span body, struct certificate_verify *cv,
			      struct ward_error *err);
void certificate_verify_write(struct writer *w, const struct certificate_verify *cv);

/* 4.5.3: the body is verify_data alone; its length is the digest's. */
bool finished_parse(struct span body, size_t digest_len, struct span *verify_data,
		    struct ward_error *err);
void finished_write(struct writer *w, struct span verify_data);

struct new_session_ticket {       /* 4.7.1 */
	uint32_t ticket_lifetime; /* seconds */
	uint32_t ticket_age_add;
	struct span ticket_nonce;
	struct span ticket;
	struct extensions ext;
};

bool new_session_ticket_parse(struct span body, struct new_session_ticket *nst,
			      struct ward_error *err);
void new_session_ticket_write(struct writer *w, const struct new_session_ticket *nst);

enum key_update_request { UPDATE_NOT_REQUESTED = 0, UPDATE_REQUESTED = 1 };

bool key_update_parse(struct span body, enum key_update_request *request, struct ward_error *err);
void key_update_write(struct writer *w, enum key_update_request request);

#endif
