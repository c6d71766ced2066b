/*
 * The table of extensions (RFC 9846, 4.3), for the files of this folder.
 */
#ifndef TLS_EXT_TABLE_H
#define TLS_EXT_TABLE_H

#include "tls/ext/ext.h"

struct ext_row {
	uint16_t type;
	unsigned int where; /* the messages it may stand in, a set of enum ext_where */
	/* Reads the extension_data; NULL: it is known, but its content is not looked at. */
	void (*parse)(struct reader *body, enum ext_where where, struct extensions *e);
	/* Writes it; NULL: this side never sends it. */
	void (*write)(struct writer *w, enum ext_where where, const struct extensions *e);
};

extern const struct ext_row ext_rows[];
extern const size_t ext_row_count;

/* NULL if the table does not have it. */
const struct ext_row *ext_find(int type);

/* One file for each. */
#define EXT_CODEC(noun)                                                                            \
	void noun##_parse(struct reader *body, enum ext_where where, struct extensions *e);        \
	void noun##_write(struct writer *w, enum ext_where where, const struct extensions *e)

EXT_CODEC(alpn);
EXT_CODEC(certificate_authorities);
EXT_CODEC(client_certificate_type);
EXT_CODEC(compress_certificate);
EXT_CODEC(cookie);
EXT_CODEC(early_data);
EXT_CODEC(ec_point_formats);
EXT_CODEC(encrypted_client_hello);
EXT_CODEC(extended_master_secret);
EXT_CODEC(key_share);
EXT_CODEC(max_fragment_length);
EXT_CODEC(oid_filters);
EXT_CODEC(post_handshake_auth);
EXT_CODEC(pre_shared_key);
EXT_CODEC(psk_key_exchange_modes);
EXT_CODEC(quic_transport_parameters);
EXT_CODEC(record_size_limit);
EXT_CODEC(renegotiation_info);
EXT_CODEC(server_certificate_type);
EXT_CODEC(server_name);
EXT_CODEC(session_ticket);
EXT_CODEC(signature_algorithms);
EXT_CODEC(signature_algorithms_cert);
EXT_CODEC(signed_certificate_timestamp);
EXT_CODEC(status_request);
EXT_CODEC(supported_groups);
EXT_CODEC(supported_versions);

/* Once all of a ClientHello is read: each share must be for a listed group (4.3.8). */
void key_share_check_listed(const struct reader *r, const struct extensions *e);
/* Likewise: a server_name that holds an address counts as none. */
void server_name_drop_address(struct extensions *e);

#endif
