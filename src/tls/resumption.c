/*
 * What one connection leaves to the next, as bytes. See resumption.h.
 *
 *	uint16 format = 1 or 2;
 *	uint16 version;
 *	uint16 cipher_suite;
 *	uint64 authenticated;
 *	uint64 issued;
 *	uint32 lifetime;
 *	uint32 age_add;
 *	uint32 max_early_data_size;
 *	opaque context[32];
 *	opaque key<32..48>;
 *	opaque name<0..255>;
 *	opaque alpn<0..255>;
 *	opaque chain<0..2^24-1>;	(a raw public key: behind an empty certificate)
 *	opaque ticket<0..2^16-1>;
 *	struct {
 *		uint8 kind;	1: session_id<1..32>, 2: what early data in QUIC rests on,
 *				3: the OCSP response of the chain, which is there, 4: psk[32]
 *		opaque value<0..2^24-1>;
 *	} extras<0..>;		in format 2 alone, to the end, in order of their kinds
 */
#include "tls/resumption.h"

#include <stdlib.h>

#include <ward/early_data.h>

#include "tls/suites.h"

enum {
	FORMAT = 1,
	FORMAT_WITH_EXTRAS = 2,
	CONTEXT_LEN = 32,
	FIXED_LEN = 2 + 2 + 2 + 8 + 8 + 4 + 4 + 4 + CONTEXT_LEN,
};

enum extra { EXTRA_SESSION_ID = 1, EXTRA_QUIC, EXTRA_STATUS, EXTRA_PSK };

static size_t extra_size(bool there, struct span value)
{
	return there ? 1 + 3 + value.len : 0;
}

static void write_extra(struct writer *w, bool there, enum extra kind, struct span value)
{
	if (!there)
		return;
	writer_u8(w, (uint8_t)kind);
	writer_vec(w, 3, value);
}

size_t resumption_size(const struct resumption *r)
{
	return FIXED_LEN + 1 + r->key.len + 1 + r->name.len + 1 + r->alpn.len + 3 + r->chain.len +
	       2 + r->ticket.len + extra_size(r->session_id.len > 0, r->session_id) +
	       extra_size(r->has_quic, r->quic) + extra_size(r->status.len > 0, r->status) +
	       extra_size(r->psk.len > 0, r->psk);
}

void resumption_write(struct writer *w, const struct resumption *r)
{
	bool extras = r->session_id.len > 0 || r->has_quic || r->status.len > 0 || r->psk.len > 0;

	writer_u16(w, extras ? FORMAT_WITH_EXTRAS : FORMAT);
	writer_u16(w, r->version);
	writer_u16(w, r->suite);
	writer_u64(w, (uint64_t)r->authenticated);
	writer_u64(w, (uint64_t)r->issued);
	writer_u32(w, r->lifetime);
	writer_u32(w, r->age_add);
	writer_u32(w, r->max_early_data);
	writer_bytes(w, r->context);
	writer_vec(w, 1, r->key);
	writer_vec(w, 1, r->name);
	writer_vec(w, 1, r->alpn);
	writer_vec(w, 3, r->chain);
	writer_vec(w, 2, r->ticket);
	write_extra(w, r->session_id.len > 0, EXTRA_SESSION_ID, r->session_id);
	write_extra(w, r->has_quic, EXTRA_QUIC, r->quic);
	write_extra(w, r->status.len > 0, EXTRA_STATUS, r->status);
	write_extra(w, r->psk.len > 0, EXTRA_PSK, r->psk);
}

static void read_all(struct reader *in, struct resumption *r)
{
	r->version = reader_u16(in);
	r->suite = reader_u16(in);
	r->authenticated = (int64_t)reader_u64(in);
	r->issued = (int64_t)reader_u64(in);
	r->lifetime = reader_u32(in);
	r->age_add = reader_u32(in);
	r->max_early_data = reader_u32(in);
	r->context = reader_bytes(in, CONTEXT_LEN);
	r->key = reader_vec(in, 1);
	r->name = reader_vec(in, 1);
	r->alpn = reader_vec(in, 1);
	r->chain = reader_vec(in, 3);
	r->ticket = reader_vec(in, 2);
}

/* False for one that is not known, or that is empty and may not be. */
static bool take_extra(struct resumption *r, uint8_t kind, struct span value)
{
	switch (kind) {
	case EXTRA_SESSION_ID:
		r->session_id = value;
		return value.len > 0 && value.len <= 32;
	case EXTRA_QUIC:
		r->has_quic = true;
		r->quic = value;
		return true;
	case EXTRA_STATUS:
		r->status = value;
		return value.len > 0 && r->chain.len > 0;
	case EXTRA_PSK:
		r->psk = value;
		return value.len == PSK_FINGERPRINT_LEN;
	default:
		return false;
	}
}

static bool read_extras(struct reader *in, struct resumption *r)
{
	uint8_t last = 0;

	while (reader_more(in)) {
		uint8_t kind = reader_u8(in);
		struct span value = reader_vec(in, 3);

		if (kind <= last || !take_extra(r, kind, value))
			return false;
		last = kind;
	}
	return last > 0;
}

/* What goes with the version. */
static bool is_of_version(const struct resumption *r)
{
	const struct suite *suite = suite_find(r->suite);

	if (suite == NULL || suite->version != r->version)
		return false;
	if (r->version == WARD_TLS_1_2)
		return r->key.len == MASTER_LEN && r->max_early_data == 0 && !r->has_quic &&
		       r->psk.len == 0;
	return r->key.len == digest_len(suite->digest) && r->session_id.len == 0;
}

static bool is_sound(const struct resumption *r)
{
	struct certificate msg;

	return is_of_version(r) && r->lifetime <= WARD_TICKET_LIFETIME_MAX && r->issued >= 0 &&
	       r->authenticated >= 0 && r->issued <= INT64_MAX / 4 &&
	       r->authenticated <= INT64_MAX / 4 &&
	       (r->chain.len == 0 || (r->psk.len == 0 && resumption_chain(r, &msg)));
}

bool resumption_parse(struct span bytes, struct resumption *r, struct ward_error *err)
{
	struct ward_error failure = ERROR_NONE;
	struct reader in = reader_make(bytes, &failure);
	uint16_t format;

	*r = (struct resumption){ 0 };
	format = reader_u16(&in);
	if (format != FORMAT && format != FORMAT_WITH_EXTRAS)
		return FAIL(err, BAD_TICKET);
	read_all(&in, r);
	if (format == FORMAT_WITH_EXTRAS && !read_extras(&in, r))
		return FAIL(err, BAD_TICKET);
	return (reader_close(&in) && is_sound(r)) || FAIL(err, BAD_TICKET);
}

/* The mark in front of a raw public key. */
static bool skip_empty(struct reader *in)
{
	struct ward_error failure = ERROR_NONE;
	struct reader probe = { in->start, in->pos, in->end, &failure };

	if (reader_vec(&probe, 3).len > 0 || error_is_set(&failure))
		return false;
	in->pos = probe.pos;
	return true;
}

bool resumption_chain(const struct resumption *r, struct certificate *msg)
{
	struct ward_error failure = ERROR_NONE;
	struct reader in = reader_make(r->chain, &failure);

	*msg = (struct certificate){ .raw_key = skip_empty(&in) };
	msg->leaf_ext.status_request = r->status;
	while (reader_more(&in) && msg->count < CHAIN_MAX_CERTS)
		msg->certs[msg->count++] = reader_vec_bounded(&in, 3, 1, 0xffffff);
	return reader_close(&in) && msg->count > 0 && (!msg->raw_key || msg->count == 1);
}

/* ---- a client's ticket ---- */

static struct ward_ticket *ticket_alloc(size_t len, struct ward_error *err)
{
	struct ward_ticket *t = malloc(sizeof(*t) + len);

	if (t == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	atomic_init(&t->refs, 1);
	t->len = len;
	return t;
}

/* The views are of the ticket's own bytes. */
static struct ward_ticket *ticket_settle(struct ward_ticket *t, struct ward_error *err)
{
	if (resumption_parse(span_make(t->bytes, t->len), &t->content, err))
		return t;
	ward_ticket_free(t);
	return NULL;
}

struct ward_ticket *ticket_new(const struct resumption *r, struct ward_error *err)
{
	struct ward_ticket *t = ticket_alloc(resumption_size(r), err);
	struct writer w;

	if (t == NULL)
		return NULL;
	w = writer_make(t->bytes, t->len, err);
	resumption_write(&w, r);
	return ticket_settle(t, err);
}

struct ward_ticket *ward_ticket_parse(const void *bytes, size_t len, struct ward_error *err)
{
	struct ward_ticket *t;

	if (!crypto_init(err))
		return NULL;
	t = ticket_alloc(len, err);
	if (t == NULL)
		return NULL;
	bytes_copy(t->bytes, bytes, len);
	t = ticket_settle(t, err);
	if (t != NULL && t->content.ticket.len == 0 && t->content.session_id.len == 0) {
		ward_ticket_free(t);
		t = NULL;
		FAIL(err, BAD_TICKET);
	}
	return t;
}

struct ward_ticket *ward_ticket_ref(struct ward_ticket *ticket)
{
	if (ticket != NULL)
		atomic_fetch_add_explicit(&ticket->refs, 1, memory_order_relaxed);
	return ticket;
}

void ward_ticket_free(struct ward_ticket *ticket)
{
	if (ticket == NULL ||
	    atomic_fetch_sub_explicit(&ticket->refs, 1, memory_order_acq_rel) != 1)
		return;
	secret_wipe_bytes(ticket->bytes, ticket->len);
	free(ticket);
}

const uint8_t *ward_ticket_bytes(const struct ward_ticket *ticket, size_t *len)
{
	*len = ticket->len;
	return ticket->bytes;
}

int64_t ward_ticket_expires(const struct ward_ticket *ticket)
{
	return ticket->content.issued + ticket->content.lifetime;
}

uint32_t ward_ticket_early_data(const struct ward_ticket *ticket)
{
	return ticket->content.max_early_data;
}
