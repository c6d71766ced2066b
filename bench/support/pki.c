/* What both stacks are given. See pki.h. */
#include "support/pki.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DAY = 86400 };

void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench: %s failed\n", what);
	exit(1);
}

void must_err(bool ok, const struct ward_error *err)
{
	char text[512];

	if (!ok)
		must(ok, ward_error_text(err, text, sizeof(text)));
}

static void make_one(struct pki *pki, int which, const struct ward_cert_spec *spec)
{
	bool root = which == PKI_ROOT;
	struct ward_error err = { 0 };

	pki->certs[which] =
		ward_cert_make(spec, pki->keys[which], root ? NULL : pki->certs[which + 1],
			       root ? NULL : pki->keys[which + 1], &err);
	must_err(pki->certs[which] != NULL, &err);
}

void pki_make(struct pki *pki, enum ward_key_kind kind)
{
	static const char *const names[] = { PKI_HOST, NULL };
	struct ward_cert_spec spec = { .common_name = "bench root",
				       .profile = WARD_PROFILE_CA,
				       .path_length = -1 };
	struct ward_error err = { 0 };

	pki->now = time(NULL);
	spec.not_before = pki->now - DAY;
	spec.not_after = pki->now + DAY;
	for (int i = 0; i < PKI_CERTS; i++) {
		pki->keys[i] = ward_key_generate(kind, &err);
		must_err(pki->keys[i] != NULL, &err);
	}
	make_one(pki, PKI_ROOT, &spec);
	spec.common_name = "bench intermediate";
	spec.path_length = 0;
	make_one(pki, PKI_INTERMEDIATE, &spec);
	spec.common_name = PKI_HOST;
	spec.names = names;
	spec.profile = WARD_PROFILE_SERVER;
	spec.path_length = -1;
	make_one(pki, PKI_LEAF, &spec);
}

void pki_clear(struct pki *pki)
{
	for (int i = 0; i < PKI_CERTS; i++) {
		ward_cert_free(pki->certs[i]);
		ward_key_free(pki->keys[i]);
	}
}
