/*
 * What must be so after the handshake, and at the end of a connection.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim.h"
#include "tls/suites.h"

bool wrong(const char *what)
{
	fprintf(stderr, "not as expected: %s\n", what);
	return false;
}

static bool text_is(const char *got, const char *wanted)
{
	return strcmp(got == NULL ? "" : got, wanted == NULL ? "" : wanted) == 0;
}

static bool is_13(const struct link *l)
{
	return text_is(ward_conn_version(l->conn), "TLSv1.3");
}

static bool check_version(const struct link *l)
{
	int version = is_13(l) ? WARD_TLS_1_3 : WARD_TLS_1_2;

	return l->flags->expect_version == 0 || l->flags->expect_version == version ||
	       wrong("version");
}

static bool check_names(const struct link *l)
{
	const struct flags *f = l->flags;
	const char *alpn = f->server ? f->select_alpn : f->expect_alpn;
	const char *name = ward_conn_server_name(l->conn);

	if (!text_is(ward_conn_alpn(l->conn), alpn))
		return wrong("ALPN");
	if (f->expect_server_name != NULL && !text_is(name, f->expect_server_name))
		return wrong("server name");
	return !f->expect_no_server_name || name == NULL || wrong("a server name");
}

static bool check_suite(const struct link *l)
{
	const struct flags *f = l->flags;
	int suite = f->expect_cipher != 0 ? f->expect_cipher : f->expect_cipher_aes;
	const struct suite *expected = suite_find((uint16_t)suite);

	return suite == 0 ||
	       (expected != NULL && text_is(ward_conn_cipher(l->conn), expected->name)) ||
	       wrong("cipher suite");
}

static bool check_numbers(const struct link *l)
{
	const struct flags *f = l->flags;
	const struct scheme *scheme = scheme_find((uint16_t)f->expect_peer_signature_algorithm);
	const char *group = kex_group_name((uint16_t)f->expect_curve_id);

	/* Whoever resumes has seen no signature, and in TLS 1.2 no group. */
	if (f->expect_curve_id != 0 && (!l->resumes || is_13(l)) &&
	    !text_is(ward_conn_group(l->conn), group))
		return wrong("group");
	if (f->expect_peer_signature_algorithm != 0 && !f->server && !l->resumes &&
	    (scheme == NULL || !text_is(ward_conn_signature(l->conn), scheme->name)))
		return wrong("signature");
	return check_suite(l);
}

/* ---- the peer ---- */

static bool same_chain(const struct ward_chain *a, const struct ward_chain *b)
{
	if (a == NULL || a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		struct span x, y;

		x.data = ward_cert_der(a->certs[i], &x.len);
		y.data = ward_cert_der(b->certs[i], &y.len);
		if (!span_equal(x, y))
			return false;
	}
	return true;
}

static bool check_peer_chain(const struct link *l)
{
	struct ward_error err = { 0 };
	struct ward_chain expected;
	struct bytes pem;
	bool same;

	if (l->flags->expect_peer_cert_file == NULL)
		return true;
	pem = read_file(l->flags->expect_peer_cert_file);
	must(ward_chain_parse(pem.data, pem.len, &expected, &err), "expect-peer-cert-file", &err);
	same = same_chain(ward_conn_peer_chain(l->conn), &expected);
	ward_chain_clear(&expected);
	free(pem.data);
	return same || wrong("the peer's certificates");
}

/* Nothing comes beside a certificate where none comes. */
static bool check_beside(const struct link *l, const struct bytes *expected,
			 const uint8_t *(*get)(const struct ward_conn *conn, size_t *len),
			 const char *what)
{
	struct span got;

	if (expected->data == NULL || l->resumes)
		return true;
	got.data = get(l->conn, &got.len);
	return span_equal(got, span_make(expected->data, expected->len)) || wrong(what);
}

static bool check_peer(const struct link *l)
{
	const struct flags *f = l->flags;
	struct ward_pin pin;
	bool has_cert = ward_conn_peer_pin(l->conn, &pin);
	const struct ward_error *verdict = ward_conn_verify_error(l->conn);
	size_t len;

	if (f->expect_no_peer_cert || ward_conn_psk_identity(l->conn, &len) != NULL) {
		if (has_cert)
			return wrong("a certificate of the peer's");
	} else if ((!f->server || f->require_any_client_certificate) && !has_cert) {
		return wrong("no certificate of the peer's");
	}
	/* A peer that was verified and is not good does not come here. */
	if (f->expect_verify_result && f->verify_peer && !f->verify_fail && verdict != NULL &&
	    verdict->reason != WARD_E_NONE)
		return wrong("verification");
	return check_peer_chain(l) && check_certificate_type(l) &&
	       check_beside(l, &f->expect_ocsp_response, ward_conn_ocsp_response,
			    "OCSP response") &&
	       check_beside(l, &f->expect_scts, ward_conn_scts, "timestamps");
}

/* ---- the whole ---- */

static bool check_resumption(const struct link *l)
{
	bool expected = l->resumes && !l->flags->expect_session_miss;

	if (ward_conn_resumed(l->conn) != expected)
		return wrong(expected ? "not resumed" : "resumed");
	return true;
}

/*
 * In TLS 1.2 a ticket comes with the handshake, in TLS 1.3 behind it. Where none comes when a session
 * of TLS 1.2 is resumed, the one at hand is told of again.
 */
static bool check_ticket_12(const struct link *l)
{
	const struct flags *f = l->flags;
	bool expected = !f->expect_no_session;

	if (f->server || f->no_ticket || is_13(l) ||
	    (ward_conn_resumed(l->conn) && !f->expect_ticket_renewal))
		return true;
	return l->got_ticket == expected || wrong(expected ? "no ticket" : "a ticket");
}

/* The server's word: a session of TLS 1.2 that it has given an id to. */
static bool check_session_id(const struct link *l)
{
	bool has = l->run->session_len > 0;

	if (!l->flags->server)
		return true;
	if (l->flags->expect_session_id && !has)
		return wrong("no session id");
	return !l->flags->expect_no_session_id || !has || wrong("a session id");
}

static bool check_early_data(const struct link *l)
{
	const struct flags *f = l->flags;
	enum ward_early_data_status status = ward_conn_early_data_status(l->conn);

	if (f->expect_accept_early_data && l->resumes && status != WARD_EARLY_DATA_ACCEPTED)
		return wrong("early data is not accepted");
	if (f->expect_reject_early_data && l->resumes && status == WARD_EARLY_DATA_ACCEPTED)
		return wrong("early data is accepted");
	return !f->expect_no_offer_early_data || !l->resumes || status == WARD_EARLY_DATA_NONE ||
	       wrong("early data is offered");
}

static bool check_retry(const struct link *l)
{
	if (l->flags->expect_hrr && !ward_conn_used_retry(l->conn))
		return wrong("no HelloRetryRequest");
	return !l->flags->expect_no_hrr || !ward_conn_used_retry(l->conn) ||
	       wrong("HelloRetryRequest");
}

/* The number of the credential in use, a key or a certificate; -1 if it has none. */
static int credential_of(const struct link *l)
{
	struct span psk;

	psk.data = ward_conn_psk_identity(l->conn, &psk.len);
	for (size_t i = 0; psk.data != NULL && i < l->flags->credential_count; i++) {
		const struct bytes *identity = &l->flags->credentials[i].psk_identity;

		if (span_equal(psk, span_make(identity->data, identity->len)))
			return (int)i;
	}
	return l->credential;
}

static bool check_credential(const struct link *l)
{
	const char *expected = l->flags->expect_selected_credential;

	return expected == NULL || strtol(expected, NULL, 10) == credential_of(l) ||
	       wrong("credential");
}

/* What the peer says that it can verify. */
static bool check_verifies(const struct link *l)
{
	const struct int_list *expected = &l->flags->expect_peer_verify_prefs;
	const struct bytes *types = &l->flags->expect_certificate_types;
	const struct observed *o = observed();

	if (expected->count > 0 &&
	    (o->verifies.count != expected->count ||
	     memcmp(o->verifies.items, expected->items, expected->count * sizeof(int)) != 0))
		return wrong("what the peer verifies");
	return types->data == NULL ||
	       span_equal(span_make(o->types, o->types_len), span_make(types->data, types->len)) ||
	       wrong("certificate types");
}

static bool check_quic(const struct link *l)
{
	const struct bytes *expected = &l->flags->expect_quic_transport_params;
	struct span got;

	got.data = ward_quic_peer_parameters(l->conn, &got.len);
	return expected->data == NULL ||
	       span_equal(got, span_make(expected->data, expected->len)) ||
	       wrong("transport parameters");
}

bool check_handshake(const struct link *l)
{
	return check_version(l) && check_resumption(l) && check_retry(l) && check_names(l) &&
	       check_numbers(l) && check_peer(l) && check_credential(l) && check_early_data(l) &&
	       check_ticket_12(l) && check_session_id(l) && check_verifies(l) && check_quic(l);
}

/* Tickets of TLS 1.3 come behind the handshake, so that who does not read sees none. */
bool check_end(const struct link *l)
{
	bool expected = !l->flags->expect_no_session && !l->flags->shim_shuts_down;

	if (l->flags->server || l->flags->no_ticket || !is_13(l))
		return true;
	if (l->got_ticket != expected)
		return wrong(expected ? "no ticket" : "a ticket");
	return !expected ||
	       (ward_ticket_early_data(l->run->ticket) > 0) ==
		       l->flags->expect_ticket_supports_early_data ||
	       wrong("what the ticket says of early data");
}

bool check_trace(const struct link *l)
{
	const char *expected = l->flags->expect_msg_callback;

	return expected == NULL || text_is(observed()->trace, expected) || wrong(observed()->trace);
}
