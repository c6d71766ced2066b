/*
 * The settings of a CA, as JSON.
 */
#include "ca/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "io/files.h"

enum { SETTINGS_MAX = 256 * 1024, SCHEMA = 1 };

/* ---- lists ---- */

void ca_list_free(char **list)
{
	for (size_t i = 0; list != NULL && list[i] != NULL; i++)
		free(list[i]);
	free(list);
}

bool ca_list_add(char ***list, const char *item, struct ward_error *err)
{
	size_t count = 0;
	char **longer;

	while (*list != NULL && (*list)[count] != NULL)
		count++;
	longer = reallocarray(*list, count + 2, sizeof(**list));
	if (longer == NULL)
		return FAIL(err, NO_MEMORY);
	*list = longer;
	longer[count + 1] = NULL;
	longer[count] = strdup(item);
	return longer[count] != NULL || FAIL(err, NO_MEMORY);
}

void ca_settings_clear(struct ca_settings *s)
{
	free(s->crl_url);
	free(s->ocsp_url);
	ca_list_free(s->permitted_dns);
	ca_list_free(s->permitted_ip);
	*s = (struct ca_settings){ 0 };
}

/* ---- reading ---- */

static bool read_text(const json_t *from, char **to, struct ward_error *err)
{
	if (from == NULL)
		return true;
	if (!json_is_string(from))
		return FAIL(err, CA_DAMAGED);
	*to = strdup(json_string_value(from));
	return *to != NULL || FAIL(err, NO_MEMORY);
}

static bool read_list(const json_t *from, char ***to, struct ward_error *err)
{
	if (from == NULL)
		return true;
	if (!json_is_array(from))
		return FAIL(err, CA_DAMAGED);
	for (size_t i = 0; i < json_array_size(from); i++) {
		const json_t *item = json_array_get(from, i);

		if (!json_is_string(item))
			return FAIL(err, CA_DAMAGED);
		if (!ca_list_add(to, json_string_value(item), err))
			return false;
	}
	return true;
}

static bool read_document(struct ca_settings *s, const json_t *document, struct ward_error *err)
{
	if (json_integer_value(json_object_get(document, "schema")) != SCHEMA)
		return FAIL(err, CA_DAMAGED);
	return read_text(json_object_get(document, "crl_url"), &s->crl_url, err) &&
	       read_text(json_object_get(document, "ocsp_url"), &s->ocsp_url, err) &&
	       read_list(json_object_get(document, "permitted_dns"), &s->permitted_dns, err) &&
	       read_list(json_object_get(document, "permitted_ip"), &s->permitted_ip, err);
}

bool ca_settings_load(struct ca_settings *s, const char *path, struct ward_error *err)
{
	struct ward_error fault = ERROR_NONE;
	struct file_bytes bytes;
	json_t *document;
	bool ok;

	*s = (struct ca_settings){ 0 };
	if (!file_read(path, SETTINGS_MAX, &bytes, &fault)) {
		if (fault.system == ENOENT || fault.system == ENOTDIR)
			return FAILF(err, CA_MISSING, "%s is not there", path);
		return error_pass(err, &fault);
	}
	document = json_loadb((const char *)bytes.data, bytes.len, JSON_REJECT_DUPLICATES, NULL);
	ok = read_document(s, document, err) || file_name_error(err, path);
	json_decref(document);
	file_bytes_clear(&bytes);
	if (!ok)
		ca_settings_clear(s);
	return ok;
}

/* ---- writing ---- */

/* NULL: no memory. */
static json_t *list_json(char *const *list)
{
	json_t *array = json_array();

	for (size_t i = 0; list != NULL && list[i] != NULL; i++) {
		if (json_array_append_new(array, json_string(list[i])) != 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

bool ca_settings_save(const struct ca_settings *s, const char *path, struct ward_error *err)
{
	json_t *document = json_pack("{s:i, s:s*, s:s*}", "schema", SCHEMA, "crl_url", s->crl_url,
				     "ocsp_url", s->ocsp_url);
	char *text;
	bool ok = true;

	if (s->permitted_dns != NULL || s->permitted_ip != NULL) {
		ok = json_object_set_new(document, "permitted_dns", list_json(s->permitted_dns)) ==
			     0 &&
		     json_object_set_new(document, "permitted_ip", list_json(s->permitted_ip)) == 0;
	}
	text = ok ? json_dumps(document, JSON_INDENT(2)) : NULL;
	json_decref(document);
	if (text == NULL)
		return FAIL(err, NO_MEMORY);
	ok = file_write(path, span_string(text), 0600, err);
	free(text);
	return ok;
}
