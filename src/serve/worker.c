/*
 * One loop in one thread.
 *
 * Clients are accepted here rather than by uv_listen, which on a lack of descriptors takes clients
 * off the queue only to close them.
 */
#include "serve/worker.h"

#include "serve/client.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ACCEPT_BURST = 32 };

/* ---- accepting ---- */

static void on_acceptable(uv_poll_t *poll, int status, int events);

static void set_accepting(struct worker *w, bool accepting)
{
	if (w->accepting == accepting)
		return;
	w->accepting = accepting;
	for (size_t i = 0; i < w->listener_count; i++) {
		if (accepting)
			uv_poll_start(&w->listeners[i].poll, UV_READABLE, on_acceptable);
		else
			uv_poll_stop(&w->listeners[i].poll);
	}
}

/* Ends the one that can best be done without; false if all are at work. */
static bool drop_idle(struct worker *w)
{
	struct client *c = TAILQ_FIRST(&w->idle);

	if (c == NULL)
		return false;
	client_drop(c);
	return true;
}

/* Waits until a client is gone, or the next tick. */
static void pause_accepting(struct worker *w, const char *why)
{
	set_accepting(w, false);
	if (!w->said_full)
		log_note(&w->server->log, "new clients wait: %s", why);
	w->said_full = true;
}

/* What the attempt to accept failed with. True: try again. */
static bool after_failed_accept(struct worker *w, int error)
{
	switch (error) {
	case EAGAIN:
		return false;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		if (drop_idle(w))
			return true;
		pause_accepting(w, "no descriptors or memory are left");
		return false;
	default: /* the client is gone already, or the network below it is */
		return true;
	}
}

static void on_acceptable(uv_poll_t *poll, int status, int events)
{
	struct listener *l = poll->data;
	struct worker *w = l->worker;

	(void)status;
	(void)events;
	for (int i = 0; i < ACCEPT_BURST; i++) {
		struct sockaddr_storage peer = { 0 };
		socklen_t len = sizeof(peer);
		int fd;

		if (w->count >= w->most && !drop_idle(w)) {
			pause_accepting(w, "there are as many connections as allowed");
			return;
		}
		fd = accept4(l->fd, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd >= 0)
			client_accept(w, fd, (struct sockaddr *)&peer, len);
		else if (!after_failed_accept(w, errno))
			return;
	}
}

void worker_client_closed(struct worker *w)
{
	if (w->stop == WORKER_RUN)
		set_accepting(w, true);
}

/* ---- ticking ---- */

static void tick_list(struct client_list *list, uint64_t now)
{
	struct client *c = TAILQ_FIRST(list), *next;

	for (; c != NULL; c = next) {
		next = TAILQ_NEXT(c, link);
		client_tick(c, now);
	}
}

static void close_all(struct worker *w)
{
	struct client *c;

	while ((c = TAILQ_FIRST(&w->active)) != NULL)
		client_close(c, true);
	while ((c = TAILQ_FIRST(&w->idle)) != NULL)
		client_close(c, false);
}

static void end_loop(struct worker *w)
{
	uv_mutex_lock(&w->lock);
	w->over = true;
	uv_mutex_unlock(&w->lock);
	uv_close((uv_handle_t *)&w->wake, NULL);
	uv_close((uv_handle_t *)&w->tick, NULL);
}

static void on_tick(uv_timer_t *timer)
{
	struct worker *w = timer->data;
	uint64_t now = uv_now(&w->loop);

	tick_list(&w->active, now);
	tick_list(&w->idle, now);
	if (w->stop == WORKER_RUN) {
		w->said_full = w->said_full && !w->accepting;
		set_accepting(w, true);
		return;
	}
	if (w->stop == WORKER_END || now >= w->stop_by)
		close_all(w);
	if (w->count == 0 && !w->over)
		end_loop(w);
}

/* ---- stopping ---- */

static void on_listener_closed(uv_handle_t *handle)
{
	struct listener *l = handle->data;

	close(l->fd);
	l->fd = -1;
}

static void stop_listening(struct worker *w)
{
	set_accepting(w, false);
	for (size_t i = 0; i < w->listener_count; i++)
		uv_close((uv_handle_t *)&w->listeners[i].poll, on_listener_closed);
}

static void on_wake(uv_async_t *wake)
{
	struct worker *w = wake->data;
	enum worker_stop asked = (enum worker_stop)atomic_load(&w->asked);
	struct client *c, *next;

	if (w->stop == WORKER_RUN && asked != WORKER_RUN) {
		w->stop = asked;
		w->stop_by = uv_now(&w->loop) + (uint64_t)w->server->limits.stop_ms;
		stop_listening(w);
		for (c = TAILQ_FIRST(&w->active); c != NULL; c = next) {
			next = TAILQ_NEXT(c, link);
			client_stop(c);
		}
		for (c = TAILQ_FIRST(&w->idle); c != NULL; c = next) {
			next = TAILQ_NEXT(c, link);
			client_stop(c);
		}
	}
	w->stop = asked;
	/* From now on it looks often: nobody likes to wait for a program that ends. */
	uv_timer_start(&w->tick, on_tick, 0, WORKER_TICK_MS / 10);
}

void worker_ask_stop(struct worker *w, enum worker_stop how)
{
	uv_mutex_lock(&w->lock);
	atomic_store(&w->asked, how);
	if (!w->over)
		uv_async_send(&w->wake);
	uv_mutex_unlock(&w->lock);
}

/* ---- making and running ---- */

static bool make_buffers(struct worker *w)
{
	w->in = malloc(WORKER_IN_SIZE);
	w->plain = malloc(WORKER_PLAIN_SIZE);
	w->out = malloc(WORKER_OUT_SIZE);
	return w->in != NULL && w->plain != NULL && w->out != NULL;
}

static bool add_listener(struct worker *w, int fd)
{
	struct listener *l = &w->listeners[w->listener_count];

	l->worker = w;
	l->fd = fd;
	if (uv_poll_init(&w->loop, &l->poll, fd) != 0)
		return false;
	l->poll.data = l;
	w->listener_count++;
	return true;
}

static bool make_handles(struct worker *w, struct listen_set *listen)
{
	if (uv_async_init(&w->loop, &w->wake, on_wake) != 0 ||
	    uv_timer_init(&w->loop, &w->tick) != 0)
		return false;
	w->wake.data = w;
	w->tick.data = w;
	while (listen->count > 0 && w->listener_count < LISTEN_ADDRESSES_MAX) {
		if (!add_listener(w, listen->fds[listen->count - 1]))
			return false;
		listen->count--;
	}
	return true;
}

bool worker_init(struct worker *w, const struct server *server, struct listen_set *listen,
		 unsigned int most, struct ward_error *err)
{
	*w = (struct worker){ .server = server, .most = most };
	TAILQ_INIT(&w->idle);
	TAILQ_INIT(&w->active);
	if (uv_mutex_init(&w->lock) != 0)
		return FAIL(err, NO_MEMORY);
	if (uv_loop_init(&w->loop) != 0) {
		uv_mutex_destroy(&w->lock);
		return FAIL(err, NO_MEMORY);
	}
	if (make_buffers(w) && make_handles(w, listen))
		return true;
	worker_free(w);
	return FAIL(err, NO_MEMORY);
}

static void close_handle(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (!uv_is_closing(handle))
		uv_close(handle, handle->type == UV_POLL ? on_listener_closed : NULL);
}

void worker_free(struct worker *w)
{
	/* Nothing is left unless it never ran. */
	uv_walk(&w->loop, close_handle, NULL);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	uv_loop_close(&w->loop);
	uv_mutex_destroy(&w->lock);
	free(w->in);
	free(w->plain);
	free(w->out);
}

void worker_run(struct worker *w)
{
	set_accepting(w, true);
	uv_timer_start(&w->tick, on_tick, WORKER_TICK_MS, WORKER_TICK_MS);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	w->ended(w->ended_arg);
}
