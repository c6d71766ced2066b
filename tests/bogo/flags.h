/*
 * What BoringSSL's protocol tests ask of a shim: its command line, for each connection it makes.
 */
#ifndef BOGO_FLAGS_H
#define BOGO_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	BOGO_UNIMPLEMENTED = 89, /* the exit status that means: ward has no such thing */
	BOGO_LIST_MAX = 64,
	BOGO_CREDENTIALS_MAX = 16,
};

struct int_list {
	int items[BOGO_LIST_MAX];
	size_t count;
};

struct bytes {
	uint8_t *data;
	size_t len;
};

/* Who this side is, or a key that both sides have. */
struct credential {
	bool is_psk, psk_sha384, is_raw_key;
	const char *cert_file, *key_file;
	struct bytes psk, psk_identity, psk_context;
	struct int_list signing_prefs;
	struct bytes ocsp_response, scts;
};

/* The names are the flags'. NULL, 0, false where a flag is not given. */
struct flags {
	bool server, ipv6, async, quic, verify_peer, require_any_client_certificate;
	bool shim_writes_first, shim_shuts_down, check_close_notify;
	bool no_tls13, no_tls12, reject_alpn, decline_alpn, expect_no_peer_cert;
	bool expect_hrr, expect_no_hrr, key_update, key_update_before_read, no_key_shares;
	bool write_different_record_sizes, expect_session_miss, expect_no_server_name;
	bool verify_fail, expect_verify_result, no_ticket, expect_no_session;
	bool use_export_context, read_with_unfinished_write, use_exporter_between_reads;
	bool enable_early_data, expect_accept_early_data, expect_reject_early_data;
	bool expect_no_offer_early_data, expect_ticket_supports_early_data;
	bool expect_session_id, expect_no_session_id, expect_ticket_renewal, fips, wpa, cnsa1,
		cnsa2;
	int port, resume_count, min_version, max_version, expect_version, expect_curve_id;
	int expect_cipher, expect_cipher_aes, expect_peer_signature_algorithm, read_size;
	int repeat_shim_initial_write, export_keying_material, resumption_delay;
	bool export_traffic_secrets, enable_ocsp_stapling, enable_scts, enable_ech_grease;
	struct bytes expect_ocsp_response, expect_scts;
	struct bytes quic_transport_params, expect_quic_transport_params;
	const char *shim_id, *cipher;
	const char *trust_cert, *use_client_ca_list, *host_name, *expect_server_name;
	const char *advertise_alpn, *expect_alpn, *select_alpn, *shim_initial_write;
	const char *expect_peer_cert_file, *export_label, *export_context;
	const char *quic_early_data_context;
	const char *expect_selected_credential; /* a number, or -1 for the own one */
	const char *expect_msg_callback;
	struct int_list curves, verify_prefs, key_shares, expect_peer_verify_prefs;
	struct bytes expect_certificate_types;
	struct int_list accepted_peer_cert_types, available_client_cert_types;
	const char *expect_peer_certificate_type;
	struct bytes expect_peer_rpk_sha256;
	struct credential own; /* what the flags say before a credential is begun */
	struct credential credentials[BOGO_CREDENTIALS_MAX];
	size_t credential_count;
};

/* One set for the first connection, one for those that resume it, and one from when such a one has
 * been told that its early data is refused. */
struct command {
	struct flags first, resumed, refused;
};

/* Ends the program with BOGO_UNIMPLEMENTED at a flag that is not known. */
void flags_parse(int argc, char **argv, struct command *c);
_Noreturn void unimplemented(const char *what);

#endif
