/*
 * Prints a host's certificate and whether it can be trusted: show_certificate HOST [PORT]
 * A bad certificate is to be shown too, so the connection is made with any; nothing is sent on it.
 */
#include <stdio.h>
#include <time.h>

#include <ward/ward.h>

static void show_time(const char *what, int64_t at)
{
	time_t t = (time_t)at;
	struct tm tm;
	char text[32];

	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", gmtime_r(&t, &tm));
	printf("%-12s%s\n", what, text);
}

static void show(const struct ward_cert *cert)
{
	char text[512];
	size_t at = 0;

	printf("%-12s%s\n", "subject", ward_cert_subject(cert, text, sizeof(text)));
	printf("%-12s%s\n", "issuer", ward_cert_issuer(cert, text, sizeof(text)));
	printf("%-12s%s\n", "serial", ward_cert_serial(cert, text, sizeof(text)));
	printf("%-12s%s, %u bits\n", "key", ward_cert_key_type(cert), ward_cert_key_bits(cert));
	show_time("not before", ward_cert_not_before(cert));
	show_time("not after", ward_cert_not_after(cert));
	while (ward_cert_san_next(cert, &at, text, sizeof(text)) >= 0)
		printf("%-12s%s\n", "name", text);
}

int main(int argc, char **argv)
{
	struct ward_config *config;
	const struct ward_error *fault;
	struct ward_session *s;
	char text[512] = "trusted";
	bool bad;

	if (argc < 2)
		return fprintf(stderr, "usage: show_certificate HOST [PORT]\n"), 2;
	config = ward_config_new(NULL);
	if (config == NULL || !ward_config_insecure_no_verify(config, NULL) ||
	    !ward_config_load_default_certs(config, NULL))
		return fprintf(stderr, "show_certificate: there are no roots to judge by\n"), 1;
	s = ward_dial(config, argv[1], argc > 2 ? argv[2] : "443", NULL);
	fault = ward_session_failure(s);
	if (fault == NULL) {
		show(ward_peer_cert(s));
		fault = ward_conn_verify_error(ward_session_conn(s));
	}
	bad = fault != NULL;
	printf("%-12s%s\n", "verdict", bad ? ward_error_text(fault, text, sizeof(text)) : text);
	ward_session_free(s);
	ward_config_free(config);
	return bad ? 1 : 0;
}
