/*
 * Bytes of a connection.
 *
 * What comes is read into the loop's one buffer, opened there, and used there; only a part of a
 * record, or what comes behind a request that is still being answered, is kept aside. What goes is
 * sealed into the loop's other buffer and written from it; only what the socket does not take is
 * kept aside. So buffers are held by connections that wait for their peer and by no others.
 */
#include "serve/client.h"

#include "io/clock.h"

#include <ward/mutual.h>
#include <ward/resume.h>

#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

/* ---- out ---- */

static void on_written(uv_write_t *write, int status)
{
	struct outgoing *o = write->data;
	struct client *c = o->client;

	c->outgoing = NULL;
	free(o);
	if (c->state == CLIENT_CLOSED)
		return;
	if (status != 0)
		client_close(c, false);
	else
		client_go_on(c);
}

/* Keeps what is left and has libuv send it when the socket takes it. */
static void write_later(struct client *c, struct span bytes)
{
	struct outgoing *o = malloc(sizeof(*o) + bytes.len);
	uv_buf_t buf;

	if (o == NULL) {
		client_close(c, true);
		return;
	}
	o->client = c;
	o->write.data = o;
	bytes_copy(o->bytes, bytes.data, bytes.len);
	buf = uv_buf_init((char *)o->bytes, (unsigned int)bytes.len);
	c->mark = transport_taken(c);
	c->mark_at = uv_now(&c->worker->loop);
	if (uv_write(&o->write, (uv_stream_t *)&c->tcp, &buf, 1, on_written) != 0) {
		free(o);
		client_close(c, true);
		return;
	}
	c->outgoing = o;
	c->written += bytes.len;
}

void transport_write(struct client *c, struct span bytes)
{
	uv_buf_t buf = uv_buf_init((char *)(uintptr_t)bytes.data, (unsigned int)bytes.len);
	int n = UV_EAGAIN;

	/* A connection whose turn is over gets the next one by way of a write that is waited for. */
	if (c->budget > 0)
		n = uv_try_write((uv_stream_t *)&c->tcp, &buf, 1);
	if (n < 0 && n != UV_EAGAIN) {
		client_close(c, false);
		return;
	}
	c->budget -= (long)bytes.len;
	if (n < 0)
		n = 0;
	c->written += (uint64_t)n;
	if ((size_t)n < bytes.len)
		write_later(c, span_make(bytes.data + n, bytes.len - (size_t)n));
}

void transport_flush(struct client *c)
{
	struct worker *w = c->worker;

	while (c->state != CLIENT_CLOSED && c->outgoing == NULL && ward_conn_has_output(c->conn)) {
		size_t n = ward_conn_output(c->conn, w->out, WORKER_OUT_SIZE);

		if (n == 0)
			return;
		transport_write(c, span_make(w->out, n));
	}
}

void transport_send(struct client *c, struct span plain)
{
	struct worker *w = c->worker;
	size_t taken = 0, written = 0;

	if (!ward_conn_send(c->conn, plain.data, plain.len, &taken, w->out, WORKER_OUT_SIZE,
			    &written, NULL) ||
	    taken != plain.len) {
		client_close(c, true);
		return;
	}
	transport_write(c, span_make(w->out, written));
}

uint64_t transport_taken(struct client *c)
{
	size_t waiting = uv_stream_get_write_queue_size((const uv_stream_t *)&c->tcp);
	int unsent = 0;
	uv_os_fd_t fd;

	if (uv_fileno((const uv_handle_t *)&c->tcp, &fd) != 0 || ioctl(fd, SIOCOUTQ, &unsent) != 0)
		unsent = 0;
	waiting += (size_t)unsent;
	return c->written > waiting ? c->written - waiting : 0;
}

/* ---- in ---- */

/* What lies in the loop's buffer: plaintext that was opened already, then what is still sealed. */
struct input {
	struct span plain;
	uint8_t *raw;
	size_t raw_len;
};

static void keep(struct client *c, const struct input *in)
{
	struct ahead *a;

	if (in->plain.len + in->raw_len == 0)
		return;
	a = malloc(sizeof(*a) + in->plain.len + in->raw_len);
	if (a == NULL) {
		client_close(c, true);
		return;
	}
	a->plain_len = in->plain.len;
	a->raw_len = in->raw_len;
	bytes_copy(a->bytes, in->plain.data, in->plain.len);
	bytes_copy(a->bytes + in->plain.len, in->raw, in->raw_len);
	c->ahead = a;
}

static bool takes_input(const struct client *c)
{
	return c->state == CLIENT_HANDSHAKE || c->state == CLIENT_IDLE ||
	       c->state == CLIENT_REQUEST || c->state == CLIENT_ASK;
}

/* ---- what comes before a client has answered who it is ---- */

void transport_drop_aside(struct client *c)
{
	if (c->aside != NULL)
		strbuf_free(c->aside);
	free(c->aside);
	c->aside = NULL;
}

/* A request behind the one that waits. */
static void put_aside(struct client *c, struct span plain)
{
	if (c->aside == NULL) {
		c->aside = malloc(sizeof(*c->aside));
		if (c->aside == NULL) {
			client_close(c, true);
			return;
		}
		*c->aside = strbuf_make(CLIENT_ASIDE_MAX);
	}
	strbuf_add(c->aside, plain);
	if (c->aside->failed)
		exchange_unidentified(c, "too much came before the client's answer");
}

static void take_aside(struct client *c)
{
	size_t n = exchange_take(c, strbuf_span(c->aside));

	c->aside->len -= n;
	memmove(c->aside->data, c->aside->data + n, c->aside->len);
	if (c->aside->len == 0)
		transport_drop_aside(c);
}

/* Gives the plaintext that is there to whom it is for; false if there is none. */
static bool use_plain(struct client *c, struct input *in)
{
	size_t n = in->plain.len;

	if (c->state != CLIENT_ASK && c->aside != NULL) {
		take_aside(c);
		return true;
	}
	if (n == 0)
		return false;
	if (c->state == CLIENT_ASK)
		put_aside(c, in->plain);
	else
		n = exchange_take(c, in->plain);
	in->plain = span_make(in->plain.data + n, in->plain.len - n);
	return true;
}

/* Opens one record, if a whole one is there. False when there is nothing more to do. */
static bool open_record(struct client *c, struct input *in)
{
	struct ward_error err = { 0 };
	struct ward_received got;

	if (c->state == CLIENT_HANDSHAKE || c->state == CLIENT_ASK)
		ward_conn_set_time(c->conn, clock_now());
	if (!ward_conn_receive(c->conn, in->raw, in->raw_len, &got, &err)) {
		client_fail(c, &err);
		return false;
	}
	in->raw += got.used;
	in->raw_len -= got.used;
	in->plain = span_make(got.plain, got.plain_len);
	if (c->state == CLIENT_HANDSHAKE && ward_conn_is_connected(c->conn))
		client_enter(c, CLIENT_IDLE);
	if (c->state == CLIENT_ASK && !ward_conn_certificate_pending(c->conn))
		exchange_identified(c);
	return got.used > 0;
}

static void use(struct client *c, struct input *in)
{
	while (takes_input(c))
		if (!use_plain(c, in) && (in->raw_len == 0 || !open_record(c, in)))
			break;
	if (takes_input(c) && ward_conn_received_close(c->conn)) {
		c->peer_closed = true;
		client_end(c);
	}
	if (takes_input(c) || c->state == CLIENT_ANSWER) {
		keep(c, in);
		transport_flush(c);
	}
	transport_settle(c);
}

void transport_resume(struct client *c)
{
	struct input in = { .raw = c->worker->in };
	struct ahead *a = c->ahead;

	if ((a != NULL || c->aside != NULL) && takes_input(c)) {
		c->ahead = NULL;
		if (a != NULL) {
			bytes_copy(c->worker->in, a->bytes, a->plain_len + a->raw_len);
			in.plain = span_make(c->worker->in, a->plain_len);
			in.raw += a->plain_len;
			in.raw_len = a->raw_len;
		}
		free(a);
		use(c, &in);
	}
	transport_settle(c);
}

/* The part of a record that is there goes in front of what is read now. */
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct client *c = handle->data;
	size_t held = 0;

	(void)suggested;
	if (c->ahead != NULL) {
		held = c->ahead->raw_len;
		bytes_copy(c->worker->in, c->ahead->bytes, held);
	}
	*buf = uv_buf_init((char *)c->worker->in + held, (unsigned int)(WORKER_IN_SIZE - held));
}

/* The peer's end of the connection is closed, or broken. */
static void on_end(struct client *c)
{
	struct ward_error err = { 0 };
	/* Who connects and says nothing only looked whether somebody is there. */
	bool silent = c->state == CLIENT_HANDSHAKE && c->ahead == NULL && c->written == 0;

	c->peer_closed = true;
	if (c->state == CLIENT_HANDSHAKE && !silent && !ward_conn_receive_eof(c->conn, &err))
		client_fail(c, &err);
	else
		client_close(c, false);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct client *c = stream->data;
	struct input in = { .raw = c->worker->in };

	(void)buf;
	if (n == 0)
		return;
	if (n < 0) {
		on_end(c);
		return;
	}
	c->budget = CLIENT_BUDGET;
	if (c->state == CLIENT_LINGER || c->state == CLIENT_ENDING)
		return;
	in.raw_len = (size_t)n;
	if (c->ahead != NULL) {
		in.raw_len += c->ahead->raw_len;
		free(c->ahead);
		c->ahead = NULL;
	}
	use(c, &in);
}

void transport_settle(struct client *c)
{
	bool read = takes_input(c) || c->state == CLIENT_LINGER;

	if (c->state == CLIENT_CLOSED || read == c->reading)
		return;
	c->reading = read;
	if (!read)
		uv_read_stop((uv_stream_t *)&c->tcp);
	else if (uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read) != 0)
		client_close(c, true);
}
