/*
 * `ward ca`: the family of verbs for a private CA.
 */
#include "cli/ca.h"

#include "cli/group.h"
#include "cli/report.h"

bool ca_take(struct ca_options *o, const char *command, int id, const char *value)
{
	switch (id) {
	case OPT_CA_DIR:
		o->dir = value;
		return true;
	case OPT_CA_PASSPHRASE_FILE:
		return passphrase_read_file(&o->passphrase, command, value);
	default:
		return passphrase_read_fd(&o->passphrase, command, value);
	}
}

int ca_open_for(struct ca *ca, const char *command, const char *dir, enum ca_access access)
{
	struct ward_error err = { 0 };

	return ca_open(ca, dir, access, &err) ? EXIT_FINE : report_setup(command, &err);
}

/* ---- work with the key ---- */

static int report_failure(const char *command, const struct ward_error *err)
{
	char cause[512];

	if (err->reason != WARD_E_CERT_NAME_CONSTRAINTS)
		return report_setup(command, err);
	return report_lines(command, EXIT_CA_REFUSED,
			    "leave that name out, or make a CA for it with ward ca init --permit",
			    "%s", report_cause(err, cause, sizeof(cause)));
}

static bool open_and_work(struct ca *ca, const struct ca_options *o, enum ca_access access,
			  ca_work *work, void *arg, struct ward_error *err)
{
	struct ca_secret secret = { o->passphrase.bytes, o->passphrase.len };

	return ca_open(ca, o->dir, access, err) &&
	       work(ca, o->passphrase.given ? &secret : NULL, arg, err);
}

int ca_do(struct ca *ca, const char *command, struct ca_options *o, enum ca_access access,
	  ca_work *work, void *arg)
{
	struct ward_error err = { 0 };

	if (open_and_work(ca, o, access, work, arg, &err))
		return EXIT_FINE;
	if (err.reason != WARD_E_KEY_ENCRYPTED || o->passphrase.given)
		return report_failure(command, &err);
	ca_close(ca);
	if (!passphrase_ask(&o->passphrase, command, "the CA's key", false))
		return EXIT_USAGE;
	err = (struct ward_error){ 0 };
	return open_and_work(ca, o, access, work, arg, &err) ? EXIT_FINE
							     : report_failure(command, &err);
}

/* ---- the verb ---- */

static const struct verb *const members[] = {
	&verb_ca_init, &verb_ca_issue, &verb_ca_revoke,  &verb_ca_list,      &verb_ca_crl,
	&verb_ca_ocsp, &verb_ca_renew, &verb_ca_install, &verb_ca_uninstall, NULL,
};

static int run(int argc, char **argv)
{
	return group_run(&verb_ca, argc, argv);
}

const struct verb verb_ca = {
	.name = "ca",
	.operands = "VERB ...",
	.summary = "a private CA: certificates for machines of your own",
	.text = "Makes a CA of your own, issues and revokes its certificates, and tells others what is\n"
		"revoked.\n",
	.examples = "  ward ca init\n"
		    "  ward ca issue localhost 127.0.0.1 ::1\n"
		    "  ward ca revoke localhost.pem && ward ca crl --out crl.pem\n"
		    "  ward ca list\n",
	.members = members,
	.run = run,
};
