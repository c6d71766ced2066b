/*
 * Sockets that wait for clients.
 *
 * Without a host the socket is an IPv6 one that takes IPv4 too, or an IPv4 one where the system has
 * no IPv6. SO_REUSEADDR lets a server that was ended start again at once.
 */
#include "io/session.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static bool bind_and_listen(int fd, const struct addrinfo *at, bool all)
{
	int on = 1;
	int only = all ? 0 : 1;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0)
		return false;
	if (at->ai_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only)) != 0)
		return false;
	return bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0;
}

/* -1 with errno set. */
static int listen_at(const struct addrinfo *at, bool all)
{
	int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int number;

	if (fd < 0 || bind_and_listen(fd, at, all))
		return fd;
	number = errno;
	close(fd);
	errno = number;
	return -1;
}

static void fail_listen(const struct addrinfo *at, struct ward_error *err)
{
	int number = errno;
	char address[ADDRESS_TEXT];

	address_text(at->ai_addr, at->ai_addrlen, address);
	errno = number;
	if (number == EADDRINUSE)
		FAIL_SYSTEM(err, ADDRESS_IN_USE, address);
	else
		FAIL_SYSTEM(err, LISTEN_FAILED, address);
}

/* IPv6 addresses first, since one of them stands for all of both families; then the others. */
static int listen_first(const struct addrinfo *list, bool all, struct ward_error *err)
{
	struct ward_error first = ERROR_NONE;

	for (int ipv6 = all ? 1 : 0; ipv6 >= 0; ipv6--) {
		for (const struct addrinfo *at = list; at != NULL; at = at->ai_next) {
			int fd;

			if (all && (at->ai_family == AF_INET6) != (ipv6 == 1))
				continue;
			fd = listen_at(at, all);
			if (fd >= 0)
				return fd;
			fail_listen(at, &first);
		}
	}
	error_pass(err, &first);
	return -1;
}

int ward_listen(const char *host, const char *service, struct ward_error *err)
{
	struct addrinfo *list = address_lookup(host, service, AF_UNSPEC, true, err);
	int fd;

	if (list == NULL)
		return -1;
	fd = listen_first(list, host == NULL, err);
	freeaddrinfo(list);
	return fd;
}

/* A client that left while it waited is no reason to stop accepting. */
static int accept_one(int listen_fd, int flags)
{
	int fd;

	do
		fd = accept4(listen_fd, NULL, NULL, flags);
	while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
	return fd;
}

struct ward_session *ward_accept(struct ward_config *config, int listen_fd, struct ward_error *err)
{
	struct ward_session *s = session_new();
	bool blocks = (fcntl(listen_fd, F_GETFL) & O_NONBLOCK) == 0;
	int on = 1;
	int fd;

	if (s == NULL) {
		FAIL(err, NO_MEMORY);
		return NULL;
	}
	fd = accept_one(listen_fd, SOCK_CLOEXEC | (blocks ? 0 : SOCK_NONBLOCK));
	if (fd < 0) {
		FAIL_SYSTEM(err, SOCKET_FAILED, "accepting");
		free(s);
		return NULL;
	}
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	s->own_fd = true;
	(void)session_attach(s, config, fd, NULL, NULL); /* a failure sticks */
	return s;
}
