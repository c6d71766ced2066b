/*
 * The handshake messages of the published TLS 1.3 traces (tls13-traces.json), as they went over the
 * wire.
 */
#ifndef SUPPORT_TRACES_H
#define SUPPORT_TRACES_H

#include "support/table.h"

struct trace_message {
	char name[96]; /* "HelloRetryRequest: client message 1 of 2" */
	bool from_server;
	struct span bytes; /* with the header, in a block of exactly its size */
};

/*
 * Calls fn with each message of each trace in order; how many there were. Skips the test, and says
 * so, where the file is absent.
 */
size_t traces_each_message(void (*fn)(void *arg, const struct trace_message *message), void *arg);

#endif
