/*
 * ClientHello (RFC 9846, 4.2.2): a message's body from outside. See handshake.h. What is accepted
 * is also looked into the way the server does.
 */
#include "handshake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_into(const struct client_hello *ch)
{
	uint8_t fingerprint[32];
	struct span protocols = ch->ext.alpn, name, share;
	size_t len = 0;

	for (size_t i = 0; i < 32 && i < u16_list_count(ch->ext.supported_groups); i++)
		(void)key_share_find(ch->ext.key_shares, u16_list_at(ch->ext.supported_groups, i),
				     &share);
	while (alpn_next(&protocols, &name))
		len += 1 + name.len;
	must(len == ch->ext.alpn.len, "a protocol name was not found");
	(void)u16_list_has(ch->cipher_suites, 0x1301);
	(void)u16_list_has(ch->ext.supported_versions, 0x0304);
	client_hello_fingerprint(ch, fingerprint);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct client_hello ch;

	fuzz_message(HT_CLIENT_HELLO, data, size);
	if (size < MESSAGE_MAX_OTHER && client_hello_parse(span_make(data, size), &ch, NULL))
		look_into(&ch);
	return 0;
}
