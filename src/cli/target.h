/*
 * Where to connect to: HOST, HOST:PORT, [ADDRESS]:PORT, or a URL.
 */
#ifndef CLI_TARGET_H
#define CLI_TARGET_H

#include <stdbool.h>

struct target {
	char host[256];   /* a name or an IP literal, without brackets */
	char verify[256]; /* the host that a certificate must be for: host without an IPv6 zone */
	char port[8];
	int port_number;
	bool port_given;
	const char *
		starttls; /* the protocol that is asked for TLS first, as in ward_starttls; or NULL */
};

/*
 * False, with a cause and a remedy (static texts), if it cannot be one. A scheme of a protocol that
 * speaks TLS from its first byte on gives the port where none is said.
 */
bool target_parse(const char *text, struct target *target, const char **cause, const char **remedy);
/*
 * Whether a name has ASCII letters alone; others are written in their form that begins with xn--
 * (RFC 5890), which is what DNS and certificates have. False too for "" and what is no name at all.
 */
bool target_name_is_plain(const char *name);
/*
 * The protocol of --starttls: its port takes the place of one that was not said. False if it is not
 * known. The names of all of them, with commas between: target_starttls_names.
 */
bool target_set_starttls(struct target *target, const char *protocol);
char *target_starttls_names(char *buf, unsigned int size);
/* "example.org:443", "[::1]:443". Returns buf. */
char *target_text(const struct target *target, char *buf, unsigned int size);

#endif
