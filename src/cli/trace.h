/*
 * A connection as it happens, for people: the events of the engine, one line each.
 */
#ifndef CLI_TRACE_H
#define CLI_TRACE_H

#include <ward/tls.h>

#include "cli/term.h"

enum trace_level {
	TRACE_NOTHING = 0,
	TRACE_MESSAGES = 1, /* -v: messages, alerts, verdict */
	TRACE_FIELDS = 2,   /* -vv: also the fields of messages, and changes of keys */
};

struct trace {
	struct term term;
	int level;
	/* What verification said and the server wants; noted at every level. */
	bool judged;
	bool cert_asked;         /* the server asked for a certificate */
	struct ward_error fault; /* reason WARD_E_NONE: the chain is good */
};

/* For ward_config_set_events, with a struct trace as its argument. */
void trace_event(void *arg, struct ward_conn *conn, const struct ward_event *event);

#endif
