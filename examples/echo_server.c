/*
 * Sends back whatever a client sends: echo_server PORT CHAIN.pem KEY.pem
 *
 * Every client has a thread of its own; they all share one config.
 */
#include <pthread.h>
#include <stdio.h>

#include <ward/ward.h>

static void *echo(void *arg)
{
	struct ward_session *client = arg;
	char buf[4096];
	ssize_t n;

	while ((n = ward_read(client, buf, sizeof(buf))) > 0)
		if (!ward_write(client, buf, (size_t)n))
			break;
	if (ward_session_failure(client) != NULL)
		fprintf(stderr, "%s: %s\n", ward_peer_address(client), ward_session_error(client));
	ward_session_free(client);
	return NULL;
}

static int complain(const struct ward_error *err)
{
	char text[512];

	fprintf(stderr, "echo_server: %s\n", ward_error_text(err, text, sizeof(text)));
	return 1;
}

int main(int argc, char **argv)
{
	struct ward_error err = { 0 };
	struct ward_config *config;
	struct ward_session *client;
	pthread_t thread;
	int fd = -1;

	if (argc != 4)
		return fprintf(stderr, "usage: echo_server PORT CHAIN.pem KEY.pem\n"), 2;
	config = ward_config_new_server(&err);
	if (config != NULL && ward_config_load_cert_chain(config, argv[2], argv[3], &err))
		fd = ward_listen("localhost", argv[1], &err);
	while (fd >= 0 && (client = ward_accept(config, fd, &err)) != NULL) {
		/* The handshake is made by the thread, in its first read. */
		if (pthread_create(&thread, NULL, echo, client) == 0)
			pthread_detach(thread);
		else
			ward_session_free(client);
	}
	ward_config_free(config);
	return complain(&err);
}
