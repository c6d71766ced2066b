/*
 * The TLS part of a QUIC connection: quic_handshake CHAIN.pem KEY.pem
 *
 * Two ends in one program: what a QUIC stack puts in CRYPTO frames goes from one to the other, and the
 * secrets that it makes packet keys of are printed.
 */
#include <stdio.h>
#include <time.h>

#include <ward/ward.h>

static const char *const level_names[] = { "Initial", "Handshake", "1-RTT" };

static void print_secrets(const char *who, struct ward_conn *conn)
{
	struct ward_quic_secret s;

	while (ward_quic_next_secret(conn, &s)) {
		printf("%s: %-9s %-5s ", who, level_names[s.level], s.outgoing ? "write" : "read");
		for (size_t i = 0; i < s.len; i++)
			printf("%02x", s.bytes[i]);
		putchar('\n');
		ward_wipe(&s, sizeof(s));
	}
}

/* What a stack does for each CRYPTO frame; how many bytes there were. */
static size_t carry(struct ward_conn *from, struct ward_conn *to, struct ward_error *err)
{
	uint8_t bytes[1200];
	enum ward_quic_level level;
	size_t n = ward_quic_output(from, &level, bytes, sizeof(bytes));

	if (n > 0 && !ward_quic_receive(to, level, bytes, n, err))
		return 0; /* CONNECTION_CLOSE with 0x100 + ward_quic_alert(to) */
	return n;
}

static struct ward_config *make_config(const char *chain, const char *key, struct ward_error *err)
{
	static const char *const protocols[] = { "h3", NULL };
	struct ward_config *c = key == NULL ? ward_config_new(err) : ward_config_new_server(err);

	if (c != NULL && ward_config_set_versions(c, WARD_TLS_1_3, WARD_TLS_1_3, err) &&
	    ward_config_set_alpn(c, protocols, err) &&
	    (key != NULL ? ward_config_load_cert_chain(c, chain, key, err)
			 : ward_config_load_verify_locations(c, chain, err)))
		return c;
	ward_config_free(c);
	return NULL;
}

static bool run(struct ward_conn *client, struct ward_conn *server, struct ward_error *err)
{
	while (carry(client, server, err) + carry(server, client, err) > 0) {
		print_secrets("client", client);
		print_secrets("server", server);
	}
	return ward_conn_is_connected(client) && ward_conn_is_connected(server);
}

int main(int argc, char **argv)
{
	struct ward_error err = { 0 };
	struct ward_config *for_client, *for_server;
	struct ward_conn *client = NULL, *server = NULL;
	char text[512];
	bool good;

	if (argc != 3)
		return fprintf(stderr, "usage: quic_handshake CHAIN.pem KEY.pem\n"), 2;
	for_client = make_config(argv[1], NULL, &err);
	for_server = make_config(argv[1], argv[2], &err);
	if (for_client != NULL && for_server != NULL) {
		client = ward_quic_new(for_client, "localhost", time(NULL), "", 0, NULL, &err);
		server = ward_quic_new(for_server, NULL, time(NULL), "", 0, NULL, &err);
	}
	good = client != NULL && server != NULL && run(client, server, &err);
	if (good)
		printf("connected: %s, %s\n", ward_conn_cipher(client), ward_conn_group(client));
	else
		fprintf(stderr, "quic_handshake: %s\n", ward_error_text(&err, text, sizeof(text)));
	ward_conn_free(client);
	ward_conn_free(server);
	ward_config_free(for_client);
	ward_config_free(for_server);
	return good ? 0 : 1;
}
