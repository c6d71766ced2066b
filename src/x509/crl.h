/*
 * A parsed CRL, for the files of this floor.
 *
 * Immutable once made, but for the memory of who has signed it, which is published once. All spans
 * look into the list's own copy of its DER. Entries are not copied: `slots` says where each begins,
 * and chains those whose serial numbers have the same hash.
 */
#ifndef X509_CRL_H
#define X509_CRL_H

#include <ward/revocation.h>

#include "x509/cert.h"

enum {
	CRL_MAX_LEN = 1 << 28, /* a million entries take a seventh of it */

	/* ReasonFlags (RFC 5280, 4.2.1.13) from bit 1 on: all that a CRL can be limited to. */
	CRL_ALL_REASONS = 0x1fe,
};

struct crl_extensions {
	struct span list;        /* all Extension elements, one behind the other */
	struct span number;      /* cRLNumber as an unsigned number; empty: none */
	struct span base_number; /* of a delta CRL, likewise */
	struct span authority_key_id;
	struct span unknown_critical; /* OID of the first critical one that is not known */
	struct span point; /* issuingDistributionPoint: DistributionPointName, or empty */
	struct span scope; /* issuingDistributionPoint as a whole, or empty */
	unsigned int seen; /* a bit for each that is known, to find repetitions */
	uint16_t reasons;  /* a bit for each reason that it is about */
	bool delta, indirect;
	bool only_users, only_cas, only_attributes;
	bool number_is_critical;
};

struct crl_slot {
	uint32_t offset; /* of the entry, from the first on */
	uint32_t next;   /* 1 + the next slot with this hash; 0: none */
};

struct ward_crl {
	atomic_uint refs;
	atomic_int proved; /* see crl_is_signed_by */
	uint8_t proved_by[32];

	struct span der;
	struct span tbs;    /* TBSCertList with its header: what is signed */
	struct span issuer; /* Name with its header */
	struct span signature;
	struct signature_id signed_with;
	char dotted[64]; /* the name of what it is signed with, where that has none */
	uint64_t issuer_hash;
	int64_t this_update, next_update;
	int version;          /* 1 or 2 */
	bool wrong_time_form; /* GeneralizedTime for a year before 2050 */

	struct span entries; /* revokedCertificates, one behind the other */
	bool entry_issuers;  /* an entry names another issuer than the list's */
	struct span entry_unknown_critical;
	size_t count;
	struct crl_slot *slots;
	uint32_t *heads; /* 1 + the first slot of a hash; 0: none */
	size_t head_mask;

	struct crl_extensions ext;
	uint8_t bytes[];
};

/* One entry, as views. */
struct crl_entry {
	struct ward_revoked revoked;
	struct span unknown_critical; /* OID; data is NULL where there is none */
	bool names_issuer;
};

/* Takes the next entry of revokedCertificates; errors go to list->err. */
struct crl_entry crl_entry_read(struct reader *list, int version);
/* Reads `Extensions` of a list out of the reader behind [0]; errors go to r->err. */
void crl_extensions_parse(struct reader *r, struct crl_extensions *e);
/* ReasonFlags, as a bit for each that is set; `content` is that of the BIT STRING. */
uint16_t crl_reasons_read(struct reader *r, struct span content);
/* The next of `Extensions`, whose value is then read from *value. */
struct span extension_next(struct reader *list, bool *critical, struct reader *value);

/* ---- what it is worth (crl_check.c) ---- */

/* The key of the issuer has signed the list. `*checked` tells whether that took any work. */
bool crl_is_signed_by(struct ward_crl *crl, struct ward_cert *issuer, bool *checked,
		      struct ward_error *err);
/* All that ward_crl_check asks but the signature. */
bool crl_is_usable(const struct ward_crl *crl, const struct ward_cert *issuer, int64_t time,
		   struct ward_error *err);
/* Whether the list is by an issuer of this name and, as far as it says, of this key. */
bool crl_is_named_issuer(const struct ward_crl *crl, const struct ward_cert *issuer);
/*
 * The reasons for which this list can revoke the certificate, a bit each; 0 if the certificate is
 * outside of what the list is about (RFC 5280, 6.3.3 (b)).
 */
unsigned int crl_reasons_for(const struct ward_crl *crl, const struct ward_cert *cert);
/* What section 5 asks of CAs and ward_crl_check does not: CRL_PROFILE. */
bool crl_keeps_profile(const struct ward_crl *crl, struct ward_error *err);
/*
 * Whether the delta CRL says what has changed since that list, which may be a delta itself (RFC
 * 5280, 5.2.4 and 6.3.3 (c)).
 */
bool crl_is_delta_of(const struct ward_crl *delta, const struct ward_crl *base);

#endif
