/*
 * The values of extensions that name names: subjectAltName, nameConstraints, places to ask.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli/openssl/ext_text.h"
#include "x509/ip.h"
#include "x509/name.h"
#include "x509/oid.h"

/* ---- one GeneralName ---- */

static void put_ia5(struct writer *w, int tag, const char *value)
{
	for (const char *c = value; *c != '\0'; c++)
		if ((*c & 0x80) != 0)
			FAILF(w->err, BAD_ARGUMENT,
			      "\"%.60s\" is not ASCII; of hosts give the form that begins with xn--",
			      value);
	der_write_element(w, tag, span_string(value));
}

/* "192.0.2.1", in a subtree "192.0.2.0/255.255.255.0". */
static void put_address(struct writer *w, const char *value, bool subtree)
{
	const char *slash = subtree ? strchr(value, '/') : NULL;
	size_t first = slash == NULL ? strlen(value) : (size_t)(slash - value);
	uint8_t bytes[32];
	size_t len = ip_parse(span_make(value, first), bytes);
	size_t mask = 0;

	if (subtree && slash != NULL && len > 0)
		mask = ip_parse(span_string(slash + 1), bytes + len);
	if (len == 0 || (subtree && mask != len))
		FAILF(w->err, BAD_ARGUMENT,
		      subtree ? "\"%.60s\" is no address and mask: 10.0.0.0/255.0.0.0"
			      : "\"%.60s\" is no IP address",
		      value);
	der_write_element(w, DER_CONTEXT(WARD_SAN_IP), span_make(bytes, len + mask));
}

/* OtherName ::= SEQUENCE { type-id, value [0] EXPLICIT ANY }: "1.2.3;UTF8:text" */
static void put_other(struct writer *w, const struct ext_source *source, const char *value)
{
	const char *text = strchr(value, ';');
	char type[64];

	if (text == NULL || (size_t)(text - value) >= sizeof(type)) {
		FAILF(w->err, BAD_ARGUMENT,
		      "an otherName is given as OID;type:value, such as 1.2.3;UTF8:text");
		return;
	}
	snprintf(type, sizeof(type), "%.*s", (int)(text - value), value);
	DER_WRITE (w, DER_CONTEXT_CONS(0)) {
		ext_put_oid(w, type);
		DER_WRITE (w, DER_CONTEXT_CONS(0))
			ext_asn1(w, source, text + 1);
	}
}

static void put_directory(struct writer *w, const struct ext_source *source, const char *section)
{
	DER_WRITE (w, DER_CONTEXT_CONS(WARD_SAN_DIRECTORY))
		(void)conf_write_name(w, source->conf, section, w->err);
}

static void put_registered(struct writer *w, const char *value)
{
	uint8_t oid[EXT_OID_MAX];
	size_t len = 0;

	if (!der_oid_parse(span_string(value), oid, sizeof(oid), &len))
		FAILF(w->err, BAD_ARGUMENT, "\"%.60s\" is no OID", value);
	der_write_element(w, DER_CONTEXT(8), span_make(oid, len));
}

/* email:copy: all those of the subject. */
static void copy_addresses(struct writer *w, const struct ext_source *source)
{
	struct name_walk walk;
	struct name_attribute a;

	for (name_walk_start(&walk, source->subject); name_walk_next(&walk, &a);)
		if (span_equal(a.type, OID_EMAIL_ADDRESS))
			der_write_element(w, DER_CONTEXT(WARD_SAN_EMAIL), a.value);
}

static void put_email(struct writer *w, const struct ext_source *source, const char *value)
{
	if (strcmp(value, "copy") == 0)
		copy_addresses(w, source);
	else if (strcmp(value, "move") == 0)
		FAILF(w->err, BAD_ARGUMENT, "email:move is not supported; use email:copy");
	else
		put_ia5(w, DER_CONTEXT(WARD_SAN_EMAIL), value);
}

bool ext_put_name(struct writer *w, const struct ext_source *source, const char *kind,
		  const char *value, bool subtree)
{
	if (value == NULL)
		FAILF(w->err, BAD_ARGUMENT,
		      "\"%.60s\" needs a kind in front: DNS:, IP:, email:, URI:", kind);
	else if (ext_name_is(kind, "DNS"))
		put_ia5(w, DER_CONTEXT(WARD_SAN_DNS), value);
	else if (ext_name_is(kind, "IP"))
		put_address(w, value, subtree);
	else if (ext_name_is(kind, "email"))
		put_email(w, source, value);
	else if (ext_name_is(kind, "URI"))
		put_ia5(w, DER_CONTEXT(WARD_SAN_URI), value);
	else if (ext_name_is(kind, "RID"))
		put_registered(w, value);
	else if (ext_name_is(kind, "dirName"))
		put_directory(w, source, value);
	else if (ext_name_is(kind, "otherName"))
		put_other(w, source, value);
	else
		FAILF(w->err, BAD_ARGUMENT,
		      "\"%.60s\" is no kind of name; there are DNS, IP, email, URI, RID, dirName, "
		      "otherName",
		      kind);
	return writer_ok(w);
}

static void put_names(struct writer *w, const struct ext_source *source, const char *text)
{
	struct ext_pairs pairs;
	bool ok = ext_pairs_make(&pairs, source, text, w->err);

	for (size_t i = 0; ok && i < pairs.count; i++)
		ok = ext_put_name(w, source, pairs.items[i].name, pairs.items[i].value, false);
	ext_pairs_clear(&pairs);
}

void ext_alt_names(struct writer *w, const struct ext_source *source, const char *text)
{
	DER_WRITE (w, DER_SEQUENCE)
		put_names(w, source, text);
}

/* ---- name constraints ---- */

/* "permitted;DNS" is a DNS name of that list. */
static const char *kind_in(const char *name, const char *list)
{
	size_t len = strlen(list);

	return strncmp(name, list, len) == 0 && name[len] == ';' ? name + len + 1 : NULL;
}

static void put_subtrees(struct writer *w, const struct ext_source *source,
			 const struct ext_pairs *pairs, const char *list, int tag)
{
	size_t start = w->len, empty = 0;

	DER_WRITE (w, tag) {
		empty = w->len;
		for (size_t i = 0; i < pairs->count && writer_ok(w); i++) {
			const char *kind = kind_in(pairs->items[i].name, list);

			if (kind != NULL)
				DER_WRITE (w, DER_SEQUENCE)
					(void)ext_put_name(w, source, kind, pairs->items[i].value,
							   true);
		}
		empty -= w->len;
	}
	if (empty == 0)
		w->len = start;
}

void ext_name_constraints(struct writer *w, const struct ext_source *source, const char *text)
{
	struct ext_pairs pairs;
	bool ok = ext_pairs_make(&pairs, source, text, w->err);

	for (size_t i = 0; ok && i < pairs.count; i++)
		if (kind_in(pairs.items[i].name, "permitted") == NULL &&
		    kind_in(pairs.items[i].name, "excluded") == NULL)
			ok = FAILF(w->err, BAD_ARGUMENT,
				   "\"%.60s\" begins with neither permitted; nor excluded;",
				   pairs.items[i].name);
	DER_WRITE (w, DER_SEQUENCE) {
		if (ok)
			put_subtrees(w, source, &pairs, "permitted", DER_CONTEXT_CONS(0));
		if (ok)
			put_subtrees(w, source, &pairs, "excluded", DER_CONTEXT_CONS(1));
	}
	ext_pairs_clear(&pairs);
}

/* ---- where to ask ---- */

/* A section of a point: fullname, reasons, CRLissuer. */
static void put_point_section(struct writer *w, const struct ext_source *source,
			      const char *section)
{
	const struct conf_entry *e;
	size_t at = 0;

	if (!conf_has_section(source->conf, section))
		FAILF(w->err, BAD_ARGUMENT, "there is no section [%.60s]", section);
	while ((e = conf_next(source->conf, section, &at)) != NULL && writer_ok(w)) {
		if (strcmp(e->name, "fullname") == 0)
			DER_WRITE (w, DER_CONTEXT_CONS(0))
				DER_WRITE (w, DER_CONTEXT_CONS(0))
					put_names(w, source, e->value);
		else
			FAILF(w->err, BAD_ARGUMENT,
			      "%.40s of a distribution point is not supported; fullname is",
			      e->name);
	}
}

/* A name alone is a section, one with a value the only name of a point. */
static void put_point(struct writer *w, const struct ext_source *source,
		      const struct ext_pair *pair)
{
	DER_WRITE (w, DER_SEQUENCE) {
		if (pair->value == NULL)
			put_point_section(w, source, pair->name);
		else
			DER_WRITE (w, DER_CONTEXT_CONS(0))
				DER_WRITE (w, DER_CONTEXT_CONS(0))
					(void)ext_put_name(w, source, pair->name, pair->value,
							   false);
	}
}

void ext_crl_points(struct writer *w, const struct ext_source *source, const char *text)
{
	struct ext_pairs pairs;
	bool ok = ext_pairs_make(&pairs, source, text, w->err);

	DER_WRITE (w, DER_SEQUENCE)
		for (size_t i = 0; ok && i < pairs.count && writer_ok(w); i++)
			put_point(w, source, &pairs.items[i]);
	ext_pairs_clear(&pairs);
}

/* AccessDescription ::= SEQUENCE { accessMethod, accessLocation }: "OCSP;URI:http://…" */
static void put_access(struct writer *w, const struct ext_source *source,
		       const struct ext_pair *pair)
{
	const char *kind = strchr(pair->name, ';');
	char method[64];

	if (kind == NULL || (size_t)(kind - pair->name) >= sizeof(method)) {
		FAILF(w->err, BAD_ARGUMENT, "\"%.60s\" has not the form OCSP;URI:http://...",
		      pair->name);
		return;
	}
	snprintf(method, sizeof(method), "%.*s", (int)(kind - pair->name), pair->name);
	DER_WRITE (w, DER_SEQUENCE) {
		ext_put_oid(w, method);
		(void)ext_put_name(w, source, kind + 1, pair->value, false);
	}
}

void ext_access(struct writer *w, const struct ext_source *source, const char *text)
{
	struct ext_pairs pairs;
	bool ok = ext_pairs_make(&pairs, source, text, w->err);

	DER_WRITE (w, DER_SEQUENCE)
		for (size_t i = 0; ok && i < pairs.count && writer_ok(w); i++)
			put_access(w, source, &pairs.items[i]);
	ext_pairs_clear(&pairs);
}
