/*
 * Making the root and the intermediate.
 *
 * The settings are written last: a folder without them holds no CA, whatever else is in it.
 */
#include "ca/authority.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "ca/retirement.h"
#include "io/files.h"
#include "serve/private_names.h"
#include "serve/userdir.h"
#include "x509/hostname.h"
#include "x509/ip.h"
#include "x509/x509.h"

enum { NAME_MAX_LEN = 50, BACKDATED = 24 * 3600, FILE_MODE = 0600 };

/* ---- what it may vouch for ---- */

bool ca_permit(struct ca_settings *s, const char *text, struct ward_error *err)
{
	uint8_t address[16];
	size_t len = strcspn(text, "/");

	if (ip_parse(span_make(text, len), address) > 0)
		return ca_list_add(&s->permitted_ip, text, err);
	if (text[len] == '\0' && hostname_is_dns(span_make(text, len)))
		return ca_list_add(&s->permitted_dns, text, err);
	return FAILF(err, BAD_ARGUMENT, "\"%s\" is no DNS name and no network such as 10.0.0.0/8",
		     text);
}

bool ca_permit_private(struct ca_settings *s, struct ward_error *err)
{
	for (size_t i = 0; private_dns[i] != NULL; i++)
		if (!ca_list_add(&s->permitted_dns, private_dns[i], err))
			return false;
	for (size_t i = 0; private_ip[i] != NULL; i++)
		if (!ca_list_add(&s->permitted_ip, private_ip[i], err))
			return false;
	return true;
}

/* For mail addresses and URIs a name stands for one host, and with a dot before it for all below. */
static bool hosts_of(char *const *names, char ***hosts, struct ward_error *err)
{
	char below[260];

	for (; names != NULL && *names != NULL; names++) {
		snprintf(below, sizeof(below), ".%s", *names);
		if (!ca_list_add(hosts, *names, err) || !ca_list_add(hosts, below, err))
			return false;
	}
	return true;
}

/* ---- certificates ---- */

void ca_set_times(struct ward_cert_spec *spec, const struct ward_cert *issuer, int64_t now,
		  int64_t back, int64_t life)
{
	spec->not_before = now - back;
	spec->not_after = now + life;
	if (spec->not_before < ward_cert_not_before(issuer))
		spec->not_before = ward_cert_not_before(issuer);
	if (spec->not_after > ward_cert_not_after(issuer))
		spec->not_after = ward_cert_not_after(issuer);
}

/* What root and intermediate have in common, and what is allocated for it. */
struct draft {
	struct ward_cert_spec spec;
	char **hosts;
	char common_name[80];
};

static void draft_clear(struct draft *d)
{
	ca_list_free(d->hosts);
}

static bool draft_make(struct draft *d, const struct ca_settings *s, const char *name,
		       const char *what, struct ward_error *err)
{
	*d = (struct draft){ 0 };
	if (strlen(name) > NAME_MAX_LEN)
		return FAILF(err, BAD_ARGUMENT, "a name of more than %d characters", NAME_MAX_LEN);
	snprintf(d->common_name, sizeof(d->common_name), "%s %s", name, what);
	if (!hosts_of(s->permitted_dns, &d->hosts, err))
		return false;
	d->spec = (struct ward_cert_spec){
		.common_name = d->common_name,
		.organization = "ward CA",
		.profile = WARD_PROFILE_CA,
		.permitted_dns = (const char *const *)s->permitted_dns,
		.permitted_ip = (const char *const *)s->permitted_ip,
		.permitted_email = (const char *const *)d->hosts,
		.permitted_uri = (const char *const *)d->hosts,
	};
	return true;
}

struct pair {
	struct ward_key *key;
	struct ward_cert *cert;
};

static void pair_clear(struct pair *p)
{
	ward_key_free(p->key);
	ward_cert_free(p->cert);
}

static bool make_root(struct pair *root, const struct ca_plan *plan, int64_t now,
		      struct ward_error *err)
{
	struct draft d;

	if (draft_make(&d, plan->settings, plan->name, "root", err)) {
		d.spec.path_length = 1;
		d.spec.not_before = now - BACKDATED;
		d.spec.not_after = now + plan->root_life;
		root->cert = ward_cert_make(&d.spec, root->key, NULL, NULL, err);
	}
	draft_clear(&d);
	return root->cert != NULL;
}

static struct ward_cert *sign_intermediate(struct draft *d, const struct ward_key *key,
					   const struct ward_cert *root,
					   const struct ward_key *root_key, int64_t life,
					   int64_t now, struct ward_error *err)
{
	static const char *const purposes[] = { "serverAuth", "clientAuth", "OCSPSigning", NULL };

	d->spec.path_length = 0;
	d->spec.purposes = purposes;
	ca_set_times(&d->spec, root, now, BACKDATED, life);
	return ward_cert_make(&d->spec, key, root, root_key, err);
}

static bool make_intermediate(struct pair *intermediate, const struct ca_plan *plan,
			      const struct pair *root, int64_t now, struct ward_error *err)
{
	struct draft d;

	if (draft_make(&d, plan->settings, plan->name, "intermediate", err))
		intermediate->cert = sign_intermediate(&d, intermediate->key, root->cert, root->key,
						       plan->intermediate_life, now, err);
	draft_clear(&d);
	return intermediate->cert != NULL;
}

/* ---- files ---- */

static bool save_in(const struct ca *ca, const char *name, const char *text, struct ward_error *err)
{
	char *path = ca_path(ca, name, err);
	bool ok = path != NULL && file_write(path, span_string(text), FILE_MODE, err);

	free(path);
	return ok;
}

static bool save_cert(const struct ca *ca, const char *name, const struct ward_cert *cert,
		      struct ward_error *err)
{
	char *text = ward_cert_pem(cert);
	bool ok = text != NULL ? save_in(ca, name, text, err) : FAIL(err, NO_MEMORY);

	free(text);
	return ok;
}

static bool save_key(const struct ca *ca, const char *file, const char *name,
		     const struct ward_key *key, const struct ca_secret *secret,
		     struct ward_error *err)
{
	char *text = secret->text == NULL
			     ? ward_key_pem(key, err)
			     : ward_key_pem_encrypted(key, secret->text, secret->len, err);
	bool ok;

	if (text == NULL)
		return false;
	ok = file != NULL ? file_write(file, span_string(text), FILE_MODE, err)
			  : save_in(ca, name, text, err);
	ward_wipe(text, strlen(text));
	free(text);
	return ok;
}

/* ---- a new CA ---- */

static bool make_pairs(const struct ca_plan *plan, struct pair *root, struct pair *intermediate,
		       int64_t now, struct ward_error *err)
{
	root->key = ward_key_generate(plan->kind, err);
	intermediate->key = ward_key_generate(plan->kind, err);
	return root->key != NULL && intermediate->key != NULL && make_root(root, plan, now, err) &&
	       make_intermediate(intermediate, plan, root, now, err);
}

static bool save_settings(const struct ca *ca, const struct ca_settings *settings,
			  struct ward_error *err)
{
	char *path = ca_path(ca, CA_SETTINGS_FILE, err);
	bool ok = path != NULL && ca_settings_save(settings, path, err);

	free(path);
	return ok;
}

static bool make_all(const struct ca *ca, const struct ca_plan *plan, int64_t now,
		     struct ward_error *err)
{
	struct pair root = { 0 }, intermediate = { 0 };
	bool ok = make_pairs(plan, &root, &intermediate, now, err) &&
		  save_key(ca, plan->root_key_file, CA_ROOT_KEY, root.key, &plan->secret, err) &&
		  save_key(ca, NULL, CA_INTERMEDIATE_KEY, intermediate.key, &plan->secret, err) &&
		  save_cert(ca, CA_ROOT, root.cert, err) &&
		  save_cert(ca, CA_INTERMEDIATE, intermediate.cert, err) &&
		  save_in(ca, CA_INDEX_FILE, "", err) && save_settings(ca, plan->settings, err);

	pair_clear(&root);
	pair_clear(&intermediate);
	return ok;
}

/* Whether the folder has this file, with so many bytes at least. False, too, with err set. */
static bool holds(const struct ca *ca, const char *name, int64_t least, struct ward_error *err)
{
	char *path = ca_path(ca, name, err);
	struct stat st;
	bool there = path != NULL && stat(path, &st) == 0 && st.st_size >= least;

	free(path);
	return there;
}

/* There is no CA, and nothing that one has issued. */
static bool is_free(const struct ca *ca, struct ward_error *err)
{
	if (holds(ca, CA_SETTINGS_FILE, 0, err))
		return FAILF(err, CA_EXISTS, "in %s", ca->dir);
	if (holds(ca, CA_INDEX_FILE, 1, err))
		return FAILF(err, CA_DAMAGED, "%s: there is an index, and no %s", ca->dir,
			     CA_SETTINGS_FILE);
	return !error_is_set(err);
}

static bool is_empty(const char *dir)
{
	DIR *opened = opendir(dir);
	int count = 0;

	while (opened != NULL && count <= 2 && readdir(opened) != NULL)
		count++;
	if (opened != NULL)
		closedir(opened);
	return count == 2; /* "." and ".." */
}

/* The folder is going to be closed to others, which must not happen to /tmp or to a home. */
static bool may_be_closed(const char *dir, struct ward_error *err)
{
	struct stat st;

	if (stat(dir, &st) != 0 || (st.st_mode & 077) == 0 || is_empty(dir))
		return true;
	return FAILF(err, BAD_ARGUMENT,
		     "%s has other files, and others may enter it: name a new "
		     "folder",
		     dir);
}

bool ca_init(const char *dir, const struct ca_plan *plan, int64_t now, struct ward_error *err)
{
	struct ca ca = { .lock = -1 };
	bool ok;

	ca.dir = dir == NULL ? ca_default_dir(err) : strdup(dir);
	if (ca.dir == NULL)
		return FAIL(err, NO_MEMORY);
	ok = may_be_closed(ca.dir, err) && userdir_make(ca.dir, err) &&
	     userdir_lock(ca.dir, &ca.lock, err) && is_free(&ca, err) &&
	     make_all(&ca, plan, now, err);
	ca_close(&ca);
	return ok;
}

/* ---- a new intermediate ---- */

/* With the name that it has: what it issued is to be good with the new one, too. `name` is another
 * one for what takes the place of an intermediate that is revoked, or NULL. */
static struct ward_cert *make_again(const struct ca *ca, const char *name,
				    const struct ward_key *key, const struct ward_key *root_key,
				    int64_t life, int64_t now, struct ward_error *err)
{
	struct span subject = cert_subject_der(ca->intermediate);
	struct ward_cert *cert = NULL;
	struct draft d;

	if (draft_make(&d, &ca->settings, "", "", err)) {
		d.spec.common_name = name;
		if (name == NULL) {
			d.spec.organization = NULL;
			d.spec.subject_der = subject.data;
			d.spec.subject_der_len = subject.len;
		}
		cert = sign_intermediate(&d, key, ca->root, root_key, life, now, err);
	}
	draft_clear(&d);
	return cert;
}

/* The key first: a certificate without its key would be an intermediate that can do nothing. */
static bool save_intermediate(struct ca *ca, const struct ward_key *new_key, struct ward_cert *cert,
			      const struct ca_secret *secret, struct ward_error *err)
{
	const struct ca_secret none = { NULL, 0 };

	if (!ca_note_intermediate(ca, ca->intermediate, err) ||
	    !ca_note_intermediate(ca, cert, err))
		return false;
	if (new_key != NULL &&
	    !save_key(ca, NULL, CA_INTERMEDIATE_KEY, new_key, secret == NULL ? &none : secret, err))
		return false;
	if (!save_cert(ca, CA_INTERMEDIATE, cert, err))
		return false;
	ward_cert_free(ca->intermediate);
	ca->intermediate = ward_cert_ref(cert);
	return true;
}

bool ca_renew(struct ca *ca, const char *root_key_file, const struct ca_secret *secret,
	      int64_t life, int64_t now, struct ward_error *err)
{
	struct ward_key *root_key =
		ca_load_key(ca, root_key_file, CA_ROOT_KEY, ca->root, secret, err);
	bool replaced = ca_revoked_intermediate(ca) != NULL;
	struct ward_key *key = NULL;
	struct ward_cert *cert = NULL;
	char name[CA_NAME_SIZE];
	bool ok;

	ca_next_name(ca, name);
	if (root_key != NULL)
		key = replaced ? ca_next_key(ca, secret, err)
			       : ca_intermediate_key(ca, secret, err);
	if (key != NULL)
		cert = make_again(ca, replaced ? name : NULL, key, root_key, life, now, err);
	ok = cert != NULL && save_intermediate(ca, replaced ? key : NULL, cert, secret, err);
	ward_cert_free(cert);
	ward_key_free(key);
	ward_key_free(root_key);
	return ok;
}
