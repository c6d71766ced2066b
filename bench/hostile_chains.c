/*
 * Chains that are made to cost work (tests/support/hostile.c): what ward and OpenSSL's
 * X509_verify_cert answer to the very same certificates, how many signatures they check for it, and
 * the processor time. Parsing is not counted, but the certificates are parsed anew each time, so
 * that nothing is known of them.
 *
 * OpenSSL's part runs in a process of its own that may take some seconds of processor time at most.
 * How many signatures it checks is what its callback says: it is called for each certificate whose
 * signature was checked, and for the root.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/clock.h"
#include "support/credentials.h"
#include "support/hostile.h"
#include "support/stack.h"

/* Behind ours: it has macros where ours are constants of the same names. */
#include <openssl/err.h>
#include <openssl/x509v3.h>

enum {
	ROUNDS = 5,
	OPENSSL_SECONDS = 20,
	SAMPLE_NS = 200 * 1000 * 1000, /* rounds go on no longer than that */
};

struct outcome {
	double accepted;
	double signatures;
	double ns;
};

static const double too_long = -1;

/* The certificates of a chain as bytes, and those that are trusted. */
struct bytes {
	const uint8_t *der;
	size_t len;
};

static struct bytes bytes_of(const struct ward_cert *c)
{
	struct bytes b;

	b.der = ward_cert_der(c, &b.len);
	return b;
}

/* ---- ward ---- */

static double ward_once(const struct scene *s, struct outcome *o)
{
	struct ward_verify_params params = { .time = TEST_NOW, .host = "server.example" };
	static struct ward_cert *parsed[SCENE_CERTS];
	struct ward_verdict verdict = { .failed_cert = -1 };
	struct ward_error err = { 0 };
	double start;

	for (size_t i = 0; i < s->count; i++) {
		struct bytes b = bytes_of(s->presented[i]);

		parsed[i] = ward_cert_parse(b.der, b.len, &err);
		must_err(parsed[i] != NULL, &err);
	}
	start = clock_cpu();
	o->accepted = ward_verify(s->trust, parsed, s->count, &params, &verdict, &err);
	o->ns = clock_cpu() - start;
	o->signatures = verdict.signatures_checked;
	ward_verdict_clear(&verdict);
	for (size_t i = 0; i < s->count; i++)
		ward_cert_free(parsed[i]);
	return o->ns;
}

/* ---- OpenSSL ---- */

static unsigned int passed, failed;

static int count_signatures(int ok, X509_STORE_CTX *ctx)
{
	if (ok == 1)
		passed++;
	else if (X509_STORE_CTX_get_error(ctx) == X509_V_ERR_CERT_SIGNATURE_FAILURE)
		failed++;
	return ok;
}

static X509 *openssl_cert(const struct ward_cert *c)
{
	struct bytes b = bytes_of(c);
	X509 *x = d2i_X509(NULL, &b.der, (long)b.len);

	must(x != NULL, "d2i_X509");
	return x;
}

static void set_params(X509_STORE_CTX *ctx, bool policies)
{
	X509_VERIFY_PARAM *p = X509_STORE_CTX_get0_param(ctx);

	X509_VERIFY_PARAM_set_time(p, (time_t)TEST_NOW);
	must(X509_VERIFY_PARAM_set1_host(p, "server.example", 0) == 1 &&
		     X509_VERIFY_PARAM_set_purpose(p, X509_PURPOSE_SSL_SERVER) == 1,
	     "X509_VERIFY_PARAM");
	if (policies)
		X509_VERIFY_PARAM_set_flags(p, X509_V_FLAG_POLICY_CHECK);
}

static double openssl_once(const struct hostile *h, const struct scene *s, struct outcome *o)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_STORE *store = X509_STORE_new();
	STACK_OF(X509) *others = sk_X509_new_null();
	X509 *leaf = openssl_cert(s->presented[0]);
	double start;

	must(ctx != NULL && store != NULL && others != NULL, "memory");
	for (size_t i = 1; i < s->count; i++)
		must(sk_X509_push(others, openssl_cert(s->presented[i])) > 0, "memory");
	for (size_t i = 0; i < s->trusted_count; i++) {
		X509 *root = openssl_cert(s->trusted[i]);

		must(X509_STORE_add_cert(store, root) == 1, "X509_STORE_add_cert");
		X509_free(root);
	}
	must(X509_STORE_CTX_init(ctx, store, leaf, others) == 1, "X509_STORE_CTX_init");
	set_params(ctx, h->policies);
	X509_STORE_CTX_set_verify_cb(ctx, count_signatures);
	passed = failed = 0;
	start = clock_cpu();
	o->accepted = X509_verify_cert(ctx) == 1;
	o->ns = clock_cpu() - start;
	o->signatures = (passed > 0 ? passed - 1 : 0) + failed;
	ERR_clear_error();
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	sk_X509_pop_free(others, X509_free);
	X509_free(leaf);
	return o->ns;
}

static struct outcome openssl_best(const struct hostile *h, const struct scene *s)
{
	struct outcome o = { 0 };
	double best = 0, total = 0;

	for (int i = 0; i < ROUNDS && total < SAMPLE_NS; i++) {
		total += openssl_once(h, s, &o);
		best = best_of(best, o.ns);
	}
	o.ns = best;
	return o;
}

/* In a child, which the kernel ends when its time is up. */
static struct outcome openssl_bounded(const struct hostile *h, const struct scene *s)
{
	struct rlimit limit = { OPENSSL_SECONDS, OPENSSL_SECONDS };
	struct outcome o = { .ns = too_long };
	int ends[2], status;
	pid_t child;

	must(pipe(ends) == 0, "pipe");
	fflush(stdout);
	child = fork();
	must(child >= 0, "fork");
	if (child == 0) {
		must(setrlimit(RLIMIT_CPU, &limit) == 0, "setrlimit");
		o = openssl_best(h, s);
		_exit(write(ends[1], &o, sizeof(o)) == sizeof(o) ? 0 : 1);
	}
	close(ends[1]);
	if (read(ends[0], &o, sizeof(o)) != sizeof(o))
		o = (struct outcome){ .ns = too_long };
	close(ends[0]);
	must(waitpid(child, &status, 0) == child, "waitpid");
	must(o.ns != too_long || (WIFSIGNALED(status) &&
				  (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL)),
	     "OpenSSL");
	return o;
}

/* ---- both ---- */

static void print(const struct hostile *h, const char *stack, const struct outcome *o)
{
	char row[128];

	snprintf(row, sizeof(row), "hostile.%s", h->name);
	result(row, "accepted", stack, o->accepted);
	result(row, "signatures", stack, o->signatures);
	result(row, "time", stack, o->ns);
}

static void measure(const struct hostile *h)
{
	static struct scene s;
	struct outcome ward = { 0 }, openssl;
	double best = 0, total = 0;

	scene_open(&s);
	h->make(&s);
	openssl = openssl_bounded(h, &s);
	for (int i = 0; i < ROUNDS && total < SAMPLE_NS; i++) {
		total += ward_once(&s, &ward);
		best = best_of(best, ward.ns);
	}
	ward.ns = best;
	must((ward.accepted != 0) == (h->reason == WARD_E_NONE), h->name);
	print(h, "ward", &ward);
	print(h, "OpenSSL", &openssl);
	scene_close(&s);
}

int main(void)
{
	for (const struct hostile *h = hostile_chains; h->name != NULL; h++)
		measure(h);
	forge_cleanup();
	return 0;
}
