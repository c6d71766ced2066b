/*
 * One verification as a test sets it up: what is presented, leaf first, and what is trusted. All
 * certificates are forged (see forge.h) and named by the numbers of their keys. A mistake aborts.
 */
#ifndef SUPPORT_SCENE_H
#define SUPPORT_SCENE_H

#include "support/forge.h"

enum { SCENE_CERTS = 1024, SCENE_TRUSTED = 64 };

struct scene {
	struct ward_cert *presented[SCENE_CERTS];
	size_t count;
	struct ward_trust *trust;
	struct ward_cert *trusted[SCENE_TRUSTED]; /* what scene_trust has put into it */
	size_t trusted_count;
};

/* A CA and a leaf in order, and such that give no hint which of several CAs of one name is meant. */
extern const struct forge_spec scene_ca, scene_vague_ca, scene_leaf, scene_vague_leaf;

void scene_open(struct scene *s);
void scene_close(struct scene *s);

/* One certificate; the caller's. */
struct ward_cert *scene_issue(const char *subject, unsigned int key, const char *issuer,
			      unsigned int issuer_key, struct forge_spec spec);
/* Takes the certificate over. */
void scene_present(struct scene *s, struct ward_cert *cert);
void scene_trust(struct scene *s, struct ward_cert *cert);
/* A root that signs itself. */
void scene_trust_root(struct scene *s, const char *subject, unsigned int key,
		      struct forge_spec spec);

#endif
