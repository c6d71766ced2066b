/*
 * What a server says before it agrees to TLS: the first byte chooses the protocol, the rest is said at
 * once and then nothing. Whatever it is, the talk ends, and after consent nothing is left unread.
 */
#include "io/starttls.h"

#include <assert.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { "smtp",  "lmtp", "imap", "pop3",        "ftp",      "nntp",
				     "sieve", "ldap", "xmpp", "xmpp-server", "postgres", "mysql" };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { COUNT = sizeof(names) / sizeof(names[0]), SAID_MAX = 100000 };
	struct ward_error err = { 0 };
	const struct starttls *protocol;
	int fds[2];
	char rest;

	if (size == 0 || size > SAID_MAX)
		return 0;
	protocol = starttls_find(names[data[0] % COUNT]);
	assert(protocol != NULL);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
		return 0;
	if (send(fds[1], data + 1, size - 1, MSG_DONTWAIT) == (ssize_t)(size - 1)) {
		(void)shutdown(fds[1], SHUT_WR);
		if (starttls_ask(protocol, fds[0], "host.example", deadline_after(1000), &err))
			assert(recv(fds[0], &rest, 1, MSG_DONTWAIT) <= 0);
		else
			assert(err.reason != WARD_E_NONE);
	}
	close(fds[0]);
	close(fds[1]);
	return 0;
}
