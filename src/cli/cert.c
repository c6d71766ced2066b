/*
 * `ward cert`: the family of verbs for certificates.
 */
#include "cli/cert.h"

#include "cli/group.h"

static const struct verb *const members[] = {
	&verb_cert_show,  &verb_cert_verify,  &verb_cert_check,
	&verb_cert_match, &verb_cert_new,     &verb_cert_csr,
	&verb_cert_sign,  &verb_cert_convert, NULL
};

static int run(int argc, char **argv)
{
	return group_run(&verb_cert, argc, argv);
}

const struct verb verb_cert = {
	.name = "cert",
	.operands = "VERB ...",
	.summary = "look at certificates, judge them, make them",
	.text = "Looks at certificates and judges them, those of a file or those that a server sends, and\n"
		"makes new ones.\n",
	.examples = "  ward cert show fullchain.pem\n"
		    "  ward cert show example.org:443\n"
		    "  ward cert verify fullchain.pem --hostname example.org\n"
		    "  ward cert check fullchain.pem --within 14d\n"
		    "  ward cert new localhost 127.0.0.1 ::1\n"
		    "  ward cert csr www.example.org\n"
		    "  ward cert sign www.csr --ca ca.pem --ca-key ca-key.pem\n"
		    "  ward cert convert fullchain.pem privkey.pem --to p12 --out site.p12\n",
	.members = members,
	.run = run,
};
