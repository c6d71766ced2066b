/*
 * `ward cert convert`: certificates, keys and requests from one form into another.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/cert.h"
#include "cli/key.h"
#include "cli/material.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/report.h"
#include "crypto/pkcs12.h"
#include "wire/pem.h"
#include "x509/pkcs7.h"

static const char command[] = "ward cert convert";

enum {
	OPT_TO = OPTION_LONG,
	OPT_OUT,
	OPT_ENCRYPT,
	OPT_NAME,
	OPT_PASSPHRASE_FILE,
	OPT_PASSPHRASE_FD,
	OPT_NEW_FILE,
	OPT_NEW_FD,
	OPT_FORCE,
};

static const struct option_row rows[] = {
	{ OPT_TO, "to", "FORM", "pem, der, p12, p7b, pkcs8, pkcs8-der, pkcs1, sec1 or public" },
	{ OPT_OUT, "out", "FILE",
	  "where to write it, mode 0600 if it holds a key; default: stdout" },
	{ OPT_ENCRYPT, "encrypt", NULL, "a key of pem, pkcs8 or pkcs8-der under a new passphrase" },
	{ OPT_NAME, "name", "NAME", "what a p12 calls its key" },
	PASSPHRASE_OPTIONS(OPT_PASSPHRASE_FILE, OPT_PASSPHRASE_FD),
	{ OPT_NEW_FILE, "new-passphrase-file", "FILE", "its first line encrypts what is written" },
	{ OPT_NEW_FD, "new-passphrase-fd", "N", "the same from descriptor N" },
	{ OPT_FORCE, "force", NULL, "replace a file that is there" },
};

struct convert;

/* What is written; `secret` if it holds a key. */
struct product {
	uint8_t *bytes;
	size_t len;
	bool secret;
};

struct form {
	const char *word;
	bool (*make)(struct convert *c, struct product *out);
};

struct convert {
	const struct form *form;
	const char *out, *name;
	bool encrypt, force;
	struct passphrase old, new;
	struct material m;
};

static bool fail(const struct ward_error *err)
{
	report_error(command, NULL, err);
	return false;
}

static bool missing(const char *what)
{
	(void)report_lines(command, EXIT_USAGE, "give a file that has one, too",
			   "there is no %s to write", what);
	return false;
}

static bool need_new_passphrase(struct convert *c)
{
	return c->new.given || passphrase_ask(&c->new, command, "what is written", true);
}

/* ---- PEM: all there is, the key first ---- */

static bool append(struct product *out, char *text, const struct ward_error *err)
{
	size_t len = text == NULL ? 0 : strlen(text);
	/* Not realloc, which may leave a copy of a key behind. */
	uint8_t *grown = text == NULL ? NULL : malloc(out->len + len);
	struct ward_error own = ERROR_NONE;

	if (grown != NULL) {
		bytes_copy(grown, out->bytes, out->len);
		bytes_copy(grown + out->len, text, len);
		ward_wipe(out->bytes, out->len);
		free(out->bytes);
		out->bytes = grown;
		out->len += len;
	}
	key_text_free(text);
	if (grown != NULL)
		return true;
	(void)error_pass(&own, err);
	FAIL(&own, NO_MEMORY);
	return fail(&own);
}

static char *key_text(struct convert *c, struct ward_error *err)
{
	return c->encrypt ? ward_key_pem_encrypted(c->m.key, c->new.bytes, c->new.len, err)
			  : ward_key_pem(c->m.key, err);
}

static bool make_pem(struct convert *c, struct product *out)
{
	struct ward_error err = ERROR_NONE;
	bool ok = !c->encrypt || need_new_passphrase(c);

	out->secret = c->m.key != NULL;
	if (ok && c->m.key != NULL)
		ok = append(out, key_text(c, &err), &err);
	for (size_t i = 0; ok && i < c->m.chain.count; i++)
		ok = append(out, ward_cert_pem(c->m.chain.certs[i]), &err);
	if (ok && c->m.csr != NULL)
		ok = append(out, ward_csr_pem(c->m.csr), &err);
	return ok;
}

/* ---- DER: one thing ---- */

static bool copy(struct product *out, const uint8_t *der, size_t len)
{
	struct ward_error err = ERROR_NONE;

	out->bytes = malloc(len);
	out->len = len;
	bytes_copy(out->bytes, der, out->bytes == NULL ? 0 : len);
	return out->bytes != NULL || FAIL(&err, NO_MEMORY) || fail(&err);
}

static bool make_key_der(struct convert *c, struct product *out)
{
	struct ward_error err = ERROR_NONE;
	const char *passphrase = c->encrypt ? c->new.bytes : NULL;

	if (c->m.key == NULL)
		return missing("private key");
	if (c->encrypt && !need_new_passphrase(c))
		return false;
	out->secret = true;
	return ward_key_der(c->m.key, WARD_KEY_FORM_PKCS8, passphrase, c->new.len, &out->bytes,
			    &out->len, &err) ||
	       fail(&err);
}

static bool make_der(struct convert *c, struct product *out)
{
	size_t things = c->m.chain.count + (c->m.csr != NULL) + (c->m.key != NULL);
	size_t len;
	const uint8_t *der;

	if (things != 1) {
		(void)report_lines(command, EXIT_USAGE,
				   "give a file with one, or another form: pem, p12 or p7b",
				   "DER is for one thing, and there are %zu", things);
		return false;
	}
	if (c->m.key != NULL)
		return make_key_der(c, out);
	der = c->m.csr != NULL ? ward_csr_der(c->m.csr, &len)
			       : ward_cert_der(c->m.chain.certs[0], &len);
	return copy(out, der, len);
}

/* ---- keys ---- */

static bool make_key_form(struct convert *c, struct product *out, enum ward_key_form form)
{
	struct ward_error err = ERROR_NONE;

	if (c->m.key == NULL)
		return missing("private key");
	out->secret = form != WARD_KEY_FORM_PUBLIC;
	return append(out, ward_key_pem_form(c->m.key, form, &err), &err);
}

static bool make_pkcs8(struct convert *c, struct product *out)
{
	struct ward_error err = ERROR_NONE;

	if (!c->encrypt)
		return make_key_form(c, out, WARD_KEY_FORM_PKCS8);
	if (c->m.key == NULL)
		return missing("private key");
	if (!need_new_passphrase(c))
		return false;
	out->secret = true;
	return append(out, key_text(c, &err), &err);
}

static bool make_traditional(struct convert *c, struct product *out)
{
	struct ward_error err = ERROR_NONE;
	bool rsa = strcmp(c->form->word, "pkcs1") == 0;

	if (c->m.key != NULL && rsa != (privkey_type(key_private(c->m.key)) == KEY_RSA)) {
		FAILF(&err, BAD_ARGUMENT, "a key of type %s has no such form",
		      key_type_name(privkey_type(key_private(c->m.key))));
		return fail(&err);
	}
	return make_key_form(c, out, WARD_KEY_FORM_TRADITIONAL);
}

static bool make_public(struct convert *c, struct product *out)
{
	return make_key_form(c, out, WARD_KEY_FORM_PUBLIC);
}

/* ---- bundles ---- */

static bool make_p12(struct convert *c, struct product *out)
{
	struct ward_error err = ERROR_NONE;
	size_t count = c->m.chain.count;
	struct span *certs;
	bool ok;

	if (count == 0)
		return missing("certificate");
	if (c->m.key != NULL && !ward_key_matches(c->m.key, c->m.chain.certs[0])) {
		FAIL(&err, KEY_MISMATCH);
		return fail(&err);
	}
	certs = need_new_passphrase(c) ? calloc(count, sizeof(*certs)) : NULL;
	if (certs == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		certs[i] = cert_der(c->m.chain.certs[i]);
	ok = pkcs12_write(c->m.key == NULL ? NULL : key_private(c->m.key), certs, count, c->name,
			  span_make(c->new.bytes, c->new.len), &out->bytes, &out->len, &err);
	free(certs);
	out->secret = c->m.key != NULL;
	return ok || fail(&err);
}

static bool make_p7b(struct convert *c, struct product *out)
{
	struct ward_error err = ERROR_NONE;
	uint8_t *der;
	size_t len;
	char *text;

	if (c->m.chain.count == 0)
		return missing("certificate");
	if (!pkcs7_write(&c->m.chain, &der, &len, &err))
		return fail(&err);
	text = pem_encode("PKCS7", span_make(der, len));
	free(der);
	return append(out, text, &err);
}

static const struct form forms[] = {
	{ "pem", make_pem },           { "der", make_der },          { "p12", make_p12 },
	{ "p7b", make_p7b },           { "pkcs8", make_pkcs8 },      { "pkcs8-der", make_key_der },
	{ "pkcs1", make_traditional }, { "sec1", make_traditional }, { "public", make_public },
};

/* ---- options ---- */

static bool take_form(struct convert *c, const char *word)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(forms[i].word, word) == 0)
			c->form = &forms[i];
	return c->form != NULL ||
	       options_bad_value("cert convert", "to", word,
				 "give pem, der, p12, p7b, pkcs8, pkcs8-der, pkcs1, sec1 or "
				 "public");
}

static bool take(void *arg, int id, const char *value)
{
	struct convert *c = arg;

	switch (id) {
	case OPT_TO:
		return take_form(c, value);
	case OPT_OUT:
		c->out = value;
		return true;
	case OPT_NAME:
		c->name = value;
		return true;
	case OPT_ENCRYPT:
		return c->encrypt = true;
	case OPT_PASSPHRASE_FILE:
		return passphrase_read_file(&c->old, command, value);
	case OPT_PASSPHRASE_FD:
		return passphrase_read_fd(&c->old, command, value);
	case OPT_NEW_FILE:
		return passphrase_read_file(&c->new, command, value);
	case OPT_NEW_FD:
		return passphrase_read_fd(&c->new, command, value);
	default:
		return c->force = true;
	}
}

static int convert(struct convert *c, char **files)
{
	struct product out = { NULL, 0, false };
	int code = EXIT_FINE;

	for (; code == EXIT_FINE && *files != NULL; files++)
		code = material_load(&c->m, command, *files, &c->old);
	material_order(&c->m);
	if (code == EXIT_FINE && !c->form->make(c, &out))
		code = EXIT_USAGE;
	if (code == EXIT_FINE)
		code = output_write_bytes(command, c->out, out.bytes, out.len,
					  out.secret ? OUTPUT_SECRET : OUTPUT_PUBLIC);
	ward_wipe(out.bytes, out.len);
	free(out.bytes);
	material_clear(&c->m);
	return code;
}

static int run_with(struct convert *c, char **operands)
{
	if (operands[0] == NULL)
		return options_bad_operands(&verb_cert_convert, "there is nothing to convert",
					    NULL);
	if (c->form == NULL)
		return report_lines(command, EXIT_USAGE, "give --to pem, der, p12, p7b, pkcs8…",
				    "the form to convert to is missing");
	if (!output_is_free(command, c->out, c->force))
		return EXIT_USAGE;
	return convert(c, operands);
}

static int run(int argc, char **argv)
{
	struct convert c = { .out = "-" };
	int status = EXIT_USAGE;
	char **operands = options_parse(&verb_cert_convert, argc, argv, take, &c, &status);

	if (operands != NULL)
		status = run_with(&c, operands);
	passphrase_wipe(&c.old);
	passphrase_wipe(&c.new);
	return status;
}

const struct verb verb_cert_convert = {
	.name = "cert convert",
	.page = "cert",
	.operands = "FILE...",
	.summary = "from one form into another",
	.text = "Reads certificates, a private key and a request from files of any form (PEM, DER, PKCS#12,\n"
		"PKCS#7; keys also encrypted) and writes them in another. Passphrases come from a file, a\n"
		"descriptor or the terminal.\n",
	.examples = "  ward cert convert fullchain.pem privkey.pem --to p12 --out site.p12\n"
		    "  ward cert convert site.p12 --to pem --out site.pem\n"
		    "  ward cert convert key.pem --to pkcs8 --encrypt --out key-encrypted.pem\n",
	.options = rows,
	.option_count = sizeof(rows) / sizeof(rows[0]),
	.run = run,
};
