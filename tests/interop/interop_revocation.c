/*
 * CRLs and OCSP messages of ward's making, for tests with other implementations.
 *
 *	interop_revocation crl CA.pem CA-KEY.pem NUMBER [CERT.pem...]    the list, in PEM
 *	interop_revocation request CERT.pem CA.pem sha1|sha256           the request
 *	interop_revocation respond REQUEST CA.pem SIGNER.pem KEY.pem STATUS   the response
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <ward/revocation.h>

enum { FILE_MAX = 1 << 20, CERTS_MAX = 16, HOUR = 3600 };

static _Noreturn void die(const char *what, const struct ward_error *err)
{
	char text[512];

	fprintf(stderr, "interop_revocation: %s: %s\n", what,
		err == NULL ? "failed" : ward_error_text(err, text, sizeof(text)));
	exit(2);
}

static const char *read_file(const char *path, size_t *len)
{
	static char bytes[FILE_MAX];
	FILE *f = fopen(path, "re");

	if (f == NULL)
		die(path, NULL);
	*len = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	return bytes;
}

static struct ward_cert *read_cert(const char *path)
{
	struct ward_error err = { 0 };
	struct ward_chain chain;
	struct ward_cert *cert;
	size_t len;
	const char *bytes = read_file(path, &len);

	if (!ward_chain_parse(bytes, len, &chain, &err))
		die(path, &err);
	cert = ward_cert_ref(chain.certs[0]);
	ward_chain_clear(&chain);
	return cert;
}

static struct ward_key *read_key(const char *path)
{
	struct ward_error err = { 0 };
	size_t len;
	const char *bytes = read_file(path, &len);
	struct ward_key *key = ward_key_parse(bytes, len, &err);

	if (key == NULL)
		die(path, &err);
	return key;
}

static void write_out(const void *bytes, size_t len)
{
	if (fwrite(bytes, 1, len, stdout) != len || fflush(stdout) != 0)
		die("standard output", NULL);
}

/* The serial number of a certificate, by way of a request for it. */
static struct ward_ocsp_request *ask(const struct ward_cert *cert, const struct ward_cert *ca,
				     enum ward_ocsp_hash hash, size_t nonce_len)
{
	struct ward_error err = { 0 };
	struct ward_ocsp_request *q = ward_ocsp_request_make(cert, ca, hash, nonce_len, &err);

	if (q == NULL)
		die("making a request", &err);
	return q;
}

static void make_crl(int argc, char **argv)
{
	struct ward_ocsp_request *requests[CERTS_MAX];
	struct ward_revoked revoked[CERTS_MAX];
	int64_t now = time(NULL);
	struct ward_crl_spec spec = { .revoked = revoked,
				      .this_update = now - HOUR,
				      .next_update = now + HOUR,
				      .number = strtoull(argv[4], NULL, 10) };
	struct ward_cert *ca = read_cert(argv[2]);
	struct ward_key *key = read_key(argv[3]);
	struct ward_error err = { 0 };
	struct ward_crl *crl;
	char *pem;

	for (int i = 5; i < argc && spec.revoked_count < CERTS_MAX; i++) {
		struct ward_revoked *r = &revoked[spec.revoked_count];
		struct ward_cert *cert = read_cert(argv[i]);

		requests[spec.revoked_count] = ask(cert, ca, WARD_OCSP_SHA1, 0);
		*r = (struct ward_revoked){ .time = now - HOUR,
					    .reason = WARD_REVOKED_KEY_COMPROMISE,
					    .invalid = now - 2 * HOUR };
		r->serial =
			ward_ocsp_request_serial(requests[spec.revoked_count++], 0, &r->serial_len);
		ward_cert_free(cert);
	}
	crl = ward_crl_make(&spec, ca, key, &err);
	if (crl == NULL)
		die("making a list", &err);
	pem = ward_crl_pem(crl);
	write_out(pem, strlen(pem));
	free(pem);
	while (spec.revoked_count > 0)
		ward_ocsp_request_free(requests[--spec.revoked_count]);
	ward_crl_free(crl);
	ward_key_free(key);
	ward_cert_free(ca);
}

static void make_request(char **argv)
{
	struct ward_cert *cert = read_cert(argv[2]);
	struct ward_cert *ca = read_cert(argv[3]);
	struct ward_ocsp_request *q =
		ask(cert, ca, strcmp(argv[4], "sha1") == 0 ? WARD_OCSP_SHA1 : WARD_OCSP_SHA256, 32);
	size_t len;
	const uint8_t *der = ward_ocsp_request_der(q, &len);

	write_out(der, len);
	ward_ocsp_request_free(q);
	ward_cert_free(cert);
	ward_cert_free(ca);
}

static void respond(char **argv)
{
	struct ward_error err = { 0 };
	size_t len;
	const char *bytes = read_file(argv[2], &len);
	struct ward_ocsp_request *q = ward_ocsp_request_parse(bytes, len, &err);
	struct ward_cert *ca = read_cert(argv[3]);
	struct ward_cert *signer = read_cert(argv[4]);
	struct ward_key *key = read_key(argv[5]);
	int64_t now = time(NULL);
	struct ward_ocsp_single single = {
		.status = strcmp(argv[6], "good") == 0      ? WARD_OCSP_GOOD
			  : strcmp(argv[6], "revoked") == 0 ? WARD_OCSP_REVOKED
							    : WARD_OCSP_UNKNOWN,
		.revoked = { .time = now - HOUR, .reason = WARD_REVOKED_SUPERSEDED },
		.this_update = now - HOUR,
		.next_update = now + HOUR,
	};
	struct ward_ocsp_response *p;
	const uint8_t *der;

	if (q == NULL || !ward_ocsp_request_is_for(q, 0, ca))
		die(argv[2], q == NULL ? &err : NULL);
	p = ward_ocsp_response_make(q, &single, 1, now, ca, signer, key, &err);
	if (p == NULL)
		die("making a response", &err);
	der = ward_ocsp_response_der(p, &len);
	write_out(der, len);
	ward_ocsp_response_free(p);
	ward_ocsp_request_free(q);
	ward_key_free(key);
	ward_cert_free(signer);
	ward_cert_free(ca);
}

int main(int argc, char **argv)
{
	if (argc >= 5 && strcmp(argv[1], "crl") == 0)
		make_crl(argc, argv);
	else if (argc == 5 && strcmp(argv[1], "request") == 0)
		make_request(argv);
	else if (argc == 7 && strcmp(argv[1], "respond") == 0)
		respond(argv);
	else
		die("usage", NULL);
	return 0;
}
