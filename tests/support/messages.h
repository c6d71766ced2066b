/*
 * Any handshake message by its type: for tests and fuzz targets that treat all of them alike.
 */
#ifndef SUPPORT_MESSAGES_H
#define SUPPORT_MESSAGES_H

#include "tls/msg/msg.h"

/* The digest that Finished is read for: SHA-256. */
enum { MESSAGES_DIGEST_LEN = 32 };

union any_message {
	struct client_hello client_hello;
	struct server_hello server_hello;
	struct encrypted_extensions encrypted_extensions;
	struct certificate_request certificate_request;
	struct certificate certificate;
	struct certificate_verify certificate_verify;
	struct span finished;
	struct new_session_ticket new_session_ticket;
	enum key_update_request key_update;
};

/* True for the types that are read and written below. */
static inline bool message_is_known(int type)
{
	switch (type) {
	case HT_CLIENT_HELLO:
	case HT_SERVER_HELLO:
	case HT_ENCRYPTED_EXTENSIONS:
	case HT_CERTIFICATE_REQUEST:
	case HT_CERTIFICATE:
	case HT_CERTIFICATE_VERIFY:
	case HT_FINISHED:
	case HT_NEW_SESSION_TICKET:
	case HT_KEY_UPDATE:
		return true;
	default:
		return false;
	}
}

static inline bool message_read(int type, struct span body, union any_message *m,
				struct ward_error *err)
{
	switch (type) {
	case HT_CLIENT_HELLO:
		return client_hello_parse(body, &m->client_hello, err);
	case HT_SERVER_HELLO:
		return server_hello_parse(body, &m->server_hello, err);
	case HT_ENCRYPTED_EXTENSIONS:
		return encrypted_extensions_parse(body, &m->encrypted_extensions, err);
	case HT_CERTIFICATE_REQUEST:
		return certificate_request_parse(body, &m->certificate_request, err);
	case HT_CERTIFICATE:
		return certificate_parse(body, &m->certificate, err);
	case HT_CERTIFICATE_VERIFY:
		return certificate_verify_parse(body, &m->certificate_verify, err);
	case HT_FINISHED:
		return finished_parse(body, MESSAGES_DIGEST_LEN, &m->finished, err);
	case HT_NEW_SESSION_TICKET:
		return new_session_ticket_parse(body, &m->new_session_ticket, err);
	case HT_KEY_UPDATE:
		return key_update_parse(body, &m->key_update, err);
	default:
		return FAIL(err, MESSAGE_UNEXPECTED);
	}
}

static inline void message_write(struct writer *w, int type, const union any_message *m)
{
	switch (type) {
	case HT_CLIENT_HELLO:
		client_hello_write(w, &m->client_hello);
		break;
	case HT_SERVER_HELLO:
		server_hello_write(w, &m->server_hello);
		break;
	case HT_ENCRYPTED_EXTENSIONS:
		encrypted_extensions_write(w, &m->encrypted_extensions);
		break;
	case HT_CERTIFICATE_REQUEST:
		certificate_request_write(w, &m->certificate_request);
		break;
	case HT_CERTIFICATE:
		certificate_write(w, &m->certificate);
		break;
	case HT_CERTIFICATE_VERIFY:
		certificate_verify_write(w, &m->certificate_verify);
		break;
	case HT_FINISHED:
		finished_write(w, m->finished);
		break;
	case HT_NEW_SESSION_TICKET:
		new_session_ticket_write(w, &m->new_session_ticket);
		break;
	case HT_KEY_UPDATE:
		key_update_write(w, m->key_update);
		break;
	default:
		FAIL(w->err, INTERNAL);
	}
}

/* The extensions of a message: of the leaf in a Certificate; NULL where there are none. */
static inline struct extensions *message_extensions(int type, union any_message *m)
{
	switch (type) {
	case HT_CLIENT_HELLO:
		return &m->client_hello.ext;
	case HT_SERVER_HELLO:
		return &m->server_hello.ext;
	case HT_ENCRYPTED_EXTENSIONS:
		return &m->encrypted_extensions.ext;
	case HT_CERTIFICATE_REQUEST:
		return &m->certificate_request.ext;
	case HT_CERTIFICATE:
		return &m->certificate.leaf_ext;
	case HT_NEW_SESSION_TICKET:
		return &m->new_session_ticket.ext;
	default:
		return NULL;
	}
}

#endif
