/*
 * `ward cert`: the verbs that look at certificates.
 */
#ifndef CLI_CERT_H
#define CLI_CERT_H

#include <jansson.h>

#include <ward/x509.h>

#include "base/span.h"
#include "cli/term.h"
#include "cli/verb.h"

extern const struct verb verb_cert_show;
extern const struct verb verb_cert_verify;
extern const struct verb verb_cert_new;
extern const struct verb verb_cert_csr;
extern const struct verb verb_cert_sign;
extern const struct verb verb_cert_convert;
extern const struct verb verb_cert_match;
extern const struct verb verb_cert_check;

/* A certificate for people; `at` counts from 1, `of` is how many there are. False: no memory. */
bool cert_print(const struct ward_cert *cert, size_t at, size_t of, int64_t now,
		const struct term *term);
/* The same as a JSON object; with_pem adds the certificate itself. NULL when there is no memory. */
json_t *cert_json(const struct ward_cert *cert, int64_t now, bool with_pem);

/* Parts of that for what is no certificate: a fact, and Extension elements one behind the other. */
void cert_print_row(const struct term *term, const char *name, const char *value);
bool cert_print_extensions(struct span extensions, const struct term *term);
/* NULL when there is no memory. */
json_t *cert_json_extensions(struct span extensions);

/*
 * Shows a CRL or an OCSP response (revocation_show.c). False where the file is neither; then nothing
 * was written. *code is the exit status.
 */
bool revocation_show(const char *path, bool json, const struct term *term, int *code);

/* The same for a certificate request (csr_show.c). */
struct csr_show {
	bool json, pem;
	const struct term *term;
};
bool csr_show(const char *path, const struct csr_show *how, int *code);

/* A certificate request out of a file (cert_sign.c). NULL after it has reported why not. */
struct ward_csr *csr_load(const char *command, const char *path);

#endif
