/*
 * Extensions from text, in the form of x509v3_config(5): what -addext and configuration files say.
 */
#ifndef CLI_OPENSSL_EXT_TEXT_H
#define CLI_OPENSSL_EXT_TEXT_H

#include "cli/openssl/conf.h"
#include "wire/der.h"
#include "x509/cert.h"

/* What a text may speak of. */
struct ext_source {
	const struct conf *conf;        /* for its @sections; NULL: there is none */
	struct span subject, spki;      /* of the certificate or request, with their headers */
	struct span serial;             /* of a certificate that is made */
	const struct ward_cert *issuer; /* NULL: it is self-signed, or a request */
	bool is_request;
};

/* ---- lists of extensions (ext_list.c) ---- */

enum { EXT_LIST_MAX = 64, EXT_OID_MAX = 64 };

struct ext_item {
	uint8_t oid[EXT_OID_MAX];
	size_t oid_len;
	uint8_t *der; /* the whole Extension */
	size_t len;
};

/* In the order in which they were first added, each type once. */
struct ext_list {
	struct ext_item items[EXT_LIST_MAX];
	size_t count;
};

/*
 * Adds one, or puts it in the place of one of its type: "subjectAltName", "critical,DNS:a.example".
 * A key identifier of "none" takes it out. BAD_ARGUMENT with what is wrong.
 */
bool ext_list_add(struct ext_list *list, const struct ext_source *source, const char *name,
		  const char *value, struct ward_error *err);
/* All of a section; a name that is there twice counts the last time. */
bool ext_list_add_section(struct ext_list *list, const struct ext_source *source,
			  const char *section, struct ward_error *err);
/* Extension elements of a request or another certificate; those that are there stay. */
bool ext_list_copy(struct ext_list *list, struct span elements, struct ward_error *err);
void ext_list_remove(struct ext_list *list, size_t at);
bool ext_list_has(const struct ext_list *list, struct span oid);
/* All of them, one behind the other; free() it. NULL: none, or no memory (then err is set). */
uint8_t *ext_list_join(const struct ext_list *list, size_t *len, struct ward_error *err);
void ext_list_clear(struct ext_list *list);

/* ---- values: what stands inside extnValue. Errors go to w->err. ---- */

typedef void ext_writer(struct writer *w, const struct ext_source *source, const char *text);

/* ext_values.c */
ext_writer ext_basic_constraints, ext_key_usage, ext_purposes, ext_subject_key, ext_authority_key,
	ext_tls_feature, ext_policy_limits, ext_inhibit_any, ext_ns_type, ext_ia5, ext_null;
/* ext_names.c */
ext_writer ext_alt_names, ext_name_constraints, ext_crl_points, ext_access;
/* ext_policies.c */
ext_writer ext_policies;
/* ext_asn1.c: what stands behind "ASN1:" */
ext_writer ext_asn1;

/* ---- what these share ---- */

/* "a:b,c:d" taken apart: names and values, the latter NULL where there is no colon. */
struct ext_pairs {
	struct ext_pair {
		const char *name, *value;
	} * items;
	size_t count;
	char *copy;
};
/* False with w->err set. A text "@name" is a section of the file. Clear them in any case. */
bool ext_pairs_make(struct ext_pairs *pairs, const struct ext_source *source, const char *text,
		    struct ward_error *err);
/* The same, but "@name" is nothing special. */
bool ext_pairs_split(struct ext_pairs *pairs, const char *text, struct ward_error *err);
void ext_pairs_clear(struct ext_pairs *pairs);
/* Whether a name is this word, or this word with a dot and more: "DNS.1". */
bool ext_name_is(const char *name, const char *word);

/* A GeneralName; with a mask behind an address where it is a subtree. False with w->err set. */
bool ext_put_name(struct writer *w, const struct ext_source *source, const char *kind,
		  const char *value, bool subtree);
/* The byte of two hex digits, or -1. */
int ext_hex_pair(const char *at);
/* An OBJECT IDENTIFIER by its name; the error says that it is none. */
void ext_put_oid(struct writer *w, const char *name);

/* ---- names out of a file (conf_name.c) ---- */

/* The Name that a section stands for: "CN = name", "1.OU = a", "+OU = b". */
bool conf_write_name(struct writer *w, const struct conf *conf, const char *section,
		     struct ward_error *err);
/*
 * A name being gathered as text in the form with slashes, which is what name_write_text reads. Values
 * are escaped; one that is empty is left out.
 */
struct name_text {
	char text[4096];
	size_t len;
	bool overflow;
};
void name_text_add(struct name_text *n, const char *type, const char *value, bool joined);
/* "0.organizationName" without its number, "+OU" without its plus, which is told in *joined. */
const char *name_text_type(const char *name, bool *joined);
bool name_text_write(struct writer *w, const struct name_text *n, struct ward_error *err);

#endif
