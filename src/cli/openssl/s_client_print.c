/*
 * `ward openssl s_client`: what openssl shows of a connection.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "cli/openssl/key_text.h"
#include "cli/openssl/s_client.h"
#include "tls/msg/msg.h"
#include "tls/names.h"
#include "tls/suites.h"
#include "x509/name.h"
#include "x509/oid.h"
#include "x509/x509.h"

static const char rule[] = "---\n";

/* ---- words ---- */

char *s_client_time(int64_t seconds, char buf[S_CLIENT_TIME])
{
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t t = (time_t)seconds;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL)
		snprintf(buf, S_CLIENT_TIME, "Bad time value");
	else
		snprintf(buf, S_CLIENT_TIME, "%s %2d %02d:%02d:%02d %d GMT", months[tm.tm_mon],
			 tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_year + 1900);
	return buf;
}

void s_client_print_name(FILE *out, struct span name)
{
	struct name_walk w;
	struct name_attribute a;
	char type[80], value[400];
	bool first = true;

	name_walk_start(&w, name);
	while (name_walk_next(&w, &a)) {
		fprintf(out, "%s%s=%s",
			first      ? ""
			: a.joined ? " + "
				   : ", ",
			oid_text(a.type, type, sizeof(type)),
			name_value_text(&a, value, sizeof(value)));
		first = false;
	}
}

/* What openssl calls the type of a key. */
static const char *key_name(const struct ward_cert *cert)
{
	switch (cert_key_type(cert)) {
	case KEY_RSA:
		return "RSA";
	case KEY_RSA_PSS:
		return "RSA-PSS";
	case KEY_P256:
	case KEY_P384:
	case KEY_P521:
		return "EC";
	case KEY_ED25519:
		return "ED25519";
	case KEY_NONE:
	default:
		return ward_cert_key_type(cert);
	}
}

/* The hash in the name of a scheme: "SHA256" of "ecdsa_secp256r1_sha256"; NULL if it has none. */
static const char *scheme_hash(const char *scheme)
{
	static const struct {
		const char *ending, *hash;
	} hashes[] = {
		{ "sha256", "SHA256" },
		{ "sha384", "SHA384" },
		{ "sha512", "SHA512" },
		{ "sha1", "SHA1" },
	};
	size_t len = strlen(scheme);

	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		size_t n = strlen(hashes[i].ending);

		if (len > n && strcmp(scheme + len - n, hashes[i].ending) == 0)
			return hashes[i].hash;
	}
	return NULL;
}

/* "X25519, 253 bits"; NULL for what is no group of one curve. */
static const char *temp_key(const char *group)
{
	static const struct {
		const char *name, *text;
	} groups[] = {
		{ "x25519", "X25519, 253 bits" },
		{ "secp256r1", "ECDH, prime256v1, 256 bits" },
		{ "secp384r1", "ECDH, secp384r1, 384 bits" },
		{ "secp521r1", "ECDH, secp521r1, 521 bits" },
	};

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (strcmp(groups[i].name, group) == 0)
			return groups[i].text;
	return NULL;
}

static void print_group(FILE *out, const char *group)
{
	const char *text = group == NULL ? NULL : temp_key(group);

	if (text != NULL)
		fprintf(out, "Server Temp Key: %s\n", text);
	else if (group != NULL)
		fprintf(out, "Negotiated TLS1.3 group: %s\n", group);
}

/* ---- certificates ---- */

static void print_pem(FILE *out, const struct ward_cert *cert)
{
	char *pem = ward_cert_pem(cert);

	if (pem != NULL)
		fputs(pem, out);
	free(pem);
}

static void print_key(FILE *out, const struct ward_cert *cert)
{
	const char *curve = key_text_curve(cert_key_type(cert));

	if (curve != NULL)
		fprintf(out, "   a:PKEY: EC, (%s); sigalg: %s\n", curve,
			ward_cert_signature_name(cert));
	else
		fprintf(out, "   a:PKEY: %s, %u (bit); sigalg: %s\n", key_name(cert),
			ward_cert_key_bits(cert), ward_cert_signature_name(cert));
}

static void print_link(const struct s_client *c, size_t i, const struct ward_cert *cert)
{
	char from[S_CLIENT_TIME], to[S_CLIENT_TIME];
	FILE *out = c->out;

	fprintf(out, "%2zu s:", i);
	s_client_print_name(out, cert_subject_der(cert));
	fprintf(out, "\n   i:");
	s_client_print_name(out, cert_issuer_der(cert));
	fprintf(out, "\n");
	print_key(out, cert);
	fprintf(out, "   v:NotBefore: %s; NotAfter: %s\n",
		s_client_time(ward_cert_not_before(cert), from),
		s_client_time(ward_cert_not_after(cert), to));
	if (c->show_certs)
		print_pem(out, cert);
}

static void print_chain(const struct s_client *c, const struct ward_chain *chain)
{
	fprintf(c->out, "%sCertificate chain\n", rule);
	for (size_t i = 0; i < chain->count; i++)
		print_link(c, i, chain->certs[i]);
}

static void print_leaf(const struct s_client *c, const struct ward_cert *leaf)
{
	fprintf(c->out, "%sServer certificate\n", rule);
	if (!c->show_certs)
		print_pem(c->out, leaf);
	fprintf(c->out, "subject=");
	s_client_print_name(c->out, cert_subject_der(leaf));
	fprintf(c->out, "\nissuer=");
	s_client_print_name(c->out, cert_issuer_der(leaf));
	fprintf(c->out, "\n");
}

/* ---- what the server asks for ---- */

/* "ECDSA+SHA256", as openssl has it for schemes that TLS 1.2 knew; others by their own name. */
static void print_scheme(FILE *out, uint16_t id)
{
	static const struct {
		uint16_t id;
		const char *name;
	} old[] = {
		{ 0x0401, "RSA+SHA256" },     { 0x0501, "RSA+SHA384" },
		{ 0x0601, "RSA+SHA512" },     { 0x0201, "RSA+SHA1" },
		{ 0x0403, "ECDSA+SHA256" },   { 0x0503, "ECDSA+SHA384" },
		{ 0x0603, "ECDSA+SHA512" },   { 0x0203, "ECDSA+SHA1" },
		{ 0x0804, "RSA-PSS+SHA256" }, { 0x0805, "RSA-PSS+SHA384" },
		{ 0x0806, "RSA-PSS+SHA512" },
	};
	const char *name = names_signature_scheme(id);

	for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++)
		if (old[i].id == id)
			name = old[i].name;
	if (name != NULL)
		fprintf(out, "%s", name);
	else
		fprintf(out, "0x%02X+0x%02X", id >> 8, id & 0xff);
}

static void print_schemes(FILE *out, const char *label, struct span list, bool shared)
{
	const char *colon = "";

	fprintf(out, "%s: ", label);
	for (size_t i = 0; i + 1 < list.len; i += 2) {
		uint16_t id = (uint16_t)(list.data[i] << 8 | list.data[i + 1]);

		if (shared && scheme_find(id) == NULL)
			continue;
		fprintf(out, "%s", colon);
		print_scheme(out, id);
		colon = ":";
	}
	fprintf(out, "\n");
}

static void print_ca_names(FILE *out, struct span list)
{
	struct ward_error ignored = ERROR_NONE;
	struct reader r = reader_make(list, &ignored);

	if (list.len == 0) {
		fprintf(out, "No client certificate CA names sent\n");
		return;
	}
	fprintf(out, "Acceptable client certificate CA names\n");
	while (reader_more(&r)) {
		struct span name = reader_vec(&r, 2);

		if (error_is_set(&ignored))
			break;
		s_client_print_name(out, name);
		fprintf(out, "\n");
	}
}

static void print_request(const struct s_client *c)
{
	struct certificate_request cr = { 0 };

	if (c->request == NULL ||
	    !certificate_request_parse(span_make(c->request, c->request_len), &cr, NULL)) {
		print_ca_names(c->out, SPAN_EMPTY);
		return;
	}
	print_ca_names(c->out, cr.ext.certificate_authorities);
	print_schemes(c->out, "Requested Signature Algorithms", cr.ext.signature_algorithms, false);
	print_schemes(c->out, "Shared Requested Signature Algorithms", cr.ext.signature_algorithms,
		      true);
}

/* ---- the whole ---- */

static void print_signature(FILE *out, const char *scheme)
{
	if (scheme == NULL)
		return;
	if (scheme_hash(scheme) != NULL)
		fprintf(out, "Peer signing digest: %s\n", scheme_hash(scheme));
	fprintf(out, "Peer signature type: %s\n", scheme);
}

/* Whether it is a name, or a wildcard, that this host is one of. */
static bool fits(const char *name, const char *host)
{
	const char *dot = strchr(host, '.');

	if (strcasecmp(name, host) == 0)
		return true;
	return strncmp(name, "*.", 2) == 0 && dot != NULL && strcasecmp(name + 1, dot) == 0;
}

/* Which of the certificate's names the host was verified by. */
static void print_peer_name(FILE *out, const struct ward_cert *leaf, const char *host)
{
	char name[300];
	size_t at = 0;
	int kind;

	while ((kind = ward_cert_san_next(leaf, &at, name, sizeof(name))) >= 0) {
		if (kind != WARD_SAN_DNS || !fits(name, host))
			continue;
		fprintf(out, "Verified peername: %s\n", name);
		return;
	}
}

static void print_verification(FILE *out, const struct s_client *c, const struct ward_cert *leaf)
{
	if (c->code != 0) {
		fprintf(out, "Verification error: %s\n", c->code_text);
		return;
	}
	fprintf(out, "Verification: OK\n");
	if (leaf != NULL && c->verify_host != NULL)
		print_peer_name(out, leaf, c->verify_host);
}

/* NULL where nothing was agreed on. */
static const char *version_of(const struct ward_conn *conn)
{
	return conn == NULL || ward_conn_cipher(conn) == NULL ? NULL : ward_conn_version(conn);
}

static bool is_tls_1_2(const struct ward_conn *conn)
{
	const char *version = version_of(conn);

	return version != NULL && strcmp(version, "TLSv1.2") == 0;
}

static const char *cipher_of(const struct ward_conn *conn)
{
	const char *cipher = conn == NULL ? NULL : ward_conn_cipher(conn);

	return cipher == NULL ? "(NONE)" : s_client_suite_name(cipher);
}

/* With TLS 1.2 the verdict stands in a block on the session. Its secret is left to -keylogfile. */
static void print_session(FILE *out, const struct s_client *c, const struct ward_conn *conn)
{
	fprintf(out, "SSL-Session:\n    Protocol  : %s\n    Cipher    : %s\n",
		ward_conn_version(conn), cipher_of(conn));
	fprintf(out, "    Verify return code: %d (%s)\n", c->code, c->code_text);
	fprintf(out, "    Extended master secret: yes\n");
}

static void print_agreed(const struct s_client *c, const struct ward_conn *conn,
			 const struct ward_cert *leaf)
{
	const char *alpn = conn == NULL ? NULL : ward_conn_alpn(conn);
	const char *version = version_of(conn);
	FILE *out = c->out;

	fprintf(out, "%sNew, %s, Cipher is %s\n", rule, version == NULL ? "(NONE)" : version,
		cipher_of(conn));
	if (version != NULL)
		fprintf(out, "Protocol: %s\n", version);
	if (leaf != NULL)
		fprintf(out, "Server public key is %u bit\n", ward_cert_key_bits(leaf));
	fprintf(out, "%s\nCompression: NONE\nExpansion: NONE\n",
		is_tls_1_2(conn) ? "Secure Renegotiation IS supported"
				 : "This TLS version forbids renegotiation.");
	if (alpn == NULL)
		fprintf(out, "No ALPN negotiated\n");
	else
		fprintf(out, "ALPN protocol: %s\n", alpn);
	if (is_tls_1_2(conn)) {
		print_session(out, c, conn);
	} else {
		fprintf(out, "Early data was not sent\n");
		fprintf(out, "Verify return code: %d (%s)\n", c->code, c->code_text);
	}
	fputs(rule, out);
}

void s_client_print(const struct s_client *c)
{
	const struct ward_conn *conn = ward_session_conn(c->s);
	const struct ward_chain *chain = conn == NULL ? NULL : ward_conn_peer_chain(conn);
	const struct ward_cert *leaf = chain == NULL || chain->count == 0 ? NULL : chain->certs[0];

	if (leaf != NULL)
		print_chain(c, chain);
	if (!c->connected)
		leaf = NULL; /* it was not accepted */
	if (leaf != NULL)
		print_leaf(c, leaf);
	else
		fprintf(c->out, "%sno peer certificate available\n", rule);
	fputs(rule, c->out);
	print_request(c);
	if (conn != NULL) {
		print_signature(c->out, c->connected ? ward_conn_signature(conn) : NULL);
		print_group(c->out, ward_conn_group(conn));
	}
	fprintf(c->out, "%sSSL handshake has read %llu bytes and written %llu bytes\n", rule,
		(unsigned long long)c->read, (unsigned long long)c->written);
	print_verification(c->out, c, leaf);
	print_agreed(c, conn, leaf);
	fflush(c->out);
}

void s_client_print_brief(const struct s_client *c)
{
	const struct ward_conn *conn = ward_session_conn(c->s);
	const struct ward_cert *leaf = ward_conn_peer_cert(conn);
	const char *scheme = ward_conn_signature(conn);

	fprintf(stderr, "CONNECTION ESTABLISHED\nProtocol version: %s\nCiphersuite: %s\n",
		ward_conn_version(conn), cipher_of(conn));
	if (c->request != NULL) {
		struct s_client on_stderr = *c;

		on_stderr.out = stderr;
		print_request(&on_stderr);
	}
	fprintf(stderr, "Peer certificate: ");
	s_client_print_name(stderr, cert_subject_der(leaf));
	fprintf(stderr, "\nHash used: %s\nSignature type: %s\n",
		scheme_hash(scheme) == NULL ? "UNDEF" : scheme_hash(scheme), scheme);
	print_verification(stderr, c, leaf);
	print_group(stderr, ward_conn_group(conn));
}
