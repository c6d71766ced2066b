/*
 * Reading certificates for the verbs that look at them.
 */
#include "cli/source.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <ward/session.h>

#include "base/error.h"
#include "cli/input.h"
#include "cli/report.h"
#include "wire/der.h"
#include "wire/pem.h"
#include "x509/chain.h"

/* ---- files ---- */

/* Takes one certificate, or says why it cannot. False only when there is no memory. */
static bool take_cert(struct source *s, struct span der, const struct source_options *o,
		      struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct ward_cert *cert = ward_cert_parse(der.data, der.len, &own);
	char what[400];

	if (cert != NULL) {
		if (chain_append(&s->chain, cert, err))
			return true;
		ward_cert_free(cert);
		return false;
	}
	s->refused++;
	snprintf(what, sizeof(what), "%s: certificate %zu", input_name(s->name),
		 s->chain.count + s->refused);
	report_error(o->command, what, &own);
	return own.reason != WARD_E_NO_MEMORY || error_pass(err, &own);
}

/* Blocks that are something else are named where there is no certificate at all. */
static bool take_pem(struct source *s, struct span text, const struct source_options *o,
		     struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct pem_block block;
	char other[64] = "";
	bool ok = true;

	while (ok && pem_next(&text, &block, &own)) {
		if (chain_label_is_cert(block.label))
			ok = take_cert(s, span_make(block.der, block.der_len), o, err);
		else
			memcpy(other, block.label, sizeof(other));
		pem_block_clear(&block);
	}
	if (error_is_set(&own))
		return error_pass(err, &own);
	if (ok && s->chain.count + s->refused == 0)
		return other[0] == '\0'
			       ? FAIL(err, NO_CERTIFICATE_IN_FILE)
			       : FAILF(err, NO_CERTIFICATE_IN_FILE, "there is a block %s", other);
	return ok;
}

/* Certificates in DER one behind the other. */
static bool take_der(struct source *s, struct span bytes, const struct source_options *o,
		     struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(bytes, &own);
	bool ok = true;

	while (ok && reader_more(&r)) {
		struct span left = span_make(r.pos, reader_left(&r));
		struct span der = der_whole_tag(&r, DER_SEQUENCE);

		/* What is no element is told of as a certificate that is malformed. */
		if (reader_failed(&r))
			der = left;
		ok = take_cert(s, der, o, err);
	}
	return ok;
}

static bool take_bytes(struct source *s, struct span bytes, const struct source_options *o,
		       struct ward_error *err)
{
	if (pem_detect(bytes))
		return take_pem(s, bytes, o, err);
	if (bytes.len > 0 && bytes.data[0] == DER_SEQUENCE)
		return take_der(s, bytes, o, err);
	return FAIL(err, NO_CERTIFICATE_IN_FILE);
}

static int load_file(struct source *s, const struct source_options *o)
{
	struct ward_error err = ERROR_NONE;
	struct file_bytes bytes;
	bool ok;

	if (!input_read(s->name, &bytes, &err))
		return report_setup(o->command, &err);
	ok = take_bytes(s, span_make(bytes.data, bytes.len), o, &err);
	file_bytes_clear(&bytes);
	if (ok)
		return EXIT_FINE;
	report_error(o->command, input_name(s->name), &err);
	return EXIT_USAGE;
}

/* ---- servers ---- */

static bool copy_chain(struct ward_chain *to, const struct ward_chain *from, struct ward_error *err)
{
	for (size_t i = 0; from != NULL && i < from->count; i++) {
		if (!chain_append(to, ward_cert_ref(from->certs[i]), err)) {
			ward_cert_free(from->certs[i]);
			return false;
		}
	}
	return true;
}

/* A failure behind the server's Certificate message is no matter here: the chain is there. */
static int take_session(struct source *s, const struct ward_session *session,
			const struct source_options *o)
{
	const struct ward_conn *conn = session == NULL ? NULL : ward_session_conn(session);
	struct ward_error err = ERROR_NONE;
	char host[300];

	if (session == NULL)
		FAIL(&err, NO_MEMORY);
	else if (conn == NULL || !copy_chain(&s->chain, ward_conn_peer_chain(conn), &err) ||
		 s->chain.count == 0)
		error_pass(&err, ward_session_failure(session));
	if (!error_is_set(&err))
		return EXIT_FINE;
	report_error(o->command, target_text(&s->target, host, sizeof(host)), &err);
	return report_exit_code(&err);
}

static int load_server(struct source *s, const struct source_options *o)
{
	struct ward_dial_options options = {
		.connect_timeout_ms = o->timeout_ms,
		.server_name = o->server_name == NULL ? s->target.verify : o->server_name,
		.starttls = s->target.starttls,
	};
	struct ward_error err = ERROR_NONE;
	struct ward_config *config = ward_config_new(&err);
	struct ward_session *session;
	int code;

	if (config == NULL || !ward_config_insecure_no_verify(config, &err)) {
		ward_config_free(config);
		return report_setup(o->command, &err);
	}
	session = ward_dial(config, s->target.host, s->target.port, &options);
	code = take_session(s, session, o);
	ward_session_free(session);
	ward_config_free(config);
	return code;
}

/* ---- which it is ---- */

static bool names_server(const char *name)
{
	if (strcmp(name, "-") == 0 || access(name, F_OK) == 0)
		return false;
	return strstr(name, "://") != NULL ||
	       (strchr(name, ':') != NULL && strchr(name, '/') == NULL);
}

int source_load(struct source *s, const char *name, const struct source_options *o)
{
	const char *cause, *remedy;

	*s = (struct source){ .name = name, .is_server = names_server(name) };
	if (s->is_server) {
		if (!target_parse(name, &s->target, &cause, &remedy))
			return report_lines(o->command, EXIT_USAGE, remedy, "%s: %s", name, cause);
		return load_server(s, o);
	}
	if (strcmp(name, "-") != 0 && access(name, F_OK) != 0 && strchr(name, '/') == NULL)
		return report_lines(o->command, EXIT_USAGE,
				    "check the path; a server is named with its port: HOST:443",
				    "%s: there is no such file", name);
	return load_file(s, o);
}

void source_clear(struct source *s)
{
	ward_chain_clear(&s->chain);
}
