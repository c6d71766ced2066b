/*
 * Certificates and what is in them as text, in the form that openssl(1) 3.5 gives them.
 */
#ifndef CLI_OPENSSL_TEXT_H
#define CLI_OPENSSL_TEXT_H

#include <stdio.h>

#include <ward/csr.h>

#include "x509/cert.h"
#include "x509/extensions.h"

/* ---- names (text_name.c) ---- */

enum name_separator {
	NAME_COMMA_SPACE, /* "C=DE, O=x + OU=y" */
	NAME_COMMA,       /* "C=DE,O=x+OU=y" */
	NAME_SEMICOLON,   /* "C=DE; O=x + OU=y" */
	NAME_LINES,
	NAME_SLASH, /* "/C=DE/O=x", whose escapes are its own */
};

enum name_labels { NAME_SHORT, NAME_LONG, NAME_OID, NAME_NO_LABELS };

/* What -nameopt chooses. */
struct name_style {
	enum name_separator separator;
	enum name_labels labels;
	bool reverse;     /* the last part first, as RFC 2253 has it */
	bool spaces;      /* around the "=" */
	bool align;       /* labels filled up to one width */
	bool escape_2253; /* ,+"\<>; and blanks at the ends, with a backslash */
	bool quote;       /* these by quotation marks around the value instead */
	bool escape_ctrl; /* control characters: \0A */
	bool escape_msb;  /* what is beyond ASCII: \C3 */
	bool code_points; /* not as UTF-8 but as characters: \EB, \U65E5 */
};

/* That of -subject and -text, and that of names inside extensions. */
extern const struct name_style name_style_default, name_style_oneline;

/* Applies the value of -nameopt: names with commas between. False at one that is not known. */
bool name_style_parse(struct name_style *style, const char *value);
void text_name(FILE *out, struct span name, const struct name_style *style);
/* The long name of an OID ("TLS Web Server Authentication"), or its dotted form. */
void text_oid(FILE *out, struct span oid);

/* ---- general names and the like (text_values.c) ---- */

/* "DNS:example.org"; names inside as "/C=DE", or by text_name's one line. */
void text_general_name(FILE *out, const struct general_name *n, bool slash);
/* A list, with a comma between; false if it is malformed. */
bool text_general_names(FILE *out, struct reader *list);
/* Bytes as "AA:BB", or in lines of this many. */
void text_hex(FILE *out, struct span bytes, bool upper);
void text_hex_lines(FILE *out, struct span bytes, int indent, int per_line);
/* A string of a certificate's: what cannot be printed is a dot. */
void text_string(FILE *out, struct span bytes);
/* "Sep  1 12:00:00 1998 GMT" */
void text_time(FILE *out, int64_t seconds);
/* "1998-09-01 12:00:00Z" */
void text_iso_time(FILE *out, int64_t seconds);
/* A number as openssl writes INTEGERs: in decimal, or 0x and hex if it is long. */
void text_integer(FILE *out, struct span content);

/* "1d3472b9" and a line end (text_name_hash.c). */
void text_name_hash(FILE *out, struct span name);

/* ---- extensions (text_ext.c, text_policies.c, text_crldp.c) ---- */

/* All of them, with their header; or those alone whose names are in `only` (ends with NULL). */
void text_extensions(FILE *out, struct span list, int indent, const char *const *only);
/* The value of one; without a line end behind its last line. False if it is malformed. */
bool text_extension_value(FILE *out, struct span oid, struct span value, int indent);
bool text_policies(FILE *out, struct reader *r, int indent);
bool text_distribution_points(FILE *out, struct reader *r, int indent);
bool text_issuing_point(FILE *out, struct reader *r, int indent);
bool text_name_constraints(FILE *out, struct reader *r, int indent);
bool text_scts(FILE *out, struct reader *r, int indent);
/* The names of bits that are set, with commas between. */
void text_bits(FILE *out, struct span bits, const char *const *names, size_t count);

/* ---- certificates (text_cert.c) ---- */

void text_cert(FILE *out, const struct ward_cert *cert, const struct name_style *style);
void text_serial(FILE *out, struct span serial, int indent);
/* "    Signature Algorithm: …" of an AlgorithmIdentifier, parameters of RSA-PSS included. */
void text_signature_algorithm(FILE *out, struct span algorithm, int indent);
void text_signature(FILE *out, struct span algorithm, struct span signature);
/* "Subject Public Key Info:" and the key. */
void text_public_key(FILE *out, struct span spki, int indent);
/* "Modulus=AB12…", or `none` where the key has none. */
void text_modulus(FILE *out, struct span spki, const char *none);

/* ---- requests and lists (text_req.c, text_crl.c) ---- */

void text_crl(FILE *out, const struct ward_crl *crl, const struct name_style *style);
void text_req(FILE *out, const struct ward_csr *csr, const struct name_style *style);

#endif
