/*
 * The names of numbers: those of IANA's registries, none twice, GREASE by its own name.
 */
#include "tls/names.h"

#include <ward/tls.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/table.h"
#include "tls/ext/ext.h"
#include "tls/msg/msg.h"

typedef const char *lookup(uint16_t number);

static const struct registry_row {
	const char *name;
	lookup *find;
	int count; /* of numbers with a name, GREASE left out */
	bool grease;
} registries[] = {
	{ "cipher suites", names_cipher_suite, 93, true },
	{ "groups", names_group, 27, true },
	{ "signature schemes", names_signature_scheme, 31, true },
	{ "versions", names_version, 9, true },
	{ "compressions of certificates", names_certificate_compression, 3, false },
	{ "types of certificates", names_certificate_type, 3, false },
	{ "requests of KeyUpdate", names_key_update_request, 2, false },
	{ "types of names", names_name_type, 1, false },
	{ "point formats", names_point_format, 3, false },
	{ "modes of pre-shared keys", names_psk_key_exchange_mode, 2, false },
	{ "types of status", names_status_type, 2, false },
};

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* No name stands for two numbers, and none holds what a terminal would obey. */
static void test_registry(void **state)
{
	const struct registry_row *row = *state;
	const char *found[512];
	int count = 0, grease = 0;

	for (unsigned int number = 0; number <= 0xffff; number++) {
		const char *text = row->find((uint16_t)number);

		if (text == NULL)
			continue;
		if (strcmp(text, "GREASE") == 0) {
			assert_true(is_grease((uint16_t)number));
			grease++;
			continue;
		}
		for (const char *c = text; *c != '\0'; c++)
			assert_in_range(*c, 0x20, 0x7e);
		assert_true(count < 512);
		found[count++] = text;
	}
	assert_int_equal(grease, row->grease ? 16 : 0);
	assert_int_equal(count, row->count);
	qsort(found, (size_t)count, sizeof(found[0]), compare);
	for (int i = 1; i < count; i++)
		assert_string_not_equal(found[i - 1], found[i]);
}

/* Taken from the registries, and not from the tables. */
static const struct name_row {
	const char *name;
	lookup *find;
	uint16_t number;
} names[] = {
	{ "TLS_AES_128_GCM_SHA256", names_cipher_suite, 0x1301 },
	{ "TLS_AES_256_GCM_SHA384", names_cipher_suite, 0x1302 },
	{ "TLS_CHACHA20_POLY1305_SHA256", names_cipher_suite, 0x1303 },
	{ "TLS_AES_128_CCM_SHA256", names_cipher_suite, 0x1304 },
	{ "TLS_AES_128_CCM_8_SHA256", names_cipher_suite, 0x1305 },
	{ "TLS_EMPTY_RENEGOTIATION_INFO_SCSV", names_cipher_suite, 0x00ff },
	{ "TLS_FALLBACK_SCSV", names_cipher_suite, 0x5600 },
	{ "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", names_cipher_suite, 0xc02b },
	{ "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", names_cipher_suite, 0xc030 },
	{ "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", names_cipher_suite, 0xcca8 },
	{ "TLS_RSA_WITH_AES_128_CBC_SHA", names_cipher_suite, 0x002f },
	{ "TLS_RSA_WITH_3DES_EDE_CBC_SHA", names_cipher_suite, 0x000a },
	{ "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", names_cipher_suite, 0x009e },
	{ "x25519", names_group, 29 },
	{ "x448", names_group, 30 },
	{ "secp256r1", names_group, 23 },
	{ "secp384r1", names_group, 24 },
	{ "secp521r1", names_group, 25 },
	{ "ffdhe2048", names_group, 256 },
	{ "X25519MLKEM768", names_group, 4588 },
	{ "SecP256r1MLKEM768", names_group, 4587 },
	{ "MLKEM1024", names_group, 514 },
	{ "rsa_pkcs1_sha256", names_signature_scheme, 0x0401 },
	{ "ecdsa_secp256r1_sha256", names_signature_scheme, 0x0403 },
	{ "ecdsa_secp384r1_sha384", names_signature_scheme, 0x0503 },
	{ "ecdsa_secp521r1_sha512", names_signature_scheme, 0x0603 },
	{ "rsa_pss_rsae_sha256", names_signature_scheme, 0x0804 },
	{ "rsa_pss_rsae_sha384", names_signature_scheme, 0x0805 },
	{ "rsa_pss_rsae_sha512", names_signature_scheme, 0x0806 },
	{ "ed25519", names_signature_scheme, 0x0807 },
	{ "ed448", names_signature_scheme, 0x0808 },
	{ "rsa_pss_pss_sha512", names_signature_scheme, 0x080b },
	{ "rsa_pkcs1_sha1", names_signature_scheme, 0x0201 },
	{ "ecdsa_sha1", names_signature_scheme, 0x0203 },
	{ "mldsa65", names_signature_scheme, 0x0905 },
	{ "TLS 1.3", names_version, 0x0304 },
	{ "TLS 1.2", names_version, 0x0303 },
	{ "SSL 3.0", names_version, 0x0300 },
	{ "brotli", names_certificate_compression, 2 },
	{ "RawPublicKey", names_certificate_type, 2 },
	{ "update_requested", names_key_update_request, 1 },
	{ "host_name", names_name_type, 0 },
	{ "uncompressed", names_point_format, 0 },
	{ "psk_dhe_ke", names_psk_key_exchange_mode, 1 },
	{ "ocsp", names_status_type, 1 },
};

static void test_name(void **state)
{
	const struct name_row *row = *state;

	assert_string_equal(row->find(row->number), row->name);
}

static void test_public_names(void **state)
{
	(void)state;
	assert_string_equal(ward_message_name(HT_KEY_UPDATE), "KeyUpdate");
	assert_string_equal(ward_message_name(HT_MESSAGE_HASH), "message_hash");
	assert_string_equal(ward_message_name(3), "unknown");
	assert_string_equal(ward_message_name(-1), "unknown");
	assert_string_equal(ward_extension_name(EXT_KEY_SHARE), "key_share");
	assert_string_equal(ward_extension_name(EXT_ENCRYPTED_CLIENT_HELLO),
			    "encrypted_client_hello");
	assert_string_equal(ward_extension_name(0x1234), "unknown");
}

int main(void)
{
	static struct table t;

	TABLE_ADD(&t, registries, test_registry);
	TABLE_ADD(&t, names, test_name);
	table_add(&t, "names of messages and extensions", test_public_names, NULL);
	return table_run(&t, "names");
}
