/*
 * The table of signature algorithms, and the names of key types.
 */
#include "crypto/key.h"

static const struct sig_scheme schemes[SIG_COUNT] = {
	[SIG_RSA_PKCS1_SHA256] = { SIG_KIND_PKCS1, DIGEST_SHA256, "RSA PKCS#1 with SHA-256" },
	[SIG_RSA_PKCS1_SHA384] = { SIG_KIND_PKCS1, DIGEST_SHA384, "RSA PKCS#1 with SHA-384" },
	[SIG_RSA_PKCS1_SHA512] = { SIG_KIND_PKCS1, DIGEST_SHA512, "RSA PKCS#1 with SHA-512" },
	[SIG_RSA_PSS_SHA256] = { SIG_KIND_PSS, DIGEST_SHA256, "RSA-PSS with SHA-256" },
	[SIG_RSA_PSS_SHA384] = { SIG_KIND_PSS, DIGEST_SHA384, "RSA-PSS with SHA-384" },
	[SIG_RSA_PSS_SHA512] = { SIG_KIND_PSS, DIGEST_SHA512, "RSA-PSS with SHA-512" },
	[SIG_ECDSA_SHA256] = { SIG_KIND_ECDSA, DIGEST_SHA256, "ECDSA with SHA-256" },
	[SIG_ECDSA_SHA384] = { SIG_KIND_ECDSA, DIGEST_SHA384, "ECDSA with SHA-384" },
	[SIG_ECDSA_SHA512] = { SIG_KIND_ECDSA, DIGEST_SHA512, "ECDSA with SHA-512" },
	[SIG_ED25519] = { SIG_KIND_ED25519, DIGEST_NONE, "Ed25519" },
};

const struct sig_scheme *sig_find(enum sig_alg alg)
{
	unsigned int i = (unsigned int)alg;

	return i < SIG_COUNT && schemes[i].name != NULL ? &schemes[i] : NULL;
}

bool sig_fits(enum sig_kind kind, enum key_type type)
{
	switch (kind) {
	case SIG_KIND_PKCS1:
		return type == KEY_RSA;
	case SIG_KIND_PSS:
		return type == KEY_RSA || type == KEY_RSA_PSS;
	case SIG_KIND_ECDSA:
		return type == KEY_P256 || type == KEY_P384 || type == KEY_P521;
	case SIG_KIND_ED25519:
		return type == KEY_ED25519;
	default:
		return false;
	}
}

bool sig_has_room(enum sig_alg alg, unsigned int bits)
{
	const struct sig_scheme *s = sig_find(alg);

	return s == NULL || s->kind != SIG_KIND_PSS ||
	       (bits + 6) / 8 >= 2 * digest_len(s->digest) + 2;
}

const char *key_type_name(enum key_type type)
{
	static const char *const names[] = {
		[KEY_NONE] = "none",       [KEY_RSA] = "RSA",    [KEY_RSA_PSS] = "RSA-PSS",
		[KEY_P256] = "P-256",      [KEY_P384] = "P-384", [KEY_P521] = "P-521",
		[KEY_ED25519] = "Ed25519",
	};

	return names[type];
}
