/*
 * The facts of a connection for people. Whatever stands in a certificate comes escaped out of
 * <ward/x509.h>.
 */
#include "cli/facts.h"

#include <string.h>

#include "cli/report.h"
#include "x509/raw_key.h"

static void row(const struct term *t, const char *name, const char *value)
{
	if (value != NULL)
		term_print(t, "%-13s%s\n", name, value);
}

/* "TLS 1.3" of "TLSv1.3" */
static void print_version(const struct facts *f, const struct term *t)
{
	if (f->version != NULL && strncmp(f->version, "TLSv", 4) == 0)
		term_print(t, "%-13sTLS %s%s\n", "Version", f->version + 4,
			   f->retry ? " (after a HelloRetryRequest)" : "");
	else
		row(t, "Version", f->version);
}

/* What was not taken has been sent behind the handshake. */
static void print_early(const struct facts *f, const struct term *t)
{
	if (!f->early || !f->connected)
		return;
	if (f->early_accepted == 0)
		row(t, "Early data", "none was taken");
	else
		term_print(t, "%-13s%zu of %zu bytes were taken\n", "Early data", f->early_accepted,
			   f->early_len);
}

static void print_verdict(const struct facts *f, const struct term *t)
{
	char cause[512];

	if (f->verdict == FACTS_NOT_JUDGED)
		return;
	term_print(t, "%-13s", "Verdict");
	if (f->verdict == FACTS_TRUSTED) {
		term_paint(t, TERM_GOOD, "trusted");
		if (f->raw_key)
			term_print(t, ": the raw public key is one that is pinned\n");
		else
			term_print(t, ": the chain is good, and for %s\n", f->server_name);
		return;
	}
	term_paint(t, TERM_BAD, f->verdict == FACTS_INSECURE ? "INSECURE" : "REFUSED");
	term_print(t, ": %s%s\n", report_cause(f->failure, cause, sizeof(cause)),
		   f->verdict == FACTS_INSECURE ? "; accepted because of --insecure" : "");
}

/* Neither a response nor timestamps are owed, so nothing is told where there are none. */
static void print_beside(const struct facts *f, const struct term *t)
{
	char first[FACTS_TIME], last[FACTS_TIME];
	struct facts_ocsp o;
	struct facts_sct sct;
	size_t count = 0;

	if (facts_ocsp(f, &o)) {
		term_print(t, "%-13s", "OCSP");
		term_paint(t, strcmp(o.status, "good") == 0 ? TERM_GOOD : TERM_BAD, "%s", o.status);
		term_print(t, " as of %s", facts_time(o.this_update, first));
		if (o.next_update != WARD_NO_TIME)
			term_print(t, ", until %s", facts_time(o.next_update, last));
		term_print(t, " (stapled)\n");
	}
	if (f->compression.algorithm != 0)
		term_print(t, "%-13s%s: %zu bytes instead of %zu\n", "Compressed",
			   ward_cert_compression_name(f->compression.algorithm),
			   f->compression.compressed, f->compression.uncompressed);
	while (facts_sct(f, count, &sct))
		count++;
	if (count > 0)
		term_print(t, "%-13s%zu of transparency logs, not checked\n", "Timestamps", count);
}

/* ---- certificates ---- */

static void print_names(const struct ward_cert *c, const struct term *t)
{
	enum { SHOWN = 8 };
	size_t count = ward_cert_san_count(c);
	char name[300];
	size_t at = 0;

	if (count == 0)
		return;
	term_print(t, "    %-10s", "names");
	for (size_t i = 0; i < count && i < SHOWN; i++) {
		(void)ward_cert_san_next(c, &at, name, sizeof(name));
		term_print(t, "%s%s", i == 0 ? "" : ", ", name);
	}
	if (count > SHOWN)
		term_print(t, " and %zu more", count - SHOWN);
	term_print(t, "\n");
}

static void print_validity(const struct facts *f, const struct ward_cert *c, const struct term *t)
{
	int64_t from = ward_cert_not_before(c), to = ward_cert_not_after(c);
	bool good = from <= f->now && f->now <= to;
	char first[FACTS_TIME], last[FACTS_TIME], expiry[64];

	term_print(t, "    %-10s%.10s to %.10s, ", "valid", facts_time(from, first),
		   facts_time(to, last));
	term_paint(t, good ? TERM_PLAIN : TERM_BAD, "%s",
		   facts_expiry(f->now, from, to, expiry, sizeof(expiry)));
	term_print(t, "\n");
}

static void print_cert(const struct facts *f, size_t i, const struct term *t)
{
	const struct ward_cert *c = f->chain->certs[i];
	char subject[400], issuer[400];

	(void)ward_cert_subject(c, subject, sizeof(subject));
	(void)ward_cert_issuer(c, issuer, sizeof(issuer));
	term_print(t, " %zu  ", i);
	term_paint(t, TERM_BOLD, "%s", subject[0] == '\0' ? "(no subject)" : subject);
	term_print(t, "\n");
	print_names(c, t);
	term_print(t, "    %-10s%s\n", "issuer", ward_cert_is_self_issued(c) ? "itself" : issuer);
	term_print(t, "    %-10s%s", "key", ward_cert_key_type(c));
	if (strcmp(ward_cert_key_type(c), "RSA") == 0)
		term_print(t, " %u bits", ward_cert_key_bits(c));
	term_print(t, ", signed with %s\n", ward_cert_signature_name(c));
	print_validity(f, c, t);
}

/* A key that came without a certificate: all there is to know of the server. */
static void print_raw_key(const struct facts *f, const struct term *t)
{
	char pin[PIN_TEXT_LEN];

	if (!f->raw_key)
		return;
	term_print(t, "\nRaw public key that the server sent:\n");
	term_print(t, "    %-10s%s", "key", f->key_type);
	if (strcmp(f->key_type, "RSA") == 0)
		term_print(t, " %u bits", f->key_bits);
	term_print(t, "\n    %-10s%s\n", "pin", pin_text(f->pin.sha256, pin));
}

static void print_chain(const struct facts *f, const struct term *t)
{
	if (f->chain == NULL || f->chain->count == 0)
		return;
	term_print(t, "\nCertificates that the server sent:\n");
	for (size_t i = 0; i < f->chain->count; i++)
		print_cert(f, i, t);
}

void facts_print(const struct facts *f, const struct term *t)
{
	char host[300];

	term_print(t, f->connected ? "Connected to " : "No session with ");
	term_paint(t, TERM_BOLD, "%s", target_text(f->target, host, sizeof(host)));
	term_print(t, " (%s)\n\n", f->address);
	print_version(f, t);
	row(t, "Cipher", f->cipher);
	row(t, "Group", f->group);
	row(t, "Signature", f->signature);
	row(t, "ALPN", f->connected && f->alpn == NULL ? "none" : f->alpn);
	if (f->resumed || f->asked_resume)
		row(t, "Resumed", f->resumed ? "yes" : "no");
	print_early(f, t);
	print_verdict(f, t);
	print_beside(f, t);
	print_chain(f, t);
	print_raw_key(f, t);
}
