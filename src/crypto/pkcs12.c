/*
 * PKCS#12 through libcrypto: files of this kind come in BER and in schemes thirty years old, and are
 * read once in their life.
 *
 * Every count of rounds is looked at before libcrypto hashes anything, those that stand inside of
 * what was decrypted, too: their sum is limited. Certificates come out as DER, to be parsed by our
 * own parser.
 */
#include "crypto/pkcs12.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/pkcs12.h>

#include "crypto/pbe.h"
#include "crypto/pkcs12_tell.h"
#include "wire/der.h"

enum {
	DEPTH_MAX = 3, /* of SafeContents in SafeContents */
	BAGS_MAX = 4096,
	ROUNDS = 100000, /* what is written: the MAC and two encryptions */
};

struct reading {
	struct pkcs12 *out;
	const char *passphrase;
	int passphrase_len;
	size_t bags;
	uint64_t spent; /* rounds of hashing, of the MAC and all parts */
	FILE *told;     /* NULL: nobody is told */
	struct ward_error *err;
};

bool pkcs12_detect(struct span der)
{
	/* The length is not looked at: it may be of indefinite form. */
	static const uint8_t version[] = { 0x02, 0x01, 0x03, 0x30 };

	if (der.len < 16 || der.data[0] != DER_SEQUENCE)
		return false;
	for (size_t i = 2; i < 8; i++)
		if (span_equal(span_make(der.data + i, sizeof(version)), SPAN_ARRAY(version)))
			return true;
	return false;
}

/* As far as there is memory: it is for people. */
static void copy_string(const ASN1_TYPE *type, int wanted, uint8_t **bytes, size_t *len)
{
	const ASN1_STRING *string;

	if (type == NULL || type->type != wanted || type->value.asn1_string->length <= 0)
		return;
	string = type->value.asn1_string;
	*bytes = malloc((size_t)string->length);
	*len = *bytes == NULL ? 0 : (size_t)string->length;
	bytes_copy(*bytes, string->data, *len);
}

static int place_of(const STACK_OF(X509_ATTRIBUTE) * attributes, int nid)
{
	return attributes == NULL ? -1 : X509at_get_attr_by_NID(attributes, nid, -1);
}

/* What stands beside it. */
static struct pkcs12_bag read_attributes(PKCS12_SAFEBAG *bag)
{
	const STACK_OF(X509_ATTRIBUTE) *all = PKCS12_SAFEBAG_get0_attrs(bag);
	struct pkcs12_bag out = { 0 };

	copy_string(PKCS12_SAFEBAG_get0_attr(bag, NID_friendlyName), V_ASN1_BMPSTRING, &out.name,
		    &out.name_len);
	copy_string(PKCS12_SAFEBAG_get0_attr(bag, NID_localKeyID), V_ASN1_OCTET_STRING, &out.key_id,
		    &out.key_id_len);
	out.key_id_first = place_of(all, NID_localKeyID) < place_of(all, NID_friendlyName);
	return out;
}

static void clear_attributes(struct pkcs12_bag *bag)
{
	free(bag->name);
	free(bag->key_id);
	*bag = (struct pkcs12_bag){ 0 };
}

static bool add_cert(struct reading *r, PKCS12_SAFEBAG *bag)
{
	X509 *cert = PKCS12_SAFEBAG_get1_cert(bag);
	struct pkcs12 *p = r->out;
	struct pkcs12_cert *grown;
	unsigned char *at;
	int len;

	if (cert == NULL)
		return true; /* an SDSI certificate, or none at all */
	len = i2d_X509(cert, NULL);
	grown = reallocarray(p->certs, p->count + 1, sizeof(*grown));
	if (grown != NULL)
		p->certs = grown;
	at = grown == NULL || len <= 0 ? NULL : malloc((size_t)len);
	if (at != NULL) {
		p->certs[p->count++] =
			(struct pkcs12_cert){ at, (size_t)len, read_attributes(bag) };
		i2d_X509(cert, &at);
	}
	X509_free(cert);
	return at != NULL || FAIL(r->err, NO_MEMORY);
}

static bool add_key(struct reading *r, const PKCS8_PRIV_KEY_INFO *info)
{
	EVP_PKEY *pkey = r->out->key == NULL ? EVP_PKCS82PKEY(info) : NULL;

	if (r->out->key != NULL)
		return true;
	if (pkey == NULL)
		return FAILF(r->err, BAD_KEY, "a private key that libcrypto cannot read");
	r->out->key = privkey_take(pkey, r->err);
	return r->out->key != NULL;
}

static bool add_shrouded(struct reading *r, const X509_SIG *sig)
{
	const X509_ALGOR *alg = NULL;
	PKCS8_PRIV_KEY_INFO *info;
	bool old, ok;

	if (r->out->key != NULL)
		return true; /* one is enough: the others need not be decrypted */
	X509_SIG_get0(sig, &alg, NULL);
	if (!pbe_check(alg, &r->spent, &old, r->err))
		return false;
	info = PKCS8_decrypt_ex(sig, r->passphrase, r->passphrase_len, pbe_context(old), NULL);
	if (info == NULL)
		return pbe_fail(r->err);
	ok = add_key(r, info);
	PKCS8_PRIV_KEY_INFO_free(info);
	return ok;
}

static bool add_bags(struct reading *r, const STACK_OF(PKCS12_SAFEBAG) * bags, int depth);

static void tell(const struct reading *r, const char *line)
{
	if (r->told != NULL)
		fprintf(r->told, "%s\n", line);
}

static void tell_cipher(const struct reading *r, const char *what, const X509_ALGOR *alg)
{
	if (r->told != NULL)
		pkcs12_tell_cipher(r->told, what, alg);
}

static void tell_bag(const struct reading *r, const PKCS12_SAFEBAG *bag)
{
	const X509_ALGOR *alg = NULL;

	switch (PKCS12_SAFEBAG_get_nid(bag)) {
	case NID_keyBag:
		tell(r, "Key bag");
		break;
	case NID_pkcs8ShroudedKeyBag:
		X509_SIG_get0(PKCS12_SAFEBAG_get0_pkcs8(bag), &alg, NULL);
		tell_cipher(r, "Shrouded Keybag", alg);
		break;
	case NID_certBag:
		tell(r, "Certificate bag");
		break;
	case NID_secretBag:
		tell(r, "Secret bag");
		break;
	case NID_safeContentsBag:
		tell(r, "Safe Contents bag");
		break;
	default:
		tell(r, "Warning unsupported bag type");
	}
}

/* The first key's place and attributes. */
static void note_key(struct pkcs12 *p, PKCS12_SAFEBAG *bag)
{
	if (p->key != NULL)
		return;
	p->key_place = p->count;
	clear_attributes(&p->key_bag);
	p->key_bag = read_attributes(bag);
}

static bool add_bag(struct reading *r, PKCS12_SAFEBAG *bag, int depth)
{
	if (++r->bags > BAGS_MAX || r->out->count >= PKCS12_CERTS_MAX)
		return FAILF(r->err, BAD_PKCS12, "it holds too much");
	tell_bag(r, bag);
	switch (PKCS12_SAFEBAG_get_nid(bag)) {
	case NID_keyBag:
		note_key(r->out, bag);
		return add_key(r, PKCS12_SAFEBAG_get0_p8inf(bag));
	case NID_pkcs8ShroudedKeyBag:
		note_key(r->out, bag);
		return add_shrouded(r, PKCS12_SAFEBAG_get0_pkcs8(bag));
	case NID_certBag:
		return add_cert(r, bag);
	case NID_safeContentsBag:
		return add_bags(r, PKCS12_SAFEBAG_get0_safes(bag), depth + 1);
	default:
		return true; /* CRLs and secrets */
	}
}

static bool add_bags(struct reading *r, const STACK_OF(PKCS12_SAFEBAG) * bags, int depth)
{
	if (depth > DEPTH_MAX)
		return FAILF(r->err, BAD_PKCS12, "it is nested too deeply");
	for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); i++)
		if (!add_bag(r, sk_PKCS12_SAFEBAG_value(bags, i), depth))
			return false;
	return true;
}

static STACK_OF(PKCS12_SAFEBAG) * decrypt(struct reading *r, const PKCS7 *p7)
{
	const PKCS7_ENC_CONTENT *content =
		p7->d.encrypted == NULL ? NULL : p7->d.encrypted->enc_data;
	STACK_OF(PKCS12_SAFEBAG) * bags;
	bool old;

	if (content == NULL || content->enc_data == NULL) {
		FAILF(r->err, BAD_PKCS12, "encrypted data without content");
		return NULL;
	}
	tell_cipher(r, "PKCS7 Encrypted data", content->algorithm);
	if (!pbe_check(content->algorithm, &r->spent, &old, r->err))
		return NULL;
	bags = PKCS12_item_decrypt_d2i_ex(content->algorithm, ASN1_ITEM_rptr(PKCS12_SAFEBAGS),
					  r->passphrase, r->passphrase_len, content->enc_data, 1,
					  pbe_context(old), NULL);
	if (bags == NULL)
		pbe_fail(r->err);
	return bags;
}

static bool add_safe(struct reading *r, PKCS7 *p7)
{
	STACK_OF(PKCS12_SAFEBAG) *bags = NULL;
	bool ok;

	if (PKCS7_type_is_data(p7)) {
		tell(r, "PKCS7 Data");
		bags = PKCS12_unpack_p7data(p7);
		if (bags == NULL)
			return FAILF(r->err, BAD_PKCS12, "a part cannot be read");
	} else if (PKCS7_type_is_encrypted(p7)) {
		bags = decrypt(r, p7);
		if (bags == NULL)
			return false;
	} else {
		return FAILF(r->err, KEY_UNSUPPORTED, "a PKCS#12 file for a public key");
	}
	ok = add_bags(r, bags, 0);
	sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
	return ok;
}

static bool add_safes(struct reading *r, const PKCS12 *p12)
{
	STACK_OF(PKCS7) *safes = PKCS12_unpack_authsafes(p12);
	bool ok = safes != NULL || FAILF(r->err, BAD_PKCS12, "its contents cannot be read");

	for (int i = 0; ok && i < sk_PKCS7_num(safes); i++)
		ok = add_safe(r, sk_PKCS7_value(safes, i));
	sk_PKCS7_pop_free(safes, PKCS7_free);
	return ok;
}

/* How much work the MAC asks for: its own count, or that of PBMAC1 (RFC 9579). */
static bool check_mac_work(struct reading *r, const PKCS12 *p12)
{
	const ASN1_INTEGER *count = NULL;
	const X509_ALGOR *alg = NULL;
	uint64_t rounds = 1;
	int type = V_ASN1_UNDEF;
	bool old;

	PKCS12_get0_mac(NULL, &alg, NULL, &count, p12);
	if (count != NULL && ASN1_INTEGER_get_uint64(&rounds, count) != 1)
		return FAILF(r->err, BAD_PKCS12, "the count of rounds of its MAC");
	if (!pbe_spend(rounds, &r->spent, r->err))
		return false;
	X509_ALGOR_get0(NULL, &type, NULL, alg);
	return type != V_ASN1_SEQUENCE || pbe_check(alg, &r->spent, &old, r->err);
}

/* No passphrase is written in two ways: as an empty string, and as none at all. */
static bool check_mac(struct reading *r, PKCS12 *p12)
{
	if (!PKCS12_mac_present(p12))
		return true;
	if (!check_mac_work(r, p12))
		return false;
	if (PKCS12_verify_mac(p12, r->passphrase, r->passphrase_len) == 1)
		return true;
	if (r->passphrase_len > 0 || PKCS12_verify_mac(p12, NULL, 0) != 1)
		return pbe_fail(r->err);
	r->passphrase = NULL;
	return true;
}

bool pkcs12_read(struct span der, struct span passphrase, struct pkcs12 *out,
		 struct ward_error *err)
{
	const unsigned char *at = der.data;
	struct ward_error own = ERROR_NONE;
	struct reading r = { .out = out,
			     .passphrase = passphrase.len == 0 ? "" : (const char *)passphrase.data,
			     .passphrase_len = (int)passphrase.len,
			     .err = &own };
	size_t told_len;
	PKCS12 *p12;

	*out = (struct pkcs12){ 0 };
	if (der.len > LONG_MAX || passphrase.len > 1024)
		return FAILF(err, BAD_ARGUMENT, "a passphrase of more than 1024 bytes");
	if (!crypto_init(err))
		return false;
	libcrypto_errors_mark();
	r.told = open_memstream(&out->told, &told_len);
	p12 = d2i_PKCS12(NULL, &at, (long)der.len);
	if (p12 != NULL && r.told != NULL)
		pkcs12_tell_mac(r.told, p12);
	if (p12 == NULL)
		FAIL(&own, BAD_PKCS12);
	else if (check_mac(&r, p12))
		(void)add_safes(&r, p12);
	PKCS12_free(p12);
	if (r.told != NULL)
		fclose(r.told);
	libcrypto_errors_drop();
	return !error_is_set(&own) || error_pass(err, &own);
}

void pkcs12_clear(struct pkcs12 *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->certs[i].der);
		clear_attributes(&p->certs[i].bag);
	}
	clear_attributes(&p->key_bag);
	free(p->certs);
	free(p->told);
	if (p->key != NULL)
		privkey_free(p->key);
	*p = (struct pkcs12){ 0 };
}

/* ---- writing ---- */

static X509 *read_cert(struct span der)
{
	const unsigned char *at = der.data;

	return d2i_X509(NULL, &at, (long)der.len);
}

static STACK_OF(X509) * read_chain(const struct span *certs, size_t count)
{
	STACK_OF(X509) *chain = sk_X509_new_null();

	for (size_t i = 0; chain != NULL && i < count; i++) {
		X509 *cert = read_cert(certs[i]);

		if (cert != NULL && sk_X509_push(chain, cert) > 0)
			continue;
		X509_free(cert);
		sk_X509_pop_free(chain, X509_free);
		return NULL;
	}
	return chain;
}

static PKCS12 *make(const struct privkey *key, const struct span *certs, size_t count,
		    const char *name, const char *passphrase)
{
	size_t own = key != NULL && count > 0 ? 1 : 0;
	X509 *cert = own > 0 ? read_cert(certs[0]) : NULL;
	STACK_OF(X509) *chain = read_chain(own > 0 ? certs + 1 : certs, count - own);
	PKCS12 *p12 = NULL;

	if (chain != NULL && (own == 0 || cert != NULL))
		p12 = PKCS12_create(passphrase, name, key == NULL ? NULL : key->pkey, cert, chain,
				    NID_aes_256_cbc, NID_aes_256_cbc, ROUNDS, ROUNDS, 0);
	X509_free(cert);
	sk_X509_pop_free(chain, X509_free);
	return p12;
}

bool pkcs12_write(const struct privkey *key, const struct span *certs, size_t count,
		  const char *name, struct span passphrase, uint8_t **der, size_t *len,
		  struct ward_error *err)
{
	char text[1026] = "";
	unsigned char *at = NULL;
	PKCS12 *p12;
	int n = 0;

	if (!crypto_init(err))
		return false;
	if (passphrase.len >= sizeof(text) || memchr(passphrase.data, 0, passphrase.len) != NULL)
		return FAILF(err, BAD_ARGUMENT, "a passphrase that PKCS#12 cannot have");
	bytes_copy(text, passphrase.data, passphrase.len);
	libcrypto_errors_mark();
	p12 = make(key, certs, count, name, text);
	secret_wipe_bytes(text, sizeof(text));
	if (p12 == NULL)
		libcrypto_fail(err, "PKCS#12");
	else
		n = i2d_PKCS12(p12, NULL);
	libcrypto_errors_drop();
	*der = n > 0 ? malloc((size_t)n) : NULL;
	*len = n > 0 ? (size_t)n : 0;
	at = *der;
	if (at != NULL)
		i2d_PKCS12(p12, &at);
	PKCS12_free(p12);
	return at != NULL || FAIL(err, NO_MEMORY);
}
