/*
 * STARTTLS: how each protocol is asked to go on in TLS. See starttls_talk.c for what keeps bytes in
 * the clear from being taken for protected ones.
 *
 *	smtp		RFC 3207	lmtp	RFC 2033, 3207		imap	RFC 9051, 6.2.1
 *	pop3		RFC 2595, 4	ftp	RFC 4217, 4		nntp	RFC 4642
 *	sieve		RFC 5804, 2.2	ldap	RFC 4511, 4.14		xmpp	RFC 6120, 5
 *	postgres	its manual, 55.2.10		mysql	its internals, "Protocol::SSLRequest"
 *
 * A server that does not offer it, or refuses, ends the matter: nothing goes on in the clear.
 */
#include "io/starttls.h"

#include <string.h>
#include <strings.h>

#include "io/starttls_talk.h"

/* Where an answer ends. */
enum style {
	STYLE_NONE = 0,
	STYLE_LINE, /* it is one line */
	STYLE_CODE, /* at the first line in which no hyphen follows the three digits */
	STYLE_DOT,  /* at a line of one dot, unless the first is a refusal */
	STYLE_MARK, /* at the line that begins with the mark, as IMAP's tags */
};

struct answer {
	enum style style;
	const char *mark; /* STYLE_MARK alone */
	const char *good; /* how the line begins that agrees */
};

struct starttls {
	const char *name;
	/* Of those that talk in lines. */
	struct answer greeting;
	const char *hello; /* a format for the host's name; NULL: none */
	struct answer hello_answer;
	const char
		*offer; /* the word in what was said so far that offers TLS; NULL: none says it */
	const char *command;
	struct answer consent;
	/* Of the others. */
	bool (*ask)(struct talk *t);
};

/* ---- protocols of lines ---- */

static bool begins(const char *line, const char *start)
{
	return strncasecmp(line, start, strlen(start)) == 0;
}

static bool ends_answer(const struct answer *a, const char *line, bool first)
{
	switch (a->style) {
	case STYLE_CODE:
		return strspn(line, "0123456789") != 3 || line[3] != '-';
	case STYLE_DOT:
		return strcmp(line, ".") == 0 || (first && !begins(line, a->good));
	case STYLE_MARK:
		return begins(line, a->mark);
	case STYLE_NONE:
	case STYLE_LINE:
		break;
	}
	return true;
}

/* The whole answer; whether it agrees, and whether the word is in it. */
static bool hear_answer(struct talk *t, const struct answer *a, const char *word, bool *good,
			bool *has_word)
{
	bool first = true, over;

	do {
		if (!talk_line(t))
			return false;
		over = ends_answer(a, t->line, first);
		if (word != NULL && talk_has_word(t->line, word))
			*has_word = true;
		/* Of a list the first line says whether there is one, else the last. */
		if (a->style != STYLE_DOT || first)
			*good = begins(t->line, a->good);
		first = false;
	} while (!over);
	return true;
}

static bool expect(struct talk *t, const struct starttls *p, const struct answer *a, bool *offered)
{
	bool good = false;

	if (!hear_answer(t, a, p->offer, &good, offered))
		return false;
	return good || FAILF(t->err, STARTTLS_REFUSED, "%s says \"%.100s\"", p->name, t->line);
}

/* The host is the only thing of the caller's that goes into a command: a name, and no more. */
static bool host_is_plain(const char *host)
{
	for (const char *c = host; *c != '\0'; c++)
		if (*c <= ' ' || *c >= 0x7f || strchr("<>'\"&", *c) != NULL)
			return false;
	return true;
}

static bool ask_in_lines(struct talk *t, const struct starttls *p)
{
	bool offered = p->offer == NULL;

	if (!expect(t, p, &p->greeting, &offered))
		return false;
	if (p->hello != NULL &&
	    (!talk_say(t, "%s\r\n", p->hello) || !expect(t, p, &p->hello_answer, &offered)))
		return false;
	if (!offered)
		return FAILF(t->err, STARTTLS_REFUSED, "the server does not offer %s", p->offer);
	return talk_say(t, "%s\r\n", p->command) && expect(t, p, &p->consent, &offered);
}

/* ---- LDAP ---- */

/* A length of BER, which unlike DER's need not be short; at most `most`. */
static bool ber_length(struct talk *t, size_t most, size_t *len)
{
	uint8_t bytes[4];
	size_t more;

	if (!talk_hear(t, bytes, 1))
		return false;
	*len = bytes[0];
	more = bytes[0] & 0x7f;
	if ((bytes[0] & 0x80) == 0)
		return *len <= most || FAIL(t->err, STARTTLS_ANSWER);
	if (more == 0 || more > sizeof(bytes))
		return FAIL(t->err, STARTTLS_ANSWER);
	if (!talk_hear(t, bytes, more))
		return false;
	*len = 0;
	for (size_t i = 0; i < more; i++)
		*len = *len << 8 | bytes[i];
	return *len <= most || FAIL(t->err, STARTTLS_ANSWER);
}

/* A tag that must be this one, and the length behind it. */
static bool ber_open(struct talk *t, uint8_t tag, size_t most, size_t *len)
{
	uint8_t got;

	if (!talk_hear(t, &got, 1))
		return false;
	return got == tag ? ber_length(t, most, len)
			  : FAILF(t->err, STARTTLS_ANSWER, "ldap: tag %02x", got);
}

static bool ber_small(struct talk *t, uint8_t tag, uint8_t *value)
{
	size_t len;

	if (!ber_open(t, tag, 1, &len))
		return false;
	return len == 1 ? talk_hear(t, value, 1) : FAIL(t->err, STARTTLS_ANSWER);
}

static bool ask_ldap(struct talk *t)
{
	/* LDAPMessage { 1, ExtendedRequest { requestName 1.3.6.1.4.1.1466.20037 } } */
	static const char request[] = "\x30\x1d\x02\x01\x01\x77\x18\x80\x16"
				      "1.3.6.1.4.1.1466.20037";
	enum { MESSAGE_MAX = 4096, SEQUENCE = 0x30, INTEGER = 2, ENUMERATED = 10, EXTENDED = 0x78 };
	uint8_t rest[MESSAGE_MAX], id, code;
	size_t len, inner, before;

	if (!talk_send(t, span_make((const uint8_t *)request, sizeof(request) - 1)) ||
	    !ber_open(t, SEQUENCE, MESSAGE_MAX, &len))
		return false;
	before = t->heard;
	if (!ber_small(t, INTEGER, &id) || !ber_open(t, EXTENDED, MESSAGE_MAX, &inner) ||
	    !ber_small(t, ENUMERATED, &code))
		return false;
	if (t->heard - before > len || !talk_hear(t, rest, len - (t->heard - before)))
		return FAIL(t->err, STARTTLS_ANSWER);
	if (id != 1)
		return FAILF(t->err, STARTTLS_ANSWER, "ldap: message %d", id);
	return code == 0 || FAILF(t->err, STARTTLS_REFUSED, "ldap: resultCode %d", code);
}

/* ---- XMPP ---- */

/* Hears byte by byte until the text ends with one of these; which of them, counted from 0. */
static bool hear_until(struct talk *t, const char *const *ends, size_t *which)
{
	size_t n = 0;

	for (;;) {
		if (n == sizeof(t->line) - 1)
			return FAILF(t->err, STARTTLS_ANSWER, "xmpp: too much");
		if (!talk_hear(t, (uint8_t *)t->line + n, 1))
			return false;
		t->line[++n] = '\0';
		for (*which = 0; ends[*which] != NULL; (*which)++) {
			size_t len = strlen(ends[*which]);

			if (n >= len && strcmp(t->line + n - len, ends[*which]) == 0)
				return true;
		}
	}
}

#define XMPP_TLS "urn:ietf:params:xml:ns:xmpp-tls"

static bool ask_xmpp(struct talk *t, const char *kind)
{
	static const char *const features[] = { "</stream:features>", "<stream:features/>",
						"</stream:error>", NULL };
	static const char *const consents[] = { XMPP_TLS "'/>", XMPP_TLS "\"/>",    "</proceed>",
						"</failure>",   "</stream:stream>", NULL };
	size_t which;

	if (!talk_say(t,
		      "<?xml version='1.0'?><stream:stream xmlns='jabber:%s' "
		      "xmlns:stream='http://etherx.jabber.org/streams' to='%s' version='1.0'>",
		      kind, t->host == NULL ? "" : t->host) ||
	    !hear_until(t, features, &which))
		return false;
	if (strstr(t->line, XMPP_TLS) == NULL)
		return FAILF(t->err, STARTTLS_REFUSED, "the server does not offer starttls");
	if (!talk_say(t, "<starttls xmlns='" XMPP_TLS "'/>") || !hear_until(t, consents, &which))
		return false;
	return strstr(t->line, "<proceed") != NULL ||
	       FAILF(t->err, STARTTLS_REFUSED, "xmpp says \"%.100s\"", t->line);
}

static bool ask_xmpp_client(struct talk *t)
{
	return ask_xmpp(t, "client");
}

static bool ask_xmpp_server(struct talk *t)
{
	return ask_xmpp(t, "server");
}

/* ---- databases ---- */

static bool ask_postgres(struct talk *t)
{
	static const uint8_t request[] = { 0, 0, 0, 8, 4, 210, 22, 47 };
	uint8_t said;

	if (!talk_send(t, SPAN_ARRAY(request)) || !talk_hear(t, &said, 1))
		return false;
	if (said == 'N')
		return FAILF(t->err, STARTTLS_REFUSED, "postgres: TLS is not set up there");
	return said == 'S' || FAILF(t->err, STARTTLS_ANSWER, "postgres: byte %02x", said);
}

static bool ask_mysql(struct talk *t)
{
	enum { CLIENT_SSL = 0x0800, PACKET_MAX = 4096, VERSION_10 = 10 };
	/* Header; PROTOCOL_41, SSL and SECURE_CONNECTION; the longest packet; utf8; 23 zeros. */
	static const uint8_t request[36] = { 32, 0, 0, 1, 0x00, 0x8a, 0, 0, 0, 0, 0, 1, 33 };
	uint8_t head[4], packet[PACKET_MAX];
	const uint8_t *end;
	size_t len, at;

	if (!talk_hear(t, head, sizeof(head)))
		return false;
	len = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16;
	if (len < 2 || len > sizeof(packet))
		return FAILF(t->err, STARTTLS_ANSWER, "mysql: a packet of %zu bytes", len);
	if (!talk_hear(t, packet, len))
		return false;
	/* The version as text, a zero, the connection's id, 8 bytes, a zero, the capabilities. */
	end = memchr(packet + 1, 0, len - 1);
	if (packet[0] != VERSION_10 || end == NULL)
		return FAILF(t->err, STARTTLS_ANSWER, "mysql: the greeting has another form");
	at = (size_t)(end - packet) + 1 + 4 + 8 + 1;
	if (at + 2 > len)
		return FAILF(t->err, STARTTLS_ANSWER, "mysql: the greeting is too short");
	if (((packet[at] | packet[at + 1] << 8) & CLIENT_SSL) == 0)
		return FAILF(t->err, STARTTLS_REFUSED, "mysql: TLS is not set up there");
	return talk_send(t, SPAN_ARRAY(request));
}

/* ---- all of them ---- */

static const struct starttls protocols[] = {
	{ "smtp",
	  { STYLE_CODE, NULL, "220" },
	  "EHLO ward.invalid",
	  { STYLE_CODE, NULL, "250" },
	  "STARTTLS",
	  "STARTTLS",
	  { STYLE_CODE, NULL, "220" },
	  NULL },
	{ "lmtp",
	  { STYLE_CODE, NULL, "220" },
	  "LHLO ward.invalid",
	  { STYLE_CODE, NULL, "250" },
	  "STARTTLS",
	  "STARTTLS",
	  { STYLE_CODE, NULL, "220" },
	  NULL },
	{ "imap",
	  { STYLE_LINE, NULL, "* OK" },
	  "a1 CAPABILITY",
	  { STYLE_MARK, "a1 ", "a1 OK" },
	  "STARTTLS",
	  "a2 STARTTLS",
	  { STYLE_MARK, "a2 ", "a2 OK" },
	  NULL },
	{ "pop3",
	  { STYLE_LINE, NULL, "+OK" },
	  "CAPA",
	  { STYLE_DOT, NULL, "+OK" },
	  "STLS",
	  "STLS",
	  { STYLE_LINE, NULL, "+OK" },
	  NULL },
	{ "ftp",
	  { STYLE_CODE, NULL, "220" },
	  NULL,
	  { STYLE_NONE, NULL, NULL },
	  NULL,
	  "AUTH TLS",
	  { STYLE_CODE, NULL, "234" },
	  NULL },
	{ "nntp",
	  { STYLE_CODE, NULL, "20" },
	  "CAPABILITIES",
	  { STYLE_DOT, NULL, "101" },
	  "STARTTLS",
	  "STARTTLS",
	  { STYLE_CODE, NULL, "382" },
	  NULL },
	{ "sieve",
	  { STYLE_MARK, "OK", "OK" },
	  NULL,
	  { STYLE_NONE, NULL, NULL },
	  "STARTTLS",
	  "STARTTLS",
	  { STYLE_LINE, NULL, "OK" },
	  NULL },
	{ .name = "ldap", .ask = ask_ldap },
	{ .name = "xmpp", .ask = ask_xmpp_client },
	{ .name = "xmpp-server", .ask = ask_xmpp_server },
	{ .name = "postgres", .ask = ask_postgres },
	{ .name = "mysql", .ask = ask_mysql },
};

const struct starttls *starttls_find(const char *name)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (strcmp(protocols[i].name, name) == 0)
			return &protocols[i];
	return NULL;
}

bool starttls_ask(const struct starttls *protocol, int fd, const char *host, int64_t deadline,
		  struct ward_error *err)
{
	struct talk t = { .fd = fd, .deadline = deadline, .host = host, .err = err };

	if (host != NULL && !host_is_plain(host))
		return FAILF(err, BAD_ARGUMENT, "the host name has characters that none has");
	if (protocol->ask != NULL ? !protocol->ask(&t) : !ask_in_lines(&t, protocol))
		return false;
	return talk_is_over(&t);
}

bool ward_starttls(int fd, const char *protocol, const char *host, int timeout_ms,
		   struct ward_error *err)
{
	const struct starttls *p = starttls_find(protocol);

	if (p == NULL)
		return FAILF(err, BAD_ARGUMENT, "no STARTTLS is known for \"%.40s\"", protocol);
	return starttls_ask(p, fd, host, deadline_after(timeout_ms == 0 ? 30000 : timeout_ms), err);
}
