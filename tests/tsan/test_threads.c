/*
 * Configs shared by threads without a lock of the caller's: one for servers, with identities chosen
 * by name, and two for clients, of which one loads its roots at the first connection, whichever
 * thread makes it. All of them verify, log keys to one file, and tell their events.
 *
 * Each thread has connections of its own. What ThreadSanitizer sees is the point; the counts at the
 * end show that all of it took place.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "support/loopback.h"
#include "support/table.h"

enum { THREADS = 8, CONNECTIONS = 12, MESSAGE = 20000, DAY = 86400 };

struct shared {
	struct ward_config *server, *client, *system_client;
	pthread_barrier_t start;
	atomic_uint connected, failed, verified, updates;
};

struct worker {
	pthread_t thread;
	struct shared *shared;
	unsigned int number;
	unsigned int talked, refused; /* connections that ended as they should */
	char fault[512];
};

/* ---- configs ---- */

static void see(void *arg, struct ward_conn *conn, const struct ward_event *event)
{
	struct shared *sh = arg;

	(void)conn;
	if (event->kind == WARD_EVENT_CONNECTED)
		atomic_fetch_add(&sh->connected, 1);
	else if (event->kind == WARD_EVENT_FAILED)
		atomic_fetch_add(&sh->failed, 1);
	else if (event->kind == WARD_EVENT_VERIFIED)
		atomic_fetch_add(&sh->verified, 1);
	else if (event->kind == WARD_EVENT_MESSAGE && !event->outgoing && event->type == 24)
		atomic_fetch_add(&sh->updates, 1);
}

static void add_identity(struct ward_config *config, enum ward_key_kind kind,
			 enum ward_profile profile, const char *name)
{
	const char *names[] = { name, NULL };
	int64_t now = time(NULL);
	struct credential c;

	credential_make_at(&c, kind, profile, names, now - DAY, now + DAY);
	assert_true(ward_config_add_identity(config, &c.chain, c.key, NULL));
	credential_clear(&c);
}

static void watch(struct ward_config *config, struct shared *sh, const char *keylog)
{
	assert_non_null(config);
	assert_true(ward_config_set_events(config, see, sh, true, NULL));
	assert_true(ward_config_set_keylog_file(config, keylog, NULL));
}

static void make_configs(struct shared *sh, const char *keylog)
{
	sh->server = ward_config_new_server(NULL);
	watch(sh->server, sh, keylog);
	add_identity(sh->server, WARD_KEY_P256, WARD_PROFILE_SERVER, "a.example");
	add_identity(sh->server, WARD_KEY_RSA_2048, WARD_PROFILE_SERVER, "b.example");
	add_identity(sh->server, WARD_KEY_ED25519, WARD_PROFILE_SERVER, "c.example");
	assert_true(ward_config_set_trust(sh->server, test_trust(), NULL));
	assert_true(ward_config_set_verify(sh->server, WARD_VERIFY_OPTIONAL, NULL));
	sh->client = loop_client_config();
	watch(sh->client, sh, keylog);
	add_identity(sh->client, WARD_KEY_P384, WARD_PROFILE_CLIENT, "client.example");
	sh->system_client = ward_config_new(NULL);
	watch(sh->system_client, sh, keylog);
}

/* ---- one connection ---- */

static void fault(struct worker *w, const struct ward_session *s, const char *what)
{
	if (w->fault[0] == '\0')
		snprintf(w->fault, sizeof(w->fault), "thread %u, %s: %s", w->number, what,
			 ward_session_error(s));
}

static bool there_and_back(struct ward_session *s, uint64_t seed)
{
	uint8_t sent[MESSAGE], got[MESSAGE];
	size_t n = 0;

	loop_fill(sent, sizeof(sent), seed);
	if (!ward_write(s, sent, sizeof(sent)))
		return false;
	while (n < sizeof(got)) {
		ssize_t part = ward_read(s, got + n, sizeof(got) - n);

		if (part <= 0)
			return false;
		n += (size_t)part;
	}
	return memcmp(sent, got, sizeof(sent)) == 0;
}

static void talk(struct worker *w, struct ward_session *s, unsigned int i)
{
	uint8_t end[1];

	if (!there_and_back(s, i) || !ward_conn_update_keys(ward_session_conn(s), true, NULL) ||
	    !there_and_back(s, i + 1) || !ward_shutdown(s) || ward_read(s, end, 1) != 0)
		fault(w, s, "talking");
	else
		w->talked++;
}

static void be_refused(struct worker *w, struct ward_session *s)
{
	const struct ward_error *failure = ward_session_failure(s);

	if (failure == NULL || failure->reason != WARD_E_CERT_NAME_MISMATCH)
		fault(w, s, "a wrong name");
	else
		w->refused++;
}

static void connect_once(struct worker *w, unsigned int i)
{
	static const char *const names[] = { "a.example", "b.example", "c.example", "d.example" };
	const char *name = names[(i + w->number) % 4];
	bool by_system = (i + w->number / 4) % 2 == 0;
	struct ward_config *config =
		ward_config_ref(by_system ? w->shared->system_client : w->shared->client);
	struct loop_peer peer = { .config = w->shared->server, .run = loop_echo };
	struct ward_session *s;
	int fds[2];

	loop_pair(fds);
	peer.fd = fds[1];
	loop_peer_start(&peer);
	s = ward_wrap(config, fds[0], name, true);
	ward_config_free(config);
	if (name[0] == 'd')
		be_refused(w, s);
	else
		talk(w, s, i);
	ward_session_free(s);
	loop_peer_join(&peer);
	if (name[0] != 'd' && peer.failure.reason != WARD_E_NONE)
		fault(w, NULL, ward_reason_name(peer.failure.reason));
}

static void *work(void *arg)
{
	struct worker *w = arg;

	pthread_barrier_wait(&w->shared->start);
	for (unsigned int i = 0; i < CONNECTIONS && w->fault[0] == '\0'; i++)
		connect_once(w, i);
	return NULL;
}

/* ---- what came of it ---- */

/* Lines are whole though many threads wrote them, each with its label and two values in hex. */
static unsigned int count_hellos(const char *keylog)
{
	FILE *file = fopen(keylog, "r");
	char line[512], label[64], random[80], secret[160];
	unsigned int hellos = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		char *rest = line, *at;

		at = strsep(&rest, " ");
		snprintf(label, sizeof(label), "%s", at);
		at = strsep(&rest, " ");
		assert_non_null(rest);
		snprintf(random, sizeof(random), "%s", at);
		snprintf(secret, sizeof(secret), "%.*s", (int)strcspn(rest, "\n"), rest);
		assert_int_equal(strspn(random, "0123456789abcdef"), 64);
		assert_int_equal(strlen(random), 64);
		assert_int_equal(strspn(secret, "0123456789abcdef"), strlen(secret));
		assert_true(strlen(secret) == 64 || strlen(secret) == 96);
		hellos += strcmp(label, "CLIENT_HANDSHAKE_TRAFFIC_SECRET") == 0;
	}
	fclose(file);
	return hellos;
}

/* The roots of the client that has none of its own. */
static void write_roots(const char *path)
{
	char *pem = ward_cert_pem(test_ca_cert());
	FILE *file = fopen(path, "w");

	assert_non_null(pem);
	assert_non_null(file);
	assert_true(fputs(pem, file) >= 0);
	assert_int_equal(fclose(file), 0);
	free(pem);
	assert_int_equal(setenv("SSL_CERT_FILE", path, 1), 0);
}

static void run_workers(struct shared *sh, struct worker workers[THREADS])
{
	assert_int_equal(pthread_barrier_init(&sh->start, NULL, THREADS), 0);
	for (unsigned int i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .shared = sh, .number = i };
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
	}
	for (unsigned int i = 0; i < THREADS; i++)
		pthread_join(workers[i].thread, NULL);
	pthread_barrier_destroy(&sh->start);
}

static void test_shared_configs(void **state)
{
	char folder[] = "/tmp/ward-threads-XXXXXX", keylog[64], roots[64];
	struct worker workers[THREADS];
	struct shared sh = { .connected = 0 };
	unsigned int talked = 0, refused = 0;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(keylog, sizeof(keylog), "%s/keys", folder);
	snprintf(roots, sizeof(roots), "%s/roots.pem", folder);
	write_roots(roots);
	make_configs(&sh, keylog);
	run_workers(&sh, workers);
	for (unsigned int i = 0; i < THREADS; i++) {
		assert_string_equal(workers[i].fault, "");
		talked += workers[i].talked;
		refused += workers[i].refused;
	}
	assert_int_equal(talked, THREADS * CONNECTIONS * 3 / 4);
	assert_int_equal(refused, THREADS * CONNECTIONS / 4);
	assert_int_equal(atomic_load(&sh.connected), 2 * talked);
	assert_int_equal(atomic_load(&sh.failed), 2 * refused);
	/* Each client judges a chain; the server does where the client has a certificate. */
	assert_in_range(atomic_load(&sh.verified), talked + refused + 1, 2 * talked + refused);
	assert_int_equal(atomic_load(&sh.updates), 2 * talked);
	assert_int_equal(count_hellos(keylog), 2 * (talked + refused));
	ward_config_free(sh.server);
	ward_config_free(sh.client);
	ward_config_free(sh.system_client);
	unlink(keylog);
	unlink(roots);
	rmdir(folder);
}

int main(void)
{
	static struct table t;
	int failed;

	table_add(&t, "threads share configs and nothing else", test_shared_configs, NULL);
	failed = table_run(&t, "threads");
	credentials_cleanup();
	return failed;
}
