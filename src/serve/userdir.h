/*
 * A folder of the user's own, where ward keeps keys and what it must remember.
 */
#ifndef SERVE_USERDIR_H
#define SERVE_USERDIR_H

#include "base/error.h"

/*
 * $XDG_DATA_HOME/NAME, else ~/.local/share/NAME; free() it. NULL with err set where neither
 * variable is of use: the XDG Base Directory Specification has paths ignored that are not absolute.
 */
char *userdir_default(const char *name, struct ward_error *err);
/* "DIR/NAME"; free() it. NULL: no memory. */
char *userdir_path(const char *dir, const char *name);
/* Makes all that is missing on the way; the last one is for nobody else in any case. */
bool userdir_make(char *dir, struct ward_error *err);
/* Waits until no other process has the folder; closing the descriptor gives it back. */
bool userdir_lock(const char *dir, int *fd, struct ward_error *err);

#endif
