/*
 * Answering OCSP requests.
 */
#include "ca/responder.h"

#include "ca/authority.h"
#include "ca/retirement.h"
#include "x509/x509.h"

enum { SIGNER_LIFE = 2 * RESPONDER_VALIDITY_MAX, SIGNER_BACKDATED = 3600, REQUESTED_MAX = 128 };

/* ---- who signs ---- */

static struct ward_cert *make_signer(const struct responder *r, const struct ward_key *key,
				     const struct ward_key *ca_key, int64_t now,
				     struct ward_error *err)
{
	static const char *const purposes[] = { "OCSPSigning", NULL };
	static const uint8_t null[] = { 0x05, 0x00 };
	const struct ward_extension nocheck = { "1.3.6.1.5.5.7.48.1.5", false, null, sizeof(null) };
	struct ward_cert_spec spec = {
		.common_name = "OCSP responder",
		.organization = "ward CA",
		.profile = WARD_PROFILE_CLIENT, /* digitalSignature alone */
		.purposes = purposes,
		.path_length = -1,
		.extensions = &nocheck,
		.extension_count = 1,
	};

	ca_set_times(&spec, r->ca->intermediate, now, SIGNER_BACKDATED, SIGNER_LIFE);
	return ward_cert_make(&spec, key, r->ca->intermediate, ca_key, err);
}

static bool new_signer(struct responder *r, const struct ward_key *ca_key, int64_t now,
		       struct ward_error *err)
{
	struct ward_key *key = ward_key_generate(WARD_KEY_P256, err);
	struct ward_cert *cert = key == NULL ? NULL : make_signer(r, key, ca_key, now, err);

	if (cert == NULL) {
		ward_key_free(key);
		return false;
	}
	ward_key_free(r->key);
	ward_cert_free(r->cert);
	r->key = key;
	r->cert = cert;
	return true;
}

/* For half its life responses are never good for longer than who signed them. */
static bool signer_is_good(const struct responder *r, int64_t now)
{
	return r->cert != NULL && ward_cert_not_before(r->cert) <= now &&
	       ward_cert_not_after(r->cert) >= now + RESPONDER_VALIDITY_MAX;
}

static bool have_signer(struct responder *r, int64_t now, struct ward_error *err)
{
	struct ward_key *ca_key;
	bool ok;

	if (signer_is_good(r, now))
		return true;
	if (r->ca_key != NULL)
		return key_check_cert(r->ca_key, r->ca->intermediate, err) &&
		       new_signer(r, r->ca_key, now, err);
	ca_key = ca_intermediate_key(r->ca, NULL, err);
	ok = ca_key != NULL && new_signer(r, ca_key, now, err);
	ward_key_free(ca_key);
	return ok;
}

static void forget_signer(struct responder *r)
{
	ward_cert_free(r->cert);
	r->cert = NULL;
}

/* Reads what has changed: issued and revoked certificates, another intermediate. */
static bool refresh(struct responder *r, int64_t now, struct ward_error *err)
{
	bool changed;

	if (!ca_refresh(r->ca, err) || !ca_refresh_intermediate(r->ca, &changed, err))
		return false;
	if (changed)
		forget_signer(r);
	return ca_check_intermediate(r->ca, err) && have_signer(r, now, err);
}

void responder_reread(struct responder *r)
{
	r->ca->stamp = (struct ca_stamp){ 0 };
}

bool responder_init(struct responder *r, struct ca *ca, const struct ca_secret *secret,
		    int64_t validity, int64_t now, struct ward_error *err)
{
	*r = (struct responder){ .ca = ca, .validity = validity };
	if (validity > RESPONDER_VALIDITY_MAX)
		return FAILF(err, BAD_ARGUMENT, "responses are good for %d hours at most",
			     RESPONDER_VALIDITY_MAX / 3600);
	if (secret != NULL)
		r->ca_key = ca_intermediate_key(ca, secret, err);
	return (secret == NULL || r->ca_key != NULL) && have_signer(r, now, err);
}

void responder_clear(struct responder *r)
{
	ward_key_free(r->ca_key);
	ward_key_free(r->key);
	ward_cert_free(r->cert);
	*r = (struct responder){ 0 };
}

/* ---- answering ---- */

/* Of those that the intermediate has issued; what one before it has is none of its. */
static const struct ca_entry *find_entry(const struct ca_index *ix, const struct ca_serial *serial)
{
	const struct ca_entry *entry = ca_index_find(ix, serial);

	return entry == NULL || (size_t)(entry - ix->entries) < ix->retired ? NULL : entry;
}

/* A certificate that this CA has not issued is unknown, never good. */
static void answer_one(const struct responder *r, const struct ward_ocsp_request *request, size_t i,
		       struct ward_ocsp_single *single)
{
	const struct ca_entry *entry = NULL;
	struct ca_serial serial;
	size_t len;
	const uint8_t *bytes = ward_ocsp_request_serial(request, i, &len);

	/* One with the sign bit set is negative, and not the serial that has its bytes. */
	if (ward_ocsp_request_is_for(request, i, r->ca->intermediate) && len > 0 &&
	    (bytes[0] & 0x80) == 0 && ca_serial_make(span_make(bytes, len), &serial))
		entry = find_entry(&r->ca->index, &serial);
	single->status = WARD_OCSP_UNKNOWN;
	if (entry == NULL)
		return;
	single->status = entry->revoked ? WARD_OCSP_REVOKED : WARD_OCSP_GOOD;
	single->revoked.time = entry->revoked_at;
	single->revoked.reason = entry->reason;
}

static bool is_ours(const struct responder *r, const struct ward_ocsp_request *request)
{
	for (size_t i = 0; i < ward_ocsp_request_count(request); i++)
		if (ward_ocsp_request_is_for(request, i, r->ca->intermediate))
			return true;
	return false;
}

static struct ward_ocsp_response *answer(const struct responder *r,
					 const struct ward_ocsp_request *request,
					 struct responder_answer *a)
{
	struct ward_ocsp_single singles[REQUESTED_MAX];
	size_t count = ward_ocsp_request_count(request);

	for (size_t i = 0; i < count; i++) {
		singles[i] = (struct ward_ocsp_single){
			.revoked = { .invalid = WARD_NO_TIME },
			.this_update = a->this_update,
			.next_update = a->next_update,
		};
		answer_one(r, request, i, &singles[i]);
	}
	a->lasts = true;
	return ward_ocsp_response_make(request, singles, count, a->this_update, r->ca->intermediate,
				       r->cert, r->key, &a->trouble);
}

static struct ward_ocsp_response *respond(struct responder *r,
					  const struct ward_ocsp_request *request, int64_t now,
					  struct responder_answer *a)
{
	struct ward_error *err = &a->trouble;

	if (request == NULL || ward_ocsp_request_count(request) > REQUESTED_MAX)
		return ward_ocsp_response_make_error(WARD_OCSP_MALFORMED_REQUEST, err);
	/* What cannot be looked up is no reason to call a certificate good. */
	if (!refresh(r, now, err))
		return ward_ocsp_response_make_error(WARD_OCSP_TRY_LATER, NULL);
	/* RFC 5019, 2.2.3: who has no word on any of it says so, unsigned. */
	if (!is_ours(r, request))
		return ward_ocsp_response_make_error(WARD_OCSP_UNAUTHORIZED, err);
	return answer(r, request, a);
}

struct responder_answer responder_answer(struct responder *r, const void *der, size_t len,
					 int64_t now)
{
	struct responder_answer a = { .this_update = now, .next_update = now + r->validity };
	struct ward_ocsp_request *request = ward_ocsp_request_parse(der, len, NULL);

	a.response = respond(r, request, now, &a);
	ward_ocsp_request_free(request);
	return a;
}
