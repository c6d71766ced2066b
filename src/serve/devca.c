/*
 * The development CA: what it may vouch for, and when its certificates are made anew.
 */
#include "serve/devca.h"

#include "base/error.h"
#include "serve/devca_files.h"
#include "serve/private_names.h"
#include "x509/hostname.h"

#include <stdlib.h>
#include <unistd.h>

#define DAY (INT64_C(24) * 60 * 60)

enum { NAMES_MAX = 8, HOST_MAX = 256 };

/* A clock that is a little behind on another machine should not matter. */
static const int64_t backdated = DAY;
static const int64_t ca_life = 3650 * DAY;
static const int64_t ca_renewed_before = 30 * DAY;
/* Apple's systems refuse more than 825 days, even from a CA that the user has added. */
static const int64_t leaf_life = 397 * DAY;
static const int64_t leaf_renewed_before = 130 * DAY;

/* ---- what it may vouch for ---- */

bool devca_permits(const char *host)
{
	return private_names_permit(private_dns, private_ip, host);
}

/* The names of the server's certificate. */
struct names {
	const char *list[NAMES_MAX + 1]; /* ends with NULL */
	size_t count;
	char host[HOST_MAX];
	char local[HOST_MAX + sizeof(".local")]; /* as multicast DNS has it (RFC 6762) */
};

static void add_name(struct names *n, const char *name)
{
	for (size_t i = 0; i < n->count; i++)
		if (hostname_equal(span_string(n->list[i]), span_string(name)))
			return;
	if (n->count < NAMES_MAX && devca_permits(name))
		n->list[n->count++] = name;
}

static void collect_names(struct names *n, const char *also)
{
	*n = (struct names){ 0 };
	add_name(n, "localhost");
	add_name(n, "127.0.0.1");
	add_name(n, "::1");
	if (gethostname(n->host, sizeof(n->host) - 1) == 0 && n->host[0] != '\0') {
		snprintf(n->local, sizeof(n->local), "%s.local", n->host);
		add_name(n, n->host);
		if (strchr(n->host, '.') == NULL)
			add_name(n, n->local);
	}
	if (also != NULL)
		add_name(n, also);
}

/* ---- the CA ---- */

static bool ca_is_good(const struct devca_pair *ca, int64_t now)
{
	return ward_cert_is_ca(ca->cert) && ward_key_matches(ca->key, ca->cert) &&
	       ward_cert_not_before(ca->cert) <= now &&
	       ward_cert_not_after(ca->cert) > now + ca_renewed_before;
}

static bool make_ca(struct devca_pair *ca, const char *host, int64_t now, struct ward_error *err)
{
	char name[64];
	struct ward_cert_spec spec = {
		.common_name = name,
		.organization = "ward development CA",
		.profile = WARD_PROFILE_CA,
		.not_before = now - backdated,
		.not_after = now + ca_life,
		.path_length = 0,
		.permitted_dns = private_dns,
		.permitted_ip = private_ip,
	};

	/* So that people with several machines can tell them apart. */
	snprintf(name, sizeof(name), "ward development CA on %.30s", host);
	ca->key = ward_key_generate(WARD_KEY_P256, err);
	if (ca->key == NULL)
		return false;
	ca->cert = ward_cert_make(&spec, ca->key, NULL, NULL, err);
	return ca->cert != NULL;
}

/* Loads it, or makes it and keeps it. */
static bool have_ca(struct devca *d, const struct devca_files *files, const struct names *names,
		    int64_t now, struct devca_pair *ca, struct ward_error *err)
{
	const char *host = hostname_is_dns(span_string(names->host)) ? names->host : "this machine";

	if (!devca_load(files->ca_key, ca, err))
		return false;
	if (ca->cert != NULL && ca_is_good(ca, now))
		return devca_publish(files, ca->cert, err);
	devca_pair_clear(ca);
	d->made = true;
	return make_ca(ca, host, now, err) && devca_save(files->ca_key, ca, err) &&
	       devca_publish(files, ca->cert, err);
}

/* ---- the server's certificate ---- */

static bool is_issued_by(const struct devca_pair *leaf, struct ward_cert *ca, int64_t now)
{
	struct ward_verify_params params = { .time = now, .purpose = WARD_PURPOSE_SERVER };
	struct ward_trust *trust = ward_trust_new();
	bool ok = trust != NULL && ward_trust_add(trust, ca, NULL) &&
		  ward_verify(trust, &leaf->cert, 1, &params, NULL, NULL);

	ward_trust_free(trust);
	return ok;
}

static bool leaf_is_good(const struct devca_pair *leaf, struct ward_cert *ca,
			 const struct names *names, int64_t now)
{
	for (size_t i = 0; i < names->count; i++)
		if (!ward_cert_matches_host(leaf->cert, names->list[i]))
			return false;
	return ward_key_matches(leaf->key, leaf->cert) &&
	       (ward_cert_not_after(leaf->cert) > now + leaf_renewed_before ||
		ward_cert_not_after(leaf->cert) == ward_cert_not_after(ca)) &&
	       is_issued_by(leaf, ca, now);
}

static bool make_leaf(struct devca_pair *leaf, const struct devca_pair *ca,
		      const struct names *names, int64_t now, struct ward_error *err)
{
	struct ward_cert_spec spec = {
		.common_name = "localhost",
		.organization = "ward development certificate",
		.names = names->list,
		.profile = WARD_PROFILE_SERVER,
		.not_before = now - backdated,
		.not_after = now + leaf_life,
		.path_length = -1,
	};

	if (spec.not_before < ward_cert_not_before(ca->cert))
		spec.not_before = ward_cert_not_before(ca->cert);
	if (spec.not_after > ward_cert_not_after(ca->cert))
		spec.not_after = ward_cert_not_after(ca->cert);
	leaf->key = ward_key_generate(WARD_KEY_P256, err);
	if (leaf->key == NULL)
		return false;
	leaf->cert = ward_cert_make(&spec, leaf->key, ca->cert, ca->key, err);
	return leaf->cert != NULL;
}

static bool have_leaf(const struct devca_files *files, const struct names *names,
		      const struct devca_pair *ca, int64_t now, struct devca_pair *leaf,
		      struct ward_error *err)
{
	if (!devca_load(files->leaf, leaf, err))
		return false;
	if (leaf->cert != NULL && leaf_is_good(leaf, ca->cert, names, now))
		return true;
	devca_pair_clear(leaf);
	return make_leaf(leaf, ca, names, now, err) && devca_save(files->leaf, leaf, err);
}

/* ---- both ---- */

/* Moves the pair into what the caller gets. */
static bool hand_out(struct devca *d, struct devca_pair *leaf, struct ward_error *err)
{
	d->chain.certs = calloc(1, sizeof(d->chain.certs[0]));
	if (d->chain.certs == NULL)
		return FAIL(err, NO_MEMORY);
	d->chain.certs[0] = ward_cert_ref(leaf->cert);
	d->chain.count = 1;
	d->key = ward_key_ref(leaf->key);
	return true;
}

static bool load_or_make(struct devca *d, const struct devca_files *files, const char *also,
			 int64_t now, struct ward_error *err)
{
	struct devca_pair ca = { 0 }, leaf = { 0 };
	struct names names;
	bool ok;

	collect_names(&names, also);
	ok = have_ca(d, files, &names, now, &ca, err) &&
	     have_leaf(files, &names, &ca, now, &leaf, err) && hand_out(d, &leaf, err);
	if (ok)
		d->ca = ward_cert_ref(ca.cert);
	devca_pair_clear(&ca);
	devca_pair_clear(&leaf);
	return ok;
}

bool devca_open(struct devca *d, const char *dir, const char *also, int64_t now,
		struct ward_error *err)
{
	struct devca_files files;
	bool ok;

	*d = (struct devca){ 0 };
	if (!devca_files_open(&files, dir, err))
		return false;
	d->ca_path = strdup(files.ca);
	ok = d->ca_path == NULL ? FAIL(err, NO_MEMORY) : load_or_make(d, &files, also, now, err);
	devca_files_close(&files);
	if (!ok)
		devca_close(d);
	return ok;
}

void devca_close(struct devca *d)
{
	ward_cert_free(d->ca);
	ward_key_free(d->key);
	ward_chain_clear(&d->chain);
	free(d->ca_path);
	*d = (struct devca){ 0 };
}

void devca_tell(const struct devca *d, FILE *out)
{
	if (!d->made) {
		fprintf(out, "The certificate is from the development CA %s\n", d->ca_path);
		return;
	}
	fprintf(out,
		"Made a development CA: %s\n"
		"It can vouch for localhost, .localhost, .test, .local, .internal, .home.arpa and\n"
		"private addresses, for nothing else. To have it trusted:\n"
		"  browsers  ward ca install --stores nss %s\n"
		"  system    sudo ward ca install --stores system,java %s\n"
		"  curl      curl --cacert %s URL\n",
		d->ca_path, d->ca_path, d->ca_path, d->ca_path);
}
