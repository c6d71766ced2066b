/*
 * Early data, 0-RTT (RFC 9846, 2.3 and 8): a client that resumes sends application data with its
 * first message, under keys that the server has no part in making. So these bytes have two faults
 * that no others have: whoever learns the ticket's key can read them, and anyone on the path can
 * send them again. Off unless both sides ask for it.
 *
 * Early data is for what may happen twice without harm. A server takes each ClientHello for early
 * data once, within ten seconds of when its client says it was sent, and remembers it as long in a
 * register. Where anything is in doubt early data is refused and the handshake goes on: refusal
 * costs a round trip, and the client sends the bytes again. Behind several servers the promise is as
 * good as the register that they share.
 */
#ifndef WARD_EARLY_DATA_H
#define WARD_EARLY_DATA_H

#include <ward/resume.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- servers ----
 *
 * What came as early data has `early` set in struct ward_received. It comes before the handshake is
 * done, and ward_conn_send works from then on: the answer may leave before the client's Finished
 * is there. Once ward_conn_is_connected says yes the client was there in person, and what it sent
 * early was no replay on this connection.
 */

/* The register of ClientHellos that have been taken; any thread may use it. */
struct ward_strikes;

/* What is asked of a register. */
struct ward_claim {
	const uint8_t *id; /* of this ClientHello and no other */
	size_t id_len;     /* 32 */
	int64_t now;       /* in seconds since 1970, by the server's clock */
	int64_t until;     /* from this time on no server takes it any more: it may be forgotten */
};
/*
 * True, at once and for good, if the claim is the first for its id; false if it is not, or if that
 * is not certain: there is no room, the store cannot be reached, or what was there before this time
 * may have been forgotten. Called by any thread, several at a time.
 */
typedef bool ward_strike_fn(void *arg, const struct ward_claim *claim);

/*
 * A register in memory with room for at least `entries` ClientHellos at once (48 to 96 bytes each,
 * taken at once). It refuses everything for the first 20 seconds from `now` on, since it cannot know
 * what was taken before; what has no room; and, when the clock is set back, what it may have
 * forgotten. NULL with err set.
 */
WARD_API struct ward_strikes *ward_strikes_new(size_t entries, int64_t now, struct ward_error *err);
/* A register of the program's own, for a fleet; release (NULL: none) is called with its arg last. */
WARD_API struct ward_strikes *ward_strikes_new_with(ward_strike_fn *claim, void *arg,
						    void (*release)(void *arg),
						    struct ward_error *err);
WARD_API struct ward_strikes *ward_strikes_ref(struct ward_strikes *strikes);
WARD_API void ward_strikes_free(struct ward_strikes *strikes); /* NULL is allowed */

/*
 * Servers: allow this many bytes of early data in tickets from now on, and take them; 0: none, the
 * default. The register is referenced. With strikes NULL it is one in memory that belongs to the
 * config's ring of ticket keys, with room for 16384: enough for 800 early handshakes a second. It
 * needs no time to start, and it takes nothing once the ring has been exported or imported: other
 * servers may then take the same ClientHello, and only a register that they share knows.
 */
WARD_API WARD_MUST_USE bool ward_config_set_early_data(struct ward_config *config, uint32_t max,
						       struct ward_strikes *strikes,
						       struct ward_error *err);

/* ---------------------------------------------------------------- clients ----
 *
 * A client hands its early data to ward_conn_new_with (or ward_dial), which sends as much of it as
 * the ticket allows. When the connection is connected ward_conn_early_data_accepted says how much
 * of it has arrived, all that was sent or nothing, and the application sends the rest: as it is, or
 * another request, for what was chosen may be another protocol. Nothing is sent twice by itself.
 */

/* What a ticket allows, in bytes; 0: no early data. */
WARD_API uint32_t ward_ticket_early_data(const struct ward_ticket *ticket);
/* Clients: bytes of the early data that the server has taken; 0 before it has said so. */
WARD_API size_t ward_conn_early_data_accepted(const struct ward_conn *conn);

enum ward_early_data_status {
	WARD_EARLY_DATA_NONE = 0, /* the client did not offer any */
	WARD_EARLY_DATA_OFFERED, /* clients: it is on its way, and the server has not answered yet */
	WARD_EARLY_DATA_ACCEPTED,
	WARD_EARLY_DATA_REFUSED,
};
WARD_API enum ward_early_data_status ward_conn_early_data_status(const struct ward_conn *conn);

/*
 * A key as by ward_conn_export, but of the early data (RFC 9846, 7.5: early_exporter_secret): a client
 * has it from the moment that it offers early data, a server from that at which it takes it, and both
 * as long as the connection lives. It has the faults of early data: the server has no part in it, so
 * that it is the same each time that a ClientHello is sent again. Use ward_conn_export for all that
 * can wait for the handshake. BAD_STATE where there is no early data, or it was refused.
 */
WARD_API WARD_MUST_USE bool ward_conn_export_early(const struct ward_conn *conn, const char *label,
						   const void *context, size_t context_len,
						   void *out, size_t len, struct ward_error *err);

#ifdef __cplusplus
}
#endif

#endif
