/*
 * STARTTLS against servers that say what a row has: what is sent, what is taken for consent, and what
 * is refused. A server's words are cut into pieces of every size, and stand alone or with what somebody
 * put behind them. src/io/starttls_talk.c is reached by it all.
 */
#include "io/starttls.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/loopback.h"
#include "support/table.h"

/* What the server says, and by turns what it must hear; ends with NULL. */
struct script {
	const char *name, *protocol;
	const char *turns[8]; /* says, hears, says, ... */
	enum ward_reason reason;
	const char *detail; /* a part of it */
};

#define EHLO "EHLO ward.invalid\r\n"
#define LDAP_REQUEST                                                                               \
	"\x30\x1d\x02\x01\x01\x77\x18\x80\x16"                                                     \
	"1.3.6.1.4.1.1466.20037"
#define XMPP_OPEN(kind)                                                                            \
	"<?xml version='1.0'?><stream:stream xmlns='jabber:" kind "' "                             \
	"xmlns:stream='http://etherx.jabber.org/streams' to='server.example' version='1.0'>"
#define XMPP_FEATURES                                                                              \
	"<?xml version='1.0'?><stream:stream id='1' version='1.0'><stream:features>"               \
	"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"                 \
	"</stream:features>"
#define XMPP_ASK "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"

static const struct script scripts[] = {
	{ "smtp",
	  "smtp",
	  { "220-mail.example ESMTP\r\n220 ready\r\n", EHLO,
	    "250-mail.example\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 8BITMIME\r\n",
	    "STARTTLS\r\n", "220 2.0.0 Ready to start TLS\r\n" },
	  WARD_E_NONE },
	{ "smtp, by line feeds alone",
	  "smtp",
	  { "220 x\n", EHLO, "250 starttls\n", "STARTTLS\r\n", "220 go\n" },
	  WARD_E_NONE },
	{ "lmtp",
	  "lmtp",
	  { "220 x\r\n", "LHLO ward.invalid\r\n", "250-x\r\n250 STARTTLS\r\n", "STARTTLS\r\n",
	    "220 go\r\n" },
	  WARD_E_NONE },
	{ "imap",
	  "imap",
	  { "* OK [CAPABILITY IMAP4rev1] ready\r\n", "a1 CAPABILITY\r\n",
	    "* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na1 OK done\r\n", "a2 STARTTLS\r\n",
	    "a2 OK Begin TLS\r\n" },
	  WARD_E_NONE },
	{ "pop3",
	  "pop3",
	  { "+OK ready\r\n", "CAPA\r\n", "+OK list\r\nTOP\r\nSTLS\r\n.\r\n", "STLS\r\n",
	    "+OK Begin TLS\r\n" },
	  WARD_E_NONE },
	{ "ftp",
	  "ftp",
	  { "220-Welcome\r\n220 ready\r\n", "AUTH TLS\r\n", "234 Proceed\r\n" },
	  WARD_E_NONE },
	{ "nntp",
	  "nntp",
	  { "201 no posting\r\n", "CAPABILITIES\r\n",
	    "101 list:\r\nVERSION 2\r\nSTARTTLS\r\nREADER\r\n.\r\n", "STARTTLS\r\n",
	    "382 Continue\r\n" },
	  WARD_E_NONE },
	{ "sieve",
	  "sieve",
	  { "\"IMPLEMENTATION\" \"x\"\r\n\"SIEVE\" \"fileinto\"\r\n\"STARTTLS\"\r\nOK \"ready\"\r\n",
	    "STARTTLS\r\n", "OK \"Begin TLS\"\r\n" },
	  WARD_E_NONE },
	{ "xmpp",
	  "xmpp",
	  { "", XMPP_OPEN("client"), XMPP_FEATURES, XMPP_ASK,
	    "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" },
	  WARD_E_NONE },
	{ "xmpp between servers",
	  "xmpp-server",
	  { "", XMPP_OPEN("server"), XMPP_FEATURES, XMPP_ASK,
	    "<proceed xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\"/>" },
	  WARD_E_NONE },
	{ "postgres", "postgres", { "", "", "S" }, WARD_E_NONE },

	{ "smtp: somebody put a command behind the consent",
	  "smtp",
	  { "220 x\r\n", EHLO, "250 STARTTLS\r\n", "STARTTLS\r\n", "220 go\r\n250 OK\r\n" },
	  WARD_E_STARTTLS_INJECTED },
	{ "imap: somebody put an answer behind the consent",
	  "imap",
	  { "* OK x\r\n", "a1 CAPABILITY\r\n", "* CAPABILITY STARTTLS\r\na1 OK\r\n",
	    "a2 STARTTLS\r\n", "a2 OK go\r\n* PREAUTH you are in\r\n" },
	  WARD_E_STARTTLS_INJECTED },
	{ "xmpp: something behind the consent",
	  "xmpp",
	  { "", XMPP_OPEN("client"), XMPP_FEATURES, XMPP_ASK,
	    "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><success/>" },
	  WARD_E_STARTTLS_INJECTED },
	{ "postgres: something behind the consent",
	  "postgres",
	  { "", "", "Sx" },
	  WARD_E_STARTTLS_INJECTED },

	{ "smtp: not offered",
	  "smtp",
	  { "220 x\r\n", EHLO, "250-x\r\n250 STARTTLSX\r\n" },
	  WARD_E_STARTTLS_REFUSED,
	  "does not offer STARTTLS" },
	{ "smtp: refused",
	  "smtp",
	  { "220 x\r\n", EHLO, "250 STARTTLS\r\n", "STARTTLS\r\n", "454 not now\r\n" },
	  WARD_E_STARTTLS_REFUSED,
	  "454 not now" },
	{ "smtp: the server is closing",
	  "smtp",
	  { "421 bye\r\n" },
	  WARD_E_STARTTLS_REFUSED,
	  "421 bye" },
	{ "imap: already logged in",
	  "imap",
	  { "* PREAUTH x\r\n" },
	  WARD_E_STARTTLS_REFUSED,
	  "PREAUTH" },
	{ "imap: refused",
	  "imap",
	  { "* OK x\r\n", "a1 CAPABILITY\r\n", "* CAPABILITY STARTTLS\r\na1 OK\r\n",
	    "a2 STARTTLS\r\n", "a2 NO later\r\n" },
	  WARD_E_STARTTLS_REFUSED,
	  "a2 NO later" },
	{ "pop3: no list of what there is",
	  "pop3",
	  { "+OK\r\n", "CAPA\r\n", "-ERR what\r\n" },
	  WARD_E_STARTTLS_REFUSED,
	  "-ERR what" },
	{ "ftp: refused",
	  "ftp",
	  { "220 x\r\n", "AUTH TLS\r\n", "530 no\r\n" },
	  WARD_E_STARTTLS_REFUSED,
	  "530 no" },
	{ "nntp: not offered",
	  "nntp",
	  { "200 x\r\n", "CAPABILITIES\r\n", "101 list\r\nREADER\r\n.\r\n" },
	  WARD_E_STARTTLS_REFUSED,
	  "does not offer STARTTLS" },
	{ "xmpp: not offered",
	  "xmpp",
	  { "", XMPP_OPEN("client"), "<stream:stream><stream:features/>" },
	  WARD_E_STARTTLS_REFUSED,
	  "does not offer" },
	{ "xmpp: refused",
	  "xmpp",
	  { "", XMPP_OPEN("client"), XMPP_FEATURES, XMPP_ASK,
	    "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>" },
	  WARD_E_STARTTLS_REFUSED,
	  "failure" },
	{ "postgres: not set up",
	  "postgres",
	  { "", "", "N" },
	  WARD_E_STARTTLS_REFUSED,
	  "not set up" },

	{ "smtp: another protocol",
	  "smtp",
	  { "SSH-2.0-OpenSSH\r\n" },
	  WARD_E_STARTTLS_REFUSED,
	  "SSH-2.0" },
	{ "smtp: the end in the middle of a line",
	  "smtp",
	  { "220 x" },
	  WARD_E_CLOSED_IN_HANDSHAKE },
	{ "postgres: an error of old servers",
	  "postgres",
	  { "", "", "E" },
	  WARD_E_STARTTLS_ANSWER,
	  "byte 45" },
};

/* ---- a server that plays a script ---- */

struct server {
	const struct script *script;
	size_t piece;     /* how many bytes at once */
	bool heard_wrong; /* the client said something else */
};

static bool hear(int fd, const char *words)
{
	char got[1024];
	size_t len = strlen(words), n = 0;

	while (n < len) {
		ssize_t more = recv(fd, got + n, len - n, 0);

		if (more <= 0)
			return false;
		n += (size_t)more;
	}
	return memcmp(got, words, len) == 0;
}

static void say(int fd, const char *words, size_t piece)
{
	size_t len = strlen(words);

	for (size_t at = 0; at < len; at += piece) {
		size_t n = len - at < piece ? len - at : piece;

		if (send(fd, words + at, n, MSG_NOSIGNAL) < 0)
			return;
	}
}

static void play(int fd, void *arg)
{
	struct server *s = arg;

	for (size_t i = 0; i < 8 && s->script->turns[i] != NULL; i++) {
		if (i % 2 == 0)
			say(fd, s->script->turns[i], s->piece);
		else if (!hear(fd, s->script->turns[i]))
			s->heard_wrong = true;
	}
	(void)shutdown(fd, SHUT_WR);
	while (recv(fd, (char[64]){ 0 }, 64, 0) > 0)
		;
}

static void ask(const struct script *row, size_t piece)
{
	struct server server = { .script = row, .piece = piece };
	struct loop_raw peer = { .run = play, .arg = &server };
	struct ward_error err = ERROR_NONE;
	int fds[2];
	bool ok;

	loop_pair(fds);
	peer.fd = fds[1];
	loop_raw_start(&peer);
	ok = ward_starttls(fds[0], row->protocol, "server.example", 5000, &err);
	if (ok) { /* and not a byte is left */
		char rest;

		assert_int_equal(recv(fds[0], &rest, 1, MSG_DONTWAIT | MSG_PEEK) > 0, 0);
	}
	close(fds[0]);
	loop_raw_join(&peer);
	assert_string_equal(ward_reason_name(err.reason), ward_reason_name(row->reason));
	assert_int_equal(ok, row->reason == WARD_E_NONE);
	assert_false(ok && server.heard_wrong);
	if (row->detail != NULL && strstr(err.detail, row->detail) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", row->detail, err.detail);
}

static void test_script(void **state)
{
	const struct script *row = *state;
	/* In pieces nobody can tell what was put behind the consent from what came later. */
	bool whole = row->reason == WARD_E_STARTTLS_INJECTED;

	for (size_t piece = whole ? 4096 : 1; piece <= 4096; piece = piece * 3 + 1)
		ask(row, piece);
}

/* ---- protocols of bytes ---- */

struct bytes_row {
	const char *name, *protocol, *said; /* in hex */
	enum ward_reason reason;
};

#define MYSQL_HEAD "0a 382e3000 01000000 0102030405060708 00"

static const struct bytes_row bytes_rows[] = {
	{ "ldap: success", "ldap", "300c 020101 7807 0a0100 0400 0400", WARD_E_NONE },
	{ "ldap: with lengths that need not be so long", "ldap",
	  "30840000000c 020101 7807 0a0100 0400 0400", WARD_E_NONE },
	{ "ldap: refused", "ldap", "300c 020101 7807 0a0135 0400 0400", WARD_E_STARTTLS_REFUSED },
	{ "ldap: another message", "ldap", "300c 020102 7807 0a0100 0400 0400",
	  WARD_E_STARTTLS_ANSWER },
	{ "ldap: another answer", "ldap", "300c 020101 6107 0a0100 0400 0400",
	  WARD_E_STARTTLS_ANSWER },
	{ "ldap: a length that is too large", "ldap", "30847fffffff 020101",
	  WARD_E_STARTTLS_ANSWER },
	{ "ldap: a length of five bytes", "ldap", "30850000000001 00", WARD_E_STARTTLS_ANSWER },
	{ "ldap: an indefinite length", "ldap", "3080 020101", WARD_E_STARTTLS_ANSWER },
	{ "ldap: what is in it is longer", "ldap", "3005 020101 7807 0a0100 0400 0400",
	  WARD_E_STARTTLS_ANSWER },
	{ "ldap: no SEQUENCE", "ldap", "485454502f", WARD_E_STARTTLS_ANSWER },
	{ "mysql: TLS is there", "mysql", "15000000" MYSQL_HEAD "00 0a 00", WARD_E_NONE },
	{ "mysql: TLS is not there", "mysql", "15000000" MYSQL_HEAD "00 02 00",
	  WARD_E_STARTTLS_REFUSED },
	{ "mysql: too short", "mysql", "05000000 0a382e3000", WARD_E_STARTTLS_ANSWER },
	{ "mysql: an error", "mysql", "05000000 ff10040000", WARD_E_STARTTLS_ANSWER },
	{ "mysql: a version without an end", "mysql", "03000000 0a3838", WARD_E_STARTTLS_ANSWER },
	{ "mysql: a packet of 16 MiB", "mysql", "ffffff00 0a", WARD_E_STARTTLS_ANSWER },
	{ "mysql: something behind the greeting", "mysql", "15000000" MYSQL_HEAD "00 0a 00 ff",
	  WARD_E_STARTTLS_INJECTED },
};

struct sayer {
	struct span bytes;
};

static void say_bytes(int fd, void *arg)
{
	const struct sayer *s = arg;

	(void)send(fd, s->bytes.data, s->bytes.len, MSG_NOSIGNAL);
	(void)shutdown(fd, SHUT_WR);
	while (recv(fd, (char[64]){ 0 }, 64, 0) > 0)
		;
}

static void test_bytes(void **state)
{
	const struct bytes_row *row = *state;
	struct sayer sayer = { table_hex(row->said) };
	struct loop_raw peer = { .run = say_bytes, .arg = &sayer };
	struct ward_error err = ERROR_NONE;
	int fds[2];

	loop_pair(fds);
	peer.fd = fds[1];
	loop_raw_start(&peer);
	assert_int_equal(ward_starttls(fds[0], row->protocol, NULL, 5000, &err),
			 row->reason == WARD_E_NONE);
	close(fds[0]);
	loop_raw_join(&peer);
	assert_string_equal(ward_reason_name(err.reason), ward_reason_name(row->reason));
}

/* ---- limits ---- */

static void say_without_end(int fd, void *arg)
{
	while (send(fd, arg, strlen(arg), MSG_NOSIGNAL) > 0)
		;
}

static void refuse_flood(const char *protocol, const char *words)
{
	struct loop_raw peer = { .run = say_without_end, .arg = (void *)(uintptr_t)words };
	struct ward_error err = ERROR_NONE;
	int fds[2];

	loop_pair(fds);
	peer.fd = fds[1];
	loop_raw_start(&peer);
	assert_false(ward_starttls(fds[0], protocol, "server.example", 5000, &err));
	close(fds[0]);
	loop_raw_join(&peer);
	assert_int_equal(err.reason, WARD_E_STARTTLS_ANSWER);
}

static void test_floods(void **state)
{
	(void)state;
	refuse_flood("smtp", "220-and so on\r\n");
	refuse_flood("smtp", "220 without an end ");
	refuse_flood("sieve", "\"SIEVE\" \"x\"\r\n");
	refuse_flood("xmpp", "<a>");
}

static void say_nothing(int fd, void *arg)
{
	(void)arg;
	while (recv(fd, (char[64]){ 0 }, 64, 0) > 0)
		;
}

static void test_silence(void **state)
{
	struct loop_raw peer = { .run = say_nothing };
	struct ward_error err = ERROR_NONE;
	int fds[2];

	(void)state;
	loop_pair(fds);
	peer.fd = fds[1];
	loop_raw_start(&peer);
	assert_false(ward_starttls(fds[0], "smtp", NULL, 50, &err));
	close(fds[0]);
	loop_raw_join(&peer);
	assert_int_equal(err.reason, WARD_E_TIMED_OUT);
}

static void test_arguments(void **state)
{
	struct ward_error err = ERROR_NONE;

	(void)state;
	assert_null(starttls_find("smtps"));
	assert_false(ward_starttls(-1, "gopher", NULL, 50, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	err = ERROR_NONE;
	assert_false(ward_starttls(-1, "xmpp", "a'/><b", 50, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
}

int main(void)
{
	static struct table t;

	TABLE_ADD(&t, scripts, test_script);
	TABLE_ADD(&t, bytes_rows, test_bytes);
	table_add(&t, "a server that does not stop talking", test_floods, NULL);
	table_add(&t, "a server that says nothing", test_silence, NULL);
	table_add(&t, "arguments", test_arguments, NULL);
	return table_run(&t, "starttls");
}
