/*
 * A request and its answer.
 *
 * What the system has in memory is looked up and read in the loop itself; where a disk would have to
 * be waited for, a thread of libuv's pool does it. While it does, nobody else touches the exchange;
 * if its connection is gone meanwhile, the end of the work frees it.
 */
#include "serve/answer.h"
#include "serve/client.h"

#include <ward/mutual.h>
#include <ward/raw_key.h>

#include <stdio.h>
#include <stdlib.h>

#include "io/clock.h"

struct exchange {
	uv_work_t work;
	struct client *client; /* NULL when the connection is gone */
	const struct site *site;
	struct http_request *request;
	struct lookup lookup;
	struct response response;
	enum response_progress progress; /* of what was last read */
	bool busy;                       /* in a thread of the pool */
	uint8_t *chunk;                  /* what the pool has read */
	size_t chunk_len;
};

static void exchange_free(struct exchange *x)
{
	http_request_free(x->request);
	lookup_clear(&x->lookup);
	response_clear(&x->response);
	free(x->chunk);
	free(x);
}

void exchange_abandon(struct client *c)
{
	struct exchange *x = c->exchange;

	c->exchange = NULL;
	if (x == NULL)
		return;
	x->client = NULL;
	if (!x->busy)
		exchange_free(x);
}

static struct answer_terms terms_of(const struct client *c)
{
	return (struct answer_terms){
		.site = &c->worker->server->site,
		.now = clock_now(),
		.close = c->worker->stop != WORKER_RUN,
	};
}

/* ---- in a thread of the pool ---- */

static void work_lookup(uv_work_t *work)
{
	struct exchange *x = work->data;

	(void)lookup_run(&x->lookup, x->site, true);
}

static void work_read(uv_work_t *work)
{
	struct exchange *x = work->data;

	x->progress = response_read(&x->response, true, x->chunk, WORKER_PLAIN_SIZE, &x->chunk_len);
}

static void after_work(struct exchange *x);

static void after_lookup(uv_work_t *work, int status)
{
	struct exchange *x = work->data;
	struct answer_terms terms;

	(void)status; /* nothing is cancelled */
	x->busy = false;
	if (x->client != NULL) {
		terms = terms_of(x->client);
		answer_lookup(&x->response, &terms, x->request, &x->lookup);
	}
	after_work(x);
}

static void after_read(uv_work_t *work, int status)
{
	(void)status;
	after_work(work->data);
}

static void after_work(struct exchange *x)
{
	x->busy = false;
	if (x->client == NULL)
		exchange_free(x);
	else
		client_go_on(x->client);
}

static void start_work(struct exchange *x, uv_work_cb run, uv_after_work_cb after)
{
	x->work.data = x;
	x->busy = true;
	if (uv_queue_work(&x->client->worker->loop, &x->work, run, after) == 0)
		return;
	x->busy = false;
	client_close(x->client, true);
}

/* ---- the answer ---- */

static void finish(struct client *c)
{
	struct exchange *x = c->exchange;
	bool end = x->response.close || c->worker->stop != WORKER_RUN;
	struct log_user user = { .cert = ward_conn_peer_cert(c->conn) };
	struct ward_pin pin;

	if (user.cert == NULL && ward_conn_peer_pin(c->conn, &pin))
		user.raw_key = &pin;
	log_access(&c->worker->server->log, &c->peer.any, &user, x->request, x->response.status,
		   x->response.body_len);
	c->exchange = NULL;
	exchange_free(x);
	if (end)
		client_end(c);
	else /* an answer to early data may be done before the handshake is */
		client_enter(c, ward_conn_is_connected(c->conn) ? CLIENT_IDLE : CLIENT_HANDSHAKE);
}

/* Has a thread read on, into a buffer that is held until it is sent. */
static void read_elsewhere(struct exchange *x)
{
	x->chunk = malloc(WORKER_PLAIN_SIZE);
	if (x->chunk == NULL)
		client_close(x->client, true);
	else
		start_work(x, work_read, after_read);
}

/* Sends the next piece. */
static void send_piece(struct client *c)
{
	struct exchange *x = c->exchange;
	uint8_t *plain = c->worker->plain, *chunk = x->chunk;
	size_t n = x->chunk_len;

	if (chunk != NULL)
		plain = chunk;
	else
		x->progress = response_read(&x->response, false, plain, WORKER_PLAIN_SIZE, &n);
	x->chunk = NULL;
	if (n > 0)
		transport_send(c, span_make(plain, n));
	free(chunk);
	if (c->state == CLIENT_CLOSED)
		return;
	if (x->progress == RESPONSE_FAILED) /* the peer sees that it is cut off */
		client_close(c, false);
	else if (x->progress == RESPONSE_WAIT)
		read_elsewhere(x);
}

void exchange_go_on(struct client *c)
{
	while (c->state == CLIENT_ANSWER && c->outgoing == NULL && !c->exchange->busy) {
		if (c->exchange->progress == RESPONSE_END)
			finish(c);
		else
			send_piece(c);
	}
}

/* ---- what is answered ---- */

/* Looks the path up, here or in a thread. */
static void look_up(struct client *c)
{
	struct answer_terms terms = terms_of(c);
	struct exchange *x = c->exchange;

	client_enter(c, CLIENT_ANSWER);
	if (x->lookup.status == 0 && !lookup_run(&x->lookup, x->site, false)) {
		start_work(x, work_lookup, after_lookup);
		return;
	}
	answer_lookup(&x->response, &terms, x->request, &x->lookup);
	exchange_go_on(c);
}

static void forbid(struct client *c, const char *why)
{
	struct answer_terms terms = terms_of(c);
	char text[512];

	snprintf(text, sizeof(text), "This needs a certificate of the client: %s.", why);
	client_enter(c, CLIENT_ANSWER);
	answer_forbidden(&c->exchange->response, &terms, c->exchange->request, text);
	exchange_go_on(c);
}

/* ---- who the client is ---- */

/* By a certificate, or a key without one. */
static bool is_known(const struct client *c)
{
	size_t len;

	return ward_conn_peer_cert(c->conn) != NULL ||
	       ward_conn_peer_raw_key(c->conn, &len) != NULL;
}

/*
 * The request waits, and what comes is listened to, until the client has answered. One that cannot
 * be asked was asked in its handshake.
 */
static void ask(struct client *c)
{
	struct answer_terms terms = terms_of(c);
	struct exchange *x = c->exchange;

	if (!ward_conn_is_connected(c->conn)) {
		answer_too_early(&x->response, &terms, x->request);
		exchange_go_on(c);
	} else if (ward_conn_request_certificate(c->conn, NULL)) {
		client_enter(c, CLIENT_ASK);
	} else {
		forbid(c, "it has shown none in its handshake, and offers to show none afterwards "
			  "(post_handshake_auth of TLS 1.3)");
	}
}

void exchange_identified(struct client *c)
{
	const struct ward_error *fault = ward_conn_verify_error(c->conn);
	char why[384];

	if (is_known(c)) {
		look_up(c);
		return;
	}
	if (fault == NULL) {
		forbid(c, "it has shown none");
		return;
	}
	log_refused(&c->worker->server->log, &c->peer.any, fault);
	snprintf(why, sizeof(why), "%s%s%s", ward_reason_text(fault->reason),
		 fault->detail[0] == '\0' ? "" : ": ", fault->detail);
	forbid(c, why);
}

void exchange_unidentified(struct client *c, const char *why)
{
	c->exchange->request->keep_alive = false;
	c->budget = CLIENT_BUDGET;
	forbid(c, why);
	transport_settle(c);
}

/* ---- the request ---- */

static void start(struct client *c)
{
	struct exchange *x = calloc(1, sizeof(*x));
	struct answer_terms terms = terms_of(c);

	if (x == NULL) {
		client_close(c, true);
		return;
	}
	x->client = c;
	x->site = &c->worker->server->site;
	x->request = c->request;
	/* Until the handshake is done nobody knows that the client itself is there. */
	if (!ward_conn_is_connected(c->conn))
		x->request->may_be_replay = true;
	x->lookup.fd = -1;
	response_init(&x->response);
	c->request = NULL;
	c->exchange = x;
	client_enter(c, CLIENT_ANSWER);
	if (answer_without_lookup(&x->response, &terms, x->request))
		exchange_go_on(c);
	else if (lookup_start(&x->lookup, x->request->target) &&
		 guard_covers(&x->site->guard, &x->lookup.path) && !is_known(c))
		ask(c);
	else
		look_up(c);
}

void exchange_time_out(struct client *c)
{
	c->request->status = 408;
	c->request->keep_alive = false;
	c->budget = CLIENT_BUDGET;
	start(c);
	transport_settle(c);
}

/* RFC 9110, 10.1.1. A body that changes nothing about the answer is not asked for. */
static bool go_on_with_body(struct client *c)
{
	struct http_request *r = c->request;

	if (!r->expect_continue)
		return true;
	if (r->method == HTTP_METHOD_OTHER) {
		r->keep_alive = false;
		return false;
	}
	if (c->outgoing == NULL)
		transport_send(c, SPAN_LITERAL("HTTP/1.1 100 Continue\r\n\r\n"));
	return true;
}

size_t exchange_take(struct client *c, struct span plain)
{
	enum request_progress progress;
	size_t used;

	if (c->request == NULL) {
		c->request = http_request_new();
		if (c->request == NULL) {
			client_close(c, true);
			return 0;
		}
		client_enter(c, CLIENT_REQUEST);
	}
	progress = http_request_feed(c->request, plain, &used);
	if (progress == REQUEST_MORE)
		return used;
	if (progress == REQUEST_BODY && go_on_with_body(c))
		return used;
	start(c);
	return used;
}
