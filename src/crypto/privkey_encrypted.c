/*
 * Private keys under a passphrase: EncryptedPrivateKeyInfo (RFC 5958, 3), and the PEM that OpenSSL
 * wrote before it, whose headers (RFC 1421) name the cipher.
 *
 * The plain key exists in memory of libcrypto's that is wiped when it is freed.
 */
#include <stdlib.h>

#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include "crypto/pbe.h"

enum { PASSPHRASE_MAX = 1024 };

static bool check_passphrase(struct span passphrase, struct ward_error *err)
{
	return passphrase.len <= PASSPHRASE_MAX ||
	       FAILF(err, BAD_ARGUMENT, "a passphrase of more than %d bytes", PASSPHRASE_MAX);
}

/* An empty passphrase is one, too: libcrypto must not take NULL for none at all. */
static const char *passphrase_text(struct span passphrase)
{
	return passphrase.len == 0 ? "" : (const char *)passphrase.data;
}

static EVP_PKEY *decrypt(const X509_SIG *sig, struct span passphrase, struct ward_error *err)
{
	const X509_ALGOR *alg = NULL;
	PKCS8_PRIV_KEY_INFO *info;
	EVP_PKEY *pkey;
	uint64_t spent = 0;
	bool old;

	X509_SIG_get0(sig, &alg, NULL);
	if (!pbe_check(alg, &spent, &old, err))
		return NULL;
	info = PKCS8_decrypt_ex(sig, passphrase_text(passphrase), (int)passphrase.len,
				pbe_context(old), NULL);
	if (info == NULL) {
		pbe_fail(err);
		return NULL;
	}
	pkey = EVP_PKCS82PKEY(info);
	PKCS8_PRIV_KEY_INFO_free(info);
	if (pkey == NULL)
		FAILF(err, BAD_KEY, "a private key that libcrypto cannot read");
	return pkey;
}

struct privkey *privkey_decrypt(struct span der, struct span passphrase, struct ward_error *err)
{
	const unsigned char *at = der.data;
	X509_SIG *sig = d2i_X509_SIG(NULL, &at, (long)der.len);
	EVP_PKEY *pkey = NULL;

	if (sig == NULL)
		FAILF(err, BAD_KEY, "an encrypted private key that libcrypto cannot read");
	else if (check_passphrase(passphrase, err))
		pkey = decrypt(sig, passphrase, err);
	X509_SIG_free(sig);
	return pkey == NULL ? NULL : privkey_take(pkey, err);
}

static int give_passphrase(char *buf, int size, int writing, void *arg)
{
	const struct span *passphrase = arg;

	(void)writing;
	if (size < 0 || passphrase->len > (size_t)size)
		return -1;
	bytes_copy(buf, passphrase->data, passphrase->len);
	return (int)passphrase->len;
}

struct privkey *privkey_decrypt_pem(struct span text, struct span passphrase,
				    struct ward_error *err)
{
	BIO *bio = text.len > INT_MAX ? NULL : BIO_new_mem_buf(text.data, (int)text.len);
	EVP_PKEY *pkey = NULL;

	if (bio == NULL)
		FAIL(err, NO_MEMORY);
	else if (check_passphrase(passphrase, err)) {
		pkey = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, &passphrase);
		if (pkey == NULL)
			pbe_fail(err);
	}
	BIO_free(bio);
	return pkey == NULL ? NULL : privkey_take(pkey, err);
}

/* ---- writing ---- */

static X509_SIG *encrypt(const struct privkey *k, struct span passphrase, struct ward_error *err)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(k->pkey);
	X509_ALGOR *alg = info == NULL ? NULL : pbe_algorithm(err);
	X509_SIG *sig = NULL;

	if (alg != NULL)
		sig = PKCS8_set0_pbe(passphrase_text(passphrase), (int)passphrase.len, info, alg);
	if (alg != NULL && sig == NULL)
		X509_ALGOR_free(alg);
	if (sig == NULL)
		libcrypto_fail(err, "encrypting a key");
	PKCS8_PRIV_KEY_INFO_free(info);
	return sig;
}

bool privkey_encrypt(const struct privkey *k, struct span passphrase, uint8_t **der, size_t *len,
		     struct ward_error *err)
{
	X509_SIG *sig = NULL;
	uint8_t *at;
	int n;

	if (!check_passphrase(passphrase, err))
		return false;
	libcrypto_errors_mark();
	sig = encrypt(k, passphrase, err);
	libcrypto_errors_drop();
	if (sig == NULL)
		return false;
	n = i2d_X509_SIG(sig, NULL);
	*der = n > 0 ? malloc((size_t)n) : NULL;
	at = *der;
	if (at != NULL)
		*len = (size_t)i2d_X509_SIG(sig, &at);
	X509_SIG_free(sig);
	return at != NULL || FAIL(err, NO_MEMORY);
}
