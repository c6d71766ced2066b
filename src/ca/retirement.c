/*
 * Intermediates that come and go: writing them down, revoking one whose key is stolen, another one in
 * its place.
 *
 * Whoever has the key can use every certificate that the root has made for it. So all of them are
 * revoked together, by one line of the index, and the new intermediate has a new key and a name of its
 * own: what the old one has signed is then never taken for the new one's.
 */
#include "ca/retirement.h"

#include <stdio.h>
#include <stdlib.h>

#include "x509/x509.h"

enum { COMMON_NAME_MAX = 64 };

static bool serial_of(const struct ward_cert *cert, struct ca_serial *serial,
		      struct ward_error *err)
{
	char text[CA_SERIAL_TEXT + 2];

	return ca_serial_parse(ward_cert_serial(cert, text, sizeof(text)), serial) ||
	       FAIL(err, INTERNAL);
}

const struct ca_authority *ca_revoked_intermediate(const struct ca *ca)
{
	const struct ca_authority *a;
	struct ca_serial serial;

	if (!serial_of(ca->intermediate, &serial, NULL))
		return NULL;
	a = ca_index_find_authority(&ca->index, &serial);
	return a != NULL && a->revoked ? a : NULL;
}

bool ca_check_intermediate(const struct ca *ca, struct ward_error *err)
{
	return ca_revoked_intermediate(ca) == NULL || FAIL(err, CA_REVOKED);
}

bool ca_note_intermediate(struct ca *ca, const struct ward_cert *cert, struct ward_error *err)
{
	struct ca_serial serial;
	char *path;
	bool ok;

	if (!serial_of(cert, &serial, err))
		return false;
	if (ca_index_find_authority(&ca->index, &serial) != NULL)
		return true;
	path = ca_path(ca, CA_INDEX_FILE, err);
	ok = path != NULL &&
	     ca_index_authority(&ca->index, path, &serial, ward_cert_not_after(cert), err);
	free(path);
	return ok;
}

/* ---- revoking it ---- */

static bool retire(struct ca *ca, int reason, int64_t now, struct ward_error *err)
{
	char *path;
	bool ok;

	if (ca_revoked_intermediate(ca) != NULL)
		return true;
	if (!ca_note_intermediate(ca, ca->intermediate, err))
		return false;
	path = ca_path(ca, CA_INDEX_FILE, err);
	ok = path != NULL && ca_index_retire(&ca->index, path, now, reason, err);
	free(path);
	return ok;
}

/* The root's key first: what cannot be told to others is not done. */
struct ward_crl *ca_retire(struct ca *ca, const char *root_key_file, const struct ca_secret *secret,
			   int reason, int64_t now, int64_t life, struct ward_error *err)
{
	struct ward_key *key = ca_load_key(ca, root_key_file, CA_ROOT_KEY, ca->root, secret, err);
	struct ward_crl *crl = NULL;

	if (key != NULL && retire(ca, reason, now, err))
		crl = ca_sign_root_crl(ca, key, now, life, err);
	ward_key_free(key);
	return crl;
}

/* ---- the root's list ---- */

struct root_list {
	struct ward_revoked *entries;
	uint8_t (*serials)[1 + CA_SERIAL_MAX]; /* with their sign byte */
	size_t count;
};

static bool list_make(struct root_list *list, const struct ca_index *ix, struct ward_error *err)
{
	*list = (struct root_list){
		.entries = calloc(ix->authority_count + 1, sizeof(*list->entries)),
		.serials = calloc(ix->authority_count + 1, sizeof(*list->serials)),
	};
	if (list->entries == NULL || list->serials == NULL)
		return FAIL(err, NO_MEMORY);
	for (size_t i = 0; i < ix->authority_count; i++) {
		const struct ca_authority *a = &ix->authorities[i];
		uint8_t *serial = list->serials[list->count];
		size_t sign = (a->serial.bytes[0] & 0x80) != 0 ? 1 : 0;

		if (!a->revoked)
			continue;
		bytes_copy(serial + sign, a->serial.bytes, a->serial.len);
		list->entries[list->count++] = (struct ward_revoked){
			.serial = serial,
			.serial_len = sign + a->serial.len,
			.time = a->revoked_at,
			.reason = a->reason,
			.invalid = WARD_NO_TIME,
		};
	}
	return true;
}

struct ward_crl *ca_sign_root_crl(const struct ca *ca, const struct ward_key *key, int64_t now,
				  int64_t life, struct ward_error *err)
{
	struct ward_crl *crl = NULL;
	struct root_list list;

	if (list_make(&list, &ca->index, err)) {
		const struct ward_crl_spec spec = {
			.this_update = now,
			.next_update = now + life,
			/* Of two in the same second the one that says more is the later one. */
			.number = (uint64_t)now + ca->index.retirements,
			.revoked = list.entries,
			.revoked_count = list.count,
		};

		crl = ward_crl_make(&spec, ca->root, key, err);
	}
	free(list.entries);
	free(list.serials);
	return crl;
}

/* ---- another one ---- */

/* "NAME intermediate 2"; a long name is cut. */
void ca_next_name(const struct ca *ca, char name[CA_NAME_SIZE])
{
	static const char what[] = " intermediate";
	char before[CA_NAME_SIZE], suffix[40];
	char *at;

	(void)ward_cert_common_name(ca->root, before, sizeof(before));
	at = strstr(before, " root");
	if (at != NULL)
		*at = '\0';
	snprintf(suffix, sizeof(suffix), "%s %zu", what, ca->index.retirements + 1);
	snprintf(name, CA_NAME_SIZE, "%.*s%s", (int)(COMMON_NAME_MAX - strlen(suffix)), before,
		 suffix);
}

struct ward_key *ca_next_key(const struct ca *ca, const struct ca_secret *secret,
			     struct ward_error *err)
{
	static const struct {
		enum key_type type;
		unsigned int bits;
		enum ward_key_kind kind;
	} kinds[] = {
		{ KEY_P384, 384, WARD_KEY_P384 },     { KEY_ED25519, 256, WARD_KEY_ED25519 },
		{ KEY_RSA, 2048, WARD_KEY_RSA_2048 }, { KEY_RSA, 3072, WARD_KEY_RSA_3072 },
		{ KEY_RSA, 4096, WARD_KEY_RSA_4096 },
	};
	enum ward_key_kind kind = WARD_KEY_P256;
	struct ward_error own = ERROR_NONE;
	const struct pubkey *old = cert_pubkey(ca->intermediate, err);
	struct ward_key *there;

	if (old == NULL)
		return NULL;
	/* Where the old key is under a passphrase, the new one is not to be without. */
	there = ca_load_key(ca, NULL, CA_INTERMEDIATE_KEY, ca->intermediate, secret, &own);
	ward_key_free(there);
	if (own.reason == WARD_E_KEY_ENCRYPTED) {
		error_pass(err, &own);
		return NULL;
	}
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].type == pubkey_type(old) && kinds[i].bits == pubkey_bits(old))
			kind = kinds[i].kind;
	return ward_key_generate(kind, err);
}
