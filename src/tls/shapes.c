/*
 * The grammar of handshake messages (RFC 9846, sections 4.2 to 4.7; for TLS 1.2 RFC 5246, 7.4, RFC
 * 8422, 5.4 and 5.7, RFC 5077, 3.3) and of extensions (4.3, and the documents that it lists), as
 * tables for the walk in fields.c.
 */
#include "tls/shapes.h"

#include <ward/tls.h>

#include "tls/ext/ext.h"
#include "tls/msg/msg.h"

#define NUMBER(name, size, text)                                                                   \
	{                                                                                          \
		SHAPE_NUMBER, name, size, text, NULL                                               \
	}
#define BYTES(name, size, text)                                                                    \
	{                                                                                          \
		SHAPE_BYTES, name, size, text, NULL                                                \
	}
#define VECTOR(name, size, text)                                                                   \
	{                                                                                          \
		SHAPE_VECTOR, name, size, text, NULL                                               \
	}
#define LIST(name, size, members)                                                                  \
	{                                                                                          \
		SHAPE_LIST, name, size, TEXT_NONE, members                                         \
	}
#define GROUP(name, members)                                                                       \
	{                                                                                          \
		SHAPE_GROUP, name, 0, TEXT_NONE, members                                           \
	}
#define REST(name)                                                                                 \
	{                                                                                          \
		SHAPE_REST, name, 0, TEXT_NONE, NULL                                               \
	}
#define EXTENSIONS                                                                                 \
	{                                                                                          \
		SHAPE_EXTENSIONS, "extensions", 2, TEXT_NONE, NULL                                 \
	}
#define OPTIONAL_EXTENSIONS                                                                        \
	{                                                                                          \
		SHAPE_OPTIONAL_EXTENSIONS, "extensions", 2, TEXT_NONE, NULL                        \
	}
#define END                                                                                        \
	{                                                                                          \
		SHAPE_END, NULL, 0, TEXT_NONE, NULL                                                \
	}

/* A list of members of one alone. */
#define ONE(shape_name, member) static const struct shape shape_name[] = { member, END }

/* ---- extensions ---- */

ONE(nothing, END);
ONE(opaque, REST("extension_data"));

static const struct shape server_name_entry[] = {
	NUMBER("name_type", 1, TEXT_NAME_TYPE),
	VECTOR("host_name", 2, TEXT_STRING),
	END,
};
ONE(server_names, GROUP("ServerName", server_name_entry));
ONE(server_name, LIST("server_name_list", 2, server_names));

ONE(responder_id, VECTOR("ResponderID", 2, TEXT_NONE));
static const struct shape status_request[] = {
	NUMBER("status_type", 1, TEXT_STATUS_TYPE),
	LIST("responder_id_list", 2, responder_id),
	VECTOR("request_extensions", 2, TEXT_NONE),
	END,
};
static const struct shape certificate_status[] = {
	NUMBER("status_type", 1, TEXT_STATUS_TYPE),
	VECTOR("OCSPResponse", 3, TEXT_NONE),
	END,
};

ONE(named_group, NUMBER("NamedGroup", 2, TEXT_GROUP));
ONE(supported_groups, LIST("named_group_list", 2, named_group));

ONE(point_format, NUMBER("ECPointFormat", 1, TEXT_POINT_FORMAT));
ONE(point_formats, LIST("ec_point_format_list", 1, point_format));

ONE(signature_scheme, NUMBER("SignatureScheme", 2, TEXT_SIGNATURE_SCHEME));
ONE(signature_schemes, LIST("supported_signature_algorithms", 2, signature_scheme));

ONE(protocol_name, VECTOR("ProtocolName", 1, TEXT_STRING));
ONE(alpn, LIST("protocol_name_list", 2, protocol_name));

ONE(sct, VECTOR("SerializedSCT", 2, TEXT_NONE));
ONE(sct_list, LIST("sct_list", 2, sct));

ONE(certificate_type, NUMBER("CertificateType", 1, TEXT_CERTIFICATE_TYPE));
ONE(client_certificate_types, LIST("client_certificate_types", 1, certificate_type));
ONE(client_certificate_type, NUMBER("client_certificate_type", 1, TEXT_CERTIFICATE_TYPE));
ONE(server_certificate_types, LIST("server_certificate_types", 1, certificate_type));
ONE(server_certificate_type, NUMBER("server_certificate_type", 1, TEXT_CERTIFICATE_TYPE));

ONE(compression, NUMBER("CertificateCompressionAlgorithm", 2, TEXT_CERTIFICATE_COMPRESSION));
ONE(compress_certificate, LIST("algorithms", 1, compression));

ONE(padding, REST("padding"));
ONE(session_ticket, REST("ticket"));
ONE(record_size_limit, NUMBER("RecordSizeLimit", 2, TEXT_DECIMAL));
ONE(max_fragment_length, NUMBER("MaxFragmentLength", 1, TEXT_MAX_FRAGMENT_LENGTH));
ONE(max_early_data_size, NUMBER("max_early_data_size", 4, TEXT_DECIMAL));
ONE(cookie, VECTOR("cookie", 2, TEXT_NONE));
ONE(renegotiated_connection, VECTOR("renegotiated_connection", 1, TEXT_NONE));

ONE(protocol_version, NUMBER("ProtocolVersion", 2, TEXT_VERSION));
ONE(versions, LIST("versions", 1, protocol_version));
ONE(selected_version, NUMBER("selected_version", 2, TEXT_VERSION));

ONE(psk_mode, NUMBER("PskKeyExchangeMode", 1, TEXT_PSK_KEY_EXCHANGE_MODE));
ONE(psk_modes, LIST("ke_modes", 1, psk_mode));

static const struct shape psk_identity[] = {
	VECTOR("identity", 2, TEXT_NONE),
	NUMBER("obfuscated_ticket_age", 4, TEXT_DECIMAL),
	END,
};
ONE(psk_identities, GROUP("PskIdentity", psk_identity));
ONE(psk_binder, VECTOR("PskBinderEntry", 1, TEXT_NONE));
static const struct shape offered_psks[] = {
	LIST("identities", 2, psk_identities),
	LIST("binders", 2, psk_binder),
	END,
};
ONE(selected_identity, NUMBER("selected_identity", 2, TEXT_DECIMAL));

ONE(distinguished_name, VECTOR("DistinguishedName", 2, TEXT_NONE));
ONE(authorities, LIST("authorities", 2, distinguished_name));

static const struct shape oid_filter[] = {
	VECTOR("certificate_extension_oid", 1, TEXT_NONE),
	VECTOR("certificate_extension_values", 2, TEXT_NONE),
	END,
};
ONE(oid_filter_list, GROUP("OIDFilter", oid_filter));
ONE(oid_filters, LIST("filters", 2, oid_filter_list));

static const struct shape key_share_entry[] = {
	NUMBER("group", 2, TEXT_GROUP),
	VECTOR("key_exchange", 2, TEXT_NONE),
	END,
};
ONE(key_share_entries, GROUP("KeyShareEntry", key_share_entry));
ONE(client_shares, LIST("client_shares", 2, key_share_entries));
ONE(server_share, GROUP("server_share", key_share_entry));
ONE(selected_group, NUMBER("selected_group", 2, TEXT_GROUP));

#define ANYWHERE (~0U)

static const struct {
	int type;
	unsigned int where;
	const struct shape *members;
} extensions[] = {
	{ EXT_SERVER_NAME, IN_CH | IN_CR, server_name },
	{ EXT_STATUS_REQUEST, IN_CH, status_request },
	{ EXT_STATUS_REQUEST, IN_CT, certificate_status },
	{ EXT_SUPPORTED_GROUPS, IN_CH | IN_EE, supported_groups },
	{ EXT_EC_POINT_FORMATS, IN_CH | IN_SH12, point_formats },
	{ EXT_SIGNATURE_ALGORITHMS, IN_CH | IN_CR, signature_schemes },
	{ EXT_SIGNATURE_ALGORITHMS_CERT, IN_CH | IN_CR, signature_schemes },
	{ EXT_DELEGATED_CREDENTIAL, IN_CH | IN_CR, signature_schemes },
	{ EXT_ALPN, IN_CH | IN_EE | IN_SH12, alpn },
	{ EXT_SIGNED_CERTIFICATE_TIMESTAMP, IN_CT | IN_SH12, sct_list },
	{ EXT_CLIENT_CERTIFICATE_TYPE, IN_CH, client_certificate_types },
	{ EXT_CLIENT_CERTIFICATE_TYPE, IN_EE | IN_SH12, client_certificate_type },
	{ EXT_SERVER_CERTIFICATE_TYPE, IN_CH, server_certificate_types },
	{ EXT_SERVER_CERTIFICATE_TYPE, IN_EE | IN_SH12, server_certificate_type },
	{ EXT_PADDING, IN_CH, padding },
	{ EXT_COMPRESS_CERTIFICATE, IN_CH | IN_CR, compress_certificate },
	{ EXT_MAX_FRAGMENT_LENGTH, IN_CH | IN_EE | IN_SH12, max_fragment_length },
	{ EXT_RECORD_SIZE_LIMIT, IN_CH | IN_EE, record_size_limit },
	{ EXT_SESSION_TICKET, IN_CH, session_ticket },
	{ EXT_PRE_SHARED_KEY, IN_CH, offered_psks },
	{ EXT_PRE_SHARED_KEY, IN_SH, selected_identity },
	{ EXT_EARLY_DATA, IN_CH | IN_EE, nothing },
	{ EXT_EARLY_DATA, IN_NST, max_early_data_size },
	{ EXT_SUPPORTED_VERSIONS, IN_CH, versions },
	{ EXT_SUPPORTED_VERSIONS, IN_SH | IN_HRR, selected_version },
	{ EXT_COOKIE, IN_CH | IN_HRR, cookie },
	{ EXT_PSK_KEY_EXCHANGE_MODES, IN_CH, psk_modes },
	{ EXT_CERTIFICATE_AUTHORITIES, IN_CH | IN_CR, authorities },
	{ EXT_OID_FILTERS, IN_CR, oid_filters },
	{ EXT_POST_HANDSHAKE_AUTH, IN_CH, nothing },
	{ EXT_KEY_SHARE, IN_CH, client_shares },
	{ EXT_KEY_SHARE, IN_SH, server_share },
	{ EXT_KEY_SHARE, IN_HRR, selected_group },
	{ EXT_RENEGOTIATION_INFO, ANYWHERE, renegotiated_connection },
};

const struct shape *shape_extension(int type, unsigned int where)
{
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
		if (extensions[i].type == type && (extensions[i].where & where))
			return extensions[i].members;
	}
	return opaque;
}

/* ---- messages ---- */

ONE(cipher_suite, NUMBER("CipherSuite", 2, TEXT_CIPHER_SUITE));
static const struct shape client_hello[] = {
	NUMBER("legacy_version", 2, TEXT_VERSION),
	BYTES("random", 32, TEXT_RANDOM),
	VECTOR("legacy_session_id", 1, TEXT_NONE),
	LIST("cipher_suites", 2, cipher_suite),
	VECTOR("legacy_compression_methods", 1, TEXT_NONE),
	OPTIONAL_EXTENSIONS,
	END,
};

static const struct shape server_hello[] = {
	NUMBER("legacy_version", 2, TEXT_VERSION),
	BYTES("random", 32, TEXT_RANDOM),
	VECTOR("legacy_session_id_echo", 1, TEXT_NONE),
	NUMBER("cipher_suite", 2, TEXT_CIPHER_SUITE),
	NUMBER("legacy_compression_method", 1, TEXT_DECIMAL),
	OPTIONAL_EXTENSIONS,
	END,
};

static const struct shape new_session_ticket[] = {
	NUMBER("ticket_lifetime", 4, TEXT_DECIMAL),
	NUMBER("ticket_age_add", 4, TEXT_DECIMAL),
	VECTOR("ticket_nonce", 1, TEXT_NONE),
	VECTOR("ticket", 2, TEXT_NONE),
	EXTENSIONS,
	END,
};

ONE(encrypted_extensions, EXTENSIONS);

static const struct shape certificate_request[] = {
	VECTOR("certificate_request_context", 1, TEXT_NONE),
	EXTENSIONS,
	END,
};

static const struct shape certificate_entry[] = {
	VECTOR("cert_data", 3, TEXT_NONE),
	EXTENSIONS,
	END,
};
ONE(certificate_entries, GROUP("CertificateEntry", certificate_entry));
static const struct shape certificate[] = {
	VECTOR("certificate_request_context", 1, TEXT_NONE),
	LIST("certificate_list", 3, certificate_entries),
	END,
};

static const struct shape compressed_certificate[] = {
	NUMBER("algorithm", 2, TEXT_CERTIFICATE_COMPRESSION),
	NUMBER("uncompressed_length", 3, TEXT_DECIMAL),
	VECTOR("compressed_certificate_message", 3, TEXT_NONE),
	END,
};

static const struct shape certificate_verify[] = {
	NUMBER("algorithm", 2, TEXT_SIGNATURE_SCHEME),
	VECTOR("signature", 2, TEXT_NONE),
	END,
};

ONE(finished, REST("verify_data"));
ONE(key_update, NUMBER("request_update", 1, TEXT_KEY_UPDATE_REQUEST));
ONE(message_hash, REST("hash"));
ONE(message_body, REST("body"));

/* ---- messages that are others in TLS 1.2 ---- */

static const struct shape new_session_ticket12[] = {
	NUMBER("ticket_lifetime_hint", 4, TEXT_DECIMAL),
	VECTOR("ticket", 2, TEXT_NONE),
	END,
};

ONE(asn1_cert, VECTOR("ASN.1Cert", 3, TEXT_NONE));
ONE(certificate12, LIST("certificate_list", 3, asn1_cert));

/* The same message with a raw public key. */
const struct shape shape_raw_key12[] = {
	VECTOR("ASN.1_subjectPublicKeyInfo", 3, TEXT_NONE),
	END,
};

/* With ECDHE and a named curve, which is what there is here. */
static const struct shape server_key_exchange[] = {
	NUMBER("curve_type", 1, TEXT_CURVE_TYPE), NUMBER("namedcurve", 2, TEXT_GROUP),
	VECTOR("public", 1, TEXT_NONE),           NUMBER("algorithm", 2, TEXT_SIGNATURE_SCHEME),
	VECTOR("signature", 2, TEXT_NONE),        END,
};

ONE(certificate_type12, NUMBER("ClientCertificateType", 1, TEXT_CERTIFICATE_TYPE12));
ONE(scheme12, NUMBER("SignatureAndHashAlgorithm", 2, TEXT_SIGNATURE_SCHEME));
ONE(authority12, VECTOR("DistinguishedName", 2, TEXT_NONE));
static const struct shape certificate_request12[] = {
	LIST("certificate_types", 1, certificate_type12),
	LIST("supported_signature_algorithms", 2, scheme12),
	LIST("certificate_authorities", 2, authority12),
	END,
};

ONE(client_key_exchange, VECTOR("ecdh_Yc", 1, TEXT_NONE));

struct message_shape {
	int type;
	const struct shape *members;
};

static const struct message_shape messages12[] = {
	{ HT_HELLO_REQUEST, nothing },
	{ HT_CLIENT_HELLO, client_hello },
	{ HT_SERVER_HELLO, server_hello },
	{ HT_NEW_SESSION_TICKET, new_session_ticket12 },
	{ HT_CERTIFICATE, certificate12 },
	{ HT_SERVER_KEY_EXCHANGE, server_key_exchange },
	{ HT_CERTIFICATE_REQUEST, certificate_request12 },
	{ HT_SERVER_HELLO_DONE, nothing },
	{ HT_CERTIFICATE_VERIFY, certificate_verify },
	{ HT_CLIENT_KEY_EXCHANGE, client_key_exchange },
	{ HT_FINISHED, finished },
	{ HT_CERTIFICATE_STATUS, certificate_status },
};

static const struct message_shape messages13[] = {
	{ HT_CLIENT_HELLO, client_hello },
	{ HT_SERVER_HELLO, server_hello },
	{ HT_NEW_SESSION_TICKET, new_session_ticket },
	{ HT_END_OF_EARLY_DATA, nothing },
	{ HT_ENCRYPTED_EXTENSIONS, encrypted_extensions },
	{ HT_CERTIFICATE, certificate },
	{ HT_CERTIFICATE_REQUEST, certificate_request },
	{ HT_CERTIFICATE_VERIFY, certificate_verify },
	{ HT_FINISHED, finished },
	{ HT_CERTIFICATE_STATUS, certificate_status },
	{ HT_KEY_UPDATE, key_update },
	{ HT_COMPRESSED_CERTIFICATE, compressed_certificate },
	{ HT_MESSAGE_HASH, message_hash },
};

static const struct shape *find(const struct message_shape *messages, size_t count, int type)
{
	for (size_t i = 0; i < count; i++) {
		if (messages[i].type == type)
			return messages[i].members;
	}
	return message_body;
}

const struct shape *shape_message(int version, int type)
{
	if (version == WARD_TLS_1_2)
		return find(messages12, sizeof(messages12) / sizeof(messages12[0]), type);
	return find(messages13, sizeof(messages13) / sizeof(messages13[0]), type);
}
