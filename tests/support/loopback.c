/*
 * Sessions over real sockets. See loopback.h.
 */
#include "support/loopback.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

/* ---- configs ---- */

struct ward_config *loop_server_config_for(const char *const *names, int64_t not_before,
					   int64_t not_after)
{
	struct ward_config *config = ward_config_new_server(NULL);
	struct credential c;

	credential_make_at(&c, WARD_KEY_P256, WARD_PROFILE_SERVER, names, not_before, not_after);
	must(config != NULL && ward_config_add_identity(config, &c.chain, c.key, NULL), "server");
	credential_clear(&c);
	return config;
}

struct ward_config *loop_server_config(void)
{
	static const char *const names[] = { "server.example", "localhost", "127.0.0.1", "::1",
					     NULL };
	int64_t now = time(NULL);

	return loop_server_config_for(names, now - 86400, now + 86400);
}

struct ward_config *loop_client_config(void)
{
	return test_client_config();
}

/* ---- sockets ---- */

void loop_pair(int fds[2])
{
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0, "socketpair");
}

int loop_listen(const char *address, char port[8])
{
	struct ward_error err = { 0 };
	struct sockaddr_storage at;
	socklen_t len = sizeof(at);
	int fd = ward_listen(address, "0", &err);
	in_port_t number;

	must(fd >= 0 && getsockname(fd, (struct sockaddr *)&at, &len) == 0, address);
	if (at.ss_family == AF_INET6)
		number = ((struct sockaddr_in6 *)&at)->sin6_port;
	else
		number = ((struct sockaddr_in *)&at)->sin_port;
	snprintf(port, 8, "%u", (unsigned int)ntohs(number));
	return fd;
}

void loop_tcp_pair(int fds[2])
{
	struct sockaddr_in at;
	socklen_t len = sizeof(at);
	char port[8];
	int listening = loop_listen("127.0.0.1", port);

	must(getsockname(listening, (struct sockaddr *)&at, &len) == 0, "getsockname");
	fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(fds[0] >= 0 && connect(fds[0], (struct sockaddr *)&at, len) == 0, "connect");
	fds[1] = accept(listening, NULL, NULL);
	must(fds[1] >= 0, "accept");
	close(listening);
}

void loop_nonblocking(int fd)
{
	must(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0, "O_NONBLOCK");
}

/* ---- peers ---- */

static void *peer_thread(void *arg)
{
	struct loop_peer *p = arg;
	struct ward_session *s = ward_wrap(p->config, p->fd, p->host, true);

	must(s != NULL, "wrap");
	p->run(s, p->arg);
	if (ward_session_failure(s) != NULL)
		p->failure = *ward_session_failure(s);
	ward_session_free(s);
	return NULL;
}

void loop_peer_start(struct loop_peer *p)
{
	p->failure = (struct ward_error){ 0 };
	must(pthread_create(&p->thread, NULL, peer_thread, p) == 0, "thread");
}

void loop_peer_join(struct loop_peer *p)
{
	pthread_join(p->thread, NULL);
}

static void *raw_thread(void *arg)
{
	struct loop_raw *r = arg;

	r->run(r->fd, r->arg);
	close(r->fd);
	return NULL;
}

void loop_raw_start(struct loop_raw *r)
{
	must(pthread_create(&r->thread, NULL, raw_thread, r) == 0, "thread");
}

void loop_raw_join(struct loop_raw *r)
{
	pthread_join(r->thread, NULL);
}

/* ---- driving ---- */

bool loop_handshake(struct ward_session *a, struct ward_session *b)
{
	bool a_done = false, b_done = false;

	for (int turns = 0; turns < 1000 && !(a_done && b_done); turns++) {
		a_done = ward_handshake(a);
		b_done = ward_handshake(b);
		if ((!a_done && !ward_would_block(a)) || (!b_done && !ward_would_block(b)))
			return false;
	}
	return a_done && b_done;
}

void loop_fill(uint8_t *bytes, size_t len, uint64_t seed)
{
	uint64_t x = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;

	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		bytes[i] = (uint8_t)(x >> 32);
	}
}

void loop_echo(struct ward_session *s, void *arg)
{
	char buf[4096];
	ssize_t n;

	(void)arg;
	while ((n = ward_read(s, buf, sizeof(buf))) > 0)
		if (!ward_write(s, buf, (size_t)n))
			return;
}

void loop_greet(struct ward_session *s, void *arg)
{
	(void)arg;
	if (ward_handshake(s))
		(void)!ward_shutdown(s);
}
