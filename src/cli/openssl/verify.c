/*
 * `ward openssl verify`: whether certificates are good, file by file.
 *
 * Exit status: 0 all are good; 2 one is not, or cannot be read; 1 the command line is wrong, or what
 * is trusted cannot be read.
 */
#include "cli/openssl/verify.h"

#include <time.h>

#include "cli/target.h"
#include "cli/values.h"
#include "x509/chain.h"

enum { VERIFY_NO = 2 };

enum {
	OPT_CAFILE = OPTION_LONG,
	OPT_CAPATH,
	OPT_NO_CAFILE,
	OPT_NO_CAPATH,
	OPT_TRUSTED,
	OPT_UNTRUSTED,
	OPT_CRLFILE,
	OPT_HOST,
	OPT_ADDRESS,
	OPT_EMAIL,
	OPT_PURPOSE,
	OPT_ATTIME,
	OPT_DEPTH,
	OPT_CRL_CHECK,
	OPT_CRL_CHECK_ALL,
	OPT_ANY_TIME,
	OPT_PARTIAL,
	OPT_STRICT,
	OPT_SHOW_CHAIN,
	OPT_NAMEOPT,
	OPT_NOTHING,
};

static const struct option_row rows[] = {
	{ OPT_CAFILE, "CAfile", "FILE", "trust the CAs in this file; its CRLs are used, too" },
	{ OPT_CAPATH, "CApath", "FOLDER", "the same for the files of a folder" },
	{ OPT_NO_CAFILE, "no-CAfile", NULL, "trust none of the system's; with -no-CApath" },
	{ OPT_NO_CAPATH, "no-CApath", NULL, "the other half of that" },
	{ OPT_NO_CAPATH, "no-CAstore", NULL, "the same" },
	{ OPT_TRUSTED, "trusted", "FILE", "as -CAfile, without it" },
	{ OPT_UNTRUSTED, "untrusted", "FILE", "certificates that may stand between" },
	{ OPT_CRLFILE, "CRLfile", "FILE", "lists of revoked certificates" },
	{ OPT_CRL_CHECK, "crl_check", NULL, "ask the lists for the certificate itself" },
	{ OPT_CRL_CHECK_ALL, "crl_check_all", NULL, "ask them for its CAs as well" },
	{ OPT_HOST, "verify_hostname", "NAME", "that it must be for" },
	{ OPT_ADDRESS, "verify_ip", "ADDRESS", "that it must be for" },
	{ OPT_EMAIL, "verify_email", "ADDRESS", "that it must be for" },
	{ OPT_PURPOSE, "purpose", "PURPOSE", "sslserver, smimesign and others; any (default)" },
	{ OPT_ATTIME, "attime", "SECONDS", "judge as of this moment, counted from 1970" },
	{ OPT_ANY_TIME, "no_check_time", NULL, "do not ask when anything is valid" },
	{ OPT_DEPTH, "verify_depth", "NUMBER", "how many CAs may stand between" },
	{ OPT_PARTIAL, "partial_chain", NULL, "a trusted certificate need not be a root" },
	{ OPT_STRICT, "x509_strict", NULL, "ask for the profile of RFC 5280" },
	{ OPT_SHOW_CHAIN, "show_chain", NULL, "show the chain of a good one" },
	{ OPT_NAMEOPT, "nameopt", "LIST", "how names are shown, as RFC2253 or multiline" },
	{ OPT_NOTHING, "verbose", NULL, "which it is anyway" },
	{ OPT_NOTHING, "trusted_first", NULL, "which it is anyway" },
	{ OPT_NOTHING, "no_alt_chains", NULL, "the search is bounded anyway" },
	{ OPT_NOTHING, "issuer_checks", NULL, "which it does not show anyway" },
	{ OPT_NOTHING, "check_ss_sig", NULL, "what a root signs of itself proves nothing" },
};

static const struct openssl_refusal refused[] = {
	{ "CAstore", "use -CAfile or -CApath" },
	{ "crl_download", "fetch the list first, and give it with -CRLfile" },
	{ "extended_crl", "leave it out: indirect lists are not used" },
	{ "use_deltas", "leave it out: delta lists that are given are used" },
	{ "policy", "use ward cert verify --policy" },
	{ "policy_check", "leave it out: policies are judged anyway" },
	{ "policy_print", "use ward cert show" },
	{ "explicit_policy", "leave it out: CAs say so themselves" },
	{ "inhibit_any", "leave it out: CAs say so themselves" },
	{ "inhibit_map", "leave it out: CAs say so themselves" },
	{ "auth_level", "leave it out: RSA of 2048 bits and SHA-256 are the least" },
	{ "ignore_critical", "have it issued without the extension" },
	{ "allow_proxy_certs", "use openssl itself: ward has no proxy certificates" },
	{ "verify_name", "use -purpose" },
	{ "suiteB_128", "leave it out" },
	{ "suiteB_128_only", "leave it out" },
	{ "suiteB_192", "leave it out" },
	{ "vfyopt", "leave it out" },
	{ "engine", "leave it out: certificates are files" },
};

/* ---- the command line ---- */

static bool take_file(struct verify_files *files, const struct option_row *row, const char *value)
{
	if (files->count == VERIFY_FILES_MAX)
		return openssl_bad_value(&openssl_verify, row, value,
					 "put them into one file: there are too many");
	files->items[files->count++] = value;
	return true;
}

static bool take_purpose(struct verify_job *job, const struct option_row *row, const char *value)
{
	job->purpose = purpose_find(value);
	return job->purpose != NULL ||
	       openssl_bad_value(&openssl_verify, row, value, "give " PURPOSE_NAMES);
}

static bool take_name(struct verify_job *job, const struct option_row *row, const char *value)
{
	if (row->id == OPT_EMAIL) {
		job->email = value;
		return true;
	}
	if (row->id == OPT_HOST)
		job->host = value;
	else
		job->address = value;
	if (row->id == OPT_ADDRESS && !host_is_ip(value))
		return openssl_bad_value(&openssl_verify, row, value,
					 "give an address such as 192.0.2.1");
	return target_name_is_plain(value) ||
	       openssl_bad_value(&openssl_verify, row, value, "give a name in ASCII (xn--...)");
}

static bool take_flag(struct verify_job *job, int id)
{
	switch (id) {
	case OPT_NO_CAFILE:
		return job->no_ca_file = true;
	case OPT_NO_CAPATH:
		return job->no_ca_path = true;
	case OPT_CRL_CHECK:
		return job->crl_check = true;
	case OPT_CRL_CHECK_ALL:
		return job->crl_check_all = true;
	case OPT_ANY_TIME:
		return job->any_time = true;
	case OPT_PARTIAL:
		return job->partial_chain = true;
	case OPT_STRICT:
		return job->strict = true;
	case OPT_SHOW_CHAIN:
		return job->show_chain = true;
	default:
		return true;
	}
}

static bool take(void *arg, const struct option_row *row, const char *value)
{
	struct verify_job *job = arg;

	switch (row->id) {
	case OPT_CAFILE:
		return take_file(&job->ca_files, row, value);
	case OPT_CAPATH:
		return take_file(&job->ca_paths, row, value);
	case OPT_TRUSTED:
		return take_file(&job->trusted, row, value);
	case OPT_UNTRUSTED:
		return take_file(&job->untrusted, row, value);
	case OPT_CRLFILE:
		return take_file(&job->crls, row, value);
	case OPT_HOST:
	case OPT_ADDRESS:
	case OPT_EMAIL:
		return take_name(job, row, value);
	case OPT_PURPOSE:
		return take_purpose(job, row, value);
	case OPT_ATTIME:
		return value_number(value, 0, INT64_C(253402300799), &job->at) ||
		       openssl_bad_value(&openssl_verify, row, value, "give seconds since 1970");
	case OPT_DEPTH:
		return value_number(value, 0, 100, &job->depth) ||
		       openssl_bad_value(&openssl_verify, row, value, "give a number up to 100");
	case OPT_NAMEOPT:
		return name_style_parse(&job->style, value) ||
		       openssl_bad_value(&openssl_verify, row, value,
					 "give RFC2253, oneline, multiline, compat or utf8");
	default:
		return take_flag(job, row->id);
	}
}

/* ---- one certificate ---- */

static unsigned int most_intermediates(int64_t depth)
{
	enum { MOST = 30 };

	if (depth < 0 || depth > MOST)
		return MOST;
	return depth == 0 ? WARD_NO_INTERMEDIATES : (unsigned int)depth;
}

static struct ward_verify_params params_of(const struct verify_job *job)
{
	struct ward_verify_params params = {
		.time = job->at < 0 ? (int64_t)time(NULL) : job->at,
		.insecure_any_time = job->any_time && job->at < 0, /* who names a time wants it */
		.purpose = job->purpose->ward,
		.policy = job->strict ? WARD_POLICY_RFC5280 : WARD_POLICY_DEFAULT,
		.max_intermediates = most_intermediates(job->depth),
	};

	if (!job->crl_check && !job->crl_check_all)
		return params;
	params.crls = job->pool.crls;
	params.crl_count = job->pool.crl_count;
	params.revocation =
		job->crl_check_all ? WARD_REVOCATION_REQUIRE_CHAIN : WARD_REVOCATION_REQUIRE_LEAF;
	return params;
}

/* The leaf, and all that may stand above it. */
static bool present(struct ward_chain *chain, struct ward_cert *leaf,
		    const struct ward_chain *others)
{
	struct ward_error err = ERROR_NONE;

	*chain = (struct ward_chain){ NULL, 0 };
	for (size_t i = 0; i <= others->count && !error_is_set(&err); i++) {
		struct ward_cert *cert = ward_cert_ref(i == 0 ? leaf : others->certs[i - 1]);

		if (!chain_append(chain, cert, &err))
			ward_cert_free(cert);
	}
	return !error_is_set(&err) ||
	       openssl_fail_error(&openssl_verify, NULL, &err) == OPENSSL_FINE;
}

static bool is_about_time(const struct ward_verdict *v)
{
	for (size_t i = 0; i < v->finding_count; i++)
		if (v->findings[i].reason == WARD_E_CERT_EXPIRED ||
		    v->findings[i].reason == WARD_E_CERT_NOT_YET_VALID)
			return true;
	return false;
}

/* False where it could not be judged at all. */
static bool ask(const struct verify_job *job, const struct ward_chain *chain,
		struct verify_result *r, struct ward_error *err)
{
	struct ward_verify_params params = params_of(job);

	*r = (struct verify_result){ .has_time = !params.insecure_any_time, .time = params.time };
	r->good =
		ward_verify(job->pool.trust, chain->certs, chain->count, &params, &r->verdict, err);
	r->is_about_time = is_about_time(&r->verdict);
	if (r->is_about_time) {
		params.insecure_any_time = true;
		r->timeless_good = ward_verify(job->pool.trust, chain->certs, chain->count, &params,
					       &r->timeless, NULL);
	}
	return err->reason != WARD_E_NO_MEMORY && err->reason != WARD_E_CRYPTO_FAILED;
}

static bool judge(const struct verify_job *job, const char *name, struct ward_cert *leaf)
{
	struct ward_error err = ERROR_NONE;
	struct verify_result result;
	struct ward_chain chain;
	bool good = false;

	if (present(&chain, leaf, &job->pool.others)) {
		if (ask(job, &chain, &result, &err))
			good = verify_tell(job, name, &chain, &result);
		else
			(void)openssl_fail_error(&openssl_verify, NULL, &err);
		ward_verdict_clear(&result.verdict);
		ward_verdict_clear(&result.timeless);
	}
	ward_chain_clear(&chain);
	return good;
}

/* The first certificate of a file counts, as with openssl: what is behind it is not looked at. */
static bool verify_file(const struct verify_job *job, const char *path)
{
	struct ward_error err = ERROR_NONE;
	struct ward_chain chain = { NULL, 0 };
	struct file_bytes bytes;
	bool good = false;

	if (!openssl_read(&openssl_verify, path, &bytes))
		return false;
	if (ward_chain_parse(bytes.data, bytes.len, &chain, &err))
		good = judge(job, path == NULL ? "stdin" : path, chain.certs[0]);
	else
		(void)openssl_fail_error(&openssl_verify, openssl_input_name(path), &err);
	ward_chain_clear(&chain);
	file_bytes_clear(&bytes);
	return good;
}

static int verify_files(const struct verify_job *job, char *const *files)
{
	bool good = true;

	if (files[0] == NULL)
		good = verify_file(job, NULL);
	for (; *files != NULL; files++)
		good = verify_file(job, *files) && good;
	return good ? OPENSSL_FINE : VERIFY_NO;
}

static int run(int argc, char **argv)
{
	struct verify_job job = { .command = &openssl_verify,
				  .at = -1,
				  .depth = -1,
				  .purpose = purpose_find("any"),
				  .style = name_style_default };
	int status = OPENSSL_FAILED;
	char **files = openssl_parse(&openssl_verify, argc, argv, take, &job, &status);

	if (files == NULL)
		return status;
	if (job.trusted.count > 0 && job.ca_files.count + job.ca_paths.count > 0)
		return openssl_fail(&openssl_verify, "put them into one file",
				    "-trusted cannot stand beside -CAfile or -CApath");
	status = OPENSSL_FAILED;
	if (verify_pool_load(&job.pool, &job))
		status = verify_files(&job, files);
	verify_pool_clear(&job.pool);
	return status;
}

const struct openssl_command openssl_verify = {
	.verb = {
		.name = "openssl verify",
		.page = "openssl",
		.operands = "[FILE]...",
		.summary = "whether certificates are good",
		.text = "Judges the first certificate of each file, or of standard input: says \"FILE: OK\", or what\n"
			"is wrong, with openssl's numbers. Without -CAfile, -CApath and -trusted the system's roots\n"
			"are trusted. Exit status: 0 all are good; 2 one is not; 1 the command line is wrong.\n",
		.examples = "  ward openssl verify -CAfile ca.pem cert.pem\n"
			    "  ward openssl verify -untrusted intermediate.pem -verify_hostname example.org cert.pem\n"
			    "  ward openssl verify -CAfile ca.pem -CRLfile ca.crl -crl_check cert.pem\n",
		.options = rows,
		.option_count = sizeof(rows) / sizeof(rows[0]),
		.run = run,
	},
	.refused = refused,
	.refused_count = sizeof(refused) / sizeof(refused[0]),
};
