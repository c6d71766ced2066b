/*
 * `ward openssl x509`: what its command line asks for, and the printing of each thing.
 */
#ifndef CLI_OPENSSL_X509_H
#define CLI_OPENSSL_X509_H

#include "cli/openssl/issue.h"
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
	/* What is made. */
	X509_REQ,
	X509_TOREQ,
	X509_NEW,
	X509_KEY,
	X509_FORCE_PUBKEY,
	X509_CA,
	X509_CAKEY,
	X509_CASERIAL,
	X509_CREATE_SERIAL,
	X509_SET_SERIAL,
	X509_DAYS,
	X509_NOT_BEFORE,
	X509_NOT_AFTER,
	X509_PRESERVE_DATES,
	X509_SET_SUBJECT,
	X509_EXTFILE,
	X509_EXTENSIONS,
	X509_COPY,
	X509_CLEAR_EXTENSIONS,
	X509_PASSIN,
	X509_FORM_IGNORED,
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

/* What the making part is told. */
struct x509_making {
	bool req, to_req, new; /* what -in is: a request; a request comes out; nothing is read */
	const char *key;       /* who signs itself */
	const char *force_pubkey, *ca, *ca_key, *ca_serial;
	const char *subject, *ext_file, *extensions, *passin;
	struct issue_serial serial;
	struct issue_validity validity;
	enum issue_copy copy;
	enum ward_hash hash;
	bool create_serial, preserve_dates, clear_extensions;
	bool weak_hash; /* -sha1, -md5: these are for -fingerprint alone */
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
	struct x509_making making;
};

/* The certificate, or the request of -x509toreq, that is asked for (x509_make.c). NULL after it has
 * been reported. */
struct ward_cert *x509_make(const struct x509_job *job);
struct ward_csr *x509_make_csr(const struct x509_job *job);

/* One of them; false when that makes the exit status 1 (-check..., a key without a modulus). */
bool x509_print(FILE *out, const struct ward_cert *cert, const struct x509_job *job,
		const struct x509_print *p);

#endif
