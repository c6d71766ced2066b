/*
 * A session between two ends: what it tells, how it ends, and that errors stick.
 */
#include "io/session.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/loopback.h"
#include "support/table.h"

/* A client in the test's thread, a server in another. */
struct ends {
	struct ward_config *client_config, *server_config;
	struct loop_peer peer;
	struct ward_session *s;
	int fds[2];
};

static void open_ends_on(struct ends *e, void (*run)(struct ward_session *s, void *arg), void *arg)
{
	e->client_config = loop_client_config();
	e->server_config = loop_server_config();
	e->peer = (struct loop_peer){
		.config = e->server_config, .fd = e->fds[1], .run = run, .arg = arg
	};
	loop_peer_start(&e->peer);
	e->s = ward_wrap(e->client_config, e->fds[0], "server.example", true);
	assert_non_null(e->s);
}

static void open_ends(struct ends *e, void (*run)(struct ward_session *s, void *arg), void *arg)
{
	loop_tcp_pair(e->fds);
	open_ends_on(e, run, arg);
}

static void close_ends(struct ends *e)
{
	ward_session_free(e->s);
	loop_peer_join(&e->peer);
	ward_config_free(e->client_config);
	ward_config_free(e->server_config);
}

/* Reads until len bytes are there. */
static void read_all(struct ward_session *s, void *buf, size_t len)
{
	for (size_t n = 0; n < len;) {
		ssize_t part = ward_read(s, (char *)buf + n, len - n);

		if (part <= 0)
			fail_msg("%s", ward_session_error(s));
		n += (size_t)part;
	}
}

static void test_talk(void **state)
{
	struct ends e;
	char buf[32] = { 0 };

	(void)state;
	open_ends(&e, loop_echo, NULL);
	assert_string_equal(ward_session_error(e.s), "");
	assert_null(ward_session_failure(e.s));
	assert_true(ward_write(e.s, "hello", 5));
	read_all(e.s, buf, 5);
	assert_string_equal(buf, "hello");
	assert_string_equal(ward_version(e.s), "TLSv1.3");
	assert_non_null(ward_cipher(e.s));
	assert_null(ward_selected_alpn(e.s));
	assert_true(ward_cert_matches_host(ward_peer_cert(e.s), "server.example"));
	assert_memory_equal(ward_peer_address(e.s), "127.0.0.1:", 10);
	assert_int_equal(ward_session_fd(e.s), e.fds[0]);
	close_ends(&e);
	assert_int_equal(e.peer.failure.reason, WARD_E_NONE);
}

static void test_idle_holds_nothing(void **state)
{
	struct ends e;
	char buf[8];

	(void)state;
	open_ends(&e, loop_echo, NULL);
	assert_true(ward_write(e.s, "hello", 5));
	read_all(e.s, buf, 5);
	assert_null(e.s->held);
	assert_null(e.s->unsent);
	assert_int_equal(ward_pending(e.s), 0);
	assert_true(sizeof(*e.s) <= 96);
	close_ends(&e);
}

static void test_pending(void **state)
{
	struct ends e;
	char buf[16];

	(void)state;
	open_ends(&e, loop_echo, NULL);
	assert_true(ward_write(e.s, "hello, world", 12));
	read_all(e.s, buf, 5);
	assert_int_equal(ward_pending(e.s), 7);
	assert_int_equal(ward_read(e.s, buf, sizeof(buf)), 7);
	assert_memory_equal(buf, ", world", 7);
	assert_int_equal(ward_pending(e.s), 0);
	close_ends(&e);
}

static void test_zero_lengths(void **state)
{
	struct ends e;
	char buf[1];

	(void)state;
	open_ends(&e, loop_echo, NULL);
	assert_true(ward_write(e.s, NULL, 0));
	assert_int_equal(ward_read(e.s, buf, 0), 0);
	assert_int_equal(ward_write_some(e.s, NULL, 0), 0);
	close_ends(&e);
}

/* ---- the two directions end by themselves ---- */

/* Counts what comes till the end, and only then answers. */
static void answer_at_end(struct ward_session *s, void *arg)
{
	char buf[1000];
	size_t *total = arg;
	ssize_t n;

	while ((n = ward_read(s, buf, sizeof(buf))) > 0)
		*total += (size_t)n;
	if (n == 0 && !ward_write(s, "all is here", 11))
		*total = 0;
}

static void test_half_close(void **state)
{
	static char data[100000];
	struct ends e;
	size_t total = 0;
	char buf[16];

	(void)state;
	open_ends(&e, answer_at_end, &total);
	assert_true(ward_write(e.s, data, sizeof(data)));
	assert_true(ward_shutdown(e.s));
	assert_true(ward_shutdown(e.s));
	read_all(e.s, buf, 11);
	assert_memory_equal(buf, "all is here", 11);
	assert_int_equal(ward_read(e.s, buf, sizeof(buf)), 0);
	assert_int_equal(ward_read(e.s, buf, sizeof(buf)), 0);
	close_ends(&e);
	assert_int_equal(total, sizeof(data));
	assert_int_equal(e.peer.failure.reason, WARD_E_NONE);
}

static void test_write_after_shutdown(void **state)
{
	struct ends e;

	(void)state;
	open_ends(&e, loop_echo, NULL);
	assert_true(ward_shutdown(e.s));
	assert_false(ward_write(e.s, "more", 4));
	assert_int_equal(ward_session_failure(e.s)->reason, WARD_E_BAD_STATE);
	close_ends(&e);
}

/* ---- the peer leaves ---- */

static void leave(struct ward_session *s, void *arg)
{
	(void)arg;
	if (ward_write(s, "part", 4))
		shutdown(ward_session_fd(s), SHUT_RDWR);
}

static void test_truncation(void **state)
{
	struct ends e;
	char buf[16];

	(void)state;
	open_ends(&e, leave, NULL);
	read_all(e.s, buf, 4);
	assert_int_equal(ward_read(e.s, buf, sizeof(buf)), -1);
	assert_false(ward_would_block(e.s));
	assert_int_equal(ward_session_failure(e.s)->reason, WARD_E_CLOSED_EARLY);
	assert_non_null(strstr(ward_session_error(e.s), "data may be missing"));
	/* The failure sticks. */
	assert_int_equal(ward_read(e.s, buf, sizeof(buf)), -1);
	assert_int_equal(ward_write_some(e.s, buf, 1), -1);
	assert_false(ward_write(e.s, buf, 1));
	assert_false(ward_shutdown(e.s));
	assert_false(ward_handshake(e.s));
	assert_int_equal(ward_session_failure(e.s)->reason, WARD_E_CLOSED_EARLY);
	assert_int_equal(ward_session_wants(e.s), 0);
	close_ends(&e);
}

/* Ends its side, and takes what comes: closing over unread bytes would be a reset. */
static void leave_at_once(int fd, void *arg)
{
	char hello[64];

	(void)arg;
	shutdown(fd, SHUT_WR);
	while (read(fd, hello, sizeof(hello)) > 0)
		;
}

static void test_closed_in_handshake(void **state)
{
	struct ward_config *config = loop_client_config();
	struct loop_raw peer = { .run = leave_at_once };
	struct ward_session *s;
	int fds[2];

	(void)state;
	loop_pair(fds);
	peer.fd = fds[1];
	loop_raw_start(&peer);
	s = ward_wrap(config, fds[0], "server.example", true);
	assert_int_equal(ward_session_failure(s)->reason, WARD_E_CLOSED_IN_HANDSHAKE);
	assert_string_equal(ward_peer_address(s), "");
	ward_session_free(s);
	loop_raw_join(&peer);
	ward_config_free(config);
}

static void test_sigpipe(void **state)
{
	static char data[1 << 16];
	const struct sigaction deadly = { .sa_handler = SIG_DFL };
	struct ends e;
	bool ok = true;

	(void)state;
	assert_int_equal(sigaction(SIGPIPE, &deadly, NULL), 0);
	loop_pair(e.fds);
	open_ends_on(&e, leave, NULL);
	loop_peer_join(&e.peer);
	for (int i = 0; i < 100 && ok; i++)
		ok = ward_write(e.s, data, sizeof(data));
	assert_false(ok);
	assert_int_equal(ward_session_failure(e.s)->reason, WARD_E_SOCKET_FAILED);
	assert_int_equal(ward_session_failure(e.s)->system, EPIPE);
	ward_session_free(e.s);
	ward_config_free(e.client_config);
	ward_config_free(e.server_config);
}

/* ---- what the peer is told ---- */

/* A client that refuses a certificate tells the server, though it closes at once. */
static void test_alert_arrives(void **state)
{
	struct ward_config *client = loop_client_config(), *server = loop_server_config();
	struct loop_peer peer = { .config = server, .run = loop_echo };
	struct ward_session *s;
	int fds[2];

	(void)state;
	loop_tcp_pair(fds);
	peer.fd = fds[1];
	loop_peer_start(&peer);
	s = ward_wrap(client, fds[0], "other.example", true);
	assert_int_equal(ward_session_failure(s)->reason, WARD_E_CERT_NAME_MISMATCH);
	ward_session_free(s);
	loop_peer_join(&peer);
	assert_int_equal(peer.failure.reason, WARD_E_ALERT_RECEIVED);
	assert_int_equal(peer.failure.received_alert, 42 /* bad_certificate */);
	ward_config_free(client);
	ward_config_free(server);
}

static void read_once(struct ward_session *s, void *arg)
{
	char buf[100];

	(void)arg;
	(void)!ward_read(s, buf, sizeof(buf));
}

/* A peer that goes on sending gets the alert all the same, not a reset that destroys it. */
static void test_alert_outlives_close(void **state)
{
	static const char junk[60000];
	struct ends e;
	char reply[64];
	ssize_t n;

	(void)state;
	open_ends(&e, read_once, NULL);
	assert_int_equal(write(e.fds[0], "\x17\x03\x03\x00\x20", 5), 5);
	assert_int_equal(write(e.fds[0], junk, sizeof(junk)), sizeof(junk));
	usleep(50000);
	n = recv(e.fds[0], reply, sizeof(reply), 0);
	assert_true(n > 5);
	assert_int_equal(reply[0], 23);
	shutdown(e.fds[0], SHUT_WR);
	loop_peer_join(&e.peer);
	assert_int_equal(e.peer.failure.reason, WARD_E_BAD_RECORD_MAC);
	ward_session_free(e.s);
	ward_config_free(e.client_config);
	ward_config_free(e.server_config);
}

/* A server that wants a client's certificate refuses after the client is done: the alert is what a
 * failing write tells of. */
static void test_alert_behind_epipe(void **state)
{
	static char data[1 << 16];
	struct ward_config *client = loop_client_config(), *server = loop_server_config();
	struct loop_peer peer = { .config = server, .run = loop_greet };
	struct ward_session *s;
	bool ok = true;
	int fds[2];

	(void)state;
	assert_true(ward_config_set_trust(server, test_trust(), NULL));
	assert_true(ward_config_set_verify(server, WARD_VERIFY_REQUIRED, NULL));
	loop_pair(fds);
	peer.fd = fds[1];
	loop_peer_start(&peer);
	s = ward_wrap(client, fds[0], "server.example", true);
	for (int i = 0; i < 100 && ok; i++)
		ok = ward_write(s, data, sizeof(data));
	assert_false(ok);
	assert_int_equal(ward_session_failure(s)->reason, WARD_E_ALERT_RECEIVED);
	assert_int_equal(ward_session_failure(s)->received_alert, 116 /* certificate_required */);
	ward_session_free(s);
	loop_peer_join(&peer);
	assert_int_equal(peer.failure.reason, WARD_E_CERTIFICATE_REQUIRED);
	ward_config_free(client);
	ward_config_free(server);
}

/* ---- descriptors ---- */

static void test_borrowed_descriptor(void **state)
{
	struct ward_config *client = loop_client_config(), *server = loop_server_config();
	struct loop_peer peer = { .config = server, .run = loop_echo };
	struct ward_session *s;
	char buf[8];
	int fds[2];

	(void)state;
	loop_pair(fds);
	peer.fd = fds[1];
	loop_peer_start(&peer);
	s = ward_wrap(client, fds[0], "server.example", false);
	assert_true(ward_handshake(s));
	ward_session_free(s);
	loop_peer_join(&peer);
	assert_int_equal(peer.failure.reason, WARD_E_NONE);
	/* It is open still: the server's close_notify is there to be read. */
	assert_true(read(fds[0], buf, sizeof(buf)) > 0);
	close(fds[0]);
	ward_config_free(client);
	ward_config_free(server);
}

static void test_config_without_certificate(void **state)
{
	struct ward_config *server = ward_config_new_server(NULL);
	struct ward_session *s;
	int fds[2];

	(void)state;
	loop_pair(fds);
	s = ward_wrap(server, fds[0], NULL, true);
	assert_int_equal(ward_session_failure(s)->reason, WARD_E_BAD_ARGUMENT);
	assert_null(ward_session_conn(s));
	assert_null(ward_version(s));
	assert_null(ward_cipher(s));
	assert_null(ward_selected_alpn(s));
	assert_null(ward_peer_cert(s));
	ward_session_free(s);
	close(fds[1]);
	ward_config_free(server);
}

static void test_no_session(void **state)
{
	char buf[1];

	(void)state;
	assert_string_equal(ward_session_error(NULL), "out of memory");
	assert_int_equal(ward_session_failure(NULL)->reason, WARD_E_NO_MEMORY);
	assert_int_equal(ward_read(NULL, buf, 1), -1);
	assert_int_equal(ward_write_some(NULL, buf, 1), -1);
	assert_false(ward_write(NULL, buf, 1));
	assert_false(ward_handshake(NULL));
	assert_false(ward_shutdown(NULL));
	ward_session_free(NULL);
}

int main(void)
{
	static struct table t;
	int failed;

	table_add(&t, "a client and a server talk", test_talk, NULL);
	table_add(&t, "an idle session holds no buffer", test_idle_holds_nothing, NULL);
	table_add(&t, "what a small buffer leaves is pending", test_pending, NULL);
	table_add(&t, "nothing is read and written", test_zero_lengths, NULL);
	table_add(&t, "after close_notify the answer still comes", test_half_close, NULL);
	table_add(&t, "writing after close_notify is refused", test_write_after_shutdown, NULL);
	table_add(&t, "an end without close_notify is an error, and sticks", test_truncation, NULL);
	table_add(&t, "an end in the handshake has a name", test_closed_in_handshake, NULL);
	table_add(&t, "a peer that has left raises no SIGPIPE", test_sigpipe, NULL);
	table_add(&t, "a refused certificate reaches the server as an alert", test_alert_arrives,
		  NULL);
	table_add(&t, "an alert is not destroyed by what is still sent", test_alert_outlives_close,
		  NULL);
	table_add(&t, "a write that fails tells of the peer's alert", test_alert_behind_epipe,
		  NULL);
	table_add(&t, "a borrowed descriptor stays open", test_borrowed_descriptor, NULL);
	table_add(&t, "a server without a certificate says so", test_config_without_certificate,
		  NULL);
	table_add(&t, "no session is an error that says so", test_no_session, NULL);
	failed = table_run(&t, "session");
	credentials_cleanup();
	return failed;
}
