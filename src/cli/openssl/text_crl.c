/*
 * A list of revoked certificates as text, in the form of `openssl crl -text`.
 */
#include "cli/openssl/text.h"
#include "x509/crl.h"

static struct span outer_algorithm(const struct ward_crl *crl)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(crl->der, &err);
	struct reader seq = der_open(&r, DER_SEQUENCE);

	(void)der_whole_tag(&seq, DER_SEQUENCE);
	return der_whole_tag(&seq, DER_SEQUENCE);
}

/* The number as `openssl x509 -serial` writes it: whole bytes, without a sign byte. */
static void put_serial(FILE *out, struct span serial)
{
	while (serial.len > 1 && serial.data[0] == 0)
		serial = span_make(serial.data + 1, serial.len - 1);
	for (size_t i = 0; i < serial.len; i++)
		fprintf(out, "%02X", serial.data[i]);
}

static void put_entry(FILE *out, struct reader *entry)
{
	fputs("    Serial Number: ", out);
	put_serial(out, der_integer(entry));
	fputs("\n        Revocation Date: ", out);
	text_time(out, der_time(entry));
	fputc('\n', out);
	if (reader_more(entry)) {
		struct reader list = der_open(entry, DER_SEQUENCE);

		fputs("        CRL entry extensions:\n", out);
		text_extensions(out, span_make(list.pos, reader_left(&list)), 12, NULL);
	}
}

static void put_entries(FILE *out, const struct ward_crl *crl)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(crl->entries, &err);

	fputs(crl->count == 0 ? "No Revoked Certificates.\n" : "Revoked Certificates:\n", out);
	while (reader_more(&r)) {
		struct reader entry = der_open(&r, DER_SEQUENCE);

		put_entry(out, &entry);
	}
}

void text_crl(FILE *out, const struct ward_crl *crl, const struct name_style *style)
{
	struct span algorithm = outer_algorithm(crl);

	fprintf(out, "Certificate Revocation List (CRL):\n        Version %d (0x%x)\n",
		crl->version, (unsigned int)crl->version - 1);
	text_signature_algorithm(out, algorithm, 8);
	fputs("        Issuer:", out);
	fputs(style->separator == NAME_LINES ? "" : " ", out);
	text_name(out, crl->issuer, style);
	fputs("\n        Last Update: ", out);
	text_time(out, crl->this_update);
	fputs("\n        Next Update: ", out);
	if (crl->next_update == WARD_NO_TIME)
		fputs("NONE", out);
	else
		text_time(out, crl->next_update);
	fputc('\n', out);
	if (crl->ext.list.len > 0) {
		fputs("        CRL extensions:\n", out);
		text_extensions(out, crl->ext.list, 12, NULL);
	}
	put_entries(out, crl);
	text_signature(out, algorithm, crl->signature);
}
