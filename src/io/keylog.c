/*
 * The key log in a file (RFC 9850): whoever reads it can read the connections.
 *
 * The file is made with mode 0600 and opened for appending; each line, its newline included, is one
 * write, which the system keeps whole between the threads and programs that share the file.
 * SSLKEYLOGFILE counts only where the program asks for it, and never in one that runs with more
 * rights than its user has.
 */
#include <ward/session.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/secret.h"
#include "tls/config.h"

/* The longest label, two values of 64 bytes in hex, and what stands between them. */
enum { LINE_MAX_LEN = 320 };

static int keylog_fd(void *arg)
{
	return (int)(intptr_t)arg;
}

static void keylog_close(void *arg)
{
	close(keylog_fd(arg));
}

/* A log that cannot be written is no reason to end a connection. */
static void keylog_write(void *arg, const char *line)
{
	char text[LINE_MAX_LEN];
	int len = snprintf(text, sizeof(text), "%s\n", line);
	ssize_t n = -1;

	while (len > 0 && (size_t)len < sizeof(text) && n < 0) {
		n = write(keylog_fd(arg), text, (size_t)len);
		if (n < 0 && errno != EINTR)
			break;
	}
	secret_wipe_bytes(text, sizeof(text));
}

bool ward_config_set_keylog_file(struct ward_config *config, const char *path,
				 struct ward_error *err)
{
	int fd;

	if (path == NULL)
		path = secure_getenv("SSLKEYLOGFILE");
	if (path == NULL || path[0] == '\0')
		return true;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (fd < 0)
		return FAIL_SYSTEM(err, FILE_WRITE, path);
	if (!ward_config_set_keylog(config, keylog_write, (void *)(intptr_t)fd, err)) {
		close(fd);
		return false;
	}
	config->keylog_close = keylog_close;
	return true;
}
