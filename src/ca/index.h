/*
 * What a CA remembers of the certificates it has issued: a journal of lines that only grows.
 *
 *	CHECK issue SERIAL TIME NOT_BEFORE NOT_AFTER PROFILE SHA256 NAME...
 *	CHECK revoke SERIAL TIME REASON
 *	CHECK crl NUMBER THIS_UPDATE NEXT_UPDATE
 *	CHECK authority SERIAL NOT_AFTER
 *	CHECK retire TIME REASON
 *
 * CHECK is the first half of SHA-256, in hex, over the CHECK of the line before (the first line has
 * none) and what follows its own blank up to the end of the line: so lines can neither change nor
 * go missing between others. SERIAL and SHA256 (of the certificate) are hex, times seconds since
 * 1970, PROFILE a word, REASON a CRLReason (RFC 5280, 5.3.1) as a number.
 *
 * An authority is a certificate that the root has made for the intermediate: it is written down before
 * that is replaced, so that all of them are known on the day when its key is stolen. Then one line
 * retires all that are there so far, and whatever was issued before it counts as revoked.
 *
 * A line is on the disk before what it tells of leaves the CA, so a crash can lose a certificate
 * that nobody has, never one that somebody has. What a crash leaves is a last line without its end:
 * readers pass over it and the next writer cuts it off. A line with an end that fails its check, be
 * it the last, is no such rest but damage: it is refused, and nothing is cut off. Readers need no
 * lock; writers hold the CA's.
 */
#ifndef CA_INDEX_H
#define CA_INDEX_H

#include <ward/x509.h>

#include "base/error.h"
#include "base/span.h"

enum {
	CA_SERIAL_MAX = 20,      /* bytes: RFC 5280, 4.1.2.2 */
	CA_LINE_MAX = 64 * 1024, /* bytes of a line */
	CA_CHECK_LEN = 32,
	CA_ENTRIES_MAX = 16 * 1000 * 1000,
	CA_INDEX_MAX = 1 << 30, /* bytes of the file */
	CA_AUTHORITIES_MAX = 10000,
};

struct ca_serial {
	uint8_t bytes[CA_SERIAL_MAX]; /* without leading zeros */
	uint8_t len;
};
enum { CA_SERIAL_TEXT = 2 * CA_SERIAL_MAX + 1 };

/* From hex in either case, colons and leading zeros allowed; false if it is no serial. */
bool ca_serial_parse(const char *text, struct ca_serial *serial);
/* From the content of an INTEGER. */
bool ca_serial_make(struct span integer, struct ca_serial *serial);
/* Lower-case hex. Returns buf. */
char *ca_serial_text(const struct ca_serial *serial, char buf[CA_SERIAL_TEXT]);

struct ca_entry {
	struct ca_serial serial;
	enum ward_profile profile;
	int64_t issued;
	int64_t not_before, not_after;
	uint8_t sha256[32];
	char *names; /* with blanks between */
	bool revoked;
	int64_t revoked_at;
	int reason;
};

/* A certificate of an intermediate. */
struct ca_authority {
	struct ca_serial serial;
	int64_t not_after;
	bool revoked;
	int64_t revoked_at;
	int reason;
};

struct ca_index {
	struct ca_entry *entries; /* in the order of issuing */
	size_t count, cap;
	uint32_t *slots; /* a hash table over serials: places in entries, plus 1 */
	size_t slot_count;
	size_t len;                   /* bytes of the file that were read: whole, good lines */
	size_t line;                  /* their number */
	char check[CA_CHECK_LEN + 1]; /* of the last of them */
	int64_t crl_number, crl_this_update; /* of the last CRL; 0: none yet */
	struct ca_authority *authorities;
	size_t authority_count;
	size_t retirements;
	size_t retired; /* how many entries, from the first on, are by intermediates that are revoked */
};

void ca_index_clear(struct ca_index *ix);
/* NULL if this CA has not issued it. */
const struct ca_entry *ca_index_find(const struct ca_index *ix, const struct ca_serial *serial);

/*
 * Reads the bytes of the file from place ix->len on and moves that on, up to the end or to a last
 * line without its end. CA_DAMAGED, with the number of the line, for what no crash leaves.
 */
bool ca_index_parse(struct ca_index *ix, struct span bytes, struct ward_error *err);
/* What stands in front of a line with this content, behind the lines that were read. */
void ca_index_check(const struct ca_index *ix, struct span content, char check[CA_CHECK_LEN + 1]);

/* Reads what the file has beyond ix->len. CA_DAMAGED, too, where there is no file. */
bool ca_index_load(struct ca_index *ix, const char *path, struct ward_error *err);

/*
 * Each adds a line to the file, has it on the disk, and takes it into the index. The caller holds
 * the lock and has loaded the index since. What a crash has left behind the last whole line is cut
 * off first. After a failure the file is as it was, as far as the system lets it be. BAD_ARGUMENT
 * for names that no line can hold, and for the revocation of what was not issued.
 */
bool ca_index_issue(struct ca_index *ix, const char *path, const struct ca_entry *entry,
		    struct ward_error *err);
bool ca_index_revoke(struct ca_index *ix, const char *path, const struct ca_serial *serial,
		     int64_t now, int reason, struct ward_error *err);
bool ca_index_crl(struct ca_index *ix, const char *path, int64_t number, int64_t this_update,
		  int64_t next_update, struct ward_error *err);

/* Of the last intermediate or one before; NULL where it was not written down. */
const struct ca_authority *ca_index_find_authority(const struct ca_index *ix,
						   const struct ca_serial *serial);
bool ca_index_authority(struct ca_index *ix, const char *path, const struct ca_serial *serial,
			int64_t not_after, struct ward_error *err);
/* BAD_ARGUMENT where no authority is left. */
bool ca_index_retire(struct ca_index *ix, const char *path, int64_t now, int reason,
		     struct ward_error *err);

/* What a line can hold as names: printable ASCII. */
bool ca_names_fit(struct span names);

/* "server", "client", "both"; false for another word. */
bool ca_profile_parse(const char *word, enum ward_profile *profile);
const char *ca_profile_name(enum ward_profile profile);

/* "keyCompromise" and so on, in any case; false for what nobody may give (RFC 5280, 5.3.1). */
bool ca_reason_parse(const char *word, int *reason);
bool ca_reason_is_given(int64_t reason);

#endif
