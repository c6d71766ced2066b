/*
 * Telling apart what files hold. PEM says it in its labels; DER by its first elements, which no two
 * of the forms have in common.
 */
#include "cli/material.h"

#include <string.h>

#include "base/error.h"
#include "cli/input.h"
#include "cli/key.h"
#include "cli/report.h"
#include "crypto/pkcs12.h"
#include "wire/der.h"
#include "wire/pem.h"
#include "x509/chain.h"
#include "x509/csr.h"
#include "x509/pkcs7.h"

struct loading {
	struct material *m;
	const char *command, *name;
	struct passphrase *passphrase;
	size_t found;
};

/* What is found beside others is an answer too; a failure has been reported then. */
static bool add_cert(struct loading *l, struct span der)
{
	struct ward_error err = ERROR_NONE;
	struct ward_cert *cert = ward_cert_parse(der.data, der.len, &err);

	l->found++;
	if (cert != NULL && chain_append(&l->m->chain, cert, &err))
		return true;
	ward_cert_free(cert);
	report_error(l->command, l->name, &err);
	return false;
}

static bool add_csr(struct loading *l, struct span der)
{
	struct ward_error err = ERROR_NONE;
	struct ward_csr *csr = ward_csr_parse(der.data, der.len, &err);

	l->found++;
	if (csr == NULL) {
		report_error(l->command, l->name, &err);
		return false;
	}
	if (l->m->csr == NULL)
		l->m->csr = csr;
	else
		ward_csr_free(csr);
	return true;
}

static bool add_key(struct loading *l, struct span bytes)
{
	l->found++;
	if (l->m->key != NULL)
		return true;
	l->m->key = key_parse_with(l->command, l->name, bytes.data, bytes.len, l->passphrase);
	return l->m->key != NULL;
}

static bool add_pkcs7(struct loading *l, struct span der)
{
	struct ward_error err = ERROR_NONE;

	l->found++;
	if (pkcs7_read(der, &l->m->chain, &err))
		return true;
	report_error(l->command, l->name, &err);
	return false;
}

/* ---- PKCS#12 ---- */

static bool take_pkcs12(struct loading *l, struct pkcs12 *p)
{
	struct ward_error err = ERROR_NONE;

	for (size_t i = 0; i < p->count; i++)
		if (!add_cert(l, span_make(p->certs[i].der, p->certs[i].len)))
			return false;
	if (p->key == NULL || l->m->key != NULL)
		return true;
	l->m->key = key_from_private(p->key, &err); /* which takes it over, even when it fails */
	p->key = NULL;
	if (l->m->key == NULL)
		report_error(l->command, l->name, &err);
	return l->m->key != NULL;
}

/* Many have an empty passphrase, so that is tried before anybody is asked. */
static bool add_pkcs12(struct loading *l, struct span der)
{
	struct passphrase *pass = l->passphrase;
	struct ward_error err = ERROR_NONE;
	struct pkcs12 p;
	bool ok = pkcs12_read(der, span_make(pass->bytes, pass->len), &p, &err);

	l->found++;
	if (!ok && err.reason == WARD_E_PASSPHRASE_WRONG && !pass->given) {
		pkcs12_clear(&p);
		if (!passphrase_ask(pass, l->command, l->name, false))
			return false;
		err = ERROR_NONE;
		ok = pkcs12_read(der, span_make(pass->bytes, pass->len), &p, &err);
	}
	if (!ok)
		report_error(l->command, l->name, &err);
	ok = ok && take_pkcs12(l, &p);
	pkcs12_clear(&p);
	return ok;
}

/* ---- which it is ---- */

static bool label_is(const char *label, const char *a, const char *b)
{
	return strcmp(label, a) == 0 || strcmp(label, b) == 0;
}

/* `lines` is the block as it stands in the text: an old encrypted key needs its headers. */
static bool add_block(struct loading *l, const struct pem_block *block, struct span lines)
{
	struct span der = span_make(block->der, block->der_len);
	size_t len = strlen(block->label);

	if (chain_label_is_cert(block->label))
		return add_cert(l, der);
	if (csr_label(block->label))
		return add_csr(l, der);
	if (label_is(block->label, "PKCS7", "CMS"))
		return add_pkcs7(l, der);
	if (len >= 11 && strcmp(block->label + len - 11, "PRIVATE KEY") == 0)
		return add_key(l, lines);
	return true; /* parameters, and what else stands in bundles */
}

static bool add_pem(struct loading *l, struct span text)
{
	struct ward_error err = ERROR_NONE;
	struct pem_block block;
	struct span before = text;
	bool ok = true;

	for (; ok && pem_next(&text, &block, &err); before = text) {
		size_t len = (size_t)(text.data - before.data);

		ok = add_block(l, &block, span_make(before.data, len));
		pem_block_clear(&block);
	}
	if (error_is_set(&err))
		report_error(l->command, l->name, &err);
	return ok && !error_is_set(&err);
}

/* SEQUENCE { SEQUENCE { [0] or INTEGER …: a certificate or a request; anything else is a key. */
static bool add_der(struct loading *l, struct span der)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(der, &own);
	struct reader outer = der_open(&r, DER_SEQUENCE);
	int first = der_peek(&outer);
	struct reader inner = first == DER_SEQUENCE ? der_open(&outer, DER_SEQUENCE) : outer;
	int within = first == DER_SEQUENCE ? der_peek(&inner) : -1;
	struct ward_csr *csr;

	if (pkcs12_detect(der))
		return add_pkcs12(l, der);
	if (pkcs7_detect(der))
		return add_pkcs7(l, der);
	if (within == DER_CONTEXT_CONS(0))
		return add_cert(l, der);
	if (within != DER_INTEGER)
		return add_key(l, der);
	csr = ward_csr_parse(der.data, der.len, NULL); /* or a certificate of version 1 */
	ward_csr_free(csr);
	return csr != NULL ? add_csr(l, der) : add_cert(l, der);
}

int material_load(struct material *m, const char *command, const char *path,
		  struct passphrase *passphrase)
{
	struct loading l = { m, command, input_name(path), passphrase, 0 };
	struct ward_error err = ERROR_NONE;
	struct file_bytes bytes;
	struct span span;
	bool ok;

	if (!input_read(path, &bytes, &err))
		return report_setup(command, &err);
	span = span_make(bytes.data, bytes.len);
	ok = pem_detect(span) ? add_pem(&l, span) : add_der(&l, span);
	file_bytes_clear(&bytes);
	if (ok && l.found == 0)
		return report_lines(command, EXIT_USAGE,
				    "give a file of certificates, keys or a request",
				    "%s: nothing of the kind is in it", l.name);
	return ok ? EXIT_FINE : EXIT_USAGE;
}

void material_clear(struct material *m)
{
	ward_chain_clear(&m->chain);
	ward_key_free(m->key);
	ward_csr_free(m->csr);
	*m = (struct material){ 0 };
}

void material_order(struct material *m)
{
	size_t i = 0;

	while (m->key != NULL && i < m->chain.count && !ward_key_matches(m->key, m->chain.certs[i]))
		i++;
	if (m->key == NULL || i == m->chain.count)
		return;
	for (; i > 0; i--) {
		struct ward_cert *cert = m->chain.certs[i];

		m->chain.certs[i] = m->chain.certs[i - 1];
		m->chain.certs[i - 1] = cert;
	}
}
