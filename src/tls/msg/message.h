/*
 * What the files of this folder share.
 */
#ifndef TLS_MSG_MESSAGE_H
#define TLS_MSG_MESSAGE_H

#include "tls/ext/list.h"
#include "tls/msg/msg.h"

/*
 * Ends the reading of a message's body: leftovers are an error. The reader's error, which is local
 * to the parser, goes to err with the message's type and its place counted from the message's first
 * byte, the header included.
 */
bool message_close(struct reader *r, int type, struct ward_error *err);

/*
 * Which of IN_SH, IN_HRR and IN_SH12 a ServerHello is, with the cursor in front of its extensions;
 * it stays there.
 */
enum ext_where server_hello_where(struct span random, const struct reader *r);

#endif
