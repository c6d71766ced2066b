/*
 * The RFC's names of the numbers that stand on the wire, for people who read errors and logs.
 */
#ifndef BASE_NAME_H
#define BASE_NAME_H

/* "ServerHello", "key_share", "handshake_failure"; NULL for a number without a name. Static. */
const char *name_message(int type);
const char *name_extension(int type);
const char *name_alert(int alert);

#endif
