/*
 * Key exchange: published values, both sides of each group, and shares that must be refused
 * (RFC 9846, 4.2.8.2 and 7.4). The groups are those of kex_x25519.c, kex_ecdh.c
 * and kex_hybrid.c.
 */
#include "crypto/crypto.h"

#include "support/table.h"

#define G_X "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
#define G_Y "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"

static const struct known_row {
	const char *name;
	uint16_t group;
	const char *private_key, *share, *peer, *shared;
} knowns[] = {
	{ "X25519, RFC 7748, 6.1", GROUP_X25519,
	  "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
	  "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
	  "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
	  "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742" },
	{ "P-256 with one as the private key", GROUP_SECP256R1,
	  "0000000000000000000000000000000000000000000000000000000000000001", "04" G_X G_Y,
	  "04" G_X G_Y, G_X },
};

static void test_known(void **state)
{
	const struct known_row *row = *state;
	uint8_t share[KEX_SHARE_MAX];
	struct secret shared = { .len = 0 };
	struct kex *k = kex_from_private(row->group, table_hex(row->private_key), share, NULL);

	assert_non_null(k);
	assert_int_equal(kex_group(k), row->group);
	assert_span_equal(span_make(share, kex_share_len(row->group)), table_hex(row->share));
	assert_true(kex_finish(k, table_hex(row->peer), &shared, NULL));
	assert_span_equal(secret_span(&shared), table_hex(row->shared));
	kex_free(k);
}

static const struct group_row {
	const char *name;
	uint16_t group;
	size_t share_len, answer_len, shared_len;
	uint16_t part; /* of a hybrid: the group of its classical half */
} groups[] = {
	{ "x25519", GROUP_X25519, 32, 32, 32, 0 },
	{ "secp256r1", GROUP_SECP256R1, 65, 65, 32, 0 },
	{ "secp384r1", GROUP_SECP384R1, 97, 97, 48, 0 },
	{ "X25519MLKEM768", GROUP_X25519MLKEM768, 1216, 1120, 64, GROUP_X25519 },
	{ "SecP256r1MLKEM768", GROUP_SECP256R1MLKEM768, 1249, 1153, 64, GROUP_SECP256R1 },
	{ "SecP384r1MLKEM1024", GROUP_SECP384R1MLKEM1024, 1665, 1665, 80, GROUP_SECP384R1 },
};

/* The same key on its own: a server that takes it gives a secret that the hybrid's half has too. */
static void check_part(const struct kex *hybrid, const struct group_row *row)
{
	uint8_t share[KEX_SHARE_MAX], answer[KEX_SHARE_MAX];
	struct secret mine = { .len = 0 };
	struct secret theirs = { .len = 0 };
	struct ward_error err = ERROR_NONE;
	struct kex *part = kex_offer_part(hybrid, row->part, share, &err);
	struct span client = span_make(share, kex_share_len(row->part));

	assert_non_null(part);
	assert_int_equal(kex_group(part), row->part);
	assert_true(kex_has_part(hybrid, row->part));
	assert_false(kex_has_part(hybrid, row->group));
	assert_false(kex_has_part(part, row->part));
	assert_true(kex_accept(row->part, client, answer, &theirs, &err));
	assert_true(kex_finish(part, span_make(answer, kex_answer_len(row->part)), &mine, &err));
	assert_span_equal(secret_span(&mine), secret_span(&theirs));
	kex_free(part);
}

/* Where a build has none. */
static void skip_unless_supported(uint16_t group)
{
	if (kex_supported(group))
		return;
	print_message("skipped: this build has no ML-KEM\n");
	skip();
}

static void test_both_sides(void **state)
{
	const struct group_row *row = *state;
	uint8_t offered[KEX_SHARE_MAX], again[KEX_SHARE_MAX], answer[KEX_SHARE_MAX];
	struct secret mine = { .len = 0 };
	struct secret theirs = { .len = 0 };
	struct ward_error err = ERROR_NONE;
	struct kex *k, *other;

	skip_unless_supported(row->group);
	k = kex_offer(row->group, offered, &err);
	other = kex_offer(row->group, again, &err);
	assert_int_equal(kex_is_hybrid(row->group), row->part != 0);
	assert_int_equal(kex_answer_len(row->group), row->answer_len);
	assert_string_equal(kex_group_name(row->group), row->name);
	assert_int_equal(kex_share_len(row->group), row->share_len);
	assert_memory_not_equal(offered, again, row->share_len);
	assert_true(
		kex_accept(row->group, span_make(offered, row->share_len), answer, &theirs, &err));
	assert_true(kex_finish(k, span_make(answer, row->answer_len), &mine, &err));
	assert_int_equal(mine.len, row->shared_len);
	assert_span_equal(secret_span(&mine), secret_span(&theirs));
	assert_true(kex_finish(other, span_make(answer, row->answer_len), &mine, &err));
	assert_memory_not_equal(mine.data, theirs.data, row->shared_len);
	if (row->part != 0)
		check_part(k, row);
	kex_free(k);
	kex_free(other);
	kex_free(NULL);
}

static const struct bad_row {
	const char *name;
	uint16_t group;
	const char *share;
} bads[] = {
	{ "X25519: zero", GROUP_X25519,
	  "0000000000000000000000000000000000000000000000000000000000000000" },
	{ "X25519: one", GROUP_X25519,
	  "0100000000000000000000000000000000000000000000000000000000000000" },
	{ "X25519: a point of order 8", GROUP_X25519,
	  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800" },
	{ "X25519: the prime", GROUP_X25519,
	  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f" },
	{ "X25519: no bytes", GROUP_X25519, "" },
	{ "X25519: 31 bytes", GROUP_X25519,
	  "09000000000000000000000000000000000000000000000000000000000000" },
	{ "P-256: a point off the curve", GROUP_SECP256R1,
	  "04" G_X "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f6" },
	{ "P-256: the point at infinity", GROUP_SECP256R1, "00" },
	{ "P-256: compressed", GROUP_SECP256R1, "03" G_X },
	{ "P-256: hybrid", GROUP_SECP256R1, "07" G_X G_Y },
	{ "P-256: a form that is none", GROUP_SECP256R1, "05" G_X G_Y },
	{ "P-256: zeros", GROUP_SECP256R1,
	  "040000000000000000000000000000000000000000000000000000000000000000"
	  "0000000000000000000000000000000000000000000000000000000000000000" },
	{ "P-256: a coordinate beyond the prime", GROUP_SECP256R1,
	  "04ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" G_Y },
	{ "P-256: one byte more", GROUP_SECP256R1, "04" G_X G_Y "00" },
	{ "P-384: a point of P-256", GROUP_SECP384R1, "04" G_X G_Y },
	{ "P-384: no bytes", GROUP_SECP384R1, "" },
};

static void test_bad(void **state)
{
	const struct bad_row *row = *state;
	struct span share = table_hex(row->share);
	uint8_t mine[KEX_SHARE_MAX];
	struct secret shared = { .len = 0 };
	struct ward_error err = ERROR_NONE;
	struct kex *k = kex_offer(row->group, mine, &err);

	assert_non_null(k);
	assert_false(kex_finish(k, share, &shared, &err));
	assert_int_equal(err.reason, WARD_E_BAD_KEY_SHARE);
	err = ERROR_NONE;
	assert_false(kex_accept(row->group, share, mine, &shared, &err));
	assert_int_equal(err.reason, WARD_E_BAD_KEY_SHARE);
	for (size_t i = 0; i < SECRET_MAX; i++)
		assert_int_equal(shared.data[i], 0);
	kex_free(k);
}

static void test_unknown(void **state)
{
	(void)state;
	assert_false(kex_supported(0));
	assert_false(kex_supported(0x001e)); /* x448 */
	assert_null(kex_group_name(0xfafa));
}

int main(void)
{
	struct table t = { 0 };

	if (!crypto_init(NULL))
		return 1;
	TABLE_ADD(&t, knowns, test_known);
	TABLE_ADD(&t, groups, test_both_sides);
	TABLE_ADD(&t, bads, test_bad);
	table_add(&t, "groups that are not known", test_unknown, NULL);
	return table_run(&t, "kex");
}
