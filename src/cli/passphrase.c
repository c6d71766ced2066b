/*
 * Reading passphrases. What is read stands in one buffer, which is wiped; the terminal's echo comes
 * back on every path, a signal's included.
 */
#include "cli/passphrase.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <ward/x509.h>

#include "base/secret.h"
#include "cli/report.h"
#include "cli/values.h"

void passphrase_wipe(struct passphrase *p)
{
	ward_wipe(p, sizeof(*p));
}

/* Byte by byte: what stands behind the line belongs to whoever reads the descriptor next. */
static bool read_line(struct passphrase *p, int fd)
{
	ssize_t n = 1;

	p->len = 0;
	while (p->len < PASSPHRASE_SIZE) {
		n = read(fd, p->bytes + p->len, 1);
		if (n <= 0 || p->bytes[p->len] == '\n')
			break;
		p->len++;
	}
	if (p->len > 0 && p->bytes[p->len - 1] == '\r')
		p->len--;
	p->given = n >= 0 && p->len < PASSPHRASE_SIZE - 1;
	return p->given;
}

bool passphrase_read_file(struct passphrase *p, const char *command, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool ok = fd >= 0 && read_line(p, fd);

	if (fd >= 0)
		close(fd);
	if (!ok)
		(void)report_lines(command, EXIT_USAGE,
				   "give a file whose first line is the passphrase",
				   "%s: no passphrase can be read from it", path);
	return ok;
}

bool passphrase_read_fd(struct passphrase *p, const char *command, const char *number)
{
	int64_t fd;

	if (value_number(number, 0, 65535, &fd) && read_line(p, (int)fd))
		return true;
	(void)report_lines(command, EXIT_USAGE,
			   "give the number of a descriptor that is open for reading",
			   "no passphrase can be read from descriptor %s", number);
	return false;
}

/* Signals that would end the program with the echo off wait until it is on again. */
static bool read_without_echo(struct passphrase *p, int tty)
{
	struct termios before, quiet;
	sigset_t block, old;
	bool ok;

	if (tcgetattr(tty, &before) != 0)
		return false;
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGTERM);
	sigaddset(&block, SIGHUP);
	sigaddset(&block, SIGTSTP);
	sigprocmask(SIG_BLOCK, &block, &old);
	ok = tcsetattr(tty, TCSAFLUSH, &quiet) == 0 && read_line(p, tty);
	(void)tcsetattr(tty, TCSAFLUSH, &before);
	sigprocmask(SIG_SETMASK, &old, NULL);
	dprintf(tty, "\n");
	return ok;
}

static bool same(const struct passphrase *a, const struct passphrase *b)
{
	return a->len == b->len && ct_equal(a->bytes, b->bytes, a->len);
}

bool passphrase_ask(struct passphrase *p, const char *command, const char *what, bool twice)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct passphrase again = { .given = false };
	bool equal = true;
	bool ok = tty >= 0 && dprintf(tty, "Passphrase of %s: ", what) > 0 &&
		  read_without_echo(p, tty);

	if (ok && twice) {
		ok = dprintf(tty, "The same again: ") > 0 && read_without_echo(&again, tty);
		equal = ok && same(p, &again);
		passphrase_wipe(&again);
	}
	if (tty >= 0)
		close(tty);
	if (ok && equal)
		return true;
	p->given = false;
	(void)report_lines(command, EXIT_USAGE,
			   ok ? "try again" : "give its passphrase with --passphrase-file FILE",
			   ok ? "%s: the two are not the same"
			      : "%s: there is no terminal to ask for the passphrase",
			   what);
	return false;
}
