/*
 * What a certificate says, for people: names, numbers, fingerprints (RFC 4514, 5952, 7468).
 */
#include <stdio.h>

#include "wire/pem.h"
#include "x509/cert.h"
#include "x509/ip.h"
#include "x509/name.h"
#include "x509/oid.h"
#include "x509/text.h"

const uint8_t *ward_cert_der(const struct ward_cert *cert, size_t *len)
{
	*len = cert->der.len;
	return cert->der.data;
}

char *ward_cert_pem(const struct ward_cert *cert)
{
	return pem_encode("CERTIFICATE", cert->der);
}

char *ward_cert_subject(const struct ward_cert *cert, char *buf, size_t size)
{
	return name_text(cert->subject, buf, size);
}

char *ward_cert_issuer(const struct ward_cert *cert, char *buf, size_t size)
{
	return name_text(cert->issuer, buf, size);
}

static bool subject_part(const struct ward_cert *cert, struct span type, char *buf, size_t size)
{
	struct name_attribute a;

	if (!name_find(cert->subject, type, &a) || a.value.len == 0)
		return false;
	name_value_text(&a, buf, size);
	return true;
}

char *ward_cert_common_name(const struct ward_cert *cert, char *buf, size_t size)
{
	text_make(buf, size);
	subject_part(cert, OID_COMMON_NAME, buf, size);
	return buf;
}

char *ward_cert_serial(const struct ward_cert *cert, char *buf, size_t size)
{
	struct text t = text_make(buf, size);
	struct span s = cert->serial;

	if (s.len > 1 && s.data[0] == 0)
		s = span_make(s.data + 1, s.len - 1);
	text_put_hex(&t, s);
	return buf;
}

int64_t ward_cert_not_before(const struct ward_cert *cert)
{
	return cert->not_before;
}

int64_t ward_cert_not_after(const struct ward_cert *cert)
{
	return cert->not_after;
}

bool ward_cert_is_ca(const struct ward_cert *cert)
{
	return cert->ext.ca;
}

bool ward_cert_is_self_issued(const struct ward_cert *cert)
{
	return cert->self_issued;
}

size_t ward_cert_san_count(const struct ward_cert *cert)
{
	return cert->ext.alt_name_count;
}

static void put_san(struct general_name name, char *buf, size_t size)
{
	struct text t = text_make(buf, size);

	switch (name.kind) {
	case WARD_SAN_IP:
		ip_text(name.value, buf, size);
		break;
	case WARD_SAN_DIRECTORY:
		name_text(name.value, buf, size);
		break;
	case WARD_SAN_EMAIL:
	case WARD_SAN_DNS:
	case WARD_SAN_URI:
		text_put_utf8(&t, name.value);
		break;
	default:
		text_put_hex(&t, name.value);
		break;
	}
}

/* x400Address, ediPartyName and registeredID are shown, but have no kind. */
static int kind_to_tell(int kind)
{
	return kind == 3 || kind == 5 || kind == 8 ? WARD_SAN_OTHER : kind;
}

/* A reader for the names from *at on; one that is at its end if that is beyond them. */
static struct reader names_from(const struct extensions *e, size_t at, struct ward_error *err)
{
	struct reader names = reader_make(e->alt_names, err);

	reader_bytes(&names, at < e->alt_names.len ? at : e->alt_names.len);
	return names;
}

/* What is passed over has been checked when the certificate was parsed: its header is enough. */
int extensions_alt_name(const struct extensions *e, size_t i, char *buf, size_t size)
{
	struct ward_error err = ERROR_NONE;
	struct reader names = reader_make(e->alt_names, &err);
	size_t at;
	int tag;

	for (; i > 0 && reader_more(&names); i--)
		der_any(&names, &tag);
	at = e->alt_names.len - reader_left(&names);
	return extensions_next_alt_name(e, &at, buf, size);
}

int extensions_next_alt_name(const struct extensions *e, size_t *at, char *buf, size_t size)
{
	struct ward_error err = ERROR_NONE;
	struct reader names = names_from(e, *at, &err);
	struct general_name name;

	text_make(buf, size);
	if (!reader_more(&names))
		return -1;
	name = general_name_read(&names);
	*at = e->alt_names.len - reader_left(&names);
	put_san(name, buf, size);
	return kind_to_tell(name.kind);
}

int ward_cert_san(const struct ward_cert *cert, size_t i, char *buf, size_t size)
{
	return extensions_alt_name(&cert->ext, i, buf, size);
}

int ward_cert_san_next(const struct ward_cert *cert, size_t *at, char *buf, size_t size)
{
	return extensions_next_alt_name(&cert->ext, at, buf, size);
}

const char *ward_cert_key_type(const struct ward_cert *cert)
{
	return cert->key.name;
}

unsigned int ward_cert_key_bits(const struct ward_cert *cert)
{
	return cert->key.bits;
}

const char *ward_cert_signature_name(const struct ward_cert *cert)
{
	return cert->signed_with.name;
}

void ward_cert_fingerprint(const struct ward_cert *cert, uint8_t out[32])
{
	digest_once(DIGEST_SHA256, cert->der, out);
}

void ward_cert_spki_hash(const struct ward_cert *cert, uint8_t out[32])
{
	digest_once(DIGEST_SHA256, cert->spki, out);
}

/* The first DNS name of the subjectAltNames. */
static bool first_dns_name(const struct ward_cert *c, char *buf, size_t size)
{
	size_t at = 0;
	int kind;

	for (int i = 0; i < 8 && (kind = ward_cert_san_next(c, &at, buf, size)) >= 0; i++)
		if (kind == WARD_SAN_DNS)
			return true;
	return false;
}

char *cert_label(const struct ward_cert *c, char *buf, size_t size)
{
	char serial[48];

	if (subject_part(c, OID_COMMON_NAME, buf, size) || first_dns_name(c, buf, size) ||
	    subject_part(c, OID_ORGANIZATION, buf, size))
		return buf;
	snprintf(buf, size, "serial %s", ward_cert_serial(c, serial, sizeof(serial)));
	return buf;
}
