/*
 * A whole certificate as text, in the form of `openssl x509 -text`.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "cli/openssl/key_text.h"
#include "cli/openssl/text.h"
#include "wire/der.h"
#include "x509/oid.h"

void text_serial(FILE *out, struct span serial, int indent)
{
	bool negative = serial.len > 0 && (serial.data[0] & 0x80) != 0;
	struct span number = serial;
	uint64_t small = 0;

	while (number.len > 1 && number.data[0] == 0)
		number = span_make(number.data + 1, number.len - 1);
	for (size_t i = 0; i < number.len && number.len <= 8; i++)
		small = small << 8 | number.data[i];
	if (!negative && number.len <= 8 && small <= INT64_MAX) {
		fprintf(out, " %" PRIu64 " (0x%" PRIx64 ")\n", small, small);
		return;
	}
	fprintf(out, "\n%*s%s", indent + 4, "", negative ? " (Negative)" : "");
	text_hex(out, number, false);
	fputc('\n', out);
}

/*
 * RSASSA-PSS-params (RFC 4055, 3.1), of which each part has a default. Their blanks are openssl's:
 * they begin on the line of what stands before them.
 */
static void put_pss(FILE *out, struct span params, int indent)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(params, &err);
	struct reader seq = der_open(&r, DER_SEQUENCE);
	struct span part;
	char name[160];
	uint32_t salt = 20;

	fprintf(out, "%*s\n%*sHash Algorithm: ", indent, "", indent, "");
	if (der_optional(&seq, DER_CONTEXT_CONS(0), &part)) {
		struct reader alg = reader_make(part, &err);
		struct reader inner = der_open(&alg, DER_SEQUENCE);

		fprintf(out, "%s\n",
			oid_long_name(der_element(&inner, DER_OID), name, sizeof(name)));
	} else {
		fputs("sha1 (default)\n", out);
	}
	fprintf(out, "%*sMask Algorithm: ", indent, "");
	if (der_optional(&seq, DER_CONTEXT_CONS(1), &part)) {
		struct reader alg = reader_make(part, &err);
		struct reader mgf = der_open(&alg, DER_SEQUENCE);
		struct reader hash;

		fprintf(out, "%s with ",
			oid_long_name(der_element(&mgf, DER_OID), name, sizeof(name)));
		hash = der_open(&mgf, DER_SEQUENCE);
		fprintf(out, "%s\n",
			oid_long_name(der_element(&hash, DER_OID), name, sizeof(name)));
	} else {
		fputs("mgf1 with sha1 (default)\n", out);
	}
	if (der_optional(&seq, DER_CONTEXT_CONS(2), &part)) {
		struct reader number = reader_make(part, &err);

		salt = der_small(&number, UINT16_MAX);
		fprintf(out, "%*s Salt Length: 0x%02X\n", indent, "", salt);
	} else {
		fprintf(out, "%*s Salt Length: 0x14 (default)\n", indent, "");
	}
	fprintf(out, "%*sTrailer Field: 0x01 (default)\n", indent, "");
}

/* The name of the algorithm; *params are those of RSA-PSS, or empty. */
static void put_algorithm(FILE *out, struct span algorithm, int indent, struct span *params)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(algorithm, &err);
	struct reader seq = der_open(&r, DER_SEQUENCE);
	struct span oid = der_element(&seq, DER_OID);

	fprintf(out, "%*sSignature Algorithm: ", indent, "");
	text_oid(out, oid);
	*params = span_equal(oid, OID_RSA_PSS) ? span_make(seq.pos, reader_left(&seq)) : SPAN_EMPTY;
}

void text_signature_algorithm(FILE *out, struct span algorithm, int indent)
{
	struct span params;

	put_algorithm(out, algorithm, indent, &params);
	if (params.len > 0)
		put_pss(out, params, 8);
	else
		fputc('\n', out);
}

void text_signature(FILE *out, struct span algorithm, struct span signature)
{
	struct span params;

	put_algorithm(out, algorithm, 4, &params);
	fputs("\n    Signature Value:", out);
	if (params.len > 0)
		put_pss(out, params, 8);
	else
		fputc('\n', out);
	text_hex_lines(out, signature, 8, 18);
}

void text_public_key(FILE *out, struct span spki, int indent)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(spki, &err);
	struct reader seq = der_open(&r, DER_SEQUENCE);
	struct reader algorithm = der_open(&seq, DER_SEQUENCE);
	struct span oid = der_element(&algorithm, DER_OID);
	struct key_parts parts = { .bits = 0 };
	struct pubkey *key;

	fprintf(out, "%*sSubject Public Key Info:\n%*sPublic Key Algorithm: ", indent, "",
		indent + 4, "");
	text_oid(out, oid);
	fputc('\n', out);
	err = ERROR_NONE;
	key = pubkey_from_spki(spki, &err);
	if (key != NULL && pubkey_parts(key, &parts, &err))
		key_text_public(out, &parts, indent + 8);
	else
		fprintf(out, "%*sUnable to load Public Key\n", indent + 8, "");
	key_parts_clear(&parts);
	pubkey_free(key);
}

void text_modulus(FILE *out, struct span spki, const char *none)
{
	struct ward_error err = ERROR_NONE;
	struct key_parts parts = { .bits = 0 };
	struct pubkey *key = pubkey_from_spki(spki, &err);
	bool rsa = key != NULL && pubkey_type(key) == KEY_RSA && pubkey_parts(key, &parts, &err);

	fputs("Modulus=", out);
	for (size_t i = 0; rsa && i < parts.part[KEY_PART_MODULUS].len; i++)
		fprintf(out, "%02X", parts.part[KEY_PART_MODULUS].data[i]);
	fprintf(out, "%s\n", rsa ? "" : none);
	key_parts_clear(&parts);
	pubkey_free(key);
}

/* The AlgorithmIdentifier behind the TBSCertificate. */
static struct span outer_algorithm(const struct ward_cert *cert)
{
	struct ward_error err = ERROR_NONE;
	struct reader r = reader_make(cert->der, &err);
	struct reader seq = der_open(&r, DER_SEQUENCE);

	(void)der_whole_tag(&seq, DER_SEQUENCE);
	return der_whole_tag(&seq, DER_SEQUENCE);
}

void text_cert(FILE *out, const struct ward_cert *cert, const struct name_style *style)
{
	struct span algorithm = outer_algorithm(cert);

	fprintf(out, "Certificate:\n    Data:\n        Version: %d (0x%x)\n        Serial Number:",
		cert->version, (unsigned int)cert->version - 1);
	text_serial(out, cert->serial, 8);
	text_signature_algorithm(out, algorithm, 8);
	fputs("        Issuer:", out);
	fputs(style->separator == NAME_LINES ? "" : " ", out);
	text_name(out, cert->issuer, style);
	fputs("\n        Validity\n            Not Before: ", out);
	text_time(out, cert->not_before);
	fputs("\n            Not After : ", out);
	text_time(out, cert->not_after);
	fputs("\n        Subject:", out);
	fputs(style->separator == NAME_LINES ? "" : " ", out);
	text_name(out, cert->subject, style);
	fputc('\n', out);
	text_public_key(out, cert->spki, 8);
	if (cert->ext.list.len > 0) {
		fputs("        X509v3 extensions:\n", out);
		text_extensions(out, cert->ext.list, 12, NULL);
	}
	text_signature(out, algorithm, cert->signature);
}
