/*
 * A config that is replaced again and again while threads make connections with it: none fails, and
 * each sees one of the certificates whole.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "support/configs.h"
#include "support/table.h"

enum { THREADS = 4, CONNECTIONS = 60, CERTIFICATES = 2 };

struct shared {
	struct configs configs;
	struct credential certificates[CERTIFICATES];
	atomic_uint running, failed, seen[CERTIFICATES];
};

static void note_certificate(struct shared *sh, struct ward_cert *leaf)
{
	for (int i = 0; i < CERTIFICATES; i++) {
		uint8_t seen[32], mine[32];

		ward_cert_fingerprint(leaf, seen);
		ward_cert_fingerprint(sh->certificates[i].chain.certs[0], mine);
		if (span_equal(SPAN_ARRAY(seen), SPAN_ARRAY(mine)))
			atomic_fetch_add(&sh->seen[i], 1);
	}
}

static void *connect_again(void *arg)
{
	struct shared *sh = arg;

	for (int i = 0; i < CONNECTIONS; i++) {
		struct pair *p = pair_of(&sh->configs);

		if (pair_handshake(p) && pair_send(p, true, "x", 1) && pair_send(p, false, "y", 1))
			note_certificate(sh, ward_conn_peer_cert(p->client.conn));
		else
			atomic_fetch_add(&sh->failed, 1);
		pair_free(p);
	}
	atomic_fetch_sub(&sh->running, 1);
	return NULL;
}

static void replace(struct shared *sh, unsigned int turn)
{
	struct ward_config *fresh = ward_config_new_server(NULL);

	assert_non_null(fresh);
	config_add(fresh, &sh->certificates[turn % CERTIFICATES]);
	allow(ward_config_replace(sh->configs.server, fresh, NULL));
	ward_config_free(fresh);
}

static void test_replace(void **state)
{
	static const char *const names[] = { "server.example", NULL };
	static struct shared sh;
	pthread_t threads[THREADS];
	unsigned int turns = 0, seen = 0;

	(void)state;
	for (int i = 0; i < CERTIFICATES; i++)
		credential_make(&sh.certificates[i], WARD_KEY_P256, WARD_PROFILE_SERVER, names);
	sh.configs.client = test_client_config();
	sh.configs.server = ward_config_new_server(NULL);
	config_add(sh.configs.server, &sh.certificates[0]);
	atomic_store(&sh.running, THREADS);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, connect_again, &sh), 0);
	while (atomic_load(&sh.running) > 0)
		replace(&sh, ++turns);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < CERTIFICATES; i++) {
		assert_int_not_equal(atomic_load(&sh.seen[i]), 0);
		seen += atomic_load(&sh.seen[i]);
		credential_clear(&sh.certificates[i]);
	}
	assert_int_equal(atomic_load(&sh.failed), 0);
	assert_int_equal(seen, THREADS * CONNECTIONS);
	assert_true(turns > CERTIFICATES);
	configs_free(&sh.configs);
}

int main(void)
{
	static struct table t;
	int failed;

	table_add(&t, "a config replaced under load", test_replace, NULL);
	failed = table_run(&t, "replacing");
	credentials_cleanup();
	return failed;
}
