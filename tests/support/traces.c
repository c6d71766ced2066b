/*
 * Splits what the records of the traces carry into handshake messages. See traces.h.
 */
#include "support/traces.h"

#include <stdio.h>
#include <string.h>

#include "support/vectors.h"

struct split {
	void (*fn)(void *arg, const struct trace_message *message);
	void *arg;
	const char *title;
	size_t count;
};

static void split_payload(struct split *s, const char *actor, struct span payload)
{
	struct trace_message m = { .from_server = strcmp(actor, "server") == 0 };

	while (payload.len > 0) {
		size_t len;

		assert_true(payload.len >= 4);
		len = 4 + ((size_t)payload.data[1] << 16 | (size_t)payload.data[2] << 8 |
			   payload.data[3]);
		assert_true(len <= payload.len);
		snprintf(m.name, sizeof(m.name), "%s: message %zu, from the %s", s->title,
			 ++s->count, actor);
		m.bytes = table_bytes(payload.data, len);
		s->fn(s->arg, &m);
		payload = span_make(payload.data + len, payload.len - len);
	}
}

static void split_step(struct split *s, const json_t *step)
{
	const json_t *value;
	size_t i;

	if (strcmp(vectors_string(step, "action"), "send handshake record") != 0)
		return;
	json_array_foreach(json_object_get(step, "values"), i, value)
	{
		if (strcmp(vectors_string(value, "name"), "payload") == 0)
			split_payload(s, vectors_string(step, "actor"),
				      vectors_bytes(value, "hex"));
	}
}

size_t traces_each_message(void (*fn)(void *arg, const struct trace_message *message), void *arg)
{
	json_t *json = vectors_load("tls13-traces.json");
	const json_t *trace, *step;
	size_t i, j, total = 0;

	if (json == NULL) {
		print_message("skipped: there is no tls13-traces.json in the shared folder\n");
		skip();
	}
	json_array_foreach(json_object_get(json, "traces"), i, trace)
	{
		struct split s = { fn, arg, vectors_string(trace, "title"), 0 };

		json_array_foreach(json_object_get(trace, "steps"), j, step)
		{
			split_step(&s, step);
		}
		total += s.count;
	}
	json_decref(json);
	return total;
}
