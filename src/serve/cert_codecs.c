/*
 * Compressors of certificates over their libraries. See cert_codecs.h.
 *
 * Each writes into the memory that it is given and no further: a message that would become more
 * than it states is refused when that is full, however much would follow. Compression is done once
 * for each certificate, so it may take its time.
 */
#include "serve/cert_codecs.h"

#ifdef WARD_HAVE_ZLIB
#include <zlib.h>

static size_t zlib_compress(void *arg, const uint8_t *in, size_t len, uint8_t *out, size_t cap)
{
	uLongf n = (uLongf)cap;

	(void)arg;
	return compress2(out, &n, in, (uLong)len, Z_BEST_COMPRESSION) == Z_OK ? (size_t)n : 0;
}

static size_t zlib_decompress(void *arg, const uint8_t *in, size_t len, uint8_t *out, size_t cap)
{
	uLongf n = (uLongf)cap;
	uLong used = (uLong)len;

	(void)arg;
	return uncompress2(out, &n, in, &used) == Z_OK && used == len ? (size_t)n : 0;
}
#endif

#ifdef WARD_HAVE_BROTLI
#include <brotli/decode.h>
#include <brotli/encode.h>

static size_t brotli_compress(void *arg, const uint8_t *in, size_t len, uint8_t *out, size_t cap)
{
	size_t n = cap;

	(void)arg;
	return BrotliEncoderCompress(BROTLI_MAX_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_GENERIC,
				     len, in, &n, out)
		       ? n
		       : 0;
}

/* The window is bounded by what the decoder is told of it, and its memory by what it has to put out. */
static size_t brotli_decompress(void *arg, const uint8_t *in, size_t len, uint8_t *out, size_t cap)
{
	BrotliDecoderState *d = BrotliDecoderCreateInstance(NULL, NULL, NULL);
	BrotliDecoderResult result = BROTLI_DECODER_RESULT_ERROR;
	size_t room = cap;

	(void)arg;
	if (d != NULL)
		result = BrotliDecoderDecompressStream(d, &len, &in, &room, &out, NULL);
	BrotliDecoderDestroyInstance(d);
	return result == BROTLI_DECODER_RESULT_SUCCESS && len == 0 ? cap - room : 0;
}
#endif

#ifdef WARD_HAVE_ZSTD
#include <zstd.h>

enum { ZSTD_LEVEL = 19 };

static size_t zstd_compress(void *arg, const uint8_t *in, size_t len, uint8_t *out, size_t cap)
{
	size_t n = ZSTD_compress(out, cap, in, len, ZSTD_LEVEL);

	(void)arg;
	return ZSTD_isError(n) ? 0 : n;
}

static size_t zstd_decompress(void *arg, const uint8_t *in, size_t len, uint8_t *out, size_t cap)
{
	size_t n = ZSTD_decompress(out, cap, in, len);

	(void)arg;
	return ZSTD_isError(n) ? 0 : n;
}
#endif

static const struct ward_cert_codec codecs[] = {
#ifdef WARD_HAVE_BROTLI
	{ WARD_COMPRESS_BROTLI, brotli_compress, brotli_decompress, NULL },
#endif
#ifdef WARD_HAVE_ZSTD
	{ WARD_COMPRESS_ZSTD, zstd_compress, zstd_decompress, NULL },
#endif
#ifdef WARD_HAVE_ZLIB
	{ WARD_COMPRESS_ZLIB, zlib_compress, zlib_decompress, NULL },
#endif
	{ 0, NULL, NULL, NULL },
};

const struct ward_cert_codec *cert_codec(size_t i)
{
	return i < sizeof(codecs) / sizeof(codecs[0]) - 1 ? &codecs[i] : NULL;
}

bool cert_codecs_add(struct ward_config *config, struct ward_error *err)
{
	for (size_t i = 0; cert_codec(i) != NULL; i++)
		if (!ward_config_add_cert_codec(config, cert_codec(i), err))
			return false;
	return true;
}
