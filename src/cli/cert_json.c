/*
 * A certificate as JSON: what `ward connect` says of it, and the rest. Members may be added in later
 * versions, none changes its meaning.
 */
#include <stdlib.h>

#include "cli/cert.h"
#include "cli/facts_json.h"
#include "wire/pem.h"
#include "x509/describe.h"

/* ---- extensions: an array of objects, each with its facts as lists under their names ---- */

struct list {
	json_t *extensions;
	json_t *facts; /* of the last extension; borrowed */
	bool failed;
};

static void add_extension(void *arg, const char *name, const char *oid, bool critical)
{
	struct list *l = arg;
	json_t *facts = json_object();
	json_t *extension = json_pack("{s:s, s:s, s:b, s:o}", "name", name, "oid", oid, "critical",
				      (int)critical, "facts", facts);

	l->facts = facts;
	if (extension == NULL || json_array_append_new(l->extensions, extension) != 0)
		l->failed = true;
}

static void add_fact(void *arg, const char *name, const char *value)
{
	struct list *l = arg;
	json_t *values;

	if (l->failed)
		return;
	values = json_object_get(l->facts, name);
	if (values == NULL) {
		values = json_array();
		if (json_object_set_new(l->facts, name, values) != 0)
			l->failed = true;
	}
	if (!l->failed && json_array_append_new(values, json_string(value)) != 0)
		l->failed = true;
}

json_t *cert_json_extensions(struct span extensions)
{
	struct list list = { .extensions = json_array() };
	struct describe_sink sink = { add_extension, add_fact, &list };

	if (list.extensions != NULL && describe_extension_list(extensions, &sink, NULL) &&
	    !list.failed)
		return list.extensions;
	json_decref(list.extensions);
	return NULL;
}

/* ---- the rest ---- */

static json_t *sha1(const struct ward_cert *cert)
{
	uint8_t digest[DIGEST_MAX_LEN];
	char hex[41];

	digest_once(DIGEST_SHA1, cert_der(cert), digest);
	for (size_t i = 0; i < 20; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	return json_string(hex);
}

static json_t *path_length(const struct ward_cert *cert)
{
	return cert->ext.path_length == PATH_LENGTH_NONE ? json_null()
							 : json_integer(cert->ext.path_length);
}

static bool add_pem(json_t *object, const struct ward_cert *cert)
{
	char *pem = ward_cert_pem(cert);
	bool ok = pem != NULL && json_object_set_new(object, "pem", json_string(pem)) == 0;

	free(pem);
	return ok;
}

json_t *cert_json(const struct ward_cert *cert, int64_t now, bool with_pem)
{
	json_t *object = facts_cert_json(cert, now);

	if (object != NULL &&
	    json_object_set_new(object, "version", json_integer(cert->version)) == 0 &&
	    json_object_set_new(object, "path_length", path_length(cert)) == 0 &&
	    json_object_set_new(object, "sha1", sha1(cert)) == 0 &&
	    json_object_set_new(object, "extensions", cert_json_extensions(cert->ext.list)) == 0 &&
	    (!with_pem || add_pem(object, cert)))
		return object;
	json_decref(object);
	return NULL;
}
