/*
 * A client's certificate, asked for in the middle of a session, over real sockets: what the call
 * gives, what the session survives, and that no byte of data is lost or out of order.
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ward/mutual.h>

#include "io/session.h"
#include "support/configs.h"
#include "support/loopback.h"
#include "support/table.h"

/* A server in the test's thread, a client in another. */
struct ends {
	struct ward_config *client_config, *server_config;
	struct loop_peer peer;
	struct ward_session *s;
	int fds[2];
};

enum client { NAMED, NAMELESS, UNWILLING };

static void add_name(struct ward_config *config)
{
	static const char *const names[] = { "client.example", NULL };
	struct credential c;

	credential_make_at(&c, WARD_KEY_P256, WARD_PROFILE_CLIENT, names, clock_now() - 3600,
			   clock_now() + 3600);
	config_add(config, &c);
	credential_clear(&c);
}

static void make_configs(struct ends *e, enum client who, enum ward_verify_mode mode)
{
	struct ward_error err = { 0 };

	e->client_config = loop_client_config();
	e->server_config = loop_server_config();
	config_ask(e->server_config, mode);
	assert_true(ward_config_set_post_handshake_auth(e->server_config, true, &err));
	if (who != UNWILLING)
		assert_true(ward_config_set_post_handshake_auth(e->client_config, true, &err));
	if (who == NAMED)
		add_name(e->client_config);
}

static void open_ends(struct ends *e, enum client who, enum ward_verify_mode mode,
		      void (*run)(struct ward_session *s, void *arg), void *arg)
{
	make_configs(e, who, mode);
	loop_tcp_pair(e->fds);
	e->peer = (struct loop_peer){ .config = e->client_config,
				      .fd = e->fds[0],
				      .host = "server.example",
				      .run = run,
				      .arg = arg };
	loop_peer_start(&e->peer);
	e->s = ward_wrap(e->server_config, e->fds[1], NULL, true);
	assert_string_equal(ward_session_error(e->s), "");
}

static void close_ends(struct ends *e)
{
	ward_session_free(e->s);
	loop_peer_join(&e->peer);
	ward_config_free(e->client_config);
	ward_config_free(e->server_config);
}

/* Says "hello", and what is to come before the answer, if anything; then reads to the end. */
struct words {
	size_t count; /* bytes before it reads */
	bool one_by_one;
};

static void say_and_read(struct ward_session *s, void *arg)
{
	const struct words *w = arg;
	uint8_t *bytes = malloc(w->count + 1);
	char buf[64];

	loop_fill(bytes, w->count, 5);
	if (ward_write(s, "hello", 5)) {
		for (size_t i = 0; w->one_by_one && i < w->count; i++)
			(void)!ward_write(s, bytes + i, 1);
		if (w->count > 0 && !w->one_by_one)
			(void)!ward_write(s, bytes, w->count);
		while (ward_read(s, buf, sizeof(buf)) > 0)
			continue;
	}
	free(bytes);
}

static void read_all(struct ward_session *s, void *buf, size_t len)
{
	for (size_t n = 0; n < len;) {
		ssize_t part = ward_read(s, (char *)buf + n, len - n);

		if (part <= 0)
			fail_msg("%s", ward_session_error(s));
		n += (size_t)part;
	}
}

static void expect_hello(struct ward_session *s)
{
	char buf[5];

	read_all(s, buf, sizeof(buf));
	assert_memory_equal(buf, "hello", 5);
}

/* ---- what the call gives ---- */

static const struct answer_row {
	const char *name;
	enum client who;
	enum ward_verify_mode mode;
	enum ward_reason reason;
	bool lives;
} answer_rows[] = {
	{ "a name, where it is required", NAMED, WARD_VERIFY_REQUIRED, WARD_E_NONE, true },
	{ "a name, where it is optional", NAMED, WARD_VERIFY_OPTIONAL, WARD_E_NONE, true },
	{ "none, where it is optional", NAMELESS, WARD_VERIFY_OPTIONAL, WARD_E_NONE, true },
	{ "none, where it is required", NAMELESS, WARD_VERIFY_REQUIRED, WARD_E_CERTIFICATE_REQUIRED,
	  false },
	{ "a client that did not offer it", UNWILLING, WARD_VERIFY_OPTIONAL, WARD_E_BAD_STATE,
	  true },
};

static void test_answer(void **state)
{
	const struct answer_row *row = *state;
	struct words words = { 0 };
	struct ward_error err = { 0 };
	struct ends e;
	bool good = row->reason == WARD_E_NONE;

	open_ends(&e, row->who, row->mode, say_and_read, &words);
	expect_hello(e.s);
	assert_null(ward_peer_cert(e.s));
	assert_int_equal(ward_request_certificate(e.s, &err), good);
	assert_int_equal(err.reason, row->reason);
	assert_int_equal(ward_session_failure(e.s) == NULL, row->lives);
	if (good && row->who == NAMED) {
		assert_true(ward_cert_matches_host(ward_peer_cert(e.s), "client.example"));
		/* Who has said it is not asked again. */
		assert_true(ward_request_certificate(e.s, &err));
	} else {
		assert_null(ward_peer_cert(e.s));
	}
	assert_int_equal(ward_write(e.s, "welcome", 7), row->lives);
	close_ends(&e);
	assert_int_equal(e.peer.failure.reason, row->lives ? WARD_E_NONE : WARD_E_ALERT_RECEIVED);
}

/* An empty answer is one: the next call asks anew. */
static void test_asked_twice(void **state)
{
	struct words words = { 0 };
	struct ward_error err = { 0 };
	struct ends e;

	(void)state;
	open_ends(&e, NAMELESS, WARD_VERIFY_OPTIONAL, say_and_read, &words);
	for (int i = 0; i < 3; i++) {
		assert_true(ward_request_certificate(e.s, &err));
		assert_null(ward_peer_cert(e.s));
		assert_true(ward_write(e.s, "who?", 4));
	}
	expect_hello(e.s);
	close_ends(&e);
	assert_int_equal(e.peer.failure.reason, WARD_E_NONE);
}

/* ---- data before the answer ---- */

static const struct data_row {
	const char *name;
	struct words words;
	size_t read_first; /* of all that comes, "hello" included */
	bool too_much;
} data_rows[] = {
	{ "nothing was read before it is asked", { 0, false }, 0, false },
	{ "part of a record was read", { 0, false }, 2, false },
	{ "data follows what was read", { 30000, false }, 5, false },
	{ "records of one byte", { 3000, true }, 1, false },
	{ "more than is kept", { 400000, false }, 0, true },
	{ "more than is kept, by single bytes", { 70000, true }, 7, true },
};

static void test_data(void **state)
{
	const struct data_row *row = *state;
	size_t total = 5 + row->words.count, done = row->read_first;
	struct words words = row->words;
	struct ward_error err = { 0 };
	uint8_t *got = malloc(total), *sent = malloc(total);
	bool too_much = false;
	struct ends e;

	memcpy(sent, "hello", 5);
	loop_fill(sent + 5, words.count, 5);
	open_ends(&e, NAMED, WARD_VERIFY_REQUIRED, say_and_read, &words);
	read_all(e.s, got, done);
	while (!ward_request_certificate(e.s, &err)) {
		assert_int_equal(err.reason, WARD_E_ANSWER_BEHIND_DATA);
		assert_null(ward_session_failure(e.s));
		assert_true(ward_pending(e.s) >= 64 * 1024 && ward_pending(e.s) < 128 * 1024);
		too_much = true;
		read_all(e.s, got + done, 64 * 1024);
		done += 64 * 1024;
		err = (struct ward_error){ 0 };
	}
	assert_int_equal(too_much, row->too_much);
	assert_non_null(ward_peer_cert(e.s));
	assert_int_equal(ward_pending(e.s), total - done);
	read_all(e.s, got + done, total - done);
	assert_memory_equal(got, sent, total);
	assert_null(e.s->before);
	close_ends(&e);
	assert_int_equal(e.peer.failure.reason, WARD_E_NONE);
	free(got);
	free(sent);
}

/* ---- clients that do not answer ---- */

/* Stays, and neither reads nor writes until the other end is gone. */
static void say_nothing(struct ward_session *s, void *arg)
{
	char byte;

	(void)arg;
	if (ward_handshake(s))
		while (recv(ward_session_fd(s), &byte, 1, 0) > 0)
			continue;
}

static void test_silence(void **state)
{
	struct ward_error err = { 0 };
	struct ends e;

	(void)state;
	open_ends(&e, NAMED, WARD_VERIFY_REQUIRED, say_nothing, NULL);
	ward_session_set_timeout(e.s, 50);
	assert_false(ward_request_certificate(e.s, &err));
	assert_int_equal(err.reason, WARD_E_TIMED_OUT);
	assert_string_equal(err.detail, "the client was asked for its certificate");
	assert_int_equal(ward_session_failure(e.s)->reason, WARD_E_TIMED_OUT);
	/* It sticks, and what failed before is told again. */
	err = (struct ward_error){ 0 };
	assert_false(ward_request_certificate(e.s, &err));
	assert_int_equal(err.reason, WARD_E_TIMED_OUT);
	close_ends(&e);
}

static void shut_first(struct ward_session *s, void *arg)
{
	char byte;

	(void)arg;
	if (ward_write(s, "hello", 5) && ward_shutdown(s))
		while (recv(ward_session_fd(s), &byte, 1, 0) > 0)
			continue;
}

static void test_close_notify(void **state)
{
	struct ward_error err = { 0 };
	struct ends e;
	char byte;

	(void)state;
	open_ends(&e, NAMED, WARD_VERIFY_REQUIRED, shut_first, NULL);
	assert_false(ward_request_certificate(e.s, &err));
	assert_int_equal(err.reason, WARD_E_CLOSED_IN_HANDSHAKE);
	assert_null(ward_session_failure(e.s));
	/* What it said before is there, and it can be told why nothing follows. */
	expect_hello(e.s);
	assert_int_equal(ward_read(e.s, &byte, 1), 0);
	assert_true(ward_write(e.s, "403", 3));
	close_ends(&e);
}

/* ---- no session to ask ---- */

static void test_roles(void **state)
{
	struct ward_error err = { 0 };
	struct words words = { 0 };
	struct ends e;

	(void)state;
	assert_false(ward_request_certificate(NULL, &err));
	assert_int_equal(err.reason, WARD_E_NO_MEMORY);
	err = (struct ward_error){ 0 };
	make_configs(&e, NAMED, WARD_VERIFY_REQUIRED);
	loop_tcp_pair(e.fds);
	e.peer = (struct loop_peer){
		.config = e.server_config, .fd = e.fds[1], .run = say_and_read, .arg = &words
	};
	loop_peer_start(&e.peer);
	e.s = ward_wrap(e.client_config, e.fds[0], "server.example", true);
	assert_false(ward_request_certificate(e.s, &err));
	assert_int_equal(err.reason, WARD_E_BAD_STATE);
	assert_null(ward_session_failure(e.s));
	close_ends(&e);
}

/* ---- without blocking ---- */

static void test_would_block(void **state)
{
	struct ward_error err = { 0 };
	struct ward_session *client;
	struct ends e;
	char buf[8];

	(void)state;
	make_configs(&e, NAMED, WARD_VERIFY_REQUIRED);
	loop_pair(e.fds);
	loop_nonblocking(e.fds[0]);
	loop_nonblocking(e.fds[1]);
	client = ward_wrap(e.client_config, e.fds[0], "server.example", true);
	e.s = ward_wrap(e.server_config, e.fds[1], NULL, true);
	assert_true(loop_handshake(client, e.s));
	for (int i = 0; i < 2; i++) { /* it is asked once, however often the call is made */
		assert_false(ward_request_certificate(e.s, &err));
		assert_int_equal(err.reason, WARD_E_NONE);
		assert_true(ward_would_block(e.s));
		assert_int_equal(ward_session_wants(e.s), WARD_WANT_READ);
	}
	assert_int_equal(ward_read(client, buf, sizeof(buf)), -1);
	assert_true(ward_would_block(client));
	/* A read in between takes the answer in; the call still tells of it. */
	assert_int_equal(ward_read(e.s, buf, sizeof(buf)), -1);
	assert_true(ward_request_certificate(e.s, &err));
	assert_non_null(ward_peer_cert(e.s));
	ward_session_free(client);
	ward_session_free(e.s);
	ward_config_free(e.client_config);
	ward_config_free(e.server_config);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, answer_rows, test_answer);
	table_add(&t, "an empty answer, three times", test_asked_twice, NULL);
	TABLE_ADD(&t, data_rows, test_data);
	table_add(&t, "a client that says nothing", test_silence, NULL);
	table_add(&t, "a client that sends close_notify instead", test_close_notify, NULL);
	table_add(&t, "no session, and a client's", test_roles, NULL);
	table_add(&t, "without blocking", test_would_block, NULL);
	failed = table_run(&t, "ask");
	credentials_cleanup();
	return failed;
}
