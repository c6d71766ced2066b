/*
 * The search for a path beside one that knows no shortcuts: certificates thrown together at random,
 * of CAs that share names and keys, sign each other and themselves, are expired, forged, exclude the
 * leaf or limit what is below them. Where there is a path at all, it is found; where there is none,
 * nothing is accepted. What is remembered on the way (signatures, certificates that lead nowhere)
 * must not change that.
 */
#include <stdlib.h>

#include "support/credentials.h"
#include "support/scene.h"
#include "support/table.h"
#include "x509/path.h"

enum {
	NAMES = 3,
	KEYS = 2,
	FIRST_KEY = 1, /* that of the leaf is 0 */
	CERTS_MAX = 14,
	TRUSTED_MAX = 2,
	GRAPHS = 150,
	SERIES = 4,
};

/* A certificate as the simple search sees it. */
struct node {
	unsigned int subject, key, issuer, issuer_key;
	bool forged, expired, excludes, trusted;
	int path_length; /* -1: none */
};

static struct graph {
	struct node nodes[CERTS_MAX + TRUSTED_MAX];
	size_t count;
	size_t path[CERTS_MAX + TRUSTED_MAX];
	size_t len;
} graph;

static uint64_t random_state;

static unsigned int pick(unsigned int below)
{
	random_state = random_state * 6364136223846793005U + 1442695040888963407U;
	return (unsigned int)(random_state >> 33) % below;
}

static bool chance(unsigned int percent)
{
	return pick(100) < percent;
}

/* ---- the simple search ---- */

static bool is_self_issued(const struct node *n)
{
	return n->subject == n->issuer;
}

static bool is_used(const struct node *n)
{
	for (size_t i = 0; i < graph.len; i++) {
		const struct node *used = &graph.nodes[graph.path[i]];

		if (used->subject == n->subject && used->key == n->key)
			return true;
	}
	return false;
}

static bool has_signed(const struct node *issuer, const struct node *n)
{
	return issuer->subject == n->issuer && issuer->key == n->issuer_key && !n->forged;
}

static bool may_stand_here(const struct node *n)
{
	int below = 0;

	for (size_t i = 1; i < graph.len; i++)
		below += !is_self_issued(&graph.nodes[graph.path[i]]);
	return !n->expired && !n->excludes && (n->path_length < 0 || below <= n->path_length) &&
	       (n->trusted || is_self_issued(n) || below < PATH_INTERMEDIATES);
}

/* Node 0 is the leaf. */
static bool search(void)
{
	const struct node *top = &graph.nodes[graph.path[graph.len - 1]];
	bool found = false;

	for (size_t i = 1; i < graph.count && !found; i++) {
		const struct node *n = &graph.nodes[i];

		if (!has_signed(n, top) || is_used(n) || !may_stand_here(n))
			continue;
		graph.path[graph.len++] = i;
		found = n->trusted || search();
		graph.len--;
	}
	return found;
}

/* ---- a graph, and the certificates of it ---- */

static struct node make_node(bool trusted)
{
	struct node n = { .subject = pick(NAMES),
			  .key = FIRST_KEY + pick(KEYS),
			  .issuer = pick(NAMES),
			  .issuer_key = FIRST_KEY + pick(KEYS),
			  .forged = chance(15),
			  .expired = chance(5),
			  .excludes = chance(10),
			  .trusted = trusted,
			  .path_length = chance(30) ? (int)pick(3) : -1 };

	if (trusted) {
		n.issuer = n.subject;
		n.issuer_key = n.key;
	}
	return n;
}

static void make_graph(void)
{
	size_t trusted = 1 + pick(TRUSTED_MAX);

	graph.count = 1 + CERTS_MAX / 2 + pick(CERTS_MAX / 2);
	graph.nodes[0] = (struct node){ .subject = NAMES,
					.issuer = pick(NAMES),
					.issuer_key = FIRST_KEY + pick(KEYS),
					.path_length = -1 };
	for (size_t i = 1; i < graph.count; i++)
		graph.nodes[i] = make_node(i <= trusted);
	graph.path[0] = 0;
	graph.len = 1;
}

static struct ward_cert *make_cert(const struct node *n, bool hints)
{
	static const char *const names[] = { "A", "B", "C", "server.example" };
	struct forge_spec spec = { .ca = n->subject < NAMES,
				   .path_length = n->path_length + 1,
				   .not_after = n->expired ? -1 : 0,
				   .excluded = n->excludes ? "server.example" : NULL,
				   .spoil_signature = n->forged,
				   .no_subject_key_id = !hints,
				   .no_authority_key_id = !hints };

	return scene_issue(names[n->subject], n->key, names[n->issuer], n->issuer_key, spec);
}

/* With key identifiers the order in which issuers are tried is another, the answer is not. */
static void set_scene(struct scene *s, bool hints)
{
	scene_open(s);
	for (size_t i = 0; i < graph.count; i++) {
		struct ward_cert *cert = make_cert(&graph.nodes[i], hints);

		if (graph.nodes[i].trusted)
			scene_trust(s, cert);
		else
			scene_present(s, cert);
	}
}

static void compare(uint64_t seed, bool hints, size_t *good, size_t *limits)
{
	struct ward_verify_params params = { .time = TEST_NOW, .host = "server.example" };
	static struct scene scene;
	struct path p;
	bool expected, found;

	random_state = seed;
	make_graph();
	expected = search();
	set_scene(&scene, hints);
	path_start(&p, scene.trust, scene.presented, scene.count, &params, NULL);
	found = path_find(&p);
	if (!found && expected && p.fault.err.reason == WARD_E_CERT_LIMIT)
		++*limits;
	else if (found != expected)
		fail_msg("graph %llu: %s: %s", (unsigned long long)seed,
			 ward_reason_name(p.fault.err.reason), p.fault.err.detail);
	*good += found;
	scene_close(&scene);
}

static const struct row {
	const char *name;
	uint64_t seed;
	bool hints;
} rows[SERIES] = {
	{ "certificates that say which key is meant", 1, true },
	{ "the same, others", 1000001, true },
	{ "certificates that leave it open which key is meant", 2000001, false },
	{ "the same, others, too", 3000001, false },
};

static void test_row(void **state)
{
	const struct row *row = *state;
	size_t good = 0, limits = 0;

	for (uint64_t i = 0; i < GRAPHS; i++)
		compare(row->seed + i, row->hints, &good, &limits);
	assert_int_equal(limits, 0);
	/* Neither answer is rare, else the graphs would show nothing. */
	assert_in_range(good, GRAPHS / 10, GRAPHS * 9 / 10);
}

int main(void)
{
	static struct table t;
	int status;

	if (!crypto_init(NULL))
		return 1;
	TABLE_ADD(&t, rows, test_row);
	status = table_run(&t, "search");
	forge_cleanup();
	return status;
}
