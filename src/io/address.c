/*
 * Names to addresses, and addresses to text.
 *
 * Names below .invalid are known not to exist and are not asked for (RFC 6761, 6.4): whoever tests
 * with one gets the same answer everywhere.
 */
#include "io/session.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

char *address_text(const struct sockaddr *address, unsigned int len, char buf[ADDRESS_TEXT])
{
	char host[64];
	char port[8];
	int family = address->sa_family;

	buf[0] = '\0';
	if ((family == AF_INET || family == AF_INET6) &&
	    getnameinfo(address, len, host, sizeof(host), port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		snprintf(buf, ADDRESS_TEXT, family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
	return buf;
}

const char *ward_peer_address(const struct ward_session *s)
{
	/* The text is made once; to the caller nothing changes. */
	struct ward_session *keep = (struct ward_session *)(uintptr_t)s;
	struct sockaddr_storage address = { 0 };
	socklen_t len = sizeof(address);
	char text[ADDRESS_TEXT];

	if (s->peer == NULL && s->fd >= 0 &&
	    getpeername(s->fd, (struct sockaddr *)&address, &len) == 0)
		keep->peer = strdup(address_text((struct sockaddr *)&address, len, text));
	return s->peer == NULL ? "" : s->peer;
}

bool address_fail(int code, const char *host, const char *service, struct ward_error *err)
{
	switch (code) {
	case EAI_NONAME:
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
		return FAILF(err, NAME_NOT_FOUND, "%s", host == NULL ? service : host);
	case EAI_SERVICE:
		return FAILF(err, BAD_ARGUMENT, "no service is called %s", service);
	case EAI_MEMORY:
		return FAIL(err, NO_MEMORY);
	case EAI_SYSTEM:
		return FAIL_SYSTEM(err, LOOKUP_FAILED, host);
	default:
		return FAILF(err, LOOKUP_FAILED, "%s: %s", host, gai_strerror(code));
	}
}

/* "example.invalid", with or without the dot at its end. */
static bool never_exists(const char *host)
{
	static const char invalid[] = ".invalid";
	size_t len = strlen(host);

	if (len > 0 && host[len - 1] == '.')
		len--;
	if (len >= sizeof(invalid) - 1)
		return strncasecmp(host + len - (sizeof(invalid) - 1), invalid,
				   sizeof(invalid) - 1) == 0;
	return len == sizeof(invalid) - 2 && strncasecmp(host, invalid + 1, len) == 0;
}

struct addrinfo *address_lookup(const char *host, const char *service, int family, bool to_listen,
				struct ward_error *err)
{
	struct addrinfo hints = {
		.ai_family = family,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = to_listen ? AI_PASSIVE : 0,
	};
	struct addrinfo *list = NULL;
	int code = EAI_NONAME;

	if (host == NULL || !never_exists(host))
		code = getaddrinfo(host, service, &hints, &list);
	if (code == 0 && list != NULL)
		return list;
	address_fail(code, host, service, err);
	return NULL;
}
