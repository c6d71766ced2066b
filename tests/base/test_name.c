/*
 * The RFC's names of numbers.
 */
#include "base/name.h"

#include "support/table.h"

static const struct name_case {
	const char *name;
	const char *(*of)(int number);
	int number;
	const char *expected;
} cases[] = {
	{ "ClientHello is 1", name_message, 1, "ClientHello" },
	{ "KeyUpdate is 24", name_message, 24, "KeyUpdate" },
	{ "message_hash is 254", name_message, 254, "message_hash" },
	{ "message 3 has no name", name_message, 3, NULL },
	{ "message -1 has no name", name_message, -1, NULL },
	{ "server_name is 0", name_extension, 0, "server_name" },
	{ "record_size_limit is 28", name_extension, 28, "record_size_limit" },
	{ "key_share is 51", name_extension, 51, "key_share" },
	{ "a GREASE extension has no name", name_extension, 0x0a0a, NULL },
	{ "close_notify is 0", name_alert, 0, "close_notify" },
	{ "no_application_protocol is 120", name_alert, 120, "no_application_protocol" },
	{ "alert 1 has no name", name_alert, 1, NULL },
};

static void test_case(void **state)
{
	const struct name_case *c = *state;
	const char *name = c->of(c->number);

	if (c->expected == NULL)
		assert_null(name);
	else
		assert_string_equal(name, c->expected);
}

int main(void)
{
	static struct table t;

	TABLE_ADD(&t, cases, test_case);
	return table_run(&t, "name");
}
