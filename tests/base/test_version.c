/*
 * The version is one and the same wherever it is stated.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <ward/version.h>

static void test_library_and_headers_agree(void **state)
{
	(void)state;
	assert_string_equal(ward_library_version(), WARD_VERSION);
}

static void test_the_parts_make_the_whole(void **state)
{
	char text[64];

	(void)state;
	snprintf(text, sizeof(text), "%d.%d.%d", WARD_VERSION_MAJOR, WARD_VERSION_MINOR,
		 WARD_VERSION_PATCH);
	assert_string_equal(text, WARD_VERSION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_library_and_headers_agree),
		cmocka_unit_test(test_the_parts_make_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
