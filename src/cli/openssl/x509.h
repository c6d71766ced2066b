/*
 * `ward openssl x509`: what its command line asks for, and the printing of each thing.
 */
#ifndef CLI_OPENSSL_X509_H
#define CLI_OPENSSL_X509_H

#include "cli/openssl/openssl.h"
#include "cli/openssl/text.h"

enum x509_option {
	X509_IN = OPTION_LONG,
	X509_INFORM,
	X509_OUT,
	X509_OUTFORM,
	X509_NOOUT,
	X509_NAMEOPT,
	X509_DATEOPT,
	X509_DIGEST,
	X509_IGNORED,
	/* What is printed, in the order of the command line. */
	X509_TEXT,
	X509_SUBJECT,
	X509_ISSUER,
	X509_SERIAL,
	X509_STARTDATE,
	X509_ENDDATE,
	X509_DATES,
	X509_FINGERPRINT,
	X509_PUBKEY,
	X509_MODULUS,
	X509_SUBJECT_HASH,
	X509_ISSUER_HASH,
	X509_EMAIL,
	X509_OCSP_URI,
	X509_EXT,
	X509_CHECKEND,
	X509_CHECKHOST,
	X509_CHECKIP,
	X509_CHECKEMAIL,
};

enum { X509_PRINTS_MAX = 64 };

struct x509_print {
	enum x509_option what;
	const char *value;
};

struct x509_job {
	const char *in, *out;
	enum openssl_form inform, outform;
	bool noout, iso_dates;
	enum digest_alg digest;
	const char *digest_label;
	struct name_style style;
	struct x509_print prints[X509_PRINTS_MAX];
	size_t count;
	int64_t now;
};

/* One of them; false when that makes the exit status 1 (-checkend, a key without a modulus). */
bool x509_print(FILE *out, const struct ward_cert *cert, const struct x509_job *job,
		const struct x509_print *p);

#endif
