/*
 * What a connection did, as one line of JSON.
 */
#include "peer.h"

#include <stdio.h>
#include <string.h>

static void flow_start(struct flow *f)
{
	f->bytes = 0;
	if (f->sha256 == NULL)
		f->sha256 = EVP_MD_CTX_new();
	EVP_DigestInit_ex(f->sha256, EVP_sha256(), NULL);
}

void tally_start(struct tally *t)
{
	struct flow in = t->in, out = t->out;

	*t = (struct tally){ .in = in, .out = out };
	flow_start(&t->in);
	flow_start(&t->out);
}

void tally_clear(struct tally *t)
{
	EVP_MD_CTX_free(t->in.sha256);
	EVP_MD_CTX_free(t->out.sha256);
}

static void print_string(const char *name, const char *text)
{
	printf("\"%s\": \"", name);
	for (; text != NULL && *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar((unsigned char)*text < ' ' ? '?' : *text);
	}
	printf("\", ");
}

static void print_flow(const char *name, struct flow *f)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;

	EVP_DigestFinal_ex(f->sha256, digest, &len);
	printf("\"%s_bytes\": %llu, \"%s\": \"", name, (unsigned long long)f->bytes, name);
	for (unsigned int i = 0; i < len; i++)
		printf("%02x", digest[i]);
	printf("\", ");
}

static void print_binding(const struct ward_conn *c)
{
	char hex[2 * 64 + 1] = "";
	uint8_t binding[64];
	size_t len = 0;

	if (!ward_conn_channel_binding(c, "tls-exporter", binding, &len, NULL))
		len = 0;
	for (size_t i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", binding[i]);
	print_string("binding", hex);
}

static void print_compression(const struct ward_conn *c)
{
	struct ward_cert_compression info = { .algorithm = 0 };

	print_string("compression", ward_conn_cert_compression(c, &info)
					    ? ward_cert_compression_name(info.algorithm)
					    : "");
}

static void print_psk(const struct ward_conn *c)
{
	char name[64] = "";
	size_t len;
	const uint8_t *identity = ward_conn_psk_identity(c, &len);

	if (identity != NULL)
		snprintf(name, sizeof(name), "%.*s", (int)len, (const char *)identity);
	print_string("psk", name);
}

static void print_conn(const struct ward_conn *c)
{
	char subject[256] = "", versions[64];
	const struct ward_error *verdict = ward_conn_verify_error(c);

	print_string("version", ward_conn_version(c));
	print_string("cipher", ward_conn_cipher(c));
	print_string("group", ward_conn_group(c));
	print_string("signature", ward_conn_signature(c));
	print_string("alpn", ward_conn_alpn(c));
	print_psk(c);
	print_string("server_name", ward_conn_server_name(c));
	print_compression(c);
	print_string("offered", ward_conn_offered_versions(c, versions, sizeof(versions)));
	if (ward_conn_peer_cert(c) != NULL)
		ward_cert_subject(ward_conn_peer_cert(c), subject, sizeof(subject));
	print_string("subject", subject);
	print_string("verdict", verdict == NULL ? "" : ward_reason_name(verdict->reason));
	printf("\"retry\": %s, ", ward_conn_used_retry(c) ? "true" : "false");
	print_binding(c);
	printf("\"record_max\": %zu, ", ward_conn_record_max(c));
	printf("\"resumed\": %s, ", ward_conn_resumed(c) ? "true" : "false");
}

void report_print(const struct ward_session *s, struct tally *t, bool ok)
{
	const struct ward_error *failure = ward_session_failure(s);

	printf("{ ");
	if (s != NULL && ward_session_conn(s) != NULL)
		print_conn(ward_session_conn(s));
	print_flow("sent", &t->out);
	print_flow("received", &t->in);
	printf("\"updates_in\": %u, \"updates_out\": %u, ", t->updates_in, t->updates_out);
	printf("\"largest_in\": %zu, \"largest_out\": %zu, ", t->largest_in, t->largest_out);
	print_string("reason", failure == NULL ? "" : ward_reason_name(failure->reason));
	print_string("error", ward_session_error(s));
	print_string("step", t->fault);
	printf("\"alert\": %d, ", failure == NULL ? -1 : failure->received_alert);
	printf("\"padded\": %s, \"ok\": %s }\n", t->padded_wrong ? "false" : "true",
	       ok && failure == NULL ? "true" : "false");
	fflush(stdout);
}
