/*
 * The client's offer (RFC 9846, 4.2.2): made once, and sent again with other key shares and a
 * cookie if a HelloRetryRequest asks for it.
 */
#include "tls/quic.h"

/* ---- GREASE (RFC 8701): values that mean nothing, so that peers keep ignoring them ---- */

struct grease {
	uint16_t suite, group, version, first, last, scheme;
};

static uint16_t grease_value(uint8_t random)
{
	return (uint16_t)(((random & 0xf0) | 0x0a) * 0x0101);
}

static struct grease grease_choose(const uint8_t random[6])
{
	struct grease g = { grease_value(random[0]), grease_value(random[1]),
			    grease_value(random[2]), grease_value(random[3]),
			    grease_value(random[4]), grease_value(random[5]) };

	if (g.last == g.first) /* no extension may stand twice */
		g.last ^= 0x1010;
	return g;
}

/*
 * The same for an encrypted ClientHello (RFC 9849, 6.2): what a client would send that has got a
 * server's key, of the usual algorithms, a length that inner hellos have, and a public key that is
 * one. The second ClientHello has the same.
 */
static bool offer_ech_grease(struct ward_conn *c, struct ward_error *err)
{
	enum { HKDF_SHA256 = 1, AES_128_GCM = 1, TAG_LEN = 16, HEAD_LEN = 1 + 4 + 1 };
	struct extensions *ext = &c->hs->hello.ext;
	uint8_t *to = handshake_scratch(c, HEAD_LEN + 2 + 32 + 2 + 7 * 32 + TAG_LEN, err);
	uint8_t random[2 + 7 * 32 + TAG_LEN], *share;
	struct kex *kex;
	struct writer w;

	if (to == NULL || !config_random(c->config, random, sizeof(random), err))
		return false;
	w = writer_make(to, HEAD_LEN + 2 + 32 + 2 + 7 * 32 + TAG_LEN, err);
	writer_u8(&w, 0); /* outer */
	writer_u16(&w, HKDF_SHA256);
	writer_u16(&w, AES_128_GCM);
	writer_u8(&w, random[0]); /* config_id */
	writer_u16(&w, 32);
	share = writer_reserve(&w, 32);
	if (share == NULL) /* the caller's err was set before */
		return false;
	kex = kex_offer(GROUP_X25519, share, err);
	kex_free(kex);
	writer_vec(&w, 2, span_make(random + 2, (size_t)(4 + random[1] % 4) * 32 + TAG_LEN));
	ext->ech = writer_span(&w);
	ext->seen |= ext_bit(EXT_ENCRYPTED_CLIENT_HELLO);
	return kex != NULL && writer_ok(&w);
}

/* ---- lists ---- */

/* A list as on the wire, with a GREASE value in front unless that is 0. */
static bool list_make(struct ward_conn *c, uint16_t grease, const uint16_t *items, size_t count,
		      struct span *list, struct ward_error *err)
{
	size_t len = 2 * (count + (grease != 0));
	uint8_t *to = handshake_scratch(c, len, err);
	struct writer w;

	if (to == NULL)
		return false;
	w = writer_make(to, len, err);
	if (grease != 0)
		writer_u16(&w, grease);
	for (size_t i = 0; i < count; i++)
		writer_u16(&w, items[i]);
	*list = writer_span(&w);
	return true;
}

/*
 * The half of a hybrid that was offered before may be offered on its own with the same key: the
 * server takes one of the two shares, so that the key is used once (hybrid key exchange in TLS 1.3,
 * section 3.2).
 */
static struct kex *make_share(const struct handshake *hs, uint16_t group, uint8_t *share,
			      struct ward_error *err)
{
	for (size_t i = 0; i < hs->kex_count; i++)
		if (kex_has_part(hs->kex[i], group))
			return kex_offer_part(hs->kex[i], group, share, err);
	return kex_offer(group, share, err);
}

static bool share_write(struct ward_conn *c, struct writer *w, uint16_t group,
			struct ward_error *err)
{
	struct handshake *hs = c->hs;
	uint8_t *share = NULL;

	writer_u16(w, group);
	WRITE_VEC (w, 2)
		share = writer_reserve(w, kex_share_len(group));
	if (!writer_ok(w))
		return false;
	hs->kex[hs->kex_count] = make_share(hs, group, share, err);
	return hs->kex[hs->kex_count++] != NULL;
}

void client_hello_drop_shares(struct handshake *hs)
{
	while (hs->kex_count > 0)
		kex_free(hs->kex[--hs->kex_count]);
}

bool client_hello_set_shares(struct ward_conn *c, const uint16_t *groups, size_t count,
			     struct ward_error *err)
{
	struct handshake *hs = c->hs;
	uint16_t grease = u16_list_at(hs->hello.ext.supported_groups, 0);
	size_t room = 5;
	uint8_t *to;
	struct writer w;

	for (size_t i = 0; i < count; i++)
		room += 4 + kex_share_len(groups[i]);
	to = handshake_scratch(c, room, err);
	if (to == NULL)
		return false;
	client_hello_drop_shares(hs);
	w = writer_make(to, room, err);
	if (!c->retried) { /* the second ClientHello has the one share that was asked for */
		writer_u16(&w, grease);
		writer_vec(&w, 2, SPAN_LITERAL("\0"));
	}
	for (size_t i = 0; i < count; i++)
		if (!share_write(c, &w, groups[i], err))
			return false;
	hs->hello.ext.key_shares = writer_span(&w);
	return writer_ok(&w);
}

/* ---- the whole ---- */

static void offer(struct client_hello *ch, int type)
{
	ch->ext.seen |= ext_bit(type);
}

static void offer_name_and_protocols(struct ward_conn *c)
{
	struct client_hello *ch = &c->hs->hello;

	if (c->host != NULL && !host_is_ip(c->host)) {
		ch->ext.server_name = span_string(c->host);
		offer(ch, EXT_SERVER_NAME);
	}
	if (c->config->alpn_count > 0) {
		ch->ext.alpn = span_make(c->config->alpn_wire, c->config->alpn_wire_len);
		offer(ch, EXT_ALPN);
	}
}

/* The suites of the versions that are offered. */
static struct u16_list suites_of(const struct ward_config *config)
{
	struct u16_list list = { .count = 0 };

	for (size_t i = 0; i < config->suites.count; i++) {
		uint16_t version = suite_find(config->suites.items[i])->version;

		if (version >= config->version_min && version <= config->version_max)
			list.items[list.count++] = config->suites.items[i];
	}
	return list;
}

/* Hybrids exist for TLS 1.3 alone. */
static struct u16_list groups_of(const struct ward_config *config)
{
	struct u16_list list = { .count = 0 };

	for (size_t i = 0; i < config->groups.count; i++)
		if (config->version_max >= WARD_TLS_1_3 || !kex_is_hybrid(config->groups.items[i]))
			list.items[list.count++] = config->groups.items[i];
	return list;
}

static bool offer_lists(struct ward_conn *c, const struct grease *g, struct ward_error *err)
{
	const struct ward_config *config = c->config;
	struct client_hello *ch = &c->hs->hello;
	struct extensions *ext = &ch->ext;
	uint16_t versions[4] = { 0 };
	size_t count = 0;
	struct u16_list suites = suites_of(config), groups = groups_of(config);

	if (groups.count == 0)
		return FAILF(err, BAD_ARGUMENT, "the groups are for TLS 1.3 alone");
	offer(ch, EXT_SUPPORTED_GROUPS);
	offer(ch, EXT_SIGNATURE_ALGORITHMS);
	offer(ch, EXT_SUPPORTED_VERSIONS);
	for (uint16_t v = config->version_max; v >= config->version_min; v--)
		conn_note_version(c, versions[count++] = v);
	return list_make(c, g->suite, suites.items, suites.count, &ch->cipher_suites, err) &&
	       list_make(c, g->group, groups.items, groups.count, &ext->supported_groups, err) &&
	       list_make(c, g->scheme, config->schemes.items, config->schemes.count,
			 &ext->signature_algorithms, err) &&
	       list_make(c, g->version, versions, count, &ext->supported_versions, err);
}

/* RFC 6066, 4: 2^9 to 2^12 are 1 to 4. */
static void offer_fragments(struct ward_conn *c)
{
	struct client_hello *ch = &c->hs->hello;
	uint8_t code = 1;

	if (c->config->max_fragment == 0)
		return;
	while (256u << code < c->config->max_fragment)
		code++;
	ch->ext.max_fragment_length = code;
	offer(ch, EXT_MAX_FRAGMENT_LENGTH);
}

/* What is beneath: records, or QUIC. */
static void offer_transport(struct ward_conn *c)
{
	struct client_hello *ch = &c->hs->hello;

	if (conn_quic(c) != NULL) {
		ch->ext.quic_parameters = conn_quic(c)->parameters;
		offer(ch, EXT_QUIC_TRANSPORT_PARAMETERS);
	} else {
		ch->ext.record_size_limit = config_record_limit(c->config);
		offer(ch, EXT_RECORD_SIZE_LIMIT);
		offer_fragments(c);
	}
}

bool client_hello_prepare(struct ward_conn *c, struct ward_error *err)
{
	static const uint8_t null_compression[1] = { 0 };
	struct handshake *hs = c->hs;
	struct client_hello *ch = &hs->hello;
	uint8_t *session_id = handshake_scratch(c, 32, err);
	bool seen_by_middleboxes = c->config->version_max >= WARD_TLS_1_3 && conn_quic(c) == NULL;
	uint8_t random[6];
	struct grease g;

	if (session_id == NULL || !config_random(c->config, hs->client_random, 32, err) ||
	    !config_random(c->config, session_id, 32, err) ||
	    !config_random(c->config, random, sizeof(random), err))
		return false;
	g = grease_choose(random);
	ch->legacy_version = 0x0303;
	ch->random = SPAN_ARRAY(hs->client_random);
	/* Only middleboxes want to see one, where TLS 1.3 may come of it (E.4). */
	ch->legacy_session_id = span_make(session_id, seen_by_middleboxes ? 32 : 0);
	hs->legacy_session_id = ch->legacy_session_id;
	ch->legacy_compression_methods = SPAN_ARRAY(null_compression);
	ch->ext.grease_first = g.first;
	ch->ext.grease_last = g.last;
	offer_transport(c);
	if (c->config->version_max >= WARD_TLS_1_3)
		offer(ch, EXT_KEY_SHARE);
	if (c->config->version_max >= WARD_TLS_1_3 && c->config->post_auth && conn_quic(c) == NULL)
		offer(ch, EXT_POST_HANDSHAKE_AUTH);
	if (c->config->version_min <= WARD_TLS_1_2) {
		offer(ch, EXT_EXTENDED_MASTER_SECRET);
		offer(ch, EXT_RENEGOTIATION_INFO);
		offer(ch, EXT_EC_POINT_FORMATS);
	}
	extensions_offer_beside(c->config, &ch->ext);
	offer_name_and_protocols(c);
	if (!client_offer_types(c, err))
		return false;
	if (c->config->ech_grease && c->config->version_max >= WARD_TLS_1_3 &&
	    !offer_ech_grease(c, err))
		return false;
	return offer_lists(c, &g, err);
}

bool client_send_hello(struct ward_conn *c, struct ward_error *err)
{
	const struct client_hello *ch = &c->hs->hello;
	size_t room = 512 + ch->cipher_suites.len + ch->ext.supported_groups.len +
		      ch->ext.signature_algorithms.len + ch->ext.key_shares.len + ch->ext.alpn.len +
		      ch->ext.cookie.len + ch->ext.server_name.len + ch->ext.psk_identities.len +
		      ch->ext.psk_binders.len + ch->ext.session_ticket.len + ch->ext.ech.len +
		      ch->ext.quic_parameters.len;
	uint8_t *to = handshake_scratch(c, room, err);
	struct writer w;

	if (to == NULL)
		return false;
	w = writer_make(to, room, err);
	client_hello_write(&w, ch);
	if (!writer_ok(&w))
		return false;
	client_write_binders(c, to, w.len);
	return flight_add(c, writer_span(&w), err) && flight_seal(c, err);
}

/* The groups of the first shares; returns how many. */
static size_t choose_shares(const struct ward_config *config, uint16_t groups[CONFIG_LIST_MAX])
{
	const struct u16_list *all = &config->groups;
	size_t i = 0;

	if (config->version_max < WARD_TLS_1_3)
		return 0;
	memcpy(groups, all->items, sizeof(all->items));
	if (config->key_shares <= CONFIG_KEY_SHARES_MAX)
		return config->key_shares < all->count ? config->key_shares : all->count;
	while (i < all->count && kex_is_hybrid(all->items[i]))
		i++;
	if (i == 0 || i == all->count)
		return 1;
	groups[1] = all->items[i];
	return 2;
}

bool client_start(struct ward_conn *c, struct ward_ticket *ticket, struct ward_error *err)
{
	uint16_t groups[CONFIG_LIST_MAX];
	size_t count = choose_shares(c->config, groups);

	return client_hello_prepare(c, err) && client_hello_set_shares(c, groups, count, err) &&
	       client_offer_psks(c, ticket, err) && client_send_hello(c, err) &&
	       client_send_early_data(c, err);
}
