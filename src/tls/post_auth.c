/*
 * Authentication after the handshake (RFC 9846, 4.7.2): a server asks for a certificate when a
 * request needs one, and a client that has said that it would answers.
 *
 * Both keep the transcript up to the client's Finished, which each exchange goes on from. What an
 * exchange needs is a handshake of its own: it is made for it, waits in post_auth while nothing of
 * it is at work, and is the connection's while a handler runs. A client answers at once, or when its
 * key is there; of a server one request is open at a time, and application data goes on meanwhile.
 */
#include <assert.h>
#include <stdlib.h>

#include <ward/mutual.h>

#include "tls/conn.h"

enum { CONTEXT_LEN = 16 };

struct post_auth {
	struct transcript transcript; /* to the client's Finished */
	struct handshake *hs;         /* of the exchange under way; NULL: none, or it is at work */
	uint8_t context[CONTEXT_LEN]; /* a server's, of the request that is open */
	uint8_t requests;             /* a client's, without application data between */
	uint8_t client_type;          /* of the certificate that it is to show */
	bool gives_tickets;
	uint8_t tickets_sent; /* each has a number of its own */
};

/* ---- the beginning and the end ---- */

bool post_auth_begin(struct ward_conn *c, struct ward_error *err)
{
	struct rare *rare = conn_rare(c, err);
	struct post_auth *post;

	if (rare == NULL)
		return false;
	if (rare->psk != NULL) /* who knows an external key is not asked (4.4.2) */
		return true;
	post = calloc(1, sizeof(*post));
	if (post == NULL)
		return FAIL(err, NO_MEMORY);
	post->transcript = c->hs->transcript;
	post->client_type = c->hs->client_type;
	post->gives_tickets = c->hs->gives_tickets;
	post->tickets_sent = c->is_server ? (uint8_t)c->config->tickets : 0;
	rare->post = post;
	return true;
}

void post_auth_free(struct post_auth *post)
{
	if (post == NULL)
		return;
	handshake_free(post->hs);
	free(post);
}

void post_auth_drop(struct ward_conn *c)
{
	if (c->rare == NULL)
		return;
	post_auth_free(c->rare->post);
	c->rare->post = NULL;
}

size_t post_auth_size(const struct post_auth *post)
{
	if (post == NULL)
		return 0;
	return sizeof(*post) + (post->hs == NULL ? 0 : arena_size(post->hs->arena));
}

struct handshake *post_auth_handshake(const struct post_auth *post)
{
	return post == NULL ? NULL : post->hs;
}

/* What there is once post_auth_begin has made it. */
static struct post_auth *post_of(const struct ward_conn *c)
{
	assert(c->rare != NULL && c->rare->post != NULL);
	return c->rare->post;
}

/* From now on the exchange is the connection's handshake, which a failure frees. */
static void take_up(struct ward_conn *c)
{
	c->hs = post_of(c)->hs;
	post_of(c)->hs = NULL;
}

static void lay_down(struct ward_conn *c)
{
	post_of(c)->hs = c->hs;
	c->hs = NULL;
}

static void end_exchange(struct ward_conn *c)
{
	handshake_free(c->hs);
	c->hs = NULL;
}

/* A handshake that stands where the first one ended. */
static bool begin_exchange(struct ward_conn *c, struct ward_error *err)
{
	c->hs = handshake_new(err);
	if (c->hs == NULL)
		return false;
	c->hs->transcript = post_of(c)->transcript;
	c->hs->client_type = post_of(c)->client_type;
	if (!c->is_server)
		c->hs->authenticated = c->kept->authenticated;
	return true;
}

/* The traffic secret of the client's direction, on which its Finished stands. */
static struct secret finished_key(const struct ward_conn *c)
{
	enum kept_secret which = c->is_server ? KEPT_READ : KEPT_WRITE;
	struct secret key = { .len = conn_kept_len(c) };

	memcpy(key.data, conn_kept(c, which), key.len);
	return key;
}

bool post_auth_expects(const struct ward_conn *c, uint8_t type)
{
	if (type == HT_CERTIFICATE_REQUEST && c->state == CLIENT_CONNECTED)
		return conn_post(c) != NULL;
	if (type == HT_CERTIFICATE && c->state == SERVER_CONNECTED)
		return conn_post(c) != NULL && conn_post(c)->hs != NULL;
	return true;
}

void post_auth_heard(struct ward_conn *c)
{
	if (conn_post(c) != NULL)
		conn_post(c)->requests = 0;
}

/* ---- a client's answer ---- */

/* The Certificate message of the identity, or an empty one, with the context of the request. */
static bool send_certificate(struct ward_conn *c, struct span context, struct ward_error *err)
{
	static const uint8_t none[] = { HT_CERTIFICATE, 0, 0, 4, 0, 0, 0, 0 };
	const struct identity *id = c->hs->identity;
	struct span m = id == NULL ? SPAN_ARRAY(none)
				   : id->messages[identity_beside(id, c->hs->peer_asks, c->now)];
	uint8_t *to = handshake_scratch(c, m.len + context.len, err);
	struct writer w;

	if (to == NULL)
		return false;
	w = writer_make(to, m.len + context.len, err);
	WRITE_MESSAGE(&w, HT_CERTIFICATE)
	{
		writer_vec(&w, 1, context);
		writer_bytes(&w, span_make(m.data + 5, m.len - 5)); /* behind its empty context */
	}
	return writer_ok(&w) && flight_add(c, writer_span(&w), err);
}

/* The last of it; also reached when a signature has come late. */
static bool finish_answer(struct ward_conn *c, struct ward_error *err)
{
	SECRET_AUTO struct secret key = finished_key(c);

	if (c->hs->identity != NULL && !auth_send_certificate_verify(c, err))
		return false;
	return auth_send_finished(c, &key, err) && flight_seal(c, err);
}

static bool answer(struct ward_conn *c, const struct certificate_request *cr,
		   struct ward_error *err)
{
	c->hs->peer_asks = extensions_ask_beside(&cr->ext);
	client_choose_identity(c, &cr->ext);
	if (!send_certificate(c, cr->context, err))
		return false;
	return c->hs->identity == NULL ? finish_answer(c, err) : auth_sign(c, finish_answer, err);
}

static bool judge_request(const struct ward_conn *c, const struct certificate_request *cr,
			  struct ward_error *err)
{
	if (cr->context.len == 0)
		return FAILF(err, CERTIFICATE_CONTEXT, "it is empty after the handshake");
	if (!ext_has(&cr->ext, EXT_SIGNATURE_ALGORITHMS))
		return FAILF(err, EXT_MISSING, "signature_algorithms");
	if (post_of(c)->requests == CERTIFICATE_REQUESTS_MAX)
		return FAIL(err, CERTIFICATE_REQUESTS_FLOOD);
	return true;
}

/* What is left when the answer is on its way, or waits for a signature. */
static void after_answer(struct ward_conn *c)
{
	if (c->hs->key_wanted)
		lay_down(c);
	else
		end_exchange(c);
}

bool post_auth_recv_request(struct ward_conn *c, const struct message *m, enum state *next,
			    struct ward_error *err)
{
	struct certificate_request cr = { 0 };

	(void)next;
	if (!certificate_request_parse(m->body, &cr, err) || !judge_request(c, &cr, err) ||
	    !begin_exchange(c, err))
		return false;
	post_of(c)->requests++;
	transcript_add(&c->hs->transcript, m->raw);
	if (!answer(c, &cr, err))
		return false;
	after_answer(c);
	return true;
}

bool post_auth_signed(struct ward_conn *c, struct span sig, struct ward_error *err)
{
	take_up(c);
	if (!handshake_signed(c, sig, err))
		return false;
	after_answer(c);
	return true;
}

/* ---- a server's request ---- */

static bool send_request(struct ward_conn *c, struct ward_error *err)
{
	struct post_auth *p = conn_post(c);
	struct span message;

	if (!config_random(c->config, p->context, sizeof(p->context), err) ||
	    !server_write_certificate_request(c, SPAN_ARRAY(p->context), &message, err))
		return false;
	transcript_add(&c->hs->transcript, message);
	return output_message(c, message, err);
}

static bool may_ask(const struct ward_conn *c, struct ward_error *err)
{
	if (c->failed)
		return error_pass(err, ward_conn_error(c));
	if (!c->is_server || !conn_is_connected(c) || c->close_sent)
		return FAILF(err, BAD_STATE,
			     "a server asks between the handshake and close_notify");
	if (c->config->verify == WARD_VERIFY_NONE)
		return FAILF(err, BAD_STATE, "the config does not verify clients");
	if (conn_post(c) == NULL)
		return FAILF(err, BAD_STATE, "the client does not answer after the handshake");
	if (conn_post(c)->client_type == CLIENT_TYPE_NONE)
		return FAILF(err, BAD_STATE, "the client has no type of certificate that is taken");
	if (ward_conn_certificate_pending(c))
		return FAILF(err, BAD_STATE, "it is asked already");
	if (c->peer != NULL)
		return FAILF(err, BAD_STATE, "the client has shown its certificate");
	return true;
}

bool ward_conn_request_certificate(struct ward_conn *conn, struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;

	if (!may_ask(conn, err))
		return false;
	if (begin_exchange(conn, &fault) && send_request(conn, &fault)) {
		lay_down(conn);
		free(conn->rare->verify_error); /* it was of an answer before */
		conn->rare->verify_error = NULL;
		return true;
	}
	conn_fail(conn, &fault);
	return error_pass(err, &fault);
}

bool ward_conn_certificate_pending(const struct ward_conn *conn)
{
	return conn->is_server && conn_post(conn) != NULL &&
	       (conn_post(conn)->hs != NULL || conn_in_post_auth(conn));
}

/* ---- the client's answer, as the server sees it ---- */

static bool take_certificate(struct ward_conn *c, const struct message *m, enum state *next,
			     struct ward_error *err)
{
	struct certificate msg = { .count = 0 };

	if (!certificate_parse(m->body, &msg, err))
		return false;
	if (!span_equal(msg.context, SPAN_ARRAY(post_of(c)->context)))
		return FAIL(err, CERTIFICATE_CONTEXT);
	*next = SERVER_POST_WAIT_CV;
	if (msg.count == 0)
		*next = SERVER_POST_WAIT_FINISHED;
	return server_take_certificate(c, m, &msg, err);
}

bool post_auth_recv_certificate(struct ward_conn *c, const struct message *m, enum state *next,
				struct ward_error *err)
{
	take_up(c);
	if (!take_certificate(c, m, next, err))
		return false;
	lay_down(c);
	return true;
}

bool post_auth_recv_certificate_verify(struct ward_conn *c, const struct message *m,
				       enum state *next, struct ward_error *err)
{
	take_up(c);
	*next = SERVER_POST_WAIT_FINISHED;
	if (!auth_recv_certificate_verify(c, m, err))
		return false;
	lay_down(c);
	return true;
}

/* What was shown was not good: nobody is known by it. */
static void forget_refused(struct ward_conn *c)
{
	peer_chain_free(c->peer);
	c->peer = NULL;
}

/* Tickets from here on say who the client is (4.7.1). */
static bool send_tickets(struct ward_conn *c, struct ward_error *err)
{
	if (c->peer == NULL)
		return true;
	c->hs->gives_tickets = post_of(c)->gives_tickets;
	c->hs->identity = c->kept->own;
	c->hs->tickets_sent = post_of(c)->tickets_sent;
	if (!server_send_tickets(c, err))
		return false;
	post_of(c)->tickets_sent = c->hs->tickets_sent;
	return true;
}

bool post_auth_recv_finished(struct ward_conn *c, const struct message *m, enum state *next,
			     struct ward_error *err)
{
	SECRET_AUTO struct secret key = finished_key(c);
	unsigned int shown;

	take_up(c);
	*next = SERVER_CONNECTED;
	if (!auth_recv_finished(c, m, &key, err))
		return false;
	shown = c->hs->proofs;
	assert(shown == (PROVED_CERT | PROVED_SIGNATURE | PROVED_FINISHED) ||
	       (shown == (PROVED_NO_CERT | PROVED_FINISHED) &&
		c->config->verify != WARD_VERIFY_REQUIRED) ||
	       (shown == (PROVED_NO_CERT | PROVED_SIGNATURE | PROVED_FINISHED) &&
		c->config->keep_refused));
	if (shown & PROVED_NO_CERT)
		forget_refused(c);
	if (!send_tickets(c, err))
		return false;
	end_exchange(c);
	return true;
}

bool ward_config_set_post_handshake_auth(struct ward_config *config, bool on,
					 struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	config->post_auth = on;
	return true;
}

bool ward_config_set_keep_refused(struct ward_config *config, bool keep, struct ward_error *err)
{
	if (!config_open(config, err))
		return false;
	config->keep_refused = keep;
	return true;
}
