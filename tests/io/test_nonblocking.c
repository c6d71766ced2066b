/*
 * Sessions on descriptors that do not block, as an event loop drives them.
 */
#include "io/session.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/loopback.h"
#include "support/table.h"

struct ends {
	struct ward_config *client_config, *server_config;
	struct ward_session *client, *server;
	int fds[2];
};

static void open_ends(struct ends *e)
{
	e->client_config = loop_client_config();
	e->server_config = loop_server_config();
	loop_pair(e->fds);
	loop_nonblocking(e->fds[0]);
	loop_nonblocking(e->fds[1]);
	e->client = ward_wrap(e->client_config, e->fds[0], "server.example", true);
	e->server = ward_wrap(e->server_config, e->fds[1], NULL, true);
	assert_non_null(e->client);
	assert_non_null(e->server);
}

static void close_ends(struct ends *e)
{
	ward_session_free(e->client);
	ward_session_free(e->server);
	ward_config_free(e->client_config);
	ward_config_free(e->server_config);
}

/* Waits as a loop would, for what the session says it waits for. */
static void poll_for(const struct ward_session *s)
{
	unsigned int wants = ward_session_wants(s);
	struct pollfd p = { .fd = ward_session_fd(s) };

	if ((wants & WARD_WANT_READ) != 0)
		p.events |= POLLIN;
	if ((wants & WARD_WANT_WRITE) != 0)
		p.events |= POLLOUT;
	assert_int_not_equal(p.events, 0);
	assert_int_equal(poll(&p, 1, 5000), 1);
}

/* There need not be room for a close_notify, however little it is. */
static void shut(struct ward_session *s)
{
	while (!ward_shutdown(s)) {
		assert_true(ward_would_block(s));
		poll_for(s);
	}
}

static void test_handshake(void **state)
{
	struct ends e;

	(void)state;
	open_ends(&e);
	/* Nothing was done when it was wrapped; the first call sends a hello and has to wait. */
	assert_false(ward_handshake(e.client));
	assert_true(ward_would_block(e.client));
	assert_int_equal(ward_session_wants(e.client), WARD_WANT_READ);
	assert_null(ward_session_failure(e.client));
	assert_false(ward_handshake(e.server));
	assert_true(ward_would_block(e.server));
	assert_true(ward_handshake(e.client));
	assert_false(ward_would_block(e.client));
	assert_true(ward_handshake(e.server));
	close_ends(&e);
}

static void client_loop(int fd, void *arg)
{
	struct ward_config *config = loop_client_config();
	struct ward_session *s = ward_wrap(config, fd, "server.example", false);
	bool *ok = arg;
	char buf[8];

	*ok = ward_write(s, "ping", 4) && ward_read(s, buf, sizeof(buf)) == 4 &&
	      ward_read(s, buf, sizeof(buf)) == 0;
	ward_session_free(s);
	ward_config_free(config);
}

/* One end with poll, the other one blocking, in a thread. */
static void test_poll_loop(void **state)
{
	struct ward_config *config = loop_server_config();
	bool ok = false;
	struct loop_raw peer = { .run = client_loop, .arg = &ok };
	struct ward_session *s;
	char buf[8];
	ssize_t n;
	int fds[2];

	(void)state;
	test_trust();
	loop_pair(fds);
	loop_nonblocking(fds[1]);
	peer.fd = fds[0];
	s = ward_wrap(config, fds[1], NULL, true);
	loop_raw_start(&peer);
	while ((n = ward_read(s, buf, sizeof(buf))) < 0 && ward_would_block(s))
		poll_for(s);
	assert_int_equal(n, 4);
	while ((n = ward_write_some(s, buf, 4)) < 0 && ward_would_block(s))
		poll_for(s);
	assert_int_equal(n, 4);
	shut(s);
	while ((n = ward_read(s, buf, sizeof(buf))) < 0 && ward_would_block(s))
		poll_for(s);
	assert_int_equal(n, 0);
	loop_raw_join(&peer);
	assert_true(ok);
	ward_session_free(s);
	ward_config_free(config);
}

static void test_read_would_block(void **state)
{
	struct ends e;
	char buf[8];

	(void)state;
	open_ends(&e);
	assert_true(loop_handshake(e.client, e.server));
	assert_int_equal(ward_read(e.client, buf, sizeof(buf)), -1);
	assert_true(ward_would_block(e.client));
	assert_string_equal(ward_session_error(e.client), "");
	assert_null(e.client->held);
	assert_int_equal(ward_write_some(e.server, "hello", 5), 5);
	assert_int_equal(ward_read(e.client, buf, sizeof(buf)), 5);
	assert_false(ward_would_block(e.client));
	close_ends(&e);
}

enum { BULK = 3 << 20 };

struct bulk {
	uint8_t *data, *got;
	size_t sent, received;
};

/* Sends from one end and reads at the other until all has arrived; how often sending had to wait. */
static size_t move_bulk(struct ward_session *from, struct ward_session *to, struct bulk *b,
			size_t piece)
{
	size_t waits = 0;

	while (b->received < BULK) {
		size_t room = piece < BULK - b->received ? piece : BULK - b->received;
		ssize_t n = 0;

		if (b->sent < BULK || (ward_session_wants(from) & WARD_WANT_WRITE) != 0)
			n = ward_write_some(from, b->data + b->sent, BULK - b->sent);
		assert_true(n >= 0 || ward_would_block(from));
		if (n >= 0)
			b->sent += (size_t)n;
		waits += from->unsent != NULL;
		n = ward_read(to, b->got + b->received, room);
		assert_true(n > 0 || ward_would_block(to));
		if (n > 0)
			b->received += (size_t)n;
	}
	return waits;
}

static const struct bulk_row {
	const char *name;
	bool from_client;
	size_t piece; /* how much is read at once */
} bulk_rows[] = {
	{ "3 MiB to the server, read by 64 KiB", true, 65536 },
	{ "3 MiB to the client, read by 64 KiB", false, 65536 },
	{ "3 MiB to the server, read by 16 KiB", true, 16384 },
	{ "3 MiB to the client, read by 1000 bytes", false, 1000 },
	{ "3 MiB to the server, read by a record and a byte", true, WARD_RECORD_MAX + 1 },
};

static void test_bulk(void **state)
{
	const struct bulk_row *row = *state;
	struct bulk b = { .data = malloc(BULK), .got = malloc(BULK) };
	struct ends e;
	size_t waits;

	assert_non_null(b.data);
	assert_non_null(b.got);
	loop_fill(b.data, BULK, 7);
	open_ends(&e);
	assert_true(loop_handshake(e.client, e.server));
	waits = move_bulk(row->from_client ? e.client : e.server,
			  row->from_client ? e.server : e.client, &b, row->piece);
	assert_true(waits > 0);
	assert_memory_equal(b.data, b.got, BULK);
	assert_null(e.client->unsent);
	assert_null(e.server->unsent);
	assert_null(e.client->held);
	assert_null(e.server->held);
	close_ends(&e);
	free(b.data);
	free(b.got);
}

/* What waits to be sent is sent by any call, and is all that it does with a length of 0. */
static void test_flush(void **state)
{
	static uint8_t data[1 << 20], got[1 << 16];
	struct ends e;
	ssize_t taken;
	size_t read = 0;

	(void)state;
	open_ends(&e);
	assert_true(loop_handshake(e.client, e.server));
	taken = ward_write_some(e.client, data, sizeof(data));
	assert_true(taken > 0 && (size_t)taken < sizeof(data));
	assert_int_equal(ward_session_wants(e.client) & WARD_WANT_WRITE, WARD_WANT_WRITE);
	assert_int_equal(ward_write_some(e.client, NULL, 0), -1);
	assert_true(ward_would_block(e.client));
	assert_int_equal(ward_write_some(e.client, data, 1), -1);
	while (read < (size_t)taken) {
		ssize_t n = ward_read(e.server, got, sizeof(got));

		if (n > 0)
			read += (size_t)n;
		else
			(void)!ward_read(e.client, got, sizeof(got));
	}
	assert_int_equal(ward_write_some(e.client, NULL, 0), 0);
	assert_int_equal(ward_session_wants(e.client) & WARD_WANT_WRITE, 0);
	close_ends(&e);
}

/* A close_notify behind what is unsent: the call would block, and is made again as any other. */
static void test_shutdown_would_block(void **state)
{
	static uint8_t data[1 << 20], got[1 << 16];
	struct ends e;
	size_t sent, read = 0;
	ssize_t n = 1;

	(void)state;
	open_ends(&e);
	assert_true(loop_handshake(e.client, e.server));
	sent = (size_t)ward_write_some(e.client, data, sizeof(data));
	assert_true(sent < sizeof(data));
	assert_false(ward_shutdown(e.client));
	assert_true(ward_would_block(e.client));
	assert_int_equal(ward_session_wants(e.client) & WARD_WANT_WRITE, WARD_WANT_WRITE);
	while (n != 0) {
		n = ward_read(e.server, got, sizeof(got));
		assert_true(n >= 0 || ward_would_block(e.server));
		read += n > 0 ? (size_t)n : 0;
		if (n < 0)
			shut(e.client);
	}
	assert_int_equal(read, sent);
	close_ends(&e);
}

/* ward_write waits though the descriptor does not block. */
static void drain_peer(struct ward_session *s, void *arg)
{
	uint8_t buf[20000];
	size_t *total = arg;
	ssize_t n;

	while ((n = ward_read(s, buf, sizeof(buf))) > 0)
		*total += (size_t)n;
}

static void test_write_waits(void **state)
{
	static uint8_t data[2 << 20];
	struct ward_config *client = loop_client_config(), *server = loop_server_config();
	size_t total = 0;
	struct loop_peer peer = { .config = server, .run = drain_peer, .arg = &total };
	struct ward_session *s;
	int fds[2];

	(void)state;
	loop_pair(fds);
	loop_nonblocking(fds[0]);
	peer.fd = fds[1];
	s = ward_wrap(client, fds[0], "server.example", true);
	loop_peer_start(&peer);
	assert_true(ward_write(s, data, sizeof(data)));
	shut(s);
	loop_peer_join(&peer);
	assert_int_equal(total, sizeof(data));
	ward_session_free(s);
	ward_config_free(client);
	ward_config_free(server);
}

/* ---- bytes that come one by one ---- */

/* Moves at most `step` bytes from one socket to the other; how many. */
static size_t carry(int from, int to, size_t step)
{
	char buf[4096];
	ssize_t n = recv(from, buf, step < sizeof(buf) ? step : sizeof(buf), MSG_DONTWAIT);

	if (n <= 0)
		return 0;
	assert_int_equal(send(to, buf, (size_t)n, MSG_DONTWAIT), n);
	return (size_t)n;
}

/* Both ends through a wire that carries one byte at a time, and a call after each. */
static void test_byte_by_byte(void **state)
{
	struct ward_config *client_config = loop_client_config();
	struct ward_config *server_config = loop_server_config();
	struct ward_session *client, *server;
	uint8_t data[600], got[600];
	size_t received = 0, most = 0;
	int left[2], right[2];

	(void)state;
	loop_fill(data, sizeof(data), 3);
	loop_pair(left);
	loop_pair(right);
	loop_nonblocking(left[0]);
	loop_nonblocking(right[1]);
	client = ward_wrap(client_config, left[0], "server.example", true);
	server = ward_wrap(server_config, right[1], NULL, true);
	while ((int)ward_handshake(client) + (int)ward_handshake(server) < 2) {
		assert_string_equal(ward_session_error(client), "");
		assert_string_equal(ward_session_error(server), "");
		carry(left[1], right[0], 1);
		carry(right[0], left[1], 1);
	}
	assert_int_equal(ward_write_some(client, data, sizeof(data)), sizeof(data));
	while (received < sizeof(data)) {
		ssize_t n;

		carry(left[1], right[0], 1);
		n = ward_read(server, got + received, 7);
		if (n > 0)
			received += (size_t)n;
		if (server->held != NULL && server->held->raw_len > most)
			most = server->held->raw_len;
	}
	assert_memory_equal(data, got, sizeof(data));
	/* It held the start of the record, no more. */
	assert_true(most > 0 && most < sizeof(data) + 30);
	ward_session_free(client);
	ward_session_free(server);
	close(left[1]);
	close(right[0]);
	ward_config_free(client_config);
	ward_config_free(server_config);
}

/* ---- keys kept elsewhere ---- */

static void test_want_key(void **state)
{
	static const char *const names[] = { "server.example", NULL };
	struct ward_config *client_config = loop_client_config();
	struct ward_config *server_config = ward_config_new_server(NULL);
	struct ward_key_request request;
	struct credential c;
	struct ends e = { .client_config = client_config, .server_config = server_config };

	(void)state;
	credential_make_at(&c, WARD_KEY_P256, WARD_PROFILE_SERVER, names, clock_now() - 60,
			   clock_now() + 3600);
	assert_true(ward_config_add_identity_external(server_config, &c.chain, NULL));
	loop_pair(e.fds);
	loop_nonblocking(e.fds[0]);
	e.client = ward_wrap(client_config, e.fds[0], "server.example", true);
	assert_false(ward_handshake(e.client));
	/* The server's descriptor blocks; the call comes back for the key all the same. */
	e.server = ward_wrap(server_config, e.fds[1], NULL, true);
	assert_true(ward_would_block(e.server));
	assert_int_equal(ward_session_wants(e.server), WARD_WANT_KEY);
	assert_false(ward_handshake(e.server));
	assert_true(ward_conn_key_request(ward_session_conn(e.server), &request));
	/* A key that refuses ends the handshake, and the client hears of it. */
	assert_false(ward_conn_key_done(ward_session_conn(e.server), NULL, 0, NULL));
	assert_false(ward_handshake(e.server));
	assert_false(ward_would_block(e.server));
	assert_int_equal(ward_session_failure(e.server)->reason, WARD_E_CRYPTO_FAILED);
	assert_false(ward_handshake(e.client));
	assert_int_equal(ward_session_failure(e.client)->reason, WARD_E_ALERT_RECEIVED);
	credential_clear(&c);
	close_ends(&e);
}

int main(void)
{
	static struct table t;
	int failed;

	table_add(&t, "a handshake by turns", test_handshake, NULL);
	table_add(&t, "a poll loop against a blocking peer", test_poll_loop, NULL);
	table_add(&t, "a read without data would block and is no failure", test_read_would_block,
		  NULL);
	TABLE_ADD(&t, bulk_rows, test_bulk);
	table_add(&t, "what is unsent goes out with the next calls", test_flush, NULL);
	table_add(&t, "close_notify behind what is unsent", test_shutdown_would_block, NULL);
	table_add(&t, "ward_write waits on any descriptor", test_write_waits, NULL);
	table_add(&t, "bytes that come one by one", test_byte_by_byte, NULL);
	table_add(&t, "a key kept elsewhere", test_want_key, NULL);
	failed = table_run(&t, "nonblocking");
	credentials_cleanup();
	return failed;
}
