/*
 * HTTP dates (RFC 9110, 5.6.7): written in the one preferred form, read in all three.
 */
#ifndef SERVE_HTTP_DATE_H
#define SERVE_HTTP_DATE_H

#include "base/span.h"

#include <time.h>

enum { HTTP_DATE_LEN = 29 };

/* "Sun, 06 Nov 1994 08:49:37 GMT" and a zero byte. Returns buf. */
char *http_date_write(time_t when, char buf[HTTP_DATE_LEN + 1]);
/*
 * False for what is no date at all. `now` says which century a year of two digits is in: one that
 * seems more than 50 years ahead is in the past.
 */
bool http_date_read(struct span text, time_t now, time_t *when);

#endif
