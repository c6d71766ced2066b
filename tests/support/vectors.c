/*
 * Reading published test vectors, and the runner of Wycheproof's files.
 */
#include "support/vectors.h"

#include <stdio.h>
#include <stdlib.h>

json_t *vectors_load(const char *file)
{
	const char *shared = getenv("WARD_SHARED");
	char path[1024];
	json_error_t why;
	json_t *json;
	FILE *f;

	snprintf(path, sizeof(path), "%s/vectors/%s", shared == NULL ? WARD_SHARED_DIR : shared,
		 file);
	f = fopen(path, "rb");
	if (f == NULL)
		return NULL;
	json = json_loadf(f, 0, &why);
	fclose(f);
	if (json == NULL)
		fail_msg("%s: line %d: %s", path, why.line, why.text);
	return json;
}

const char *vectors_string(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	if (s == NULL)
		fail_msg("no string \"%s\"", name);
	return s;
}

struct span vectors_bytes(const json_t *object, const char *name)
{
	return table_hex(vectors_string(object, name));
}

size_t vectors_number(const json_t *object, const char *name)
{
	const json_t *n = json_object_get(object, name);

	if (!json_is_integer(n))
		fail_msg("no number \"%s\"", name);
	return (size_t)json_integer_value(n);
}

bool vector_has_flag(const struct vector *v, const char *flag)
{
	size_t i;
	const json_t *value;

	json_array_foreach(json_object_get(v->test, "flags"), i, value)
	{
		if (strcmp(json_string_value(value), flag) == 0)
			return true;
	}
	return false;
}

struct tally {
	size_t valid, invalid, acceptable, elsewhere, wrong;
};

/* What must become of the case; counts it. */
static enum outcome expected(const struct vector_file *file, const struct vector *v,
			     struct tally *tally)
{
	const char *result = vectors_string(v->test, "result");

	if (strcmp(result, "valid") == 0) {
		tally->valid++;
		return ACCEPTED;
	}
	if (strcmp(result, "invalid") == 0) {
		tally->invalid++;
		return REFUSED;
	}
	assert_string_equal(result, "acceptable");
	assert_non_null(file->acceptable);
	tally->acceptable++;
	return file->acceptable(v);
}

static void run_case(const struct vector_file *file, const struct vector *v, struct tally *tally)
{
	enum outcome right;

	if (file->applies != NULL && !file->applies(v)) {
		tally->elsewhere++;
		return;
	}
	right = expected(file, v, tally);
	if (file->run(v) != right) {
		tally->wrong++;
		print_error("%s: case %zu (%s) must be %s\n", file->name,
			    vectors_number(v->test, "tcId"), vectors_string(v->test, "comment"),
			    right == ACCEPTED ? "accepted" : "refused");
	}
}

void vectors_run(void **state)
{
	const struct vector_file *file = *state;
	struct tally t = { 0 };
	char path[256];
	json_t *json;
	const json_t *group;
	const json_t *test;
	size_t i, j;

	snprintf(path, sizeof(path), "wycheproof/%s", file->name);
	json = vectors_load(path);
	if (json == NULL) {
		print_message("skipped: there is no %s in the shared folder\n", path);
		skip();
	}
	json_array_foreach(json_object_get(json, "testGroups"), i, group)
	{
		json_array_foreach(json_object_get(group, "tests"), j, test)
		{
			run_case(file, &(struct vector){ group, test, file->data }, &t);
		}
	}
	json_decref(json);
	print_message("%zu valid, %zu invalid, %zu acceptable", t.valid, t.invalid, t.acceptable);
	print_message(t.elsewhere > 0 ? ", %zu about something else\n" : "\n", t.elsewhere);
	assert_true(t.valid + t.invalid + t.acceptable > 0);
	assert_int_equal(t.wrong, 0);
}
