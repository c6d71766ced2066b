/*
 * The tables of cipher suites and signature schemes (RFC 9846, B.4 and 4.3.3).
 *
 * The limit of AES-GCM is that of section 5.5: 2^24.5 records of full size. ChaCha20-Poly1305 has
 * none that a sequence number reaches, and TLS 1.2 no way to change keys.
 */
#include "tls/suites.h"

#include "tls/ext/ext.h"

enum { GCM_LIMIT = 23726566 };

static const struct suite suites[] = {
	{ TLS_AES_128_GCM_SHA256, "TLS_AES_128_GCM_SHA256", AEAD_AES_128_GCM, DIGEST_SHA256,
	  GCM_LIMIT, 0x0304, SUITE_AUTH_ANY },
	{ TLS_AES_256_GCM_SHA384, "TLS_AES_256_GCM_SHA384", AEAD_AES_256_GCM, DIGEST_SHA384,
	  GCM_LIMIT, 0x0304, SUITE_AUTH_ANY },
	{ TLS_CHACHA20_POLY1305_SHA256, "TLS_CHACHA20_POLY1305_SHA256", AEAD_CHACHA20_POLY1305,
	  DIGEST_SHA256, UINT64_MAX, 0x0304, SUITE_AUTH_ANY },
	{ TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
	  AEAD_AES_128_GCM, DIGEST_SHA256, UINT64_MAX, 0x0303, SUITE_AUTH_ECDSA },
	{ TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
	  AEAD_AES_256_GCM, DIGEST_SHA384, UINT64_MAX, 0x0303, SUITE_AUTH_ECDSA },
	{ TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", AEAD_CHACHA20_POLY1305, DIGEST_SHA256,
	  UINT64_MAX, 0x0303, SUITE_AUTH_ECDSA },
	{ TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
	  AEAD_AES_128_GCM, DIGEST_SHA256, UINT64_MAX, 0x0303, SUITE_AUTH_RSA },
	{ TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
	  AEAD_AES_256_GCM, DIGEST_SHA384, UINT64_MAX, 0x0303, SUITE_AUTH_RSA },
	{ TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", AEAD_CHACHA20_POLY1305, DIGEST_SHA256,
	  UINT64_MAX, 0x0303, SUITE_AUTH_RSA },
};

static const struct scheme schemes[] = {
	{ 0x0403, "ecdsa_secp256r1_sha256", SIG_ECDSA_SHA256, KEY_P256, true },
	{ 0x0503, "ecdsa_secp384r1_sha384", SIG_ECDSA_SHA384, KEY_P384, true },
	{ 0x0603, "ecdsa_secp521r1_sha512", SIG_ECDSA_SHA512, KEY_P521, true },
	{ 0x0807, "ed25519", SIG_ED25519, KEY_ED25519, true },
	{ 0x0804, "rsa_pss_rsae_sha256", SIG_RSA_PSS_SHA256, KEY_RSA, true },
	{ 0x0805, "rsa_pss_rsae_sha384", SIG_RSA_PSS_SHA384, KEY_RSA, true },
	{ 0x0806, "rsa_pss_rsae_sha512", SIG_RSA_PSS_SHA512, KEY_RSA, true },
	{ 0x0809, "rsa_pss_pss_sha256", SIG_RSA_PSS_SHA256, KEY_RSA_PSS, true },
	{ 0x080a, "rsa_pss_pss_sha384", SIG_RSA_PSS_SHA384, KEY_RSA_PSS, true },
	{ 0x080b, "rsa_pss_pss_sha512", SIG_RSA_PSS_SHA512, KEY_RSA_PSS, true },
	{ 0x0401, "rsa_pkcs1_sha256", SIG_RSA_PKCS1_SHA256, KEY_RSA, false },
	{ 0x0501, "rsa_pkcs1_sha384", SIG_RSA_PKCS1_SHA384, KEY_RSA, false },
	{ 0x0601, "rsa_pkcs1_sha512", SIG_RSA_PKCS1_SHA512, KEY_RSA, false },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const uint16_t default_suites[] = { TLS_AES_128_GCM_SHA256,
				    TLS_AES_256_GCM_SHA384,
				    TLS_CHACHA20_POLY1305_SHA256,
				    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
				    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
				    TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
				    TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
				    TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
				    TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 };
const size_t default_suites_count = COUNT(default_suites);

const uint16_t default_groups[] = { GROUP_X25519MLKEM768, GROUP_X25519, GROUP_SECP256R1,
				    GROUP_SECP384R1 };
const size_t default_groups_count = COUNT(default_groups);

const uint16_t known_groups[] = { GROUP_X25519MLKEM768,     GROUP_SECP256R1MLKEM768,
				  GROUP_SECP384R1MLKEM1024, GROUP_X25519,
				  GROUP_SECP256R1,          GROUP_SECP384R1 };
const size_t known_groups_count = COUNT(known_groups);

const uint16_t default_schemes[] = { 0x0403, 0x0807, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806,
				     0x0809, 0x080a, 0x080b, 0x0401, 0x0501, 0x0601 };
const size_t default_schemes_count = COUNT(default_schemes);

const struct suite *suite_find(uint16_t id)
{
	for (size_t i = 0; i < COUNT(suites); i++)
		if (suites[i].id == id)
			return &suites[i];
	return NULL;
}

const struct scheme *scheme_find(uint16_t id)
{
	for (size_t i = 0; i < COUNT(schemes); i++)
		if (schemes[i].id == id)
			return &schemes[i];
	return NULL;
}

bool suites_prefer_chacha(struct span list)
{
	for (size_t i = 0; i < u16_list_count(list); i++) {
		const struct suite *first = suite_find(u16_list_at(list, i));

		if (first != NULL)
			return first->aead == AEAD_CHACHA20_POLY1305;
	}
	return false;
}

size_t suite_fixed_iv_len(const struct suite *suite)
{
	return suite->aead == AEAD_CHACHA20_POLY1305 ? AEAD_NONCE_LEN : 4;
}

static bool is_ec(enum key_type key)
{
	return key == KEY_P256 || key == KEY_P384 || key == KEY_P521;
}

bool scheme_fits(const struct scheme *scheme, enum key_type key, uint16_t version)
{
	if (version >= 0x0304)
		return scheme->signs_handshake && scheme->key == key;
	return scheme->key == key || (is_ec(scheme->key) && is_ec(key));
}

bool curve_is_listed(enum key_type key, struct span groups)
{
	enum { SECP256R1 = 23, SECP384R1, SECP521R1 };

	if (groups.len == 0)
		return true;
	switch (key) {
	case KEY_P256:
		return u16_list_has(groups, SECP256R1);
	case KEY_P384:
		return u16_list_has(groups, SECP384R1);
	case KEY_P521:
		return u16_list_has(groups, SECP521R1);
	case KEY_NONE:
	case KEY_RSA:
	case KEY_RSA_PSS:
	case KEY_ED25519:
	default:
		return true;
	}
}

enum suite_auth suite_auth_of(enum key_type key)
{
	if (is_ec(key) || key == KEY_ED25519)
		return SUITE_AUTH_ECDSA;
	return key == KEY_RSA || key == KEY_RSA_PSS ? SUITE_AUTH_RSA : SUITE_AUTH_ANY;
}

uint16_t scheme_of_cert(enum sig_alg alg, enum key_type issuer_key)
{
	for (size_t i = 0; i < COUNT(schemes); i++)
		if (schemes[i].alg == alg &&
		    (issuer_key == KEY_NONE || schemes[i].key == issuer_key))
			return schemes[i].id;
	return 0;
}
