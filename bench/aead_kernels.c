/*
 * What sealing and opening one record costs, in ns: each AES-GCM kernel beside libcrypto's EVP with
 * a context that is keyed once and kept.
 *
 * A record is one of TLS 1.3: 5 bytes of header as associated data, the plaintext, one byte of
 * content type. Each figure is the best of many short runs. Opening is timed with the copy of the
 * ciphertext that it needs, as it happens in place; the line "copy" says how much that is.
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/native/gcm.h"
#include "support/clock.h"

enum { ROUNDS = 60, RECORD_ROOM = 16384 + 64 };

static const size_t sizes[] = { 0, 100, 250, 512, 1024, 1400, 4096, 16384 };
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

struct subject {
	const char *name;
	bool (*seal)(struct subject *s, size_t len);
	bool (*open)(struct subject *s, size_t len);
	const struct aead_ops *ops;
	void *state;
	EVP_CIPHER_CTX *sealer, *opener;
};

static uint8_t plain[RECORD_ROOM], record[RECORD_ROOM], kept[RECORD_ROOM];
static const uint8_t key[AEAD_KEY_MAX] = { 1, 2, 3 }, nonce[AEAD_NONCE_LEN] = { 4, 5, 6 };
static const uint8_t content_type[1] = { 23 }, header[5] = { 23, 3, 3, 1, 1 };

static bool native_seal(struct subject *s, size_t len)
{
	return s->ops->seal(s->state, nonce, SPAN_ARRAY(header), span_make(plain, len),
			    SPAN_ARRAY(content_type), record, NULL);
}

static bool native_open(struct subject *s, size_t len)
{
	memcpy(record, kept, len + 17);
	return s->ops->open(s->state, nonce, SPAN_ARRAY(header), record, len + 17, NULL);
}

static bool evp_seal(struct subject *s, size_t len)
{
	int n;

	return EVP_EncryptInit_ex(s->sealer, NULL, NULL, NULL, nonce) == 1 &&
	       EVP_EncryptUpdate(s->sealer, NULL, &n, header, sizeof(header)) == 1 &&
	       EVP_EncryptUpdate(s->sealer, record, &n, plain, (int)len) == 1 &&
	       EVP_EncryptUpdate(s->sealer, record + len, &n, content_type, 1) == 1 &&
	       EVP_EncryptFinal_ex(s->sealer, record + len + 1, &n) == 1 &&
	       EVP_CIPHER_CTX_ctrl(s->sealer, EVP_CTRL_AEAD_GET_TAG, 16, record + len + 1) == 1;
}

static bool evp_open(struct subject *s, size_t len)
{
	int n;

	memcpy(record, kept, len + 17);
	return EVP_DecryptInit_ex(s->opener, NULL, NULL, NULL, nonce) == 1 &&
	       EVP_CIPHER_CTX_ctrl(s->opener, EVP_CTRL_AEAD_SET_TAG, 16, record + len + 1) == 1 &&
	       EVP_DecryptUpdate(s->opener, NULL, &n, header, sizeof(header)) == 1 &&
	       EVP_DecryptUpdate(s->opener, record, &n, record, (int)len + 1) == 1 &&
	       EVP_DecryptFinal_ex(s->opener, record + len + 1, &n) == 1;
}

static bool copy_only(struct subject *s, size_t len)
{
	(void)s;
	memcpy(record, kept, len + 17);
	return true;
}

static double measure(struct subject *s, bool (*call)(struct subject *, size_t), size_t len)
{
	const int calls = len > 4000 ? 100 : 1000;
	double best = 0;

	for (int r = 0; r < ROUNDS; r++) {
		double start = clock_wall();

		for (int i = 0; i < calls; i++) {
			if (!call(s, len)) {
				fprintf(stderr, "%s failed at %zu bytes\n", s->name, len);
				exit(1);
			}
		}
		best = best_of(best, (clock_wall() - start) / calls);
	}
	return best;
}

static void print_row(struct subject *s, const char *what, bool (*call)(struct subject *, size_t))
{
	double ns[SIZES];

	for (size_t i = 0; i < SIZES; i++) {
		if (s->seal != NULL) {
			if (!s->seal(s, sizes[i]))
				exit(1);
			memcpy(kept, record, sizes[i] + 17);
		}
		ns[i] = measure(s, call, sizes[i]);
	}
	printf("%-20s %-5s", s->name, what);
	for (size_t i = 0; i < SIZES; i++)
		printf(" %7.0f", ns[i]);
	printf("\n");
}

static void print_subject(struct subject *s)
{
	print_row(s, "seal", s->seal);
	print_row(s, "open", s->open);
}

static void print_native(enum gcm_kernel kernel, enum aead_alg alg)
{
	struct subject s = { .seal = native_seal, .open = native_open };

	s.ops = aead_native_gcm_kernel(kernel);
	if (s.ops == NULL)
		return;
	s.name = s.ops->name;
	s.state = malloc(s.ops->state_len(alg));
	if (s.state == NULL || !s.ops->init(s.state, alg, key, NULL))
		exit(1);
	print_subject(&s);
	s.ops->clear(s.state);
	free(s.state);
}

static void print_libcrypto(const EVP_CIPHER *cipher)
{
	struct subject s = { .name = "libcrypto", .seal = evp_seal, .open = evp_open };

	s.sealer = EVP_CIPHER_CTX_new();
	s.opener = EVP_CIPHER_CTX_new();
	if (EVP_EncryptInit_ex(s.sealer, cipher, NULL, key, nonce) != 1 ||
	    EVP_DecryptInit_ex(s.opener, cipher, NULL, key, nonce) != 1)
		exit(1);
	print_subject(&s);
	EVP_CIPHER_CTX_free(s.sealer);
	EVP_CIPHER_CTX_free(s.opener);
}

static void print_cipher(const char *name, enum aead_alg alg, const EVP_CIPHER *cipher)
{
	struct subject copy = { .name = "copy" };

	printf("\n%-26s", name);
	for (size_t i = 0; i < SIZES; i++)
		printf(" %7zu", sizes[i]);
	printf("\n");
	print_libcrypto(cipher);
	for (int k = GCM_AESNI; k <= GCM_VAES512; k++)
		print_native((enum gcm_kernel)k, alg);
	print_row(&copy, "", copy_only);
}

int main(void)
{
	printf("ns per record by bytes of plaintext; %s\n", OpenSSL_version(OPENSSL_VERSION));
	print_cipher("AES-128-GCM", AEAD_AES_128_GCM, EVP_aes_128_gcm());
	print_cipher("AES-256-GCM", AEAD_AES_256_GCM, EVP_aes_256_gcm());
	return 0;
}
