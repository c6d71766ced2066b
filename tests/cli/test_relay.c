/*
 * Bytes both ways, and each way in which that can end. (Large amounts: tests/interop/connect.py.)
 */
#include "cli/relay.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/loopback.h"
#include "support/table.h"

struct relay_test {
	struct ward_config *client, *server;
	struct loop_peer peer;
	struct ward_session *s;
};

static void start(struct relay_test *t, void (*run)(struct ward_session *s, void *arg), void *arg)
{
	int fds[2];

	loop_pair(fds);
	t->client = loop_client_config();
	t->server = loop_server_config();
	t->peer = (struct loop_peer){ .config = t->server, .fd = fds[1], .run = run, .arg = arg };
	loop_peer_start(&t->peer);
	t->s = ward_wrap(t->client, fds[0], "server.example", true);
	assert_non_null(t->s);
	assert_string_equal(ward_session_error(t->s), "");
}

static void end(struct relay_test *t)
{
	ward_session_free(t->s);
	loop_peer_join(&t->peer);
	ward_config_free(t->client);
	ward_config_free(t->server);
}

/* The end of input is told after a tenth of a second. */
static enum relay_end run(struct ward_session *s, int in, int out, int given_up_after_ms)
{
	const struct relay_limits limits = { 100, given_up_after_ms, NULL };

	return relay_run(s, in, out, &limits);
}

/* A descriptor from which this text can be read, and then the end. */
static int input(const char *text)
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], text, strlen(text)), (ssize_t)strlen(text));
	close(fds[1]);
	return fds[0];
}

static void test_echo(void **state)
{
	struct relay_test t;
	int in = input("ping"), out[2];
	char got[16] = "";

	(void)state;
	start(&t, loop_echo, NULL);
	assert_int_equal(pipe(out), 0);
	assert_int_equal(run(t.s, in, out[1], -1), RELAY_CLOSED);
	assert_int_equal(read(out[0], got, sizeof(got) - 1), 4);
	assert_string_equal(got, "ping");
	close(in);
	close(out[0]);
	close(out[1]);
	end(&t);
	assert_int_equal(t.peer.failure.reason, WARD_E_NONE);
}

/* Says something and leaves: the input, which never ends, does not matter. */
static void say_bye(struct ward_session *s, void *arg)
{
	(void)arg;
	if (ward_write(s, "bye", 3))
		(void)!ward_shutdown(s);
}

static void test_peer_ends(void **state)
{
	struct relay_test t;
	int in[2], out[2];
	char got[16] = "";

	(void)state;
	start(&t, say_bye, NULL);
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	assert_int_equal(run(t.s, in[0], out[1], -1), RELAY_CLOSED);
	assert_int_equal(read(out[0], got, sizeof(got) - 1), 3);
	assert_string_equal(got, "bye");
	for (int i = 0; i < 2; i++) {
		close(in[i]);
		close(out[i]);
	}
	end(&t);
}

/* Listens until the other side has gone, and says nothing. */
static void listen_only(struct ward_session *s, void *arg)
{
	char scrap[64];

	(void)arg;
	while (ward_read(s, scrap, sizeof(scrap)) > 0)
		continue;
	usleep(600000);
}

static void test_silence(void **state)
{
	struct relay_test t;
	int in = input("question");

	(void)state;
	start(&t, listen_only, NULL);
	assert_int_equal(run(t.s, in, STDOUT_FILENO, 100), RELAY_SILENT);
	close(in);
	end(&t);
}

static void test_bad_input(void **state)
{
	struct relay_test t;
	int in = open(".", O_RDONLY | O_DIRECTORY);

	(void)state;
	start(&t, loop_echo, NULL);
	assert_int_equal(run(t.s, in, STDOUT_FILENO, -1), RELAY_INPUT_FAILED);
	close(in);
	end(&t);
}

static void test_full_output(void **state)
{
	struct relay_test t;
	int in = input("ping");
	int out = open("/dev/full", O_WRONLY);

	(void)state;
	start(&t, loop_echo, NULL);
	assert_int_equal(run(t.s, in, out, -1), RELAY_OUTPUT_FAILED);
	close(in);
	close(out);
	end(&t);
}

/* Goes away without close_notify. */
static void hang_up(struct ward_session *s, void *arg)
{
	(void)arg;
	(void)!shutdown(ward_session_fd(s), SHUT_RDWR);
}

static void test_cut(void **state)
{
	struct relay_test t;
	int in[2];

	(void)state;
	start(&t, hang_up, NULL);
	assert_int_equal(pipe(in), 0);
	assert_int_equal(run(t.s, in[0], STDOUT_FILENO, -1), RELAY_SESSION);
	assert_int_equal(ward_session_failure(t.s)->reason, WARD_E_CLOSED_EARLY);
	close(in[0]);
	close(in[1]);
	end(&t);
}

/* ---- a filter ---- */

/* Doubles what comes, lets nothing through that begins with '-', and stops at '.' or the end. */
static bool double_input(void *arg, struct ward_session *s, uint8_t *bytes, size_t *len)
{
	size_t *calls = arg;

	assert_non_null(s);
	++*calls;
	if (*len == 0 || bytes[0] == '.')
		return false;
	if (bytes[0] == '-') {
		*len = 0;
		return true;
	}
	memcpy(bytes + *len, bytes, *len);
	*len *= 2;
	return true;
}

static void put(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

/* The next text that the relay's output has. */
static void expect(int fd, const char *text)
{
	char got[16] = "";
	size_t have = 0;

	while (have < strlen(text)) {
		ssize_t n = read(fd, got + have, sizeof(got) - 1 - have);

		assert_true(n > 0);
		have += (size_t)n;
	}
	assert_string_equal(got, text);
}

struct typist {
	int in, out; /* what the relay reads, what it writes */
};

/* Waits for each answer, so that each text is read by itself. */
static void *type(void *arg)
{
	const struct typist *t = arg;

	put(t->in, "ab");
	expect(t->out, "abab");
	put(t->in, "-cd");
	usleep(50000);
	put(t->in, "e");
	expect(t->out, "ee");
	put(t->in, ".f");
	return NULL;
}

static void test_filter(void **state)
{
	size_t calls = 0;
	const struct relay_filter filter = { double_input, &calls };
	const struct relay_limits limits = { 100, -1, &filter };
	struct relay_test t;
	int in[2], out[2];
	struct typist typist;
	pthread_t thread;

	(void)state;
	start(&t, loop_echo, NULL);
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	typist = (struct typist){ in[1], out[0] };
	assert_int_equal(pthread_create(&thread, NULL, type, &typist), 0);
	assert_int_equal(relay_run(t.s, in[0], out[1], &limits), RELAY_STOPPED);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(calls, 4);
	for (int i = 0; i < 2; i++) {
		close(in[i]);
		close(out[i]);
	}
	end(&t);
}

static void test_filter_end(void **state)
{
	size_t calls = 0;
	const struct relay_filter filter = { double_input, &calls };
	const struct relay_limits limits = { 100, -1, &filter };
	struct relay_test t;
	int in = input("");

	(void)state;
	start(&t, listen_only, NULL);
	assert_int_equal(relay_run(t.s, in, STDOUT_FILENO, &limits), RELAY_STOPPED);
	assert_int_equal(calls, 1);
	close(in);
	end(&t);
}

int main(void)
{
	struct table t = { 0 };

	table_add(&t, "what goes in comes back out", test_echo, NULL);
	table_add(&t, "the peer's close_notify ends it", test_peer_ends, NULL);
	table_add(&t, "a peer that is silent after the end of input", test_silence, NULL);
	table_add(&t, "input that cannot be read", test_bad_input, NULL);
	table_add(&t, "output that is full", test_full_output, NULL);
	table_add(&t, "a peer that is cut off", test_cut, NULL);
	table_add(&t, "a filter changes, drops and stops the input", test_filter, NULL);
	table_add(&t, "a filter sees the end of input", test_filter_end, NULL);
	return table_run(&t, "relay");
}
