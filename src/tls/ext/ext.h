/*
 * Extensions (RFC 9846, section 4.3): one file for each, one table for all.
 *
 * struct extensions holds what the extensions of one message said, as views; `seen` has a bit for
 * each row of the table that was there. The table says in which messages an extension may stand,
 * and the block parser refuses duplicates and misplaced ones before anything is looked at.
 */
#ifndef TLS_EXT_EXT_H
#define TLS_EXT_EXT_H

#include "base/error.h"
#include "base/span.h"
#include "wire/reader.h"
#include "wire/writer.h"

enum extension_type {
	EXT_SERVER_NAME = 0,
	EXT_MAX_FRAGMENT_LENGTH = 1,
	EXT_STATUS_REQUEST = 5,
	EXT_SUPPORTED_GROUPS = 10,
	EXT_EC_POINT_FORMATS = 11,
	EXT_SIGNATURE_ALGORITHMS = 13,
	EXT_USE_SRTP = 14,
	EXT_HEARTBEAT = 15,
	EXT_ALPN = 16,
	EXT_SIGNED_CERTIFICATE_TIMESTAMP = 18,
	EXT_CLIENT_CERTIFICATE_TYPE = 19,
	EXT_SERVER_CERTIFICATE_TYPE = 20,
	EXT_PADDING = 21,
	EXT_EXTENDED_MASTER_SECRET = 23,
	EXT_COMPRESS_CERTIFICATE = 27,
	EXT_RECORD_SIZE_LIMIT = 28,
	EXT_DELEGATED_CREDENTIAL = 34,
	EXT_SESSION_TICKET = 35,
	EXT_SUPPORTED_EKT_CIPHERS = 39,
	EXT_PRE_SHARED_KEY = 41,
	EXT_EARLY_DATA = 42,
	EXT_SUPPORTED_VERSIONS = 43,
	EXT_COOKIE = 44,
	EXT_PSK_KEY_EXCHANGE_MODES = 45,
	EXT_CERTIFICATE_AUTHORITIES = 47,
	EXT_OID_FILTERS = 48,
	EXT_POST_HANDSHAKE_AUTH = 49,
	EXT_SIGNATURE_ALGORITHMS_CERT = 50,
	EXT_KEY_SHARE = 51,
	EXT_TRANSPARENCY_INFO = 52,
	EXT_EXTERNAL_ID_HASH = 55,
	EXT_EXTERNAL_SESSION_ID = 56,
	EXT_QUIC_TRANSPORT_PARAMETERS = 57,
	EXT_TICKET_REQUEST = 58,
	EXT_ECH_OUTER_EXTENSIONS = 64768,
	EXT_ENCRYPTED_CLIENT_HELLO = 65037,
	EXT_RENEGOTIATION_INFO = 65281,
};

/* The messages of the table in 4.3, and the ServerHello of TLS 1.2, which answers for itself. */
enum ext_where {
	IN_CH = 1 << 0,
	IN_SH = 1 << 1,
	IN_HRR = 1 << 2,
	IN_EE = 1 << 3,
	IN_CT = 1 << 4,
	IN_CR = 1 << 5,
	IN_NST = 1 << 6,
	IN_SH12 = 1 << 7,
};

struct key_share_entry {
	uint16_t group;
	struct span key_exchange;
};

struct extensions {
	uint64_t seen;   /* bits of ext_bit(type) */
	struct span raw; /* the block without its length, when parsed */

	struct span server_name;               /* CH, CR: the host_name; EE: empty */
	struct span supported_groups;          /* CH, EE: uint16s */
	struct span signature_algorithms;      /* CH, CR: uint16s */
	struct span signature_algorithms_cert; /* CH, CR: uint16s */
	struct span alpn;               /* CH, EE: the list of ProtocolNames, without its length */
	struct span supported_versions; /* CH: uint16s */
	uint16_t selected_version;      /* SH, HRR */
	struct span key_shares;         /* CH: the list of KeyShareEntries, without its length */
	struct key_share_entry key_share;    /* SH; HRR: the group alone */
	struct span cookie;                  /* CH, HRR */
	struct span psk_modes;               /* CH: uint8s */
	uint16_t record_size_limit;          /* CH, EE */
	uint8_t max_fragment_length;         /* CH, EE: 1 to 4 */
	struct span certificate_authorities; /* CH, CR: the DistinguishedNames, without length */
	struct span oid_filters;             /* CR: the list of OIDFilters, without its length */
	struct span status_request;          /* CH: the body; CT: the OCSPResponse; else empty */
	struct span sct_list;     /* CT, SH12: the whole SignedCertificateTimestampList */
	struct span compressions; /* CH, CR: uint16s */
	struct span client_certificate_types; /* CH: uint8s; EE, SH12: the one chosen */
	struct span server_certificate_types; /* likewise */
	struct span ech;                      /* CH, EE, HRR: the body */
	struct span quic_parameters;          /* CH, EE: the body */
	struct span psk_identities;           /* CH: the list, without its length */
	struct span psk_binders;              /* CH: the list, without its length */
	uint16_t psk_selected;                /* SH */
	uint32_t max_early_data_size;         /* NST */
	struct span session_ticket;           /* CH: a ticket of TLS 1.2, or empty */

	uint16_t grease_first; /* CH, CR, NST, writing only: put before and behind the others */
	uint16_t grease_last;  /* (RFC 8701); 0: none */
};

/* The bit of an extension that the table knows; 0 for others. */
uint64_t ext_bit(int type);
static inline bool ext_has(const struct extensions *e, int type)
{
	return (e->seen & ext_bit(type)) != 0;
}

/*
 * Reads the block "Extension extensions<..>" with its length. Unknown ones are skipped in CH, CR
 * and NST, and refused (EXT_NOT_OFFERED) where they answer. pre_shared_key must be last in CH.
 * Every extension's content is parsed to its last byte; the error says which extension. Those that
 * the table has but ward does not speak (heartbeat, use_srtp, ...) leave their bit in `seen` alone.
 */
void extensions_parse(struct reader *r, enum ext_where where, struct extensions *e);
/*
 * Writes the block: each extension with its bit in e->seen, PSK last in CH. A bit of one that this
 * side never sends, or not in this message, is a mistake of the caller's (INTERNAL).
 */
void extensions_write(struct writer *w, enum ext_where where, const struct extensions *e);
/* EXT_NOT_OFFERED unless all in e were in `offered`. (The cookie of HRR needs no offer.) */
bool extensions_check_offered(const struct extensions *e, uint64_t offered, struct ward_error *err);
/*
 * Calls fn with each extension of a raw block in order; stops and returns false when fn does, or
 * when the block is malformed. The block is as in `raw`: without its length.
 */
bool extensions_each(struct span raw, bool (*fn)(void *arg, int type, struct span body), void *arg);

/* Lists as on the wire. */
bool u16_list_has(struct span list, uint16_t value);
/* The i-th number of a list; the caller knows that it is there. */
uint16_t u16_list_at(struct span list, size_t i);
static inline size_t u16_list_count(struct span list)
{
	return list.len / 2;
}
/* The share for a group among CH's; false if there is none. */
bool key_share_find(struct span list, uint16_t group, struct span *key_exchange);
/* Whether it is a SignedCertificateTimestampList, with its length, and no more. */
bool sct_list_is_sound(struct span whole);
/* "struct CertificateStatus", in Certificate and, in TLS 1.2, as a message: the OCSPResponse. */
struct span certificate_status_read(struct reader *r);
void certificate_status_put(struct writer *w, struct span response);
/* Takes the next ProtocolName off the list; false at its end. */
bool alpn_next(struct span *list, struct span *name);

/* 0x0A0A, 0x1A1A, … 0xFAFA (RFC 8701). */
static inline bool is_grease(uint16_t v)
{
	return (v & 0x0f0f) == 0x0a0a && (v >> 8) == (v & 0xff);
}

#endif
