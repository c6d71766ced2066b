/*
 * `ward openssl s_client`: its command line.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "cli/openssl/s_client.h"

enum {
	OPT_CONNECT = OPTION_LONG,
	OPT_HOST,
	OPT_PORT,
	OPT_SERVERNAME,
	OPT_NOSERVERNAME,
	OPT_IPV4,
	OPT_IPV6,
	OPT_CAFILE,
	OPT_CAPATH,
	OPT_NO_CAFILE,
	OPT_NO_CAPATH,
	OPT_VERIFY,
	OPT_VERIFY_ERROR,
	OPT_VERIFY_HOST,
	OPT_VERIFY_EMAIL,
	OPT_CRL,
	OPT_CRL_CHECK,
	OPT_CRL_CHECK_ALL,
	OPT_VERIFY_QUIET,
	OPT_ATTIME,
	OPT_STRICT,
	OPT_CERT,
	OPT_KEY,
	OPT_FORM,
	OPT_KEYLOG,
	OPT_ALPN,
	OPT_SUITES,
	OPT_GROUPS,
	OPT_SHOWCERTS,
	OPT_BRIEF,
	OPT_QUIET,
	OPT_PREXIT,
	OPT_IGN_EOF,
	OPT_NO_IGN_EOF,
	OPT_CRLF,
	OPT_NOCOMMANDS,
	OPT_STATE,
	OPT_MSG,
	OPT_TLS_1_2,
	OPT_TLS_1_3,
	OPT_CIPHER,
	OPT_NOTHING,
};

const struct option_row s_client_rows[S_CLIENT_ROWS] = {
	{ OPT_CONNECT, "connect", "HOST:PORT", "where to connect to" },
	{ OPT_HOST, "host", "HOST", "the same in two parts" },
	{ OPT_PORT, "port", "PORT", "the same in two parts" },
	{ OPT_SERVERNAME, "servername", "NAME", "ask for this name, not HOST" },
	{ OPT_NOSERVERNAME, "noservername", NULL, "ask for no name" },
	{ OPT_IPV4, "4", NULL, "IPv4 alone" },
	{ OPT_IPV6, "6", NULL, "IPv6 alone" },
	{ OPT_CAFILE, "CAfile", "FILE", "trust the CAs in this file" },
	{ OPT_CAPATH, "CApath", "FOLDER", "trust the CAs in the files of this folder" },
	{ OPT_NO_CAFILE, "no-CAfile", NULL, "trust none of the system's" },
	{ OPT_NO_CAPATH, "no-CApath", NULL, "the same" },
	{ OPT_NO_CAPATH, "no-CAstore", NULL, "the same" },
	{ OPT_VERIFY, "verify", "DEPTH", "how many CAs may stand between" },
	{ OPT_VERIFY_ERROR, "verify_return_error", NULL, "end when verification fails" },
	{ OPT_VERIFY_HOST, "verify_hostname", "NAME", "verify that it is for this host" },
	{ OPT_VERIFY_HOST, "verify_ip", "ADDRESS", "the same for an address" },
	{ OPT_VERIFY_EMAIL, "verify_email", "ADDRESS", "verify that it is for this address" },
	{ OPT_CRL, "CRL", "FILE", "lists of revoked certificates" },
	{ OPT_CRL_CHECK, "crl_check", NULL, "ask the lists for the certificate itself" },
	{ OPT_CRL_CHECK_ALL, "crl_check_all", NULL, "ask them for its CAs as well" },
	{ OPT_VERIFY_QUIET, "verify_quiet", NULL, "show what fails in verification alone" },
	{ OPT_ATTIME, "attime", "SECONDS", "verify as of this time, since 1970" },
	{ OPT_STRICT, "x509_strict", NULL, "verify the form of certificates, too" },
	{ OPT_CERT, "cert", "FILE", "certificate for a server that asks for one" },
	{ OPT_KEY, "key", "FILE", "its private key, if it is not in the same file" },
	{ OPT_FORM, "certform", "PEM|DER", "not needed: the form is seen" },
	{ OPT_FORM, "keyform", "PEM|DER", "not needed: the form is seen" },
	{ OPT_KEYLOG, "keylogfile", "FILE", "append the secrets, for Wireshark" },
	{ OPT_ALPN, "alpn", "LIST", "protocols to offer, as h2,http/1.1" },
	{ OPT_SUITES, "ciphersuites", "LIST", "cipher suites to offer, colons between" },
	{ OPT_GROUPS, "groups", "LIST", "groups to offer, as X25519:P-256" },
	{ OPT_GROUPS, "curves", "LIST", "the same" },
	{ OPT_SHOWCERTS, "showcerts", NULL, "show all certificates of the chain" },
	{ OPT_BRIEF, "brief", NULL, "show the most important alone" },
	{ OPT_QUIET, "quiet", NULL, "show nothing but what the peer sends; as -ign_eof" },
	{ OPT_PREXIT, "prexit", NULL, "show it all at the end once more" },
	{ OPT_IGN_EOF, "ign_eof", NULL, "go on at the end of input, until the peer closes" },
	{ OPT_NO_IGN_EOF, "no_ign_eof", NULL, "end then, with -quiet too" },
	{ OPT_CRLF, "crlf", NULL, "send CR and LF for each LF" },
	{ OPT_NOCOMMANDS, "nocommands", NULL, "Q, R and K at a line's start are no commands" },
	{ OPT_STATE, "state", NULL, "show the handshake's messages" },
	{ OPT_MSG, "msg", NULL, "show their fields, too" },
	{ OPT_MSG, "trace", NULL, "the same" },
	{ OPT_TLS_1_3, "tls1_3", NULL, "TLS 1.3 alone" },
	{ OPT_TLS_1_2, "tls1_2", NULL, "TLS 1.2 alone" },
	{ OPT_TLS_1_3, "no_tls1_2", NULL, "TLS 1.3 alone" },
	{ OPT_TLS_1_2, "no_tls1_3", NULL, "TLS 1.2 alone" },
	{ OPT_CIPHER, "cipher", "LIST", "cipher suites of TLS 1.2 to offer, colons between" },
	{ OPT_NOTHING, "no_ssl3", NULL, "which it is anyway" },
	{ OPT_NOTHING, "no_tls1", NULL, "which it is anyway" },
	{ OPT_NOTHING, "no_tls1_1", NULL, "which it is anyway" },
	{ OPT_NOTHING, "nbio", NULL, "which it is anyway" },
	{ OPT_NOTHING, "partial_chain", NULL,
	  "any certificate may be trusted; which it is anyway" },
	{ OPT_NOTHING, "trusted_first", NULL, "which it is anyway" },
};

#define BROKEN "leave it out: it is broken, and not spoken"
#define FRESH "leave it out: every connection begins anew"

const struct openssl_refusal s_client_refused[S_CLIENT_REFUSED] = {
	{ "tls1_1", BROKEN },
	{ "tls1", BROKEN },
	{ "ssl3", BROKEN },
	{ "dtls", "use openssl itself: ward has no DTLS" },
	{ "dtls1_2", "use openssl itself: ward has no DTLS" },
	{ "quic", "use openssl itself: ward has no QUIC" },
	{ "starttls", "use ward connect --starttls" },
	{ "status", "use ward connect, which asks for a stapled response and shows it" },
	{ "cert_chain", "put the chain behind the certificate in the file of -cert" },
	{ "pass", "decrypt the key first: ward openssl pkey -in key.pem -out plain.pem" },
	{ "sigalgs", "leave it out" },
	{ "client_sigalgs", "leave it out" },
	{ "CAstore", "use -CAfile or -CApath" },
	{ "purpose", "leave it out: the chain must be a server's" },
	{ "dane_tlsa_domain", "use openssl itself: ward has no DANE" },
	{ "dane_tlsa_rrdata", "use openssl itself: ward has no DANE" },
	{ "nameopt", "leave it out" },
	{ "reconnect", FRESH },
	{ "sess_in", FRESH },
	{ "sess_out", FRESH },
	{ "early_data", FRESH },
	{ "psk", "use openssl itself: keys that both sides have are not taken" },
	{ "no_ticket", "leave it out: tickets are not used here" },
	{ "proxy", "use openssl itself" },
	{ "unix", "use openssl itself" },
	{ "bind", "leave it out" },
	{ "debug", "use -msg" },
	{ "tlsextdebug", "use -msg" },
	{ "security_debug", "leave it out" },
	{ "keymatexport", "use -keylogfile" },
	{ "adv", "leave it out: Q, R and K are the commands" },
	{ "engine", "leave it out: keys are files" },
};

/* ---- lists ---- */

/* OpenSSL's names of groups beside those of the registry. */
static const char *group_name(const char *name)
{
	static const struct {
		const char *openssl, *registry;
	} names[] = {
		{ "P-256", "secp256r1" },
		{ "prime256v1", "secp256r1" },
		{ "P-384", "secp384r1" },
		{ "P-521", "secp521r1" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(names[i].openssl, name) == 0)
			return names[i].registry;
	return name;
}

/* "A:B" as "A,B", each name by the registry's. False when it is too long. */
static bool with_commas(const char *list, char *buf, size_t size)
{
	char *copy = strdup(list);
	char *rest = copy;
	char *name;
	size_t len = 0;

	buf[0] = '\0';
	while (copy != NULL && len < size && (name = strsep(&rest, ":")) != NULL)
		len += (size_t)snprintf(buf + len, size - len, "%s%s", len == 0 ? "" : ",",
					group_name(name));
	free(copy);
	return copy != NULL && len < size;
}

static bool take_codes(const struct option_row *row, const char *value,
		       bool (*parse)(const char *text, struct value_codes *codes),
		       char *(*names)(char *buf, size_t size), struct value_codes *codes)
{
	char list[400], known[400], wanted[440];

	if (with_commas(value, list, sizeof(list)) && parse(list, codes))
		return true;
	snprintf(wanted, sizeof(wanted), "give one or more of %s with colons between",
		 names(known, sizeof(known)));
	return openssl_bad_value(&openssl_s_client, row, value, wanted);
}

static const struct {
	uint16_t id;
	const char *openssl, *registry;
} old_suites[] = {
	{ 0xc02b, "ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
	{ 0xc02c, "ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" },
	{ 0xcca9, "ECDHE-ECDSA-CHACHA20-POLY1305",
	  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" },
	{ 0xc02f, "ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" },
	{ 0xc030, "ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" },
	{ 0xcca8, "ECDHE-RSA-CHACHA20-POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" },
};

enum { OLD_SUITES = sizeof(old_suites) / sizeof(old_suites[0]) };

const char *s_client_suite_name(const char *registry)
{
	for (size_t i = 0; i < OLD_SUITES; i++)
		if (strcmp(old_suites[i].registry, registry) == 0)
			return old_suites[i].openssl;
	return registry;
}

/* OpenSSL's words for groups of suites (HIGH, !aNULL) are not taken. */
static bool take_cipher(struct s_client *c, const struct option_row *row, const char *value)
{
	char *copy = strdup(value);
	char *rest = copy;
	char *name;
	bool known = copy != NULL;

	c->old_suites.count = 0;
	while (known && (name = strsep(&rest, ":")) != NULL) {
		known = false;
		for (size_t i = 0; i < OLD_SUITES && !known; i++) {
			known = strcmp(old_suites[i].openssl, name) == 0 &&
				c->old_suites.count < VALUE_LIST_MAX;
			if (known)
				c->old_suites.items[c->old_suites.count++] = old_suites[i].id;
		}
	}
	free(copy);
	return known || openssl_bad_value(&openssl_s_client, row, value,
					  "give names such as ECDHE-RSA-AES128-GCM-SHA256 with "
					  "colons between; there are six with AES128-GCM-SHA256, "
					  "AES256-GCM-SHA384 and CHACHA20-POLY1305");
}

static bool take_alpn(struct s_client *c, const struct option_row *row, const char *value)
{
	value_list_clear(&c->alpn);
	return value_list_make(&c->alpn, value) ||
	       openssl_bad_value(&openssl_s_client, row, value,
				 "give names with commas between, as h2,http/1.1");
}

/* ---- options ---- */

static bool take_flag(struct s_client *c, int id)
{
	switch (id) {
	case OPT_NOSERVERNAME:
		return c->no_server_name = true;
	case OPT_NO_CAFILE:
		return c->no_ca_file = true;
	case OPT_NO_CAPATH:
		return c->no_ca_path = true;
	case OPT_VERIFY_ERROR:
		return c->verify_return_error = true;
	case OPT_VERIFY_QUIET:
		return c->verify_quiet = true;
	case OPT_STRICT:
		return c->strict = true;
	case OPT_CRL_CHECK:
		return c->crl_check = true;
	case OPT_CRL_CHECK_ALL:
		return c->crl_check_all = true;
	case OPT_SHOWCERTS:
		return c->show_certs = true;
	case OPT_BRIEF:
		return c->brief = c->verify_quiet = true;
	case OPT_QUIET:
		return c->quiet = c->ign_eof = true;
	case OPT_PREXIT:
		return c->prexit = true;
	case OPT_IGN_EOF:
		return c->ign_eof = true;
	case OPT_NO_IGN_EOF:
		return c->no_ign_eof = true;
	case OPT_CRLF:
		return c->crlf = true;
	case OPT_NOCOMMANDS:
		return c->no_commands = true;
	case OPT_TLS_1_2:
	case OPT_TLS_1_3:
		c->least = c->most = id == OPT_TLS_1_2 ? WARD_TLS_1_2 : WARD_TLS_1_3;
		return true;
	default:
		return true;
	}
}

static bool take_number(struct s_client *c, const struct option_row *row, const char *value)
{
	if (row->id == OPT_VERIFY)
		return value_number(value, 0, 100, &c->depth) ||
		       openssl_bad_value(&openssl_s_client, row, value, "give a number up to 100");
	return value_number(value, 0, INT64_C(253402300799), &c->at) ||
	       openssl_bad_value(&openssl_s_client, row, value, "give seconds since 1970");
}

static bool take_name(struct s_client *c, const struct option_row *row, const char *value)
{
	if (row->id == OPT_VERIFY_HOST)
		c->verify_host = value;
	else
		c->server_name = value;
	return target_name_is_plain(value) ||
	       openssl_bad_value(&openssl_s_client, row, value, "give a name in ASCII (xn--...)");
}

static bool take_choice(struct s_client *c, const struct option_row *row, const char *value)
{
	enum openssl_form ignored;

	switch (row->id) {
	case OPT_SERVERNAME:
	case OPT_VERIFY_HOST:
		return take_name(c, row, value);
	case OPT_VERIFY:
	case OPT_ATTIME:
		return take_number(c, row, value);
	case OPT_FORM:
		return openssl_take_form(&openssl_s_client, row, value, &ignored);
	case OPT_ALPN:
		return take_alpn(c, row, value);
	case OPT_CIPHER:
		return take_cipher(c, row, value);
	case OPT_SUITES:
		return take_codes(row, value, value_suites, value_suite_names, &c->suites);
	case OPT_GROUPS:
	default:
		return take_codes(row, value, value_groups, value_group_names, &c->groups);
	}
}

bool s_client_take(void *arg, const struct option_row *row, const char *value)
{
	struct s_client *c = arg;

	switch (row->id) {
	case OPT_CONNECT:
		c->connect = value;
		return true;
	case OPT_HOST:
		c->host = value;
		return true;
	case OPT_PORT:
		c->port = value;
		return true;
	case OPT_IPV4:
		c->family = AF_INET;
		return true;
	case OPT_IPV6:
		c->family = AF_INET6;
		return true;
	case OPT_CAFILE:
		c->ca_file = value;
		return true;
	case OPT_CAPATH:
		c->ca_path = value;
		return true;
	case OPT_VERIFY_EMAIL:
		c->verify_email = value;
		return true;
	case OPT_CRL:
		c->crl = value;
		return true;
	case OPT_CERT:
		c->cert = value;
		return true;
	case OPT_KEY:
		c->key = value;
		return true;
	case OPT_KEYLOG:
		c->keylog = value;
		return true;
	case OPT_STATE:
	case OPT_MSG:
		c->trace.level = row->id == OPT_MSG ? TRACE_FIELDS : TRACE_MESSAGES;
		return true;
	default:
		return value == NULL ? take_flag(c, row->id) : take_choice(c, row, value);
	}
}
