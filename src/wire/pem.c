/*
 * PEM (RFC 7468, with the header lines of RFC 1421).
 *
 * Text is taken line by line; a line ends with LF, CR or CRLF. Outside a block any line is skipped.
 * Inside, every line must belong to the block: headers, an empty line behind them, base64, and the
 * END line with the same label. Blanks around a line are ignored.
 *
 * Invariant: pem_next consumes at least one line whenever it returns with a block or an error, so
 * a caller that skips what is malformed always comes to an end.
 */
#include "wire/pem.h"

#include <stdlib.h>

#include "base/secret.h"

static const struct span dashes = { (const uint8_t *)"-----", 5 };
static const struct span begin_mark = { (const uint8_t *)"-----BEGIN ", 11 };
static const struct span end_mark = { (const uint8_t *)"-----END ", 9 };

enum {
	LINE_LEN = 64,
};

static bool starts_with(struct span s, struct span prefix)
{
	return s.len >= prefix.len && span_equal(span_make(s.data, prefix.len), prefix);
}

static bool ends_with(struct span s, struct span suffix)
{
	return s.len >= suffix.len &&
	       span_equal(span_make(s.data + s.len - suffix.len, suffix.len), suffix);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static struct span trim(struct span s)
{
	while (s.len > 0 && is_blank(s.data[s.len - 1]))
		s.len--;
	while (s.len > 0 && is_blank(s.data[0]))
		s = span_make(s.data + 1, s.len - 1);
	return s;
}

/* Takes one line off the front of *text, without its end. */
static struct span take_line(struct span *text)
{
	const uint8_t *data = text->data;
	size_t len = 0;
	size_t past;

	while (len < text->len && data[len] != '\n' && data[len] != '\r')
		len++;
	past = len < text->len ? len + 1 : len;
	if (past < text->len && data[len] == '\r' && data[past] == '\n')
		past++;
	*text = span_make(data + past, text->len - past);
	return span_make(data, len);
}

/* Moves *text behind the next BEGIN line and gives that line. */
static bool find_begin(struct span *text, struct span *line)
{
	while (text->len > 0) {
		*line = trim(take_line(text));
		if (starts_with(*line, begin_mark))
			return true;
	}
	return false;
}

/* What stands between the mark and the closing dashes. */
static bool parse_label(struct span line, struct span mark, struct span *label)
{
	if (line.len < mark.len + dashes.len || !starts_with(line, mark) ||
	    !ends_with(line, dashes))
		return false;
	*label = span_make(line.data + mark.len, line.len - mark.len - dashes.len);
	for (size_t i = 0; i < label->len; i++)
		if (label->data[i] < 0x20 || label->data[i] > 0x7e)
			return false;
	return true;
}

/*
 * Takes the lines up to the END line off *text: *body is what lies between. Fails on any other
 * line with dashes, so that a block that lost its end cannot swallow the next one.
 */
static bool take_body(struct span *text, struct span label, struct span *body,
		      struct ward_error *err)
{
	const uint8_t *start = text->data;

	while (text->len > 0) {
		struct span rest = *text;
		struct span line = trim(take_line(&rest));
		struct span end_label;

		if (!starts_with(line, dashes)) {
			*text = rest;
			continue;
		}
		if (!starts_with(line, end_mark))
			break;
		*body = span_make(start, (size_t)(text->data - start));
		*text = rest;
		if (!parse_label(line, end_mark, &end_label) || !span_equal(label, end_label))
			return FAILF(err, BAD_PEM, "the END line does not match BEGIN %.*s",
				     (int)label.len, (const char *)label.data);
		return true;
	}
	return FAILF(err, BAD_PEM, "no END line for BEGIN %.*s", (int)label.len,
		     (const char *)label.data);
}

/* Takes header lines and the empty line behind them off *body, if it begins with any. */
static bool take_headers(struct span *body, bool *encrypted, struct ward_error *err)
{
	struct span rest = *body;
	struct span line = take_line(&rest);

	if (memchr(line.data, ':', line.len) == NULL)
		return true;
	while (trim(line).len > 0) {
		if (starts_with(line, SPAN_LITERAL("Proc-Type:")))
			*encrypted = true;
		if (rest.len == 0)
			return FAILF(err, BAD_PEM, "no empty line behind the headers");
		line = take_line(&rest);
	}
	*body = rest;
	return true;
}

static bool decode_body(struct span body, struct pem_block *block, struct ward_error *err)
{
	size_t max = base64_decoded_max(body.len);

	if (body.len > PEM_BODY_MAX)
		return FAILF(err, BAD_PEM, "the block is longer than %d bytes", PEM_BODY_MAX);
	block->der = malloc(max);
	if (block->der == NULL)
		return FAIL(err, NO_MEMORY);
	if (!base64_decode(block->der, &block->der_len, body, false, err))
		return false;
	return block->der_len > 0 || FAILF(err, BAD_PEM, "the block is empty");
}

bool pem_next(struct span *text, struct pem_block *block, struct ward_error *err)
{
	struct span line, label, body;

	*block = (struct pem_block){ .der = NULL };
	if (!find_begin(text, &line))
		return false;
	if (!parse_label(line, begin_mark, &label))
		return FAILF(err, BAD_PEM, "the BEGIN line is damaged");
	if (label.len >= sizeof(block->label))
		return FAILF(err, BAD_PEM, "the label is too long");
	if (!take_body(text, label, &body, err))
		return false;
	bytes_copy(block->label, label.data, label.len);
	if (take_headers(&body, &block->encrypted, err) && decode_body(body, block, err))
		return true;
	pem_block_clear(block);
	return false;
}

void pem_block_clear(struct pem_block *block)
{
	secret_wipe_bytes(block->der, block->der_len);
	free(block->der);
	*block = (struct pem_block){ .der = NULL };
}

bool pem_detect(struct span bytes)
{
	struct span line;

	return find_begin(&bytes, &line);
}

/* Appends bytes to the text at *p. */
static void append(char **p, struct span bytes)
{
	bytes_copy(*p, bytes.data, bytes.len);
	*p += bytes.len;
}

static void append_boundary(char **p, struct span mark, const char *label)
{
	append(p, mark);
	append(p, span_string(label));
	append(p, dashes);
	append(p, SPAN_LITERAL("\n"));
}

char *pem_encode(const char *label, struct span der)
{
	const size_t bytes_a_line = LINE_LEN / 4 * 3;
	size_t lines = der.len / bytes_a_line + 1;
	char *text = malloc(base64_encoded_len(der.len) + lines + 2 * (strlen(label) + 32));
	char *p = text;

	if (text == NULL)
		return NULL;
	append_boundary(&p, begin_mark, label);
	for (size_t i = 0; i < der.len; i += bytes_a_line) {
		size_t n = der.len - i < bytes_a_line ? der.len - i : bytes_a_line;

		p += base64_encode(p, span_make(der.data + i, n), false);
		*p++ = '\n';
	}
	append_boundary(&p, end_mark, label);
	*p = '\0';
	return text;
}
