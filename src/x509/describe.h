/*
 * What the extensions of a certificate say, piece by piece, for people and for JSON alike.
 */
#ifndef X509_DESCRIBE_H
#define X509_DESCRIBE_H

#include "x509/cert.h"

/*
 * Who is told. All texts are escaped: nothing in them can harm a terminal. They are gone when the
 * call returns.
 */
struct describe_sink {
	/* The next extension: "keyUsage", or its OID where it has no name. */
	void (*extension)(void *arg, const char *name, const char *oid, bool critical);
	/* One thing that it says: "usage", "digitalSignature". A list gives several of one name. */
	void (*fact)(void *arg, const char *name, const char *value);
	void *arg;
};

/*
 * All extensions in the order of the certificate. What is not known, or cannot be read, is told as
 * hex ("der"), and why ("malformed"). False only when there is no memory.
 */
bool describe_extensions(const struct ward_cert *cert, const struct describe_sink *sink,
			 struct ward_error *err);
/* The same of a list of revoked certificates, its entries apart. */
bool crl_describe(const struct ward_crl *crl, const struct describe_sink *sink,
		  struct ward_error *err);
/* Extension elements one behind the other, whose outer form has been checked. */
bool describe_extension_list(struct span extensions, const struct describe_sink *sink,
			     struct ward_error *err);
/* The facts of a single one; `value` is what stands in extnValue. */
bool describe_extension_value(struct span oid, struct span value, const struct describe_sink *sink,
			      struct ward_error *err);

#endif
