/*
 * A client's tickets in files, one in each: what lets a program resume that ran before.
 */
#include <ward/session.h>

#include "io/files.h"

/* Above any ticket with its chain. */
enum { FILE_MAX_TICKET = 256 * 1024 };

bool ward_ticket_save(const struct ward_ticket *ticket, const char *path, struct ward_error *err)
{
	size_t len;
	const uint8_t *bytes = ward_ticket_bytes(ticket, &len);

	return file_write(path, span_make(bytes, len), 0600, err);
}

struct ward_ticket *ward_ticket_load(const char *path, struct ward_error *err)
{
	struct ward_ticket *ticket;
	struct file_bytes bytes;

	if (!file_read(path, FILE_MAX_TICKET, &bytes, err))
		return NULL;
	ticket = ward_ticket_parse(bytes.data, bytes.len, err);
	file_bytes_clear(&bytes);
	if (ticket == NULL)
		file_name_error(err, path);
	return ticket;
}
