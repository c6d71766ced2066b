/*
 * The compressors of certificates that this build of the command has: zlib, brotli and zstd, as they
 * were found (-DWARD_COMPRESSION=OFF leaves them out). See <ward/compress.h>.
 */
#ifndef SERVE_CERT_CODECS_H
#define SERVE_CERT_CODECS_H

#include <ward/compress.h>

/* Gives a config all of them; the best first. */
bool cert_codecs_add(struct ward_config *config, struct ward_error *err);
/* How many there are, and the i-th; NULL past the end. */
const struct ward_cert_codec *cert_codec(size_t i);

#endif
