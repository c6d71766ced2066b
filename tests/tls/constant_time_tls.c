/*
 * Are branches or addresses made from secrets, in what the engine does with them? Run under valgrind,
 * as tests/crypto/constant_time.c is, by the same script.
 *
 * Two engines shake hands, resume and exchange data, in TLS 1.3 and 1.2, with each suite. What a key
 * exchange or a pre-shared key brings, and every key of records and tickets, is marked undefined where
 * it comes in, so that all that is derived from it is; what goes to the peer, and what the peer sent,
 * is marked defined where it passes the AEAD. Signatures and curves are libcrypto's, and not tried
 * here.
 *
 *	constant_time_tls         memcheck must find nothing
 *	constant_time_tls leak    one branch on a traffic secret; memcheck must find it
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "support/pair.h"
#include "tls/conn.h"

#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

enum { SKIPPED = 77 };

static bool leaks;

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "failed: %s\n", what);
	exit(EXIT_FAILURE);
}

/* ---- where secrets come in ---- */

bool __real_kex_finish(struct kex *k, struct span peer_share, struct secret *shared,
		       struct ward_error *err);
bool __wrap_kex_finish(struct kex *k, struct span peer_share, struct secret *shared,
		       struct ward_error *err);
bool __real_kex_accept(uint16_t group, struct span peer_share, uint8_t *share,
		       struct secret *shared, struct ward_error *err);
bool __wrap_kex_accept(uint16_t group, struct span peer_share, uint8_t *share,
		       struct secret *shared, struct ward_error *err);
struct aead *__real_aead_new(enum aead_alg alg, const uint8_t *key, struct ward_error *err);
struct aead *__wrap_aead_new(enum aead_alg alg, const uint8_t *key, struct ward_error *err);
void __real_schedule_start(struct key_schedule *ks, enum digest_alg alg, struct span psk);
void __wrap_schedule_start(struct key_schedule *ks, enum digest_alg alg, struct span psk);

bool __wrap_kex_finish(struct kex *k, struct span peer_share, struct secret *shared,
		       struct ward_error *err)
{
	bool ok = __real_kex_finish(k, peer_share, shared, err);

	ct_poison(shared->data, shared->len);
	if (leaks && shared->data[0] > 7)
		printf("a branch on a secret\n");
	return ok;
}

bool __wrap_kex_accept(uint16_t group, struct span peer_share, uint8_t *share,
		       struct secret *shared, struct ward_error *err)
{
	bool ok = __real_kex_accept(group, peer_share, share, shared, err);

	ct_poison(shared->data, shared->len);
	return ok;
}

struct aead *__wrap_aead_new(enum aead_alg alg, const uint8_t *key, struct ward_error *err)
{
	ct_poison(key, aead_key_len(alg));
	return __real_aead_new(alg, key, err);
}

void __wrap_schedule_start(struct key_schedule *ks, enum digest_alg alg, struct span psk)
{
	ct_poison(psk.data, psk.len);
	__real_schedule_start(ks, alg, psk);
}

/* ---- where they go out, and come from the peer ---- */

bool __real_aead_seal(struct aead *a, const uint8_t nonce[AEAD_NONCE_LEN], struct span aad,
		      struct span in, struct span tail, uint8_t *out, struct ward_error *err);
bool __wrap_aead_seal(struct aead *a, const uint8_t nonce[AEAD_NONCE_LEN], struct span aad,
		      struct span in, struct span tail, uint8_t *out, struct ward_error *err);
bool __real_aead_open(struct aead *a, const uint8_t nonce[AEAD_NONCE_LEN], struct span aad,
		      uint8_t *buf, size_t len, struct ward_error *err);
bool __wrap_aead_open(struct aead *a, const uint8_t nonce[AEAD_NONCE_LEN], struct span aad,
		      uint8_t *buf, size_t len, struct ward_error *err);

bool __wrap_aead_seal(struct aead *a, const uint8_t nonce[AEAD_NONCE_LEN], struct span aad,
		      struct span in, struct span tail, uint8_t *out, struct ward_error *err)
{
	bool ok = __real_aead_seal(a, nonce, aad, in, tail, out, err);

	ct_unpoison(out, in.len + tail.len + AEAD_TAG_LEN);
	return ok;
}

bool __wrap_aead_open(struct aead *a, const uint8_t nonce[AEAD_NONCE_LEN], struct span aad,
		      uint8_t *buf, size_t len, struct ward_error *err)
{
	bool ok = __real_aead_open(a, nonce, aad, buf, len, err);

	ct_unpoison(buf, len);
	return ok;
}

/* ---- connections ---- */

static struct ward_error ignored;

static void keep_ticket(void *arg, struct ward_conn *conn, struct ward_ticket *ticket)
{
	struct ward_ticket **kept = arg;

	(void)conn;
	if (*kept == NULL)
		*kept = ward_ticket_ref(ticket);
}

static void use(struct pair *p)
{
	must(pair_handshake(p), "a handshake");
	must(pair_send(p, true, "a question", 10) && pair_send(p, false, "an answer", 9), "data");
	if (strcmp(ward_conn_version(p->client.conn), "TLSv1.3") == 0)
		must(ward_conn_update_keys(p->client.conn, true, &ignored) &&
			     pair_send(p, true, "under new keys", 14),
		     "new keys");
	ward_conn_close(p->client.conn);
	ward_conn_close(p->server.conn);
	must(pair_pump(p), "an end");
}

/* The suite also says who seals: AES-GCM is our own kernel's, ChaCha20-Poly1305 libcrypto's. */
static const struct try_row {
	int version;
	uint16_t group, suite;
} tries[] = {
	{ WARD_TLS_1_3, GROUP_X25519, 0x1301 },         /* TLS_AES_128_GCM_SHA256 */
	{ WARD_TLS_1_3, GROUP_X25519MLKEM768, 0x1302 }, /* TLS_AES_256_GCM_SHA384 */
	{ WARD_TLS_1_3, GROUP_X25519, 0x1303 },         /* TLS_CHACHA20_POLY1305_SHA256 */
	{ WARD_TLS_1_2, GROUP_X25519, 0xc02b }, /* TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 */
	{ WARD_TLS_1_2, GROUP_X25519, 0xc02c }, /* TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 */
	{ WARD_TLS_1_2, GROUP_X25519, 0xcca9 }, /* TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 */
};

static void try_suite(const struct try_row *row)
{
	/* The second is the curve of the certificate. */
	const uint16_t groups[] = { row->group, GROUP_SECP256R1 };
	struct ward_config *client = test_client_config(), *server = test_server_config();
	struct ward_conn_options options = { .service = "service" };
	struct ward_ticket *ticket = NULL;
	struct pair *p;

	must(ward_config_set_versions(client, row->version, row->version, &ignored) &&
		     ward_config_set_groups(client, groups, 2, &ignored) &&
		     ward_config_set_suites(client, &row->suite, 1, &ignored) &&
		     ward_config_set_ticket_callback(client, keep_ticket, &ticket, &ignored),
	     "a config");
	p = pair_new_at(client, server, NULL, TEST_NOW, &options);
	use(p);
	printf("%s, %s, %s\n", ward_conn_version(p->client.conn), kex_group_name(row->group),
	       ward_conn_cipher(p->client.conn));
	pair_free(p);
	must(ticket != NULL, "a ticket");
	options.ticket = ticket;
	p = pair_new_at(client, server, NULL, TEST_NOW, &options);
	use(p);
	must(ward_conn_resumed(p->client.conn), "a resumed connection");
	pair_free(p);
	ward_ticket_free(ticket);
	ward_config_free(client);
	ward_config_free(server);
}

int main(int argc, char **argv)
{
	if (!RUNNING_ON_VALGRIND) {
		printf("skipped: this is not valgrind, or was built without its header\n");
		return SKIPPED;
	}
	leaks = argc > 1 && strcmp(argv[1], "leak") == 0;
	for (size_t i = 0; i < (leaks ? 1 : sizeof(tries) / sizeof(tries[0])); i++)
		try_suite(&tries[i]);
	credentials_cleanup();
	return EXIT_SUCCESS;
}
