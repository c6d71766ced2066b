/*
 * What resumption needs beyond the life of a process, in files: a client's tickets, one in each, and
 * the keys that servers seal theirs with.
 */
#include <stdlib.h>

#include <ward/session.h>

#include "base/secret.h"
#include "io/clock.h"
#include "io/files.h"

enum {
	FILE_MAX_TICKET = 256 * 1024, /* above any ticket with its chain */
	FILE_MAX_KEYS = 4096,         /* above any ring */
};

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

bool ward_ticket_keys_save(struct ward_ticket_keys *keys, const char *path, struct ward_error *err)
{
	uint8_t *bytes;
	size_t len;
	bool ok;

	if (!ward_ticket_keys_export(keys, clock_now(), &bytes, &len, err))
		return false;
	ok = file_write(path, span_make(bytes, len), 0600, err);
	secret_wipe_bytes(bytes, len);
	free(bytes);
	return ok;
}

bool ward_ticket_keys_load(struct ward_ticket_keys *keys, const char *path, struct ward_error *err)
{
	struct file_bytes bytes;
	bool ok;

	if (!file_read_private(path, FILE_MAX_KEYS, &bytes, err))
		return false;
	ok = ward_ticket_keys_import(keys, bytes.data, bytes.len, err);
	file_bytes_clear(&bytes);
	return ok || file_name_error(err, path);
}
