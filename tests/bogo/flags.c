/*
 * The table of flags. One that is not in it is answered with BOGO_UNIMPLEMENTED, so that the runner
 * counts the test as one of a feature that ward does not have.
 */
#include "flags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "wire/pem.h"

enum kind {
	SET,     /* no value */
	NUMBER,  /* a number */
	NUMBERS, /* a number; the flag comes once for each */
	TEXT,
	BASE64,
	IGNORED, /* no value; what it asks for is so anyway */
	IGNORED_VALUE,
	BEGIN, /* a credential: the flags in `of_credential` that follow are of it */
	BEGIN_PSK,
	BEGIN_RAW_KEY,
};

struct row {
	const char *name;
	enum kind kind;
	size_t offset;
};

#define AT(field) offsetof(struct flags, field)

static const struct row rows[] = {
	{ "server", SET, AT(server) },
	{ "ipv6", SET, AT(ipv6) },
	{ "async", SET, AT(async) },
	{ "verify-peer", SET, AT(verify_peer) },
	{ "verify-fail", SET, AT(verify_fail) },
	{ "expect-verify-result", SET, AT(expect_verify_result) },
	{ "use-custom-verify-callback", IGNORED, 0 }, /* there is one way to verify */
	{ "reverify-on-resume", IGNORED, 0 },         /* always */
	{ "use-early-callback", IGNORED, 0 },         /* identities are there from the start */
	{ "use-old-client-cert-callback", IGNORED, 0 },
	{ "use-ticket-callback", IGNORED, 0 }, /* the ring of keys is ward's */
	{ "use-ticket-aead-callback", IGNORED, 0 },
	{ "install-ddos-callback", IGNORED, 0 },
	{ "no-legacy-server-connect", IGNORED, 0 }, /* renegotiation_info is required always */
	{ "quic", SET, AT(quic) },
	{ "quic-transport-params", BASE64, AT(quic_transport_params) },
	{ "expect-quic-transport-params", BASE64, AT(expect_quic_transport_params) },
	{ "quic-use-legacy-codepoint", IGNORED_VALUE, 0 }, /* that of the drafts is not known */
	{ "quic-early-data-context", TEXT, AT(quic_early_data_context) },
	{ "expect-session-id", SET, AT(expect_session_id) },
	{ "expect-no-session-id", SET, AT(expect_no_session_id) },
	{ "expect-advertised-alpn", IGNORED_VALUE,
	  0 }, /* who asks for a choice is told; nobody does */
	{ "require-any-client-certificate", SET, AT(require_any_client_certificate) },
	{ "shim-writes-first", SET, AT(shim_writes_first) },
	{ "shim-shuts-down", SET, AT(shim_shuts_down) },
	{ "check-close-notify", SET, AT(check_close_notify) },
	{ "implicit-handshake", IGNORED, 0 }, /* bytes in, bytes out: it is no other call */
	{ "read-with-unfinished-write", SET, AT(read_with_unfinished_write) },
	{ "no-tls13", SET, AT(no_tls13) },
	{ "no-tls12", SET, AT(no_tls12) },
	{ "no-tls11", IGNORED, 0 },
	{ "no-tls1", IGNORED, 0 },
	{ "decline-alpn", SET, AT(decline_alpn) },
	{ "reject-alpn", SET, AT(reject_alpn) },
	{ "expect-no-peer-cert", SET, AT(expect_no_peer_cert) },
	{ "expect-hrr", SET, AT(expect_hrr) },
	{ "expect-no-hrr", SET, AT(expect_no_hrr) },
	{ "key-update", SET, AT(key_update) },
	{ "key-update-before-read", SET, AT(key_update_before_read) },
	{ "no-key-shares", SET, AT(no_key_shares) },
	{ "write-different-record-sizes", SET, AT(write_different_record_sizes) },
	{ "partial-write", IGNORED, 0 },
	{ "peek-then-read", IGNORED, 0 }, /* plaintext lies in the caller's memory */
	{ "expect-session-miss", SET, AT(expect_session_miss) },
	{ "expect-ticket-renewal", SET, AT(expect_ticket_renewal) },
	{ "must-match-issuer", IGNORED, 0 }, /* the peer's list of CAs counts for all */
	{ "expect-no-session", SET, AT(expect_no_session) },
	{ "no-ticket", SET, AT(no_ticket) },
	{ "enable-early-data", SET, AT(enable_early_data) },
	{ "expect-accept-early-data", SET, AT(expect_accept_early_data) },
	{ "expect-reject-early-data", SET, AT(expect_reject_early_data) },
	{ "expect-no-offer-early-data", SET, AT(expect_no_offer_early_data) },
	{ "expect-ticket-supports-early-data", SET, AT(expect_ticket_supports_early_data) },
	{ "expect-early-data-reason", IGNORED_VALUE, 0 }, /* ward tells what, not why */
	{ "expect-no-server-name", SET, AT(expect_no_server_name) },
	{ "expect-extended-master-secret", IGNORED, 0 }, /* required always */
	{ "expect-secure-renegotiation", IGNORED, 0 },   /* required always */
	{ "server-preference", IGNORED, 0 },             /* always */
	{ "no-op-extra-handshake", IGNORED, 0 },
	{ "enable-grease", IGNORED, 0 }, /* always sent */
	{ "fips-202205", SET, AT(fips) },
	{ "wpa-202304", SET, AT(wpa) },
	{ "cnsa1-202603", SET, AT(cnsa1) },
	{ "cnsa2-202603", SET, AT(cnsa2) },
	{ "use-export-context", SET, AT(use_export_context) },
	{ "use-exporter-between-reads", SET, AT(use_exporter_between_reads) },
	{ "enable-ocsp-stapling", SET, AT(enable_ocsp_stapling) },
	{ "expect-ocsp-response", BASE64, AT(expect_ocsp_response) },
	{ "enable-signed-cert-timestamps", SET, AT(enable_scts) },
	{ "expect-signed-cert-timestamps", BASE64, AT(expect_scts) },
	{ "enable-ech-grease", SET, AT(enable_ech_grease) },
	{ "port", NUMBER, AT(port) },
	{ "resume-count", NUMBER, AT(resume_count) },
	{ "resumption-delay", NUMBER, AT(resumption_delay) },
	{ "min-version", NUMBER, AT(min_version) },
	{ "max-version", NUMBER, AT(max_version) },
	{ "expect-version", NUMBER, AT(expect_version) },
	{ "expect-curve-id", NUMBER, AT(expect_curve_id) },
	{ "expect-cipher", NUMBER, AT(expect_cipher) },
	{ "expect-cipher-aes", NUMBER, AT(expect_cipher_aes) },
	{ "expect-cipher-no-aes", IGNORED_VALUE, 0 },
	{ "expect-peer-signature-algorithm", NUMBER, AT(expect_peer_signature_algorithm) },
	{ "read-size", NUMBER, AT(read_size) },
	{ "repeat-shim-initial-write", NUMBER, AT(repeat_shim_initial_write) },
	{ "export-keying-material", NUMBER, AT(export_keying_material) },
	{ "curves", NUMBERS, AT(curves) },
	{ "verify-prefs", NUMBERS, AT(verify_prefs) },
	{ "expect-peer-verify-pref", NUMBERS, AT(expect_peer_verify_prefs) },
	{ "expect-certificate-types", BASE64, AT(expect_certificate_types) },
	{ "expect-msg-callback", TEXT, AT(expect_msg_callback) },
	{ "export-traffic-secrets", SET, AT(export_traffic_secrets) },
	{ "key-shares", NUMBERS, AT(key_shares) },
	{ "accepted-peer-cert-types", NUMBERS, AT(accepted_peer_cert_types) },
	{ "available-client-cert-types", NUMBERS, AT(available_client_cert_types) },
	{ "expect-peer-certificate-type", TEXT, AT(expect_peer_certificate_type) },
	{ "expect-peer-rpk-sha256", BASE64, AT(expect_peer_rpk_sha256) },
	{ "shim-id", TEXT, AT(shim_id) },
	{ "cipher", TEXT, AT(cipher) },
	{ "trust-cert", TEXT, AT(trust_cert) },
	{ "use-client-ca-list", TEXT, AT(use_client_ca_list) },
	{ "host-name", TEXT, AT(host_name) },
	{ "expect-server-name", TEXT, AT(expect_server_name) },
	{ "advertise-alpn", TEXT, AT(advertise_alpn) },
	{ "expect-alpn", TEXT, AT(expect_alpn) },
	{ "select-alpn", TEXT, AT(select_alpn) },
	{ "shim-initial-write", TEXT, AT(shim_initial_write) },
	{ "expect-peer-cert-file", TEXT, AT(expect_peer_cert_file) },
	{ "expect-selected-credential", TEXT, AT(expect_selected_credential) },
	{ "export-label", TEXT, AT(export_label) },
	{ "export-context", TEXT, AT(export_context) },
};

#define IN(field) offsetof(struct credential, field)

static const struct row of_credential[] = {
	{ "new-x509-credential", BEGIN, 0 },
	{ "new-psk-credential", BEGIN_PSK, 0 },
	{ "new-rpk-credential", BEGIN_RAW_KEY, 0 },
	{ "cert-file", TEXT, IN(cert_file) },
	{ "key-file", TEXT, IN(key_file) },
	{ "signing-prefs", NUMBERS, IN(signing_prefs) },
	{ "ocsp-response", BASE64, IN(ocsp_response) },
	{ "signed-cert-timestamps", BASE64, IN(scts) },
	{ "psk-importer-key", BASE64, IN(psk) },
	{ "psk-importer-identity", BASE64, IN(psk_identity) },
	{ "psk-importer-context", BASE64, IN(psk_context) },
	{ "psk-importer-sha256", IGNORED, 0 },
	{ "psk-importer-sha384", SET, IN(psk_sha384) },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

_Noreturn void unimplemented(const char *what)
{
	fprintf(stderr, "unimplemented: %s\n", what);
	exit(BOGO_UNIMPLEMENTED);
}

static const struct row *find(const struct row *in, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(in[i].name, name) == 0)
			return &in[i];
	return NULL;
}

static void add(struct int_list *list, const char *value)
{
	if (list->count == BOGO_LIST_MAX)
		unimplemented("a long list");
	list->items[list->count++] = (int)strtol(value, NULL, 10);
}

static struct bytes decode(const char *text)
{
	struct bytes b = { .data = malloc(base64_decoded_max(strlen(text)) + 1) };

	if (b.data == NULL || !base64_decode(b.data, &b.len, span_string(text), false, NULL))
		unimplemented("malformed base64");
	return b;
}

static void take(void *object, const struct row *row, char *value)
{
	void *field = (char *)object + row->offset;

	switch (row->kind) {
	case SET:
		*(bool *)field = true;
		break;
	case NUMBER:
		*(int *)field = (int)strtol(value, NULL, 10);
		break;
	case NUMBERS:
		add(field, value);
		break;
	case TEXT:
		*(const char **)field = value;
		break;
	case BASE64:
		*(struct bytes *)field = decode(value);
		break;
	case IGNORED:
	case IGNORED_VALUE:
	case BEGIN:
	case BEGIN_PSK:
	case BEGIN_RAW_KEY:
		break;
	}
}

static void begin_credential(struct flags *f, const struct row *row)
{
	struct credential *c = &f->credentials[f->credential_count];

	if (++f->credential_count > BOGO_CREDENTIALS_MAX)
		unimplemented("many credentials");
	c->is_psk = row->kind == BEGIN_PSK;
	c->is_raw_key = row->kind == BEGIN_RAW_KEY;
}

static bool begins(const struct row *row)
{
	return row->kind == BEGIN || row->kind == BEGIN_PSK || row->kind == BEGIN_RAW_KEY;
}

static void take_of_credential(struct flags *f, const struct row *row, char *value)
{
	if (begins(row))
		begin_credential(f, row);
	else if (f->credential_count == 0)
		take(&f->own, row, value);
	else
		take(&f->credentials[f->credential_count - 1], row, value);
}

/* "-on-resume-X" is X of the connections that resume, and so on; without, it is of all. */
static const char *strip(const char *name, const char *prefix, bool *found)
{
	size_t len = strlen(prefix);

	*found = strncmp(name, prefix, len) == 0;
	return *found ? name + len : name;
}

static bool has_value(const struct row *row)
{
	return row->kind != SET && row->kind != IGNORED && !begins(row);
}

/* The sets that a flag with this prefix is for, as bits; the prefix is taken off. */
static unsigned int sets_of(const char **name)
{
	static const char *const prefixes[] = { "on-initial-", "on-resume-", "on-retry-" };
	unsigned int all = 0;
	bool found;

	*name = strip(*name, "on-shim-", &found);
	for (unsigned int i = 0; i < COUNT(prefixes); i++) {
		*name = strip(*name, prefixes[i], &found);
		all |= found ? 1u << i : 0;
	}
	return all == 0 ? 7 : all;
}

static void take_for(struct flags *f, const struct row *row, const struct row *inner, char *value)
{
	if (row != NULL)
		take(f, row, value);
	else
		take_of_credential(f, inner, value);
}

/* One flag; true if it has taken the word behind it. */
static bool parse_one(struct command *c, const char *name, char *next)
{
	unsigned int sets = sets_of(&name);
	const struct row *row = find(rows, COUNT(rows), name);
	const struct row *inner = find(of_credential, COUNT(of_credential), name);
	struct flags *each[] = { &c->first, &c->resumed, &c->refused };
	char *value;

	if (row == NULL && inner == NULL)
		unimplemented(name);
	value = has_value(row != NULL ? row : inner) ? next : NULL;
	if (has_value(row != NULL ? row : inner) && value == NULL)
		unimplemented("a flag without its value");
	for (size_t i = 0; i < COUNT(each); i++)
		if (sets >> i & 1)
			take_for(each[i], row, inner, value);
	return value != NULL;
}

void flags_parse(int argc, char **argv, struct command *c)
{
	*c = (struct command){ .first = { .repeat_shim_initial_write = 1 } };
	c->resumed = c->first;
	c->refused = c->first;
	for (int i = 1; i < argc; i++) {
		const char *name = argv[i] + (argv[i][0] == '-');

		i += parse_one(c, name, i + 1 < argc ? argv[i + 1] : NULL);
	}
}
