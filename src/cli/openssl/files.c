/*
 * Files in and out of `ward openssl`.
 *
 * A regular file is replaced as a whole, so that a failure leaves the old one; what is something
 * else (/dev/null, /dev/stdout, a pipe) is opened and written to.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"
#include "cli/input.h"
#include "cli/openssl/openssl.h"
#include "wire/pem.h"

bool openssl_take_form(const struct openssl_command *command, const struct option_row *row,
		       const char *value, enum openssl_form *form)
{
	if (strcasecmp(value, "PEM") == 0 || strcasecmp(value, "P") == 0)
		*form = OPENSSL_FORM_PEM;
	else if (strcasecmp(value, "DER") == 0 || strcasecmp(value, "D") == 0)
		*form = OPENSSL_FORM_DER;
	else
		return openssl_bad_value(command, row, value, "give PEM or DER");
	return true;
}

/* ---- in ---- */

const char *openssl_input_name(const char *path)
{
	return path == NULL ? "standard input" : input_name(path);
}

bool openssl_read(const struct openssl_command *command, const char *path, struct file_bytes *bytes)
{
	struct ward_error err = ERROR_NONE;

	if (input_read(path == NULL ? "-" : path, bytes, &err))
		return true;
	(void)openssl_fail_error(command, NULL, &err);
	return false;
}

/* ---- out ---- */

/* What open(2) would give a new file, without changing the mask for more than a moment. */
static mode_t public_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

static bool write_all(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.data, bytes.len);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			bytes = span_make(bytes.data + n, bytes.len - (size_t)n);
	}
	return true;
}

static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static bool write_special(const char *path, struct span bytes, struct ward_error *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	bool ok;

	if (fd < 0)
		return FAIL_SYSTEM(err, FILE_WRITE, path);
	ok = write_all(fd, bytes) || FAIL_SYSTEM(err, FILE_WRITE, path);
	close(fd);
	return ok;
}

int openssl_write(const struct openssl_command *command, const char *path, struct span bytes,
		  bool secret)
{
	struct ward_error err = ERROR_NONE;
	bool ok;

	if (path == NULL) {
		if (fflush(stdout) == 0 && write_all(STDOUT_FILENO, bytes))
			return OPENSSL_FINE;
		return openssl_fail(command, "check where it goes to, and the space there",
				    "standard output cannot be written");
	}
	if (is_special(path))
		ok = write_special(path, bytes, &err);
	else
		ok = file_write(path, bytes, secret ? 0600 : public_mode(), &err);
	return ok ? OPENSSL_FINE : openssl_fail_error(command, NULL, &err);
}

bool openssl_output_start(const struct openssl_command *command, struct openssl_output *out)
{
	*out = (struct openssl_output){ 0 };
	out->file = open_memstream(&out->text, &out->len);
	if (out->file != NULL)
		return true;
	(void)openssl_fail(command, "free some memory and try again", "out of memory");
	return false;
}

int openssl_output_end(const struct openssl_command *command, struct openssl_output *out,
		       const char *path, bool secret, int status)
{
	bool whole = ferror(out->file) == 0;

	whole = fclose(out->file) == 0 && whole;
	if (status == OPENSSL_FINE && !whole)
		status = openssl_fail(command, "free some memory and try again", "out of memory");
	if (status == OPENSSL_FINE)
		status = openssl_write(command, path, span_make(out->text, out->len), secret);
	if (out->text != NULL)
		secret_wipe_bytes(out->text, out->len);
	free(out->text);
	return status;
}

bool openssl_put_object(FILE *out, const char *label, struct span der, enum openssl_form form)
{
	char *pem;
	bool ok;

	if (form == OPENSSL_FORM_DER)
		return fwrite(der.data, 1, der.len, out) == der.len;
	pem = pem_encode(label, der);
	ok = pem != NULL && fputs(pem, out) >= 0;
	if (pem != NULL)
		secret_wipe_bytes(pem, strlen(pem));
	free(pem);
	return ok;
}
