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
	const char *port; /* NULL: TLS does not come first there */
} schemes[] = {
	{ "https", "443" }, { "wss", "443" },    { "tls", "443" },   { "smtps", "465" },
	{ "imaps", "993" }, { "pop3s", "995" },  { "ldaps", "636" }, { "ftps", "990" },
	{ "ircs", "6697" }, { "mqtts", "8883" }, { "sips", "5061" }, { "http", NULL },
	{ "smtp", NULL },   { "imap", NULL },    { "pop3", NULL },   { "ldap", NULL },
	{ "ftp", NULL },    { "xmpp", NULL },
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
static bool take_scheme(struct span *text, const char **port, const struct complaint *c)
{
	const uint8_t *mark = memmem(text->data, text->len, "://", 3);
	size_t len = mark == NULL ? 0 : (size_t)(mark - text->data);

	*port = "443";
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
		*port = row->port;
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
	const char *port;

	memset(target, 0, sizeof(*target));
	if (!take_scheme(&rest, &port, &c))
		return false;
	cut_path(&rest);
	snprintf(target->port, sizeof(target->port), "%s", port);
	if (!take_host(&rest, &host) || !keep_host(host, target))
		return refuse(&c, "that is not a host",
			      "give HOST, HOST:PORT or [ADDRESS]:PORT, in ASCII (xn--...)");
	if (!keep_port(rest, target))
		return refuse(&c, "that is not a port", "give a number from 1 to 65535");
	return true;
}

char *target_text(const struct target *target, char *buf, unsigned int size)
{
	bool brackets = strchr(target->host, ':') != NULL;

	snprintf(buf, size, brackets ? "[%s]:%s" : "%s:%s", target->host, target->port);
	return buf;
}
