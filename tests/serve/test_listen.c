/*
 * Where the server listens: what can be asked for, and the sockets.
 */
#include "serve/listen.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/table.h"

static const struct parse_row {
	const char *name;
	const char *text;
	const char *host; /* NULL: refused */
	const char *port;
} rows[] = {
	{ "an address and a port", "127.0.0.1:8443", "127.0.0.1", "8443" },
	{ "a name and a port", "localhost:443", "localhost", "443" },
	{ "an address of IPv6", "[::1]:8443", "::1", "8443" },
	{ "all addresses", ":8443", "", "8443" },
	{ "a port alone", "8443", "", "8443" },
	{ "any free port", "localhost:0", "localhost", "0" },
	{ "the last port", "[::]:65535", "::", "65535" },
	{ "nothing", "", NULL, NULL },
	{ "a name alone", "localhost", NULL, NULL },
	{ "no port behind the colon", "localhost:", NULL, NULL },
	{ "a port that is too large", ":65536", NULL, NULL },
	{ "a port far too large", ":99999999999999999999999", NULL, NULL },
	{ "a port below zero", ":-1", NULL, NULL },
	{ "a port with letters", ":80a", NULL, NULL },
	{ "a port with a blank", ": 80", NULL, NULL },
	{ "an address of IPv6 without brackets", "::1:8443", NULL, NULL },
	{ "a bracket that stays open", "[::1", NULL, NULL },
	{ "no colon behind the bracket", "[::1]8443", NULL, NULL },
	{ "brackets without a port", "[::1]", NULL, NULL },
};

static void test_parse(void **state)
{
	const struct parse_row *row = *state;
	struct ward_error err = { 0 };
	struct listen_at at;

	if (row->host == NULL) {
		assert_false(listen_parse(row->text, &at, &err));
		assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
		return;
	}
	assert_true(listen_parse(row->text, &at, &err));
	assert_string_equal(at.host, row->host);
	assert_string_equal(at.port, row->port);
}

static void test_long_host(void **state)
{
	char text[400];
	struct listen_at at;

	(void)state;
	memset(text, 'a', sizeof(text));
	snprintf(text + 300, 10, ":1");
	assert_false(listen_parse(text, &at, NULL));
}

static bool open_at(const char *text, struct listen_set *sets, size_t loops, unsigned int *port,
		    struct ward_error *err)
{
	struct listen_at at;

	return listen_parse(text, &at, err) && listen_open(&at, sets, loops, port, err);
}

static bool can_connect(unsigned int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;

	close(fd);
	return ok;
}

static void test_open(void **state)
{
	static const char *const places[] = { "127.0.0.1:0", "localhost:0", ":0" };
	struct listen_set sets[3];
	unsigned int port;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_true(open_at(places[i], sets, 3, &port, NULL));
		assert_true(port > 0);
		assert_true(can_connect(port));
		for (size_t j = 3; j-- > 0;) {
			assert_int_equal(sets[j].count, sets[0].count);
			assert_true(sets[j].count > 0);
			assert_true((fcntl(sets[j].fds[0], F_GETFL) & O_NONBLOCK) != 0);
			listen_close(&sets[j]);
			assert_int_equal(sets[j].count, 0);
		}
		assert_false(can_connect(port));
	}
}

/* A second server on the port is refused, though SO_REUSEPORT would have let it in. */
static void test_in_use(void **state)
{
	struct listen_set first[2], second[2];
	struct ward_error err = { 0 };
	unsigned int port, other;
	char text[32];

	(void)state;
	assert_true(open_at("127.0.0.1:0", first, 2, &port, NULL));
	snprintf(text, sizeof(text), "127.0.0.1:%u", port);
	assert_false(open_at(text, second, 2, &other, &err));
	assert_int_equal(err.reason, WARD_E_ADDRESS_IN_USE);
	assert_int_equal(second[0].count + second[1].count, 0);
	listen_close(&first[0]);
	listen_close(&first[1]);
	assert_true(open_at(text, second, 2, &other, NULL));
	assert_int_equal(other, port);
	listen_close(&second[0]);
	listen_close(&second[1]);
}

static void test_wrong_places(void **state)
{
	struct listen_set set;
	struct ward_error err = { 0 };
	unsigned int port;

	(void)state;
	assert_false(open_at("192.0.2.1:0", &set, 1, &port, &err)); /* RFC 5737: nobody's */
	assert_int_equal(err.reason, WARD_E_LISTEN_FAILED);
	err = (struct ward_error){ 0 };
	assert_false(open_at("nothing.invalid:0", &set, 1, &port, &err));
	assert_int_equal(err.reason, WARD_E_NAME_NOT_FOUND);
}

int main(void)
{
	struct table t = { 0 };

	TABLE_ADD(&t, rows, test_parse);
	table_add(&t, "a host that is too long", test_long_host, NULL);
	table_add(&t, "an address, a name, all addresses", test_open, NULL);
	table_add(&t, "a port that is in use", test_in_use, NULL);
	table_add(&t, "addresses that are not this machine's", test_wrong_places, NULL);
	return table_run(&t, "listen");
}
