/*
 * The polynomials of ML-KEM (FIPS 203, 4.2 and 4.3) in portable C.
 *
 * No branch, no address and no division depends on a coefficient, but for the sampling of the
 * matrix, which is public: products are reduced as Montgomery does, and compression multiplies by
 * the inverse of q.
 */
#include "crypto/native/mlkem.h"

const int16_t mlkem_zetas[MLKEM_N / 2] = {
	-1044, -758,  -359,  -1517, 1493,  1422,  287,   202,   -171,  622,   1577,  182,   962,
	-1202, -1474, 1468,  573,   -1325, 264,   383,   -829,  1458,  -1602, -130,  -681,  1017,
	732,   608,   -1542, 411,   -205,  -1571, 1223,  652,   -552,  1015,  -1293, 1491,  -282,
	-1544, 516,   -8,    -320,  -666,  -1618, -1162, 126,   1469,  -853,  -90,   -271,  830,
	107,   -1421, -247,  -951,  -398,  961,   -1508, -725,  448,   -1065, 677,   -1275, -1103,
	430,   555,   843,   -1251, 871,   1550,  105,   422,   587,   177,   -235,  -291,  -460,
	1574,  1653,  -246,  778,   1159,  -147,  -777,  1483,  -602,  1119,  -1590, 644,   -872,
	349,   418,   329,   -156,  -75,   817,   1097,  603,   610,   1322,  -1285, -1465, 384,
	-1215, -136,  1218,  -1335, -874,  220,   -1187, -1659, -1185, -1530, -1278, 794,   -1510,
	-854,  -870,  478,   -108,  -308,  996,   991,   958,   -1460, 1522,  1628,
};

/* ---- modulo q ---- */

/* a / 2^16 mod q, between -q and q, for |a| < 2^15 q. */
static int16_t montgomery(int32_t a)
{
	int16_t t = (int16_t)((int16_t)a * MLKEM_Q_INVERSE);

	return (int16_t)((a - (int32_t)t * MLKEM_Q) >> 16);
}

static int16_t multiply(int16_t a, int16_t b)
{
	return montgomery((int32_t)a * b);
}

/* From between -q and q. */
static int16_t plus_q_if_negative(int16_t a)
{
	return (int16_t)(a + ((a >> 15) & MLKEM_Q));
}

/* From between 0 and 2q. */
static int16_t minus_q_if_above(int16_t a)
{
	return plus_q_if_negative((int16_t)(a - MLKEM_Q));
}

static int16_t sum(int16_t a, int16_t b)
{
	return minus_q_if_above((int16_t)(a + b));
}

static int16_t difference(int16_t a, int16_t b)
{
	return plus_q_if_negative((int16_t)(a - b));
}

static int16_t product(int16_t a, int16_t b)
{
	return plus_q_if_negative(multiply(a, b));
}

static void add(struct poly *a, const struct poly *b)
{
	for (size_t i = 0; i < MLKEM_N; i++)
		a->c[i] = sum(a->c[i], b->c[i]);
}

static void subtract(struct poly *a, const struct poly *b)
{
	for (size_t i = 0; i < MLKEM_N; i++)
		a->c[i] = difference(a->c[i], b->c[i]);
}

/* ---- the number theoretic transform ---- */

static void ntt(struct poly *p)
{
	const int16_t *zeta = mlkem_zetas + 1;

	for (size_t len = 128; len >= 2; len /= 2)
		for (size_t start = 0; start < MLKEM_N; start += 2 * len, zeta++)
			for (size_t j = start; j < start + len; j++) {
				int16_t t = product(*zeta, p->c[j + len]);

				p->c[j + len] = difference(p->c[j], t);
				p->c[j] = sum(p->c[j], t);
			}
}

static void inverse_ntt(struct poly *p)
{
	const int16_t *zeta = mlkem_zetas + 127;

	for (size_t len = 2; len <= 128; len *= 2)
		for (size_t start = 0; start < MLKEM_N; start += 2 * len, zeta--)
			for (size_t j = start; j < start + len; j++) {
				int16_t t = p->c[j];

				p->c[j] = sum(t, p->c[j + len]);
				p->c[j + len] = multiply(*zeta, (int16_t)(p->c[j + len] - t));
				p->c[j + len] = plus_q_if_negative(p->c[j + len]);
			}
	for (size_t j = 0; j < MLKEM_N; j++)
		p->c[j] = product(MLKEM_INVERSE_128, p->c[j]);
}

/* Pair i is modulo X^2 - g, with g of alternating sign (4.3.1). */
static void prepare(struct factor *f, const struct poly *p)
{
	for (size_t i = 0; i < MLKEM_N; i += 2) {
		int16_t zeta = mlkem_zetas[64 + i / 4];
		int16_t g = (int16_t)(i % 4 == 0 ? zeta : -zeta);
		int16_t b0 = multiply(p->c[i], MLKEM_MONTGOMERY_2);
		int16_t b1 = multiply(p->c[i + 1], MLKEM_MONTGOMERY_2);

		f->straight[i] = b0;
		f->straight[i + 1] = multiply(b1, g);
		f->crossed[i] = b1;
		f->crossed[i + 1] = b0;
	}
}

/* Factors of at most q: a sum of eight products is below 2^15 q. */
static void inner(struct poly *out, const struct poly *a, const struct factor *b, size_t k)
{
	for (size_t i = 0; i < MLKEM_N; i += 2) {
		int32_t c0 = 0, c1 = 0;

		for (size_t j = 0; j < k; j++) {
			int32_t a0 = a[j].c[i], a1 = a[j].c[i + 1];

			c0 += a0 * b[j].straight[i] + a1 * b[j].straight[i + 1];
			c1 += a0 * b[j].crossed[i] + a1 * b[j].crossed[i + 1];
		}
		out->c[i] = plus_q_if_negative(montgomery(c0));
		out->c[i + 1] = plus_q_if_negative(montgomery(c1));
	}
}

/* ---- sampling (4.2.2) ---- */

static size_t sample(struct poly *p, size_t have, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len && have < MLKEM_N; i += 3) {
		int16_t d1 = (int16_t)(bytes[i] | (bytes[i + 1] & 15) << 8);
		int16_t d2 = (int16_t)(bytes[i + 1] >> 4 | bytes[i + 2] << 4);

		if (d1 < MLKEM_Q)
			p->c[have++] = d1;
		if (d2 < MLKEM_Q && have < MLKEM_N)
			p->c[have++] = d2;
	}
	return have;
}

/* Of four bits, the sum of the first two less the sum of the last two. */
static int16_t noise_of(unsigned int bits)
{
	unsigned int sums = (bits & 5) + (bits >> 1 & 5);

	return plus_q_if_negative((int16_t)((int)(sums & 3) - (int)(sums >> 2 & 3)));
}

static void noise(struct poly *p, const uint8_t bytes[MLKEM_N / 2])
{
	for (size_t i = 0; i < MLKEM_N / 2; i++) {
		p->c[2 * i] = noise_of(bytes[i] & 15);
		p->c[2 * i + 1] = noise_of(bytes[i] >> 4);
	}
}

/* ---- bytes (4.2.1) ---- */

/* d bits each, the lowest first. */
struct packer {
	uint8_t *out;
	uint32_t bits;
	unsigned int count;
};

static inline void pack(struct packer *k, uint32_t value, unsigned int d)
{
	k->bits |= value << k->count;
	for (k->count += d; k->count >= 8; k->count -= 8) {
		*k->out++ = (uint8_t)k->bits;
		k->bits >>= 8;
	}
}

struct unpacker {
	const uint8_t *in;
	uint32_t bits;
	unsigned int count;
};

static inline uint32_t unpack(struct unpacker *k, unsigned int d)
{
	uint32_t value;

	for (; k->count < d; k->count += 8)
		k->bits |= (uint32_t)*k->in++ << k->count;
	value = k->bits & ((1u << d) - 1);
	k->bits >>= d;
	k->count -= d;
	return value;
}

/*
 * 2^d x / q, rounded, modulo 2^d: the top bits of a product with 2^32 / q. That is rounded up, and
 * its error times x so small that the trim makes up for it; tests try every x.
 */
static uint32_t compressed(int16_t x, unsigned int d)
{
	const uint32_t half = (1u << (31 - d)) - MLKEM_COMPRESS_TRIM;

	return ((uint32_t)x * MLKEM_COMPRESS + half) >> (32 - d);
}

static void compress(const struct poly *p, unsigned int d, uint8_t *out)
{
	struct packer k = { .out = out };

	for (size_t i = 0; i < MLKEM_N; i++)
		pack(&k, compressed(p->c[i], d), d);
}

static void decompress(struct poly *p, unsigned int d, const uint8_t *in)
{
	struct unpacker k = { .in = in };

	for (size_t i = 0; i < MLKEM_N; i++)
		p->c[i] = (int16_t)((2 * unpack(&k, d) * MLKEM_Q + (1u << d)) >> (d + 1));
}

static void encode(const struct poly *p, uint8_t out[MLKEM_N * 12 / 8])
{
	struct packer k = { .out = out };

	for (size_t i = 0; i < MLKEM_N; i++)
		pack(&k, (uint32_t)p->c[i], 12);
}

static bool decode(struct poly *p, const uint8_t in[MLKEM_N * 12 / 8])
{
	struct unpacker k = { .in = in };
	int16_t all_below = -1;

	for (size_t i = 0; i < MLKEM_N; i++) {
		int16_t x = (int16_t)unpack(&k, 12);

		all_below &= (int16_t)(x - MLKEM_Q) >> 15;
		p->c[i] = minus_q_if_above(x);
	}
	return all_below != 0;
}

const struct mlkem_kernel mlkem_portable = {
	.name = "ml-kem, portable",
	.keccak = &keccak_portable,
	.ntt = ntt,
	.inverse_ntt = inverse_ntt,
	.prepare = prepare,
	.inner = inner,
	.add = add,
	.subtract = subtract,
	.sample = sample,
	.noise = noise,
	.compress = compress,
	.decompress = decompress,
	.encode = encode,
	.decode = decode,
};
