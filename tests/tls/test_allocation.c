/*
 * No memory: each allocation in turn fails, while configs are made and while two engines shake
 * hands, exchange data and close. Nothing crashes, nothing leaks (the sanitizers look on), and
 * whoever was refused says why.
 *
 * malloc and its family are wrapped by the linker in ward's own objects (see CMakeLists.txt).
 */
#include <ward/mutual.h>
#include <ward/raw_key.h>

#include "support/pair.h"
#include "support/table.h"
#include "tls/conn.h"

#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *p, size_t size);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *p, size_t size);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);

/* Counts down to the allocation that fails; negative: none does. */
static long countdown = -1;
static bool failed_one;

static bool fails(void)
{
	if (countdown < 0 || countdown-- > 0)
		return false;
	failed_one = true;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return fails() ? NULL : __real_realloc(p, size);
}

char *__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

char *__wrap_strndup(const char *s, size_t n)
{
	return fails() ? NULL : __real_strndup(s, n);
}

static void fail_nth(long n)
{
	failed_one = false;
	countdown = n;
}

/* Whether one failed since fail_nth. */
static bool stop_failing(void)
{
	countdown = -1;
	return failed_one;
}

/* ---- making configs ---- */

static bool make_client(struct ward_config **config, struct ward_error *err)
{
	static const char *const protocols[] = { "h2", "http/1.1", NULL };
	const struct credential *c = credential_client(WARD_KEY_P256);

	*config = ward_config_new(err);
	return *config != NULL && ward_config_set_trust(*config, test_trust(), err) &&
	       ward_config_set_alpn(*config, protocols, err) &&
	       ward_config_add_identity(*config, &c->chain, c->key, err);
}

static bool make_server(struct ward_config **config, struct ward_error *err)
{
	static const char *const protocols[] = { "http/1.1", NULL };
	const struct credential *c = credential_server(WARD_KEY_P256);

	*config = ward_config_new_server(err);
	return *config != NULL && ward_config_set_trust(*config, test_trust(), err) &&
	       ward_config_set_alpn(*config, protocols, err) &&
	       ward_config_set_verify(*config, WARD_VERIFY_REQUIRED, err) &&
	       ward_config_add_identity(*config, &c->chain, c->key, err);
}

static bool make_raw(struct ward_config **config, struct ward_error *err)
{
	struct ward_key *key = credential_server(WARD_KEY_P256)->key;

	*config = ward_config_new_server(err);
	return *config != NULL && ward_config_add_raw_key(*config, key, err);
}

static bool make_pem(struct ward_config **config, struct ward_error *err)
{
	static char *chain, *key;

	if (chain == NULL) {
		chain = ward_cert_pem(credential_server(WARD_KEY_P256)->chain.certs[0]);
		key = ward_key_pem(credential_server(WARD_KEY_P256)->key, err);
	}
	*config = ward_config_new_server(err);
	return *config != NULL &&
	       ward_config_add_identity_pem(*config, chain, strlen(chain), key, strlen(key), err);
}

struct maker {
	const char *name;
	bool (*make)(struct ward_config **config, struct ward_error *err);
};

static const struct maker makers[] = {
	{ "a client's config", make_client },
	{ "a server's config", make_server },
	{ "a server's config from PEM", make_pem },
	{ "a server's config with a raw public key", make_raw },
};

static void test_config(void **state)
{
	const struct maker *m = *state;
	struct ward_config *config = NULL;
	struct ward_error err = { 0 };
	bool failed = true;
	long n;

	(void)test_trust();
	(void)credential_server(WARD_KEY_P256);
	(void)credential_client(WARD_KEY_P256);
	assert_true(m->make(&config, &err)); /* what is prepared once is there from now on */
	ward_config_free(config);
	for (n = 0; failed; n++) {
		bool made;

		config = NULL;
		err = (struct ward_error){ 0 };
		fail_nth(n);
		made = m->make(&config, &err);
		failed = stop_failing();
		assert_int_equal(made, !failed);
		if (failed)
			assert_int_equal(err.reason, WARD_E_NO_MEMORY);
		ward_config_free(config);
	}
	print_message("%ld allocations\n", n - 1);
	assert_true(n > 3);
}

/* ---- a connection ---- */

/* Where it has not been shown yet, the client's certificate is asked for. */
static bool asked(struct pair *p)
{
	struct ward_conn *server = p->server.conn;

	if (conn_post(server) == NULL || ward_conn_peer_cert(server) != NULL)
		return true;
	return ward_conn_request_certificate(server, &p->server.err) && pair_pump(p) &&
	       ward_conn_peer_cert(server) != NULL;
}

static bool talk(struct pair *p)
{
	static const uint8_t data[20000];

	return pair_handshake(p) && asked(p) && pair_send(p, true, data, sizeof(data)) &&
	       (strcmp(ward_conn_version(p->client.conn), "TLSv1.3") != 0 ||
		ward_conn_update_keys(p->client.conn, true, &p->client.err)) &&
	       pair_send(p, false, data, sizeof(data));
}

static bool end_says_no_memory(const struct pipe_end *e)
{
	const struct ward_error *told = e->conn == NULL ? &e->err : ward_conn_error(e->conn);

	return told != NULL && told->reason == WARD_E_NO_MEMORY;
}

static bool says_no_memory(const struct pair *p)
{
	return end_says_no_memory(&p->client) || end_says_no_memory(&p->server);
}

static bool pin_12(struct ward_config *client, struct ward_config *server, struct ward_error *err)
{
	(void)server;
	return ward_config_set_versions(client, WARD_TLS_1_2, WARD_TLS_1_2, err);
}

static bool retry(struct ward_config *client, struct ward_config *server, struct ward_error *err)
{
	static const uint16_t p256[] = { 0x0017 };

	return ward_config_set_groups(server, p256, 1, err) &&
	       ward_config_set_cookie(server, true, err) &&
	       ward_config_set_key_shares(client, 1, err);
}

static bool hybrid(struct ward_config *client, struct ward_config *server, struct ward_error *err)
{
	static const uint16_t x25519mlkem768[] = { 0x11ec };

	(void)server;
	return ward_config_set_groups(client, x25519mlkem768, 1, err);
}

static bool pre_shared(struct ward_config *client, struct ward_config *server,
		       struct ward_error *err)
{
	static const uint8_t key[32] = { 1, 2, 3 };

	return ward_config_set_verify(server, WARD_VERIFY_NONE, err) &&
	       ward_config_add_psk(client, "both", 4, key, sizeof(key), WARD_PSK_SHA256, err) &&
	       ward_config_add_psk(server, "both", 4, key, sizeof(key), WARD_PSK_SHA256, err);
}

static bool post_auth(struct ward_config *client, struct ward_config *server,
		      struct ward_error *err)
{
	return ward_config_set_post_handshake_auth(client, true, err) &&
	       ward_config_set_post_handshake_auth(server, true, err);
}

static bool raw_keys_12(struct ward_config *client, struct ward_config *server,
			struct ward_error *err)
{
	return pin_12(client, server, err) && test_raw_keys(client, server, err);
}

/* What is set on both configs of make_client and make_server, before anything fails. */
struct kind {
	const char *name;
	bool (*set)(struct ward_config *client, struct ward_config *server, struct ward_error *err);
};

static const struct kind kinds[] = {
	{ "TLS 1.3, mutual: each allocation in turn", NULL },
	{ "TLS 1.3 with a retry and a cookie: each allocation in turn", retry },
	{ "TLS 1.3 with ML-KEM: each allocation in turn", hybrid },
	{ "TLS 1.3 with a pre-shared key: each allocation in turn", pre_shared },
	{ "TLS 1.3, asked after the handshake: each allocation in turn", post_auth },
	{ "TLS 1.2, mutual: each allocation in turn", pin_12 },
	{ "TLS 1.3 with raw public keys: each allocation in turn", test_raw_keys },
	{ "TLS 1.2 with raw public keys: each allocation in turn", raw_keys_12 },
};

static void test_connection(void **state)
{
	const struct kind *kind = *state;
	struct ward_config *client, *server;
	struct ward_error err = { 0 };
	bool failed = true;
	long n;

	for (n = 0; failed; n++) {
		struct pair *p;
		bool done = false;

		assert_true(make_client(&client, &err) && make_server(&server, &err));
		assert_true(kind->set == NULL || kind->set(client, server, &err));
		p = calloc(1, sizeof(*p));
		assert_non_null(p);
		p->client.chunk = p->server.chunk = 700; /* messages that come in parts */
		fail_nth(n);
		p->client.conn = ward_conn_new(client, "server.example", TEST_NOW, &p->client.err);
		if (p->client.conn != NULL)
			p->server.conn = ward_conn_new(server, NULL, TEST_NOW, &p->server.err);
		if (p->server.conn != NULL)
			done = talk(p);
		failed = stop_failing();
		assert_int_equal(done, !failed);
		if (failed)
			assert_true(says_no_memory(p));
		pair_free(p);
		ward_config_free(client);
		ward_config_free(server);
	}
	print_message("%ld allocations\n", n - 1);
	assert_true(n > 10);
}

/* ---- a connection that stands on another ---- */

struct resumed {
	struct ward_config *client, *server;
	struct ward_ticket *ticket;
};

static void keep_ticket(void *arg, struct ward_conn *conn, struct ward_ticket *ticket)
{
	struct ward_ticket **kept = arg;

	(void)conn;
	if (*kept == NULL)
		*kept = ward_ticket_ref(ticket);
}

static void prepare(struct resumed *r)
{
	struct ward_error err = { 0 };
	struct pair *p;

	r->ticket = NULL;
	assert_true(make_client(&r->client, &err) && make_server(&r->server, &err));
	assert_true(ward_config_set_ticket_callback(r->client, keep_ticket, &r->ticket, &err));
	p = pair_new(r->client, r->server, NULL);
	assert_true(pair_handshake(p));
	assert_non_null(r->ticket);
	pair_free(p);
}

static bool resume_with(struct pair *p, const struct resumed *r)
{
	const struct ward_conn_options options = { .service = "service", .ticket = r->ticket };

	p->client.conn =
		ward_conn_new_with(r->client, "server.example", TEST_NOW, &options, &p->client.err);
	if (p->client.conn != NULL)
		p->server.conn = ward_conn_new(r->server, NULL, TEST_NOW, &p->server.err);
	return p->server.conn != NULL && talk(p) && ward_conn_resumed(p->client.conn);
}

static void test_resumed(void **state)
{
	bool failed = true;
	long n;

	(void)state;
	for (n = 0; failed; n++) {
		struct pair *p = calloc(1, sizeof(*p));
		struct resumed r;
		bool done;

		assert_non_null(p);
		prepare(&r);
		p->client.chunk = p->server.chunk = 700;
		fail_nth(n);
		done = resume_with(p, &r);
		failed = stop_failing();
		assert_int_equal(done, !failed);
		if (failed)
			assert_true(says_no_memory(p));
		pair_free(p);
		ward_ticket_free(r.ticket);
		ward_config_free(r.client);
		ward_config_free(r.server);
	}
	print_message("%ld allocations\n", n - 1);
	assert_true(n > 10);
}

int main(void)
{
	static struct table t;
	int failed;

	TABLE_ADD(&t, makers, test_config);
	TABLE_ADD(&t, kinds, test_connection);
	table_add(&t, "a resumed connection, each allocation in turn", test_resumed, NULL);
	failed = table_run(&t, "allocation");
	credentials_cleanup();
	return failed;
}
