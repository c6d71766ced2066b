/*
 * Encryption by a passphrase: PBES2 (RFC 8018, 6.2) with PBKDF2 or scrypt (RFC 7914, 7), and what
 * was before (RFC 8018, 6.1; RFC 7292, appendix C).
 *
 * Who wrote a file says how often a passphrase is hashed. That is added up and checked before
 * libcrypto sees it: a file from outside costs seconds at most, however many parts of it are
 * encrypted.
 */
#include "crypto/pbe.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include "wire/der.h"

enum {
	SCRYPT_MEMORY_MAX = 32 << 20, /* libcrypto's own limit, which it does not name */
	KEY_LENGTH_MAX = 64,          /* no cipher or MAC has more; each block costs all rounds */
	NUMBER_MAX = 0x7fffffff,
};

#define OID_PBES2 SPAN_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d")
#define OID_PBMAC1 SPAN_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0e") /* the same shape */
#define OID_PBKDF2 SPAN_LITERAL("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c")
#define OID_SCRYPT SPAN_LITERAL("\x2b\x06\x01\x04\x01\xda\x47\x04\x0b")

bool pbe_spend(uint64_t rounds, uint64_t *spent, struct ward_error *err)
{
	*spent = rounds > UINT64_MAX - *spent ? UINT64_MAX : *spent + rounds;
	return *spent <= PBE_ITERATIONS_MAX ||
	       FAILF(err, KEY_UNSUPPORTED, "its passphrase is hashed %llu times; %d at most",
		     (unsigned long long)*spent, PBE_ITERATIONS_MAX);
}

/*
 * scrypt-params ::= SEQUENCE { salt, costParameter, blockSize, parallelizationParameter, … }
 * A block mixed, of which it does N r p, takes about as long as a round of PBKDF2.
 */
static bool check_scrypt(struct reader *kdf, uint64_t *spent, struct ward_error *err)
{
	struct reader params = der_open(kdf, DER_SEQUENCE);
	uint64_t n, r, p;

	der_element(&params, DER_OCTET_STRING);
	n = der_small(&params, NUMBER_MAX);
	r = der_small(&params, NUMBER_MAX);
	p = der_small(&params, NUMBER_MAX);
	if (reader_failed(kdf))
		return true;
	if (r > SCRYPT_MEMORY_MAX / 128 || n + p + 2 > SCRYPT_MEMORY_MAX / 128 / (r > 0 ? r : 1))
		return FAILF(err, KEY_UNSUPPORTED, "its scrypt takes more than %d MiB of memory",
			     SCRYPT_MEMORY_MAX >> 20);
	return pbe_spend(n * r * p, spent, err);
}

/*
 * SEQUENCE { salt, iterationCount INTEGER, keyLength INTEGER OPTIONAL, … }: PBKDF2's, and PBES1's
 * without what is optional.
 */
static bool check_iterated(struct reader *r, uint64_t *spent, struct ward_error *err)
{
	struct reader params = der_open(r, DER_SEQUENCE);
	uint64_t count, length = 0;
	int tag;

	der_any(&params, &tag);
	count = der_small(&params, NUMBER_MAX);
	if (der_peek(&params) == DER_INTEGER)
		length = der_small(&params, NUMBER_MAX);
	if (reader_failed(r))
		return true;
	if (length > KEY_LENGTH_MAX)
		return FAILF(err, KEY_UNSUPPORTED, "its passphrase gives a key of %llu bytes",
			     (unsigned long long)length);
	return pbe_spend(count, spent, err);
}

static bool check_kdf(struct reader *alg, uint64_t *spent, struct ward_error *err)
{
	struct reader params = der_open(alg, DER_SEQUENCE);
	struct reader kdf = der_open(&params, DER_SEQUENCE);
	struct span oid = der_element(&kdf, DER_OID);

	if (span_equal(oid, OID_PBKDF2))
		return check_iterated(&kdf, spent, err);
	if (span_equal(oid, OID_SCRYPT))
		return check_scrypt(&kdf, spent, err);
	return reader_failed(alg) ||
	       FAILF(err, KEY_UNSUPPORTED, "its passphrase is hashed in an unknown way");
}

static bool check_der(struct span der, uint64_t *spent, bool *old, struct ward_error *err)
{
	struct ward_error own = ERROR_NONE;
	struct reader r = reader_make(der, &own);
	struct reader alg = der_open(&r, DER_SEQUENCE);
	struct span oid = der_element(&alg, DER_OID);
	bool ok;

	*old = !span_equal(oid, OID_PBES2) && !span_equal(oid, OID_PBMAC1);
	ok = *old ? check_iterated(&alg, spent, err) : check_kdf(&alg, spent, err);
	if (!ok)
		return false;
	return !error_is_set(&own) ||
	       FAILF(err, KEY_UNSUPPORTED, "it is encrypted in an unknown way");
}

bool pbe_check(const X509_ALGOR *alg, uint64_t *spent, bool *old, struct ward_error *err)
{
	unsigned char *der = NULL;
	int len = i2d_X509_ALGOR(alg, &der);
	bool ok;

	if (len <= 0)
		return libcrypto_fail(err, "AlgorithmIdentifier");
	ok = check_der(span_make(der, (size_t)len), spent, old, err);
	OPENSSL_free(der);
	return ok;
}

/* The two that race both make one; the second is dropped. */
OSSL_LIB_CTX *pbe_context(bool old)
{
	static _Atomic(OSSL_LIB_CTX *) kept;
	OSSL_LIB_CTX *known = old ? atomic_load(&kept) : NULL;
	OSSL_LIB_CTX *made;

	if (!old || known != NULL)
		return known;
	made = OSSL_LIB_CTX_new();
	if (made == NULL)
		return NULL;
	OSSL_PROVIDER_load(made, "default");
	OSSL_PROVIDER_load(made, "legacy"); /* may not be installed: then pbe_fail tells */
	if (atomic_compare_exchange_strong(&kept, &known, made))
		return made;
	OSSL_LIB_CTX_free(made);
	return known;
}

/* What libcrypto says about algorithms that it has not. */
static bool is_unsupported(unsigned long code)
{
	int reason = ERR_GET_REASON(code);

	if (reason == ERR_R_UNSUPPORTED)
		return true;
	return ERR_GET_LIB(code) == ERR_LIB_EVP &&
	       (reason == EVP_R_UNSUPPORTED_ALGORITHM || reason == EVP_R_UNKNOWN_PBE_ALGORITHM ||
		reason == EVP_R_UNKNOWN_CIPHER || reason == EVP_R_UNSUPPORTED_CIPHER ||
		reason == EVP_R_UNSUPPORTED_PRF ||
		reason == EVP_R_UNSUPPORTED_KEY_DERIVATION_FUNCTION);
}

/* Between the mark and here are the errors of one operation; whoever set the mark drops them. */
bool pbe_fail(struct ward_error *err)
{
	bool unsupported =
		is_unsupported(ERR_peek_last_error()) || is_unsupported(ERR_peek_error());

	if (unsupported)
		return FAILF(err, KEY_UNSUPPORTED,
			     "libcrypto lacks what it is encrypted with; old files need its legacy "
			     "provider");
	return FAIL(err, PASSPHRASE_WRONG);
}

X509_ALGOR *pbe_algorithm(struct ward_error *err)
{
	X509_ALGOR *alg = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), PBE_ITERATIONS, NULL, PBE_SALT_LEN,
					    NULL, NID_hmacWithSHA256);

	if (alg == NULL)
		libcrypto_fail(err, "PBES2");
	return alg;
}
