/*
 * Passphrases, from where openssl takes them (openssl-passphrase-options(1)), or from the terminal.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/secret.h"
#include "cli/openssl/openssl.h"
#include "cli/values.h"

void openssl_passphrase_wipe(struct openssl_passphrase *p)
{
	secret_wipe_bytes(p, sizeof(*p));
}

static bool take_text(const struct openssl_command *command, const char *text,
		      struct openssl_passphrase *p)
{
	p->len = strlen(text);
	if (p->len > OPENSSL_PASSPHRASE_MAX)
		return openssl_fail(command, "choose a shorter one",
				    "a passphrase has %d bytes at most",
				    OPENSSL_PASSPHRASE_MAX) == OPENSSL_FINE;
	memcpy(p->text, text, p->len + 1);
	p->given = true;
	return true;
}

/* The first line, byte by byte: what stands behind it may be for somebody else. */
static bool read_line(int fd, struct openssl_passphrase *p)
{
	ssize_t n = 1;
	char c = 0;

	p->len = 0;
	while (p->len < OPENSSL_PASSPHRASE_MAX) {
		n = read(fd, &c, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || c == '\n')
			break;
		p->text[p->len++] = c;
	}
	if (p->len > 0 && p->text[p->len - 1] == '\r')
		p->len--;
	p->text[p->len] = '\0';
	p->given = n >= 0 && (n > 0 || p->len > 0);
	return p->given;
}

static bool take_line(const struct openssl_command *command, int fd, const char *name,
		      struct openssl_passphrase *p)
{
	return read_line(fd, p) ||
	       openssl_fail(command, "its first line is the passphrase",
			    "%s: no passphrase can be read", name) == OPENSSL_FINE;
}

static bool take_file(const struct openssl_command *command, const char *path,
		      struct openssl_passphrase *p)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool ok = take_line(command, fd, path, p);

	if (fd >= 0)
		close(fd);
	return ok;
}

static bool take_env(const struct openssl_command *command, const char *name,
		     struct openssl_passphrase *p)
{
	const char *text = getenv(name);

	if (text == NULL)
		return openssl_fail(command, "set it, or name another", "there is no variable %s",
				    name) == OPENSSL_FINE;
	return take_text(command, text, p);
}

static bool take_fd(const struct openssl_command *command, const char *number,
		    struct openssl_passphrase *p)
{
	int64_t fd;

	if (!value_number(number, 0, 65535, &fd))
		return openssl_fail(command, "give the number of a descriptor: fd:3",
				    "\"%s\" is no descriptor", number) == OPENSSL_FINE;
	return take_line(command, (int)fd, "descriptor", p);
}

static const char *after(const char *source, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(source, prefix, len) == 0 ? source + len : NULL;
}

bool openssl_passphrase_get(const struct openssl_command *command, const char *source,
			    struct openssl_passphrase *p)
{
	const char *rest;

	*p = (struct openssl_passphrase){ 0 };
	if (source == NULL)
		return true;
	if ((rest = after(source, "pass:")) != NULL)
		return take_text(command, rest, p);
	if ((rest = after(source, "env:")) != NULL)
		return take_env(command, rest, p);
	if ((rest = after(source, "file:")) != NULL)
		return take_file(command, rest, p);
	if ((rest = after(source, "fd:")) != NULL)
		return take_fd(command, rest, p);
	if (strcmp(source, "stdin") == 0)
		return take_line(command, STDIN_FILENO, "standard input", p);
	return openssl_fail(command, "give pass:WORD, env:NAME, file:PATH, fd:NUMBER or stdin",
			    "a passphrase is named with where it comes from") == OPENSSL_FINE;
}

/* ---- the terminal ---- */

/* Without echo, which comes back whatever happens. */
static bool ask(int tty, const char *prompt, struct openssl_passphrase *p)
{
	struct termios before, quiet;
	bool ok = write(tty, prompt, strlen(prompt)) >= 0 && tcgetattr(tty, &before) == 0;

	if (!ok)
		return false;
	quiet = before;
	quiet.c_lflag &= (tcflag_t)~ECHO;
	ok = tcsetattr(tty, TCSAFLUSH, &quiet) == 0 && read_line(tty, p);
	ok = tcsetattr(tty, TCSAFLUSH, &before) == 0 && ok;
	return write(tty, "\n", 1) == 1 && ok;
}

static bool ask_twice(const struct openssl_command *command, int tty, const char *prompt,
		      struct openssl_passphrase *p)
{
	struct openssl_passphrase again = { 0 };
	bool same = ask(tty, "Verifying - ", &again) && again.len == p->len &&
		    ct_equal(again.text, p->text, p->len);

	(void)prompt;
	openssl_passphrase_wipe(&again);
	return same ||
	       openssl_fail(command, "try again", "the two were not the same") == OPENSSL_FINE;
}

bool openssl_passphrase_ask(const struct openssl_command *command, const char *prompt, bool confirm,
			    struct openssl_passphrase *p)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	bool ok = tty >= 0 && ask(tty, prompt, p);

	if (!ok)
		(void)openssl_fail(command, "give it with -passin or -passout",
				   "there is no terminal to ask for the passphrase");
	else if (confirm)
		ok = ask_twice(command, tty, prompt, p);
	if (tty >= 0)
		close(tty);
	return ok;
}
