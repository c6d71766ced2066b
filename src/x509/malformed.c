/*
 * Telling of malformed structures. Their readers give a reason and a place; who looks at a file
 * wants to know which part that was.
 */
#include "x509/malformed.h"

#include <stdio.h>

bool malformed_fail(struct ward_error *err, enum ward_reason reason, const struct ward_error *own,
		    const char *part)
{
	char where[32] = "";

	if (own->reason == reason || own->reason == WARD_E_NO_MEMORY)
		return error_pass(err, own);
	if (own->reason == WARD_E_CERT_MALFORMED)
		return error_set(err, reason, "%s: %s", part, own->detail);
	if (own->offset >= 0)
		snprintf(where, sizeof(where), " at byte %d", own->offset);
	return error_set(err, reason, "%s: %s%s%s%s", part, ward_reason_text(own->reason),
			 own->detail[0] == '\0' ? "" : ": ", own->detail, where);
}
