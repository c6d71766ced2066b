/*
 * Sends each line of its input to an echo server and prints what comes back.
 *
 *	echo_client HOST PORT [CA.pem]
 *
 * The server is verified against the system's roots, or those in CA.pem.
 */
#include <stdio.h>
#include <string.h>

#include <ward/ward.h>

/* One line there and back. Errors stick, so that the caller looks for them once, at the end. */
static bool talk(struct ward_session *s, const char *line)
{
	size_t left = strlen(line);
	char buf[4096];

	if (!ward_write(s, line, left))
		return false;
	while (left > 0) {
		ssize_t n = ward_read(s, buf, left < sizeof(buf) ? left : sizeof(buf));

		if (n <= 0)
			return false;
		fwrite(buf, 1, (size_t)n, stdout);
		left -= (size_t)n;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct ward_error err = { 0 };
	struct ward_config *config;
	struct ward_session *s;
	char line[4096];
	bool failed;

	if (argc < 3)
		return fprintf(stderr, "usage: echo_client HOST PORT [CA.pem]\n"), 2;
	config = ward_config_new(&err);
	if (config == NULL ||
	    (argc > 3 && !ward_config_load_verify_locations(config, argv[3], &err))) {
		fprintf(stderr, "echo_client: %s\n", ward_error_text(&err, line, sizeof(line)));
		return 1;
	}
	s = ward_dial(config, argv[1], argv[2], NULL);
	while (ward_session_failure(s) == NULL && fgets(line, sizeof(line), stdin) != NULL)
		if (!talk(s, line))
			break;
	failed = !ward_shutdown(s);
	if (failed)
		fprintf(stderr, "echo_client: %s\n", ward_session_error(s));
	ward_session_free(s);
	ward_config_free(config);
	return failed ? 1 : 0;
}
