/*
 * OCSP over HTTP (RFC 6960, appendix A): where in a request of HTTP the one of OCSP is.
 */
#ifndef CA_OCSP_HTTP_H
#define CA_OCSP_HTTP_H

#include "ca/responder.h"
#include "serve/http_request.h"
#include "serve/strbuf.h"

enum { OCSP_HTTP_BODY_MAX = 16 * 1024 };

/*
 * Finds the DER of the OCSP request, at most OCSP_HTTP_BODY_MAX bytes into `der`. POST has it as
 * the body, GET in base64 as the last of the path, behind `prefix` if that is there. Gives 0, or
 * the status that refuses the request.
 */
int ocsp_http_read(const struct http_request *r, const char *prefix, uint8_t *der, size_t *len);

/* The head and the body of an answer that has a response. */
void ocsp_http_answer(struct strbuf *out, const struct responder_answer *a, bool keep_alive);
/* A status instead; the connection ends. */
void ocsp_http_refuse(struct strbuf *out, int status);

/* The path of a URL such as http://ocsp.internal:8080/ca/; "/" where there is none. */
const char *ocsp_http_path(const char *url);

#endif
