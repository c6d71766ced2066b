/*
 * limbo FILE.json: judges every case of a file in the form of x509-limbo's.
 *
 * A line for each result that differs (id, expected, got, reason), and last how many are as
 * expected. A case is as expected if all policies that it speaks of agree. The exit code is 0 if all
 * are, 1 if not, 2 if there is nothing to judge.
 */
#include <stdio.h>
#include <string.h>

#include "limbo/judge.h"

static bool as_expected(const json_t *test)
{
	const char *expected = limbo_accepts(test) ? "SUCCESS" : "FAILURE";
	struct ward_error err;
	char text[1024];

	for (int policy = WARD_POLICY_DEFAULT; policy <= WARD_POLICY_WEB; policy++) {
		enum ward_reason reason;
		const char *got;

		if ((limbo_policies(test) >> policy & 1) == 0)
			continue;
		reason = limbo_judge(test, (enum ward_policy)policy, &err);
		got = reason == WARD_E_NONE           ? "SUCCESS"
		      : reason == WARD_E_BAD_ARGUMENT ? "UNKNOWN"
						      : "FAILURE";
		if (strcmp(got, expected) == 0)
			continue;
		printf("%s: expected %s, got %s, reason %s%s%s\n", limbo_id(test), expected, got,
		       ward_reason_name(reason), reason == WARD_E_NONE ? "" : ": ",
		       reason == WARD_E_NONE ? "" : ward_error_text(&err, text, sizeof(text)));
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	const json_t *cases, *test;
	json_error_t why;
	size_t right = 0;
	size_t count, i;
	json_t *file;

	if (argc != 2) {
		fprintf(stderr, "usage: limbo FILE.json\n");
		return 2;
	}
	file = json_load_file(argv[1], 0, &why);
	cases = json_object_get(file, "testcases");
	count = json_array_size(cases);
	if (count == 0) {
		fprintf(stderr, "limbo: %s: %s\n", argv[1],
			file == NULL ? why.text : "there are no testcases");
		json_decref(file);
		return 2;
	}
	json_array_foreach(cases, i, test)
	{
		right += as_expected(test) ? 1 : 0;
	}
	printf("limbo: %zu of %zu as expected\n", right, count);
	json_decref(file);
	return right == count ? 0 : 1;
}
