/* Chains that are made to cost work. See hostile.h. */
#include "support/hostile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LEAF_KEY = 0,
	ROOT_KEY = 1,
	FIRST_KEY = 2, /* of the CAs between */
	RSA_ROOM = 2 * 2048 + 64,
};

/* "a1 a2 a3 …": numbers up to n in a pattern with one %d; free() it. */
static char *repeat(const char *pattern, int n)
{
	size_t room = (size_t)n * (strlen(pattern) + 10) + 1;
	char *text = malloc(room);
	size_t at = 0;

	if (text == NULL)
		abort();
	text[0] = '\0';
	for (int i = 1; i <= n; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		at += (size_t)snprintf(text + at, room - at, pattern, i);
#pragma GCC diagnostic pop
		text[at++] = ' ';
	}
	text[at - 1] = '\0';
	return text;
}

/* ---- layers: every CA of one is signed by every CA of the next, and all have one name ---- */

struct layers {
	unsigned int depth, width;
	struct forge_spec ca; /* what all of them are */
	bool top_forged;      /* the root has signed none of them */
	bool one_good; /* the last of each layer alone has signed, and only the last below it */
};

static const char *layer_name(unsigned int layer, unsigned int depth)
{
	static const char *const names[] = { "First", "Second", "Third",   "Fourth",
					     "Fifth", "Sixth",  "Seventh", "Eighth" };

	return layer == depth ? "Root" : names[layer];
}

static unsigned int layer_key(const struct layers *l, unsigned int layer, unsigned int i)
{
	return layer == l->depth ? ROOT_KEY : FIRST_KEY + layer * l->width + i;
}

static void present_layer(struct scene *s, const struct layers *l, unsigned int layer)
{
	unsigned int above = layer + 1 == l->depth ? 1 : l->width;

	for (unsigned int i = 0; i < l->width; i++)
		for (unsigned int j = 0; j < above; j++) {
			struct forge_spec ca = l->ca;

			ca.spoil_signature = (l->top_forged && layer + 1 == l->depth) ||
					     (l->one_good && (i + 1 < l->width || j + 1 < above));
			scene_present(s, scene_issue(layer_name(layer, l->depth),
						     layer_key(l, layer, i),
						     layer_name(layer + 1, l->depth),
						     layer_key(l, layer + 1, j), ca));
		}
}

static void present_layers(struct scene *s, const struct layers *l)
{
	scene_present(s, scene_issue("server.example", LEAF_KEY, layer_name(0, l->depth),
				     layer_key(l, 0, l->width - 1), scene_vague_leaf));
	for (unsigned int layer = 0; layer < l->depth; layer++)
		present_layer(s, l, layer);
}

static const struct forge_spec vague_ca = { .ca = true,
					    .no_subject_key_id = true,
					    .no_authority_key_id = true };

static void make_unknown_root(struct scene *s)
{
	const struct layers l = { .depth = 8, .width = 4, .ca = vague_ca };

	present_layers(s, &l);
}

static void make_excluded_by_root(struct scene *s)
{
	const struct layers l = { .depth = 8, .width = 4, .ca = vague_ca };
	struct forge_spec root = { .ca = true, .excluded = "server.example" };

	present_layers(s, &l);
	scene_trust_root(s, "Root", ROOT_KEY, root);
}

static void make_top_forged(struct scene *s)
{
	const struct layers l = { .depth = 8, .width = 4, .ca = vague_ca, .top_forged = true };

	present_layers(s, &l);
	scene_trust_root(s, "Root", ROOT_KEY, scene_ca);
}

static void make_one_good(struct scene *s)
{
	const struct layers l = { .depth = 5, .width = 3, .ca = vague_ca, .one_good = true };

	present_layers(s, &l);
	scene_trust_root(s, "Root", ROOT_KEY, scene_ca);
}

/* ---- circles ---- */

static void make_everybody(struct scene *s)
{
	scene_trust_root(s, "Root", ROOT_KEY, scene_ca);
	scene_present(s, scene_issue("server.example", LEAF_KEY, "A", FIRST_KEY, scene_vague_leaf));
	for (unsigned int key = FIRST_KEY; key < FORGE_KEYS; key++)
		scene_present(s, scene_issue("A", key, "A", key, vague_ca));
}

/* Circles of three that all go through one CA, and that CA in a circle with the next such. */
static void make_circles(struct scene *s)
{
	unsigned int key = FIRST_KEY;

	scene_trust_root(s, "Root", ROOT_KEY, scene_ca);
	scene_present(
		s, scene_issue("server.example", LEAF_KEY, "Hub 0", FIRST_KEY, scene_vague_leaf));
	for (int hub = 0; hub < 4; hub++) {
		unsigned int own = key++;
		char name[16], next[16];

		snprintf(name, sizeof(name), "Hub %d", hub);
		snprintf(next, sizeof(next), "Hub %d", (hub + 1) % 4);
		for (int i = 0; i < 5; i++, key += 2) {
			char first[16], second[16];

			snprintf(first, sizeof(first), "First %d.%d", hub, i);
			snprintf(second, sizeof(second), "Second %d.%d", hub, i);
			scene_present(s, scene_issue(name, own, first, key, vague_ca));
			scene_present(s, scene_issue(first, key, second, key + 1, vague_ca));
			scene_present(s, scene_issue(second, key + 1, name, own, vague_ca));
			scene_present(s, scene_issue(second, key + 1, next,
						     hub == 3 ? FIRST_KEY : own + 11, vague_ca));
		}
	}
}

/* ---- many of a kind ---- */

static void make_forged(struct scene *s)
{
	struct forge_spec forged = { .ca = true, .spoil_signature = true };

	scene_trust_root(s, "Root", ROOT_KEY, scene_ca);
	scene_present(s, scene_issue("server.example", LEAF_KEY, "A", FIRST_KEY, scene_leaf));
	while (s->count < 100)
		scene_present(s, scene_issue("A", FIRST_KEY, "Root", ROOT_KEY, forged));
}

/* The one that has signed is the last. */
static void make_namesakes(struct scene *s)
{
	unsigned int key = FIRST_KEY;

	scene_trust_root(s, "Root", ROOT_KEY, scene_ca);
	scene_present(s, scene_issue("server.example", LEAF_KEY, "A", FIRST_KEY, scene_vague_leaf));
	while (s->count < 1000) {
		key = key + 1 == FORGE_KEYS ? FIRST_KEY + 1 : key + 1;
		scene_present(s, scene_issue("A", key, "Root", ROOT_KEY, vague_ca));
	}
	scene_present(s, scene_issue("A", FIRST_KEY, "Root", ROOT_KEY, vague_ca));
}

/* All for one key: another one than the leaf was signed with. */
static void make_same_key(struct scene *s)
{
	scene_trust_root(s, "Root", ROOT_KEY, scene_ca);
	scene_present(s, scene_issue("server.example", LEAF_KEY, "A", FIRST_KEY, scene_vague_leaf));
	while (s->count < 1000)
		scene_present(s, scene_issue("A", FIRST_KEY + 1, "Root", ROOT_KEY, vague_ca));
	scene_present(s, scene_issue("A", FIRST_KEY, "Root", ROOT_KEY, vague_ca));
}

static void make_strangers(struct scene *s)
{
	scene_trust_root(s, "Root", ROOT_KEY, scene_ca);
	scene_present(s, scene_issue("server.example", LEAF_KEY, "A", FIRST_KEY, scene_leaf));
	while (s->count < 1000) {
		char name[16];

		snprintf(name, sizeof(name), "Stranger %zu", s->count);
		scene_present(s,
			      scene_issue(name, FIRST_KEY + 1, "Nobody", FIRST_KEY + 2, scene_ca));
	}
	scene_present(s, scene_issue("A", FIRST_KEY, "Root", ROOT_KEY, scene_ca));
}

/* ---- names ---- */

static void present_below(struct scene *s, struct forge_spec root, struct forge_spec leaf)
{
	scene_trust_root(s, "Root", ROOT_KEY, root);
	scene_present(s, scene_issue("server.example", LEAF_KEY, "Root", ROOT_KEY, leaf));
}

static void make_constraints(struct scene *s)
{
	char *names = repeat("%d.example", 3000), *bases = repeat("%d.test", 3000);
	struct forge_spec root = { .ca = true, .excluded = bases }, leaf = { .names = names };

	present_below(s, root, leaf);
	free(names);
	free(bases);
}

/* One name of sixty thousand bytes, whose host has to be found for each base. */
static void make_long_uri(struct scene *s)
{
	char *uri = malloc(60100), *bases = repeat("URI:%d.test", 3000);
	struct forge_spec root = { .ca = true, .excluded = bases }, leaf = { .names = uri };

	if (uri == NULL)
		abort();
	memset(uri, 'a', 60000);
	memcpy(uri, "URI:", 4);
	snprintf(uri + 60000, 100, "://server.example/");
	present_below(s, root, leaf);
	free(uri);
	free(bases);
}

/* Names that are alike but for their last letter, in many cases that need to be folded. */
static void make_directories(struct scene *s)
{
	char *names = malloc(60100), *bases;
	struct forge_spec root = { .ca = true }, leaf = { .names = names };
	size_t at = 0;

	if (names == NULL)
		abort();
	while (at < 50000) {
		memcpy(names + at, "CN=", 3);
		memset(names + at + 3, 'a', 100);
		names[at + 103] = ' ';
		at += 104;
	}
	names[at - 1] = '\0';
	bases = strdup(names);
	for (char *p = bases; p != NULL && *p != '\0'; p++)
		if (*p == 'a')
			*p = p[1] == ' ' || p[1] == '\0' ? 'B' : 'A';
	root.excluded = bases;
	present_below(s, root, leaf);
	free(names);
	free(bases);
}

static void make_other_hosts(struct scene *s)
{
	char *names = repeat("%d.example", 4000);
	struct forge_spec leaf = { .names = names };

	present_below(s, scene_ca, leaf);
	free(names);
}

/* ---- policies (RFC 9618) ---- */

/* Every policy is mapped to every policy, by every CA. As a tree that has 9^8 leaves. */
static void make_policy_tree(struct scene *s)
{
	static const char digits[] = "123456789";
	char mapped[2 * 81 + 1] = "";
	struct layers l = { .depth = 8, .width = 1, .ca = { .ca = true, .policies = digits } };
	size_t at = 0;

	for (size_t i = 0; i < 9; i++)
		for (size_t j = 0; j < 9; j++) {
			mapped[at++] = digits[i];
			mapped[at++] = digits[j];
		}
	mapped[at] = '\0';
	l.ca.mapped = mapped;
	l.ca.require_policy = 1;
	scene_trust_root(s, "Root", ROOT_KEY, scene_ca);
	scene_present(s, scene_issue("server.example", LEAF_KEY, "First", FIRST_KEY,
				     (struct forge_spec){ .policies = digits }));
	for (unsigned int layer = 0; layer < l.depth; layer++)
		present_layer(s, &l, layer);
}

/* Long lists of policies, on many paths. */
static void make_policy_lists(struct scene *s)
{
	char listed[2001] = "", mapped[2001] = "";
	struct layers l = { .depth = 8, .width = 2, .ca = vague_ca };

	for (size_t i = 0; i < 2000; i++)
		listed[i] = mapped[i] = (char)('1' + i % 60);
	l.ca.policies = listed;
	l.ca.mapped = mapped;
	l.ca.require_policy = 1;
	present_layers(s, &l);
	scene_trust_root(s, "Root", ROOT_KEY, scene_ca);
}

/* ---- large keys ---- */

#define RSA_WITH_SHA256 SPAN_LITERAL("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00")
#define RSA_ENCRYPTION SPAN_LITERAL("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00")

/* A modulus and an exponent that are odd and made of ones and some number. */
static struct span write_rsa(uint8_t *buf, size_t modulus, size_t exponent, uint8_t which)
{
	struct ward_error err = ERROR_NONE;
	uint8_t n[2048], e[2048], key[RSA_ROOM];
	struct writer inner = writer_make(key, sizeof(key), &err);
	struct writer w = writer_make(buf, RSA_ROOM + 64, &err);

	memset(n, 0xff, modulus);
	n[1] = which;
	memset(e, 0xff, exponent);
	DER_WRITE (&inner, DER_SEQUENCE) {
		der_write_unsigned(&inner, span_make(n, modulus));
		der_write_unsigned(&inner, span_make(e, exponent));
	}
	DER_WRITE (&w, DER_SEQUENCE) {
		writer_bytes(&w, RSA_ENCRYPTION);
		der_write_bit_string(&w, span_make(key, inner.len), 0);
	}
	if (!writer_ok(&w))
		abort();
	return span_make(buf, w.len);
}

/* CAs with such keys, all of which the root has signed; the leaf claims to be by one of them. */
static void present_rsa(struct scene *s, size_t modulus, size_t exponent, int cas)
{
	uint8_t spki[RSA_ROOM + 64], signature[2048];
	struct forge_spec ca = vague_ca;
	struct forge_spec leaf = { .no_authority_key_id = true,
				   .algorithm = RSA_WITH_SHA256,
				   .signature = span_make(signature, modulus) };

	memset(signature, 0x55, sizeof(signature));
	scene_trust_root(s, "Root", ROOT_KEY, scene_ca);
	scene_present(s, scene_issue("server.example", LEAF_KEY, "A", FIRST_KEY, leaf));
	for (int i = 0; i < cas; i++) {
		ca.spki = write_rsa(spki, modulus, exponent, (uint8_t)i);
		scene_present(s, scene_issue("A", FIRST_KEY, "Root", ROOT_KEY, ca));
	}
}

static void make_rsa_8192(struct scene *s)
{
	present_rsa(s, 1024, 8, 100);
}

static void make_rsa_16384(struct scene *s)
{
	present_rsa(s, 2048, 8, 100);
}

static void make_long_exponent(struct scene *s)
{
	present_rsa(s, 384, 383, 100);
}

/* ---- slow keys ---- */

#define ECDSA_WITH_SHA384 SPAN_LITERAL("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03")

/* Certificates by a root with a key of P-384, which has signed none of them. */
static void make_forged_p384(struct scene *s)
{
	uint8_t signature[104];
	struct ward_error err = ERROR_NONE;
	struct ward_key *key = ward_key_generate(WARD_KEY_P384, &err);
	struct forge_spec root = { .ca = true, .algorithm = ECDSA_WITH_SHA384 };
	struct forge_spec forged = { .ca = true, .algorithm = ECDSA_WITH_SHA384 };
	struct writer w = writer_make(signature, sizeof(signature), &err);
	uint8_t *spki, number[48];
	size_t len;

	memset(number, 0x55, sizeof(number));
	if (key == NULL || !ward_key_der(key, WARD_KEY_FORM_PUBLIC, NULL, 0, &spki, &len, &err))
		abort();
	DER_WRITE (&w, DER_SEQUENCE) {
		der_write_unsigned(&w, SPAN_ARRAY(number));
		der_write_unsigned(&w, SPAN_ARRAY(number));
	}
	forged.signature = root.signature = span_make(signature, w.len);
	root.spki = span_make(spki, len);
	scene_trust_root(s, "Root", ROOT_KEY, root);
	scene_present(s, scene_issue("server.example", LEAF_KEY, "A", FIRST_KEY, scene_leaf));
	while (s->count < 100)
		scene_present(s, scene_issue("A", FIRST_KEY, "Root", ROOT_KEY, forged));
	free(spki);
	ward_key_free(key);
}

/* The leaf says by which serial number it is. */
static void make_numbered(struct scene *s)
{
	struct forge_spec leaf = scene_vague_leaf, ca = vague_ca;
	unsigned int key = FIRST_KEY;

	leaf.authority = "CN=Root";
	leaf.authority_serial = SPAN_LITERAL("\x42\x42");
	scene_trust_root(s, "Root", ROOT_KEY, scene_ca);
	scene_present(s, scene_issue("server.example", LEAF_KEY, "A", FIRST_KEY, leaf));
	while (s->count < 200) {
		key = key + 1 == FORGE_KEYS ? FIRST_KEY + 1 : key + 1;
		scene_present(s, scene_issue("A", key, "Root", ROOT_KEY, vague_ca));
	}
	ca.serial = SPAN_LITERAL("\x42\x42");
	scene_present(s, scene_issue("A", FIRST_KEY, "Root", ROOT_KEY, ca));
}

/* CAs of another kind of key, of which the leaf's signature says that they have not made it. */
static void make_other_kind(struct scene *s)
{
	uint8_t spki[RSA_ROOM + 64];
	struct forge_spec ca = vague_ca;

	scene_trust_root(s, "Root", ROOT_KEY, scene_ca);
	scene_present(s, scene_issue("server.example", LEAF_KEY, "A", FIRST_KEY, scene_vague_leaf));
	while (s->count < 200) {
		ca.spki = write_rsa(spki, 256, 3, (uint8_t)s->count);
		scene_present(s, scene_issue("A", FIRST_KEY, "Root", ROOT_KEY, ca));
	}
	scene_present(s, scene_issue("A", FIRST_KEY, "Root", ROOT_KEY, vague_ca));
}

const struct hostile hostile_chains[] = {
	{ "8 layers of 4 cross-signed CAs, root unknown", make_unknown_root,
	  WARD_E_CERT_UNKNOWN_ISSUER, 0, 1800, 0 },
	{ "the same, the root excludes the name", make_excluded_by_root,
	  WARD_E_CERT_NAME_CONSTRAINTS, 0, 1800, 1 },
	{ "the same, the root signed none of them", make_top_forged, WARD_E_CERT_BAD_SIGNATURE, 4,
	  1800, 4 },
	{ "5 layers of 3, one path in 243 is good", make_one_good, WARD_E_NONE, 48, 2048, 243 },
	{ "62 CAs of one name, each signs itself", make_everybody, WARD_E_CERT_LIMIT, 0, 2048, 0 },
	{ "20 circles of three through four hubs", make_circles, WARD_E_CERT_LIMIT, 0, 2048, 0 },
	{ "100 forged certificates of a CA", make_forged, WARD_E_CERT_LIMIT, 64, 131, 65 },
	{ "100 forged certificates of a P-384 CA", make_forged_p384, WARD_E_CERT_LIMIT, 8, 131, 9 },
	{ "1000 CAs of one name without key ids", make_namesakes, WARD_E_CERT_LIMIT, 64, 200, 65 },
	{ "200 CAs of one name, the leaf names a number", make_numbered, WARD_E_NONE, 2, 2, 1 },
	{ "200 CAs of one name, all but one RSA", make_other_kind, WARD_E_NONE, 2, 2, 1 },
	{ "1000 certificates of a CA, all for one key", make_same_key, WARD_E_NONE, 4, 2048, 2 },
	{ "1000 strangers, then the intermediate", make_strangers, WARD_E_NONE, 2, 2, 1 },
	{ "3000 names, 3000 excluded names", make_constraints, WARD_E_CERT_LIMIT, 0, 20, 1 },
	{ "a URI of 60000 bytes, 3000 excluded hosts", make_long_uri, WARD_E_CERT_LIMIT, 0, 20, 1 },
	{ "480 directory names, 480 that are alike", make_directories, WARD_E_CERT_LIMIT, 0, 20,
	  1 },
	{ "4000 names, none of which is the host", make_other_hosts, WARD_E_CERT_NAME_MISMATCH, 1,
	  20, 1 },
	{ "9 policies, mapped to each other by 8 CAs", make_policy_tree, WARD_E_NONE, 9, 20, 1,
	  true },
	{ "2000 policies and mappings in each of 8 layers", make_policy_lists, WARD_E_CERT_LIMIT, 0,
	  2048, 256, true },
	{ "100 CAs with RSA 8192 and 64 bits of exponent", make_rsa_8192, WARD_E_CERT_LIMIT, 5, 131,
	  3 },
	{ "100 CAs with RSA 16384 and 64 bits of exponent", make_rsa_16384, WARD_E_KEY_UNSUPPORTED,
	  0, 200, 0 },
	{ "100 CAs with RSA 3072, exponent as long", make_long_exponent, WARD_E_KEY_UNSUPPORTED, 0,
	  200, 0 },
	{ .name = NULL },
};
