/*
 * What a server of certificates may answer over plain HTTP, and URLs as certificates have them. The
 * first byte chooses: an even one, and the rest is an answer; an odd one, and it is a URL.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/http_get.h"
#include "io/clock.h"

enum { MOST = 512 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "wrong: %s\n", what);
	abort();
}

static void read_url(const uint8_t *data, size_t size)
{
	struct ward_error err = ERROR_NONE;
	struct http_url u;
	char text[2048];

	if (size >= sizeof(text))
		return;
	memcpy(text, data, size);
	text[size] = '\0';
	if (!http_url_parse(&u, text, &err))
		return;
	must(u.host[0] != '\0' && u.port[0] != '\0', "a URL without a host");
	must(strpbrk(u.authority, " \r\n@/?#") == NULL, "an authority that is more than that");
	must(strpbrk(u.path, " \r\n") == NULL, "a path that ends the line");
}

static void read_answer(const uint8_t *data, size_t size)
{
	struct ward_error err = ERROR_NONE;
	uint8_t room[MOST + 1];
	struct file_bytes body = { room, 0 };
	int fds[2];
	bool ok;

	if (size > 65536 || socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
		return;
	if (send(fds[0], data, size, MSG_DONTWAIT) == (ssize_t)size) {
		shutdown(fds[0], SHUT_WR);
		ok = http_read_answer(fds[1], MOST, deadline_after(10000), &body, &err);
		must(ok == !error_is_set(&err), "a failure without a reason");
		must(err.reason != WARD_E_TIMED_OUT, "an answer that is waited for");
		must(body.len <= MOST, "a body that is too long");
	}
	close(fds[0]);
	close(fds[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] % 2 == 0)
		read_answer(data + 1, size - 1);
	else
		read_url(data + 1, size - 1);
	return 0;
}
