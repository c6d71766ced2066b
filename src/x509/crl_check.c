/*
 * What a CRL is worth: who has signed it, when it counts, and for which certificates (RFC 5280, 6.3.3).
 *
 * Indirect lists (5.2.5), which tell of certificates of other CAs, are refused: whom to trust with
 * one cannot be told from the list. Everything else that a list may be limited to is heeded.
 */
#include "x509/crl.h"
#include "x509/name.h"
#include "x509/oid.h"
#include "x509/text.h"

enum { LABEL_MAX = 64 };

struct label {
	char text[LABEL_MAX];
};

static struct label label_of(const struct ward_crl *crl)
{
	struct label l = { "" };

	name_text(crl->issuer, l.text, sizeof(l.text));
	return l;
}

/* ---- the issuer ---- */

bool crl_is_named_issuer(const struct ward_crl *crl, const struct ward_cert *issuer)
{
	struct span named = crl->ext.authority_key_id;
	struct span own = issuer->ext.subject_key_id;

	if (crl->issuer_hash != issuer->subject_hash || !name_equal(crl->issuer, issuer->subject))
		return false;
	return named.len == 0 || own.len == 0 || span_equal(named, own);
}

enum { PROVED_NOT = 0, PROVED_BUSY, PROVED };

/* Whoever comes first writes the key down; the others may find it only when it is whole. */
static void remember(struct ward_crl *crl, const uint8_t spki[32])
{
	int expected = PROVED_NOT;

	if (!atomic_compare_exchange_strong(&crl->proved, &expected, PROVED_BUSY))
		return;
	bytes_copy(crl->proved_by, spki, sizeof(crl->proved_by));
	atomic_store_explicit(&crl->proved, PROVED, memory_order_release);
}

/* An algorithm that is broken or unknown proves nothing. */
static bool check_algorithm(const struct ward_crl *crl, struct ward_error *err)
{
	if (crl->signed_with.alg != SIG_NONE)
		return true;
	return FAILF(err, CRL_BAD_SIGNATURE,
		     "the list of %s is signed with %s, which proves nothing", label_of(crl).text,
		     crl->signed_with.name);
}

bool crl_is_signed_by(struct ward_crl *crl, struct ward_cert *issuer, bool *checked,
		      struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	const struct pubkey *key;
	uint8_t spki[32];

	*checked = false;
	ward_cert_spki_hash(issuer, spki);
	if (atomic_load_explicit(&crl->proved, memory_order_acquire) == PROVED &&
	    span_equal(SPAN_ARRAY(spki), SPAN_ARRAY(crl->proved_by)))
		return true;
	if (!check_algorithm(crl, err))
		return false;
	*checked = true;
	key = cert_pubkey(issuer, &own);
	if (key != NULL &&
	    pubkey_verify(key, crl->signed_with.alg, crl->tbs, crl->signature, &own)) {
		remember(crl, spki);
		return true;
	}
	if (own.reason == WARD_E_NO_MEMORY || own.reason == WARD_E_CRYPTO_FAILED)
		return error_pass(err, &own);
	return FAILF(err, CRL_BAD_SIGNATURE, "the list of %s is not signed by its key",
		     label_of(crl).text);
}

/* ---- whether it counts ---- */

static bool check_time(const struct ward_crl *crl, int64_t time, struct ward_error *err)
{
	char date[24];
	struct text t = text_make(date, sizeof(date));

	if (time < crl->this_update) {
		text_put_time(&t, crl->this_update);
		return FAILF(err, CRL_NOT_YET_VALID, "that of %s is of %sZ", label_of(crl).text,
			     date);
	}
	if (crl->next_update != WARD_NO_TIME && time > crl->next_update) {
		text_put_time(&t, crl->next_update);
		return FAILF(err, CRL_EXPIRED, "that of %s was to be replaced by %sZ",
			     label_of(crl).text, date);
	}
	return true;
}

static bool check_form(const struct ward_crl *crl, struct ward_error *err)
{
	struct span unknown = crl->ext.unknown_critical;
	char oid[64];

	if (unknown.data == NULL)
		unknown = crl->entry_unknown_critical;
	if (unknown.data != NULL)
		return FAILF(err, CRL_UNSUPPORTED,
			     "that of %s has a critical extension that is not known: %s",
			     label_of(crl).text, oid_text(unknown, oid, sizeof(oid)));
	if (crl->ext.indirect || crl->entry_issuers)
		return FAILF(err, CRL_UNSUPPORTED,
			     "that of %s is indirect: it tells of other CAs' certificates",
			     label_of(crl).text);
	return true;
}

/* RFC 5280, 6.3.3 (f): where there is a keyUsage. */
static bool check_issuer(const struct ward_crl *crl, const struct ward_cert *issuer,
			 struct ward_error *err)
{
	char issuer_label[LABEL_MAX];

	cert_label(issuer, issuer_label, sizeof(issuer_label));
	if (!crl_is_named_issuer(crl, issuer))
		return FAILF(err, CRL_ISSUER, "it is that of %s, not of \"%s\"", label_of(crl).text,
			     issuer_label);
	if (extensions_has(&issuer->ext, EXT_KEY_USAGE) &&
	    (issuer->ext.key_usage & KU_CRL_SIGN) == 0)
		return FAILF(err, CRL_ISSUER, "\"%s\" has no cRLSign", issuer_label);
	return true;
}

bool crl_is_usable(const struct ward_crl *crl, const struct ward_cert *issuer, int64_t time,
		   struct ward_error *err)
{
	return check_issuer(crl, issuer, err) && check_form(crl, err) && check_time(crl, time, err);
}

bool ward_crl_check(struct ward_crl *crl, struct ward_cert *issuer, int64_t time,
		    struct ward_error *err)
{
	bool checked;

	return crypto_init(err) && crl_is_usable(crl, issuer, time, err) &&
	       crl_is_signed_by(crl, issuer, &checked, err);
}

/* What conforming CAs do (5.1.2.1, 5.1.2.4, 5.1.2.5, 5.2.1, 5.2.3). */
bool crl_keeps_profile(const struct ward_crl *crl, struct ward_error *err)
{
	const char *rule = NULL;

	if (crl->version != 2)
		rule = "lists are of version 2 (5.1.2.1)";
	else if (crl->wrong_time_form)
		rule = "times before 2050 are UTCTime (5.1.2.4)";
	else if (crl->next_update == WARD_NO_TIME)
		rule = "nextUpdate is there (5.1.2.5)";
	else if (crl->ext.authority_key_id.len == 0)
		rule = "authorityKeyIdentifier is there (5.2.1)";
	else if (crl->ext.number.len == 0)
		rule = "cRLNumber is there (5.2.3)";
	else if (crl->ext.number_is_critical || crl->ext.number.len > 20)
		rule = "cRLNumber is not critical and of 20 bytes at most (5.2.3)";
	if (rule == NULL)
		return true;
	return FAILF(err, CRL_PROFILE, "that of %s: %s", label_of(crl).text, rule);
}

/* ---- what it is about ---- */

/* Whether two lists of GeneralName have one in common. */
static bool names_meet(struct span a, struct span b)
{
	struct ward_error own = ERROR_NONE;
	struct reader left = reader_make(a, &own);

	while (reader_more(&left)) {
		int tag;
		struct span one = der_whole(&left, &tag);
		struct reader right = reader_make(b, &own);

		while (reader_more(&right))
			if (span_equal(one, der_whole(&right, &tag)) && !reader_failed(&right))
				return true;
	}
	return false;
}

/* DistributionPointName ::= CHOICE { fullName [0], nameRelativeToCRLIssuer [1] } */
static bool points_meet(struct span a, struct span b)
{
	struct ward_error own = ERROR_NONE;
	struct reader left = reader_make(a, &own);
	struct reader right = reader_make(b, &own);
	int left_tag, right_tag;
	struct span left_names = der_any(&left, &left_tag);
	struct span right_names = der_any(&right, &right_tag);

	if (error_is_set(&own) || left_tag != right_tag)
		return false;
	if (left_tag == DER_CONTEXT_CONS(0))
		return names_meet(left_names, right_names);
	return span_equal(left_names, right_names);
}

/* DistributionPoint ::= SEQUENCE { distributionPoint [0], reasons [1], cRLIssuer [2] }; the
 * reasons that it is for, if it is the list's. Points with an issuer are those of indirect lists. */
static unsigned int match_point(struct reader *points, struct span wanted)
{
	struct reader point = der_open(points, DER_SEQUENCE);
	unsigned int reasons = CRL_ALL_REASONS;
	struct span name, content, issuer;

	der_optional(&point, DER_CONTEXT_CONS(0), &name);
	if (der_optional(&point, DER_CONTEXT(1), &content))
		reasons = crl_reasons_read(&point, content);
	if (der_optional(&point, DER_CONTEXT_CONS(2), &issuer) || !reader_close(&point))
		return 0;
	return name.len > 0 && points_meet(name, wanted) ? reasons : 0;
}

static unsigned int match_points(const struct ward_crl *crl, const struct ward_cert *cert)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(cert->ext.value[EXT_CRL_DISTRIBUTION_POINTS], &own);
	unsigned int reasons = 0;
	struct reader points;

	if (crl->ext.point.len == 0)
		return CRL_ALL_REASONS;
	if (!extensions_has(&cert->ext, EXT_CRL_DISTRIBUTION_POINTS))
		return 0;
	points = der_open(&r, DER_SEQUENCE);
	while (reader_more(&points))
		reasons |= match_point(&points, crl->ext.point);
	return reasons;
}

unsigned int crl_reasons_for(const struct ward_crl *crl, const struct ward_cert *cert)
{
	const struct crl_extensions *e = &crl->ext;

	if (e->only_attributes || (e->only_users && cert->ext.ca) || (e->only_cas && !cert->ext.ca))
		return 0;
	return e->reasons & match_points(crl, cert);
}

/* ---- delta CRLs ---- */

/* Unsigned numbers without leading zeros. */
static int compare_numbers(struct span a, struct span b)
{
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	for (size_t i = 0; i < a.len; i++)
		if (a.data[i] != b.data[i])
			return a.data[i] < b.data[i] ? -1 : 1;
	return 0;
}

bool crl_is_delta_of(const struct ward_crl *delta, const struct ward_crl *base)
{
	const struct crl_extensions *d = &delta->ext, *b = &base->ext;

	return d->delta && b->number.len > 0 && d->number.len > 0 &&
	       span_equal(d->scope, b->scope) &&
	       span_equal(d->authority_key_id, b->authority_key_id) &&
	       compare_numbers(d->base_number, b->number) <= 0 &&
	       compare_numbers(b->number, d->number) < 0;
}
