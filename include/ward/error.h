/*
 * Why something failed.
 *
 * A function that can fail takes a `struct ward_error *` as its last parameter and returns false
 * (or NULL). The structure belongs to the caller, needs no cleaning up, and keeps the first failure
 * that was written to it: start with `struct ward_error err = { 0 };`. Passing NULL is allowed
 * wherever a caller only wants to know whether a call succeeded.
 *
 * The reason says everything else: the alert that is sent for it (RFC 9846, section 6), its text
 * and the hint on what to do next all come from one table, reasons.def.
 */
#ifndef WARD_ERROR_H
#define WARD_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ward/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What went wrong; WARD_E_NONE is success. Numbers may change between versions, names do not. */
enum ward_reason {
	WARD_E_NONE = 0,
#define REASON(name, alert, text, hint) WARD_E_##name,
#include <ward/reasons.def>
#undef REASON
	WARD_E_COUNT
};

/* The value of `alert` in the table for failures that no TLS alert tells the peer about. */
#define WARD_NO_ALERT (-1)

/*
 * One failure. `message` is the HandshakeType in which it was found, or -1; `extension` the
 * ExtensionType, or -1; `offset` the byte of that message where reading stopped, or -1.
 * `received_alert` is the AlertDescription that the peer sent, or -1. `system` is an errno value
 * where the operating system refused something, or 0. `detail` is text for people, in English,
 * without control characters.
 */
struct ward_error {
	enum ward_reason reason;
	int message;
	int extension;
	int offset;
	int received_alert;
	int system;
	char detail[160];
};

/* The name in the table ("EXT_DUPLICATE"), for logs and JSON. Static text; never NULL. */
WARD_API const char *ward_reason_name(enum ward_reason reason);

/* What happened, as a phrase without a full stop. Static text; never NULL. */
WARD_API const char *ward_reason_text(enum ward_reason reason);

/* What to do about it, as a phrase; "" where there is nothing to say. Static text; never NULL. */
WARD_API const char *ward_reason_hint(enum ward_reason reason);

/* The AlertDescription that tells the peer of this reason, or WARD_NO_ALERT. */
WARD_API int ward_reason_alert(enum ward_reason reason);

/* The RFC's name of an AlertDescription ("handshake_failure"), or "unknown". Static text. */
WARD_API const char *ward_alert_name(int alert);

/*
 * Writes one line that says what failed, where, and what to do: "TEXT: detail (in ServerHello,
 * byte 38); HINT". Always ends with a zero byte if `size` > 0. Returns buf.
 */
WARD_API char *ward_error_text(const struct ward_error *err, char *buf, size_t size);

#ifdef __cplusplus
}
#endif

#endif
