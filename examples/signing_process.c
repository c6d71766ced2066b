/*
 * An echo server whose key is in another process: signing_process PORT CHAIN.pem KEY.pem
 *
 * The process that talks to the network never sees the key. It asks the signer for each signature
 * through a socket, and while it waits for one it goes on with everybody else: one thread, poll().
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ward/ward.h>

enum { CLIENTS_MAX = 64, FILE_SIZE_MAX = 65536, MESSAGE_MAX = 16384 };

/* What goes to the signer, and what comes back: one packet each. */
struct request {
	int client;
	uint16_t scheme;
	uint8_t message[MESSAGE_MAX];
};

struct answer {
	int client;
	uint8_t sig[WARD_SIGNATURE_MAX];
};

#define HEAD(packet, bytes) ((size_t)((packet)->bytes - (uint8_t *)(packet)))

static int complain(const struct ward_error *err)
{
	char text[512];

	fprintf(stderr, "signing_process: %s\n", ward_error_text(err, text, sizeof(text)));
	return 1;
}

static size_t read_file(const char *path, char *bytes)
{
	FILE *file = fopen(path, "re");
	size_t len = file == NULL ? 0 : fread(bytes, 1, FILE_SIZE_MAX, file);

	if (file != NULL)
		fclose(file);
	return len;
}

/* ---- the process with the key ---- */

static int sign_for_ever(int server, const char *key_file)
{
	static char pem[FILE_SIZE_MAX];
	static struct request request;
	struct ward_error err = { 0 };
	struct ward_key *key = ward_key_parse(pem, read_file(key_file, pem), &err);
	ssize_t len;

	ward_wipe(pem, sizeof(pem));
	if (key == NULL)
		return complain(&err);
	while ((len = recv(server, &request, sizeof(request), 0)) > 0) {
		struct answer answer = { .client = request.client };
		size_t sig_len = 0; /* none: the key refuses */

		if (!ward_key_sign(key, request.scheme, request.message,
				   (size_t)len - HEAD(&request, message), answer.sig, &sig_len,
				   &err))
			complain(&err);
		if (send(server, &answer, HEAD(&answer, sig) + sig_len, MSG_NOSIGNAL) < 0)
			break;
	}
	ward_key_free(key);
	return 0;
}

/* ---- the process with the network ---- */

struct client {
	struct ward_session *session; /* NULL: the place is free */
	bool waits;                   /* for a signature */
};

static struct client clients[CLIENTS_MAX];

static void drop(struct client *c)
{
	if (ward_session_failure(c->session) != NULL)
		fprintf(stderr, "%s\n", ward_session_error(c->session));
	ward_session_free(c->session);
	*c = (struct client){ 0 };
}

static void ask_signer(int signer, struct client *c)
{
	static struct request request;
	struct ward_key_request wanted;

	if (!ward_conn_key_request(ward_session_conn(c->session), &wanted) ||
	    wanted.message_len > sizeof(request.message))
		return;
	request.client = (int)(c - clients);
	request.scheme = wanted.scheme;
	memcpy(request.message, wanted.message, wanted.message_len);
	c->waits = send(signer, &request, HEAD(&request, message) + wanted.message_len,
			MSG_NOSIGNAL) > 0;
}

static void drive(int signer, struct client *c)
{
	char buf[4096];
	ssize_t n;

	while ((n = ward_read(c->session, buf, sizeof(buf))) > 0)
		if (!ward_write(c->session, buf, (size_t)n))
			break;
	if (n == 0 || ward_session_failure(c->session) != NULL)
		drop(c);
	else if (ward_session_wants(c->session) & WARD_WANT_KEY)
		ask_signer(signer, c);
}

static bool take_signature(int signer)
{
	struct answer answer;
	ssize_t len = recv(signer, &answer, sizeof(answer), 0);
	struct client *c;
	struct ward_error err;

	if (len <= 0)
		return false;
	c = &clients[answer.client];
	c->waits = false;
	/* What went wrong, the session tells as well. */
	(void)!ward_conn_key_done(ward_session_conn(c->session), answer.sig,
				  (size_t)len - HEAD(&answer, sig), &err);
	drive(signer, c);
	return true;
}

static void accept_one(struct ward_config *config, int listener, int signer)
{
	for (struct client *c = clients; c < clients + CLIENTS_MAX; c++) {
		if (c->session != NULL)
			continue;
		c->session = ward_accept(config, listener, NULL);
		if (c->session != NULL)
			drive(signer, c);
		return;
	}
}

static void serve(struct ward_config *config, int listener, int signer)
{
	struct pollfd fds[2 + CLIENTS_MAX] = { { signer, POLLIN, 0 }, { listener, POLLIN, 0 } };

	for (;;) {
		for (int i = 0; i < CLIENTS_MAX; i++) {
			struct client *c = &clients[i];
			unsigned int wants =
				c->session == NULL ? 0 : ward_session_wants(c->session);

			/* Who waits for the signer waits for nothing else. */
			fds[2 + i].fd =
				c->session == NULL || c->waits ? -1 : ward_session_fd(c->session);
			fds[2 + i].events = wants & WARD_WANT_WRITE ? POLLIN | POLLOUT : POLLIN;
		}
		if (poll(fds, 2 + CLIENTS_MAX, -1) < 0)
			return;
		if (fds[0].revents != 0 && !take_signature(signer))
			return;
		for (int i = 0; i < CLIENTS_MAX; i++)
			if (fds[2 + i].revents != 0 && clients[i].session != NULL)
				drive(signer, &clients[i]);
		if (fds[1].revents != 0)
			accept_one(config, listener, signer);
	}
}

static int run_server(const char *port, const char *chain_file, int signer)
{
	static char pem[FILE_SIZE_MAX];
	struct ward_error err = { 0 };
	struct ward_chain chain = { 0 };
	struct ward_config *config = ward_config_new_server(&err);
	int listener = -1;

	if (config != NULL && ward_chain_parse(pem, read_file(chain_file, pem), &chain, &err) &&
	    ward_config_add_identity_external(config, &chain, &err))
		listener = ward_listen("localhost", port, &err);
	if (listener >= 0 && fcntl(listener, F_SETFL, O_NONBLOCK) == 0)
		serve(config, listener, signer);
	ward_chain_clear(&chain);
	ward_config_free(config);
	return complain(&err);
}

int main(int argc, char **argv)
{
	int ends[2];

	if (argc != 4)
		return fprintf(stderr, "usage: signing_process PORT CHAIN.pem KEY.pem\n"), 2;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return perror("signing_process"), 1;
	switch (fork()) {
	case -1:
		return perror("signing_process"), 1;
	case 0:
		close(ends[0]);
		return sign_for_ever(ends[1], argv[3]);
	default:
		close(ends[1]);
		return run_server(argv[1], argv[2], ends[0]);
	}
}
