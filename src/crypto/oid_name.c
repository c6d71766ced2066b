/*
 * The names that libcrypto has for object identifiers, for texts in openssl's form. Nothing is decided
 * by them.
 */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include <stdio.h>

#include "crypto/crypto.h"

static ASN1_OBJECT *object_of(struct span oid)
{
	uint8_t der[128];
	const unsigned char *at = der;

	if (oid.len == 0 || oid.len > sizeof(der) - 2)
		return NULL;
	der[0] = V_ASN1_OBJECT;
	der[1] = (uint8_t)oid.len;
	memcpy(der + 2, oid.data, oid.len);
	return d2i_ASN1_OBJECT(NULL, &at, (long)oid.len + 2);
}

static char *name_of(struct span oid, const char *(*known)(int nid), char *buf, size_t size)
{
	ASN1_OBJECT *object = object_of(oid);
	int nid = object == NULL ? NID_undef : OBJ_obj2nid(object);

	if (nid != NID_undef && known(nid) != NULL)
		snprintf(buf, size, "%s", known(nid));
	else if (object == NULL || OBJ_obj2txt(buf, (int)size, object, 1) <= 0)
		snprintf(buf, size, "<INVALID>");
	ASN1_OBJECT_free(object);
	return buf;
}

char *oid_long_name(struct span oid, char *buf, size_t size)
{
	return name_of(oid, OBJ_nid2ln, buf, size);
}

char *oid_short_name(struct span oid, char *buf, size_t size)
{
	return name_of(oid, OBJ_nid2sn, buf, size);
}

bool oid_of_name(const char *name, uint8_t *buf, size_t size, size_t *len)
{
	ASN1_OBJECT *object = OBJ_txt2obj(name, 0);
	bool ok = object != NULL && OBJ_length(object) > 0 && OBJ_length(object) <= size;

	if (ok) {
		*len = OBJ_length(object);
		memcpy(buf, OBJ_get0_data(object), *len);
	}
	ASN1_OBJECT_free(object);
	ERR_clear_error();
	return ok;
}

const char *crypto_library_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION);
}
