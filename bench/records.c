/*
 * Processor time for a record of application data: sealing what the application has, and opening
 * it on the other side, by the calls that applications make.
 */
#include <stdio.h>

#include "support/clock.h"
#include "support/stack.h"

static const struct stack *const stacks[] = { &stack_openssl, &stack_ward };
enum { STACKS = sizeof(stacks) / sizeof(stacks[0]) };

/* A sample is as many records as there are about this many bytes on the wire. */
enum { SAMPLE = 1 << 17, OVERHEAD = 22 };

struct best {
	double seal, open;
};

static void measure(struct bench *b, size_t len, struct best *best)
{
	static uint8_t data[1 << 14];
	struct end *from = &b->ends[SIDE_CLIENT], *to = &b->ends[SIDE_SERVER];
	size_t count = SAMPLE / (len + OVERHEAD) + 1;
	double start, between, end;

	to->in->start = to->in->end = 0;
	start = clock_cpu();
	for (size_t i = 0; i < count; i++)
		b->stack->seal(from, data, len);
	between = clock_cpu();
	b->stack->open(to, count * len);
	end = clock_cpu();
	best->seal = best_of(best->seal, (between - start - clock_cost()) / (double)count);
	best->open = best_of(best->open, (end - between - clock_cost()) / (double)count);
}

static void measure_size(const struct pki *pki, size_t len)
{
	struct bench benches[STACKS];
	struct best best[STACKS] = { 0 };
	struct rounds rounds = { 0 };
	double ignored[SIDES];
	char row[64];

	for (int i = 0; i < STACKS; i++) {
		bench_open(&benches[i], stacks[i], pki);
		bench_handshake(&benches[i], ignored);
	}
	while (rounds_next(&rounds))
		for (int i = 0; i < STACKS; i++)
			measure(&benches[i], len, &best[i]);
	snprintf(row, sizeof(row), "record.%zu", len);
	for (int i = 0; i < STACKS; i++) {
		result(row, "seal", stacks[i]->name, best[i].seal);
		result(row, "open", stacks[i]->name, best[i].open);
		bench_hang_up(&benches[i], ignored);
		bench_close(&benches[i]);
	}
}

int main(void)
{
	static const size_t sizes[] = { 100, 1024, 16384 };
	struct pki pki;

	pki_make(&pki, WARD_KEY_P256);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		measure_size(&pki, sizes[i]);
	pki_clear(&pki);
	return 0;
}
