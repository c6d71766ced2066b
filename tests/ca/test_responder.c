/*
 * The OCSP responder (responder.c) and its server (ocsp_server.c): what is answered, who signs and
 * for how long, and that the server starts, answers and stops.
 */
#include "ca/responder.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "ca/ocsp_server.h"
#include "ca/retirement.h"
#include "ca/tests_ca.h"

/* ---- answers ---- */

static struct responder_answer ask_about(struct responder *r, const struct ward_cert *cert,
					 const struct ward_cert *issuer, int64_t now,
					 struct ward_ocsp_request **request)
{
	const uint8_t *der;
	size_t len;

	*request = ward_ocsp_request_make(cert, issuer, WARD_OCSP_SHA1, 16, NULL);
	assert_non_null(*request);
	der = ward_ocsp_request_der(*request, &len);
	return responder_answer(r, der, len, now);
}

/* What a client makes of it; -1: it is refused. */
static int status_of(struct responder *r, struct ward_cert *cert, int64_t now)
{
	struct ward_ocsp_request *request;
	struct responder_answer a = ask_about(r, cert, r->ca->intermediate, now, &request);
	struct ward_ocsp_single single = { 0 };
	struct ward_error err = ERROR_NONE;
	int status = -1;

	assert_non_null(a.response);
	if (ward_ocsp_response_check(a.response, request, cert, r->ca->intermediate, now, &single,
				     &err) ||
	    err.reason == WARD_E_OCSP_REVOKED || err.reason == WARD_E_OCSP_UNKNOWN)
		status = (int)single.status;
	ward_ocsp_response_free(a.response);
	ward_ocsp_request_free(request);
	return status;
}

static enum ward_ocsp_result result_of(const struct responder_answer *a)
{
	return ward_ocsp_response_result(a->response);
}

struct fixture {
	struct ca ca;
	struct responder responder;
	struct ward_cert *cert;
};

static void fixture_make(struct fixture *f, int64_t validity)
{
	struct ward_error err = ERROR_NONE;
	struct ca ca;
	const char *dir = make_ca();

	open_ca(&ca, dir, CA_CHANGE);
	f->cert = issue_for(&ca, "a.test", 10 * DAY, NOW, NULL);
	assert_non_null(f->cert);
	ca_close(&ca);
	open_ca(&f->ca, dir, CA_LOOK);
	if (!responder_init(&f->responder, &f->ca, NULL, validity, NOW, &err))
		fail_error(&err);
}

static void fixture_clear(struct fixture *f)
{
	ward_cert_free(f->cert);
	responder_clear(&f->responder);
	ca_close(&f->ca);
}

/* By another process, so to speak. */
static void revoke_first(const struct fixture *f)
{
	struct ca ca;

	open_ca(&ca, f->ca.dir, CA_CHANGE);
	assert_true(revoke_entry(&ca, 0, NOW, NULL));
	ca_close(&ca);
}

static void test_states(void **state)
{
	struct fixture f;

	(void)state;
	fixture_make(&f, 3600);
	assert_int_equal(status_of(&f.responder, f.cert, NOW), WARD_OCSP_GOOD);
	revoke_first(&f);
	assert_int_equal(status_of(&f.responder, f.cert, NOW), WARD_OCSP_REVOKED);
	fixture_clear(&f);
}

/* One that the CA has signed, and that its index does not know. */
static struct ward_cert *issue_unknown(const struct fixture *f)
{
	char *path = ca_path(&f->ca, CA_INDEX_FILE, NULL);
	struct ward_cert *cert;
	struct ca ca;

	open_ca(&ca, f->ca.dir, CA_CHANGE);
	cert = issue_for(&ca, "b.test", DAY, NOW, NULL);
	assert_int_equal(truncate(path, (off_t)f->ca.index.len), 0);
	ca_close(&ca);
	free(path);
	return cert;
}

static void test_not_issued(void **state)
{
	struct ward_ocsp_request *request;
	struct responder_answer a;
	struct ward_cert *cert;
	struct fixture f;

	(void)state;
	fixture_make(&f, 3600);
	cert = issue_unknown(&f);
	a = ask_about(&f.responder, cert, f.ca.intermediate, NOW, &request);
	assert_int_equal(result_of(&a), WARD_OCSP_SUCCESSFUL);
	assert_true(a.lasts);
	ward_ocsp_response_free(a.response);
	ward_ocsp_request_free(request);
	assert_int_equal(status_of(&f.responder, cert, NOW), WARD_OCSP_UNKNOWN);
	ward_cert_free(cert);
	/* Of the root, whose certificates it does not know. */
	a = ask_about(&f.responder, f.ca.intermediate, f.ca.root, NOW, &request);
	assert_int_equal(result_of(&a), WARD_OCSP_UNAUTHORIZED);
	assert_false(a.lasts);
	ward_ocsp_response_free(a.response);
	ward_ocsp_request_free(request);
	a = responder_answer(&f.responder, "\x30\x00", 2, NOW);
	assert_int_equal(result_of(&a), WARD_OCSP_MALFORMED_REQUEST);
	ward_ocsp_response_free(a.response);
	fixture_clear(&f);
}

/* A request for the same certificate so many times. Gives its length. */
static size_t request_many(const struct ward_cert *cert, const struct ward_cert *issuer,
			   size_t count, uint8_t *out)
{
	struct ward_ocsp_request *one =
		ward_ocsp_request_make(cert, issuer, WARD_OCSP_SHA1, 0, NULL);
	size_t len, size;
	const uint8_t *der = ward_ocsp_request_der(one, &len);

	/* OCSPRequest, TBSRequest and requestList, each with a length of one byte, and a Request. */
	assert_true(len < 0x80 && der[0] == 0x30 && der[2] == 0x30 && der[4] == 0x30);
	size = len - 6;
	for (size_t i = 0; i < 3; i++) {
		size_t left = count * size + 4 * (2 - i);

		out[4 * i] = 0x30;
		out[4 * i + 1] = 0x82;
		out[4 * i + 2] = (uint8_t)(left >> 8);
		out[4 * i + 3] = (uint8_t)left;
	}
	for (size_t i = 0; i < count; i++)
		memcpy(out + 12 + i * size, der + 6, size);
	ward_ocsp_request_free(one);
	return 12 + count * size;
}

/* 128 certificates are answered for, one more is not. */
static void test_many(void **state)
{
	static uint8_t der[20000];
	struct fixture f;

	(void)state;
	fixture_make(&f, 3600);
	for (size_t count = 128; count <= 129; count++) {
		size_t len = request_many(f.cert, f.ca.intermediate, count, der);
		struct responder_answer a = responder_answer(&f.responder, der, len, NOW);

		assert_int_equal(result_of(&a),
				 count == 128 ? WARD_OCSP_SUCCESSFUL : WARD_OCSP_MALFORMED_REQUEST);
		ward_ocsp_response_free(a.response);
	}
	fixture_clear(&f);
}

static void test_trouble(void **state)
{
	struct ward_ocsp_request *request;
	struct responder_answer a;
	struct fixture f;
	char *index, *key, *intermediate;

	(void)state;
	fixture_make(&f, 3600);
	index = ca_path(&f.ca, CA_INDEX_FILE, NULL);
	key = ca_path(&f.ca, CA_INTERMEDIATE_KEY, NULL);
	assert_int_equal(rename(index, path_in(base, "moved")), 0);
	a = ask_about(&f.responder, f.cert, f.ca.intermediate, NOW, &request);
	assert_int_equal(result_of(&a), WARD_OCSP_TRY_LATER);
	assert_int_equal(a.trouble.reason, WARD_E_CA_DAMAGED);
	ward_ocsp_response_free(a.response);
	ward_ocsp_request_free(request);
	assert_int_equal(rename(path_in(base, "moved"), index), 0);
	assert_int_equal(status_of(&f.responder, f.cert, NOW), WARD_OCSP_GOOD);
	intermediate = ca_path(&f.ca, CA_INTERMEDIATE, NULL);
	assert_int_equal(rename(intermediate, path_in(base, "moved")), 0);
	a = ask_about(&f.responder, f.cert, f.ca.intermediate, NOW, &request);
	assert_int_equal(result_of(&a), WARD_OCSP_TRY_LATER);
	assert_int_equal(a.trouble.reason, WARD_E_FILE_READ);
	ward_ocsp_response_free(a.response);
	ward_ocsp_request_free(request);
	assert_int_equal(rename(path_in(base, "moved"), intermediate), 0);
	free(intermediate);
	assert_int_equal(status_of(&f.responder, f.cert, NOW), WARD_OCSP_GOOD);
	/* The key is needed again when the signer's time is up. */
	assert_int_equal(unlink(key), 0);
	assert_int_equal(status_of(&f.responder, f.cert, NOW + DAY / 2), WARD_OCSP_GOOD);
	a = ask_about(&f.responder, f.cert, f.ca.intermediate, NOW + DAY / 2 + 1, &request);
	assert_int_equal(result_of(&a), WARD_OCSP_TRY_LATER);
	assert_int_equal(a.trouble.reason, WARD_E_CA_KEY_AWAY);
	ward_ocsp_response_free(a.response);
	ward_ocsp_request_free(request);
	free(index);
	free(key);
	fixture_clear(&f);
}

/* ---- another intermediate ---- */

/* By another process, so to speak. */
static void renew(const struct fixture *f, bool revoked)
{
	struct ward_crl *crl;
	struct ca ca;

	open_ca(&ca, f->ca.dir, CA_CHANGE);
	if (revoked) {
		crl = ca_retire(&ca, NULL, NULL, WARD_REVOKED_CA_COMPROMISE, NOW, DAY, NULL);
		assert_non_null(crl);
		ward_crl_free(crl);
	} else {
		assert_true(ca_renew(&ca, NULL, NULL, 100 * DAY, NOW, NULL));
	}
	ca_close(&ca);
}

static void test_renewed(void **state)
{
	struct ward_cert *signer, *fresh;
	struct fixture f;
	struct ca ca;

	(void)state;
	fixture_make(&f, 3600);
	signer = ward_cert_ref(f.responder.cert);
	assert_int_equal(status_of(&f.responder, f.cert, NOW), WARD_OCSP_GOOD);
	assert_ptr_equal(f.responder.cert, signer);
	renew(&f, false);
	assert_int_equal(status_of(&f.responder, f.cert, NOW), WARD_OCSP_GOOD);
	assert_ptr_not_equal(f.responder.cert, signer);
	ward_cert_free(signer);
	signer = ward_cert_ref(f.responder.cert);
	responder_reread(&f.responder);
	assert_int_equal(status_of(&f.responder, f.cert, NOW), WARD_OCSP_GOOD);
	assert_ptr_not_equal(f.responder.cert, signer);
	ward_cert_free(signer);
	renew(&f, true);
	assert_int_equal(status_of(&f.responder, f.cert, NOW), -1);
	renew(&f, false);
	assert_int_equal(status_of(&f.responder, f.cert, NOW), -1); /* it is the old one's */
	open_ca(&ca, f.ca.dir, CA_CHANGE);
	fresh = issue_for(&ca, "b.test", DAY, NOW, NULL);
	ca_close(&ca);
	assert_int_equal(status_of(&f.responder, fresh, NOW), WARD_OCSP_GOOD);
	ward_cert_free(fresh);
	fixture_clear(&f);
}

/* The new key is not the one that the passphrase was given for. */
static void test_renewed_other_key(void **state)
{
	struct ward_ocsp_request *request;
	struct responder_answer a;
	struct fixture f;

	(void)state;
	fixture_make(&f, 3600);
	f.responder.ca_key = ca_intermediate_key(&f.ca, NULL, NULL);
	assert_non_null(f.responder.ca_key);
	renew(&f, true);
	renew(&f, false);
	a = ask_about(&f.responder, f.cert, f.ca.intermediate, NOW, &request);
	assert_int_equal(result_of(&a), WARD_OCSP_TRY_LATER);
	assert_int_equal(a.trouble.reason, WARD_E_KEY_MISMATCH);
	ward_ocsp_response_free(a.response);
	ward_ocsp_request_free(request);
	fixture_clear(&f);
}

/* ---- who signs ---- */

static void test_signer(void **state)
{
	struct fixture f;

	(void)state;
	fixture_make(&f, RESPONDER_VALIDITY_MAX);
	for (int64_t now = NOW; now < NOW + 5 * DAY; now += DAY / 4) {
		assert_int_equal(status_of(&f.responder, f.cert, now), WARD_OCSP_GOOD);
		assert_true(ward_cert_not_after(f.responder.cert) >= now + RESPONDER_VALIDITY_MAX);
		assert_true(ward_cert_not_before(f.responder.cert) >= now - DAY);
	}
	/* A clock that is set back needs another one, too. */
	assert_int_equal(status_of(&f.responder, f.cert, NOW), WARD_OCSP_GOOD);
	assert_null(f.responder.ca_key);
	fixture_clear(&f);
}

static void test_validity(void **state)
{
	struct ward_error err = ERROR_NONE;
	struct responder r;
	struct fixture f;

	(void)state;
	fixture_make(&f, 1);
	assert_false(responder_init(&r, &f.ca, NULL, RESPONDER_VALIDITY_MAX + 1, NOW, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
	responder_clear(&r);
	fixture_clear(&f);
}

/* ---- the server ---- */

static pid_t start_server(struct responder *r, unsigned int *port)
{
	int ends[2];
	FILE *out;
	char line[200];
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		const struct ocsp_server_options options = {
			.listen = "127.0.0.1:0",
			.prefix = "/x",
			.out = fdopen(ends[1], "w"),
		};
		struct ward_error err = ERROR_NONE;

		_exit(ocsp_server_run(r, &options, &err) ? 0 : 1);
	}
	close(ends[1]);
	out = fdopen(ends[0], "r");
	assert_non_null(fgets(line, sizeof(line), out));
	fclose(out);
	assert_true(strncmp(line, "Answering at http://127.0.0.1:", 30) == 0);
	*port = (unsigned int)strtoul(line + 30, NULL, 10);
	assert_non_null(strstr(line, "/x\n"));
	return child;
}

static int dial(unsigned int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

/* Until the end. */
static size_t receive(int fd, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while ((n = recv(fd, buf + len, size - len, 0)) > 0)
		len += (size_t)n;
	return len;
}

static void test_server(void **state)
{
	static const char get[] = "GET /x/MAA= HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
	static const char bad[] = "DELETE / HTTP/1.1\r\nHost: a\r\n\r\n";
	struct fixture f;
	unsigned int port;
	char buf[4096];
	pid_t server;
	int fd, status;

	(void)state;
	fixture_make(&f, 3600);
	server = start_server(&f.responder, &port);
	fd = dial(port);
	assert_int_equal(send(fd, get, strlen(get), 0), (int)strlen(get));
	buf[receive(fd, buf, sizeof(buf) - 1)] = '\0';
	close(fd);
	assert_true(strncmp(buf, "HTTP/1.1 200 OK\r\n", 17) == 0);
	fd = dial(port);
	assert_int_equal(send(fd, bad, strlen(bad), 0), (int)strlen(bad));
	buf[receive(fd, buf, sizeof(buf) - 1)] = '\0';
	close(fd);
	assert_true(strncmp(buf, "HTTP/1.1 405 ", 13) == 0);
	/* One that says nothing does not hold it up. */
	fd = dial(port);
	assert_int_equal(kill(server, SIGTERM), 0);
	assert_int_equal(waitpid(server, &status, 0), server);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close(fd);
	fixture_clear(&f);
}

static void test_no_server(void **state)
{
	struct ocsp_server_options options = { .listen = "a:b:c", .prefix = "/" };
	struct ward_error err = ERROR_NONE;
	struct fixture f;

	(void)state;
	fixture_make(&f, 3600);
	assert_false(ocsp_server_run(&f.responder, &options, &err));
	assert_true(error_is_set(&err));
	fixture_clear(&f);
}

int main(void)
{
	struct table t = { 0 };
	int status;

	if (mkdtemp(base) == NULL)
		return 1;
	table_add(&t, "a new intermediate is taken while it runs", test_renewed, NULL);
	table_add(&t, "one with another key, under a passphrase, is not", test_renewed_other_key,
		  NULL);
	table_add(&t, "good, and revoked meanwhile", test_states, NULL);
	table_add(&t, "what it has not issued", test_not_issued, NULL);
	table_add(&t, "many in one request", test_many, NULL);
	table_add(&t, "what cannot be looked up is not good", test_trouble, NULL);
	table_add(&t, "the signer is made anew in time", test_signer, NULL);
	table_add(&t, "responses outlive no signer", test_validity, NULL);
	table_add(&t, "a server starts, answers and stops", test_server, NULL);
	table_add(&t, "a server that cannot listen", test_no_server, NULL);
	status = table_run(&t, "responder");
	return scratch_remove(base) == 0 ? status : 1;
}
