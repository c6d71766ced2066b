/*
 * From names to sockets: the order of addresses (RFC 8305, 4), the race between them, listening,
 * and each way in which that fails.
 */
#include "io/dial.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/loopback.h"
#include "support/table.h"

/* ---- the order ---- */

struct order_row {
	const char *name;
	const char *list; /* families as they come: '4' and '6' */
	const char *order;
};

static const struct order_row orders[] = {
	{ "families take turns", "666444", "646464" },
	{ "the family that comes first begins", "4466", "4646" },
	{ "what one family has more comes at the end", "64444", "64444" },
	{ "one family alone keeps its order", "444", "444" },
	{ "a single address", "6", "6" },
};

static void test_order(void **state)
{
	const struct order_row *row = *state;
	const struct addrinfo *order[DIAL_ADDRESSES_MAX];
	struct addrinfo list[8] = { { 0 } };
	size_t n = strlen(row->list);
	int next_4 = 0, next_6 = 0;

	for (size_t i = 0; i < n; i++) {
		list[i].ai_family = row->list[i] == '4' ? AF_INET : AF_INET6;
		list[i].ai_protocol = row->list[i] == '4' ? next_4++ : next_6++;
		list[i].ai_next = i + 1 < n ? &list[i + 1] : NULL;
	}
	assert_int_equal(dial_order(list, order), n);
	next_4 = next_6 = 0;
	for (size_t i = 0; i < n; i++) {
		bool is_4 = row->order[i] == '4';

		assert_int_equal(order[i]->ai_family, is_4 ? AF_INET : AF_INET6);
		/* Within a family nothing changes places. */
		assert_int_equal(order[i]->ai_protocol, is_4 ? next_4++ : next_6++);
	}
}

static void test_many_addresses(void **state)
{
	static struct addrinfo list[DIAL_ADDRESSES_MAX + 10];
	const struct addrinfo *order[DIAL_ADDRESSES_MAX];
	size_t count = sizeof(list) / sizeof(list[0]);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		list[i].ai_family = i % 3 == 0 ? AF_INET : AF_INET6;
		list[i].ai_next = i + 1 < count ? &list[i + 1] : NULL;
	}
	assert_int_equal(dial_order(list, order), DIAL_ADDRESSES_MAX);
	assert_int_equal(dial_order(NULL, order), 0);
}

/* ---- the race ---- */

static struct addrinfo address_of(struct sockaddr_in *at, const char *address, const char *port)
{
	*at = (struct sockaddr_in){ .sin_family = AF_INET };
	at->sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	assert_int_equal(inet_pton(AF_INET, address, &at->sin_addr), 1);
	return (struct addrinfo){ .ai_family = AF_INET,
				  .ai_addr = (struct sockaddr *)at,
				  .ai_addrlen = sizeof(*at) };
}

/* A port where nobody listens: it is bound, so that nobody else takes it. */
static int closed_port(char port[8])
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	snprintf(port, 8, "%u", (unsigned int)ntohs(at.sin_port));
	return fd;
}

static void test_next_address(void **state)
{
	struct ward_error err = { 0 };
	struct sockaddr_in at[2];
	struct addrinfo list[2];
	const struct addrinfo *order[2] = { &list[0], &list[1] };
	char closed[8], open[8];
	int closed_fd = closed_port(closed), open_fd = loop_listen("127.0.0.1", open);
	int64_t start = deadline_after(0);
	int fd;

	(void)state;
	list[0] = address_of(&at[0], "127.0.0.1", closed);
	list[1] = address_of(&at[1], "127.0.0.1", open);
	fd = dial_race(order, 2, deadline_after(30000), &err);
	assert_true(fd >= 0);
	assert_int_equal(err.reason, WARD_E_NONE);
	/* A refusal is no reason to wait: the next attempt is at once. */
	assert_true(deadline_after(0) - start < 250);
	close(fd);
	close(open_fd);
	close(closed_fd);
}

static void test_worst_failure(void **state)
{
	struct ward_error err = { 0 };
	struct sockaddr_in at[2];
	struct addrinfo list[2];
	const struct addrinfo *order[2] = { &list[0], &list[1] };
	char closed[8];
	int closed_fd = closed_port(closed);

	(void)state;
	list[0] = address_of(&at[0], "127.0.0.1", closed);
	list[1] = address_of(&at[1], "255.255.255.255", closed);
	assert_int_equal(dial_race(order, 2, deadline_after(30000), &err), -1);
	assert_int_equal(err.reason, WARD_E_CONNECT_REFUSED);
	assert_int_equal(err.system, ECONNREFUSED);
	assert_non_null(strstr(err.detail, closed));
	close(closed_fd);
}

/* ---- the whole ---- */

struct dial_row {
	const char *name;
	const char *host, *service; /* service NULL: a port where nobody listens */
	enum ward_reason reason;
};

static const struct dial_row dials[] = {
	{ "a closed port", "127.0.0.1", NULL, WARD_E_CONNECT_REFUSED },
	{ "an address that no connection goes to", "255.255.255.255", "443",
	  WARD_E_CONNECT_FAILED },
	{ "a name that does not exist", "nobody.invalid", "443", WARD_E_NAME_NOT_FOUND },
	{ "the same with the root's dot", "nobody.invalid.", "443", WARD_E_NAME_NOT_FOUND },
	{ "the domain alone", "invalid", "443", WARD_E_NAME_NOT_FOUND },
	{ "no host", NULL, "443", WARD_E_BAD_ARGUMENT },
};

static void test_dial_fails(void **state)
{
	const struct dial_row *row = *state;
	struct ward_config *config = loop_client_config();
	struct ward_session *s;
	char closed[8];
	int fd = closed_port(closed);

	s = ward_dial(config, row->host, row->service == NULL ? closed : row->service, NULL);
	assert_non_null(s);
	assert_string_equal(ward_reason_name(ward_session_failure(s)->reason),
			    ward_reason_name(row->reason));
	assert_null(ward_session_conn(s));
	assert_int_equal(ward_session_fd(s), -1);
	ward_session_free(s);
	close(fd);
	ward_config_free(config);
}

/* A server of one client, which accepts it itself. */
struct acceptor {
	struct ward_config *config;
	int fd;
	enum ward_reason reason;
	pthread_t thread;
};

static void *serve_one(void *arg)
{
	struct acceptor *a = arg;
	struct ward_session *s = ward_accept(a->config, a->fd, NULL);

	loop_echo(s, NULL);
	a->reason = ward_session_failure(s) == NULL ? WARD_E_NONE : ward_session_failure(s)->reason;
	ward_session_free(s);
	return NULL;
}

static void test_dial(void **state)
{
	struct ward_config *client = loop_client_config(), *server = loop_server_config();
	struct ward_dial_options options = { .family = AF_INET,
					     .server_name = "server.example",
					     .data = &options };
	struct acceptor acceptor = { .config = server };
	struct ward_session *s;
	char port[8];

	(void)state;
	acceptor.fd = loop_listen("127.0.0.1", port);
	assert_int_equal(pthread_create(&acceptor.thread, NULL, serve_one, &acceptor), 0);
	s = ward_dial(client, "127.0.0.1", port, &options);
	assert_string_equal(ward_session_error(s), "");
	assert_ptr_equal(ward_conn_data(ward_session_conn(s)), &options);
	assert_string_equal(ward_conn_server_name(ward_session_conn(s)), "server.example");
	assert_string_equal(ward_peer_address(s) + 10, port);
	ward_session_free(s);
	pthread_join(acceptor.thread, NULL);
	assert_int_equal(acceptor.reason, WARD_E_NONE);
	close(acceptor.fd);
	ward_config_free(client);
	ward_config_free(server);
}

/* The handshake is part of what the time limit is for. */
static void test_dial_times_out(void **state)
{
	struct ward_config *client = loop_client_config();
	struct ward_dial_options options = { .connect_timeout_ms = 50 };
	struct ward_session *s;
	char port[8];
	int fd = loop_listen("127.0.0.1", port);

	(void)state;
	s = ward_dial(client, "127.0.0.1", port, &options);
	assert_int_equal(ward_session_failure(s)->reason, WARD_E_TIMED_OUT);
	ward_session_free(s);
	close(fd);
	ward_config_free(client);
}

/* ---- lookups ---- */

struct lookup_row {
	const char *name;
	int code; /* of getaddrinfo */
	enum ward_reason reason;
};

static const struct lookup_row lookups[] = {
	{ "a resolver that does not answer", EAI_AGAIN, WARD_E_LOOKUP_FAILED },
	{ "a resolver that gave up", EAI_FAIL, WARD_E_LOOKUP_FAILED },
	{ "an error of the system", EAI_SYSTEM, WARD_E_LOOKUP_FAILED },
	{ "a name without addresses", EAI_NODATA, WARD_E_NAME_NOT_FOUND },
	{ "a service that is not known", EAI_SERVICE, WARD_E_BAD_ARGUMENT },
	{ "no memory", EAI_MEMORY, WARD_E_NO_MEMORY },
};

static void test_lookup(void **state)
{
	const struct lookup_row *row = *state;
	struct ward_error err = { 0 };

	errno = EIO;
	assert_false(address_fail(row->code, "host.example", "https", &err));
	assert_string_equal(ward_reason_name(err.reason), ward_reason_name(row->reason));
	assert_int_equal(err.system, row->code == EAI_SYSTEM ? EIO : 0);
}

static void test_address_text(void **state)
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6, .sin6_port = htons(443) };
	struct sockaddr_in at_4;
	struct sockaddr local = { .sa_family = AF_UNIX };
	char text[ADDRESS_TEXT];

	(void)state;
	address_of(&at_4, "192.0.2.1", "8443");
	assert_string_equal(address_text((struct sockaddr *)&at_4, sizeof(at_4), text),
			    "192.0.2.1:8443");
	assert_int_equal(inet_pton(AF_INET6, "2001:db8::1", &at.sin6_addr), 1);
	assert_string_equal(address_text((struct sockaddr *)&at, sizeof(at), text),
			    "[2001:db8::1]:443");
	assert_string_equal(address_text(&local, sizeof(local), text), "");
}

/* ---- listening ---- */

static void test_listen(void **state)
{
	struct ward_error err = { 0 };
	char port[8];
	int fd = loop_listen("127.0.0.1", port);

	(void)state;
	assert_int_equal(ward_listen("127.0.0.1", port, &err), -1);
	assert_int_equal(err.reason, WARD_E_ADDRESS_IN_USE);
	assert_int_equal(err.system, EADDRINUSE);
	close(fd);
	err = (struct ward_error){ 0 };
	assert_int_equal(ward_listen("192.0.2.1", "0", &err), -1);
	assert_int_equal(err.reason, WARD_E_LISTEN_FAILED);
	err = (struct ward_error){ 0 };
	assert_int_equal(ward_listen("nobody.invalid", "0", &err), -1);
	assert_int_equal(err.reason, WARD_E_NAME_NOT_FOUND);
	fd = ward_listen(NULL, "0", NULL);
	assert_true(fd >= 0);
	close(fd);
}

static void test_accept_would_block(void **state)
{
	struct ward_config *server = loop_server_config();
	struct ward_error err = { 0 };
	char port[8];
	int fd = loop_listen("127.0.0.1", port);

	(void)state;
	loop_nonblocking(fd);
	assert_null(ward_accept(server, fd, &err));
	assert_int_equal(err.system, EAGAIN);
	close(fd);
	ward_config_free(server);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, orders, test_order);
	table_add(&t, "more addresses than are tried", test_many_addresses, NULL);
	table_add(&t, "the next address is tried at once", test_next_address, NULL);
	table_add(&t, "the failure that says most is told", test_worst_failure, NULL);
	TABLE_ADD(&t, dials, test_dial_fails);
	table_add(&t, "a dial is made to a server that listens", test_dial, NULL);
	table_add(&t, "a server that accepts and is silent", test_dial_times_out, NULL);
	TABLE_ADD(&t, lookups, test_lookup);
	table_add(&t, "addresses as text", test_address_text, NULL);
	table_add(&t, "listening, and why it fails", test_listen, NULL);
	table_add(&t, "nobody is there to be accepted", test_accept_would_block, NULL);
	failed = table_run(&t, "dial");
	credentials_cleanup();
	return failed;
}
