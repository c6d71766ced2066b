/*
 * The sockets that wait for clients.
 *
 * SO_REUSEPORT would also let a second server of the same user take half of the clients without a
 * word. So the first socket of an address is bound without it, which fails where anyone listens,
 * and gets the option only then; the sockets of the other loops join it.
 */
#include "serve/listen.h"

#include "base/span.h"
#include "io/session.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- what was asked for ---- */

static bool copy_part(struct span from, char *to, size_t size)
{
	if (from.len >= size)
		return false;
	bytes_copy(to, from.data, from.len);
	to[from.len] = '\0';
	return true;
}

static bool is_port(const char *s)
{
	unsigned long value;
	char *end;

	if (s[0] < '0' || s[0] > '9')
		return false;
	value = strtoul(s, &end, 10);
	return *end == '\0' && value <= 65535;
}

/* Where the host ends: behind the bracket of an IPv6 address, else at the only colon. */
static const char *end_of_host(const char *text)
{
	const char *end = text[0] == '[' ? strchr(text, ']') : strchr(text, ':');

	if (end == NULL)
		return NULL;
	if (text[0] == '[')
		end++;
	return *end == ':' ? end : NULL;
}

bool listen_parse(const char *text, struct listen_at *at, struct ward_error *err)
{
	const char *colon = end_of_host(text);
	struct span host = SPAN_EMPTY;

	*at = (struct listen_at){ 0 };
	if (colon != NULL && text[0] == '[')
		host = span_make(text + 1, (size_t)(colon - text) - 2);
	else if (colon != NULL)
		host = span_make(text, (size_t)(colon - text));
	if (!copy_part(host, at->host, sizeof(at->host)) ||
	    !copy_part(span_string(colon != NULL ? colon + 1 : text), at->port, sizeof(at->port)) ||
	    !is_port(at->port))
		return FAILF(err, BAD_ARGUMENT, "cannot listen on \"%s\": expected HOST:PORT",
			     text);
	return true;
}

/* ---- sockets ---- */

static void set_port(struct sockaddr *address, unsigned int port)
{
	in_port_t value = htons((uint16_t)port);

	if (address->sa_family == AF_INET6)
		((struct sockaddr_in6 *)(void *)address)->sin6_port = value;
	else
		((struct sockaddr_in *)(void *)address)->sin_port = value;
}

static unsigned int port_of(int fd)
{
	struct sockaddr_in6 address = { 0 };
	socklen_t len = sizeof(address);

	/* The port stands in the same place in both families. */
	if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		return 0;
	return ntohs(address.sin6_port);
}

static bool set_option(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) == 0;
}

static bool prepare(int fd, const struct addrinfo *at, bool both, bool joins)
{
	return set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1) &&
	       (!joins || set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1)) &&
	       (at->ai_family != AF_INET6 ||
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, both ? 0 : 1)) &&
	       bind(fd, at->ai_addr, at->ai_addrlen) == 0 &&
	       (joins || set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1));
}

/* A bound socket, -1 with errno. */
static int bound(const struct addrinfo *at, bool both, bool joins)
{
	int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error;

	if (fd < 0 || prepare(fd, at, both, joins))
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static bool refuse(const struct addrinfo *at, struct ward_error *err)
{
	char address[ADDRESS_TEXT];
	int error = errno;

	address_text(at->ai_addr, at->ai_addrlen, address);
	errno = error;
	if (error == EADDRINUSE)
		return FAIL_SYSTEM(err, ADDRESS_IN_USE, address);
	return FAIL_SYSTEM(err, LISTEN_FAILED, address);
}

/* One address for all loops. Adds nothing to the sets when it fails. */
static bool open_address(const struct addrinfo *at, bool both, struct listen_set *sets,
			 size_t loops, unsigned int *port, struct ward_error *err)
{
	set_port(at->ai_addr, *port);
	for (size_t i = 0; i < loops; i++) {
		int fd = bound(at, both, i > 0);

		if (fd < 0) {
			refuse(at, err);
			while (i-- > 0)
				close(sets[i].fds[--sets[i].count]);
			return false;
		}
		sets[i].fds[sets[i].count++] = fd;
		if (i == 0)
			set_port(at->ai_addr, port_of(fd));
	}
	*port = port_of(sets[0].fds[sets[0].count - 1]);
	return true;
}

static bool start_listening(struct listen_set *sets, size_t loops, struct ward_error *err)
{
	for (size_t i = 0; i < loops; i++)
		for (size_t j = 0; j < sets[i].count; j++)
			if (listen(sets[i].fds[j], SOMAXCONN) != 0)
				return FAIL_SYSTEM(err, LISTEN_FAILED, "listening");
	return true;
}

void listen_close(struct listen_set *set)
{
	while (set->count > 0)
		close(set->fds[--set->count]);
}

/* An address that this machine does not have, as ::1 where IPv6 is off, is passed over as long as
 * there is another; one that is in use is not. */
static bool open_named(const struct addrinfo *list, struct listen_set *sets, size_t loops,
		       unsigned int *port, struct ward_error *err)
{
	struct ward_error first = ERROR_NONE;

	for (const struct addrinfo *at = list; at != NULL; at = at->ai_next) {
		struct ward_error fault = ERROR_NONE;

		if (sets[0].count == LISTEN_ADDRESSES_MAX)
			break;
		if (open_address(at, false, sets, loops, port, &fault))
			continue;
		error_pass(&first, &fault);
		if (fault.reason == WARD_E_ADDRESS_IN_USE)
			return error_pass(err, &fault);
	}
	return sets[0].count > 0 || error_pass(err, &first);
}

/* One IPv6 socket takes clients of both families; without IPv6 there is the one of IPv4. */
static bool open_all(const struct addrinfo *list, struct listen_set *sets, size_t loops,
		     unsigned int *port, struct ward_error *err)
{
	struct ward_error first = ERROR_NONE;

	for (int family = AF_INET6;; family = AF_INET) {
		for (const struct addrinfo *at = list; at != NULL; at = at->ai_next)
			if (at->ai_family == family &&
			    open_address(at, true, sets, loops, port, &first))
				return true;
		if (family == AF_INET || first.reason == WARD_E_ADDRESS_IN_USE)
			break;
	}
	return error_is_set(&first) ? error_pass(err, &first) : FAIL(err, LISTEN_FAILED);
}

static bool try_open(const struct listen_at *at, const struct addrinfo *list,
		     struct listen_set *sets, size_t loops, unsigned int *port,
		     struct ward_error *err)
{
	bool ok;

	*port = (unsigned int)strtoul(at->port, NULL, 10);
	for (size_t i = 0; i < loops; i++)
		sets[i].count = 0;
	ok = at->host[0] == '\0' ? open_all(list, sets, loops, port, err)
				 : open_named(list, sets, loops, port, err);
	ok = ok && start_listening(sets, loops, err);
	for (size_t i = 0; !ok && i < loops; i++)
		listen_close(&sets[i]);
	return ok;
}

bool listen_open(const struct listen_at *at, struct listen_set *sets, size_t loops,
		 unsigned int *port, struct ward_error *err)
{
	const char *host = at->host[0] == '\0' ? NULL : at->host;
	struct addrinfo *list = address_lookup(host, at->port, AF_UNSPEC, true, err);
	struct ward_error fault = ERROR_NONE;
	bool any_port = strtoul(at->port, NULL, 10) == 0;
	bool ok = false;

	if (list == NULL)
		return false;
	/* A port that is free for the first address may be taken at the next one. */
	for (int tries = 0; !ok && tries < (any_port ? 16 : 1); tries++) {
		fault = ERROR_NONE;
		ok = try_open(at, list, sets, loops, port, &fault);
		if (fault.reason != WARD_E_ADDRESS_IN_USE)
			break;
	}
	freeaddrinfo(list);
	return ok || error_pass(err, &fault);
}
