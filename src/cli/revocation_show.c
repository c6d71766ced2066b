/*
 * `ward cert show` of what is no certificate but tells of them: a CRL, an OCSP response.
 */
#include <ward/revocation.h>

#include "cli/cert.h"
#include "cli/facts.h"
#include "cli/report.h"
#include "io/files.h"
#include "wire/pem.h"
#include "x509/crl.h"
#include "x509/ocsp.h"
#include "x509/text.h"

enum { NAME_SIZE = 2048, SERIAL_SIZE = 132 };

static const char *serial_text(const struct ward_revoked *r, char buf[SERIAL_SIZE])
{
	struct text t = text_make(buf, SERIAL_SIZE);
	struct span s = span_make(r->serial, r->serial_len);

	if (s.len > 1 && s.data[0] == 0)
		s = span_make(s.data + 1, s.len - 1);
	text_put_hex(&t, s);
	return buf;
}

static const char *time_text(int64_t time, char buf[FACTS_TIME])
{
	return time == WARD_NO_TIME ? "none" : facts_time(time, buf);
}

static json_t *time_json(int64_t time)
{
	char buf[FACTS_TIME];

	return time == WARD_NO_TIME ? json_null() : json_string(facts_time(time, buf));
}

static json_t *revoked_json(const struct ward_revoked *r)
{
	char serial[SERIAL_SIZE];

	return json_pack("{s:s, s:o, s:s, s:o}", "serial", serial_text(r, serial), "revoked",
			 time_json(r->time), "reason", ward_revocation_reason_name(r->reason),
			 "invalid_since", time_json(r->invalid));
}

static bool write_document(const char *name, json_t *content)
{
	json_t *document = json_pack("{s:i, s:o}", "schema", 1, name, content);
	bool ok = document != NULL && json_dumpf(document, stdout, JSON_INDENT(2)) == 0 &&
		  putchar('\n') != EOF;

	json_decref(document);
	return ok;
}

/* ---- CRLs ---- */

static json_t *entries_json(const struct ward_crl *crl)
{
	json_t *list = json_array();
	struct ward_revoked entry;

	for (size_t i = 0; ward_crl_revoked(crl, i, &entry); i++)
		json_array_append_new(list, revoked_json(&entry));
	return list;
}

static bool crl_json(const struct ward_crl *crl)
{
	char issuer[NAME_SIZE], number[64];

	return write_document(
		"crl",
		json_pack("{s:s, s:i, s:o, s:o, s:s, s:b, s:s, s:I, s:o, s:o}", "issuer",
			  ward_crl_issuer(crl, issuer, sizeof(issuer)), "version", crl->version,
			  "this_update", time_json(crl->this_update), "next_update",
			  time_json(crl->next_update), "number",
			  ward_crl_number(crl, number, sizeof(number)), "delta",
			  (int)ward_crl_is_delta(crl), "signature", ward_crl_signature_name(crl),
			  "revoked_count", (json_int_t)crl->count, "revoked", entries_json(crl),
			  "extensions", cert_json_extensions(crl->ext.list)));
}

static void print_entry(const struct term *t, const struct ward_revoked *r)
{
	char serial[SERIAL_SIZE], time[FACTS_TIME];

	term_print(t, "  %s  revoked %s  %s", serial_text(r, serial), time_text(r->time, time),
		   ward_revocation_reason_name(r->reason));
	if (r->invalid != WARD_NO_TIME)
		term_print(t, ", invalid since %s", time_text(r->invalid, time));
	term_print(t, "\n");
}

static bool crl_text(const struct ward_crl *crl, const struct term *t)
{
	char buf[NAME_SIZE];
	char time[FACTS_TIME];
	struct ward_revoked entry;

	term_paint(t, TERM_BOLD, "%s of %zu revoked certificate%s\n",
		   ward_crl_is_delta(crl) ? "Delta CRL" : "CRL", crl->count,
		   crl->count == 1 ? "" : "s");
	cert_print_row(t, "Issuer", ward_crl_issuer(crl, buf, sizeof(buf)));
	cert_print_row(t, "This update", time_text(crl->this_update, time));
	cert_print_row(t, "Next update", time_text(crl->next_update, time));
	cert_print_row(t, "Signature", ward_crl_signature_name(crl));
	cert_print_row(t, "Version", crl->version == 1 ? "1" : "2");
	if (!cert_print_extensions(crl->ext.list, t))
		return false;
	for (size_t i = 0; ward_crl_revoked(crl, i, &entry); i++)
		print_entry(t, &entry);
	return true;
}

/* ---- OCSP responses ---- */

static const char *const statuses[] = { "good", "revoked", "unknown" };

static json_t *single_json(const struct ward_ocsp_single *s)
{
	char serial[SERIAL_SIZE];
	json_t *revoked = s->status == WARD_OCSP_REVOKED ? revoked_json(&s->revoked) : json_null();

	return json_pack("{s:s, s:s, s:o, s:o, s:o}", "serial", serial_text(&s->revoked, serial),
			 "status", statuses[s->status], "this_update", time_json(s->this_update),
			 "next_update", time_json(s->next_update), "revoked", revoked);
}

static bool response_json(const struct ward_ocsp_response *p)
{
	char responder[NAME_SIZE], nonce[2 * WARD_OCSP_NONCE_MAX + 1];
	struct text t = text_make(nonce, sizeof(nonce));
	json_t *answers = json_array();
	struct ward_ocsp_single single;

	text_put_hex(&t, p->ext.nonce);
	for (size_t i = 0; ward_ocsp_response_single(p, i, &single); i++)
		json_array_append_new(answers, single_json(&single));
	return write_document(
		"ocsp_response",
		json_pack("{s:s, s:s, s:o, s:s, s:s, s:o}", "result",
			  ward_ocsp_result_name((int)p->result), "responder",
			  ward_ocsp_response_responder(p, responder, sizeof(responder)),
			  "produced_at", time_json(ward_ocsp_response_produced_at(p)), "signature",
			  ward_ocsp_response_signature_name(p), "nonce", nonce, "answers",
			  answers));
}

static void print_single(const struct term *t, const struct ward_ocsp_single *s)
{
	char serial[SERIAL_SIZE], time[FACTS_TIME];

	term_print(t, "  %s  ", serial_text(&s->revoked, serial));
	term_paint(t, s->status == WARD_OCSP_GOOD ? TERM_GOOD : TERM_BAD, "%s",
		   statuses[s->status]);
	if (s->status == WARD_OCSP_REVOKED)
		term_print(t, " %s, %s", time_text(s->revoked.time, time),
			   ward_revocation_reason_name(s->revoked.reason));
	term_print(t, "\n    as of %s", time_text(s->this_update, time));
	term_print(t, ", next update %s\n", time_text(s->next_update, time));
}

static bool response_text(const struct ward_ocsp_response *p, const struct term *t)
{
	char buf[NAME_SIZE], time[FACTS_TIME];
	struct ward_ocsp_single single;

	term_paint(t, TERM_BOLD, "OCSP response: %s\n", ward_ocsp_result_name((int)p->result));
	if (p->result != WARD_OCSP_SUCCESSFUL)
		return true;
	cert_print_row(t, "Responder", ward_ocsp_response_responder(p, buf, sizeof(buf)));
	cert_print_row(t, "Produced at", time_text(p->produced_at, time));
	cert_print_row(t, "Signature", ward_ocsp_response_signature_name(p));
	for (size_t i = 0; ward_ocsp_response_single(p, i, &single); i++)
		print_single(t, &single);
	return true;
}

/* ---- which of them it is ---- */

/* What does not parse as either may be a certificate that is malformed, and is told of as that. */
static bool show_bytes(struct span bytes, bool json, const struct term *term, bool *written)
{
	struct ward_crl *crl = ward_crl_parse(bytes.data, bytes.len, NULL);
	struct ward_ocsp_response *p = NULL;

	if (crl == NULL && !pem_detect(bytes))
		p = ward_ocsp_response_parse(bytes.data, bytes.len, NULL);
	if (crl != NULL)
		*written = json ? crl_json(crl) : crl_text(crl, term);
	else if (p != NULL)
		*written = json ? response_json(p) : response_text(p, term);
	ward_crl_free(crl);
	ward_ocsp_response_free(p);
	return crl != NULL || p != NULL;
}

bool revocation_show(const char *path, bool json, const struct term *term, int *code)
{
	struct file_bytes bytes;
	bool written = false;
	bool found;

	/* A regular file: standard input and pipes can be read but once. */
	if (!file_read(path, CRL_MAX_LEN, &bytes, NULL))
		return false;
	found = show_bytes(span_make(bytes.data, bytes.len), json, term, &written);
	file_bytes_clear(&bytes);
	if (!found)
		return false;
	*code = written ? EXIT_FINE
			: report_lines("ward cert show", EXIT_NETWORK,
				       "check where it goes to, and the space there",
				       "it cannot be written");
	return true;
}
