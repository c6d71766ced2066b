/*
 * A certificate for people. Whatever stands in it comes escaped out of the library.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/cert.h"
#include "cli/facts.h"
#include "x509/describe.h"
#include "x509/raw_key.h"

enum {
	VALUE_COLUMN = 20,
	LINE_COLUMNS = 100,
	NAME_SIZE = 65536, /* no certificate is longer; what is shown is cut there */
};

static void row(const struct term *t, const char *name, const char *value)
{
	term_print(t, "  %-*s%s\n", VALUE_COLUMN - 2, name, value);
}

/* ---- what every certificate has ---- */

static void digest_row(const struct term *t, const char *name, enum digest_alg alg,
		       struct span bytes)
{
	uint8_t digest[DIGEST_MAX_LEN];
	char hex[2 * DIGEST_MAX_LEN + 1];

	digest_once(alg, bytes, digest);
	for (size_t i = 0; i < digest_len(alg); i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	row(t, name, hex);
}

/* The form that curl --pinnedpubkey takes. */
static void pin_row(const struct term *t, const struct ward_cert *cert)
{
	char pin[PIN_TEXT_LEN];
	uint8_t hash[32];

	ward_cert_spki_hash(cert, hash);
	row(t, "SPKI pin", pin_text(hash, pin));
}

static void validity_row(const struct term *t, const struct ward_cert *cert, int64_t now)
{
	int64_t from = ward_cert_not_before(cert), to = ward_cert_not_after(cert);
	char first[FACTS_TIME], last[FACTS_TIME], expiry[64];

	term_print(t, "  %-*s%s to %s, ", VALUE_COLUMN - 2, "Valid", facts_time(from, first),
		   facts_time(to, last));
	term_paint(t, from <= now && now <= to ? TERM_PLAIN : TERM_BAD, "%s\n",
		   facts_expiry(now, from, to, expiry, sizeof(expiry)));
}

static void key_row(const struct term *t, const struct ward_cert *cert)
{
	const char *type = ward_cert_key_type(cert);

	term_print(t, "  %-*s%s", VALUE_COLUMN - 2, "Key", type);
	if (strcmp(type, "RSA") == 0)
		term_print(t, " %u bits", ward_cert_key_bits(cert));
	term_print(t, "\n");
}

static void name_row(const struct term *t, const char *name, const struct ward_cert *cert,
		     char *(*make)(const struct ward_cert *cert, char *buf, size_t size), char *buf)
{
	make(cert, buf, NAME_SIZE);
	row(t, name, buf[0] == '\0' ? "(empty)" : buf);
}

static void print_base(const struct term *t, const struct ward_cert *cert, int64_t now, char *buf)
{
	name_row(t, "Subject", cert, ward_cert_subject, buf);
	name_row(t, "Issuer", cert, ward_cert_issuer, buf);
	name_row(t, "Serial", cert, ward_cert_serial, buf);
	validity_row(t, cert, now);
	key_row(t, cert);
	row(t, "Signature", ward_cert_signature_name(cert));
	term_print(t, "  %-*s%d\n", VALUE_COLUMN - 2, "Version", cert->version);
	row(t, "CA", ward_cert_is_ca(cert) ? "yes" : "no");
	digest_row(t, "SHA-256", DIGEST_SHA256, cert_der(cert));
	digest_row(t, "SHA-1", DIGEST_SHA1, cert_der(cert));
	pin_row(t, cert);
}

/* ---- extensions ---- */

/* Facts of one name stand in one line as far as it goes. */
struct lines {
	const struct term *term;
	char name[96];
	size_t column; /* 0: at the beginning of a line */
};

static void end_line(struct lines *l)
{
	if (l->column > 0)
		term_print(l->term, "\n");
	l->column = 0;
}

static void print_extension(void *arg, const char *name, const char *oid, bool critical)
{
	struct lines *l = arg;

	end_line(l);
	l->name[0] = '\0';
	term_print(l->term, "  ");
	term_paint(l->term, TERM_BOLD, "%s", name);
	if (strcmp(name, oid) != 0)
		term_paint(l->term, TERM_DIM, " %s", oid);
	term_print(l->term, "%s\n", critical ? ", critical" : "");
}

static void print_fact(void *arg, const char *name, const char *value)
{
	struct lines *l = arg;
	bool again = l->column > 0 && strcmp(l->name, name) == 0;
	size_t len = strlen(value);

	if (again && l->column + 2 + len <= LINE_COLUMNS) {
		term_print(l->term, ", %s", value);
		l->column += 2 + len;
		return;
	}
	end_line(l);
	term_print(l->term, "    %-*s %s", VALUE_COLUMN - 5, again ? "" : name, value);
	snprintf(l->name, sizeof(l->name), "%s", name);
	l->column = VALUE_COLUMN + len;
}

void cert_print_row(const struct term *term, const char *name, const char *value)
{
	row(term, name, value);
}

bool cert_print_extensions(struct span extensions, const struct term *term)
{
	struct lines lines = { .term = term };
	struct describe_sink sink = { print_extension, print_fact, &lines };
	bool ok = describe_extension_list(extensions, &sink, NULL);

	end_line(&lines);
	return ok;
}

bool cert_print(const struct ward_cert *cert, size_t at, size_t of, int64_t now,
		const struct term *term)
{
	char *buf = malloc(NAME_SIZE);

	if (buf == NULL)
		return false;
	term_print(term, at == 1 ? "" : "\n");
	term_paint(term, TERM_BOLD, "Certificate %zu of %zu\n", at, of);
	print_base(term, cert, now, buf);
	free(buf);
	return cert_print_extensions(cert->ext.list, term);
}
