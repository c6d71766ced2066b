/*
 * Keccak-f[1600] (FIPS 202, 3.2 and 3.3), on whatever LANE is: a word, or a vector of words. The
 * file that includes it names LANE and FUNCTION, the attributes of its functions.
 *
 * Lane (x, y) is a[x + 5y]. Step names and rotations are the standard's; rho and pi are applied
 * while a plane is gathered for chi.
 */
#include "crypto/native/keccak.h"

FUNCTION LANE rotate(LANE a, int n)
{
	return a << n | a >> (64 - n);
}

/* d is what theta adds to each column. */
FUNCTION void theta(const LANE *a, LANE *d)
{
	const LANE c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20];
	const LANE c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21];
	const LANE c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22];
	const LANE c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23];
	const LANE c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24];

	d[0] = c4 ^ rotate(c1, 1);
	d[1] = c0 ^ rotate(c2, 1);
	d[2] = c1 ^ rotate(c3, 1);
	d[3] = c2 ^ rotate(c4, 1);
	d[4] = c3 ^ rotate(c0, 1);
}

FUNCTION void chi(LANE *plane, LANE b0, LANE b1, LANE b2, LANE b3, LANE b4)
{
	plane[0] = b0 ^ (~b1 & b2);
	plane[1] = b1 ^ (~b2 & b3);
	plane[2] = b2 ^ (~b3 & b4);
	plane[3] = b3 ^ (~b4 & b0);
	plane[4] = b4 ^ (~b0 & b1);
}

/* One round from a to e, which are different states. */
FUNCTION void keccak_round(const LANE *a, LANE *e, uint64_t constant)
{
	LANE d[5];

	theta(a, d);
	chi(e, a[0] ^ d[0], rotate(a[6] ^ d[1], 44), rotate(a[12] ^ d[2], 43),
	    rotate(a[18] ^ d[3], 21), rotate(a[24] ^ d[4], 14));
	e[0] ^= constant;
	chi(e + 5, rotate(a[3] ^ d[3], 28), rotate(a[9] ^ d[4], 20), rotate(a[10] ^ d[0], 3),
	    rotate(a[16] ^ d[1], 45), rotate(a[22] ^ d[2], 61));
	chi(e + 10, rotate(a[1] ^ d[1], 1), rotate(a[7] ^ d[2], 6), rotate(a[13] ^ d[3], 25),
	    rotate(a[19] ^ d[4], 8), rotate(a[20] ^ d[0], 18));
	chi(e + 15, rotate(a[4] ^ d[4], 27), rotate(a[5] ^ d[0], 36), rotate(a[11] ^ d[1], 10),
	    rotate(a[17] ^ d[2], 15), rotate(a[23] ^ d[3], 56));
	chi(e + 20, rotate(a[2] ^ d[2], 62), rotate(a[8] ^ d[3], 55), rotate(a[14] ^ d[4], 39),
	    rotate(a[15] ^ d[0], 41), rotate(a[21] ^ d[1], 2));
}

FUNCTION void keccak_permute(LANE *state)
{
	LANE a[KECCAK_LANES], e[KECCAK_LANES];

	for (int i = 0; i < KECCAK_LANES; i++)
		a[i] = state[i];
	for (int i = 0; i < KECCAK_ROUNDS; i += 2) {
		keccak_round(a, e, keccak_round_constants[i]);
		keccak_round(e, a, keccak_round_constants[i + 1]);
	}
	for (int i = 0; i < KECCAK_LANES; i++)
		state[i] = a[i];
}
