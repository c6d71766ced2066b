/*
 * Inside a config. It is written by its setters until the first connection freezes it, and only
 * read from then on.
 */
#ifndef TLS_CONFIG_H
#define TLS_CONFIG_H

#include <pthread.h>
#include <stdatomic.h>

#include <ward/compress.h>
#include <ward/raw_key.h>
#include <ward/resume.h>
#include <ward/status.h>
#include <ward/tls.h>

#include "base/span.h"
#include "tls/external_psk.h"
#include "tls/peer_chain.h"
#include "tls/suites.h"
#include "tls/ticket_cache.h"
#include "tls/tls12/session_cache.h"
#include "x509/client_rule.h"
#include "x509/x509.h"

enum {
	CONFIG_LIST_MAX = 32,
	CONFIG_IDENTITIES_MAX = 1024,
	CONFIG_KEY_SHARES_MAX = 4,
	CONFIG_KEY_SHARES_CHOOSE = CONFIG_KEY_SHARES_MAX + 1, /* see ward_config_set_key_shares */
	CONFIG_ALPN_LIST_MAX = 1024,
	CONFIG_TICKETS_MAX = 16,
	CONFIG_RULES_MAX = 1024,
	CA_NAMES_MAX_LEN = 8192,
	CA_NAMES_OF_TRUST = 32, /* more roots than these are told by nobody */
};

struct u16_list {
	uint16_t items[CONFIG_LIST_MAX];
	size_t count;
};

static inline bool config_list_has(const struct u16_list *list, uint16_t value)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i] == value)
			return true;
	return false;
}

/* Types of certificates, best first (certificate_type.c). */
struct type_list {
	uint8_t items[2]; /* enum ward_certificate_type */
	size_t count;
};

/* What may stand beside a leaf, and what a peer asks to see there: a set. */
enum beside {
	BESIDE_STATUS = 1, /* status_request */
	BESIDE_SCTS = 2,   /* signed_certificate_timestamp */
	IDENTITY_FORMS = 4,
};

struct compression_cache;

/*
 * A chain and the key of its leaf, or a key alone; the Certificate message is encoded once for all
 * connections.
 */
struct identity {
	struct ward_chain chain; /* empty: a raw public key */
	struct span spki;        /* of a raw public key; else empty */
	struct ward_key *key;    /* NULL: kept elsewhere */
	enum key_type key_type;
	unsigned int key_bits;
	/* Certificate with an empty context, by what stands beside the leaf; empty if it has not
	 * got that. */
	struct span messages[IDENTITY_FORMS];
	struct span message12; /* in the form of TLS 1.2 */
	struct span status;    /* an OCSP response that is about the leaf; empty: none */
	int64_t from, until;   /* when it counts */
	struct span scts;      /* a SignedCertificateTimestampList; empty: none */
	struct compression_cache *compressed;
	uint8_t fingerprint[32]; /* SHA-256 of the leaf, or of the raw public key */
};

/* NULL: it has none. */
static inline struct ward_cert *identity_leaf(const struct identity *id)
{
	return id->chain.count == 0 ? NULL : id->chain.certs[0];
}

static inline uint8_t identity_type(const struct identity *id)
{
	return id->spki.len > 0 ? WARD_CERTIFICATE_RAW_KEY : WARD_CERTIFICATE_X509;
}

/* What is asked of peers' certificates beyond their chains (config_status.c). */
struct status_rules {
	struct ward_crl **crls;
	size_t crl_count;
	struct ward_pin *pins;
	size_t pin_count;
	enum ward_revocation mode;
	unsigned int asks; /* a set of enum beside */
};

/* A rule on who may enter; it looks into the text. */
struct admission_rule {
	char *text;
	struct client_rule rule;
};

/* Of certificates (cert_compression.c). */
struct cert_codecs {
	struct ward_cert_codec items[WARD_CERT_CODECS_MAX];
	size_t count;
	uint8_t wire[2 * WARD_CERT_CODECS_MAX]; /* those that decompress, as they are offered */
	size_t wire_len;
};

struct ward_config {
	atomic_uint refs;
	atomic_bool frozen;
	pthread_mutex_t trust_lock; /* for loading the system's roots once, at the first session */
	pthread_mutex_t successor_lock;
	_Atomic(struct ward_config *) successor; /* once another has taken its place */
	bool is_server;
	uint16_t version_min, version_max;
	enum ward_verify_mode verify;
	bool insecure_no_hostname;
	bool strict_names;
	bool always_cookie;
	bool keep_refused; /* servers: a bad answer later leaves a client without a name */
	bool post_auth;    /* clients offer it, servers ask then, not in the handshake */
	bool ech_grease;

	struct identity *identities;
	size_t identity_count;
	struct type_list own_types;  /* empty: those of the identities */
	struct type_list peer_types; /* that are taken */
	struct ward_trust *trust;
	struct chain_cache chains;
	struct status_rules status;
	struct cert_codecs codecs;

	/* Servers: which clients may enter, and what they are told of CAs; NULL: the roots. */
	struct admission_rule *rules;
	size_t rule_count;
	uint8_t *ca_names; /* DistinguishedNames, without the list's length */
	size_t ca_names_len;

	/* Resumption: a server's ring of keys, a client's tickets. */
	struct ward_ticket_keys *ticket_keys;
	bool ticket_keys_given; /* by the program */
	size_t tickets;         /* that a client gets */
	uint32_t early_data_max;
	struct ward_strikes *strikes;   /* NULL: the ring's own */
	struct ward_sessions *sessions; /* of TLS 1.2, for clients without tickets; NULL: none */
	bool sessions_given;
	uint8_t ticket_context[256];
	size_t ticket_context_len;
	bool resumption; /* clients */
	struct external_psk *psks;
	size_t psk_count;
	bool psk_required; /* clients */
	struct ticket_cache ticket_cache;
	ward_ticket_fn *on_ticket;
	void *on_ticket_arg;

	struct u16_list suites, groups, schemes;
	size_t key_shares; /* or CONFIG_KEY_SHARES_CHOOSE */
	char **alpn;       /* the names, zero-terminated */
	size_t alpn_count;
	uint8_t alpn_wire[CONFIG_ALPN_LIST_MAX]; /* the same as a list of ProtocolNames */
	size_t alpn_wire_len;

	size_t padding_multiple;
	uint16_t record_size_limit;
	uint16_t max_fragment;     /* clients: of a record, in both directions; 0: any */
	uint64_t key_update_after; /* 0: the suite's own limit */

	void (*keylog)(void *arg, const char *line);
	void *keylog_arg;
	void (*keylog_close)(void *arg); /* gives keylog_arg back; NULL: it is the caller's */
	ward_event_fn *events;
	void *events_arg;
	bool event_secrets;
	bool (*random)(void *arg, uint8_t *out, size_t len);
	void *random_arg;
};

/* What record_size_limit says: the content of a record for this side, with its type. */
static inline uint16_t config_record_limit(const struct ward_config *config)
{
	return config->max_fragment > 0 && config->max_fragment < config->record_size_limit
		       ? config->max_fragment
		       : config->record_size_limit;
}

/* A reference to the config that new connections get: this one, or what has taken its place. */
struct ward_config *config_in_force(struct ward_config *config);
/* BAD_ARGUMENT says what a server lacks to take connections. */
bool config_check_server(const struct ward_config *config, struct ward_error *err);

/* Ends the time of setting up; called by each new connection. */
void config_freeze(struct ward_config *config);

/*
 * Gives the config a trust store from `load` if its peers are verified and it has none. Any thread
 * may call it at any time; for the floor above, which can read files.
 */
bool config_ensure_trust(struct ward_config *config,
			 struct ward_trust *(*load)(struct ward_error *err),
			 struct ward_error *err);

bool config_random(const struct ward_config *config, uint8_t *out, size_t len,
		   struct ward_error *err);

/* False with CONFIG_FROZEN once connections have been made with it. */
bool config_open(const struct ward_config *c, struct ward_error *err);

/*
 * What a ticket is bound to beside names: a server's certificate (NULL: none) or all that a
 * client has, how peers are verified, and the context that the config was given.
 */
void config_ticket_context(const struct ward_config *config, const struct identity *own,
			   uint8_t context[32]);

/* ---- config_status.c ---- */

/*
 * Adds what the config asks of a certificate's status to what it is verified by; `status` is the
 * response that came with it, and `asked` whether one could.
 */
void config_status_params(const struct ward_config *config, struct span status, bool asked,
			  struct ward_verify_params *params);
void config_status_clear(struct ward_config *config);

/* What a peer can do with signatures, as its messages say. */
struct peer_signatures {
	uint8_t type;             /* of the certificate that it wants to see */
	struct span schemes;      /* signature_algorithms */
	struct span cert_schemes; /* signature_algorithms_cert, or empty: the same */
	uint16_t version;
	unsigned int auths; /* TLS 1.2: a set of enum suite_auth that both sides have suites for */
	struct span groups; /* TLS 1.2: a client's supported_groups, or empty: any */
	struct span oid_filters; /* what a client's certificate must say: OIDFilters */
	struct span ca_names;    /* the CAs that it trusts, if it says so: DistinguishedNames */
	int64_t now;
};

/*
 * The identity to show, and the scheme to sign with, both by this side's preference: best one that
 * is for the host, then one that is valid now, then one by a CA that the peer has named, then one
 * whose chain the peer can verify. One for another host only if any_name. NULL if no key fits. host
 * may be NULL.
 */
const struct identity *config_choose_identity(const struct ward_config *config, const char *host,
					      bool any_name, const struct peer_signatures *peer,
					      const struct scheme **scheme);
bool config_has_name(const struct ward_config *config, const char *host);

/* ---- certificate_type.c ---- */

/* Whether peers may show this type. */
bool config_takes(const struct ward_config *config, enum ward_certificate_type type);
/* BAD_ARGUMENT where raw public keys would be taken and nothing says whose. */
bool config_check_types(const struct ward_config *config, struct ward_error *err);

/* ---- admission.c ---- */

void config_clear_admission(struct ward_config *config);
/* CLIENT_NOT_ALLOWED unless a rule lets this peer in, or there are none. */
bool config_admits(const struct ward_config *config, const struct peer_chain *peer,
		   struct ward_error *err);
/* The names of CAs for a CertificateRequest: the config's own, or made in room. */
struct span config_ca_names(const struct ward_config *config, uint8_t room[CA_NAMES_MAX_LEN]);
bool ca_names_have(struct span names, struct span name);

/* ---- identity_status.c ---- */

/* Of what the peer asks for, what there is, and in force. */
unsigned int identity_beside(const struct identity *id, unsigned int asked, int64_t now);
/* Encodes the forms of the message anew. */
bool identity_encode(struct identity *id, struct ward_error *err);
void identity_clear(struct identity *id);

#endif
