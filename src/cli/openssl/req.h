/*
 * `ward openssl req`: what its command line asks for, and what becomes of it.
 */
#ifndef CLI_OPENSSL_REQ_H
#define CLI_OPENSSL_REQ_H

#include "cli/openssl/issue.h"
#include "cli/openssl/text.h"

enum { REQ_ADDEXT_MAX = 32 };

struct req_job {
	/* ---- asked for ---- */
	const char *in, *out, *key_in, *key_out, *config, *section, *subject;
	const char *ca, *ca_key;
	const char *passin, *passout;
	const char *new_key;    /* "rsa:4096", "ec", "ed25519"; NULL: none */
	enum key_type curve;    /* of -pkeyopt; KEY_NONE: none */
	unsigned int bits;      /* likewise; 0: none */
	const char *extensions; /* the section */
	const char *addext[REQ_ADDEXT_MAX];
	size_t addext_count;
	enum openssl_form outform;
	enum issue_copy copy;
	struct issue_validity validity;
	struct issue_serial serial;
	enum ward_hash hash;
	bool hash_given;
	bool make, x509; /* -new, -x509 */
	bool plain_key, batch, new_header;
	bool text, show_subject, show_key, modulus, verify, noout;
	struct name_style style;

	/* ---- known ---- */
	struct conf conf;
	struct openssl_key key;    /* of the request, or of who signs itself */
	struct openssl_key signer; /* of -CAkey */
	struct ward_cert *issuer;  /* of -CA */
	struct ward_csr *csr;
	struct ward_cert *cert;
};

/* The value of a name in the [req] section; NULL: none. */
const char *req_setting(const struct req_job *job, const char *name);
/* The file of -config or OPENSSL_CONF, or what openssl is delivered with (req_conf.c). */
bool req_load_conf(struct req_job *job);

/* The subject: -subj, the file's, or asked for (req_subject.c). False after it has been reported. */
bool req_write_subject(const struct req_job *job, struct writer *w);

/* Makes csr or cert, whichever was asked for (req_make.c). Likewise. */
bool req_make(struct req_job *job);
/* The key: read from -key, or made and written to -keyout (req_key.c). Likewise. */
bool req_get_key(struct req_job *job);

#endif
