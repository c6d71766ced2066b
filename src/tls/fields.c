/*
 * A walk through a handshake message, field by field, for people: traces, illustrations, logs.
 *
 * The grammar is in shapes.c. Every byte is told exactly once by a field that has none nested in it
 * (lengths included), in order; around them stand the fields that group them. What does not fit is
 * told as it is, from the place where reading stopped to the end of the message. A message that the
 * engine refuses is shown all the same as far as its structure goes.
 */
#include <ward/tls.h>

#include "base/name.h"
#include "tls/field_text.h"
#include "tls/msg/message.h"
#include "wire/der.h"

struct walk {
	void (*fn)(void *arg, const struct ward_field *field); /* NULL: only measures */
	void *arg;
	const uint8_t *message;
	enum ext_where where; /* whose extensions */
	int depth;
	int bad_depth; /* where reading stopped; -1 before */
};

static void walk_members(struct walk *w, const struct shape *s, struct reader *r);

/* True while nothing has failed; notes how deep it was when something does. */
static bool walk_goes_on(struct walk *w, const struct reader *r)
{
	if (!error_is_set(r->err))
		return true;
	if (w->bad_depth < 0)
		w->bad_depth = w->depth;
	return false;
}

static void tell(const struct walk *w, const char *name, enum shape_text text, struct span bytes,
		 struct span value)
{
	struct ward_field field = { name, (size_t)(bytes.data - w->message), bytes.len, w->depth,
				    NULL };
	char buf[FIELD_TEXT_MAX];

	if (w->fn == NULL)
		return;
	field_text(text, value, buf);
	field.value = buf;
	w->fn(w->arg, &field);
}

/* A field of n bytes that has none in it; empty after a failure. */
static struct span walk_bytes(struct walk *w, const char *name, enum shape_text text, size_t n,
			      struct reader *r)
{
	struct span bytes = reader_bytes(r, n);

	if (walk_goes_on(w, r))
		tell(w, name, text, bytes, bytes);
	return bytes;
}

static size_t walk_length(struct walk *w, int size, struct reader *r)
{
	struct span bytes = walk_bytes(w, "length", TEXT_DECIMAL, (size_t)size, r);
	size_t n = 0;

	for (size_t i = 0; i < bytes.len; i++)
		n = n << 8 | bytes.data[i];
	return n;
}

/* Tells a length of `size` bytes and opens what it spans. */
static struct reader walk_open(struct walk *w, int size, struct span *bytes, struct reader *r)
{
	struct reader inside;

	*bytes = reader_bytes(r, walk_length(w, size, r));
	inside = reader_make(*bytes, r->err);
	inside.start = r->start;
	return inside;
}

static void walk_list(struct walk *w, const struct shape *s, struct reader *r)
{
	struct span bytes;
	struct reader list = walk_open(w, s->size, &bytes, r);

	if (!walk_goes_on(w, r))
		return;
	tell(w, s->name, TEXT_NONE, bytes, bytes);
	w->depth++;
	while (reader_more(&list))
		walk_members(w, s->members, &list);
	w->depth--;
}

/* How many bytes the members take: all that are left when they do not fit. */
static size_t measure(const struct walk *w, const struct shape *members, const struct reader *r)
{
	struct ward_error failure = ERROR_NONE;
	struct reader probe = { r->start, r->pos, r->end, &failure };
	struct walk dry = { .message = w->message, .where = w->where };

	walk_members(&dry, members, &probe);
	return error_is_set(&failure) ? reader_left(r) : (size_t)(probe.pos - r->pos);
}

static void walk_group(struct walk *w, const struct shape *s, struct reader *r)
{
	tell(w, s->name, TEXT_NONE, span_make(r->pos, measure(w, s->members, r)), SPAN_EMPTY);
	w->depth++;
	walk_members(w, s->members, r);
	w->depth--;
}

/* The body, whose frame is known to be whole. */
static void walk_extension_data(struct walk *w, int type, struct reader *r)
{
	struct span bytes;
	struct reader body = walk_open(w, 2, &bytes, r);

	walk_members(w, shape_extension(type, w->where), &body);
	(void)reader_close(&body);
	(void)walk_goes_on(w, &body);
}

static void walk_extension(struct walk *w, struct reader *r)
{
	struct ward_error failure = ERROR_NONE;
	struct reader probe = { r->start, r->pos, r->end, &failure };
	uint16_t type = reader_u16(&probe);

	(void)reader_vec(&probe, 2);
	if (error_is_set(&failure)) {
		reader_fail_truncated(r);
		(void)walk_goes_on(w, r);
		return;
	}
	tell(w, "Extension", TEXT_EXTENSION_TYPE, span_make(r->pos, (size_t)(probe.pos - r->pos)),
	     span_make(r->pos, 2));
	w->depth++;
	walk_bytes(w, "extension_type", TEXT_EXTENSION_TYPE, 2, r);
	walk_extension_data(w, type, r);
	w->depth--;
}

static void walk_extensions(struct walk *w, struct reader *r)
{
	struct span random = span_make(w->message + HANDSHAKE_HEADER_LEN + 2, 32);
	struct span bytes;
	struct reader list;

	if (w->where == IN_SH) /* the random has been read */
		w->where = server_hello_where(random, r);
	list = walk_open(w, 2, &bytes, r);
	if (!walk_goes_on(w, r))
		return;
	tell(w, "extensions", TEXT_NONE, bytes, bytes);
	w->depth++;
	while (reader_more(&list))
		walk_extension(w, &list);
	w->depth--;
}

static void walk_shape(struct walk *w, const struct shape *s, struct reader *r)
{
	switch (s->kind) {
	case SHAPE_NUMBER:
	case SHAPE_BYTES:
		walk_bytes(w, s->name, s->text, (size_t)s->size, r);
		break;
	case SHAPE_VECTOR:
		walk_bytes(w, s->name, s->text, walk_length(w, s->size, r), r);
		break;
	case SHAPE_LIST:
		walk_list(w, s, r);
		break;
	case SHAPE_GROUP:
		walk_group(w, s, r);
		break;
	case SHAPE_REST:
		walk_bytes(w, s->name, s->text, reader_left(r), r);
		break;
	case SHAPE_OPTIONAL_EXTENSIONS:
		if (reader_left(r) > 0)
			walk_extensions(w, r);
		break;
	case SHAPE_EXTENSIONS:
		walk_extensions(w, r);
		break;
	case SHAPE_END:
		break;
	}
}

static void walk_members(struct walk *w, const struct shape *s, struct reader *r)
{
	for (; s->kind != SHAPE_END && !error_is_set(r->err); s++)
		walk_shape(w, s, r);
}

static enum ext_where where_of(int type)
{
	switch (type) {
	case HT_SERVER_HELLO:
		return IN_SH;
	case HT_ENCRYPTED_EXTENSIONS:
		return IN_EE;
	case HT_CERTIFICATE:
		return IN_CT;
	case HT_CERTIFICATE_REQUEST:
		return IN_CR;
	case HT_NEW_SESSION_TICKET:
		return IN_NST;
	default:
		return IN_CH;
	}
}

/* The header; its length must be that of the message. The type, or -1. */
static int walk_header(struct walk *w, struct reader *r)
{
	int type = reader_left(r) > 0 ? r->pos[0] : -1;
	struct reader at;

	walk_bytes(w, "msg_type", TEXT_HANDSHAKE_TYPE, 1, r);
	at = *r;
	if (walk_length(w, 3, r) != reader_left(r) && walk_goes_on(w, r)) {
		FAIL_HERE(r, BAD_LENGTH);
		(void)walk_goes_on(w, &at);
	}
	return type;
}

/*
 * RFC 7250, 3: where a certificate's length would begin, which has never that many bytes, there is the
 * SEQUENCE of a key.
 */
static bool is_raw_key12(int version, int type, const struct reader *r)
{
	return version == WARD_TLS_1_2 && type == HT_CERTIFICATE && reader_left(r) > 3 &&
	       r->pos[3] == DER_SEQUENCE;
}

bool ward_message_fields(const uint8_t *message, size_t len,
			 void (*fn)(void *arg, const struct ward_field *field), void *arg)
{
	return ward_message_fields_of(WARD_TLS_1_3, message, len, fn, arg);
}

bool ward_message_fields_of(int version, const uint8_t *message, size_t len,
			    void (*fn)(void *arg, const struct ward_field *field), void *arg)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(span_make(message, len), &err);
	struct walk w = { fn, arg, r.start, IN_CH, 0, -1 };
	int type = walk_header(&w, &r);
	struct span rest;

	w.where = where_of(type);
	walk_members(&w,
		     is_raw_key12(version, type, &r) ? shape_raw_key12
						     : shape_message(version, type),
		     &r);
	(void)reader_close(&r);
	if (walk_goes_on(&w, &r))
		return true;
	w.depth = w.bad_depth;
	rest = span_make(r.start + err.offset, len - (size_t)err.offset);
	tell(&w, "malformed", TEXT_NONE, rest, SPAN_EMPTY);
	return false;
}

const char *ward_message_name(int type)
{
	const char *name = name_message(type);

	return name == NULL ? "unknown" : name;
}

const char *ward_extension_name(int type)
{
	const char *name = name_extension(type);

	return name == NULL ? "unknown" : name;
}
