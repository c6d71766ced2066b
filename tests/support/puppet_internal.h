/* Between the files of the puppet. */
#ifndef SUPPORT_PUPPET_INTERNAL_H
#define SUPPORT_PUPPET_INTERNAL_H

#include "support/puppet.h"

/* Aborts with a text: the puppet itself never fails. */
void puppet_must(bool ok, const struct ward_error *err, const char *what);
/* The engine's next handshake message; false when there is none. */
bool puppet_next_message(struct puppet *p, struct bytes *out);

#endif
