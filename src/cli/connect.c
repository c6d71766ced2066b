/*
 * `ward connect`: opens a session, shows what was agreed, by whom, and whether to trust it; and
 * passes bytes through where standard input is a pipe, a file or a socket.
 *
 * The facts go to standard output, unless bytes are passed through: then that belongs to the peer
 * and the facts go to standard error. Whatever makes the exit status something else than 0 is told
 * in two lines on standard error, cause and remedy.
 */
#include "cli/connect.h"

#include <ward/early_data.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/facts.h"
#include "cli/input.h"
#include "cli/options.h"
#include "cli/relay.h"
#include "cli/report.h"
#include "cli/verb.h"

static const char command[] = "ward connect";

/* Whether somebody has put something there to be read: no terminal, and not /dev/null. */
static bool is_fed(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 &&
	       (S_ISFIFO(st.st_mode) || S_ISREG(st.st_mode) || S_ISSOCK(st.st_mode));
}

/* JSON is a document of its own, not a preface to what the peer says, unless that is asked for. */
static bool passes_through(const struct connect_options *o)
{
	if (o->io == CONNECT_IO_AUTO)
		return !o->json && (is_fed(STDIN_FILENO) || o->early_data != NULL);
	return o->io == CONNECT_IO_YES;
}

/* ---- telling ---- */

struct run {
	const struct connect_options *o;
	struct ward_ticket *ticket; /* of --session-file, or NULL */
	struct ward_ticket *next;   /* the last that came */
	struct file_bytes early;    /* of --early-data */
	bool relays;
	FILE *out; /* of the facts */
	struct trace trace;
	struct facts facts;
	struct ward_session *s;
};

static int fail_output(const char *what)
{
	return report_lines(command, EXIT_NETWORK, "check where it goes to, and the space there",
			    "%s: %s", what, strerrordesc_np(errno));
}

/*
 * Where they would stand before the two lines of an error, the facts of a session that did not come
 * to be are told only to those who asked for more with -v.
 */
static bool tells_facts(const struct run *r)
{
	if (r->o->quiet || r->facts.version == NULL) /* nothing was agreed on */
		return false;
	return !r->relays || r->facts.connected || r->o->verbosity > 0;
}

static int tell_facts(const struct run *r)
{
	struct term term = term_make(r->out, r->o->colour);

	if (r->o->json) {
		if (!facts_json(&r->facts, r->out) || fflush(r->out) != 0)
			return fail_output("the facts cannot be written");
		return EXIT_FINE;
	}
	if (!tells_facts(r))
		return EXIT_FINE;
	if (r->o->verbosity > 0)
		term_print(&term, "\n");
	facts_print(&r->facts, &term);
	if (r->relays)
		term_print(&term, "\n");
	return fflush(r->out) == 0 ? EXIT_FINE : fail_output("the facts cannot be written");
}

static int report_failure(const struct run *r)
{
	char host[300];

	report_error(command, target_text(&r->o->target, host, sizeof(host)), r->facts.failure);
	return facts_exit_code(&r->facts);
}

/* ---- the session ---- */

static int relay(struct run *r)
{
	enum { EOF_MS = 1000 };
	const struct relay_limits limits = {
		.told_after_ms = r->o->eof_ms == 0 ? EOF_MS : r->o->eof_ms,
		.given_up_after_ms = r->o->timeout_ms == 0 ? -1 : r->o->timeout_ms,
	};

	switch (relay_run(r->s, STDIN_FILENO, STDOUT_FILENO, &limits)) {
	case RELAY_CLOSED:
	case RELAY_STOPPED:
		return EXIT_FINE;
	case RELAY_INPUT_FAILED:
		return fail_output("standard input cannot be read");
	case RELAY_OUTPUT_FAILED:
		return fail_output("standard output cannot be written");
	case RELAY_SILENT:
		return report_lines(command, EXIT_NETWORK,
				    "allow more with --timeout, or leave it out to wait for ever",
				    "the peer neither answers nor closes in the time it has");
	case RELAY_SESSION:
	default:
		r->facts.failure = ward_session_failure(r->s);
		return report_failure(r);
	}
}

static void note_ticket(void *arg, struct ward_conn *conn, struct ward_ticket *ticket)
{
	struct run *r = arg;

	(void)conn;
	ward_ticket_free(r->next);
	r->next = ward_ticket_ref(ticket);
}

/*
 * A client's handshake is done before the server has looked at the client's certificate, or missed
 * it (RFC 9846, 4.4.2.4). So where one was asked for, the server's next words are waited for a
 * moment: they are a refusal, or a ticket; the same where a ticket is to be kept.
 */
static void hear_on(struct run *r)
{
	enum { PATIENCE_MS = 1000 };
	int fd = ward_session_fd(r->s);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;

	bool waits = r->trace.cert_asked || (r->o->session_file != NULL && r->next == NULL);

	if (!waits || fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) != 0)
		return;
	if (poll(&p, 1, PATIENCE_MS) > 0 && ward_read(r->s, &byte, 1) < 0)
		r->facts.failure = ward_session_failure(r->s);
}

/* What the server has not taken as early data goes the ordinary way. */
static void send_rest(struct run *r)
{
	struct facts *f = &r->facts;

	if (!f->early || !f->connected)
		return;
	f->early_accepted = ward_conn_early_data_accepted(ward_session_conn(r->s));
	if (f->early_accepted < f->early_len &&
	    !ward_write(r->s, r->early.data + f->early_accepted, f->early_len - f->early_accepted))
		f->failure = ward_session_failure(r->s);
}

/* What comes after the dial, whether it went well or not. */
static int go_on(struct run *r)
{
	int code;

	facts_gather(&r->facts, r->s, &r->trace);
	send_rest(r);
	if (r->facts.connected && !r->relays) {
		hear_on(r);
		facts_gather(&r->facts, r->s, &r->trace);
	}
	code = tell_facts(r);
	if (r->facts.failure != NULL) /* a verdict that was overruled included */
		code = report_failure(r);
	if (r->facts.connected && r->relays) {
		int end = relay(r);

		code = code == EXIT_FINE ? end : code;
	}
	return code;
}

/* A file that is not there yet is the first run's. */
static int load_ticket(struct run *r)
{
	struct ward_error err = { 0 };

	if (r->o->session_file == NULL || access(r->o->session_file, F_OK) != 0)
		return EXIT_FINE;
	r->ticket = ward_ticket_load(r->o->session_file, &err);
	r->facts.asked_resume = r->ticket != NULL;
	return r->ticket != NULL ? EXIT_FINE : report_setup(command, &err);
}

static int load_early(struct run *r)
{
	struct ward_error err = { 0 };

	if (r->o->early_data == NULL)
		return EXIT_FINE;
	r->facts.early = input_read(r->o->early_data, &r->early, &err);
	r->facts.early_len = r->early.len;
	return r->facts.early ? EXIT_FINE : report_setup(command, &err);
}

static int save_ticket(const struct run *r)
{
	struct ward_error err = { 0 };

	if (r->o->session_file == NULL || r->next == NULL ||
	    ward_ticket_save(r->next, r->o->session_file, &err))
		return EXIT_FINE;
	return report_setup(command, &err);
}

static int dial(struct run *r, struct ward_config *config)
{
	const struct target *target = &r->o->target;
	struct ward_dial_options options = {
		.connect_timeout_ms = r->o->timeout_ms,
		.family = r->o->family,
		.server_name = r->facts.server_name,
		.ticket = r->ticket,
		.early_data = r->early.data,
		.early_data_len = r->early.len,
		.starttls = target->starttls,
	};
	int code;

	r->s = ward_dial(config, target->host, target->port, &options);
	if (r->s == NULL)
		return report_lines(command, EXIT_NETWORK, "free some memory and try again",
				    "out of memory");
	code = go_on(r);
	ward_session_free(r->s);
	return code == EXIT_FINE ? save_ticket(r) : code;
}

/* RFC 9850, 4: whoever has the file can read the connection, so nobody logs without knowing. */
static void warn_of_keylog(const struct connect_options *o)
{
	const char *path = o->keylog == NULL ? secure_getenv("SSLKEYLOGFILE") : o->keylog;
	char safe[300];

	if (path != NULL && path[0] != '\0')
		fprintf(stderr, "%s: WARNING: the secrets of this session are written to %s\n",
			command, term_safe(path, safe, sizeof(safe)));
}

static int connect_run(const struct connect_options *o)
{
	struct run r = { .o = o, .relays = passes_through(o) };
	struct ward_error err = { 0 };
	struct ward_config *config;
	int code;

	r.out = r.relays ? stderr : stdout;
	r.facts.target = &o->target;
	r.facts.server_name = o->server_name == NULL ? o->target.verify : o->server_name;
	/* A trace beside JSON would be in its way. */
	r.trace.term = term_make(o->json ? stderr : r.out, o->colour);
	r.trace.level = o->verbosity;
	config = connect_config(o, &r.trace, &err);
	if (config == NULL || !ward_config_set_ticket_callback(config, note_ticket, &r, &err)) {
		ward_config_free(config);
		return report_setup(command, &err);
	}
	warn_of_keylog(o);
	code = load_ticket(&r);
	if (code == EXIT_FINE)
		code = load_early(&r);
	if (code == EXIT_FINE)
		code = dial(&r, config);
	ward_ticket_free(r.ticket);
	ward_ticket_free(r.next);
	file_bytes_clear(&r.early);
	ward_config_free(config);
	return code;
}

static int run_operands(struct connect_options *o, char **operands)
{
	const char *cause, *remedy;

	if (operands[0] == NULL)
		return options_bad_operands(&verb_connect, "a host is missing", NULL);
	if (operands[1] != NULL)
		return options_bad_operands(&verb_connect, "there is more than one host",
					    operands[1]);
	if (!target_parse(operands[0], &o->target, &cause, &remedy))
		return report_lines(command, EXIT_USAGE, remedy, "%s: %s", operands[0], cause);
	if (o->starttls != NULL)
		(void)target_set_starttls(&o->target,
					  o->starttls); /* seen to be one when it was read */
	if (o->key_count > o->cert_count)
		return report_lines(command, EXIT_USAGE, "give its certificate with --cert",
				    "there is a --key without a --cert");
	if (o->key_count > 0 && o->key_count < o->cert_count)
		return report_lines(command, EXIT_USAGE,
				    "give one for each, in the same order, or none",
				    "there are fewer --key than --cert");
	if (o->server_raw_key && o->revocation.pin_count == 0 && !o->insecure)
		return report_lines(command, EXIT_USAGE,
				    "say with --pin which key is the server's, or several of them",
				    "a --server-raw-key is known by its --pin alone");
	if (o->early_data != NULL && o->session_file == NULL)
		return report_lines(command, EXIT_USAGE,
				    "keep sessions in a file with --session-file",
				    "early data goes with a session that is resumed");
	return connect_run(o);
}

static int run(int argc, char **argv)
{
	struct connect_options o = { 0 };
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_connect, argc, argv, connect_take, &o, &status);

	if (operands != NULL)
		status = run_operands(&o, operands);
	value_list_clear(&o.alpn);
	return status;
}

const struct verb verb_connect = {
	.name = "connect",
	.operands = "HOST[:PORT]",
	.summary = "open a TLS session and show what was agreed",
	.text = "Opens a TLS session and shows version, cipher suite, key exchange, certificates,\n"
		"and whether they can be trusted. Where standard input is a pipe or a file, it is sent\n"
		"to the peer and what the peer sends goes to standard output; the facts then go to\n"
		"standard error. HOST may be a name, an address or a URL; the port is 443 unless said.\n",
	.examples =
		"  ward connect example.org\n"
		"  ward connect example.org -v\n"
		"  ward connect localhost:8443 --cacert ~/.local/share/ward/ca.pem\n"
		"  ward connect https://example.org --json | jq .chain\n"
		"  ward connect example.org --session-file s --early-data request\n"
		"  printf 'HEAD / HTTP/1.0\\r\\n\\r\\n' | ward connect example.org --alpn http/1.1\n",
	.options = connect_rows,
	.option_count = CONNECT_ROWS,
	.run = run,
};
