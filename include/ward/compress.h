/*
 * Certificate compression in TLS 1.3 (RFC 8879): a chain is most of what a server sends in a
 * handshake.
 *
 * libward brings the protocol and no compressor, so that it depends on libcrypto alone: a program
 * gives a config the codecs that it has, each of which is two functions over a library. The ward
 * command has zlib, brotli and zstd.
 */
#ifndef WARD_COMPRESS_H
#define WARD_COMPRESS_H

#include <ward/tls.h>

#ifdef __cplusplus
extern "C" {
#endif

/* CertificateCompressionAlgorithm (RFC 8879, 7.3). */
enum { WARD_COMPRESS_ZLIB = 1, WARD_COMPRESS_BROTLI = 2, WARD_COMPRESS_ZSTD = 3 };

/* What a config takes at most. */
enum { WARD_CERT_CODECS_MAX = 8 };

/*
 * One algorithm. Both functions write at most `cap` bytes to `out`, and give how many: 0 where it
 * cannot be done or they do not fit. They may be called by several threads at once.
 */
struct ward_cert_codec {
	uint16_t algorithm;
	/* NULL: nothing is sent so. Called once for each certificate of a config. */
	size_t (*compress)(void *arg, const uint8_t *in, size_t len, uint8_t *out, size_t cap);
	/*
	 * NULL: it is not offered to peers. `cap` is the length that the peer has stated, within
	 * the bound on chains: whatever `in` would become, no more than that may be written or kept.
	 */
	size_t (*decompress)(void *arg, const uint8_t *in, size_t len, uint8_t *out, size_t cap);
	void *arg;
};

/*
 * One more algorithm; the first that the peer has too is used, if the message becomes smaller. The
 * structure is copied, `arg` must live as long as the config. A peer's message that cannot be
 * decompressed, or not to the length it states, is refused with COMPRESSED_CERTIFICATE.
 */
WARD_API WARD_MUST_USE bool ward_config_add_cert_codec(struct ward_config *config,
						       const struct ward_cert_codec *codec,
						       struct ward_error *err);

/* How the server's certificates went over the wire. */
struct ward_cert_compression {
	uint16_t algorithm;
	size_t compressed, uncompressed; /* bytes of the message, its header included */
};
/* False where they were not compressed, or there were none. */
WARD_API bool ward_conn_cert_compression(const struct ward_conn *conn,
					 struct ward_cert_compression *info);
/* "brotli"; NULL for one that has no name. */
WARD_API const char *ward_cert_compression_name(int algorithm);

#ifdef __cplusplus
}
#endif

#endif
