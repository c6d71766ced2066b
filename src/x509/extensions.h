/*
 * The extensions of a certificate (RFC 5280, 4.2), as views into it.
 */
#ifndef X509_EXTENSIONS_H
#define X509_EXTENSIONS_H

#include "wire/der.h"

/* The extensions that are known; a bit each in `present` and `critical`. */
enum ext_id {
	EXT_SUBJECT_DIRECTORY_ATTRIBUTES,
	EXT_SUBJECT_KEY_ID,
	EXT_KEY_USAGE,
	EXT_PRIVATE_KEY_USAGE_PERIOD,
	EXT_SUBJECT_ALT_NAME,
	EXT_ISSUER_ALT_NAME,
	EXT_BASIC_CONSTRAINTS,
	EXT_NAME_CONSTRAINTS,
	EXT_CRL_DISTRIBUTION_POINTS,
	EXT_CERTIFICATE_POLICIES,
	EXT_POLICY_MAPPINGS,
	EXT_AUTHORITY_KEY_ID,
	EXT_POLICY_CONSTRAINTS,
	EXT_EXT_KEY_USAGE,
	EXT_FRESHEST_CRL,
	EXT_INHIBIT_ANY_POLICY,
	EXT_AUTHORITY_INFO_ACCESS,
	EXT_SUBJECT_INFO_ACCESS,
	EXT_TLS_FEATURE,
	EXT_SCT_LIST,
	EXT_ID_COUNT
};

/* keyUsage (4.2.1.3): bit 0 of the BIT STRING is the highest of its first byte. */
enum {
	KU_DIGITAL_SIGNATURE = 1 << 0,
	KU_NON_REPUDIATION = 1 << 1,
	KU_KEY_ENCIPHERMENT = 1 << 2,
	KU_DATA_ENCIPHERMENT = 1 << 3,
	KU_KEY_AGREEMENT = 1 << 4,
	KU_KEY_CERT_SIGN = 1 << 5,
	KU_CRL_SIGN = 1 << 6,
	KU_ENCIPHER_ONLY = 1 << 7,
	KU_DECIPHER_ONLY = 1 << 8,
};

/* extKeyUsage (4.2.1.12): the purposes that verification asks for. */
enum {
	PURPOSE_SERVER_AUTH = 1 << 0,
	PURPOSE_CLIENT_AUTH = 1 << 1,
	PURPOSE_ANY = 1 << 2,
	PURPOSE_OTHER = 1 << 3,
};

enum { PATH_LENGTH_NONE = -1 };

struct extensions {
	struct span list; /* all Extension elements, one behind the other */
	uint32_t present;
	uint32_t critical;
	struct span value[EXT_ID_COUNT]; /* what is inside extnValue */
	struct span unknown_critical;    /* OID of the first critical one that is not known */

	bool ca;
	int path_length;
	uint16_t key_usage;
	uint8_t purposes;
	bool has_aki_issuer, has_aki_serial;
	struct span subject_key_id;
	struct span authority_key_id;
	struct span authority_issuer, authority_serial; /* a Name and an INTEGER; empty: not both */
	struct span alt_names; /* GeneralName elements, one behind the other */
	uint32_t alt_name_count;
	uint16_t alt_name_kinds;         /* a bit for each GeneralName tag number */
	struct span permitted, excluded; /* GeneralSubtree elements; data is NULL where absent */
	int require_explicit_policy;     /* -1: not asked for */
	int inhibit_policy_mapping;      /* -1: not asked for */
};

/* The bits of a KeyUsage, as KU_...; errors go to r->err. */
uint16_t key_usage_read(struct reader *r);
/* Reads `Extensions` out of the reader behind [3] into zeroed memory; errors go to r->err. */
void cert_extensions_parse(struct reader *r, struct extensions *e);

static inline bool extensions_has(const struct extensions *e, enum ext_id id)
{
	return (e->present >> id & 1) != 0;
}

static inline bool extensions_is_critical(const struct extensions *e, enum ext_id id)
{
	return (e->critical >> id & 1) != 0;
}

/*
 * The first URI that authorityInfoAccess gives for this access method (4.2.2.1), behind `after` if
 * that is not empty. Empty where there is none.
 */
struct span extensions_access_uri(const struct extensions *e, struct span method,
				  struct span after);

/* What stands at a place of a list of GeneralNames (4.2.1.6). */
struct general_name {
	int kind;          /* its tag number, as in enum ward_san_kind */
	struct span value; /* content; of a directoryName the Name with its header */
};

/* The i-th subjectAltName, or the next, as ward_cert_san and ward_cert_san_next have it (show.c). */
int extensions_alt_name(const struct extensions *e, size_t i, char *buf, size_t size);
int extensions_next_alt_name(const struct extensions *e, size_t *at, char *buf, size_t size);

/* Takes the next GeneralName and checks the form of its value; errors go to r->err. */
struct general_name general_name_read(struct reader *r);
/* The base of a GeneralSubtree: the same, but an iPAddress is an address and a mask (4.2.1.10). */
struct general_name general_subtree_read(struct reader *r);

#endif
