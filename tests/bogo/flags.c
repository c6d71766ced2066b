/*
 * The table of flags. One that is not in it is answered with BOGO_UNIMPLEMENTED, so that the runner
 * counts the test as one of a feature that ward does not have.
 */
#include "flags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind {
	SET,     /* no value */
	NUMBER,  /* a number */
	NUMBERS, /* a number; the flag comes once for each */
	TEXT,
	IGNORED, /* no value; what it asks for is so anyway */
	IGNORED_VALUE,
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
	{ "require-any-client-certificate", SET, AT(require_any_client_certificate) },
	{ "shim-writes-first", SET, AT(shim_writes_first) },
	{ "shim-shuts-down", SET, AT(shim_shuts_down) },
	{ "check-close-notify", SET, AT(check_close_notify) },
	{ "implicit-handshake", SET, AT(implicit_handshake) },
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
	{ "expect-session-miss", SET, AT(expect_session_miss) },
	{ "expect-no-server-name", SET, AT(expect_no_server_name) },
	{ "no-op-extra-handshake", IGNORED, 0 },
	{ "enable-grease", IGNORED, 0 }, /* always sent */
	{ "port", NUMBER, AT(port) },
	{ "resume-count", NUMBER, AT(resume_count) },
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
	{ "curves", NUMBERS, AT(curves) },
	{ "verify-prefs", NUMBERS, AT(verify_prefs) },
	{ "key-shares", NUMBERS, AT(key_shares) },
	{ "shim-id", TEXT, AT(shim_id) },
	{ "cert-file", TEXT, AT(cert_file) },
	{ "key-file", TEXT, AT(key_file) },
	{ "trust-cert", TEXT, AT(trust_cert) },
	{ "host-name", TEXT, AT(host_name) },
	{ "expect-server-name", TEXT, AT(expect_server_name) },
	{ "advertise-alpn", TEXT, AT(advertise_alpn) },
	{ "expect-alpn", TEXT, AT(expect_alpn) },
	{ "select-alpn", TEXT, AT(select_alpn) },
	{ "shim-initial-write", TEXT, AT(shim_initial_write) },
	{ "expect-peer-cert-file", TEXT, AT(expect_peer_cert_file) },
};

_Noreturn void unimplemented(const char *what)
{
	fprintf(stderr, "unimplemented: %s\n", what);
	exit(BOGO_UNIMPLEMENTED);
}

static const struct row *find(const char *name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	unimplemented(name);
}

static void add(struct int_list *list, const char *value)
{
	if (list->count == BOGO_LIST_MAX)
		unimplemented("a long list");
	list->items[list->count++] = (int)strtol(value, NULL, 10);
}

static void take(struct flags *f, const struct row *row, char *value)
{
	void *field = (char *)f + row->offset;

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
	case IGNORED:
	case IGNORED_VALUE:
		break;
	}
}

/* "-on-resume-X" is X of the connections that resume, "-on-initial-X" of the first alone. */
static const char *strip(const char *name, const char *prefix, bool *found)
{
	size_t len = strlen(prefix);

	*found = strncmp(name, prefix, len) == 0;
	return *found ? name + len : name;
}

static bool has_value(const struct row *row)
{
	return row->kind != SET && row->kind != IGNORED;
}

void flags_parse(int argc, char **argv, struct command *c)
{
	*c = (struct command){ .first = { .repeat_shim_initial_write = 1 } };
	c->resumed = c->first;
	for (int i = 1; i < argc; i++) {
		bool initial, resume, shim;
		const char *name = argv[i] + (argv[i][0] == '-');
		const struct row *row;
		char *value = NULL;

		name = strip(name, "on-shim-", &shim);
		name = strip(name, "on-initial-", &initial);
		name = strip(name, "on-resume-", &resume);
		row = find(name);
		if (has_value(row) && i + 1 == argc)
			unimplemented("a flag without its value");
		if (has_value(row))
			value = argv[++i];
		if (!resume)
			take(&c->first, row, value);
		if (!initial)
			take(&c->resumed, row, value);
	}
}
