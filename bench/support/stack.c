/* Drives two ends of a stack. See stack.h. */
#include "support/stack.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/clock.h"

bool bench_hybrid;
void (*bench_enter)(enum side side);
void (*bench_leave)(enum side side);

void bench_open(struct bench *b, const struct stack *stack, const struct pki *pki)
{
	*b = (struct bench){ .stack = stack };
	for (int side = 0; side < SIDES; side++) {
		b->contexts[side] = stack->context_new(pki, (enum side)side);
		b->wires[side] = calloc(1, sizeof(*b->wires[side]));
		must(b->wires[side] != NULL, "memory");
	}
	for (int side = 0; side < SIDES; side++)
		b->ends[side] = (struct end){ .stack = stack,
					      .side = (enum side)side,
					      .now = pki->now,
					      .in = b->wires[side],
					      .out = b->wires[1 - side] };
}

void bench_forget(struct bench *b, const struct pki *pki)
{
	if (!b->stack->remembers)
		return;
	b->stack->context_free(b->contexts[SIDE_CLIENT]);
	b->contexts[SIDE_CLIENT] = b->stack->context_new(pki, SIDE_CLIENT);
}

void bench_close(struct bench *b)
{
	for (int side = 0; side < SIDES; side++) {
		b->stack->context_free(b->contexts[side]);
		free(b->wires[side]);
	}
}

static double begin(enum side side)
{
	if (bench_enter != NULL)
		bench_enter(side);
	return clock_cpu();
}

static double finish(enum side side, double start)
{
	double spent = clock_cpu() - start - clock_cost();

	if (bench_leave != NULL)
		bench_leave(side);
	return spent;
}

static bool shake(struct end *e, double *ns)
{
	double start = begin(e->side);
	bool done = e->stack->shake(e);

	*ns += finish(e->side, start);
	if (e->in->start == e->in->end)
		e->in->start = e->in->end = 0;
	return done;
}

void bench_handshake(struct bench *b, double ns[SIDES])
{
	bool done[SIDES] = { false, false };

	for (int side = SIDES - 1; side >= 0; side--) {
		struct end *e = &b->ends[side];
		double start;

		e->in->start = e->in->end = 0;
		start = begin(e->side);
		b->stack->conn_new(e, b->contexts[side]);
		ns[side] += finish(e->side, start);
	}
	for (int turn = 0; !done[SIDE_SERVER] || !done[SIDE_CLIENT]; turn++) {
		must(turn < 10, "handshake");
		done[SIDE_CLIENT] = shake(&b->ends[SIDE_CLIENT], &ns[SIDE_CLIENT]);
		done[SIDE_SERVER] = shake(&b->ends[SIDE_SERVER], &ns[SIDE_SERVER]);
	}
}

void bench_hang_up(struct bench *b, double ns[SIDES])
{
	for (int side = 0; side < SIDES; side++) {
		double start = begin((enum side)side);

		b->stack->conn_free(&b->ends[side]);
		ns[side] += finish((enum side)side, start);
	}
}

void result(const char *row, const char *what, const char *stack, double value)
{
	printf("%s\t%s\t%s\t%.1f\n", row, what, stack, value);
}
