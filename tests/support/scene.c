/* What is presented and what is trusted in one verification. See scene.h. */
#include "support/scene.h"

#include <stdlib.h>

const struct forge_spec scene_ca = { .ca = true };
const struct forge_spec scene_vague_ca = { .ca = true,
					   .no_subject_key_id = true,
					   .no_authority_key_id = true };
const struct forge_spec scene_leaf = { .ca = false };
const struct forge_spec scene_vague_leaf = { .no_authority_key_id = true };

void scene_open(struct scene *s)
{
	s->count = s->trusted_count = 0;
	s->trust = ward_trust_new();
	if (s->trust == NULL)
		abort();
}

void scene_close(struct scene *s)
{
	for (size_t i = 0; i < s->count; i++)
		ward_cert_free(s->presented[i]);
	for (size_t i = 0; i < s->trusted_count; i++)
		ward_cert_free(s->trusted[i]);
	ward_trust_free(s->trust);
	s->count = s->trusted_count = 0;
	s->trust = NULL;
}

struct ward_cert *scene_issue(const char *subject, unsigned int key, const char *issuer,
			      unsigned int issuer_key, struct forge_spec spec)
{
	spec.subject = subject;
	spec.issuer = issuer;
	return forge(&spec, forge_key(key), NULL, forge_key(issuer_key));
}

void scene_present(struct scene *s, struct ward_cert *cert)
{
	if (s->count == SCENE_CERTS)
		abort();
	s->presented[s->count++] = cert;
}

void scene_trust(struct scene *s, struct ward_cert *cert)
{
	if (s->trusted_count == SCENE_TRUSTED || !ward_trust_add(s->trust, cert, NULL))
		abort();
	s->trusted[s->trusted_count++] = cert;
}

void scene_trust_root(struct scene *s, const char *subject, unsigned int key,
		      struct forge_spec spec)
{
	scene_trust(s, scene_issue(subject, key, subject, key, spec));
}
