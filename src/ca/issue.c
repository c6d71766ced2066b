/*
 * Issuing and revoking.
 */
#include "ca/issue.h"

#include <stdio.h>
#include <stdlib.h>

#include "ca/authority.h"
#include "ca/retirement.h"
#include "serve/strbuf.h"
#include "x509/x509.h"

enum { COMMON_NAME_MAX = 64, BACKDATED_MOST = 3600 };

/* ---- what it says ---- */

static bool check_issuer(const struct ward_cert *issuer, int64_t now, struct ward_error *err)
{
	if (ward_cert_not_after(issuer) > now)
		return true;
	return FAILF(err, CERT_EXPIRED, "the intermediate; ward ca renew makes a new one");
}

static struct ward_cert *make(const struct ca *ca, const struct ca_request *r,
			      const struct ward_key *ca_key, int64_t now, struct ward_error *err)
{
	const char *crl[] = { ca->settings.crl_url, NULL };
	const char *ocsp[] = { ca->settings.ocsp_url, NULL };
	struct ward_cert_spec spec = {
		.names = r->names,
		.profile = r->profile,
		.path_length = -1,
		.crl_urls = crl,
		.ocsp_urls = ocsp,
		.must_staple = r->must_staple,
	};

	if (r->csr != NULL && r->names == NULL && !ward_csr_copy_names(r->csr, &spec, err))
		return NULL;
	if (spec.names == NULL || spec.names[0] == NULL) {
		FAILF(err, BAD_ARGUMENT, "a certificate needs names");
		return NULL;
	}
	/* The subject is the CA's to say: a common name for display, whatever a request has there. */
	spec.subject_der = NULL;
	spec.subject_der_len = 0;
	if (strlen(spec.names[0]) <= COMMON_NAME_MAX)
		spec.common_name = spec.names[0];
	/* Clocks differ by minutes; a certificate of minutes needs less of that. */
	ca_set_times(&spec, ca->intermediate, now,
		     r->life / 10 < BACKDATED_MOST ? r->life / 10 : BACKDATED_MOST, r->life);
	if (r->csr != NULL)
		return ward_cert_make_for_csr(&spec, r->csr, ca->intermediate, ca_key, err);
	return ward_cert_make(&spec, r->key, ca->intermediate, ca_key, err);
}

/* ---- remembering it ---- */

static bool entry_names(const struct ward_cert *cert, struct strbuf *names, struct ward_error *err)
{
	char name[2048];

	for (size_t i = 0; ward_cert_san(cert, i, name, sizeof(name)) >= 0; i++)
		strbuf_format(names, "%s%s", i == 0 ? "" : " ", name);
	return !names->failed || FAILF(err, BAD_ARGUMENT, "too many names");
}

static bool remember(struct ca *ca, const struct ward_cert *cert, enum ward_profile profile,
		     int64_t now, struct ward_error *err)
{
	struct strbuf names = strbuf_make(CA_LINE_MAX);
	struct ca_entry entry = {
		.profile = profile,
		.issued = now,
		.not_before = ward_cert_not_before(cert),
		.not_after = ward_cert_not_after(cert),
	};
	char serial[CA_SERIAL_TEXT + 2];
	char *path = ca_path(ca, CA_INDEX_FILE, err);
	bool ok = path != NULL && entry_names(cert, &names, err);

	ward_cert_fingerprint(cert, entry.sha256);
	ward_cert_serial(cert, serial, sizeof(serial));
	entry.names = names.data;
	ok = ok && (ca_serial_parse(serial, &entry.serial) || FAIL(err, INTERNAL)) &&
	     ca_index_issue(&ca->index, path, &entry, err);
	strbuf_free(&names);
	free(path);
	return ok;
}

struct ward_cert *ca_issue(struct ca *ca, const struct ca_request *request,
			   const struct ca_secret *secret, int64_t now, struct ward_error *err)
{
	struct ward_key *key = NULL;
	struct ward_cert *cert = NULL;

	if (check_issuer(ca->intermediate, now, err))
		key = ca_intermediate_key(ca, secret, err);
	if (key != NULL)
		cert = make(ca, request, key, now, err);
	ward_key_free(key);
	if (cert != NULL && !remember(ca, cert, request->profile, now, err)) {
		ward_cert_free(cert);
		cert = NULL;
	}
	return cert;
}

char *ca_chain_pem(const struct ca *ca, const struct ward_cert *cert, struct ward_error *err)
{
	char *leaf = ward_cert_pem(cert), *intermediate = ward_cert_pem(ca->intermediate);
	char *both = NULL;

	if (leaf == NULL || intermediate == NULL ||
	    asprintf(&both, "%s%s", leaf, intermediate) < 0) {
		both = NULL;
		FAIL(err, NO_MEMORY);
	}
	free(leaf);
	free(intermediate);
	return both;
}

/* ---- the CRL ---- */

/* Until a list has told of it that was made after it had expired. */
static bool is_on_crl(const struct ca_index *ix, const struct ca_entry *e)
{
	if ((size_t)(e - ix->entries) < ix->retired) /* another intermediate's */
		return false;
	return e->revoked && (ix->crl_number == 0 || e->not_after >= ix->crl_this_update ||
			      e->revoked_at >= ix->crl_this_update);
}

/* Positive numbers have their sign byte. */
struct crl_serial {
	uint8_t bytes[1 + CA_SERIAL_MAX];
};

static struct ward_revoked crl_entry(const struct ca_entry *e, struct crl_serial *serial)
{
	size_t sign = (e->serial.bytes[0] & 0x80) != 0 ? 1 : 0;

	serial->bytes[0] = 0;
	bytes_copy(serial->bytes + sign, e->serial.bytes, e->serial.len);
	return (struct ward_revoked){
		.serial = serial->bytes,
		.serial_len = sign + e->serial.len,
		.time = e->revoked_at,
		.reason = e->reason,
		.invalid = WARD_NO_TIME,
	};
}

/* What is on a list, with the memory of its serial numbers. */
struct crl_list {
	struct ward_revoked *entries;
	struct crl_serial *serials;
	size_t count;
};

static bool crl_list_make(struct crl_list *list, const struct ca_index *ix, struct ward_error *err)
{
	*list = (struct crl_list){
		.entries = calloc(ix->count + 1, sizeof(*list->entries)),
		.serials = calloc(ix->count + 1, sizeof(*list->serials)),
	};
	if (list->entries == NULL || list->serials == NULL)
		return FAIL(err, NO_MEMORY);
	for (size_t i = 0; i < ix->count; i++) {
		if (!is_on_crl(ix, &ix->entries[i]))
			continue;
		list->entries[list->count] =
			crl_entry(&ix->entries[i], &list->serials[list->count]);
		list->count++;
	}
	return true;
}

static void crl_list_clear(struct crl_list *list)
{
	free(list->entries);
	free(list->serials);
}

static struct ward_crl *sign_crl(struct ca *ca, struct ward_crl_spec *spec,
				 const struct ward_key *key, struct ward_error *err)
{
	char *path = ca_path(ca, CA_INDEX_FILE, err);
	struct ward_crl *crl = NULL;
	struct crl_list list;

	if (crl_list_make(&list, &ca->index, err) && path != NULL &&
	    ca_index_crl(&ca->index, path, (int64_t)spec->number, spec->this_update,
			 spec->next_update, err)) {
		spec->revoked = list.entries;
		spec->revoked_count = list.count;
		crl = ward_crl_make(spec, ca->intermediate, key, err);
	}
	crl_list_clear(&list);
	free(path);
	return crl;
}

struct ward_crl *ca_make_crl(struct ca *ca, const struct ca_secret *secret, int64_t now,
			     int64_t life, struct ward_error *err)
{
	struct ward_crl_spec spec = {
		.this_update = now,
		.next_update = now + life,
		.number = (uint64_t)ca->index.crl_number + 1,
	};
	struct ward_key *key = ca_intermediate_key(ca, secret, err);
	struct ward_crl *crl = key == NULL ? NULL : sign_crl(ca, &spec, key, err);

	ward_key_free(key);
	return crl;
}

struct ward_crl *ca_make_root_crl(const struct ca *ca, const char *root_key_file,
				  const struct ca_secret *secret, int64_t now, int64_t life,
				  struct ward_error *err)
{
	struct ward_key *key = ca_load_key(ca, root_key_file, CA_ROOT_KEY, ca->root, secret, err);
	struct ward_crl *crl = key == NULL ? NULL : ca_sign_root_crl(ca, key, now, life, err);

	ward_key_free(key);
	return crl;
}
