/*
 * Random bytes: as many as were asked for, never twice the same, and of their own in a child.
 */
#include "crypto/crypto.h"

#include <sys/wait.h>
#include <unistd.h>

#include "support/table.h"

static void test_bounds(void **state)
{
	uint8_t buf[64 + 16];

	(void)state;
	for (size_t len = 0; len <= 64; len++) {
		memset(buf, 0xa5, sizeof(buf));
		assert_true(random_bytes(buf, len, NULL));
		for (size_t i = len; i < sizeof(buf); i++)
			assert_int_equal(buf[i], 0xa5);
	}
}

/* Every bit is seen both ways in 256 draws, but for one chance in 2^248. */
static void test_bits(void **state)
{
	uint8_t ones[32] = { 0 };
	uint8_t zeros[32] = { 0 };

	(void)state;
	for (int n = 0; n < 256; n++) {
		uint8_t draw[32];

		assert_true(random_bytes(draw, sizeof(draw), NULL));
		for (size_t i = 0; i < sizeof(draw); i++) {
			ones[i] |= draw[i];
			zeros[i] |= (uint8_t)~draw[i];
		}
	}
	for (size_t i = 0; i < sizeof(ones); i++)
		assert_int_equal(ones[i] & zeros[i], 0xff);
}

static void test_fork(void **state)
{
	uint8_t mine[32], theirs[32];
	int ends[2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		bool ok = random_bytes(theirs, sizeof(theirs), NULL);

		_exit(ok && write(ends[1], theirs, sizeof(theirs)) == sizeof(theirs) ? 0 : 1);
	}
	assert_true(random_bytes(mine, sizeof(mine), NULL));
	assert_int_equal(read(ends[0], theirs, sizeof(theirs)), sizeof(theirs));
	assert_memory_not_equal(mine, theirs, sizeof(mine));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(ends[0]);
	close(ends[1]);
}

static void test_too_much(void **state)
{
	struct ward_error err = ERROR_NONE;
	uint8_t byte;

	(void)state;
	assert_false(random_bytes(&byte, (size_t)INT32_MAX + 1, &err));
	assert_int_equal(err.reason, WARD_E_BAD_ARGUMENT);
}

int main(void)
{
	struct table t = { 0 };

	if (!crypto_init(NULL))
		return 1;
	table_add(&t, "as many bytes as asked for", test_bounds, NULL);
	table_add(&t, "every bit both ways", test_bits, NULL);
	table_add(&t, "a child draws others", test_fork, NULL);
	table_add(&t, "more than there may be", test_too_much, NULL);
	return table_run(&t, "random");
}
