/*
 * certificatePolicies from text: OIDs, and sections with qualifiers (RFC 5280, 4.2.1.4).
 */
#include <string.h>

#include "cli/openssl/ext_text.h"
#include "cli/values.h"
#include "x509/oid.h"

/* DisplayText: "UTF8:…", "IA5:…", "VISIBLE:…", else visible. */
static void put_display(struct writer *w, const char *text, int plain)
{
	static const struct {
		const char *prefix;
		int tag;
	} forms[] = {
		{ "UTF8:", DER_UTF8_STRING },       { "UTF8String:", DER_UTF8_STRING },
		{ "VISIBLE:", DER_VISIBLE_STRING }, { "VISIBLESTRING:", DER_VISIBLE_STRING },
		{ "IA5:", DER_IA5_STRING },         { "IA5STRING:", DER_IA5_STRING },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t len = strlen(forms[i].prefix);

		if (strncmp(text, forms[i].prefix, len) == 0) {
			der_write_element(w, forms[i].tag, span_string(text + len));
			return;
		}
	}
	der_write_element(w, plain, span_string(text));
}

static void put_numbers(struct writer *w, const char *text)
{
	struct ext_pairs pairs;
	bool ok = ext_pairs_split(&pairs, text, w->err);

	DER_WRITE (w, DER_SEQUENCE)
		for (size_t i = 0; ok && i < pairs.count; i++) {
			int64_t number = 0;

			if (!value_number(pairs.items[i].name, 0, INT32_MAX, &number))
				FAILF(w->err, BAD_ARGUMENT, "\"%.60s\" is no number",
				      pairs.items[i].name);
			der_write_small(w, (uint32_t)number);
		}
	ext_pairs_clear(&pairs);
}

static const char *own_value(const struct conf *conf, const char *section, const char *name)
{
	const struct conf_entry *e;
	const char *value = NULL;
	size_t at = 0;

	while ((e = conf_next(conf, section, &at)) != NULL)
		if (strcmp(e->name, name) == 0)
			value = e->value;
	return value;
}

/* UserNotice ::= SEQUENCE { noticeRef SEQUENCE { organization, numbers } OPTIONAL, explicitText } */
static void put_notice(struct writer *w, const struct ext_source *source, const char *section)
{
	const char *organization = own_value(source->conf, section, "organization");
	const char *numbers = own_value(source->conf, section, "noticeNumbers");
	const char *text = own_value(source->conf, section, "explicitText");

	if ((organization == NULL) != (numbers == NULL))
		FAILF(w->err, BAD_ARGUMENT, "organization and noticeNumbers go together");
	DER_WRITE (w, DER_SEQUENCE) {
		if (organization != NULL && numbers != NULL)
			DER_WRITE (w, DER_SEQUENCE) {
				put_display(w, organization, DER_VISIBLE_STRING);
				put_numbers(w, numbers);
			}
		if (text != NULL)
			put_display(w, text, DER_VISIBLE_STRING);
	}
}

static void put_qualifier(struct writer *w, const struct ext_source *source,
			  const struct conf_entry *e)
{
	if (ext_name_is(e->name, "CPS")) {
		DER_WRITE (w, DER_SEQUENCE) {
			der_write_oid(w, OID_QUALIFIER_CPS);
			ext_ia5(w, source, e->value);
		}
	} else if (ext_name_is(e->name, "userNotice") && e->value[0] == '@' &&
		   conf_has_section(source->conf, e->value + 1)) {
		DER_WRITE (w, DER_SEQUENCE) {
			der_write_oid(w, OID_QUALIFIER_NOTICE);
			put_notice(w, source, e->value + 1);
		}
	} else {
		FAILF(w->err, BAD_ARGUMENT,
		      "\"%.60s\" of a policy is neither CPS nor userNotice = @section", e->name);
	}
}

static void put_section(struct writer *w, const struct ext_source *source, const char *section)
{
	const char *id = own_value(source->conf, section, "policyIdentifier");
	const struct conf_entry *e;
	size_t at = 0, start, empty = 0;

	if (id == NULL) {
		FAILF(w->err, BAD_ARGUMENT, "there is no policyIdentifier in [%.60s]", section);
		return;
	}
	ext_put_oid(w, id);
	start = w->len;
	DER_WRITE (w, DER_SEQUENCE) {
		empty = w->len;
		while ((e = conf_next(source->conf, section, &at)) != NULL && writer_ok(w))
			if (!ext_name_is(e->name, "policyIdentifier"))
				put_qualifier(w, source, e);
		empty -= w->len;
	}
	if (empty == 0)
		w->len = start;
}

/* PolicyInformation ::= SEQUENCE { policyIdentifier, policyQualifiers OPTIONAL } */
void ext_policies(struct writer *w, const struct ext_source *source, const char *text)
{
	struct ext_pairs pairs;
	bool ok = ext_pairs_split(&pairs, text, w->err);

	DER_WRITE (w, DER_SEQUENCE)
		for (size_t i = 0; ok && i < pairs.count && writer_ok(w); i++) {
			const char *name = pairs.items[i].name;

			if (strcmp(name, "ia5org") == 0)
				continue;
			DER_WRITE (w, DER_SEQUENCE) {
				if (name[0] == '@')
					put_section(w, source, name + 1);
				else
					ext_put_oid(w, name);
			}
		}
	ext_pairs_clear(&pairs);
}
