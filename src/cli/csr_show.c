/*
 * `ward cert show` of a certificate request: what it asks for, and whether who made it has the key.
 */
#include <stdlib.h>

#include "base/error.h"
#include "cli/cert.h"
#include "cli/report.h"
#include "io/files.h"
#include "wire/pem.h"
#include "x509/csr.h"
#include "x509/text.h"

static const char command[] = "ward cert show";

enum { NAME_SIZE = 2048, HASH_TEXT = 65 };

static const char *spki_text(const struct ward_csr *csr, char buf[HASH_TEXT])
{
	struct text t = text_make(buf, HASH_TEXT);
	uint8_t hash[32];

	ward_csr_spki_hash(csr, hash);
	text_put_hex(&t, span_make(hash, sizeof(hash)));
	return buf;
}

/* ---- as JSON ---- */

static json_t *extensions_json(const struct ward_csr *csr)
{
	return csr->has_extensions ? cert_json_extensions(csr->ext.list) : json_array();
}

/* The reason of the error is a word that stays the same. */
static json_t *signature_json(const struct ward_csr *csr)
{
	struct ward_error err = ERROR_NONE;
	bool good = ward_csr_verify(csr, &err);

	return json_pack("{s:s, s:b, s:s?}", "algorithm", ward_csr_signature_name(csr), "good",
			 (int)good, "error", good ? NULL : ward_reason_name(err.reason));
}

static json_t *csr_json(const struct ward_csr *csr, bool with_pem)
{
	char subject[NAME_SIZE], spki[HASH_TEXT];
	char *pem = with_pem ? ward_csr_pem(csr) : NULL;
	json_t *object = json_pack("{s:s, s:s, s:i, s:s, s:o, s:b, s:o}", "subject",
				   ward_csr_subject(csr, subject, sizeof(subject)), "key_type",
				   ward_csr_key_type(csr), "key_bits", (int)ward_csr_key_bits(csr),
				   "spki_sha256", spki_text(csr, spki), "signature",
				   signature_json(csr), "challenge_password",
				   (int)csr->has_challenge, "extensions", extensions_json(csr));

	if (object != NULL && with_pem)
		json_object_set_new(object, "pem", json_string(pem == NULL ? "" : pem));
	free(pem);
	return object;
}

static bool write_json(const struct ward_csr *csr, bool with_pem)
{
	json_t *document = json_pack("{s:i, s:o}", "schema", 1, "csr", csr_json(csr, with_pem));
	bool ok = document != NULL && json_dumpf(document, stdout, JSON_INDENT(2)) == 0 &&
		  putchar('\n') != EOF;

	json_decref(document);
	return ok;
}

/* ---- as text ---- */

static void print_key(const struct ward_csr *csr, const struct term *t)
{
	char key[64], spki[HASH_TEXT];

	snprintf(key, sizeof(key), "%s, %u bits", ward_csr_key_type(csr), ward_csr_key_bits(csr));
	cert_print_row(t, "Key", key);
	cert_print_row(t, "SPKI SHA-256", spki_text(csr, spki));
}

static void print_signature(const struct ward_csr *csr, const struct term *t)
{
	bool good = ward_csr_verify(csr, NULL);

	cert_print_row(t, "Signature", ward_csr_signature_name(csr));
	cert_print_row(t, "Possession",
		       good ? "proved: signed by the key that is in it"
			    : "NOT proved: not signed by the key that is in it");
}

static bool write_text(const struct ward_csr *csr, const struct term *t)
{
	char subject[NAME_SIZE];

	term_paint(t, TERM_BOLD, "Certificate request\n");
	cert_print_row(t, "Subject", ward_csr_subject(csr, subject, sizeof(subject)));
	print_key(csr, t);
	print_signature(csr, t);
	if (csr->has_challenge)
		cert_print_row(t, "Challenge", "it has a password for its revocation");
	return !csr->has_extensions || cert_print_extensions(csr->ext.list, t);
}

static bool write_pem(const struct ward_csr *csr)
{
	char *pem = ward_csr_pem(csr);
	bool ok = pem != NULL && fputs(pem, stdout) >= 0;

	free(pem);
	return ok;
}

/* ---- whether it is one ---- */

/* In PEM the first block decides: behind certificates, a request is passed over. */
static bool is_one_in_pem(struct span text)
{
	struct ward_error err = ERROR_NONE;
	struct pem_block block;
	bool found;

	if (!pem_detect(text) || !pem_next(&text, &block, &err))
		return false;
	found = csr_label(block.label);
	pem_block_clear(&block);
	return found;
}

static int show(const struct ward_csr *csr, const struct csr_show *how)
{
	bool ok;

	if (how->json)
		ok = write_json(csr, how->pem);
	else
		ok = how->pem ? write_pem(csr) : write_text(csr, how->term);
	return ok ? EXIT_FINE
		  : report_lines(command, EXIT_NETWORK,
				 "check where it goes to, and the space there",
				 "it cannot be written");
}

bool csr_show(const char *path, const struct csr_show *how, int *code)
{
	struct ward_error err = ERROR_NONE;
	struct file_bytes bytes;
	struct ward_csr *csr = NULL;
	bool pem, certain;

	/* A regular file: standard input and pipes can be read but once. */
	if (!file_read(path, FILE_MAX_PEM, &bytes, NULL))
		return false;
	pem = pem_detect(span_make(bytes.data, bytes.len));
	certain = is_one_in_pem(span_make(bytes.data, bytes.len));
	if (certain || !pem)
		csr = ward_csr_parse(bytes.data, bytes.len, &err);
	file_bytes_clear(&bytes);
	if (csr != NULL) {
		*code = show(csr, how);
		ward_csr_free(csr);
	} else if (certain) {
		report_error(command, path, &err);
		*code = EXIT_USAGE;
	}
	return certain || csr != NULL;
}
