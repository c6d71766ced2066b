/*
 * Peers that are silent, slow, or do not take what they are sent: every wait has its end.
 */
#include "io/session.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "support/loopback.h"
#include "support/table.h"

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The time since `start` is what was asked for, with room for a busy machine. */
static void assert_took(int64_t start, int64_t ms)
{
	int64_t took = now_ms() - start;

	if (took < ms - 1 || took > ms + 5000)
		fail_msg("took %lld ms instead of %lld", (long long)took, (long long)ms);
}

/* ---- deadlines ---- */

static void test_deadlines(void **state)
{
	int64_t soon = deadline_after(50);

	(void)state;
	assert_int_equal(deadline_left(DEADLINE_NONE), -1);
	assert_false(deadline_passed(DEADLINE_NONE));
	assert_true(deadline_after(-1) == DEADLINE_NONE);
	assert_true(deadline_left(soon) > 0 && deadline_left(soon) <= 50);
	assert_true(deadline_passed(deadline_after(0)));
	assert_true(deadline_left(deadline_after(INT32_MAX)) > 0);
	usleep(60000);
	assert_true(deadline_passed(soon));
	assert_true(clock_now() > INT64_C(1700000000));
}

/* ---- the handshake ---- */

/* A session without a handshake yet, as ward_accept gives it, and a peer that is a bare socket. */
static struct ward_session *waiting_server(struct ward_config *config, int fds[2])
{
	struct ward_session *s;

	loop_pair(fds);
	loop_nonblocking(fds[0]);
	s = ward_wrap(config, fds[0], NULL, true);
	assert_non_null(s);
	return s;
}

static void make_blocking_again(int fd)
{
	assert_int_equal(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK), 0);
}

static void test_silent(void **state)
{
	struct ward_config *config = loop_server_config();
	int fds[2];
	struct ward_session *s = waiting_server(config, fds);
	int64_t start = now_ms();

	(void)state;
	make_blocking_again(fds[0]);
	ward_session_set_timeout(s, 150);
	assert_false(ward_handshake(s));
	assert_false(ward_would_block(s));
	assert_int_equal(ward_session_failure(s)->reason, WARD_E_TIMED_OUT);
	assert_took(start, 150);
	ward_session_free(s);
	close(fds[1]);
	ward_config_free(config);
}

/* The start of a ClientHello that never ends. */
static void drip(int fd, void *arg)
{
	static const uint8_t head[] = { 22, 3, 1, 1, 0, 1, 0, 0, 252, 3, 3 };

	(void)arg;
	for (size_t i = 0;; i++) {
		uint8_t byte = i < sizeof(head) ? head[i] : 0;

		if (send(fd, &byte, 1, MSG_NOSIGNAL) != 1)
			return;
		usleep(20000);
	}
}

static void test_drip(void **state)
{
	struct ward_config *config = loop_server_config();
	struct loop_raw peer = { .run = drip };
	int fds[2];
	struct ward_session *s = waiting_server(config, fds);
	int64_t start;

	(void)state;
	make_blocking_again(fds[0]);
	peer.fd = fds[1];
	loop_raw_start(&peer);
	ward_session_set_timeout(s, 300);
	start = now_ms();
	assert_false(ward_handshake(s));
	assert_int_equal(ward_session_failure(s)->reason, WARD_E_TIMED_OUT);
	assert_took(start, 300);
	ward_session_free(s);
	loop_raw_join(&peer);
	ward_config_free(config);
}

/* ---- reading and writing ---- */

struct ends {
	struct ward_config *client_config, *server_config;
	struct loop_peer peer;
	struct ward_session *s;
	int fds[2];
};

static void open_ends(struct ends *e, void (*run)(struct ward_session *s, void *arg), void *arg)
{
	e->client_config = loop_client_config();
	e->server_config = loop_server_config();
	loop_pair(e->fds);
	e->peer = (struct loop_peer){
		.config = e->server_config, .fd = e->fds[1], .run = run, .arg = arg
	};
	loop_peer_start(&e->peer);
	e->s = ward_wrap(e->client_config, e->fds[0], "server.example", true);
	assert_string_equal(ward_session_error(e->s), "");
}

static void close_ends(struct ends *e)
{
	ward_session_free(e->s);
	loop_peer_join(&e->peer);
	ward_config_free(e->client_config);
	ward_config_free(e->server_config);
}

static void test_read(void **state)
{
	struct ends e;
	char buf[8];
	int64_t start;

	(void)state;
	open_ends(&e, loop_echo, NULL);
	ward_session_set_timeout(e.s, 100);
	assert_true(ward_write(e.s, "ping", 4));
	assert_int_equal(ward_read(e.s, buf, sizeof(buf)), 4);
	start = now_ms();
	assert_int_equal(ward_read(e.s, buf, sizeof(buf)), -1);
	assert_int_equal(ward_session_failure(e.s)->reason, WARD_E_TIMED_OUT);
	assert_non_null(strstr(ward_session_error(e.s), "nothing comes from the peer"));
	assert_took(start, 100);
	close_ends(&e);
}

/* Sends the start of a record, byte by byte, and never its end. */
static void drip_record(struct ward_session *s, void *arg)
{
	int *stop = arg;
	static const uint8_t head[] = { 23, 3, 3, 1, 0 };

	for (size_t i = 0; !__atomic_load_n(stop, __ATOMIC_SEQ_CST); i++) {
		uint8_t byte = i < sizeof(head) ? head[i] : 0;

		if (send(ward_session_fd(s), &byte, 1, MSG_NOSIGNAL) != 1)
			return;
		usleep(10000);
	}
}

static void test_read_drip(void **state)
{
	struct ends e;
	char buf[8];
	int stop = 0;
	int64_t start;

	(void)state;
	open_ends(&e, drip_record, &stop);
	ward_session_set_timeout(e.s, 200);
	start = now_ms();
	assert_int_equal(ward_read(e.s, buf, sizeof(buf)), -1);
	assert_int_equal(ward_session_failure(e.s)->reason, WARD_E_TIMED_OUT);
	assert_took(start, 200);
	__atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
	close_ends(&e);
}

/* Does not read until it is told to leave. */
static void ignore(struct ward_session *s, void *arg)
{
	int *stop = arg;

	(void)s;
	while (!__atomic_load_n(stop, __ATOMIC_SEQ_CST))
		usleep(5000);
}

static void test_write(void **state)
{
	static char data[8 << 20];
	struct ends e;
	int stop = 0;
	int64_t start;

	(void)state;
	open_ends(&e, ignore, &stop);
	ward_session_set_timeout(e.s, 100);
	start = now_ms();
	assert_false(ward_write(e.s, data, sizeof(data)));
	assert_int_equal(ward_session_failure(e.s)->reason, WARD_E_TIMED_OUT);
	assert_non_null(strstr(ward_session_error(e.s), "does not take"));
	assert_took(start, 100);
	__atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
	close_ends(&e);
}

/* A socket that was given a limit of its own by the program keeps it. */
static void test_socket_limit(void **state)
{
	struct timeval limit = { .tv_usec = 100000 };
	struct ends e;
	char buf[8];
	int64_t start;

	(void)state;
	open_ends(&e, loop_echo, NULL);
	assert_int_equal(setsockopt(e.fds[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
	start = now_ms();
	assert_int_equal(ward_read(e.s, buf, sizeof(buf)), -1);
	assert_int_equal(ward_session_failure(e.s)->reason, WARD_E_TIMED_OUT);
	assert_took(start, 100);
	close_ends(&e);
}

/* A session whose peer takes nothing is ended in bounded time. */
static void test_ending(void **state)
{
	static char data[8 << 20];
	struct ends e;
	int stop = 0;
	int64_t start;

	(void)state;
	open_ends(&e, ignore, &stop);
	assert_true(ward_write_some(e.s, data, sizeof(data)) > 0);
	start = now_ms();
	ward_session_free(e.s);
	assert_took(start, 1000);
	e.s = NULL;
	__atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
	close_ends(&e);
}

int main(void)
{
	static struct table t;
	int failed;

	table_add(&t, "deadlines come, or never do", test_deadlines, NULL);
	table_add(&t, "a peer that says nothing ends the handshake", test_silent, NULL);
	table_add(&t, "a byte now and then does not prolong the handshake", test_drip, NULL);
	table_add(&t, "a read has its limit", test_read, NULL);
	table_add(&t, "a byte now and then does not prolong a read", test_read_drip, NULL);
	table_add(&t, "a write has its limit", test_write, NULL);
	table_add(&t, "the limit of the socket itself holds", test_socket_limit, NULL);
	table_add(&t, "the end does not wait for ever", test_ending, NULL);
	failed = table_run(&t, "timeout");
	credentials_cleanup();
	return failed;
}
