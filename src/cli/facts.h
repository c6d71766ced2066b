/*
 * What is known of a connection, gathered once and told as text or as JSON.
 */
#ifndef CLI_FACTS_H
#define CLI_FACTS_H

#include <ward/compress.h>
#include <ward/raw_key.h>
#include <ward/session.h>
#include <ward/status.h>

#include "cli/target.h"
#include "cli/term.h"
#include "cli/trace.h"

enum facts_verdict {
	FACTS_NOT_JUDGED, /* it did not come so far */
	FACTS_TRUSTED,
	FACTS_REFUSED,
	FACTS_INSECURE, /* the chain is not trusted, and was taken because the user said so */
};

/* All pointers are borrowed, and NULL where nothing is known. */
struct facts {
	const struct target *target;
	const char *server_name; /* what the certificate must be for */
	const char *address;
	bool connected; /* the handshake is done */
	const char *version, *cipher, *group, *signature, *alpn;
	bool retry;        /* HelloRetryRequest */
	bool resumed;      /* it stands on an earlier session */
	bool asked_resume; /* which there was to resume */
	bool early;        /* there was early data to send */
	size_t early_len, early_accepted;
	const struct ward_chain *chain;
	bool raw_key; /* the server has shown one, and no chain */
	struct ward_pin pin;
	const char *key_type;
	unsigned int key_bits;
	const uint8_t *ocsp, *scts; /* what stood beside the leaf */
	size_t ocsp_len, scts_len;
	struct ward_cert_compression compression; /* algorithm 0: none */
	enum facts_verdict verdict;
	const struct ward_error *failure; /* the session's, or what verification found */
	int64_t now;
};

void facts_gather(struct facts *f, const struct ward_session *s, const struct trace *trace);
/* What went wrong, failed verification that was overruled included; EXIT_FINE if nothing did. */
int facts_exit_code(const struct facts *f);

/* For people. */
void facts_print(const struct facts *f, const struct term *term);
/* One JSON document. False when it cannot be made or written. */
bool facts_json(const struct facts *f, FILE *out);

/* ---- for the two of them ---- */

/* What the stapled response says of the leaf, and who has answered. */
struct facts_ocsp {
	const char *status; /* "good" */
	int64_t this_update, next_update;
	char responder[300];
};
/* False where nothing is stapled, or it cannot be read. */
bool facts_ocsp(const struct facts *f, struct facts_ocsp *o);

enum { FACTS_LOG_ID = 32 };
struct facts_sct {
	uint8_t log[FACTS_LOG_ID];
	int64_t time;
};
/* The i-th timestamp that the server sent (RFC 6962, 3.2); false past the end. Nobody has checked it. */
bool facts_sct(const struct facts *f, size_t i, struct facts_sct *sct);

/* Days until `then`, cut towards zero. */
int64_t facts_days(int64_t now, int64_t then);
enum { FACTS_TIME = 32 };
/* RFC 3339: "2026-01-02T03:04:05Z". Returns buf. */
char *facts_time(int64_t seconds, char buf[FACTS_TIME]);
/* "89 days left", "expired 3 days ago", "not valid for another 5 hours". Returns buf. */
char *facts_expiry(int64_t now, int64_t not_before, int64_t not_after, char *buf, size_t size);

#endif
