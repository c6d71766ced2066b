/*
 * The table of extensions of RFC 9846, section 4.3: in which messages each may stand, and who reads
 * and writes it; base/name.c has their names. signed_certificate_timestamp (RFC 6962) and
 * max_fragment_length (RFC 6066) stand where RFC 8446 has them.
 *
 * A row's place is its bit in `seen`: there may be 64 of them.
 */
#include "tls/ext/table.h"

#define ROW(type, where, noun)                                                                     \
	{                                                                                          \
		type, where, noun##_parse, noun##_write                                            \
	}
#define ROW_UNREAD(type, where)                                                                    \
	{                                                                                          \
		type, where, NULL, NULL                                                            \
	}

const struct ext_row ext_rows[] = {
	/* clang-format off */
	ROW(EXT_SERVER_NAME, IN_CH | IN_EE | IN_CR | IN_SH12, server_name),
	ROW(EXT_MAX_FRAGMENT_LENGTH, IN_CH | IN_EE | IN_SH12, max_fragment_length),
	ROW(EXT_STATUS_REQUEST, IN_CH | IN_CR | IN_CT | IN_SH12, status_request),
	ROW(EXT_SUPPORTED_GROUPS, IN_CH | IN_EE | IN_SH12, supported_groups),
	ROW(EXT_EC_POINT_FORMATS, IN_CH | IN_SH12, ec_point_formats),
	ROW(EXT_SIGNATURE_ALGORITHMS, IN_CH | IN_CR, signature_algorithms),
	ROW_UNREAD(EXT_USE_SRTP, IN_CH | IN_EE),
	ROW_UNREAD(EXT_HEARTBEAT, IN_CH | IN_EE),
	ROW(EXT_ALPN, IN_CH | IN_EE | IN_SH12, alpn),
	ROW(EXT_SIGNED_CERTIFICATE_TIMESTAMP, IN_CH | IN_CR | IN_CT | IN_SH12,
	    signed_certificate_timestamp),
	ROW(EXT_CLIENT_CERTIFICATE_TYPE, IN_CH | IN_EE | IN_SH12, client_certificate_type),
	ROW(EXT_SERVER_CERTIFICATE_TYPE, IN_CH | IN_EE | IN_SH12, server_certificate_type),
	ROW_UNREAD(EXT_PADDING, IN_CH),
	ROW(EXT_EXTENDED_MASTER_SECRET, IN_CH | IN_SH12, extended_master_secret),
	ROW(EXT_COMPRESS_CERTIFICATE, IN_CH | IN_CR, compress_certificate),
	ROW(EXT_RECORD_SIZE_LIMIT, IN_CH | IN_EE | IN_SH12, record_size_limit),
	ROW_UNREAD(EXT_DELEGATED_CREDENTIAL, IN_CH | IN_CR | IN_CT),
	ROW(EXT_SESSION_TICKET, IN_CH | IN_SH12, session_ticket),
	ROW_UNREAD(EXT_SUPPORTED_EKT_CIPHERS, IN_CH | IN_EE),
	ROW(EXT_PRE_SHARED_KEY, IN_CH | IN_SH, pre_shared_key),
	ROW(EXT_EARLY_DATA, IN_CH | IN_EE | IN_NST, early_data),
	ROW(EXT_SUPPORTED_VERSIONS, IN_CH | IN_SH | IN_HRR, supported_versions),
	ROW(EXT_COOKIE, IN_CH | IN_HRR, cookie),
	ROW(EXT_PSK_KEY_EXCHANGE_MODES, IN_CH, psk_key_exchange_modes),
	ROW(EXT_CERTIFICATE_AUTHORITIES, IN_CH | IN_CR, certificate_authorities),
	ROW(EXT_OID_FILTERS, IN_CR, oid_filters),
	ROW(EXT_POST_HANDSHAKE_AUTH, IN_CH, post_handshake_auth),
	ROW(EXT_SIGNATURE_ALGORITHMS_CERT, IN_CH | IN_CR, signature_algorithms_cert),
	ROW(EXT_KEY_SHARE, IN_CH | IN_SH | IN_HRR, key_share),
	ROW_UNREAD(EXT_TRANSPARENCY_INFO, IN_CH | IN_CR | IN_CT),
	ROW_UNREAD(EXT_EXTERNAL_ID_HASH, IN_CH | IN_EE),
	ROW_UNREAD(EXT_EXTERNAL_SESSION_ID, IN_CH | IN_EE),
	ROW(EXT_QUIC_TRANSPORT_PARAMETERS, IN_CH | IN_EE, quic_transport_parameters),
	ROW_UNREAD(EXT_TICKET_REQUEST, IN_CH | IN_EE),
	ROW_UNREAD(EXT_ECH_OUTER_EXTENSIONS, IN_CH),
	ROW(EXT_ENCRYPTED_CLIENT_HELLO, IN_CH | IN_HRR | IN_EE, encrypted_client_hello),
	ROW(EXT_RENEGOTIATION_INFO, IN_CH | IN_SH12, renegotiation_info),
	/* clang-format on */
};

const size_t ext_row_count = sizeof(ext_rows) / sizeof(ext_rows[0]);
_Static_assert(sizeof(ext_rows) / sizeof(ext_rows[0]) <= 64, "a bit of `seen` for each row");

/* The rows are in the order of their numbers. */
const struct ext_row *ext_find(int type)
{
	size_t low = 0, high = ext_row_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (ext_rows[middle].type == type)
			return &ext_rows[middle];
		if (ext_rows[middle].type < type)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

uint64_t ext_bit(int type)
{
	const struct ext_row *row = ext_find(type);

	return row == NULL ? 0 : UINT64_C(1) << (row - ext_rows);
}
