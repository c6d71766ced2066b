/*
 * What a connection keeps beside its own structure when its handshake is over (keep.c).
 */
#ifndef TLS_KEPT_H
#define TLS_KEPT_H

#include <ward/error.h>

struct identity;
struct early_exporter;
struct external_psk;
struct post_auth;
struct quic;

/*
 * What an established connection keeps secret, one behind the other in one block (keep.c), each as
 * long as the hash: TLS 1.2 has the first alone, and most servers have no use for the last.
 */
enum kept_secret {
	KEPT_EXPORTER, /* keys for others are made of it; the master secret in TLS 1.2 */
	KEPT_READ,     /* the traffic secrets, from which the next are made (7.2) */
	KEPT_WRITE,
	KEPT_RESUMPTION, /* tickets stand on it (7.1): clients, servers that may make some later */
};

struct kept {
	union {
		const struct identity *own; /* servers: the one chosen */
		int64_t authenticated; /* clients: when certificates were shown that all stands on */
	};
	uint8_t secrets[];
};

/* What few connections have; made when it is needed. */
struct rare {
	struct ward_error *error;        /* why it failed */
	struct ward_error *verify_error; /* what was forgiven */
	const struct external_psk *psk;  /* one of the config's, in use */
	uint8_t randoms[64];             /* TLS 1.2: both, which go into exported keys */
	uint32_t early_sent;             /* clients: bytes of early data */
	char *service;                   /* clients without a host: what tickets are kept for */
	struct quic *quic;               /* NULL: there are records */
	struct post_auth *post;          /* both sides, if the client offered it */
	struct early_exporter *early_exporter; /* of early data that is offered or was taken */
	struct {
		uint32_t compressed, uncompressed; /* of the server's Certificate; 0: it was not */
		uint16_t algorithm;
	} compression;
	uint16_t fragment_limit; /* of content in both directions (RFC 6066), as agreed on; or 0 */
};

#endif
