/*
 * X25519 over a field that was included before (fe51.h, fe64.h): the ladder for any point, and a
 * table for the base point. Included once by each kernel.
 *
 * The ladder (RFC 7748, section 5): one step for each bit of the scalar, from the top. Of two points
 * that differ by the given one, both are replaced by their sum and the double of the one that the
 * bit names. Which one that is shows in a swap by mask alone.
 *
 * The table is of edwards25519, which is the same curve in other coordinates (RFC 7748, 4.1), where
 * addition has one formula for all pairs of points. The scalar is written in 64 digits of -8 ... 8,
 * base 16. Digit 4i + r of it stands for a multiple of 16^r times 2^(16i): so the sums of the
 * table's multiples over i, one for each r, are added with four doublings from each r to the next.
 * Formulas: Hisil, Wong, Carter, Dawson, "Twisted Edwards Curves Revisited", 2008, with a = -1.
 *
 * No branch and no address depends on the scalar or the point: a multiple is taken from its row by
 * reading all of the row.
 */
#ifndef CRYPTO_NATIVE_X25519_BODY_H
#define CRYPTO_NATIVE_X25519_BODY_H

#include "base/secret.h"
#include "crypto/native/x25519.h"

/* ---- what both fields share ---- */

FE_INLINE struct fe fe_load(const uint8_t bytes[X25519_LEN])
{
	uint64_t w[4] = { 0 };

	for (unsigned int i = 0; i < X25519_LEN; i++)
		w[i / 8] |= (uint64_t)bytes[i] << 8 * (i % 8);
	return fe_load_words(w);
}

/* The one encoding below p, of a product or a square. */
static void fe_store(uint8_t bytes[X25519_LEN], const struct fe *x)
{
	uint64_t w[4];

	fe_store_words(w, *x);
	for (unsigned int i = 0; i < X25519_LEN; i++)
		bytes[i] = (uint8_t)(w[i / 8] >> 8 * (i % 8));
}

/* All ones if the bit is 1; the compiler is not told that there are two cases. */
FE_INLINE uint64_t fe_mask_of(uint64_t bit)
{
	uint64_t mask = 0 - bit;

	__asm__("" : "+r"(mask));
	return mask;
}

/* Swaps the two if the bit is 1. */
FE_INLINE void fe_swap(struct fe *a, struct fe *b, uint64_t bit)
{
	const uint64_t mask = fe_mask_of(bit);

	FE_UNROLL
	for (int i = 0; i < FE_LIMBS; i++) {
		uint64_t difference = (a->v[i] ^ b->v[i]) & mask;

		/* In a general register: a vector would wait for words stored one by one. */
		__asm__("" : "+r"(difference));
		a->v[i] ^= difference;
		b->v[i] ^= difference;
	}
}

/* x to the power of 2^n·e, times y: for exponents that are put together from runs of ones. */
static struct fe shift_and_mul(struct fe x, int n, const struct fe *y)
{
	for (int i = 0; i < n; i++)
		fe_square(&x, &x);
	fe_mul(&x, &x, y);
	return x;
}

/*
 * x^-1 = x^(p - 2), and 0 of 0. The exponent is 250 ones, then 01011. `ones_n` is x to the power of
 * n ones.
 */
static struct fe fe_invert(const struct fe *x)
{
	struct fe x2, x9, x11;
	struct fe ones_5, ones_10, ones_20, ones_40, ones_50, ones_100, ones_200, ones_250;

	fe_square(&x2, x);
	x9 = shift_and_mul(x2, 2, x);
	fe_mul(&x11, &x9, &x2);
	ones_5 = shift_and_mul(x11, 1, &x9);
	ones_10 = shift_and_mul(ones_5, 5, &ones_5);
	ones_20 = shift_and_mul(ones_10, 10, &ones_10);
	ones_40 = shift_and_mul(ones_20, 20, &ones_20);
	ones_50 = shift_and_mul(ones_40, 10, &ones_10);
	ones_100 = shift_and_mul(ones_50, 50, &ones_50);
	ones_200 = shift_and_mul(ones_100, 100, &ones_100);
	ones_250 = shift_and_mul(ones_200, 50, &ones_50);
	return shift_and_mul(ones_250, 5, &x11);
}

/* ---- the ladder ---- */

struct ladder {
	struct fe x1;     /* the point given */
	struct fe x2, z2; /* n times it, projectively */
	struct fe x3, z3; /* n + 1 times it */
	uint64_t swapped; /* whether the two stand in each other's place */
};

/* The names are those of RFC 7748's pseudocode. */
FE_INLINE void ladder_step(struct ladder *l)
{
	const struct fe a = fe_add(l->x2, l->z2), b = fe_sub(l->x2, l->z2);
	const struct fe c = fe_add(l->x3, l->z3), d = fe_sub(l->x3, l->z3);
	struct fe da, cb, aa, bb, e, sum, difference, e_times;

	fe_mul(&da, &d, &a);
	fe_mul(&cb, &c, &b);
	fe_square(&aa, &a);
	fe_square(&bb, &b);
	e = fe_sub(aa, bb);
	sum = fe_add(da, cb);
	difference = fe_sub(da, cb);
	fe_square(&l->x3, &sum);
	fe_square(&difference, &difference);
	fe_mul(&l->z3, &l->x1, &difference);
	fe_mul(&l->x2, &aa, &bb);
	e_times = fe_add(aa, fe_mul_small(&e, 121665));
	fe_mul(&l->z2, &e, &e_times);
}

FE_INLINE void ladder_swap(struct ladder *l, uint64_t bit)
{
	fe_swap(&l->x2, &l->x3, l->swapped ^ bit);
	fe_swap(&l->z2, &l->z3, l->swapped ^ bit);
	l->swapped = bit;
}

static void ladder(uint8_t out[X25519_LEN], const uint8_t scalar[X25519_LEN],
		   const uint8_t point[X25519_LEN])
{
	struct ladder l = { .x1 = fe_load(point), .x2 = { { 1 } }, .z3 = { { 1 } } };
	struct fe x, z;

	l.x3 = l.x1;
	for (int i = 254; i >= 0; i--) {
		ladder_swap(&l, scalar[i / 8] >> i % 8 & 1);
		ladder_step(&l);
	}
	ladder_swap(&l, 0);
	z = fe_invert(&l.z2);
	fe_mul(&x, &l.x2, &z);
	fe_store(out, &x);
	secret_wipe_bytes(&l, sizeof(l));
}

/* ---- the base point ---- */

enum { DIGITS = 64, PARTS = DIGITS / COMB_ROWS };

/* A point (X/Z, Y/Z), and T = XY/Z. */
struct point {
	struct fe x, y, z, t;
};

/* Turns what the formulas for adding and doubling end in, (e/f, h/g), into a point. */
static void point_finish(struct point *p, const struct fe *e, const struct fe *f,
			 const struct fe *g, const struct fe *h)
{
	fe_mul(&p->x, e, f);
	fe_mul(&p->y, g, h);
	fe_mul(&p->z, f, g);
	fe_mul(&p->t, e, h);
}

static void point_add(struct point *p, const struct comb_entry *q)
{
	struct fe a = fe_sub(p->y, p->x), b = fe_add(p->y, p->x);
	const struct fe d = fe_add(p->z, p->z);
	const struct fe q_sum = fe_load_words(q->sum);
	const struct fe q_difference = fe_load_words(q->difference);
	const struct fe q_product = fe_load_words(q->product);
	struct fe c, e, f, g, h;

	fe_mul(&a, &a, &q_difference);
	fe_mul(&b, &b, &q_sum);
	fe_mul(&c, &p->t, &q_product);
	e = fe_sub(b, a);
	f = fe_sub(d, c);
	g = fe_add(d, c);
	h = fe_add(b, a);
	point_finish(p, &e, &f, &g, &h);
}

static void point_double(struct point *p)
{
	struct fe sum = fe_add(p->x, p->y);
	struct fe a, b, zz, e, f, g, h;

	fe_square(&a, &p->x);
	fe_square(&b, &p->y);
	fe_square(&zz, &p->z);
	fe_square(&sum, &sum);
	h = fe_add(a, b);
	e = fe_sub(h, sum);
	g = fe_sub(a, b);
	f = fe_add(fe_add(zz, zz), g);
	point_finish(p, &e, &f, &g, &h);
}

/* ---- digits and the table ---- */

/* Digits of -8 ... 7, the highest of 0 ... 8, that make the clamped scalar. */
static void recode(int8_t digits[DIGITS], const uint8_t scalar[X25519_LEN])
{
	int carry = 0;

	for (int i = 0; i < DIGITS; i++) {
		int digit = (scalar[i / 2] >> 4 * (i % 2) & 15) + carry;

		carry = i < DIGITS - 1 ? (digit + 8) >> 4 : 0;
		digits[i] = (int8_t)(digit - carry * 16);
	}
}

typedef uint64_t lane_pair __attribute__((vector_size(16)));

enum { PAIRS = sizeof(struct comb_entry) / sizeof(lane_pair) };

/* The entry for `n` of a row, or for 0 the neutral point: by reading all. */
static void select_entry(struct comb_entry *out, const struct comb_entry row[COMB_ENTRIES],
			 uint32_t n)
{
	const struct comb_entry neutral = { .sum = { 1 }, .difference = { 1 } };
	lane_pair found[PAIRS] = { { 0 } }, entry[PAIRS];

	for (uint32_t i = 0; i <= COMB_ENTRIES; i++) {
		const uint64_t mask = fe_mask_of(ct_mask_eq(i, n) & 1);
		const lane_pair masks = { mask, mask };

		memcpy(entry, i == 0 ? &neutral : &row[i - 1], sizeof(entry));
		for (int j = 0; j < PAIRS; j++)
			found[j] |= entry[j] & masks;
	}
	memcpy(out, found, sizeof(*out));
}

/* p - x for words below p: for the negative of a point. */
static void negate_words(uint64_t w[4], uint64_t mask)
{
	static const uint64_t p[4] = { 0xffffffffffffffed, 0xffffffffffffffff, 0xffffffffffffffff,
				       0x7fffffffffffffff };
	uint64_t borrow = 0;

	for (int i = 0; i < 4; i++) {
		unsigned __int128 difference = (unsigned __int128)p[i] - w[i] - borrow;

		borrow = (uint64_t)(difference >> 64) & 1;
		w[i] ^= (w[i] ^ (uint64_t)difference) & mask;
	}
}

/* The negative of (x, y) is (-x, y): its sum and difference change places. */
static void negate_entry(struct comb_entry *entry, uint64_t bit)
{
	const uint64_t mask = fe_mask_of(bit);

	for (int i = 0; i < 4; i++) {
		uint64_t change = (entry->sum[i] ^ entry->difference[i]) & mask;

		entry->sum[i] ^= change;
		entry->difference[i] ^= change;
	}
	negate_words(entry->product, mask);
}

/* Leaves in `entry` what was added. */
static void add_digit(struct point *p, struct comb_entry *entry,
		      const struct comb_entry row[COMB_ENTRIES], int digit)
{
	const uint32_t sign = (uint32_t)digit >> 31;
	const uint32_t n = ((uint32_t)digit ^ (0 - sign)) + sign;

	select_entry(entry, row, n);
	negate_entry(entry, sign);
	point_add(p, entry);
}

/* The coordinate u of the same point on curve25519: (1 + y)/(1 - y). */
static void store_u(uint8_t out[X25519_LEN], const struct point *p)
{
	const struct fe sum = fe_add(p->z, p->y), difference = fe_sub(p->z, p->y);
	const struct fe inverse = fe_invert(&difference);
	struct fe u;

	fe_mul(&u, &sum, &inverse);
	fe_store(out, &u);
}

static void comb(uint8_t out[X25519_LEN], const uint8_t scalar[X25519_LEN])
{
	struct point p = { .y = { { 1 } }, .z = { { 1 } } };
	struct comb_entry entry;
	int8_t digits[DIGITS];

	recode(digits, scalar);
	for (int part = PARTS - 1; part >= 0; part--) {
		for (int i = 0; part < PARTS - 1 && i < 4; i++)
			point_double(&p);
		for (int i = 0; i < COMB_ROWS; i++)
			add_digit(&p, &entry, x25519_comb[i], digits[PARTS * i + part]);
	}
	store_u(out, &p);
	secret_wipe_bytes(&entry, sizeof(entry));
	secret_wipe_bytes(digits, sizeof(digits));
	secret_wipe_bytes(&p, sizeof(p));
}

#endif
