/*
 * From a name to a connected socket: happy eyeballs (RFC 8305).
 *
 * All addresses are tried, those of the two families by turns (section 4), the family that the
 * system's address selection (RFC 6724) puts first beginning: that is IPv6 wherever it works. A new
 * attempt starts 250 ms after the one before (section 5), or at once when an attempt fails; those
 * under way go on meanwhile. The first that connects wins and the others are closed. The lookup of
 * both families is one call to getaddrinfo, which the resolver makes parallel; section 3's head
 * start for AAAA has therefore no place here.
 */
#include "io/dial.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/span.h"
#include "io/starttls.h"

enum {
	ATTEMPT_DELAY_MS = 250,
	DIAL_MS = 30000,
};

/* ---- the order ---- */

static const struct addrinfo *next_of(const struct addrinfo *list, int family, bool same)
{
	while (list != NULL && (list->ai_family == family) != same)
		list = list->ai_next;
	return list;
}

size_t dial_order(const struct addrinfo *list, const struct addrinfo *order[DIAL_ADDRESSES_MAX])
{
	int first = list == NULL ? AF_UNSPEC : list->ai_family;
	const struct addrinfo *turn = next_of(list, first, true);
	const struct addrinfo *other = next_of(list, first, false);
	size_t n = 0;

	while (n < DIAL_ADDRESSES_MAX && (turn != NULL || other != NULL)) {
		if (turn != NULL) {
			order[n++] = turn;
			turn = next_of(turn->ai_next, first, true);
		}
		if (other != NULL && n < DIAL_ADDRESSES_MAX) {
			order[n++] = other;
			other = next_of(other->ai_next, first, false);
		}
	}
	return n;
}

/* ---- attempts ---- */

/* What is under way: slot i of `polls` is a socket that connects to slot i of `to`. */
struct race {
	const struct addrinfo *const *order;
	size_t count; /* of order */
	size_t next;  /* the one to start next */
	int64_t start_at;
	int64_t deadline;
	struct pollfd polls[DIAL_ADDRESSES_MAX];
	const struct addrinfo *to[DIAL_ADDRESSES_MAX];
	nfds_t running;
	int winner;
	int worst; /* errno of the failure that says most, and where it happened */
	const struct addrinfo *worst_at;
};

/* A machine without IPv6 fails at once with the first of these: that says least. */
static int weight(int number)
{
	switch (number) {
	case 0:
		return 0;
	case ENETUNREACH:
	case EADDRNOTAVAIL:
	case EAFNOSUPPORT:
		return 1;
	case ECONNREFUSED:
		return 2;
	default:
		return 3;
	}
}

static void note_failure(struct race *r, const struct addrinfo *to, int number)
{
	if (weight(number) > weight(r->worst)) {
		r->worst = number;
		r->worst_at = to;
	}
	r->start_at = 0; /* the next one need not wait */
}

static void start_attempt(struct race *r)
{
	const struct addrinfo *to = r->order[r->next++];
	int fd = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;

	if (fd < 0) {
		note_failure(r, to, errno);
		return;
	}
	/* Records are written whole: waiting to join them with others only delays the handshake. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, to->ai_addr, to->ai_addrlen) == 0) {
		r->winner = fd;
		return;
	}
	if (errno != EINPROGRESS && errno != EINTR) {
		note_failure(r, to, errno);
		close(fd);
		return;
	}
	r->polls[r->running] = (struct pollfd){ .fd = fd, .events = POLLOUT };
	r->to[r->running++] = to;
	r->start_at = deadline_after(ATTEMPT_DELAY_MS);
}

/* Looks at an attempt that came to an end. */
static void end_attempt(struct race *r, nfds_t i)
{
	int fd = r->polls[i].fd;
	int number = 0;
	socklen_t len = sizeof(number);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &number, &len) != 0)
		number = errno;
	if (number == 0) {
		r->winner = fd;
	} else {
		note_failure(r, r->to[i], number);
		close(fd);
	}
	r->running--;
	r->polls[i] = r->polls[r->running];
	r->to[i] = r->to[r->running];
}

/* Waits until an attempt ends, or the next is due, or the time is up. */
static void wait_for_attempts(struct race *r)
{
	int64_t until = r->deadline;

	if (r->next < r->count && r->start_at < until)
		until = r->start_at;
	if (poll(r->polls, r->running, deadline_left(until)) <= 0)
		return;
	for (nfds_t i = r->running; i-- > 0 && r->winner < 0;)
		if (r->polls[i].revents != 0)
			end_attempt(r, i);
}

static void run(struct race *r)
{
	while (r->winner < 0 && !deadline_passed(r->deadline)) {
		bool due = r->running == 0 || deadline_passed(r->start_at);

		if (r->next < r->count && due)
			start_attempt(r);
		else if (r->running > 0)
			wait_for_attempts(r);
		else
			return;
	}
}

static bool fail_race(const struct race *r, struct ward_error *err)
{
	const struct addrinfo *at = r->worst_at == NULL ? r->order[0] : r->worst_at;
	bool late = r->running > 0 || r->next < r->count;
	char address[ADDRESS_TEXT];

	address_text(at->ai_addr, at->ai_addrlen, address);
	if (late && deadline_passed(r->deadline))
		return FAILF(err, TIMED_OUT, "connecting to %s", address);
	errno = r->worst;
	if (r->worst == ETIMEDOUT)
		return FAIL_SYSTEM(err, TIMED_OUT, address);
	if (r->worst == ECONNREFUSED)
		return FAIL_SYSTEM(err, CONNECT_REFUSED, address);
	return FAIL_SYSTEM(err, CONNECT_FAILED, address);
}

int dial_race(const struct addrinfo *const *order, size_t count, int64_t deadline,
	      struct ward_error *err)
{
	struct race r = { .order = order, .count = count, .deadline = deadline, .winner = -1 };

	assert(count > 0);
	run(&r);
	for (nfds_t i = 0; i < r.running; i++)
		close(r.polls[i].fd);
	if (r.winner < 0)
		fail_race(&r, err);
	return r.winner;
}

/* ---- the whole ---- */

static bool make_blocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0;
}

int dial_connect(const char *host, const char *service, int family, int64_t deadline,
		 struct ward_error *err)
{
	const struct addrinfo *order[DIAL_ADDRESSES_MAX] = { NULL };
	struct addrinfo *list = address_lookup(host, service, family, false, err);
	int fd;

	if (list == NULL)
		return -1;
	fd = dial_race(order, dial_order(list, order), deadline, err);
	freeaddrinfo(list);
	if (fd >= 0 && !make_blocking(fd)) {
		FAIL_SYSTEM(err, CONNECT_FAILED, host);
		close(fd);
		return -1;
	}
	return fd;
}

/* Tickets are kept for what was dialled: "example.org:443". */
static bool attach(struct ward_session *s, struct ward_config *config, int fd, const char *host,
		   const char *service, const struct ward_dial_options *options)
{
	const char *name = options->server_name == NULL ? host : options->server_name;
	struct ward_conn_options resume = { .ticket = options->ticket,
					    .early_data = options->early_data,
					    .early_data_len = options->early_data_len };
	char kept[NI_MAXHOST + NI_MAXSERV + 2];

	if ((size_t)snprintf(kept, sizeof(kept), "%s:%s", host, service) < sizeof(kept))
		resume.service = kept;
	return session_attach(s, config, fd, name, &resume);
}

/* With STARTTLS, has the server agree first; closes the socket if it does not. */
static bool ask_first(int fd, const char *name, const struct ward_dial_options *options,
		      int64_t deadline, struct ward_error *err)
{
	const struct starttls *protocol;

	if (options->starttls == NULL)
		return true;
	protocol = starttls_find(options->starttls);
	if (protocol == NULL)
		FAILF(err, BAD_ARGUMENT, "no STARTTLS is known for \"%.40s\"", options->starttls);
	else if (starttls_ask(protocol, fd, name, deadline, err))
		return true;
	close(fd);
	return false;
}

/* Connects and makes the engine's connection; what fails is the session's failure. */
static bool dial(struct ward_session *s, struct ward_config *config, const char *host,
		 const char *service, const struct ward_dial_options *options)
{
	struct ward_error err = ERROR_NONE;
	int fd;

	if (host == NULL || service == NULL) {
		FAILF(&err, BAD_ARGUMENT, "a host and a service are needed");
		return session_fail(s, &err);
	}
	s->deadline = deadline_after(
		options->connect_timeout_ms == 0 ? DIAL_MS : options->connect_timeout_ms);
	fd = dial_connect(host, service, options->family, s->deadline, &err);
	if (fd < 0 || !ask_first(fd, options->server_name == NULL ? host : options->server_name,
				 options, s->deadline, &err))
		return session_fail(s, &err);
	s->own_fd = true;
	if (!attach(s, config, fd, host, service, options))
		return false;
	ward_conn_set_data(s->conn, options->data);
	return true;
}

struct ward_session *ward_dial(struct ward_config *config, const char *host, const char *service,
			       const struct ward_dial_options *options)
{
	static const struct ward_dial_options defaults = { 0 };
	struct ward_session *s = session_new();

	if (s == NULL)
		return NULL;
	if (options == NULL)
		options = &defaults;
	/* The limit of the dial is the handshake's too; -1 is none for either. */
	s->io_timeout_ms = options->connect_timeout_ms < 0 ? -1 : options->io_timeout_ms;
	if (dial(s, config, host, service, options))
		session_handshake(s);
	s->io_timeout_ms = options->io_timeout_ms;
	return s;
}
