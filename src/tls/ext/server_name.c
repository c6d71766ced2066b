/*
 * server_name (RFC 6066, section 3): the DNS name that the client wants to reach.
 *
 * The list was meant for several kinds of names and has only ever held one host_name; any other
 * form is refused, as everyone does. A host_name that is read is ASCII letters, digits, '-' and '_'
 * in labels of 1 to 63, at most 253 in all, without a dot at the end, and no IPv4 address: it can
 * be printed, logged and compared as it is. The server's answer is empty.
 *
 * An IP address is no host_name, and a number of clients send the one they were told to connect to.
 * It names nothing that is not known already: a ClientHello with it is read as one without a name.
 */
#include "tls/ext/list.h"
#include "tls/ext/table.h"
#include "x509/ip.h"

enum { NAME_TYPE_HOST_NAME = 0, HOST_NAME_MAX_LEN = 253, LABEL_MAX_LEN = 63 };

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_label_char(uint8_t c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
	       c == '_';
}

static bool labels_are_valid(struct span name)
{
	size_t len = 0;

	for (size_t i = 0; i < name.len; i++) {
		if (name.data[i] == '.') {
			if (len == 0)
				return false;
			len = 0;
		} else if (!is_label_char(name.data[i]) || ++len > LABEL_MAX_LEN) {
			return false;
		}
	}
	return len > 0;
}

/* Four labels of digits alone: no address, and no domain of DNS ends in a number. */
static bool is_numbers(struct span name)
{
	int dots = 0;

	for (size_t i = 0; i < name.len; i++) {
		if (name.data[i] == '.')
			dots++;
		else if (!is_digit(name.data[i]))
			return false;
	}
	return dots == 3;
}

static bool host_name_is_valid(struct span name)
{
	return name.len <= HOST_NAME_MAX_LEN && labels_are_valid(name) && !is_numbers(name);
}

static bool is_address(struct span name)
{
	uint8_t address[16];

	return ip_parse(name, address) > 0;
}

void server_name_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	struct reader list, at;

	if (where & (IN_EE | IN_SH12))
		return;
	list = list_open(body, 2);
	if (reader_u8(&list) != NAME_TYPE_HOST_NAME)
		FAIL_HERE(&list, EXT_MALFORMED);
	at = list;
	e->server_name = reader_vec_bounded(&list, 2, 1, 65535);
	if (reader_left(&list) > 0)
		FAIL_HERE(&list, BAD_SERVER_NAME);
	if (where == IN_CH && is_address(e->server_name))
		e->server_name = SPAN_EMPTY;
	else if (!host_name_is_valid(e->server_name))
		FAIL_HERE(&at, BAD_SERVER_NAME);
}

void server_name_drop_address(struct extensions *e)
{
	if (e->server_name.len == 0)
		e->seen &= ~ext_bit(EXT_SERVER_NAME);
}

void server_name_write(struct writer *w, enum ext_where where, const struct extensions *e)
{
	if (where & (IN_EE | IN_SH12))
		return;
	WRITE_VEC (w, 2) {
		writer_u8(w, NAME_TYPE_HOST_NAME);
		writer_vec(w, 2, e->server_name);
	}
}
