/*
 * `ward openssl pkcs12`: certificates and a key into one file under a passphrase, and out of it.
 */
#include "crypto/pkcs12.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/secret.h"
#include "cli/openssl/issue.h"
#include "cli/openssl/key_job.h"
#include "cli/openssl/text.h"
#include "cli/openssl/verify.h"
#include "x509/chain.h"
#include "x509/name.h"

enum {
	OPT_EXPORT = OPTION_LONG,
	OPT_IN,
	OPT_INKEY,
	OPT_CERTFILE,
	OPT_NAME,
	OPT_OUT,
	OPT_PASSIN,
	OPT_PASSOUT,
	OPT_PASSWORD,
	OPT_NOKEYS,
	OPT_NOCERTS,
	OPT_CLCERTS,
	OPT_CACERTS,
	OPT_PLAIN,
	OPT_NOOUT,
	OPT_PBE,
	OPT_MACALG,
	OPT_LEGACY,
	OPT_NOTHING,
	OPT_INFO,
	OPT_CHAIN,
	OPT_CAFILE,
	OPT_CAPATH,
	OPT_NO_CAFILE,
	OPT_NO_CAPATH,
	OPT_UNTRUSTED,
};

static const struct option_row rows[] = {
	{ OPT_EXPORT, "export", NULL, "make such a file; without it, one is read" },
	{ OPT_IN, "in", "FILE", "what comes in; default: standard input" },
	{ OPT_INKEY, "inkey", "FILE", "the key, for -export; default: that of -in" },
	{ OPT_CERTFILE, "certfile", "FILE", "more certificates, for -export" },
	{ OPT_NAME, "name", "NAME", "what programs show for the key, for -export" },
	{ OPT_OUT, "out", "FILE", "where to write it; default: standard output" },
	{ OPT_PASSIN, "passin", "SOURCE", "where the passphrase of what comes in comes from" },
	{ OPT_PASSOUT, "passout", "SOURCE", "likewise, of what goes out" },
	{ OPT_PASSWORD, "password", "SOURCE", "that of the PKCS#12 file, in or out" },
	{ OPT_NOKEYS, "nokeys", NULL, "leave the key out" },
	{ OPT_NOCERTS, "nocerts", NULL, "leave the certificates out" },
	{ OPT_CLCERTS, "clcerts", NULL, "the certificate of the key alone" },
	{ OPT_CACERTS, "cacerts", NULL, "the others alone" },
	{ OPT_PLAIN, "noenc", NULL, "do not encrypt the key that is written" },
	{ OPT_PLAIN, "nodes", NULL, "the same" },
	{ OPT_NOOUT, "noout", NULL, "write nothing: only see whether it can be read" },
	{ OPT_PBE, "keypbe", "AES-256-CBC", "the cipher, which is this one anyway" },
	{ OPT_PBE, "certpbe", "AES-256-CBC", "likewise" },
	{ OPT_MACALG, "macalg", "sha256", "likewise" },
	{ OPT_LEGACY, "legacy", NULL, "old ciphers are read anyway, and never written" },
	{ OPT_INFO, "info", NULL, "tell on standard error what the file is made of" },
	{ OPT_CHAIN, "chain", NULL, "add the certificates of its CAs, for -export" },
	{ OPT_CAFILE, "CAfile", "FILE", "trust the CAs in this file, for -chain" },
	{ OPT_CAPATH, "CApath", "FOLDER", "the same for the files of a folder" },
	{ OPT_NO_CAFILE, "no-CAfile", NULL, "trust none of the system's; with -no-CApath" },
	{ OPT_NO_CAPATH, "no-CApath", NULL, "the other half of that" },
	{ OPT_NO_CAPATH, "no-CAstore", NULL, "the same" },
	{ OPT_UNTRUSTED, "untrusted", "FILE", "certificates that may stand between, for -chain" },
	{ OPT_NOTHING, "aes256", NULL, "which keys are encrypted with anyway" },
	{ OPT_NOTHING, "keyex", NULL, "of no effect" },
	{ OPT_NOTHING, "keysig", NULL, "of no effect" },
};

static const struct openssl_refusal refused[] = {
	{ "CAstore", "use -CAfile or -CApath" },
	{ "caname", "leave it out: names are for keys" },
	{ "nomac", "leave it out: a file without MAC can be changed by anybody" },
	{ "noiter", "leave it out" },
	{ "nomaciter", "leave it out" },
	{ "maciter", "leave it out: it is 100000" },
	{ "iter", "leave it out: it is 100000" },
	{ "descert", "use AES-256-CBC, which needs no option" },
	{ "twopass", "leave it out: there is one passphrase" },
	{ "CSP", "leave it out" },
	{ "LMK", "leave it out" },
	{ "pbmac1_pbkdf2", "leave it out: few programs read it" },
	{ "engine", "leave it out: keys are files" },
	KEY_ENCRYPT_REFUSALS,
};

struct job {
	const char *in, *in_key, *cert_file, *name, *out, *passin, *passout, *password;
	bool export, no_keys, no_certs, own_certs, ca_certs, plain, noout, legacy, info, chain;
	struct verify_job cas; /* for -chain */
};

/* ---- the command line ---- */

static const char **text_of(struct job *job, int id)
{
	switch (id) {
	case OPT_IN:
		return &job->in;
	case OPT_INKEY:
		return &job->in_key;
	case OPT_CERTFILE:
		return &job->cert_file;
	case OPT_NAME:
		return &job->name;
	case OPT_OUT:
		return &job->out;
	case OPT_PASSIN:
		return &job->passin;
	case OPT_PASSOUT:
		return &job->passout;
	case OPT_PASSWORD:
		return &job->password;
	default:
		return NULL;
	}
}

static bool take_flag(struct job *job, int id)
{
	switch (id) {
	case OPT_EXPORT:
		return job->export = true;
	case OPT_NOKEYS:
		return job->no_keys = true;
	case OPT_NOCERTS:
		return job->no_certs = true;
	case OPT_CLCERTS:
		return job->own_certs = true;
	case OPT_CACERTS:
		return job->ca_certs = true;
	case OPT_PLAIN:
		return job->plain = true;
	case OPT_NOOUT:
		return job->noout = true;
	case OPT_LEGACY:
		return job->legacy = true;
	case OPT_INFO:
		return job->info = true;
	case OPT_CHAIN:
		return job->chain = true;
	case OPT_NO_CAFILE:
		return job->cas.no_ca_file = true;
	case OPT_NO_CAPATH:
		return job->cas.no_ca_path = true;
	default:
		return true;
	}
}

static bool take_ca(struct job *job, const struct option_row *row, const char *value)
{
	struct verify_files *files = row->id == OPT_CAFILE   ? &job->cas.ca_files
				     : row->id == OPT_CAPATH ? &job->cas.ca_paths
							     : &job->cas.untrusted;

	if (files->count == VERIFY_FILES_MAX)
		return openssl_bad_value(&openssl_pkcs12, row, value,
					 "put them into one file: there are too many");
	files->items[files->count++] = value;
	return true;
}

static bool take(void *arg, const struct option_row *row, const char *value)
{
	struct job *job = arg;
	const char **text = text_of(job, row->id);

	if (value == NULL)
		return take_flag(job, row->id);
	if (row->id == OPT_PBE)
		return key_job_cipher_is_ours(value) ||
		       openssl_bad_value(&openssl_pkcs12, row, value,
					 "use AES-256-CBC: the others are weak");
	if (row->id == OPT_CAFILE || row->id == OPT_CAPATH || row->id == OPT_UNTRUSTED)
		return take_ca(job, row, value);
	if (row->id == OPT_MACALG)
		return strcasecmp(value, "sha256") == 0 ||
		       openssl_bad_value(&openssl_pkcs12, row, value, "use sha256");
	*text = value;
	return true;
}

/* ---- -export ---- */

struct parts {
	struct openssl_key key;
	struct ward_chain chain;
};

static bool add_certs(struct parts *p, const char *name, struct span bytes)
{
	struct ward_error err = ERROR_NONE;
	struct ward_chain more = { NULL, 0 };
	bool ok = ward_chain_parse(bytes.data, bytes.len, &more, &err);

	for (size_t i = 0; ok && i < more.count; i++) {
		ok = chain_append(&p->chain, ward_cert_ref(more.certs[i]), &err);
		if (!ok)
			ward_cert_free(more.certs[i]);
	}
	ward_chain_clear(&more);
	return ok || openssl_fail_error(&openssl_pkcs12, name, &err) == OPENSSL_FINE;
}

/* Certificates, and the key if it is in the same file. */
static bool read_in(const struct job *job, struct parts *p)
{
	struct file_bytes bytes;
	struct span span;
	bool ok;

	if (!openssl_read(&openssl_pkcs12, job->in, &bytes))
		return false;
	span = span_make(bytes.data, bytes.len);
	ok = add_certs(p, openssl_input_name(job->in), span);
	if (ok && !job->no_keys && job->in_key == NULL)
		ok = openssl_key_bytes(&openssl_pkcs12, openssl_input_name(job->in), span,
				       job->passin, &p->key);
	file_bytes_clear(&bytes);
	return ok;
}

static bool read_more(const struct job *job, struct parts *p)
{
	struct file_bytes bytes;
	bool ok;

	if (!job->no_keys && job->in_key != NULL &&
	    !openssl_key_private(&openssl_pkcs12, job->in_key, job->passin, &p->key))
		return false;
	if (job->cert_file == NULL)
		return true;
	if (!openssl_read(&openssl_pkcs12, job->cert_file, &bytes))
		return false;
	ok = add_certs(p, job->cert_file, span_make(bytes.data, bytes.len));
	file_bytes_clear(&bytes);
	return ok;
}

/* The certificate of the key comes first. */
static bool put_own_first(struct parts *p)
{
	struct ward_cert *first = p->chain.certs[0];

	for (size_t i = 0; i < p->chain.count; i++)
		if (ward_key_matches(p->key.private, p->chain.certs[i])) {
			p->chain.certs[0] = p->chain.certs[i];
			p->chain.certs[i] = first;
			return true;
		}
	return openssl_fail(&openssl_pkcs12, "give the certificate that the key belongs to",
			    "no certificate matches the private key") == OPENSSL_FINE;
}

static bool append(struct ward_chain *chain, struct ward_cert *cert, struct ward_error *err)
{
	if (chain_append(chain, ward_cert_ref(cert), err))
		return true;
	ward_cert_free(cert);
	return false;
}

static bool holds(const struct ward_chain *chain, const struct ward_cert *cert)
{
	for (size_t i = 0; i < chain->count; i++)
		if (cert_same(chain->certs[i], cert))
			return true;
	return false;
}

/* The CAs of the first certificate, up to the root, but those that are there already. */
static bool find_path(const struct verify_pool *pool, struct parts *p, struct ward_error *err)
{
	struct ward_verify_params params = { .time = (int64_t)time(NULL),
					     .purpose = WARD_PURPOSE_ANY };
	struct ward_verdict verdict = { .failed_cert = -1 };
	struct ward_chain all = { NULL, 0 };
	bool ok;

	assert(p->chain.certs != NULL);
	ok = append(&all, p->chain.certs[0], err);
	for (size_t i = 0; ok && i < pool->others.count; i++)
		ok = append(&all, pool->others.certs[i], err);
	ok = ok && ward_verify(pool->trust, all.certs, all.count, &params, &verdict, err);
	for (size_t i = 1; ok && i < verdict.path.count; i++)
		ok = holds(&p->chain, verdict.path.certs[i]) ||
		     append(&p->chain, verdict.path.certs[i], err);
	ward_verdict_clear(&verdict);
	ward_chain_clear(&all);
	return ok;
}

static bool add_chain(const struct job *job, struct parts *p)
{
	struct ward_error err = ERROR_NONE;
	struct verify_pool pool;
	bool ok = true;

	if (!job->chain)
		return true;
	ok = verify_pool_load(&pool, &job->cas);
	if (ok && !find_path(&pool, p, &err))
		ok = openssl_fail_error(&openssl_pkcs12, "the chain", &err) == OPENSSL_FINE;
	verify_pool_clear(&pool);
	return ok;
}

static bool get_passphrase(const char *source, const char *other, const char *prompt, bool twice,
			   struct openssl_passphrase *p)
{
	if (!openssl_passphrase_get(&openssl_pkcs12, source != NULL ? source : other, p))
		return false;
	return p->given || openssl_passphrase_ask(&openssl_pkcs12, prompt, twice, p);
}

static int write_p12(const struct job *job, const struct parts *p,
		     const struct openssl_passphrase *pass)
{
	struct privkey *key = p->key.private == NULL ? NULL : key_private(p->key.private);
	struct span *certs = calloc(p->chain.count, sizeof(*certs));
	struct ward_error err = ERROR_NONE;
	uint8_t *der = NULL;
	size_t len = 0;
	int status = OPENSSL_FAILED;

	if (certs == NULL)
		FAIL(&err, NO_MEMORY);
	for (size_t i = 0; certs != NULL && i < p->chain.count; i++)
		certs[i] = cert_der(p->chain.certs[i]);
	if (certs != NULL && pkcs12_write(key, certs, p->chain.count, job->name,
					  span_make(pass->text, pass->len), &der, &len, &err))
		status = openssl_write(&openssl_pkcs12, job->out, span_make(der, len), key != NULL);
	if (error_is_set(&err))
		(void)openssl_fail_error(&openssl_pkcs12, NULL, &err);
	free(certs);
	free(der);
	return status;
}

static int run_export(const struct job *job)
{
	struct parts p = { .chain.count = 0 };
	struct openssl_passphrase pass = { .len = 0 };
	int status = OPENSSL_FAILED;

	if (job->legacy || job->no_certs)
		return openssl_fail(&openssl_pkcs12,
				    job->legacy ? "leave it out: old ciphers are read alone"
						: "write the key with ward openssl pkey",
				    "-%s does not go with -export",
				    job->legacy ? "legacy" : "nocerts");
	if (read_in(job, &p) && read_more(job, &p) &&
	    (p.key.private == NULL || put_own_first(&p)) && add_chain(job, &p) &&
	    get_passphrase(job->passout, job->password, "Enter Export Password: ", true, &pass))
		status = write_p12(job, &p, &pass);
	openssl_passphrase_wipe(&pass);
	openssl_key_clear(&p.key);
	ward_chain_clear(&p.chain);
	return status;
}

/* ---- reading one ---- */

static void put_bag_name(FILE *out, const struct pkcs12_bag *bag)
{
	const struct name_attribute a = { .tag = DER_BMP_STRING,
					  .value = span_make(bag->name, bag->name_len) };
	char text[512];

	if (bag->name_len > 0)
		fprintf(out, "    friendlyName: %s\n", name_string_text(&a, text, sizeof(text)));
}

static void put_attributes(FILE *out, const struct pkcs12_bag *bag)
{
	if (bag->name_len == 0 && bag->key_id_len == 0) {
		fputs("Bag Attributes: <No Attributes>\n", out);
		return;
	}
	fputs("Bag Attributes\n", out);
	if (!bag->key_id_first)
		put_bag_name(out, bag);
	if (bag->key_id_len > 0) {
		fputs("    localKeyID: ", out);
		for (size_t i = 0; i < bag->key_id_len; i++)
			fprintf(out, "%02X ", bag->key_id[i]);
		fputc('\n', out);
	}
	if (bag->key_id_first)
		put_bag_name(out, bag);
}

static bool put_cert(FILE *out, const struct pkcs12_cert *c)
{
	struct ward_error err = ERROR_NONE;
	struct ward_cert *cert = ward_cert_parse(c->der, c->len, &err);

	if (cert == NULL)
		return openssl_fail_error(&openssl_pkcs12, NULL, &err) == OPENSSL_FINE;
	put_attributes(out, &c->bag);
	fputs("subject=", out);
	text_name(out, cert_subject_der(cert), &name_style_default);
	fputs("\nissuer=", out);
	text_name(out, cert_issuer_der(cert), &name_style_default);
	fputc('\n', out);
	ward_cert_free(cert);
	return openssl_put_object(out, "CERTIFICATE", span_make(c->der, c->len), OPENSSL_FORM_PEM);
}

static bool put_key(const struct job *job, FILE *out, struct pkcs12 *p12)
{
	const struct key_job k = { .command = &openssl_pkcs12,
				   .passout = job->passout,
				   .encrypt = !job->plain };
	struct ward_error err = ERROR_NONE;
	struct ward_key *private = key_from_private(p12->key, &err);
	struct openssl_key key;
	bool ok;

	p12->key = NULL; /* it has been taken */
	put_attributes(out, &p12->key_bag);
	fputs("Key Attributes: <No Attributes>\n", out);
	ok = openssl_key_take(&openssl_pkcs12, private, &err, &key) && key_job_write(&k, &key, out);
	openssl_key_clear(&key);
	return ok;
}

static bool is_wanted(const struct job *job, const struct pkcs12_cert *c)
{
	bool own = c->bag.key_id_len > 0;

	return !job->no_certs && !(job->own_certs && !own) && !(job->ca_certs && own);
}

/* In the order of the file. */
static bool put_all(const struct job *job, FILE *out, struct pkcs12 *p12)
{
	bool key = p12->key != NULL && !job->no_keys;
	size_t key_place = p12->key_place;

	for (size_t i = 0; i <= p12->count; i++) {
		if (key && i == key_place && !put_key(job, out, p12))
			return false;
		if (i < p12->count && is_wanted(job, &p12->certs[i]) &&
		    !put_cert(out, &p12->certs[i]))
			return false;
	}
	return true;
}

static bool read_p12(const struct job *job, struct pkcs12 *p12)
{
	struct openssl_passphrase pass = { .len = 0 };
	struct ward_error err = ERROR_NONE;
	struct file_bytes bytes;
	bool ok = false;

	*p12 = (struct pkcs12){ 0 };
	if (!openssl_read(&openssl_pkcs12, job->in, &bytes))
		return false;
	if (get_passphrase(job->passin, job->password, "Enter Import Password: ", false, &pass)) {
		ok = pkcs12_read(span_make(bytes.data, bytes.len), span_make(pass.text, pass.len),
				 p12, &err);
		if (job->info && p12->told != NULL)
			fputs(p12->told, stderr);
		if (!ok)
			(void)openssl_fail_error(&openssl_pkcs12, openssl_input_name(job->in),
						 &err);
	}
	openssl_passphrase_wipe(&pass);
	file_bytes_clear(&bytes);
	return ok;
}

static int run_import(const struct job *job)
{
	struct pkcs12 p12;
	struct openssl_output out;
	bool secret = !job->no_keys;
	int status = OPENSSL_FAILED;

	if (read_p12(job, &p12)) {
		status = OPENSSL_FINE;
		if (!job->noout && openssl_output_start(&openssl_pkcs12, &out)) {
			status = put_all(job, out.file, &p12) ? OPENSSL_FINE : OPENSSL_FAILED;
			status =
				openssl_output_end(&openssl_pkcs12, &out, job->out, secret, status);
		}
	}
	pkcs12_clear(&p12);
	return status;
}

static int run(int argc, char **argv)
{
	struct job job = { .cas.command = &openssl_pkcs12 };
	int status = OPENSSL_FAILED;

	if (!openssl_parse_alone(&openssl_pkcs12, argc, argv, take, &job, &status))
		return status;
	return job.export ? run_export(&job) : run_import(&job);
}

const struct openssl_command openssl_pkcs12 = {
	.verb = {
		.name = "openssl pkcs12",
		.page = "openssl",
		.operands = "",
		.summary = "certificates and a key in one file, made and read",
		.text = "Makes a PKCS#12 file (-export) of certificates and a key, or writes what is in one as\n"
			"PEM. What is made is encrypted by AES-256; what is read may be by older ciphers.\n",
		.examples = "  ward openssl pkcs12 -export -in cert.pem -inkey key.pem -certfile ca.pem -out all.p12\n"
			    "  ward openssl pkcs12 -in all.p12 -nodes -out all.pem\n"
			    "  ward openssl pkcs12 -in all.p12 -nokeys -clcerts -passin file:secret\n",
		.options = rows,
		.option_count = sizeof(rows) / sizeof(rows[0]),
		.run = run,
	},
	.refused = refused,
	.refused_count = sizeof(refused) / sizeof(refused[0]),
};
