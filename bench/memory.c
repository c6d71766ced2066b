/*
 * Bytes of heap that each side of a connection holds: when it is idle after the handshake and a
 * record each way, and at the highest point of the handshake.
 *
 * What is allocated or freed within a call into one end is that end's.
 */
#include <string.h>

#include "heap/heap.h"
#include "support/stack.h"

/* ---- what one call into an end has changed ---- */

static struct {
	ptrdiff_t held, most;
} sides[SIDES];
static ptrdiff_t before;

static void enter(enum side side)
{
	(void)side;
	before = heap_highest = heap_now;
}

static void leave(enum side side)
{
	ptrdiff_t top = sides[side].held + (heap_highest - before);

	if (top > sides[side].most)
		sides[side].most = top;
	sides[side].held += heap_now - before;
}

static void exchange(struct bench *b)
{
	static const uint8_t data[1000];

	for (int side = 0; side < SIDES; side++) {
		struct end *from = &b->ends[side], *to = &b->ends[1 - side];

		to->in->start = to->in->end = 0;
		enter((enum side)side);
		b->stack->seal(from, data, sizeof(data));
		leave((enum side)side);
		enter((enum side)(1 - side));
		b->stack->open(to, sizeof(data));
		leave((enum side)(1 - side));
	}
}

static void measure(const struct stack *stack, const struct pki *pki)
{
	struct bench b;
	ptrdiff_t most[SIDES];
	double ignored[SIDES];

	bench_open(&b, stack, pki);
	/* What is made at the first use and kept by the library or the context is nobody's. */
	for (int i = 0; i < 3; i++) {
		bench_handshake(&b, ignored);
		exchange(&b);
		bench_hang_up(&b, ignored);
	}
	memset(sides, 0, sizeof(sides));
	bench_handshake(&b, ignored);
	for (int side = 0; side < SIDES; side++)
		most[side] = sides[side].most;
	exchange(&b);
	for (int side = 0; side < SIDES; side++) {
		const char *name = side == SIDE_SERVER ? "server" : "client";

		result("heap.idle", name, stack->name, (double)sides[side].held);
		result("heap.handshake", name, stack->name, (double)most[side]);
	}
	bench_hang_up(&b, ignored);
	must(sides[SIDE_SERVER].held == 0 && sides[SIDE_CLIENT].held == 0,
	     "giving back all that was held");
	bench_close(&b);
}

int main(void)
{
	struct pki pki;

	bench_enter = enter;
	bench_leave = leave;
	pki_make(&pki, WARD_KEY_P256);
	measure(&stack_openssl, &pki);
	measure(&stack_openssl_released, &pki);
	measure(&stack_ward, &pki);
	pki_clear(&pki);
	return 0;
}
