/*
 * Which groups, suites and signature schemes: as the flags list them, or as a policy that has a
 * name with the runner does.
 */
#include <stdlib.h>
#include <string.h>

#include "shim.h"
#include "tls/suites.h"
#include "x509/x509.h"

struct policy {
	size_t flag; /* its place in struct flags */
	struct int_list groups, suites, schemes;
};

/* Of CNSA 1.0 what ward has: it has no ML-KEM-1024 without a curve. */
static const struct policy policies[] = {
	{ offsetof(struct flags, fips),
	  { { GROUP_SECP256R1, GROUP_SECP384R1 }, 2 },
	  { { TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384,
	      TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	      TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 },
	    6 },
	  { { 0x0401, 0x0501, 0x0601, 0x0403, 0x0503, 0x0804, 0x0805, 0x0806 }, 8 } },
	{ offsetof(struct flags, wpa),
	  { { GROUP_SECP384R1 }, 1 },
	  { { TLS_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	      TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 },
	    3 },
	  { { 0x0501, 0x0601, 0x0503, 0x0805, 0x0806 }, 5 } },
	{ offsetof(struct flags, cnsa1),
	  { { GROUP_SECP384R1 }, 1 },
	  { { TLS_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	      TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 },
	    3 },
	  { { 0x0503, 0x0805, 0x0501 }, 3 } },
};

static const struct policy *policy_of(const struct flags *f)
{
	if (f->cnsa2)
		unimplemented("a policy of ML-KEM-1024 alone");
	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++)
		if (*(const bool *)((const char *)f + policies[i].flag))
			return &policies[i];
	return NULL;
}

void set_numbers(struct ward_config *config, const struct int_list *list, set_list_fn *set,
		 const char *what)
{
	struct ward_error err = { 0 };
	uint16_t items[BOGO_LIST_MAX];

	for (size_t i = 0; i < list->count; i++)
		items[i] = (uint16_t)list->items[i];
	if (list->count > 0 && !set(config, items, list->count, &err))
		unimplemented(what);
}

void set_groups(struct ward_config *config, const struct flags *f)
{
	const struct policy *policy = policy_of(f);

	set_numbers(config, policy != NULL ? &policy->groups : &f->curves, ward_config_set_groups,
		    "these groups");
}

/* ---- suites ---- */

static int suite_by_name(const char *name, size_t len)
{
	for (size_t i = 0; i < default_suites_count; i++) {
		const char *known = suite_find(default_suites[i])->name;

		if (strlen(known) == len && memcmp(known, name, len) == 0)
			return default_suites[i];
	}
	unimplemented("these cipher suites");
}

/* "NAME:NAME" of TLS 1.2; those of TLS 1.3 are not the flag's to choose. */
static struct int_list suites_by_name(const char *names)
{
	struct int_list list = {
		{ TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256 }, 3
	};

	while (names[0] != '\0' && list.count < BOGO_LIST_MAX) {
		size_t len = strcspn(names, ":");

		list.items[list.count++] = suite_by_name(names, len);
		names += len + (names[len] == ':');
	}
	return list;
}

void set_suites(struct ward_config *config, const struct flags *f)
{
	const struct policy *policy = policy_of(f);
	struct int_list named = { .count = 0 };

	if (f->cipher != NULL)
		named = suites_by_name(f->cipher);
	set_numbers(config, policy != NULL ? &policy->suites : &named, ward_config_set_suites,
		    "these cipher suites");
}

/* ---- signature schemes ---- */

static bool verifies_peer(const struct flags *f)
{
	return !f->server || f->verify_peer || f->require_any_client_certificate;
}

static enum key_type own_key_type(const struct flags *f)
{
	struct bytes pem = read_file(f->own.cert_file);
	struct ward_error err = { 0 };
	struct ward_chain chain;
	enum key_type type;

	must(ward_chain_parse(pem.data, pem.len, &chain, &err), "cert-file", &err);
	type = cert_key_type(chain.certs[0]);
	ward_chain_clear(&chain);
	free(pem.data);
	return type;
}

/*
 * ward has one list of schemes, to sign with and to verify by; the runner sets either. What it does
 * not set is everything, behind what it does: to sign with, all that fit the own key.
 */
static void add_scheme(struct int_list *list, uint16_t scheme)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i] == scheme)
			return;
	list->items[list->count++] = scheme;
}

static struct int_list merge_signing(const struct flags *f)
{
	struct int_list list = f->own.signing_prefs;

	for (size_t i = 0; i < default_schemes_count; i++)
		add_scheme(&list, default_schemes[i]);
	return list;
}

static struct int_list merge_verifying(const struct flags *f)
{
	struct int_list list = f->verify_prefs;
	enum key_type own = own_key_type(f);

	for (size_t i = 0; i < default_schemes_count; i++)
		if (scheme_fits(scheme_find(default_schemes[i]), own, WARD_TLS_1_2))
			add_scheme(&list, default_schemes[i]);
	return list;
}

void set_signatures(struct ward_config *config, const struct flags *f)
{
	const struct policy *policy = policy_of(f);
	struct int_list list = policy != NULL ? policy->schemes : f->verify_prefs;

	for (size_t i = 0; i < f->credential_count; i++)
		if (f->credentials[i].signing_prefs.count > 0)
			unimplemented("signing preferences of one credential");
	if (f->own.signing_prefs.count > 0 && f->own.cert_file != NULL) {
		if (!verifies_peer(f))
			list = f->own.signing_prefs;
		else if (list.count == 0)
			list = merge_signing(f);
		else
			unimplemented("other signatures made than verified");
	} else if (f->verify_prefs.count > 0 && f->own.cert_file != NULL) {
		list = merge_verifying(f);
	}
	set_numbers(config, &list, ward_config_set_signatures, "these signatures");
}
