/*
 * Early data over real sockets (src/io/early.c): handed to ward_dial, read before the handshake is
 * done by a server that asks for it, and after it by one that does not.
 */
#include <ward/early_data.h>

#include <string.h>
#include <unistd.h>

#include "support/loopback.h"
#include "support/table.h"

static struct ward_error ignored;

enum { MAX = 40000 };

/* What the server saw of one connection. */
struct visit {
	struct ward_config *config;
	int listener;
	bool asks; /* for early data, and answers it at once */
	bool writes_first;
	char early[MAX], late[MAX];
	size_t early_len, late_len;
	bool was_connected; /* when early data was there */
	struct ward_error failure;
	pthread_t thread;
};

static void read_early(struct visit *v, struct ward_session *s)
{
	ssize_t n;

	/* In small pieces: what is left is there at the next call. */
	while ((n = ward_read_early(s, v->early + v->early_len,
				    v->early_len < 4 ? 2 : MAX - v->early_len)) > 0) {
		if (v->early_len == 0) {
			v->was_connected = ward_conn_is_connected(ward_session_conn(s));
			if (!ward_write(s, "soon", 4))
				break;
		}
		v->early_len += (size_t)n;
		if (v->early_len == MAX)
			break;
	}
}

static void *serve_one(void *arg)
{
	struct visit *v = arg;
	struct ward_session *s = ward_accept(v->config, v->listener, &v->failure);
	ssize_t n;

	if (s == NULL)
		return NULL;
	if (v->asks)
		read_early(v, s);
	if (v->writes_first && !ward_write(s, "late", 4))
		v->late_len = MAX;
	while (v->late_len < MAX &&
	       (n = ward_read(s, v->late + v->late_len, MAX - v->late_len)) > 0)
		v->late_len += (size_t)n;
	if (ward_session_failure(s) != NULL)
		v->failure = *ward_session_failure(s);
	ward_session_free(s);
	return NULL;
}

static void keep_ticket(void *arg, struct ward_conn *conn, struct ward_ticket *ticket)
{
	struct ward_ticket **kept = arg;

	(void)conn;
	ward_ticket_free(*kept);
	*kept = ward_ticket_ref(ticket);
}

struct both {
	struct ward_config *client, *server;
	struct ward_ticket *ticket;
	int listener;
	char port[8];
};

static void set_up(struct both *b)
{
	*b = (struct both){ .client = loop_client_config(), .server = loop_server_config() };
	assert_true(ward_config_set_early_data(b->server, MAX, NULL, &ignored));
	assert_true(ward_config_set_ticket_callback(b->client, keep_ticket, &b->ticket, &ignored));
	b->listener = loop_listen("127.0.0.1", b->port);
}

static void tear_down(struct both *b)
{
	close(b->listener);
	ward_ticket_free(b->ticket);
	ward_config_free(b->client);
	ward_config_free(b->server);
}

/* One connection: early data, then a few bytes more. How much of the former was taken. */
static size_t visit(struct both *b, struct visit *v, const void *early, size_t len)
{
	struct ward_dial_options options = { .server_name = "server.example",
					     .early_data = early,
					     .early_data_len = len };
	struct ward_session *s;
	char buf[16] = "";
	size_t taken;

	v->config = b->server;
	v->listener = b->listener;
	assert_int_equal(pthread_create(&v->thread, NULL, serve_one, v), 0);
	s = ward_dial(b->client, "127.0.0.1", b->port, &options);
	assert_string_equal(ward_session_error(s), "");
	taken = ward_conn_early_data_accepted(ward_session_conn(s));
	assert_true(ward_write(s, "more", 4));
	if (v->asks && taken > 0) {
		assert_int_equal(ward_read(s, buf, 4), 4);
		assert_string_equal(buf, "soon");
	}
	assert_true(ward_shutdown(s));
	while (ward_read(s, buf, sizeof(buf)) > 0)
		continue;
	pthread_join(v->thread, NULL);
	assert_int_equal(v->failure.reason, WARD_E_NONE);
	ward_session_free(s);
	return taken;
}

static void test_asks(void **state)
{
	static struct visit first = { .asks = true }, second = { .asks = true };
	static char data[MAX];
	struct both b;

	(void)state;
	memset(data, 'e', sizeof(data));
	set_up(&b);
	assert_int_equal(visit(&b, &first, data, sizeof(data)), 0); /* there is no ticket yet */
	assert_int_equal(first.early_len, 0);
	assert_non_null(b.ticket);
	assert_int_equal(ward_ticket_early_data(b.ticket), MAX);
	assert_int_equal(visit(&b, &second, data, sizeof(data)), MAX);
	assert_int_equal(second.early_len, MAX);
	assert_memory_equal(second.early, data, MAX);
	assert_false(second.was_connected);
	assert_int_equal(second.late_len, 4);
	assert_memory_equal(second.late, "more", 4);
	tear_down(&b);
}

/* A server that knows nothing of it reads it in its place, when it cannot be a replay any more. */
static void test_does_not_ask(void **state)
{
	static struct visit first, second = { .writes_first = true };
	struct both b;

	(void)state;
	set_up(&b);
	assert_int_equal(visit(&b, &first, "early", 5), 0);
	assert_int_equal(visit(&b, &second, "early", 5), 5);
	assert_int_equal(second.late_len, 9);
	assert_memory_equal(second.late, "earlymore", 9);
	tear_down(&b);
}

static void test_refused(void **state)
{
	static struct visit first, second = { .asks = true };
	struct both b;

	(void)state;
	set_up(&b);
	assert_int_equal(visit(&b, &first, "early", 5), 0);
	ward_config_free(b.server);
	b.server = loop_server_config(); /* it has other keys */
	assert_int_equal(visit(&b, &second, "early", 5), 0);
	assert_int_equal(second.early_len, 0);
	assert_int_equal(second.late_len, 4);
	tear_down(&b);
}

int main(void)
{
	static struct table t;
	int failed;

	table_add(&t, "a server that asks for it has it at once", test_asks, NULL);
	table_add(&t, "one that does not has it after the handshake", test_does_not_ask, NULL);
	table_add(&t, "where it is refused", test_refused, NULL);
	failed = table_run(&t, "early data of sessions");
	credentials_cleanup();
	return failed;
}
