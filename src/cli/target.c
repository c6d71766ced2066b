/*
 * Where to connect to. Users paste what they have: a name, a URL out of a browser, an address with
 * or without brackets. What follows the authority of a URL is not looked at (RFC 3986, 3.2).
 */
#include "cli/target.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/span.h"
#include "cli/values.h"

static const struct scheme_row {
	const char *name;
	const char *port; /* NULL: TLS is not spoken there */
	bool asks;        /* TLS is asked for first */
} schemes[] = {
	{ "https", "443", false },  { "wss", "443", false },         { "tls", "443", false },
	{ "smtps", "465", false },  { "imaps", "993", false },       { "pop3s", "995", false },
	{ "ldaps", "636", false },  { "ftps", "990", false },        { "ircs", "6697", false },
	{ "mqtts", "8883", false }, { "sips", "5061", false },       { "rediss", "6379", false },
	{ "http", NULL, false },    { "smtp", "25", true },          { "lmtp", "24", true },
	{ "imap", "143", true },    { "pop3", "110", true },         { "ftp", "21", true },
	{ "nntp", "119", true },    { "sieve", "4190", true },       { "ldap", "389", true },
	{ "xmpp", "5222", true },   { "xmpp-server", "5269", true }, { "postgres", "5432", true },
	{ "mysql", "3306", true },
};

struct complaint {
	const char **cause;
	const char **remedy;
};

static bool refuse(const struct complaint *c, const char *cause, const char *remedy)
{
	*c->cause = cause;
	*c->remedy = remedy;
	return false;
}

/* Takes "https://" off the front; the port it stands for. */
static bool take_scheme(struct span *text, struct target *target, const struct complaint *c)
{
	const uint8_t *mark = memmem(text->data, text->len, "://", 3);
	size_t len = mark == NULL ? 0 : (size_t)(mark - text->data);

	snprintf(target->port, sizeof(target->port), "443");
	if (mark == NULL)
		return true;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		const struct scheme_row *row = &schemes[i];

		if (strlen(row->name) != len ||
		    strncasecmp((const char *)text->data, row->name, len) != 0)
			continue;
		if (row->port == NULL)
			return refuse(
				c, "that protocol does not begin with TLS",
				"use the one that does, as https:// or smtps://, or its port");
		snprintf(target->port, sizeof(target->port), "%s", row->port);
		target->starttls = row->asks ? row->name : NULL;
		*text = span_make(mark + 3, text->len - len - 3);
		return true;
	}
	return refuse(c, "the scheme is not known", "give HOST:PORT, or https://HOST");
}

/* Cuts off what follows the authority of a URL. */
static void cut_path(struct span *text)
{
	for (size_t i = 0; i < text->len; i++)
		if (strchr("/?#", text->data[i]) != NULL)
			text->len = i;
}

/* Takes the host off the front; what is left is "" or begins with a colon. */
static bool take_host(struct span *text, struct span *host)
{
	const uint8_t *colon = memchr(text->data, ':', text->len);
	const uint8_t *end = text->data + text->len;

	if (text->len > 0 && text->data[0] == '[') {
		const uint8_t *bracket = memchr(text->data, ']', text->len);

		if (bracket == NULL)
			return false;
		*host = span_make(text->data + 1, (size_t)(bracket - text->data) - 1);
		*text = span_make(bracket + 1, (size_t)(end - bracket) - 1);
		return text->len == 0 || text->data[0] == ':';
	}
	/* Two colons without brackets: an IPv6 address, and no port. */
	if (colon == NULL || memchr(colon + 1, ':', (size_t)(end - colon) - 1) != NULL)
		colon = end;
	*host = span_make(text->data, (size_t)(colon - text->data));
	*text = span_make(colon, (size_t)(end - colon));
	return true;
}

static bool is_plain(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.data[i] <= ' ' || name.data[i] >= 0x7f ||
		    strchr("@[]\\\"", name.data[i]) != NULL)
			return false;
	return name.len > 0;
}

bool target_name_is_plain(const char *name)
{
	return is_plain(span_string(name));
}

static bool keep_host(struct span host, struct target *target)
{
	char *zone;

	if (!is_plain(host) || host.len >= sizeof(target->host))
		return false;
	memcpy(target->host, host.data, host.len);
	target->host[host.len] = '\0';
	memcpy(target->verify, target->host, sizeof(target->verify));
	zone = strchr(target->verify, '%');
	if (zone != NULL && strchr(target->verify, ':') != NULL)
		*zone = '\0';
	return true;
}

static bool keep_port(struct span text, struct target *target)
{
	int64_t number;

	if (text.len > sizeof(target->port))
		return false;
	if (text.len > 0) {
		target->port_given = true;
		memcpy(target->port, text.data + 1, text.len - 1);
		target->port[text.len - 1] = '\0';
	}
	if (!value_number(target->port, 1, 65535, &number))
		return false;
	target->port_number = (int)number;
	return true;
}

bool target_parse(const char *text, struct target *target, const char **cause, const char **remedy)
{
	struct complaint c = { cause, remedy };
	struct span rest = span_string(text);
	struct span host;

	memset(target, 0, sizeof(*target));
	if (!take_scheme(&rest, target, &c))
		return false;
	cut_path(&rest);
	if (!take_host(&rest, &host) || !keep_host(host, target))
		return refuse(&c, "that is not a host",
			      "give HOST, HOST:PORT or [ADDRESS]:PORT, in ASCII (xn--...)");
	if (!keep_port(rest, target))
		return refuse(&c, "that is not a port", "give a number from 1 to 65535");
	return true;
}

bool target_set_starttls(struct target *target, const char *protocol)
{
	int64_t number;

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (!schemes[i].asks || strcmp(schemes[i].name, protocol) != 0)
			continue;
		target->starttls = schemes[i].name;
		if (!target->port_given && value_number(schemes[i].port, 1, 65535, &number)) {
			snprintf(target->port, sizeof(target->port), "%s", schemes[i].port);
			target->port_number = (int)number;
		}
		return true;
	}
	return false;
}

char *target_starttls_names(char *buf, unsigned int size)
{
	size_t n = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]) && n < size; i++)
		if (schemes[i].asks)
			n += (size_t)snprintf(buf + n, size - n, "%s%s", n == 0 ? "" : ", ",
					      schemes[i].name);
	return buf;
}

char *target_text(const struct target *target, char *buf, unsigned int size)
{
	bool brackets = strchr(target->host, ':') != NULL;

	snprintf(buf, size, brackets ? "[%s]:%s" : "%s:%s", target->host, target->port);
	return buf;
}
