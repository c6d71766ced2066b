/*
 * Certificate compression (RFC 8879): the codecs of a config, what is kept of their work, and a
 * peer's message taken apart. See <ward/compress.h>.
 *
 * A chain is compressed when the first peer asks for it, and the message kept for all others of the
 * config; one that does not become smaller is remembered as that. What comes from a peer is
 * decompressed into memory of the length that it states, which is bounded before any of it is there.
 */
#include <stdlib.h>

#include "tls/conn.h"
#include "tls/names.h"

/* ---- the config ---- */

bool ward_config_add_cert_codec(struct ward_config *config, const struct ward_cert_codec *codec,
				struct ward_error *err)
{
	struct cert_codecs *all = &config->codecs;
	uint8_t *wire = all->wire + all->wire_len;

	if (!config_open(config, err))
		return false;
	if (all->count == WARD_CERT_CODECS_MAX)
		return FAILF(err, BAD_ARGUMENT, "at most %d codecs", WARD_CERT_CODECS_MAX);
	for (size_t i = 0; i < all->count; i++)
		if (all->items[i].algorithm == codec->algorithm)
			return FAILF(err, BAD_ARGUMENT, "there is a codec for %u already",
				     codec->algorithm);
	all->items[all->count++] = *codec;
	if (codec->decompress == NULL)
		return true;
	wire[0] = (uint8_t)(codec->algorithm >> 8);
	wire[1] = (uint8_t)codec->algorithm;
	all->wire_len += 2;
	return true;
}

const char *ward_cert_compression_name(int algorithm)
{
	return algorithm < 0 || algorithm > UINT16_MAX
		       ? NULL
		       : names_certificate_compression((uint16_t)algorithm);
}

void compression_offer(const struct ward_config *config, struct extensions *e)
{
	if (config->codecs.wire_len == 0 || config->version_max < WARD_TLS_1_3)
		return;
	e->seen |= ext_bit(EXT_COMPRESS_CERTIFICATE);
	e->compressions = span_make(config->codecs.wire, config->codecs.wire_len);
}

/* ---- what is sent ---- */

/* The messages of an identity, by form and codec; made at need. */
struct compression_cache {
	pthread_mutex_t lock;
	struct {
		bool tried;
		uint8_t *message; /* NULL: it does not become smaller */
		size_t len;
	} slots[IDENTITY_FORMS][WARD_CERT_CODECS_MAX];
};

struct compression_cache *compression_cache_new(struct ward_error *err)
{
	struct compression_cache *cache = calloc(1, sizeof(*cache));

	if (cache == NULL)
		FAIL(err, NO_MEMORY);
	else
		pthread_mutex_init(&cache->lock, NULL);
	return cache;
}

void compression_cache_clear(struct compression_cache *cache)
{
	for (size_t i = 0; i < IDENTITY_FORMS; i++)
		for (size_t j = 0; j < WARD_CERT_CODECS_MAX; j++) {
			free(cache->slots[i][j].message);
			cache->slots[i][j].message = NULL;
			cache->slots[i][j].tried = false;
		}
}

void compression_cache_free(struct compression_cache *cache)
{
	if (cache == NULL)
		return;
	compression_cache_clear(cache);
	pthread_mutex_destroy(&cache->lock);
	free(cache);
}

/* The whole message, in memory that is given to the caller; NULL: no smaller, or no memory. */
static uint8_t *compress(const struct ward_cert_codec *codec, struct span message, size_t *len)
{
	struct span body =
		span_make(message.data + HANDSHAKE_HEADER_LEN, message.len - HANDSHAKE_HEADER_LEN);
	size_t most = body.len > COMPRESSED_HEAD_LEN ? body.len - COMPRESSED_HEAD_LEN - 1 : 0;
	struct compressed_certificate cc = { .algorithm = codec->algorithm,
					     .uncompressed_length = (uint32_t)body.len };
	uint8_t *packed = malloc(most + 1), *whole = malloc(message.len);
	struct ward_error fault = ERROR_NONE;
	struct writer w = writer_make(whole, message.len, &fault);

	cc.message.data = packed;
	if (packed != NULL && whole != NULL)
		cc.message.len = codec->compress(codec->arg, body.data, body.len, packed, most);
	if (cc.message.len > 0 && cc.message.len <= most)
		compressed_certificate_write(&w, &cc);
	free(packed);
	*len = w.len;
	if (w.len > 0 && writer_ok(&w))
		return whole;
	free(whole);
	return NULL;
}

/* By one codec; empty where it does not become smaller. */
static struct span compressed(const struct ward_config *config, const struct identity *id,
			      unsigned int form, size_t i)
{
	struct compression_cache *cache = id->compressed;
	struct span message;

	pthread_mutex_lock(&cache->lock);
	if (!cache->slots[form][i].tried) {
		cache->slots[form][i].message = compress(
			&config->codecs.items[i], id->messages[form], &cache->slots[form][i].len);
		cache->slots[form][i].tried = true;
	}
	message = span_make(cache->slots[form][i].message, cache->slots[form][i].len);
	pthread_mutex_unlock(&cache->lock);
	return message.data == NULL ? SPAN_EMPTY : message;
}

static void note(struct ward_conn *c, uint16_t algorithm, size_t len, size_t uncompressed_len)
{
	struct ward_error ignored = ERROR_NONE;
	struct rare *rare = conn_rare(c, &ignored); /* without memory nobody is told */

	if (rare == NULL)
		return;
	rare->compression.algorithm = algorithm;
	rare->compression.compressed = (uint32_t)len;
	rare->compression.uncompressed = (uint32_t)uncompressed_len;
}

struct span compression_choose(struct ward_conn *c, const struct identity *id, unsigned int form)
{
	const struct cert_codecs *all = &c->config->codecs;

	for (size_t i = 0; i < all->count; i++) {
		uint16_t algorithm = all->items[i].algorithm;
		struct span message;

		if (all->items[i].compress == NULL ||
		    !u16_list_has(c->hs->peer_compressions, algorithm))
			continue;
		message = compressed(c->config, id, form, i);
		if (message.len == 0)
			continue;
		if (c->is_server)
			note(c, algorithm, message.len, id->messages[form].len);
		return message;
	}
	return id->messages[form];
}

/* ---- what is received ---- */

static const struct ward_cert_codec *codec_of(const struct ward_config *config, uint16_t algorithm)
{
	for (size_t i = 0; i < config->codecs.count; i++)
		if (config->codecs.items[i].algorithm == algorithm &&
		    config->codecs.items[i].decompress != NULL)
			return &config->codecs.items[i];
	return NULL;
}

static bool unpack(const struct ward_cert_codec *codec, const struct compressed_certificate *cc,
		   uint8_t *out, struct ward_error *err)
{
	size_t n = codec->decompress(codec->arg, cc->message.data, cc->message.len, out,
				     cc->uncompressed_length);

	return n == cc->uncompressed_length ||
	       FAILF(err, COMPRESSED_CERTIFICATE, "%zu bytes do not become the %u that are stated",
		     cc->message.len, cc->uncompressed_length);
}

bool compression_receive(struct ward_conn *c, const struct message *m, struct buffer *body,
			 struct ward_error *err)
{
	struct compressed_certificate cc;
	const struct ward_cert_codec *codec;

	if (c->config->codecs.wire_len == 0)
		return FAILF(err, MESSAGE_UNEXPECTED, "compression was not offered");
	if (!compressed_certificate_parse(m->body, &cc, err))
		return false;
	codec = codec_of(c->config, cc.algorithm);
	if (codec == NULL)
		return FAILF(err, COMPRESSION_NOT_OFFERED, "%u", cc.algorithm);
	if (cc.uncompressed_length == 0 || cc.uncompressed_length > MESSAGE_MAX_CERTIFICATE)
		return FAILF(err, COMPRESSED_CERTIFICATE, "of %u bytes; at most %d are taken",
			     cc.uncompressed_length, MESSAGE_MAX_CERTIFICATE);
	body->data = malloc(cc.uncompressed_length);
	if (body->data == NULL)
		return FAIL(err, NO_MEMORY);
	body->len = cc.uncompressed_length;
	if (!c->is_server)
		note(c, cc.algorithm, m->raw.len, HANDSHAKE_HEADER_LEN + body->len);
	return unpack(codec, &cc, body->data, err);
}

bool ward_conn_cert_compression(const struct ward_conn *conn, struct ward_cert_compression *info)
{
	const struct rare *rare = conn->rare;

	if (rare == NULL || rare->compression.compressed == 0)
		return false;
	*info = (struct ward_cert_compression){ .algorithm = rare->compression.algorithm,
						.compressed = rare->compression.compressed,
						.uncompressed = rare->compression.uncompressed };
	return true;
}
