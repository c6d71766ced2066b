/*
 * The handshake messages that TLS 1.2 has in another form than TLS 1.3, or alone (RFC 5246, 7.4;
 * RFC 8422, 5). Parsing and writing as in msg/msg.h.
 */
#ifndef TLS_TLS12_MSG12_H
#define TLS_TLS12_MSG12_H

#include "tls/msg/msg.h"

/* 7.4.2: the certificates alone. The context and the extensions of the structure stay empty. */
bool certificate12_parse(struct span body, struct certificate *c, struct ward_error *err);
void certificate12_write(struct writer *w, const struct certificate *c);
/* The form of the message that a raw public key has. */
bool raw_key12_parse(struct span body, struct certificate *c, struct ward_error *err);
void raw_key12_write(struct writer *w, const struct certificate *c);

struct server_key_exchange { /* RFC 8422, 5.4 */
	struct span params;  /* ServerECDHParams whole: what is signed */
	uint16_t named_curve;
	struct span point;
	uint16_t algorithm;
	struct span signature;
};

bool server_key_exchange_parse(struct span body, struct server_key_exchange *ske,
			       struct ward_error *err);
void server_key_exchange_write(struct writer *w, const struct server_key_exchange *ske);
/* ServerECDHParams of a named curve. */
void server_ecdh_params_write(struct writer *w, uint16_t named_curve, struct span point);

/* ClientCertificateType (RFC 8422, 5.5) */
enum { CERT_TYPE_RSA_SIGN = 1, CERT_TYPE_ECDSA_SIGN = 64 };

struct certificate_request12 {         /* 7.4.4 */
	struct span certificate_types; /* uint8s */
	struct span signature_algorithms;
	struct span certificate_authorities; /* DistinguishedNames, without the list's length */
};

bool certificate_request12_parse(struct span body, struct certificate_request12 *cr,
				 struct ward_error *err);
void certificate_request12_write(struct writer *w, const struct certificate_request12 *cr);

/* 7.4.5, and HelloRequest (7.4.1.1): nothing in it. */
bool empty_message_parse(int type, struct span body, struct ward_error *err);

/* RFC 8422, 5.7: the client's public key. */
bool client_key_exchange_parse(struct span body, struct span *point, struct ward_error *err);
void client_key_exchange_write(struct writer *w, struct span point);

struct new_session_ticket12 { /* RFC 5077, 3.3 */
	uint32_t ticket_lifetime_hint;
	struct span ticket; /* empty: there is none after all */
};

bool new_session_ticket12_parse(struct span body, struct new_session_ticket12 *nst,
				struct ward_error *err);
void new_session_ticket12_write(struct writer *w, const struct new_session_ticket12 *nst);

/* 7.4.9: verify_data of 12 bytes, as finished_parse and finished_write have it. */

/* The response that is stapled to the server's certificate (RFC 6066, section 8). */
bool certificate_status_parse(struct span body, struct span *response, struct ward_error *err);
void certificate_status_write(struct writer *w, struct span response);

#endif
