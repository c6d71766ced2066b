/*
 * encrypted_client_hello (RFC 9849), as far as one goes who does not encrypt a ClientHello: what
 * stands in a client's place of it means nothing (6.2), and what a server answers is only looked at
 * for its form.
 *
 *	struct {
 *		ECHClientHelloType type = outer(0);
 *		HpkeSymmetricCipherSuite cipher_suite;
 *		uint8 config_id;
 *		opaque enc<0..2^16-1>;
 *		opaque payload<1..2^16-1>;
 *	} ECHClientHello;
 *
 *	struct {
 *		uint8 config_id;
 *		HpkeKemId kem_id;
 *		HpkePublicKey public_key;		<1..2^16-1>
 *		HpkeSymmetricCipherSuite cipher_suites<4..2^16-4>;
 *		uint8 maximum_name_length;
 *		opaque public_name<1..255>;
 *		ECHConfigExtension extensions<0..2^16-1>;
 *	} ECHConfigContents;
 */
#include "tls/ext/list.h"
#include "tls/ext/table.h"

enum { CONFIG_VERSION = 0xfe0d, CONFIRMATION_LEN = 8 };

static void config_contents_parse(struct reader *r)
{
	struct reader suites, extensions;

	(void)reader_u8(r);
	(void)reader_u16(r);
	(void)reader_vec_bounded(r, 2, 1, 65535);
	suites = list_open(r, 2);
	while (reader_more(&suites))
		(void)reader_bytes(&suites, 4);
	(void)reader_u8(r);
	(void)reader_vec_bounded(r, 1, 1, 255);
	extensions = reader_child(r, 2);
	while (reader_more(&extensions)) {
		(void)reader_u16(&extensions);
		(void)reader_vec(&extensions, 2);
	}
	(void)reader_close(r);
}

/* ECHConfigList: of other versions no more is known than how long they are. */
static void retry_configs_parse(struct reader *body)
{
	struct reader list = list_open(body, 2);

	while (reader_more(&list)) {
		uint16_t version = reader_u16(&list);
		struct reader contents = reader_child(&list, 2);

		if (version == CONFIG_VERSION && !error_is_set(list.err))
			config_contents_parse(&contents);
	}
}

void encrypted_client_hello_parse(struct reader *body, enum ext_where where, struct extensions *e)
{
	struct reader all = *body;

	e->ech = reader_rest(&all);
	if (where == IN_EE)
		retry_configs_parse(body);
	else if (where == IN_HRR)
		(void)reader_bytes(body, CONFIRMATION_LEN);
	else
		(void)reader_rest(body);
}

void encrypted_client_hello_write(struct writer *w, enum ext_where where,
				  const struct extensions *e)
{
	(void)where;
	writer_bytes(w, e->ech);
}
