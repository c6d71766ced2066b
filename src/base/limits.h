/*
 * Every limit that is not a setting: what a peer may make this side keep or compute.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

enum {
	/* Records (RFC 9846, 5.1 and 5.2). */
	RECORD_HEADER_LEN = 5,
	RECORD_PLAINTEXT_MAX = 16384,
	RECORD_CIPHERTEXT_MAX = RECORD_PLAINTEXT_MAX + 256,
	RECORD_MAX = RECORD_HEADER_LEN + RECORD_CIPHERTEXT_MAX,

	/* Handshake messages: what is sent in earnest stays far below. */
	MESSAGE_MAX_HELLO = 65535,
	MESSAGE_MAX_CERTIFICATE = 128 * 1024,
	MESSAGE_MAX_OTHER = 16384,
	MESSAGE_MAX_TICKET = 65536,

	/* Certificates. */
	CERT_MAX_LEN = 64 * 1024,
	CHAIN_MAX_CERTS = 16,

	/* Floods: records in a row that bring the application nothing. */
	EMPTY_RECORDS_MAX = 32,
	WARNING_ALERTS_MAX = 4,
	KEY_UPDATES_MAX = 32,
	TICKETS_MAX = 64,
	CERTIFICATE_REQUESTS_MAX = 4, /* after the handshake: each costs a signature */

	/* Pre-shared keys of one ClientHello that a server looks at. */
	PSK_TRIES_MAX = 9, /* as many as a client of this library offers */
	/* What a ticket of this server's may seal: a longer client's chain gets none. */
	TICKET_CONTENT_MAX = 8 * 1024,
	STATUS_KEPT_MAX = 16 * 1024, /* of an OCSP response, for the connections that resume */

	/* Memory that one handshake may hold. */
	HANDSHAKE_MEMORY_MAX = 512 * 1024,
};

#endif
