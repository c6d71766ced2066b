/*
 * Distinguished names out of a configuration file, by way of the form with slashes.
 */
#include <string.h>

#include "cli/openssl/ext_text.h"
#include "x509/name_make.h"

static void put(struct name_text *n, char c)
{
	if (n->len + 1 >= sizeof(n->text)) {
		n->overflow = true;
		return;
	}
	n->text[n->len++] = c;
	n->text[n->len] = '\0';
}

void name_text_add(struct name_text *n, const char *type, const char *value, bool joined)
{
	if (value[0] == '\0')
		return;
	put(n, joined && n->len > 0 ? '+' : '/');
	for (; *type != '\0'; type++)
		put(n, *type);
	put(n, '=');
	for (; *value != '\0'; value++) {
		if (strchr("/+\\", *value) != NULL)
			put(n, '\\');
		put(n, *value);
	}
}

/* What is in front of the first dot, comma or colon tells names apart, and no more. */
const char *name_text_type(const char *name, bool *joined)
{
	const char *mark = name + strcspn(name, ".,:");

	if (*mark != '\0' && mark[1] != '\0')
		name = mark + 1;
	*joined = *name == '+';
	return name + (*joined ? 1 : 0);
}

bool name_text_write(struct writer *w, const struct name_text *n, struct ward_error *err)
{
	if (n->overflow)
		return FAILF(err, BAD_ARGUMENT, "subject: more than %zu bytes", sizeof(n->text));
	if (n->len == 0) {
		der_write_element(w, DER_SEQUENCE, SPAN_EMPTY);
		return true;
	}
	return name_write_text(w, n->text, err);
}

bool conf_write_name(struct writer *w, const struct conf *conf, const char *section,
		     struct ward_error *err)
{
	struct name_text n = { .len = 0 };
	const struct conf_entry *e;
	size_t at = 0;

	if (!conf_has_section(conf, section))
		return FAILF(err, BAD_ARGUMENT, "there is no section [%.60s]", section);
	while ((e = conf_next(conf, section, &at)) != NULL) {
		bool joined;
		const char *type = name_text_type(e->name, &joined);

		name_text_add(&n, type, e->value, joined);
	}
	return name_text_write(w, &n, err);
}
