/*
 * What a PKCS#12 file is made of, in libcrypto's names: for people who want to know whether theirs is
 * one that others can read.
 */
#include <openssl/objects.h>
#include <openssl/pkcs12.h>

#include "crypto/pkcs12_tell.h"

static const char *name_of(const ASN1_OBJECT *object)
{
	const char *name = OBJ_nid2ln(OBJ_obj2nid(object));

	return name == NULL ? "unknown" : name;
}

static long number_of(const ASN1_INTEGER *number)
{
	int64_t value = 0;

	return number != NULL && ASN1_INTEGER_get_int64(&value, number) == 1 ? (long)value : -1;
}

static void tell_pbkdf2(FILE *out, const ASN1_TYPE *parameters)
{
	PBKDF2PARAM *p = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), parameters);
	const ASN1_OBJECT *prf = NULL;

	if (p == NULL)
		return;
	if (p->prf != NULL)
		X509_ALGOR_get0(&prf, NULL, NULL, p->prf);
	fprintf(out, ", Iteration %ld, PRF %s", number_of(p->iter),
		prf == NULL ? OBJ_nid2sn(NID_hmacWithSHA1) : name_of(prf));
	PBKDF2PARAM_free(p);
}

static void tell_pbes2(FILE *out, const ASN1_TYPE *parameters)
{
	PBE2PARAM *p = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), parameters);
	const ASN1_OBJECT *function, *cipher;

	if (p == NULL)
		return;
	X509_ALGOR_get0(&function, NULL, NULL, p->keyfunc);
	X509_ALGOR_get0(&cipher, NULL, NULL, p->encryption);
	fprintf(out, ", %s, %s", name_of(function), OBJ_nid2sn(OBJ_obj2nid(cipher)));
	if (OBJ_obj2nid(function) == NID_id_pbkdf2)
		tell_pbkdf2(out, p->keyfunc->parameter);
	PBE2PARAM_free(p);
}

static void tell_pbe(FILE *out, const ASN1_TYPE *parameters)
{
	PBEPARAM *p = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), parameters);

	if (p != NULL)
		fprintf(out, ", Iteration %ld", number_of(p->iter));
	PBEPARAM_free(p);
}

void pkcs12_tell_cipher(FILE *out, const char *what, const X509_ALGOR *alg)
{
	const ASN1_OBJECT *object;

	X509_ALGOR_get0(&object, NULL, NULL, alg);
	fprintf(out, "%s: %s", what, name_of(object));
	if (OBJ_obj2nid(object) == NID_pbes2)
		tell_pbes2(out, alg->parameter);
	else
		tell_pbe(out, alg->parameter);
	fputc('\n', out);
}

void pkcs12_tell_mac(FILE *out, const PKCS12 *p12)
{
	const ASN1_OCTET_STRING *mac = NULL, *salt = NULL;
	const ASN1_INTEGER *rounds = NULL;
	const X509_ALGOR *alg = NULL;
	const ASN1_OBJECT *object;

	PKCS12_get0_mac(&mac, &alg, &salt, &rounds, p12);
	if (alg == NULL)
		return;
	X509_ALGOR_get0(&object, NULL, NULL, alg);
	fprintf(out, "MAC: %s, Iteration %ld\nMAC length: %d, salt length: %d\n", name_of(object),
		rounds == NULL ? 1 : number_of(rounds), ASN1_STRING_length(mac),
		salt == NULL ? 0 : ASN1_STRING_length(salt));
}
