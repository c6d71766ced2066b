/*
 * A CA for tests, in a folder below one of the test's own.
 */
#ifndef CA_TESTS_CA_H
#define CA_TESTS_CA_H

#include <stdio.h>
#include <unistd.h>

#include "ca/authority.h"
#include "ca/issue.h"
#include "io/files.h"
#include "serve/scratch.h"
#include "support/table.h"

#define DAY (INT64_C(24) * 60 * 60)
#define NOW INT64_C(1790000000)

static char base[] = "/tmp/ward-ca-XXXXXX";

/* A folder that does not exist yet. */
static inline const char *new_dir(void)
{
	static char dir[64];
	static int count;

	snprintf(dir, sizeof(dir), "%s/%d", base, count++);
	return dir;
}

static inline const char *path_in(const char *dir, const char *name)
{
	static char path[200];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* With the constraints of private names. */
static inline bool try_init(const char *dir, struct ward_error *err)
{
	struct ca_settings settings = { 0 };
	struct ca_plan plan = {
		.name = "test",
		.kind = WARD_KEY_P256,
		.root_life = 3650 * DAY,
		.intermediate_life = 1825 * DAY,
		.settings = &settings,
	};
	bool ok = ca_permit_private(&settings, err) && ca_init(dir, &plan, NOW, err);

	ca_settings_clear(&settings);
	return ok;
}

static inline void fail_error(const struct ward_error *err)
{
	char text[400];

	fail_msg("%s", ward_error_text(err, text, sizeof(text)));
}

static inline const char *make_ca(void)
{
	struct ward_error err = ERROR_NONE;
	const char *dir = new_dir();

	if (!try_init(dir, &err))
		fail_error(&err);
	return dir;
}

static inline void open_ca(struct ca *ca, const char *dir, enum ca_access access)
{
	struct ward_error err = ERROR_NONE;

	if (!ca_open(ca, dir, access, &err))
		fail_error(&err);
}

/* A certificate for a new key; NULL with err set. */
static inline struct ward_cert *issue_for(struct ca *ca, const char *name, int64_t life,
					  int64_t now, struct ward_error *err)
{
	const char *const names[] = { name, NULL };
	struct ward_key *key = ward_key_generate(WARD_KEY_P256, NULL);
	struct ca_request request = {
		.names = names,
		.key = key,
		.profile = WARD_PROFILE_SERVER,
		.life = life,
	};
	struct ward_cert *cert = ca_issue(ca, &request, NULL, now, err);

	ward_key_free(key);
	return cert;
}

static inline bool revoke_entry(struct ca *ca, size_t i, int64_t now, struct ward_error *err)
{
	struct ca_serial serial = ca->index.entries[i].serial;
	char *path = ca_path(ca, CA_INDEX_FILE, err);
	bool ok = ca_index_revoke(&ca->index, path, &serial, now, 1, err);

	free(path);
	return ok;
}

#endif
