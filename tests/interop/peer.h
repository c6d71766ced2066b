/*
 * Inside the peer: what its command line asked for, what came of it, and the steps.
 */
#ifndef INTEROP_PEER_H
#define INTEROP_PEER_H

#include <openssl/evp.h>

#include <ward/ward.h>

/* Bytes of one direction: how many, and their SHA-256. */
struct flow {
	uint64_t bytes;
	EVP_MD_CTX *sha256;
};

/* What one connection was seen to do. */
struct tally {
	unsigned int updates_in, updates_out; /* KeyUpdate messages */
	size_t largest_in, largest_out;       /* content of a sealed record, as its header says */
	bool padded_wrong; /* a sealed record that is not a multiple of padding */
	struct flow in, out;
	char fault[160]; /* the step that did not go as it should; "" if all did */
};

/* Resets it for the next connection. */
void tally_start(struct tally *t);
void tally_clear(struct tally *t);

/* Runs the steps one after the other until one fails, which is then t->fault. */
bool steps_run(struct ward_session *s, char *const *steps, struct tally *t);

/* Prints one line of JSON: the session and its tally. */
void report_print(const struct ward_session *s, struct tally *t, bool ok);

#endif
