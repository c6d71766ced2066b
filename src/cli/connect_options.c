/*
 * The command line of `ward connect`, and the config that comes of it.
 */
#include "cli/connect.h"

#include <ward/mutual.h>
#include <ward/raw_key.h>

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "cli/options.h"
#include "cli/verb.h"
#include "serve/cert_codecs.h"

enum {
	OPT_CACERT = OPTION_LONG,
	OPT_SERVERNAME,
	OPT_STARTTLS,
	OPT_ALPN,
	OPT_CERT,
	OPT_KEY,
	OPT_TIMEOUT,
	OPT_EOF_WAIT,
	OPT_SUITES,
	OPT_GROUPS,
	OPT_MAX_FRAGMENT,
	OPT_KEYLOG,
	OPT_SESSION_FILE,
	OPT_EARLY_DATA,
	OPT_CRL,
	OPT_REQUIRE_REVOCATION,
	OPT_PIN,
	OPT_SERVER_RAW_KEY,
	OPT_RAW_KEY,
	OPT_JSON,
	OPT_COLOR,
};

const struct option_row connect_rows[CONNECT_ROWS] = {
	{ OPT_CACERT, "cacert", "FILE", "trust this file or folder of CAs, not the system's" },
	{ OPT_SERVERNAME, "servername", "NAME", "ask for this name and verify it, not HOST" },
	{ OPT_STARTTLS, "starttls", "PROTOCOL",
	  "ask for TLS first, as smtp, imap, ldap, postgres do" },
	{ OPT_ALPN, "alpn", "LIST", "protocols to offer, as h2,http/1.1" },
	{ 'k', "insecure", NULL, "go on when verification fails; the exit status stays 1" },
	{ OPT_CRL, "crl", "FILE", "a list of revoked certificates, which counts" },
	{ OPT_REQUIRE_REVOCATION, "require-revocation", "WHOM",
	  "leaf or chain: who must be proved not to be revoked" },
	{ OPT_PIN, "pin", "sha256//BASE64", "one of the keys must be this one, or another --pin" },
	{ OPT_SERVER_RAW_KEY, "server-raw-key", NULL,
	  "take the server's key without a certificate; --pin says which" },
	{ OPT_CERT, "cert", "FILE", "for a server that asks for one, PEM; may be repeated" },
	{ OPT_KEY, "key", "FILE", "its private key, PEM, if it is not in the same file" },
	{ OPT_RAW_KEY, "raw-key", "FILE", "a private key to show without a certificate" },
	{ '4', "ipv4", NULL, "IPv4 alone" },
	{ '6', "ipv6", NULL, "IPv6 alone" },
	{ OPT_TIMEOUT, "timeout", "TIME", "for connection and handshake; default 30s" },
	{ OPT_EOF_WAIT, "eof-wait", "TIME",
	  "silence before the peer is told that input has ended; default 1s" },
	{ OPT_SUITES, "suites", "LIST", "cipher suites to offer, by name" },
	{ OPT_GROUPS, "groups", "LIST", "key exchange groups to offer, as x25519,secp256r1" },
	{ OPT_MAX_FRAGMENT, "max-fragment", "BYTES",
	  "ask for records of at most 512, 1024, 2048 or 4096" },
	{ OPT_KEYLOG, "keylog", "FILE", "append the secrets, for Wireshark; or SSLKEYLOGFILE" },
	{ OPT_SESSION_FILE, "session-file", "FILE",
	  "resume the session in this file; keep the next there" },
	{ OPT_EARLY_DATA, "early-data", "FILE",
	  "send this first, with the first message if the session allows it" },
	{ OPT_JSON, "json", NULL, "the facts as one JSON document" },
	{ 'i', "interactive", NULL, "pass bytes between peer and terminal, too" },
	{ 'n', "no-input", NULL, "show the facts and end, whatever standard input is" },
	{ 'v', "verbose", NULL, "show the handshake's messages; twice: their fields" },
	{ 'q', "quiet", NULL, "do not show the facts" },
	{ OPT_COLOR, "color", "WHEN", "auto, always or never" },
};

/* ---- values ---- */

static bool bad_value(const char *option, const char *value, const char *wanted)
{
	return options_bad_value("connect", option, value, wanted);
}

static bool take_cacert(struct connect_options *o, const char *value)
{
	if (o->cacert_count == CONNECT_CACERTS_MAX)
		return bad_value("cacert", value, "put them into one file: there are too many");
	o->cacerts[o->cacert_count++] = value;
	return true;
}

static bool take_file(const char *option, const char *value, const char **files, size_t *count)
{
	if (*count == CONNECT_CERTS_MAX)
		return bad_value(option, value, "leave some out: there are too many");
	files[(*count)++] = value;
	return true;
}

static bool take_starttls(struct connect_options *o, const char *value)
{
	struct target probe = { .port_given = true };
	char names[200], wanted[220];

	o->starttls = value;
	if (target_set_starttls(&probe, value))
		return true;
	snprintf(wanted, sizeof(wanted), "give one of %s",
		 target_starttls_names(names, sizeof(names)));
	return bad_value("starttls", value, wanted);
}

static bool take_alpn(struct connect_options *o, const char *value)
{
	value_list_clear(&o->alpn);
	return value_list_make(&o->alpn, value) ||
	       bad_value("alpn", value, "give names with commas between, as h2,http/1.1");
}

static bool take_time(const char *option, const char *value, int *ms)
{
	return value_duration(value, ms) ||
	       bad_value(option, value, "give a time such as 5s, 500ms or 2m");
}

static bool take_codes(const char *option, const char *value,
		       bool (*parse)(const char *text, struct value_codes *codes),
		       char *(*names)(char *buf, size_t size), struct value_codes *codes)
{
	char known[400];
	char wanted[440];

	if (parse(value, codes))
		return true;
	snprintf(wanted, sizeof(wanted), "give one or more of %s", names(known, sizeof(known)));
	return bad_value(option, value, wanted);
}

static bool take_max_fragment(struct connect_options *o, const char *value)
{
	static const char *const sizes[] = { "512", "1024", "2048", "4096" };

	for (size_t i = 0; i < 4; i++)
		if (strcmp(value, sizes[i]) == 0) {
			o->max_fragment = (size_t)512 << i;
			return true;
		}
	return bad_value("max-fragment", value, "give 512, 1024, 2048 or 4096");
}

static bool take_choice(struct connect_options *o, int id, const char *value)
{
	switch (id) {
	case OPT_STARTTLS:
		return take_starttls(o, value);
	case OPT_ALPN:
		return take_alpn(o, value);
	case OPT_TIMEOUT:
		return take_time("timeout", value, &o->timeout_ms);
	case OPT_EOF_WAIT:
		return take_time("eof-wait", value, &o->eof_ms);
	case OPT_SUITES:
		return take_codes("suites", value, value_suites, value_suite_names, &o->suites);
	case OPT_GROUPS:
		return take_codes("groups", value, value_groups, value_group_names, &o->groups);
	case OPT_MAX_FRAGMENT:
		return take_max_fragment(o, value);
	case OPT_CRL:
		return revocation_take_crl(&o->revocation, "connect", value);
	case OPT_REQUIRE_REVOCATION:
		return revocation_take_mode(&o->revocation, "connect", value);
	case OPT_PIN:
		return revocation_take_pin(&o->revocation, "connect", value);
	case OPT_COLOR:
		return term_when_parse(value, &o->colour) ||
		       bad_value("color", value, "give auto, always or never");
	default:
		return take_cacert(o, value);
	}
}

bool connect_take(void *arg, int id, const char *value)
{
	struct connect_options *o = arg;

	switch (id) {
	case OPT_SERVERNAME:
		o->server_name = value;
		return target_name_is_plain(value) ||
		       bad_value("servername", value, "give a name in ASCII (xn--...)");
	case 'k':
		return o->insecure = true;
	case OPT_CERT:
		return take_file("cert", value, o->certs, &o->cert_count);
	case OPT_KEY:
		return take_file("key", value, o->keys, &o->key_count);
	case OPT_RAW_KEY:
		o->raw_key = value;
		return true;
	case OPT_SERVER_RAW_KEY:
		return o->server_raw_key = true;
	case '4':
		o->family = AF_INET;
		return true;
	case '6':
		o->family = AF_INET6;
		return true;
	case OPT_KEYLOG:
		o->keylog = value;
		return true;
	case OPT_SESSION_FILE:
		o->session_file = value;
		return true;
	case OPT_EARLY_DATA:
		o->early_data = value;
		return true;
	case OPT_JSON:
		return o->json = true;
	case 'i':
		o->io = CONNECT_IO_YES;
		return true;
	case 'n':
		o->io = CONNECT_IO_NO;
		return true;
	case 'v':
		o->verbosity++;
		return true;
	case 'q':
		return o->quiet = true;
	default:
		return take_choice(o, id, value);
	}
}

/* ---- the config ---- */

/*
 * With -k the roots are loaded all the same: the verdict is still told. Where there are none, that
 * is what the verdict says.
 */
static bool set_trust(struct ward_config *c, const struct connect_options *o,
		      struct ward_error *err)
{
	bool loaded;

	for (size_t i = 0; i < o->cacert_count; i++)
		if (!ward_config_load_verify_locations(c, o->cacerts[i], err))
			return false;
	if (!o->insecure)
		return true;
	loaded = o->cacert_count > 0 || ward_config_load_default_certs(c, NULL);
	(void)loaded;
	return ward_config_insecure_no_verify(c, err);
}

static bool set_protocol(struct ward_config *c, const struct connect_options *o,
			 struct ward_error *err)
{
	if (o->alpn.count > 0 && !ward_config_set_alpn(c, o->alpn.items, err))
		return false;
	if (o->suites.count > 0 &&
	    !ward_config_set_suites(c, o->suites.items, o->suites.count, err))
		return false;
	return o->groups.count == 0 ||
	       ward_config_set_groups(c, o->groups.items, o->groups.count, err);
}

static bool set_raw_keys(struct ward_config *c, const struct connect_options *o,
			 struct ward_error *err)
{
	static const enum ward_certificate_type raw[] = { WARD_CERTIFICATE_RAW_KEY };

	if (o->raw_key != NULL && !ward_config_load_raw_key(c, o->raw_key, err))
		return false;
	return !o->server_raw_key || ward_config_set_peer_certificate_types(c, raw, 1, err);
}

static bool set_up(struct ward_config *c, const struct connect_options *o, struct trace *trace,
		   struct ward_error *err)
{
	if (!set_trust(c, o, err) || !set_protocol(c, o, err) ||
	    !ward_config_set_max_fragment(c, o->max_fragment, err) ||
	    !revocation_configure(&o->revocation, c, err) ||
	    !ward_config_set_ask_scts(c, true, err) || !cert_codecs_add(c, err))
		return false;
	for (size_t i = 0; i < o->cert_count; i++)
		if (!ward_config_load_cert_chain(c, o->certs[i],
						 o->key_count == 0 ? NULL : o->keys[i], err))
			return false;
	/* Some servers ask later, when a request needs to know. */
	return set_raw_keys(c, o, err) &&
	       ward_config_set_post_handshake_auth(c, o->cert_count > 0 || o->raw_key != NULL,
						   err) &&
	       ward_config_set_keylog_file(c, o->keylog, err) &&
	       ward_config_set_events(c, trace_event, trace, false, err);
}

struct ward_config *connect_config(const struct connect_options *o, struct trace *trace,
				   struct ward_error *err)
{
	struct ward_config *c = ward_config_new(err);

	if (c != NULL && set_up(c, o, trace, err))
		return c;
	ward_config_free(c);
	return NULL;
}
