/*
 * The configuration of `ward openssl req`.
 *
 * Where no file is named, what counts is what openssl is delivered with, as far as it makes sense
 * today: the fields that are asked for, without answers from nowhere, and the sections of extensions
 * that people name.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/openssl/req.h"

static const char delivered[] = "[req]\n"
				"default_bits = 2048\n"
				"default_keyfile = privkey.pem\n"
				"distinguished_name = req_distinguished_name\n"
				"x509_extensions = v3_ca\n"
				"[req_distinguished_name]\n"
				"countryName = Country Name (2 letter code)\n"
				"countryName_min = 2\n"
				"countryName_max = 2\n"
				"stateOrProvinceName = State or Province Name (full name)\n"
				"localityName = Locality Name (eg, city)\n"
				"organizationName = Organization Name (eg, company)\n"
				"organizationalUnitName = Organizational Unit Name (eg, section)\n"
				"commonName = Common Name (e.g. server FQDN or YOUR name)\n"
				"commonName_max = 64\n"
				"emailAddress = Email Address\n"
				"emailAddress_max = 64\n"
				"[v3_ca]\n"
				"subjectKeyIdentifier = hash\n"
				"authorityKeyIdentifier = keyid:always,issuer\n"
				"basicConstraints = critical,CA:true\n"
				"[v3_req]\n"
				"basicConstraints = CA:FALSE\n"
				"keyUsage = nonRepudiation, digitalSignature, keyEncipherment\n"
				"[usr_cert]\n"
				"basicConstraints = CA:FALSE\n"
				"subjectKeyIdentifier = hash\n"
				"authorityKeyIdentifier = keyid,issuer\n";

static bool load_delivered(struct req_job *job)
{
	struct conf_fault fault;

	return conf_parse(&job->conf, SPAN_LITERAL(delivered), &fault) ||
	       openssl_fail(&openssl_req, "free some memory and try again", "%s", fault.text) ==
		       OPENSSL_FINE;
}

bool req_load_conf(struct req_job *job)
{
	const char *path = job->config;

	if (path == NULL)
		path = secure_getenv("OPENSSL_CONF");
	if (path == NULL || path[0] == '\0')
		return load_delivered(job);
	return issue_read_conf(&openssl_req, path, &job->conf);
}

const char *req_setting(const struct req_job *job, const char *name)
{
	return conf_get(&job->conf, job->section, name);
}
