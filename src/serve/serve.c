/*
 * The HTTPS file server as a whole: set up, run, stop.
 *
 * The calling thread waits for signals; each loop has a thread of its own.
 */
#include "serve/serve.h"

#include "serve/devca.h"
#include "serve/tls_setup.h"
#include "serve/worker.h"

#include <ward/session.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { SIGNAL_COUNT = 3, OTHER_DESCRIPTORS = 128 };

struct service {
	const struct serve_options *options;
	struct server server;
	struct devca devca;
	struct ward_ticket_keys *ticket_keys; /* those of a file; NULL: the config has its own */
	struct listen_at at;
	struct listen_set *listen;
	unsigned int port;
	struct worker *workers;
	size_t worker_count; /* that are made */
	atomic_size_t running;

	uv_loop_t loop;
	uv_signal_t signals[SIGNAL_COUNT];
	uv_async_t done;
	enum worker_stop stop;
	bool terminal; /* one controls this process, which ends with it */
};

/* ---- limits ---- */

static void set_default(int *value, int otherwise)
{
	if (*value == 0)
		*value = otherwise;
}

/* Each connection may have its socket and a file. */
static rlim_t connections_for(rlim_t descriptors)
{
	return descriptors > OTHER_DESCRIPTORS + 2 ? (descriptors - OTHER_DESCRIPTORS) / 2 : 1;
}

static unsigned int default_connections(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max == RLIM_INFINITY ||
	    connections_for(limit.rlim_max) > 10000)
		return 10000;
	return (unsigned int)connections_for(limit.rlim_max);
}

struct serve_limits serve_limits_default(const struct serve_limits *limits)
{
	struct serve_limits l = *limits;

	if (l.threads == 0)
		l.threads = uv_available_parallelism();
	if (l.threads > SERVE_THREADS_MAX)
		l.threads = SERVE_THREADS_MAX;
	if (l.connections == 0)
		l.connections = default_connections();
	if (l.threads > l.connections)
		l.threads = l.connections;
	set_default(&l.handshake_ms, 10 * 1000);
	set_default(&l.request_ms, 20 * 1000);
	set_default(&l.idle_ms, 60 * 1000);
	set_default(&l.stop_ms, 10 * 1000);
	set_default(&l.rate, 1024);
	return l;
}

static bool check_limits(const struct serve_limits *l, struct ward_error *err)
{
	const int times[] = { l->handshake_ms, l->request_ms, l->idle_ms, l->stop_ms };

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (times[i] < 0 || times[i] > SERVE_TIME_MAX_MS)
			return FAILF(err, BAD_ARGUMENT, "a time is outside of 0 to 24 hours");
	if (l->connections > SERVE_CONNECTIONS_MAX)
		return FAILF(err, BAD_ARGUMENT, "at most %d connections", SERVE_CONNECTIONS_MAX);
	if (l->rate < 0)
		return FAILF(err, BAD_ARGUMENT, "the least rate is below 0");
	return true;
}

/* Raises the soft limit of descriptors as far as is needed and allowed. */
static bool allow_descriptors(const struct serve_limits *l, struct ward_error *err)
{
	rlim_t need = (rlim_t)l->connections * 2 + OTHER_DESCRIPTORS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= need)
		return true;
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < need) {
		if (connections_for(limit.rlim_max) < l->connections)
			return FAILF(err, BAD_ARGUMENT,
				     "%u connections need %ju descriptors, and %ju are allowed",
				     l->connections, (uintmax_t)need, (uintmax_t)limit.rlim_max);
		need = limit.rlim_max;
	}
	limit.rlim_cur = need;
	return setrlimit(RLIMIT_NOFILE, &limit) == 0 ||
	       FAIL_SYSTEM(err, BAD_ARGUMENT, "raising the limit of descriptors");
}

/* ---- stopping ---- */

static void on_signal(uv_signal_t *signal, int number)
{
	struct service *s = signal->data;

	(void)number;
	s->stop = s->stop == WORKER_RUN ? WORKER_FINISH : WORKER_END;
	for (size_t i = 0; i < s->worker_count; i++)
		worker_ask_stop(&s->workers[i], s->stop);
}

/* Whether a terminal controls this process. */
static bool has_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* As nohup(1) has it. */
static bool hangup_is_ignored(void)
{
	struct sigaction now;

	return sigaction(SIGHUP, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

/* ---- the config ---- */

/* The host that the development CA's certificate is for, beside this machine. */
static const char *host_of(const struct service *s)
{
	return s->at.host[0] == '\0' ? NULL : s->at.host;
}

/* One ring is kept, so that what it sealed before is good after its file has changed. */
static bool load_ticket_keys(struct service *s, struct ward_error *err)
{
	const char *path = s->options->ticket_keys;

	if (path == NULL)
		return true;
	if (s->ticket_keys == NULL)
		s->ticket_keys = ward_ticket_keys_new(0, err);
	return s->ticket_keys != NULL && ward_ticket_keys_load(s->ticket_keys, path, err);
}

static bool make_config(struct service *s, struct ward_error *err)
{
	if (!load_ticket_keys(s, err))
		return false;
	s->server.config = tls_setup(s->options, host_of(s), s->ticket_keys, &s->devca, err);
	return s->server.config != NULL;
}

/* Reads the files again. Connections that live go on with what they had. */
static bool reload(struct service *s, char *what, size_t size, struct ward_error *err)
{
	struct devca devca = { 0 };
	struct ward_config *fresh = tls_setup(s->options, host_of(s), s->ticket_keys, &devca, err);
	bool ok = fresh != NULL && load_ticket_keys(s, err) &&
		  ward_config_replace(s->server.config, fresh, err);

	if (ok)
		tls_setup_describe(fresh, what, size);
	ward_config_free(fresh);
	devca_close(&devca);
	return ok;
}

static void on_reload(uv_signal_t *signal, int number)
{
	struct service *s = signal->data;
	struct ward_error err = { 0 };
	char text[512];

	if (s->terminal && !has_terminal()) {
		on_signal(signal, number); /* it is closed: there is nobody to serve for */
		return;
	}
	if (reload(s, text, sizeof(text), &err))
		log_note(&s->server.log, "read again: new connections get %s", text);
	else
		log_note(&s->server.log,
			 "not read again, new connections get what was read before: %s",
			 ward_error_text(&err, text, sizeof(text)));
}

static bool make_site(struct service *s, const struct serve_options *o, struct ward_error *err)
{
	struct site *site = &s->server.site;

	if (o->hsts > SERVE_HSTS_MAX)
		return FAILF(err, BAD_ARGUMENT, "HSTS for more than %d seconds", SERVE_HSTS_MAX);
	for (size_t i = 0; i < o->guarded_count; i++)
		if (!guard_add(&site->guard, o->guarded[i], err))
			return false;
	site->hidden = o->hidden;
	site->hsts = o->hsts;
	if (!files_root_open(&site->root, o->dir, err))
		return false;
	site->mime = mime_table_system();
	return site->mime != NULL || FAIL(err, NO_MEMORY);
}

/* ---- signals ---- */

static void on_worker_ended(void *arg)
{
	struct service *s = arg;

	if (atomic_fetch_sub(&s->running, 1) == 1)
		uv_async_send(&s->done);
}

static void on_done(uv_async_t *done)
{
	struct service *s = done->data;

	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		uv_close((uv_handle_t *)&s->signals[i], NULL);
	uv_close((uv_handle_t *)&s->done, NULL);
}

static bool watch_signals(struct service *s, struct ward_error *err)
{
	static const struct {
		int number;
		uv_signal_cb fn;
	} signals[SIGNAL_COUNT] = { { SIGTERM, on_signal },
				    { SIGINT, on_signal },
				    { SIGHUP, on_reload } };

	if (uv_async_init(&s->loop, &s->done, on_done) != 0)
		return FAIL(err, NO_MEMORY);
	s->done.data = s;
	for (size_t i = 0; i < SIGNAL_COUNT; i++) {
		if (uv_signal_init(&s->loop, &s->signals[i]) != 0)
			return FAIL(err, NO_MEMORY);
		s->signals[i].data = s;
		if (uv_signal_start(&s->signals[i], signals[i].fn, signals[i].number) != 0)
			return FAIL(err, NO_MEMORY);
	}
	return true;
}

/* ---- running ---- */

static bool make_workers(struct service *s, struct ward_error *err)
{
	const struct serve_limits *l = &s->server.limits;

	s->workers = calloc(l->threads, sizeof(*s->workers));
	s->listen = calloc(l->threads, sizeof(*s->listen));
	if (s->workers == NULL || s->listen == NULL)
		return FAIL(err, NO_MEMORY);
	if (!listen_open(&s->at, s->listen, l->threads, &s->port, err))
		return false;
	while (s->worker_count < l->threads) {
		unsigned int most = (unsigned int)((l->connections + l->threads - 1) / l->threads);
		struct worker *w = &s->workers[s->worker_count];

		if (!worker_init(w, &s->server, &s->listen[s->worker_count], most, err))
			return false;
		w->ended = on_worker_ended;
		w->ended_arg = s;
		s->worker_count++;
	}
	return true;
}

static void run_worker(void *arg)
{
	worker_run(arg);
}

/* Starts a thread for each loop. If one cannot be had, those that run are stopped again. */
static bool start_workers(struct service *s, struct ward_error *err)
{
	size_t started = 0;

	atomic_store(&s->running, s->worker_count);
	while (started < s->worker_count &&
	       uv_thread_create(&s->workers[started].thread, run_worker, &s->workers[started]) == 0)
		started++;
	if (started == s->worker_count)
		return true;
	for (size_t i = 0; i < started; i++) {
		worker_ask_stop(&s->workers[i], WORKER_END);
		uv_thread_join(&s->workers[i].thread);
	}
	return FAILF(err, NO_MEMORY, "no thread could be made");
}

static void tell(const struct service *s, const struct serve_options *o)
{
	const char *host = s->at.host[0] == '\0' ? "localhost" : s->at.host;
	bool literal = strchr(host, ':') != NULL;
	char pin[PIN_TEXT_LEN];

	if (o->out == NULL)
		return;
	if (s->devca.ca != NULL)
		devca_tell(&s->devca, o->out);
	if (tls_setup_pin(s->server.config, pin))
		fprintf(o->out, "Clients know the raw public key by --pin %s\n", pin);
	fprintf(o->out, "Serving %s at https://%s%s%s:%u/\n", o->dir, literal ? "[" : "", host,
		literal ? "]" : "", s->port);
	fflush(o->out);
}

/* Who can read the key log can read everything: that it is written must not go unnoticed. */
static void warn_of_keylog(const struct service *s)
{
	const char *path = getenv("SSLKEYLOGFILE");

	if (path != NULL && path[0] != '\0')
		log_note(&s->server.log,
			 "warning: SSLKEYLOGFILE is set: who can read that file can read all "
			 "connections");
}

static bool run(struct service *s, const struct serve_options *o, struct ward_error *err)
{
	if (!start_workers(s, err))
		return false;
	warn_of_keylog(s);
	tell(s, o);
	uv_run(&s->loop, UV_RUN_DEFAULT);
	for (size_t i = 0; i < s->worker_count; i++)
		uv_thread_join(&s->workers[i].thread);
	return true;
}

static bool set_up(struct service *s, const struct serve_options *o, struct ward_error *err)
{
	const char *listen = o->listen == NULL ? SERVE_LISTEN_DEFAULT : o->listen;

	s->terminal = has_terminal() && !hangup_is_ignored();
	s->server.log = (struct log){ o->log, o->access_log };
	s->server.limits = serve_limits_default(&o->limits);
	return check_limits(&s->server.limits, err) && listen_parse(listen, &s->at, err) &&
	       make_site(s, o, err) && make_config(s, err) &&
	       allow_descriptors(&s->server.limits, err) && make_workers(s, err) &&
	       watch_signals(s, err);
}

static void close_handle(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static void tear_down(struct service *s)
{
	for (size_t i = 0; i < s->worker_count; i++)
		worker_free(&s->workers[i]);
	for (size_t i = 0; s->listen != NULL && i < s->server.limits.threads; i++)
		listen_close(&s->listen[i]);
	free(s->workers);
	free(s->listen);
	uv_walk(&s->loop, close_handle, NULL);
	uv_run(&s->loop, UV_RUN_DEFAULT);
	uv_loop_close(&s->loop);
	ward_config_free(s->server.config);
	ward_ticket_keys_free(s->ticket_keys);
	devca_close(&s->devca);
	guard_clear(&s->server.site.guard);
	mime_table_free(s->server.site.mime);
	if (s->server.site.root.fd >= 0)
		files_root_close(&s->server.site.root);
}

bool serve_run(const struct serve_options *options, struct ward_error *err)
{
	struct service s = { .options = options, .server.site.root.fd = -1 };
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	bool ok;

	if (uv_loop_init(&s.loop) != 0)
		return FAIL(err, NO_MEMORY);
	sigaction(SIGPIPE, &ignore, &before);
	ok = set_up(&s, options, err) && run(&s, options, err);
	tear_down(&s);
	sigaction(SIGPIPE, &before, NULL);
	return ok;
}
