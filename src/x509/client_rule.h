/*
 * Rules about what a certificate says of its holder: "dns:client.example".
 *
 * A rule is parsed once and matched many times; it compares with what the certificate names itself,
 * subjectAltNames of the rule's kind, or with its key. A wildcard stands in rules alone: one in a
 * certificate says for whom its holder may answer, not who it is, and matches nothing.
 */
#ifndef X509_CLIENT_RULE_H
#define X509_CLIENT_RULE_H

#include "base/error.h"
#include "base/span.h"
#include "x509/x509.h"

enum client_rule_kind {
	CLIENT_RULE_DNS,
	CLIENT_RULE_URI,
	CLIENT_RULE_EMAIL,
	CLIENT_RULE_IP,
	CLIENT_RULE_CN,
	CLIENT_RULE_PIN,
};

enum { CLIENT_RULE_MAX_LEN = 2048 };

struct client_rule {
	enum client_rule_kind kind;
	struct span value;   /* behind the colon: borrowed from the text, or a copy */
	uint8_t address[16]; /* of an IP network */
	size_t address_len;  /* 4 or 16 */
	unsigned int prefix; /* how many of its bits count */
	uint8_t pin[32];
};

/* The text is borrowed. BAD_ARGUMENT says what is wrong with it. */
bool client_rule_parse(struct client_rule *r, struct span text, struct ward_error *err);
bool client_rule_matches(const struct client_rule *r, const struct ward_cert *cert);
/* Whether it is one that fits a key, and fits this one, whatever it comes in. */
bool client_rule_matches_pin(const struct client_rule *r, const uint8_t pin[32]);

/* The names that rules are compared with, for people: "dns:a.example, cn:a"; cut to fit. */
char *client_rule_names(const struct ward_cert *cert, char *buf, size_t size);

#endif
