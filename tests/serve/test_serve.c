/*
 * The server as a whole (serve.c, worker.c, client.c, transport.c, exchange.c) with short times: in
 * a process of its own, which must end well and leak nothing.
 */
#include "serve/serve.h"

#include <ward/session.h>

#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "io/clock.h"
#include "io/files.h"
#include "io/session.h"
#include "serve/scratch.h"
#include "support/loopback.h"
#include "support/table.h"

enum { BIG = 3 * 1024 * 1024 + 17, WAIT_MS = 20000 };

static char base[] = "/tmp/ward-serve-XXXXXX";

static char *in_base(const char *name)
{
	static char paths[4][256];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", base, name);
	return path;
}

/* ---- a server ---- */

struct server {
	pid_t pid;
	char port[8];
	struct ward_config *client; /* that trusts it */
};

static void child(const struct serve_limits *limits)
{
	struct serve_options o = {
		.dir = in_base("site"),
		.listen = "127.0.0.1:0",
		.hsts = -1,
		.access_log = true,
		.limits = *limits,
	};
	struct ward_error err = { 0 };
	char text[512];
	bool ok;

	o.out = fopen(in_base("out"), "w");
	o.log = fopen(in_base("log"), "w");
	ok = o.out != NULL && o.log != NULL && serve_run(&o, &err);
	if (!ok)
		fprintf(stderr, "%s\n", ward_error_text(&err, text, sizeof(text)));
	fclose(o.out);
	fclose(o.log);
	exit(ok ? 0 : 1); /* by way of the leak checker */
}

/* What a file says, once it says something that ends in a line; free() it. */
static char *read_text(const char *name)
{
	struct file_bytes bytes;
	char *text;

	if (!file_read(in_base(name), 1 << 20, &bytes, NULL))
		return strdup("");
	text = strdup((char *)bytes.data);
	file_bytes_clear(&bytes);
	return text;
}

/* Waits until a file has this text. */
static char *wait_for(const char *name, const char *text)
{
	for (int i = 0; i < WAIT_MS / 10; i++) {
		char *all = read_text(name);

		if (strstr(all, text) != NULL)
			return all;
		free(all);
		usleep(10000);
	}
	fail_msg("\"%s\" does not come in %s", text, name);
	return NULL;
}

static void start(struct server *s, const struct serve_limits *limits)
{
	char *out, *at;

	unlink(in_base("out"));
	unlink(in_base("log"));
	s->pid = fork();
	assert_true(s->pid >= 0);
	if (s->pid == 0)
		child(limits);
	out = wait_for("out", "Serving ");
	at = strstr(strstr(out, "Serving "), "https://127.0.0.1:");
	assert_non_null(at);
	snprintf(s->port, sizeof(s->port), "%d", (int)strtol(at + 18, NULL, 10));
	free(out);
	s->client = ward_config_new(NULL);
	assert_true(
		ward_config_load_verify_locations(s->client, in_base("data/ward/ca.pem"), NULL));
}

/* It ends by itself, and well. */
static void join(struct server *s)
{
	int status = -1;

	for (int i = 0; i < WAIT_MS / 10; i++) {
		if (waitpid(s->pid, &status, WNOHANG) == s->pid)
			break;
		usleep(10000);
	}
	if (status == -1) {
		kill(s->pid, SIGKILL);
		waitpid(s->pid, &status, 0);
	}
	ward_config_free(s->client);
	assert_int_equal(status, 0);
}

static void stop(struct server *s)
{
	assert_int_equal(kill(s->pid, SIGTERM), 0);
	join(s);
}

static struct ward_session *dial(const struct server *s)
{
	struct ward_dial_options o = { .io_timeout_ms = WAIT_MS };
	struct ward_session *session = ward_dial(s->client, "127.0.0.1", s->port, &o);

	assert_non_null(session);
	assert_string_equal(ward_session_error(session), "");
	return session;
}

static void say(struct ward_session *session, const char *text)
{
	assert_true(ward_write(session, text, strlen(text)));
}

/* One answer; its status, and its body if `body` is not NULL. */
static int hear(struct ward_session *session, uint8_t *body, size_t *body_len)
{
	char head[4096] = "";
	const char *length;
	size_t len = 0, size;
	int status;

	while (len < sizeof(head) - 1 && strstr(head, "\r\n\r\n") == NULL) {
		if (ward_read(session, head + len, 1) != 1)
			return -1;
		len++;
	}
	status = (int)strtol(head + 9, NULL, 10);
	length = strstr(head, "Content-Length: ");
	size = length == NULL ? 0 : strtoul(length + 16, NULL, 10);
	for (len = 0; len < size;) {
		uint8_t scratch[4096];
		size_t n = size - len < sizeof(scratch) ? size - len : sizeof(scratch);
		ssize_t got = body != NULL ? ward_read(session, body + len, size - len)
					   : ward_read(session, scratch, n);

		if (got <= 0)
			return -1;
		len += (size_t)got;
	}
	if (body_len != NULL)
		*body_len = size;
	return status;
}

static void get(const struct server *s, const char *target, int status)
{
	struct ward_session *session = dial(s);
	char text[256];

	snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: h\r\n\r\n", target);
	say(session, text);
	assert_int_equal(hear(session, NULL, NULL), status);
	ward_session_free(session);
}

/* The server says close_notify and nothing before it. */
static void assert_closed(struct ward_session *session)
{
	char c;

	assert_int_equal(ward_read(session, &c, 1), 0);
	ward_session_free(session);
}

/* ---- answers ---- */

/* Has the system forget the file, so that it must be read from the disk, in a thread of the pool. On
 * a file system that is only in memory that changes nothing. */
static void make_cold(const char *name)
{
	int fd = open(in_base(name), O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
}

static void test_bodies(void **state)
{
	uint8_t *expected = malloc(BIG), *got = malloc(BIG);
	struct ward_session *session;
	struct server s;
	size_t len;

	(void)state;
	loop_fill(expected, BIG, 7);
	start(&s, &(struct serve_limits){ .threads = 2 });
	session = dial(&s);
	assert_string_equal(ward_selected_alpn(session) == NULL ? "" : "set", "");
	for (int i = 0; i < 4; i++) {
		if (i >= 2)
			make_cold("site/big");
		say(session, "GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
		assert_int_equal(hear(session, got, &len), 200);
		assert_int_equal(len, BIG);
		assert_memory_equal(got, expected, BIG);
		say(session,
		    "GET /big HTTP/1.1\r\nHost: h\r\nRange: bytes=1000000-1999999\r\n\r\n");
		assert_int_equal(hear(session, got, &len), 206);
		assert_int_equal(len, 1000000);
		assert_memory_equal(got, expected + 1000000, 1000000);
	}
	ward_session_free(session);
	stop(&s);
	free(expected);
	free(got);
}

/* What a thread of the pool works on outlives its connection. */
static void test_gone_while_read(void **state)
{
	struct server s;

	(void)state;
	start(&s, &(struct serve_limits){ .threads = 2 });
	for (int i = 0; i < 20; i++) {
		struct ward_session *session = dial(&s);

		make_cold("site/big");
		say(session, i % 2 == 0 ? "GET /big HTTP/1.1\r\nHost: h\r\n\r\n"
					: "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
		ward_session_free(session);
	}
	get(&s, "/small", 200);
	stop(&s);
}

/* Many requests in one write, a large answer among them, and one cut in the middle. */
static void test_pipelined(void **state)
{
	static const char one[] = "GET /small HTTP/1.1\r\nHost: h\r\n\r\n";
	static const char large[] = "GET /big HTTP/1.1\r\nHost: h\r\n\r\n";
	struct ward_session *session;
	char *text = calloc(1, 300 * sizeof(one));
	struct server s;
	size_t len = 0;

	(void)state;
	start(&s, &(struct serve_limits){ .threads = 1 });
	session = dial(&s);
	for (int i = 0; i < 200; i++) {
		const char *request = i == 50 || i == 51 ? large : one;

		memcpy(text + len, request, strlen(request));
		len += strlen(request);
	}
	assert_true(ward_write(session, text, len - 10));
	for (int i = 0; i < 199; i++)
		assert_int_equal(hear(session, NULL, NULL), 200);
	assert_true(ward_write(session, text + len - 10, 10));
	assert_int_equal(hear(session, NULL, NULL), 200);
	ward_session_free(session);
	free(text);
	stop(&s);
}

static void test_continue(void **state)
{
	struct ward_session *session;
	struct server s;

	(void)state;
	start(&s, &(struct serve_limits){ .threads = 1 });
	session = dial(&s);
	say(session, "GET /small HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
		     "Expect: 100-continue\r\n\r\n");
	assert_int_equal(hear(session, NULL, NULL), 100);
	say(session, "abc");
	assert_int_equal(hear(session, NULL, NULL), 200);
	/* A body that is not wanted is not asked for. */
	say(session, "PUT /small HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
		     "Expect: 100-continue\r\n\r\n");
	assert_int_equal(hear(session, NULL, NULL), 405);
	assert_closed(session);
	/* One that comes without being asked is dropped, and the connection goes on. */
	session = dial(&s);
	say(session, "POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
		     "GET /small HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_int_equal(hear(session, NULL, NULL), 405);
	assert_int_equal(hear(session, NULL, NULL), 200);
	ward_session_free(session);
	stop(&s);
}

static void test_refused(void **state)
{
	struct ward_session *session;
	struct server s;
	char *log;

	(void)state;
	start(&s, &(struct serve_limits){ .threads = 1 });
	session = dial(&s);
	/* The answer arrives though more was sent than is read. */
	say(session, "GET / HTTP/1.1\r\n\r\n");
	for (int i = 0; i < 50; i++)
		if (!ward_write(session, base, sizeof(base)))
			break;
	assert_int_equal(hear(session, NULL, NULL), 400);
	assert_closed(session);
	get(&s, "/nothing", 404);
	log = wait_for("log", "\"GET /nothing HTTP/1.1\" 404");
	assert_non_null(strstr(log, "\"GET / HTTP/1.1\" 400"));
	free(log);
	stop(&s);
}

/* ---- handshakes that fail ---- */

static void send_raw(const struct server *s, const char *bytes, size_t len, char *answer,
		     size_t size)
{
	struct addrinfo *a = address_lookup("127.0.0.1", s->port, AF_INET, false, NULL);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ssize_t n;

	assert_int_equal(connect(fd, a->ai_addr, a->ai_addrlen), 0);
	freeaddrinfo(a);
	assert_int_equal(send(fd, bytes, len, MSG_NOSIGNAL), len);
	if (answer == NULL) {
		close(fd);
		return;
	}
	for (size_t got = 0; got + 1 < size; got += (size_t)n) {
		n = recv(fd, answer + got, size - 1 - got, 0);
		answer[got + (n > 0 ? (size_t)n : 0)] = '\0';
		if (n <= 0)
			break;
	}
	close(fd);
}

static void test_handshakes(void **state)
{
	static const char http[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
	char answer[1024], *log;
	const char *body;
	struct server s;

	(void)state;
	start(&s, &(struct serve_limits){ .threads = 1, .handshake_ms = 300 });
	send_raw(&s, http, sizeof(http) - 1, answer, sizeof(answer));
	assert_memory_equal(answer, "HTTP/1.1 400 ", 13);
	body = strstr(answer, "\r\n\r\n");
	assert_non_null(body);
	assert_non_null(strstr(body, "https://"));
	assert_int_equal(strtoul(strstr(answer, "Content-Length: ") + 16, NULL, 10),
			 strlen(body + 4));
	log = wait_for("log", "PLAIN_HTTP");
	free(log);

	send_raw(&s, "garbage", 7, answer, sizeof(answer));
	assert_int_equal(answer[0], 21); /* an alert */
	free(wait_for("log", "reason=NOT_TLS"));

	/* Half of a hello, then nothing; or gone. */
	send_raw(&s, "\x16\x03\x01\x02\x00\x01", 6, answer, sizeof(answer));
	assert_string_equal(answer, "");
	free(wait_for("log", "reason=TIMED_OUT"));
	send_raw(&s, "\x16\x03\x01\x02\x00\x01", 6, NULL, 0);
	free(wait_for("log", "reason=CLOSED_IN_HANDSHAKE"));

	/* Who only looks whether somebody is there is not worth a line. */
	send_raw(&s, "", 0, NULL, 0);
	get(&s, "/small", 200);
	log = wait_for("log", "\" 200 ");
	assert_null(strstr(strstr(log, "CLOSED_IN_HANDSHAKE") + 1, "CLOSED_IN_HANDSHAKE"));
	free(log);
	stop(&s);
}

/* ---- times ---- */

static void test_idle(void **state)
{
	struct ward_session *session;
	struct server s;

	(void)state;
	start(&s, &(struct serve_limits){ .threads = 1, .idle_ms = 200 });
	assert_closed(dial(&s));
	session = dial(&s);
	say(session, "GET /small HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_int_equal(hear(session, NULL, NULL), 200);
	assert_closed(session);
	stop(&s);
}

static void test_slow_request(void **state)
{
	struct ward_session *session;
	struct server s;

	(void)state;
	start(&s, &(struct serve_limits){ .threads = 1, .request_ms = 200 });
	session = dial(&s);
	say(session, "GET /small HT");
	assert_int_equal(hear(session, NULL, NULL), 408);
	assert_closed(session);
	session = dial(&s);
	say(session, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
	assert_int_equal(hear(session, NULL, NULL), 408);
	assert_closed(session);
	stop(&s);
}

/* A client that takes nothing of a large answer is cut off, and others are served meanwhile. */
static void test_slow_reader(void **state)
{
	struct ward_session *slow;
	struct server s;
	char *log;

	(void)state;
	start(&s, &(struct serve_limits){ .threads = 1, .rate = 1 << 30 });
	slow = dial(&s);
	for (int i = 0; i < 8; i++)
		say(slow, "GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
	for (int64_t end = deadline_after(12000); !deadline_passed(end); usleep(500000))
		get(&s, "/small", 200);
	while (hear(slow, NULL, NULL) == 200)
		continue;
	assert_int_equal(ward_session_failure(slow)->reason, WARD_E_SOCKET_FAILED);
	ward_session_free(slow);
	log = wait_for("log", "/small");
	assert_null(strstr(log, "handshake failed"));
	free(log);
	stop(&s);
}

/* ---- as many as allowed ---- */

static void test_full(void **state)
{
	struct ward_session *first, *second, *third;
	struct server s;

	(void)state;
	start(&s, &(struct serve_limits){ .threads = 1, .connections = 2, .request_ms = 1500 });
	first = dial(&s);
	second = dial(&s);
	say(second, "GET /small HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_int_equal(hear(second, NULL, NULL), 200);
	third = dial(&s); /* the first was idle longest and makes room */
	assert_closed(first);
	say(second, "GET");
	say(third, "GET");
	get(&s, "/small", 200); /* waits until one of these is out of time */
	free(wait_for("log", "new clients wait"));
	ward_session_free(second);
	ward_session_free(third);
	stop(&s);
}

/* ---- the end ---- */

/* What runs is finished; what is idle is told. */
static void test_graceful(void **state)
{
	uint8_t *expected = malloc(BIG), *got = malloc(BIG);
	struct ward_session *idle, *busy;
	struct server s;
	size_t len = 0;

	(void)state;
	loop_fill(expected, BIG, 7);
	start(&s, &(struct serve_limits){ .threads = 2 });
	idle = dial(&s);
	busy = dial(&s);
	say(busy, "GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
	free(wait_for("log", "")); /* it exists */
	usleep(100000);
	assert_int_equal(kill(s.pid, SIGINT), 0);
	assert_closed(idle);
	assert_int_equal(hear(busy, got, &len), 200);
	assert_int_equal(len, BIG);
	assert_memory_equal(got, expected, BIG);
	assert_closed(busy);
	join(&s);
	free(expected);
	free(got);
}

/* A request that does not come to an end holds it up for a bounded time; a second signal, for
 * none. */
static void test_impatient(void **state)
{
	struct serve_limits limits = { .threads = 1, .stop_ms = 500 };
	struct ward_session *session;
	struct server s;
	int64_t soon;

	(void)state;
	for (int i = 0; i < 2; i++) {
		start(&s, &limits);
		session = dial(&s);
		say(session, "GET");
		get(&s, "/small", 200);
		soon = deadline_after(WAIT_MS / 2);
		kill(s.pid, SIGTERM);
		if (i == 1) {
			usleep(100000);
			kill(s.pid, SIGTERM);
		}
		join(&s);
		assert_false(deadline_passed(soon));
		ward_session_free(session);
		limits.stop_ms = 60000;
	}
}

/* ---- all of it ---- */

static int set_up(void)
{
	uint8_t *big = malloc(BIG);
	bool ok = mkdtemp(base) != NULL && mkdir(in_base("site"), 0755) == 0 &&
		  setenv("XDG_DATA_HOME", in_base("data"), 1) == 0;

	loop_fill(big, BIG, 7);
	ok = ok && file_write(in_base("site/big"), span_make(big, BIG), 0644, NULL) &&
	     file_write(in_base("site/small"), SPAN_LITERAL("small"), 0644, NULL);
	free(big);
	return ok ? 0 : 1;
}

int main(void)
{
	static struct table t;
	int failed;

	table_add(&t, "a large file, whole and in part", test_bodies, NULL);
	table_add(&t, "clients that leave while a disk is read", test_gone_while_read, NULL);
	table_add(&t, "two hundred requests at once", test_pipelined, NULL);
	table_add(&t, "100 Continue, and bodies that nobody wants", test_continue, NULL);
	table_add(&t, "refused requests", test_refused, NULL);
	table_add(&t, "handshakes that fail leave a line", test_handshakes, NULL);
	table_add(&t, "an idle connection ends", test_idle, NULL);
	table_add(&t, "a request must come in time", test_slow_request, NULL);
	table_add(&t, "an answer must be taken in time", test_slow_reader, NULL);
	table_add(&t, "more clients than allowed", test_full, NULL);
	table_add(&t, "a signal lets running requests end", test_graceful, NULL);
	table_add(&t, "no request holds up the end for long", test_impatient, NULL);
	if (set_up() != 0)
		return 1;
	failed = table_run(&t, "serve");
	return scratch_remove(base) != 0 ? 1 : failed;
}
