/*
 * The facts of a connection as JSON: one document with a schema version. What is not known is null;
 * times are RFC 3339, UTC. Members may be added in later versions, none changes its meaning.
 */
#include "cli/facts_json.h"

#include <string.h>

#include "cli/facts.h"
#include "cli/report.h"

enum { SCHEMA = 1 };

/* Null for NULL, and for what is no UTF-8 (jansson refuses it). */
static json_t *text(const char *s)
{
	json_t *j = s == NULL ? NULL : json_string(s);

	return j == NULL ? json_null() : j;
}

static json_t *time_text(int64_t seconds)
{
	char buf[FACTS_TIME];

	return text(facts_time(seconds, buf));
}

static json_t *hex(const uint8_t hash[32])
{
	char buf[65];

	for (size_t i = 0; i < 32; i++)
		snprintf(buf + 2 * i, 3, "%02x", hash[i]);
	return text(buf);
}

static json_t *names(const struct ward_cert *c)
{
	static const char *const kinds[] = {
		[WARD_SAN_OTHER] = "other", [WARD_SAN_EMAIL] = "email",
		[WARD_SAN_DNS] = "dns",     [WARD_SAN_DIRECTORY] = "directory",
		[WARD_SAN_URI] = "uri",     [WARD_SAN_IP] = "ip",
	};
	json_t *list = json_array();
	char name[1024];
	size_t at = 0;
	int kind;

	while ((kind = ward_cert_san_next(c, &at, name, sizeof(name))) >= 0)
		json_array_append_new(
			list, json_pack("{s:s, s:o}", "type", kinds[kind], "value", text(name)));
	return list;
}

static json_t *fingerprint(const struct ward_cert *c,
			   void (*make)(const struct ward_cert *c, uint8_t out[32]))
{
	uint8_t hash[32];

	make(c, hash);
	return hex(hash);
}

json_t *facts_cert_json(const struct ward_cert *c, int64_t now)
{
	char subject[1024], issuer[1024], common[512], serial[128];

	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:b, s:b, s:{s:s, s:i}, s:s, s:o, s:o}",
		"subject", text(ward_cert_subject(c, subject, sizeof(subject))), "issuer",
		text(ward_cert_issuer(c, issuer, sizeof(issuer))), "common_name",
		text(ward_cert_common_name(c, common, sizeof(common))), "serial",
		text(ward_cert_serial(c, serial, sizeof(serial))), "not_before",
		time_text(ward_cert_not_before(c)), "not_after", time_text(ward_cert_not_after(c)),
		"days_left", (json_int_t)facts_days(now, ward_cert_not_after(c)), "names", names(c),
		"ca", (int)ward_cert_is_ca(c), "self_issued", (int)ward_cert_is_self_issued(c),
		"key", "type", ward_cert_key_type(c), "bits", (int)ward_cert_key_bits(c),
		"signature_algorithm", ward_cert_signature_name(c), "sha256",
		fingerprint(c, ward_cert_fingerprint), "spki_sha256",
		fingerprint(c, ward_cert_spki_hash));
}

static json_t *chain(const struct facts *f)
{
	json_t *list = json_array();

	for (size_t i = 0; f->chain != NULL && i < f->chain->count; i++)
		json_array_append_new(list, facts_cert_json(f->chain->certs[i], f->now));
	return list;
}

/* What the server has shown: "x509", "raw_public_key", or null. */
static json_t *certificate_type(const struct facts *f)
{
	if (f->raw_key)
		return json_string("raw_public_key");
	return f->chain != NULL && f->chain->count > 0 ? json_string("x509") : json_null();
}

static json_t *raw_key(const struct facts *f)
{
	if (!f->raw_key)
		return json_null();
	return json_pack("{s:{s:s, s:i}, s:o}", "key", "type", f->key_type, "bits",
			 (int)f->key_bits, "spki_sha256", hex(f->pin.sha256));
}

static json_t *failure(const struct ward_error *err)
{
	char cause[512];
	int alert;

	if (err == NULL)
		return json_null();
	alert = err->received_alert >= 0 ? err->received_alert : ward_reason_alert(err->reason);
	return json_pack("{s:s, s:o, s:s, s:o}", "reason", ward_reason_name(err->reason), "cause",
			 text(report_cause(err, cause, sizeof(cause))), "remedy",
			 report_remedy(err), "alert",
			 text(alert == WARD_NO_ALERT ? NULL : ward_alert_name(alert)));
}

static json_t *ocsp(const struct facts *f)
{
	struct facts_ocsp o;

	if (!facts_ocsp(f, &o))
		return json_null();
	return json_pack("{s:s, s:o, s:o, s:o}", "status", o.status, "this_update",
			 time_text(o.this_update), "next_update",
			 o.next_update == WARD_NO_TIME ? json_null() : time_text(o.next_update),
			 "responder", text(o.responder));
}

static json_t *compression(const struct facts *f)
{
	if (f->compression.algorithm == 0)
		return json_null();
	return json_pack("{s:s, s:I, s:I}", "algorithm",
			 ward_cert_compression_name(f->compression.algorithm), "bytes",
			 (json_int_t)f->compression.compressed, "uncompressed_bytes",
			 (json_int_t)f->compression.uncompressed);
}

static json_t *timestamps(const struct facts *f)
{
	json_t *list = json_array();
	struct facts_sct sct;

	for (size_t i = 0; facts_sct(f, i, &sct); i++)
		json_array_append_new(list, json_pack("{s:o, s:o}", "log", hex(sct.log), "time",
						      time_text(sct.time)));
	return list;
}

/* The chain was judged: true or false; else null. */
static json_t *verified(const struct facts *f)
{
	if (f->verdict == FACTS_NOT_JUDGED)
		return json_null();
	return json_boolean(f->verdict == FACTS_TRUSTED);
}

static json_t *early_data(const struct facts *f)
{
	if (!f->early)
		return json_null();
	return json_pack("{s:I, s:I}", "bytes", (json_int_t)f->early_len, "accepted",
			 (json_int_t)f->early_accepted);
}

static json_t *document(const struct facts *f)
{
	return json_pack(
		"{s:i, s:o, s:i, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:i}",
		"schema", SCHEMA, "host", text(f->target->host), "port", f->target->port_number,
		"address", text(f->address[0] == '\0' ? NULL : f->address), "server_name",
		text(f->server_name), "connected", (int)f->connected, "version", text(f->version),
		"cipher", text(f->cipher), "group", text(f->group), "signature_scheme",
		text(f->signature), "alpn", text(f->alpn), "hello_retry_request", (int)f->retry,
		"resumed", (int)f->resumed, "early_data", early_data(f), "verified", verified(f),
		"insecure", (int)(f->verdict == FACTS_INSECURE), "certificate_type",
		certificate_type(f), "chain", chain(f), "raw_public_key", raw_key(f), "ocsp",
		ocsp(f), "scts", timestamps(f), "compression", compression(f), "error",
		failure(f->failure), "exit_status", facts_exit_code(f));
}

bool facts_json(const struct facts *f, FILE *out)
{
	json_t *j = document(f);
	bool ok = j != NULL && json_dumpf(j, out, JSON_INDENT(2)) == 0 && fputc('\n', out) != EOF;

	json_decref(j);
	return ok;
}
