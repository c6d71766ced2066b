/*
 * Processor time that each side spends on a full handshake, from making its connection to freeing
 * it.
 */
#include <stdio.h>

#include "support/clock.h"
#include "support/stack.h"

/* Handshakes that make one sample. */
enum { BATCH = 8 };

static const struct stack *const stacks[] = { &stack_openssl, &stack_ward };
enum { STACKS = sizeof(stacks) / sizeof(stacks[0]) };

struct best {
	double ns[SIDES];
	double again; /* a client that has seen the chain before */
};

static void measure_handshake(struct bench *b, const struct pki *pki, struct best *best)
{
	double ns[SIDES] = { 0 }, again[SIDES] = { 0 };

	for (int i = 0; i < BATCH; i++) {
		bench_forget(b, pki);
		bench_handshake(b, ns);
		bench_hang_up(b, ns);
		bench_handshake(b, again);
		bench_hang_up(b, again);
	}
	for (int side = 0; side < SIDES; side++)
		best->ns[side] = best_of(best->ns[side], ns[side] / BATCH);
	best->again = best_of(best->again, again[SIDE_CLIENT] / BATCH);
}

static void measure_kind(enum ward_key_kind kind, const char *name)
{
	struct bench benches[STACKS];
	struct best best[STACKS] = { 0 };
	struct rounds rounds = { 0 };
	struct pki pki;
	char row[64];

	pki_make(&pki, kind);
	for (int i = 0; i < STACKS; i++)
		bench_open(&benches[i], stacks[i], &pki);
	while (rounds_next(&rounds))
		for (int i = 0; i < STACKS; i++)
			measure_handshake(&benches[i], &pki, &best[i]);
	for (int i = 0; i < STACKS; i++) {
		snprintf(row, sizeof(row), "handshake.%s", name);
		result(row, "server", stacks[i]->name, best[i].ns[SIDE_SERVER]);
		result(row, "client", stacks[i]->name, best[i].ns[SIDE_CLIENT]);
		snprintf(row, sizeof(row), "again.%s", name);
		result(row, "client", stacks[i]->name, best[i].again);
		bench_close(&benches[i]);
	}
	pki_clear(&pki);
}

/* The full handshake alone, with a hybrid group, by the stacks that have it. */
static void measure_hybrid(void)
{
	struct bench benches[STACKS];
	struct best best[STACKS] = { 0 };
	struct rounds rounds = { 0 };
	struct pki pki;

	bench_hybrid = true;
	pki_make(&pki, WARD_KEY_P256);
	for (int i = 0; i < STACKS; i++)
		if (stacks[i]->has_hybrid())
			bench_open(&benches[i], stacks[i], &pki);
	while (rounds_next(&rounds))
		for (int i = 0; i < STACKS; i++)
			if (stacks[i]->has_hybrid())
				measure_handshake(&benches[i], &pki, &best[i]);
	for (int i = 0; i < STACKS; i++) {
		if (!stacks[i]->has_hybrid())
			continue;
		result("handshake.hybrid", "server", stacks[i]->name, best[i].ns[SIDE_SERVER]);
		result("handshake.hybrid", "client", stacks[i]->name, best[i].ns[SIDE_CLIENT]);
		bench_close(&benches[i]);
	}
	pki_clear(&pki);
}

int main(void)
{
	measure_kind(WARD_KEY_P256, "p256");
	measure_kind(WARD_KEY_RSA_2048, "rsa2048");
	measure_hybrid();
	return 0;
}
