/*
 * The life of a connection: states, deadlines, ending.
 *
 * Every state has an end in time. An answer has none as a whole, since files may be large and lines
 * thin; its peer must take a least number of bytes in each stretch of time instead.
 */
#include "serve/client.h"

#include "io/clock.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- states ---- */

static struct client_list *list_of(struct client *c)
{
	bool idle = c->state == CLIENT_IDLE || c->state == CLIENT_LINGER;

	return idle ? &c->worker->idle : &c->worker->active;
}

static uint64_t after(const struct client *c, int ms)
{
	return uv_now(&c->worker->loop) + (uint64_t)ms;
}

static uint64_t deadline_of(const struct client *c)
{
	const struct serve_limits *limits = &c->worker->server->limits;

	switch (c->state) {
	case CLIENT_HANDSHAKE:
	case CLIENT_ASK:
		return after(c, limits->handshake_ms);
	case CLIENT_IDLE:
		return after(c, limits->idle_ms);
	case CLIENT_REQUEST:
		return after(c, limits->request_ms);
	case CLIENT_ENDING:
		return after(c, CLIENT_ENDING_MS);
	case CLIENT_LINGER:
		return after(c, CLIENT_LINGER_MS);
	case CLIENT_ANSWER:
	case CLIENT_CLOSED:
		break;
	}
	return UINT64_MAX;
}

void client_enter(struct client *c, enum client_state state)
{
	TAILQ_REMOVE(list_of(c), c, link);
	c->state = state;
	if (state == CLIENT_LINGER)
		TAILQ_INSERT_HEAD(list_of(c), c, link);
	else if (state != CLIENT_CLOSED)
		TAILQ_INSERT_TAIL(list_of(c), c, link);
	c->deadline = deadline_of(c);
}

/* ---- the beginning ---- */

static void on_closed(uv_handle_t *handle)
{
	struct client *c = handle->data;

	ward_conn_free(c->conn);
	http_request_free(c->request);
	free(c->ahead);
	transport_drop_aside(c);
	free(c);
}

void client_accept(struct worker *w, int fd, const struct sockaddr *peer, socklen_t peer_len)
{
	struct client *c = calloc(1, sizeof(*c));

	if (c == NULL || uv_tcp_init(&w->loop, &c->tcp) != 0) {
		free(c);
		close(fd);
		return;
	}
	c->worker = w;
	c->tcp.data = c;
	c->budget = CLIENT_BUDGET;
	bytes_copy(&c->peer, peer, peer_len < sizeof(c->peer) ? peer_len : sizeof(c->peer));
	c->state = CLIENT_HANDSHAKE;
	c->deadline = deadline_of(c);
	TAILQ_INSERT_TAIL(&w->active, c, link);
	w->count++;
	if (uv_tcp_open(&c->tcp, fd) != 0) {
		close(fd);
		client_close(c, false);
		return;
	}
	(void)uv_tcp_nodelay(&c->tcp, 1);
	c->conn = ward_conn_new(w->server->config, NULL, clock_now(), NULL);
	if (c->conn == NULL)
		client_close(c, true);
	transport_settle(c);
}

/* ---- the end ---- */

void client_close(struct client *c, bool reset)
{
	if (c->state == CLIENT_CLOSED)
		return;
	client_enter(c, CLIENT_CLOSED);
	c->worker->count--;
	exchange_abandon(c);
	if (!reset || uv_tcp_close_reset(&c->tcp, on_closed) != 0)
		uv_close((uv_handle_t *)&c->tcp, on_closed);
	worker_client_closed(c->worker);
}

/* All is sent. Closing while the peer's bytes lie unread would reset the connection, and take from
 * the peer what it has not read yet. */
static void linger(struct client *c)
{
	uv_os_fd_t fd;

	if (c->peer_closed || uv_fileno((const uv_handle_t *)&c->tcp, &fd) != 0 ||
	    shutdown(fd, SHUT_WR) != 0) {
		client_close(c, false);
		return;
	}
	client_enter(c, CLIENT_LINGER);
	transport_settle(c);
}

static void end_when_sent(struct client *c)
{
	transport_flush(c);
	if (c->state == CLIENT_ENDING && c->outgoing == NULL)
		linger(c);
}

static void enter_ending(struct client *c)
{
	client_enter(c, CLIENT_ENDING);
	free(c->ahead);
	c->ahead = NULL;
	transport_settle(c);
}

void client_end(struct client *c)
{
	enter_ending(c);
	ward_conn_close(c->conn);
	end_when_sent(c);
}

void client_drop(struct client *c)
{
	if (c->state == CLIENT_IDLE && c->outgoing == NULL) {
		ward_conn_close(c->conn);
		transport_flush(c);
	}
	client_close(c, false);
}

/* Who speaks plain HTTP understands no alert. */
static void answer_plain_http(struct client *c)
{
	static const char answer[] =
		"HTTP/1.1 400 Bad Request\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n"
		"Content-Length: 79\r\n"
		"Connection: close\r\n"
		"\r\n"
		"This port speaks HTTPS, not plain HTTP: put https:// in front of the address.\r\n";

	while (ward_conn_output(c->conn, c->worker->out, WORKER_OUT_SIZE) > 0)
		continue; /* the alert is dropped */
	if (c->outgoing == NULL)
		transport_write(c, SPAN_LITERAL(answer));
}

void client_fail(struct client *c, const struct ward_error *err)
{
	if (c->state == CLIENT_HANDSHAKE || c->state == CLIENT_ASK)
		log_handshake(&c->worker->server->log, &c->peer.any, c->conn, err);
	enter_ending(c);
	if (err->reason == WARD_E_PLAIN_HTTP)
		answer_plain_http(c);
	if (c->state == CLIENT_ENDING)
		end_when_sent(c);
}

void client_stop(struct client *c)
{
	if (c->state == CLIENT_IDLE)
		client_end(c);
	else if (c->state == CLIENT_HANDSHAKE)
		client_close(c, false);
}

/* ---- going on ---- */

void client_go_on(struct client *c)
{
	c->budget = CLIENT_BUDGET;
	if (c->state == CLIENT_ANSWER)
		exchange_go_on(c);
	else if (c->state == CLIENT_ENDING)
		end_when_sent(c);
	else
		transport_flush(c);
	transport_resume(c);
}

/* Whether the peer takes what it is sent at the least speed. */
static bool fast_enough(struct client *c, uint64_t now)
{
	uint64_t least = (uint64_t)c->worker->server->limits.rate * CLIENT_RATE_WINDOW_MS / 1000;
	uint64_t taken;

	if (c->outgoing == NULL || now - c->mark_at < CLIENT_RATE_WINDOW_MS)
		return true;
	taken = transport_taken(c);
	if (taken - c->mark < least)
		return false;
	c->mark = taken;
	c->mark_at = now;
	return true;
}

static void time_out(struct client *c)
{
	struct ward_error err = { 0 };

	switch (c->state) {
	case CLIENT_HANDSHAKE:
		FAILF(&err, TIMED_OUT, "the handshake was not done after %d ms",
		      c->worker->server->limits.handshake_ms);
		log_handshake(&c->worker->server->log, &c->peer.any, c->conn, &err);
		client_close(c, c->outgoing != NULL);
		return;
	case CLIENT_IDLE:
		client_end(c);
		return;
	case CLIENT_REQUEST:
		exchange_time_out(c);
		return;
	case CLIENT_ASK:
		exchange_unidentified(c, "the client did not answer in time");
		return;
	case CLIENT_ANSWER:
	case CLIENT_ENDING:
	case CLIENT_LINGER:
	case CLIENT_CLOSED:
		client_close(c, c->outgoing != NULL);
		return;
	}
}

void client_tick(struct client *c, uint64_t now)
{
	if (now >= c->deadline)
		time_out(c);
	else if (!fast_enough(c, now))
		client_close(c, true);
}
