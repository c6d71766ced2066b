/*
 * `ward openssl rand`: random bytes, as they are, in hex or in base64.
 *
 * They are made and written piece by piece, so that any number of them may go into a pipe; into a
 * file go only so many as fit into memory, because that is replaced as a whole.
 */
#include <string.h>

#include "base/secret.h"
#include "cli/openssl/openssl.h"
#include "cli/values.h"
#include "crypto/crypto.h"
#include "wire/pem.h"

enum { OPT_HEX = OPTION_LONG, OPT_BASE64, OPT_OUT };

enum {
	BASE64_LINE = 48,         /* bytes, which are 64 characters */
	PIECE = 64 * BASE64_LINE, /* bytes that are made at once */
	FILE_MAX = 64 << 20,
};

static const struct option_row rows[] = {
	{ OPT_HEX, "hex", NULL, "in hex, one line" },
	{ OPT_BASE64, "base64", NULL, "in base64, lines of 64" },
	{ OPT_OUT, "out", "FILE", "where to write them; default: standard output" },
};

struct options {
	int form; /* an option's number, or 0: as they are */
	const char *path;
};

static bool take(void *arg, const struct option_row *row, const char *value)
{
	struct options *o = arg;

	if (row->id == OPT_OUT)
		o->path = value;
	else
		o->form = row->id;
	return true;
}

/* "32", "4K": whole powers of 1024 up to T. */
static bool parse_size(const char *text, int64_t *size)
{
	static const char letters[] = "KMGT";
	size_t digits = strspn(text, "0123456789");
	const char *letter = text[digits] == '\0' ? NULL : strchr(letters, text[digits]);
	char number[24];
	int64_t n;

	if (digits == 0 || digits >= sizeof(number) || strlen(text) > digits + 1 ||
	    (text[digits] != '\0' && letter == NULL))
		return false;
	memcpy(number, text, digits);
	number[digits] = '\0';
	if (!value_number(number, 1, INT64_C(1) << 50, &n))
		return false;
	*size = n;
	if (letter == NULL)
		return true;
	if (n > INT64_MAX >> (10 * (letter - letters + 1)))
		return false;
	*size = n << (10 * (letter - letters + 1));
	return true;
}

static void print_hex(FILE *out, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		fprintf(out, "%02x", bytes[i]);
}

static void print_base64(FILE *out, const uint8_t *bytes, size_t len)
{
	char line[2 * BASE64_LINE];

	for (size_t i = 0; i < len; i += BASE64_LINE) {
		size_t part = len - i < BASE64_LINE ? len - i : BASE64_LINE;
		size_t n = base64_encode(line, span_make(bytes + i, part), false);

		fprintf(out, "%.*s\n", (int)n, line);
	}
	secret_wipe_bytes(line, sizeof(line));
}

static bool print(FILE *out, int form, int64_t count, struct ward_error *err)
{
	uint8_t bytes[PIECE];
	bool ok = true;

	while (ok && count > 0 && ferror(out) == 0) {
		size_t n = count < PIECE ? (size_t)count : PIECE;

		ok = random_bytes(bytes, n, err);
		if (ok && form == OPT_HEX)
			print_hex(out, bytes, n);
		else if (ok && form == OPT_BASE64)
			print_base64(out, bytes, n);
		else if (ok)
			fwrite(bytes, 1, n, out);
		count -= (int64_t)n;
	}
	secret_wipe_bytes(bytes, sizeof(bytes));
	if (ok && form == OPT_HEX)
		fprintf(out, "\n");
	return ok;
}

static int to_stdout(const struct options *o, int64_t count)
{
	struct ward_error err = ERROR_NONE;

	if (!print(stdout, o->form, count, &err))
		return openssl_fail_error(&openssl_rand, NULL, &err);
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return OPENSSL_FINE;
	return openssl_fail(&openssl_rand, "check where it goes to, and the space there",
			    "standard output cannot be written");
}

static int to_file(const struct options *o, int64_t count)
{
	struct ward_error err = ERROR_NONE;
	struct openssl_output out;
	int status = OPENSSL_FINE;

	if (count > FILE_MAX)
		return openssl_fail(&openssl_rand, "write to standard output: rand N >FILE",
				    "more than %d MiB into a file", FILE_MAX >> 20);
	if (!openssl_output_start(&openssl_rand, &out))
		return OPENSSL_FAILED;
	if (!print(out.file, o->form, count, &err))
		status = openssl_fail_error(&openssl_rand, NULL, &err);
	return openssl_output_end(&openssl_rand, &out, o->path, false, status);
}

static int run(int argc, char **argv)
{
	struct options o = { 0 };
	int status = OPENSSL_FAILED;
	char **operands = openssl_parse(&openssl_rand, argc, argv, take, &o, &status);
	int64_t count;

	if (operands == NULL)
		return status;
	if (operands[0] == NULL)
		return openssl_fail(&openssl_rand, "give it: rand -hex 16",
				    "the number of bytes is missing");
	if (operands[1] != NULL)
		return openssl_fail(&openssl_rand, "options stand before the number",
				    "there is more than one number: %s", operands[1]);
	if (!parse_size(operands[0], &count))
		return openssl_fail(&openssl_rand, "give a number above 0, as 32, 4K or 1M",
				    "\"%s\" is no number of bytes", operands[0]);
	return o.path == NULL ? to_stdout(&o, count) : to_file(&o, count);
}

static const struct openssl_refusal refused[] = {
	{ "engine", "leave it out: the system's generator is used" },
	{ "rand", "leave it out: the system's generator is used" },
	{ "writerand", "write to a file with -out" },
};

const struct openssl_command openssl_rand = {
	.verb = {
		.name = "openssl rand",
		.page = "openssl",
		.operands = "NUMBER",
		.summary = "random bytes",
		.text = "Makes so many random bytes, as they are or as text. K, M, G or T behind the\n"
			"number multiply it.\n",
		.examples = "  ward openssl rand -hex 16\n"
			    "  ward openssl rand -base64 32\n"
			    "  ward openssl rand -out key.bin 32\n",
		.options = rows,
		.option_count = sizeof(rows) / sizeof(rows[0]),
		.run = run,
	},
	.refused = refused,
	.refused_count = sizeof(refused) / sizeof(refused[0]),
};
