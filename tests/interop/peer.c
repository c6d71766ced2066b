/*
 * A client or a server that does what its command line says, for tests with other implementations.
 *
 *	interop_peer client HOST PORT [OPTION]... STEP...
 *	interop_peer server [OPTION]... STEP...
 *
 * A server prints "port N", then serves one client after the other until its standard input ends.
 * For each connection one line of JSON tells what happened. The steps are in peer_steps.c; numbers
 * of suites, groups and schemes are IANA's, in hexadecimal, with commas between.
 */
#include "peer.h"

#include "serve/cert_codecs.h"

#include <ward/resume.h>

#include <arpa/inet.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LIST_MAX = 16, TIMEOUT_MS = 60000 };

struct peer {
	struct ward_config *config;
	const char *name; /* server_name of a client, instead of the host */
	size_t padding;
	bool is_server;
	struct tally tally;
};

static _Noreturn void die(const char *what, const struct ward_error *err)
{
	char text[512];

	fprintf(stderr, "interop_peer: %s: %s\n", what, ward_error_text(err, text, sizeof(text)));
	exit(2);
}

/* ---- what is seen ---- */

static void see_record(struct peer *p, const struct ward_event *event)
{
	enum { APPLICATION_DATA = 23, TAG = 16 };
	size_t *largest = event->outgoing ? &p->tally.largest_out : &p->tally.largest_in;
	size_t len = (size_t)event->bytes[3] << 8 | event->bytes[4];

	if (event->type != APPLICATION_DATA)
		return;
	len -= TAG;
	if (len > *largest)
		*largest = len;
	/* The content type is not counted, and a full record has no room for padding. */
	if (event->outgoing && p->padding > 0 && (len - 1) % p->padding != 0)
		p->tally.padded_wrong = true;
}

static void see(void *arg, struct ward_conn *conn, const struct ward_event *event)
{
	enum { KEY_UPDATE = 24 };
	struct peer *p = arg;

	(void)conn;
	if (event->kind == WARD_EVENT_RECORD)
		see_record(p, event);
	if (event->kind != WARD_EVENT_MESSAGE || event->type != KEY_UPDATE)
		return;
	if (event->outgoing)
		p->tally.updates_out++;
	else
		p->tally.updates_in++;
}

/* ---- options ---- */

static size_t numbers(char *text, uint16_t list[LIST_MAX])
{
	size_t n = 0;

	for (char *word; n < LIST_MAX && (word = strsep(&text, ",")) != NULL;)
		list[n++] = (uint16_t)strtoul(word, NULL, 16);
	return n;
}

static bool set_list(struct ward_config *config, int option, char *text, struct ward_error *err)
{
	uint16_t list[LIST_MAX];
	size_t n = numbers(text, list);

	switch (option) {
	case 's':
		return ward_config_set_suites(config, list, n, err);
	case 'g':
		return ward_config_set_groups(config, list, n, err);
	default:
		return ward_config_set_signatures(config, list, n, err);
	}
}

static bool set_alpn(struct ward_config *config, char *text, struct ward_error *err)
{
	const char *list[LIST_MAX + 1] = { NULL };
	size_t n = 0;

	for (char *word; n < LIST_MAX && (word = strsep(&text, ",")) != NULL;)
		list[n++] = word;
	return ward_config_set_alpn(config, list, err);
}

static bool set_codec(struct ward_config *config, const char *name, struct ward_error *err)
{
	const struct ward_cert_codec *codec;

	for (size_t i = 0; (codec = cert_codec(i)) != NULL; i++)
		if (strcmp(ward_cert_compression_name(codec->algorithm), name) == 0)
			return ward_config_add_cert_codec(config, codec, err);
	fprintf(stderr, "interop_peer: no such compressor here: %s\n", name);
	exit(2);
}

static bool set_verify(struct ward_config *config, const char *mode, struct ward_error *err)
{
	bool optional = strcmp(mode, "optional") == 0;

	return ward_config_set_verify(config,
				      optional ? WARD_VERIFY_OPTIONAL : WARD_VERIFY_REQUIRED, err);
}

static bool add_psk(struct ward_config *config, const char *hex, struct ward_error *err)
{
	static const char identity[] = "Client_identity";
	uint8_t key[64];
	size_t len = 0;

	for (; len < sizeof(key) && strlen(hex) >= 2; hex += 2)
		key[len++] = (uint8_t)strtoul((const char[]){ hex[0], hex[1], '\0' }, NULL, 16);
	return ward_config_add_psk(config, identity, strlen(identity), key, len, WARD_PSK_SHA256,
				   err);
}

static const struct option options[] = {
	{ "ca", required_argument, NULL, 'a' },
	{ "identity", required_argument, NULL, 'i' }, /* a PEM file: chain and key */
	{ "suites", required_argument, NULL, 's' },
	{ "groups", required_argument, NULL, 'g' },
	{ "schemes", required_argument, NULL, 'h' },
	{ "alpn", required_argument, NULL, 'p' },
	{ "name", required_argument, NULL, 'n' },
	{ "key-shares", required_argument, NULL, 'k' },
	{ "cookie", no_argument, NULL, 'c' },
	{ "tickets", required_argument, NULL, 'T' },
	{ "padding", required_argument, NULL, 'd' },
	{ "record-size-limit", required_argument, NULL, 'l' },
	{ "max-fragment", required_argument, NULL, 'f' },
	{ "update-after", required_argument, NULL, 'u' },
	{ "tls12", no_argument, NULL, '2' },        /* and nothing above */
	{ "verify", required_argument, NULL, 'v' }, /* optional, required */
	{ "post-auth", no_argument, NULL, 'P' },
	{ "strict-names", no_argument, NULL, 't' },
	{ "codec", required_argument, NULL, 'z' }, /* of certificates: its name */
	{ "psk", required_argument, NULL, 'K' },   /* a key in hexadecimal, named as openssl does */
	{ "insecure", no_argument, NULL, 'x' },
	{ "keylog", required_argument, NULL, 'y' },
	{ NULL, 0, NULL, 0 },
};

static bool set_number(struct peer *p, int option, const char *text, struct ward_error *err)
{
	size_t n = strtoul(text, NULL, 10);

	switch (option) {
	case 'k':
		return ward_config_set_key_shares(p->config, n, err);
	case 'd':
		p->padding = n;
		return ward_config_set_padding(p->config, n, err);
	case 'l':
		return ward_config_set_record_size_limit(p->config, n, err);
	case 'f':
		return ward_config_set_max_fragment(p->config, n, err);
	default:
		return ward_config_set_key_update_after(p->config, n, err);
	}
}

static bool set_option(struct peer *p, int option, char *argument, struct ward_error *err)
{
	switch (option) {
	case '2':
		return ward_config_set_versions(p->config, WARD_TLS_1_2, WARD_TLS_1_2, err);
	case 'a':
		return ward_config_load_verify_locations(p->config, argument, err);
	case 'i':
		return ward_config_load_cert_chain(p->config, argument, NULL, err);
	case 's':
	case 'g':
	case 'h':
		return set_list(p->config, option, argument, err);
	case 'p':
		return set_alpn(p->config, argument, err);
	case 'n':
		p->name = argument;
		return true;
	case 'c':
		return ward_config_set_cookie(p->config, true, err);
	case 'T':
		return ward_config_set_tickets(p->config, strtoul(optarg, NULL, 10), err);
	case 'z':
		return set_codec(p->config, argument, err);
	case 'v':
		return set_verify(p->config, argument, err);
	case 't':
		return ward_config_set_strict_names(p->config, true, err);
	case 'P':
		return ward_config_set_post_handshake_auth(p->config, true, err);
	case 'K':
		return add_psk(p->config, argument, err);
	case 'x':
		return ward_config_insecure_no_verify(p->config, err);
	case 'y':
		return ward_config_set_keylog_file(p->config, argument, err);
	default:
		return set_number(p, option, argument, err);
	}
}

/* What is left of the command line: the steps. */
static char **configure(struct peer *p, int argc, char **argv)
{
	struct ward_error err = { 0 };
	int option;

	p->config = p->is_server ? ward_config_new_server(&err) : ward_config_new(&err);
	if (p->config == NULL || !ward_config_set_events(p->config, see, p, false, &err))
		die("config", &err);
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == '?')
			exit(2);
		if (!set_option(p, option, optarg, &err))
			die(optarg == NULL ? "option" : optarg, &err);
	}
	return argv + optind;
}

/* ---- running ---- */

static bool run(struct peer *p, struct ward_session *s, char **steps)
{
	bool ok;

	ward_session_set_timeout(s, TIMEOUT_MS);
	ok = ward_handshake(s) && steps_run(s, steps, &p->tally);
	report_print(s, &p->tally, ok);
	ward_session_free(s);
	return ok;
}

static bool run_client(struct peer *p, const char *host, const char *port, char **steps)
{
	struct ward_dial_options dial = { .server_name = p->name, .io_timeout_ms = TIMEOUT_MS };

	tally_start(&p->tally);
	return run(p, ward_dial(p->config, host, port, &dial), steps);
}

/* True when a client is there, false when the standard input has ended. */
static bool wait_for_client(int fd)
{
	struct pollfd polls[2] = { { .fd = fd, .events = POLLIN },
				   { .fd = STDIN_FILENO, .events = POLLIN } };
	char scrap[64];

	for (;;) {
		if (poll(polls, 2, -1) < 0)
			return false;
		if (polls[0].revents != 0)
			return true;
		if (read(STDIN_FILENO, scrap, sizeof(scrap)) <= 0)
			return false;
	}
}

static void run_server(struct peer *p, char **steps)
{
	struct ward_error err = { 0 };
	struct sockaddr_in at = { .sin_port = 0 };
	socklen_t len = sizeof(at);
	int fd = ward_listen("127.0.0.1", "0", &err);

	if (fd < 0)
		die("listening", &err);
	getsockname(fd, (struct sockaddr *)&at, &len);
	printf("port %d\n", ntohs(at.sin_port));
	fflush(stdout);
	while (wait_for_client(fd)) {
		struct ward_session *s;

		tally_start(&p->tally);
		s = ward_accept(p->config, fd, &err);
		if (s == NULL)
			die("accepting", &err);
		run(p, s, steps);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	struct peer p = { .is_server = argc > 1 && strcmp(argv[1], "server") == 0 };
	int skip = p.is_server ? 1 : 3;
	bool ok = true;
	char **steps;

	if (argc <= skip) {
		fprintf(stderr,
			"usage: interop_peer client HOST PORT | server [OPTION]... STEP...\n");
		return 2;
	}
	steps = configure(&p, argc - skip, argv + skip);
	if (p.is_server)
		run_server(&p, steps);
	else
		ok = run_client(&p, argv[2], argv[3], steps);
	tally_clear(&p.tally);
	ward_config_free(p.config);
	return ok ? 0 : 1;
}
