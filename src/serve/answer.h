/*
 * What is answered to a request (RFC 9110): the status, the header fields, and which bytes follow.
 */
#ifndef SERVE_ANSWER_H
#define SERVE_ANSWER_H

#include "serve/http_request.h"
#include "serve/lookup.h"
#include "serve/response.h"

/* What every answer is made with. */
struct answer_terms {
	const struct site *site;
	time_t now;
	bool close; /* the server wants the connection to end after this one */
};

/*
 * The answer that needs no lookup: to a request that was refused (its status says how), to a method
 * other than GET and HEAD. False: a lookup is to be made.
 */
bool answer_without_lookup(struct response *r, const struct answer_terms *terms,
			   const struct http_request *request);
/* The answer to GET and HEAD. What the lookup found is moved out of it. */
void answer_lookup(struct response *r, const struct answer_terms *terms,
		   const struct http_request *request, struct lookup *l);
/* 403, with a sentence that says why. */
void answer_forbidden(struct response *r, const struct answer_terms *terms,
		      const struct http_request *request, const char *why);
/* Nothing is answered before the handshake is done: 425 (RFC 8470). */
void answer_too_early(struct response *r, const struct answer_terms *terms,
		      const struct http_request *request);
/* An answer that is an error and ends the connection. request may be NULL. */
void answer_error(struct response *r, const struct answer_terms *terms,
		  const struct http_request *request, int status);

#endif
