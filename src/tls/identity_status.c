/*
 * What stands beside a leaf in Certificate: an OCSP response and the timestamps of logs; and the
 * message in each of its forms, encoded when the config is set up, so that every handshake sends the
 * same bytes. See <ward/status.h>.
 */
#include <stdlib.h>

#include "base/error.h"
#include "tls/conn.h"
#include "tls/tls12/msg12.h"

/* ---- the message ---- */

static void free_span(struct span *s)
{
	free((void *)(uintptr_t)s->data);
	*s = SPAN_EMPTY;
}

static bool encode(const struct certificate *msg,
		   void (*write)(struct writer *w, const struct certificate *c), struct span *out,
		   struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;
	size_t room = 64 + msg->leaf_ext.status_request.len + msg->leaf_ext.sct_list.len;
	struct writer w;
	uint8_t *to;

	for (size_t i = 0; i < msg->count; i++)
		room += msg->certs[i].len + 8;
	to = malloc(room);
	if (to == NULL)
		return FAIL(err, NO_MEMORY);
	w = writer_make(to, room, &fault);
	write(&w, msg);
	free_span(out);
	*out = writer_span(&w);
	return writer_ok(&w) || error_pass(err, &fault);
}

static bool encode_form(struct identity *id, struct certificate *msg, unsigned int form,
			struct ward_error *err)
{
	unsigned int has =
		(id->status.len > 0 ? BESIDE_STATUS : 0) | (id->scts.len > 0 ? BESIDE_SCTS : 0);

	if (form & ~has)
		return true;
	msg->leaf_ext = (struct extensions){ .seen = 0 };
	if (form & BESIDE_STATUS) {
		msg->leaf_ext.seen |= ext_bit(EXT_STATUS_REQUEST);
		msg->leaf_ext.status_request = id->status;
	}
	if (form & BESIDE_SCTS) {
		msg->leaf_ext.seen |= ext_bit(EXT_SIGNED_CERTIFICATE_TIMESTAMP);
		msg->leaf_ext.sct_list = id->scts;
	}
	return encode(msg, certificate_write, &id->messages[form], err);
}

bool identity_encode(struct identity *id, struct ward_error *err)
{
	struct certificate msg = { .count = id->chain.count + (id->spki.len > 0) };

	if (id->compressed == NULL)
		id->compressed = compression_cache_new(err);
	if (id->compressed == NULL)
		return false;
	compression_cache_clear(id->compressed);
	msg.certs[0] = id->spki;
	for (size_t i = 0; i < id->chain.count; i++)
		msg.certs[i] = cert_der(id->chain.certs[i]);
	for (unsigned int form = 0; form < IDENTITY_FORMS; form++)
		if (!encode_form(id, &msg, form, err))
			return false;
	return encode(&msg, id->spki.len > 0 ? raw_key12_write : certificate12_write,
		      &id->message12, err);
}

void identity_clear(struct identity *id)
{
	ward_chain_clear(&id->chain);
	ward_key_free(id->key);
	free_span(&id->spki);
	for (size_t i = 0; i < IDENTITY_FORMS; i++)
		free_span(&id->messages[i]);
	free_span(&id->message12);
	free_span(&id->status);
	free_span(&id->scts);
	compression_cache_free(id->compressed);
}

unsigned int identity_beside(const struct identity *id, unsigned int asked, int64_t now)
{
	unsigned int beside = 0;

	if ((asked & BESIDE_STATUS) && id->status.len > 0 && now >= id->from && now <= id->until)
		beside |= BESIDE_STATUS;
	if ((asked & BESIDE_SCTS) && id->scts.len > 0)
		beside |= BESIDE_SCTS;
	return beside;
}

/* ---- setting it ---- */

static bool put(struct identity *id, struct span *place, struct span bytes, struct ward_error *err)
{
	uint8_t *copy = malloc(bytes.len);

	if (copy == NULL)
		return FAIL(err, NO_MEMORY);
	memcpy(copy, bytes.data, bytes.len);
	free_span(place);
	*place = span_make(copy, bytes.len);
	return identity_encode(id, err);
}

/* The response is kept with the identity if it is about its leaf. */
static bool try_response(struct identity *id, const struct ward_ocsp_response *response,
			 int64_t now, bool *taken, struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;
	int64_t from, until;
	struct span der;

	if (!ocsp_may_staple(response, &id->chain, now, &from, &until, &fault))
		return fault.reason == WARD_E_OCSP_OTHER_CERT || error_pass(err, &fault);
	*taken = true;
	id->from = from;
	id->until = until;
	der.data = ward_ocsp_response_der(response, &der.len);
	return put(id, &id->status, der, err);
}

bool ward_config_set_ocsp_response(struct ward_config *config, const void *der, size_t len,
				   int64_t now, struct ward_error *err)
{
	struct ward_ocsp_response *response;
	bool taken = false, ok = true;

	if (!config_open(config, err))
		return false;
	response = ward_ocsp_response_parse(der, len, err);
	if (response == NULL)
		return false;
	for (size_t i = 0; ok && i < config->identity_count; i++)
		ok = identity_leaf(&config->identities[i]) == NULL ||
		     try_response(&config->identities[i], response, now, &taken, err);
	ward_ocsp_response_free(response);
	return ok &&
	       (taken || FAILF(err, OCSP_OTHER_CERT, "it is about no certificate of this side"));
}

bool ward_config_set_scts(struct ward_config *config, const struct ward_cert *leaf,
			  const void *list, size_t len, struct ward_error *err)
{
	struct span scts = span_make(list, len);
	bool found = false;

	if (!config_open(config, err))
		return false;
	if (!sct_list_is_sound(scts))
		return FAILF(err, BAD_ARGUMENT, "it is no list of timestamps");
	for (size_t i = 0; i < config->identity_count; i++) {
		struct identity *id = &config->identities[i];

		if (identity_leaf(id) == NULL ||
		    !span_equal(cert_der(identity_leaf(id)), cert_der(leaf)))
			continue;
		found = true;
		if (!put(id, &id->scts, scts, err))
			return false;
	}
	return found || FAILF(err, BAD_ARGUMENT, "no identity has this certificate");
}
