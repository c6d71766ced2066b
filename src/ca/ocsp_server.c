/*
 * The OCSP responder's loop.
 *
 * A client is read only while nothing is on its way to it, so what it asks for without reading the
 * answers stays in the sockets. Answers are made at once: one costs a look into a table and a
 * signature.
 */
#include "ca/ocsp_server.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include <uv.h>

#include "base/error.h"
#include "ca/ocsp_http.h"
#include "io/clock.h"
#include "serve/listen.h"

enum {
	READ_SIZE = 16 * 1024,
	TICK_MS = 250,
	ACCEPT_BURST = 64,
	STOP_MS = 5000,
	LINGER_MS = 2000,
	SIGNALS = 3
};

TAILQ_HEAD(ocsp_clients, ocsp_client);

struct ocsp_server {
	struct responder *responder;
	bool in_trouble;
	const struct ocsp_server_options *options;
	uv_loop_t loop;
	uv_poll_t listeners[LISTEN_ADDRESSES_MAX];
	int fds[LISTEN_ADDRESSES_MAX];
	size_t listener_count;
	uv_signal_t signals[SIGNALS];
	uv_timer_t tick;
	struct ocsp_clients clients; /* that which was active last comes last */
	unsigned int count;
	bool stopping;
	uint64_t stop_by;
	char in[READ_SIZE];
	uint8_t der[OCSP_HTTP_BODY_MAX];
};

struct ocsp_client {
	uv_tcp_t tcp;
	uv_write_t write;
	uv_shutdown_t shutdown;
	struct ocsp_server *server;
	TAILQ_ENTRY(ocsp_client) link;
	struct http_request *request;
	uint8_t *body;
	uint64_t deadline;
	struct strbuf out; /* on its way while `writing` */
	bool writing, ending, lingering, closed;
};

/* ---- a client's end ---- */

static void on_closed(uv_handle_t *handle)
{
	struct ocsp_client *c = handle->data;

	http_request_free(c->request);
	strbuf_free(&c->out);
	free(c->body);
	free(c);
}

static void client_close(struct ocsp_client *c)
{
	if (c->closed)
		return;
	c->closed = true;
	TAILQ_REMOVE(&c->server->clients, c, link);
	c->server->count--;
	uv_close((uv_handle_t *)&c->tcp, on_closed);
}

static void client_active(struct ocsp_client *c, int ms)
{
	TAILQ_REMOVE(&c->server->clients, c, link);
	TAILQ_INSERT_TAIL(&c->server->clients, c, link);
	c->deadline = uv_now(&c->server->loop) + (uint64_t)ms;
}

/* ---- answers ---- */

enum { OUT_MAX = 4 * 1024 * 1024 };

/* A fresh request, with room for a body. */
static bool expect_request(struct ocsp_client *c)
{
	http_request_free(c->request);
	c->request = http_request_new();
	if (c->request == NULL)
		return false;
	c->request->body = c->body;
	c->request->body_cap = OCSP_HTTP_BODY_MAX;
	return true;
}

static void refuse(struct ocsp_client *c, int status)
{
	ocsp_http_refuse(&c->out, status);
	c->ending = true;
}

/* Who runs it is told once, not for each client that asks. */
static void tell_trouble(struct ocsp_server *s, const struct ward_error *trouble)
{
	bool before = s->in_trouble;

	s->in_trouble = error_is_set(trouble);
	if (s->in_trouble && !before && s->options->on_trouble != NULL)
		s->options->on_trouble(trouble);
}

static void answer(struct ocsp_client *c)
{
	struct ocsp_server *s = c->server;
	bool keep_alive = c->request->keep_alive && !s->stopping;
	struct responder_answer a;
	size_t len;
	int status = ocsp_http_read(c->request, s->options->prefix, s->der, &len);

	if (status != 0) {
		refuse(c, status);
		return;
	}
	a = responder_answer(s->responder, s->der, len, clock_now());
	tell_trouble(s, &a.trouble);
	if (a.response != NULL)
		ocsp_http_answer(&c->out, &a, keep_alive);
	else
		refuse(c, 500);
	ward_ocsp_response_free(a.response);
	c->ending = c->ending || !keep_alive;
}

static void take(struct ocsp_client *c, struct span data)
{
	while (data.len > 0 && !c->ending) {
		size_t used = 0;

		switch (http_request_feed(c->request, data, &used)) {
		case REQUEST_MORE:
			break;
		case REQUEST_BODY:
			if (c->request->expect_continue)
				strbuf_string(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
			break;
		case REQUEST_DONE:
			answer(c);
			if (!expect_request(c))
				c->ending = c->out.failed = true;
			break;
		case REQUEST_REFUSED:
			refuse(c, c->request->status);
			break;
		}
		data = span_make(data.data + used, data.len - used);
	}
}

/* ---- bytes ---- */

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf);
static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);

/*
 * Lets the client read the last answer: if it were still sending when the socket is closed, the
 * system would take that answer back (RFC 9112, 9.6). What comes now is dropped.
 */
static void linger(struct ocsp_client *c)
{
	c->lingering = true;
	client_active(c, LINGER_MS);
	if (uv_shutdown(&c->shutdown, (uv_stream_t *)&c->tcp, NULL) != 0 ||
	    uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read) != 0)
		client_close(c);
}

static void on_written(uv_write_t *write, int status)
{
	struct ocsp_client *c = write->data;

	c->writing = false;
	if (c->closed)
		return;
	strbuf_free(&c->out);
	if (status == 0 && c->ending)
		linger(c);
	else if (status != 0 || uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read) != 0)
		client_close(c);
	else
		client_active(c, http_request_started(c->request) ? OCSP_REQUEST_MS : OCSP_IDLE_MS);
}

static void send_out(struct ocsp_client *c)
{
	uv_buf_t buf;

	if (c->out.failed) {
		client_close(c);
		return;
	}
	if (c->out.len == 0)
		return;
	uv_read_stop((uv_stream_t *)&c->tcp);
	buf = uv_buf_init(c->out.data, (unsigned int)c->out.len);
	c->write.data = c;
	client_active(c, OCSP_REQUEST_MS);
	if (uv_write(&c->write, (uv_stream_t *)&c->tcp, &buf, 1, on_written) != 0)
		client_close(c);
	else
		c->writing = true;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct ocsp_client *c = handle->data;

	(void)suggested;
	*buf = uv_buf_init(c->server->in, READ_SIZE);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct ocsp_client *c = stream->data;
	bool before = http_request_started(c->request);

	if (n < 0) {
		client_close(c);
		return;
	}
	if (n == 0 || c->lingering)
		return;
	take(c, span_make(buf->base, (size_t)n));
	/* The time for a request runs from its first byte, however slowly the others come. */
	if (!before)
		client_active(c, OCSP_REQUEST_MS);
	send_out(c);
}

/* ---- accepting ---- */

static void client_accept(struct ocsp_server *s, int fd)
{
	struct ocsp_client *c = calloc(1, sizeof(*c));

	if (c == NULL || uv_tcp_init(&s->loop, &c->tcp) != 0) {
		free(c);
		close(fd);
		return;
	}
	c->server = s;
	c->tcp.data = c;
	c->out = strbuf_make(OUT_MAX);
	c->deadline = uv_now(&s->loop) + OCSP_IDLE_MS;
	c->body = malloc(OCSP_HTTP_BODY_MAX);
	TAILQ_INSERT_TAIL(&s->clients, c, link);
	s->count++;
	if (uv_tcp_open(&c->tcp, fd) != 0) {
		close(fd);
		client_close(c);
		return;
	}
	if (c->body == NULL || !expect_request(c) ||
	    uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read) != 0)
		client_close(c);
}

static void on_acceptable(uv_poll_t *poll, int status, int events)
{
	struct ocsp_server *s = poll->data;
	uv_os_fd_t listener;

	(void)status;
	(void)events;
	if (uv_fileno((uv_handle_t *)poll, &listener) != 0)
		return;
	for (int i = 0; i < ACCEPT_BURST; i++) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		bool full = s->count >= OCSP_CLIENTS_MAX ||
			    (fd < 0 && (errno == EMFILE || errno == ENFILE));

		/* A closed one gives its descriptor back in the next turn of the loop. */
		if (full && !TAILQ_EMPTY(&s->clients))
			client_close(TAILQ_FIRST(&s->clients));
		if (fd < 0)
			return;
		client_accept(s, fd);
	}
}

/* ---- time, and the end ---- */

static void close_all(struct ocsp_server *s)
{
	while (!TAILQ_EMPTY(&s->clients))
		client_close(TAILQ_FIRST(&s->clients));
}

static void close_handle(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static void on_tick(uv_timer_t *timer)
{
	struct ocsp_server *s = timer->data;
	struct ocsp_client *c, *next;
	uint64_t now = uv_now(&s->loop);

	for (c = TAILQ_FIRST(&s->clients); c != NULL; c = next) {
		next = TAILQ_NEXT(c, link);
		if (now >= c->deadline || (s->stopping && !c->writing))
			client_close(c);
	}
	if (s->stopping && now >= s->stop_by)
		close_all(s);
	if (s->stopping && s->count == 0)
		uv_walk(&s->loop, close_handle, NULL);
}

static void on_signal(uv_signal_t *signal, int number)
{
	struct ocsp_server *s = signal->data;

	if (number == SIGHUP) {
		responder_reread(s->responder);
		return;
	}
	if (s->stopping)
		close_all(s);
	s->stopping = true;
	s->stop_by = uv_now(&s->loop) + STOP_MS;
	for (size_t i = 0; i < s->listener_count; i++)
		uv_poll_stop(&s->listeners[i]);
	uv_timer_start(&s->tick, on_tick, 0, TICK_MS / 5);
}

/* ---- running ---- */

static bool watch(struct ocsp_server *s, struct listen_set *set)
{
	static const int numbers[SIGNALS] = { SIGTERM, SIGINT, SIGHUP };

	for (size_t i = 0; i < SIGNALS; i++) {
		if (uv_signal_init(&s->loop, &s->signals[i]) != 0)
			return false;
		s->signals[i].data = s;
		if (uv_signal_start(&s->signals[i], on_signal, numbers[i]) != 0)
			return false;
	}
	if (uv_timer_init(&s->loop, &s->tick) != 0)
		return false;
	s->tick.data = s;
	uv_timer_start(&s->tick, on_tick, TICK_MS, TICK_MS);
	for (; s->listener_count < set->count; s->listener_count++) {
		uv_poll_t *poll = &s->listeners[s->listener_count];

		if (uv_poll_init(&s->loop, poll, set->fds[s->listener_count]) != 0)
			return false;
		poll->data = s;
		uv_poll_start(poll, UV_READABLE, on_acceptable);
	}
	return true;
}

static void tell(const struct ocsp_server_options *o, const struct listen_at *at, unsigned int port)
{
	const char *host = at->host[0] == '\0' ? "localhost" : at->host;
	bool literal = strchr(host, ':') != NULL;

	if (o->out == NULL)
		return;
	fprintf(o->out, "Answering at http://%s%s%s:%u%s\n", literal ? "[" : "", host,
		literal ? "]" : "", port, o->prefix);
	fflush(o->out);
}

static bool run(struct ocsp_server *s, struct ward_error *err)
{
	struct listen_set set = { .count = 0 };
	struct listen_at at;
	unsigned int port = 0;
	bool ok = listen_parse(s->options->listen, &at, err) &&
		  listen_open(&at, &set, 1, &port, err) && (watch(s, &set) || FAIL(err, NO_MEMORY));

	if (ok)
		tell(s->options, &at, port);
	else
		uv_walk(&s->loop, close_handle, NULL);
	uv_run(&s->loop, UV_RUN_DEFAULT);
	listen_close(&set);
	return ok;
}

bool ocsp_server_run(struct responder *responder, const struct ocsp_server_options *options,
		     struct ward_error *err)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	struct ocsp_server *s = calloc(1, sizeof(*s));
	bool ok;

	if (s == NULL || uv_loop_init(&s->loop) != 0) {
		free(s);
		return FAIL(err, NO_MEMORY);
	}
	s->responder = responder;
	s->options = options;
	TAILQ_INIT(&s->clients);
	sigaction(SIGPIPE, &ignore, &before);
	ok = run(s, err);
	uv_loop_close(&s->loop);
	sigaction(SIGPIPE, &before, NULL);
	free(s);
	return ok;
}
