/*
 * `ward openssl genpkey`, `genrsa` and `ecparam`: keys are made.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/openssl/key_job.h"
#include "cli/openssl/key_text.h"
#include "cli/values.h"
#include "x509/x509.h"

enum { RSA_BITS_DEFAULT = 2048 };

/* ---- curves ---- */

struct curve {
	const char *name, *nist, *about;
	enum key_type type;
	uint8_t oid[10]; /* as it stands in DER, header included */
	uint8_t oid_len;
	unsigned int bits;
};

static const struct curve curves[] = {
	{ "prime256v1",
	  "P-256",
	  "X9.62/SECG curve over a 256 bit prime field",
	  KEY_P256,
	  { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 },
	  10,
	  256 },
	{ "secp384r1",
	  "P-384",
	  "NIST/SECG curve over a 384 bit prime field",
	  KEY_P384,
	  { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22 },
	  7,
	  384 },
	{ "secp521r1",
	  "P-521",
	  "NIST/SECG curve over a 521 bit prime field",
	  KEY_P521,
	  { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23 },
	  7,
	  521 },
};

enum { CURVES = sizeof(curves) / sizeof(curves[0]) };

static const struct curve *find_curve(const char *name)
{
	if (strcasecmp(name, "secp256r1") == 0)
		name = curves[0].name;
	for (size_t i = 0; i < CURVES; i++)
		if (strcasecmp(curves[i].name, name) == 0 || strcasecmp(curves[i].nist, name) == 0)
			return &curves[i];
	return NULL;
}

bool key_make_curve(const char *name, enum key_type *type)
{
	const struct curve *curve = find_curve(name);

	if (curve != NULL)
		*type = curve->type;
	return curve != NULL;
}

bool key_make_curve_der(struct span oid, enum key_type *type)
{
	for (size_t i = 0; i < CURVES; i++)
		if (span_equal(oid, span_make(curves[i].oid, curves[i].oid_len))) {
			*type = curves[i].type;
			return true;
		}
	return false;
}

const char key_make_curves_wanted[] =
	"give prime256v1 (P-256), secp384r1 (P-384) or secp521r1 (P-521)";

/* ---- making ---- */

struct ward_key *key_make(enum key_type type, unsigned int bits, struct ward_error *err)
{
	return key_from_private(privkey_generate(type, bits, err), err);
}

bool key_make_bits(const char *text, unsigned int *bits)
{
	int64_t n;

	if (!value_number(text, 2048, 8192, &n))
		return false;
	*bits = (unsigned int)n;
	return true;
}

const char key_make_bits_wanted[] =
	"give 2048 to 8192: fewer can be broken, more is slow and no gain";

static bool act_made(const struct key_job *job, const struct openssl_key *key, FILE *out)
{
	return key_job_write(job, key, out) && (!job->text || key_job_print_text(job, key, out));
}

/* ---- genpkey ---- */

enum { OPT_ALGORITHM = KEY_OPT_OWN, OPT_PKEYOPT, OPT_QUIET, OPT_PRIMES, OPT_F4 };

static const struct option_row genpkey_rows[] = {
	{ OPT_ALGORITHM, "algorithm", "NAME", "RSA, EC or ED25519" },
	{ OPT_PKEYOPT, "pkeyopt", "NAME:VALUE",
	  "rsa_keygen_bits:2048, ec_paramgen_curve:P-256, ..." },
	{ KEY_OPT_OUT, "out", "FILE", "where to write it; default: standard output" },
	{ KEY_OPT_OUTFORM, "outform", "PEM|DER", "the form to write" },
	{ KEY_OPT_PASSOUT, "pass", "SOURCE", "where the passphrase comes from" },
	{ KEY_OPT_TEXT, "text", NULL, "show its numbers, too" },
	{ OPT_QUIET, "quiet", NULL, "which it is anyway" },
	KEY_ENCRYPT_ROWS,
};

struct genpkey {
	struct key_job job;
	enum key_type type; /* KEY_NONE: not said */
	const struct curve *curve;
	unsigned int bits;
};

static bool take_algorithm(struct genpkey *g, const struct option_row *row, const char *name)
{
	static const char wanted[] = "give RSA, EC or ED25519";

	if (strcasecmp(name, "RSA") == 0)
		g->type = KEY_RSA;
	else if (strcasecmp(name, "EC") == 0)
		g->type = KEY_P256;
	else if (strcasecmp(name, "ED25519") == 0)
		g->type = KEY_ED25519;
	else if (strcasecmp(name, "X25519") == 0 || strcasecmp(name, "X448") == 0)
		return openssl_bad_value(g->job.command, row, name,
					 "give ED25519: keys in files are for signing, TLS makes "
					 "those for key exchange itself");
	else
		return openssl_bad_value(g->job.command, row, name, wanted);
	return true;
}

/* What is behind "NAME:"; NULL if it is another name. */
static const char *option_value(const char *text, const char *name)
{
	size_t len = strlen(name);

	return strncmp(text, name, len) == 0 && text[len] == ':' ? text + len + 1 : NULL;
}

static bool take_pkeyopt(struct genpkey *g, const struct option_row *row, const char *text)
{
	const struct openssl_command *command = g->job.command;
	const char *value;

	if ((value = option_value(text, "rsa_keygen_bits")) != NULL)
		return key_make_bits(value, &g->bits) ||
		       openssl_bad_value(command, row, text, key_make_bits_wanted);
	if ((value = option_value(text, "rsa_keygen_pubexp")) != NULL)
		return strcmp(value, "65537") == 0 ||
		       openssl_bad_value(command, row, text, "the exponent is 65537");
	if ((value = option_value(text, "ec_paramgen_curve")) != NULL ||
	    (value = option_value(text, "group")) != NULL) {
		g->curve = find_curve(value);
		return g->curve != NULL ||
		       openssl_bad_value(command, row, text, key_make_curves_wanted);
	}
	if ((value = option_value(text, "ec_param_enc")) != NULL)
		return strcmp(value, "named_curve") == 0 ||
		       openssl_bad_value(command, row, text, "curves are named");
	return openssl_bad_value(command, row, text,
				 "give rsa_keygen_bits:NUMBER or ec_paramgen_curve:CURVE");
}

static bool take_genpkey(void *arg, const struct option_row *row, const char *value)
{
	struct genpkey *g = arg;

	switch (row->id) {
	case OPT_ALGORITHM:
		return take_algorithm(g, row, value);
	case OPT_PKEYOPT:
		return take_pkeyopt(g, row, value);
	case OPT_QUIET:
		return true;
	default:
		return key_job_take(&g->job, row, value);
	}
}

/* Options of one algorithm with another would be passed over in silence. */
static bool judge(const struct genpkey *g)
{
	const char *cause = NULL, *remedy = "leave out that -pkeyopt";

	if (g->type == KEY_NONE) {
		cause = "no algorithm is named";
		remedy = "give -algorithm RSA, EC or ED25519";
	} else if (g->type == KEY_P256 && g->curve == NULL) {
		cause = "no curve is named";
		remedy = "give -pkeyopt ec_paramgen_curve:P-256";
	} else if (g->type != KEY_P256 && g->curve != NULL) {
		cause = "only EC keys have a curve to choose";
	} else if (g->type != KEY_RSA && g->bits != 0) {
		cause = "only RSA keys have a number of bits to choose";
	}
	return cause == NULL || openssl_fail(g->job.command, remedy, "%s", cause) == OPENSSL_FINE;
}

static int run_genpkey(int argc, char **argv)
{
	struct genpkey g = { .job = { .command = &openssl_genpkey } };
	struct ward_error err = ERROR_NONE;
	int status = OPENSSL_FAILED;

	if (!openssl_parse_alone(&openssl_genpkey, argc, argv, take_genpkey, &g, &status) ||
	    !judge(&g))
		return status;
	if (g.curve != NULL)
		g.type = g.curve->type;
	return key_job_run_made(&g.job, key_make(g.type, g.bits, &err), &err, act_made);
}

static const struct openssl_refusal genpkey_refused[] = {
	{ "genparam", "leave it out: name the curve with -pkeyopt ec_paramgen_curve:P-256" },
	{ "paramfile", "name the curve instead: -pkeyopt ec_paramgen_curve:P-256" },
	{ "engine", "leave it out: keys are files" },
	{ "config", "leave it out" },
	KEY_ENCRYPT_REFUSALS,
};

const struct openssl_command openssl_genpkey = {
	.verb = {
		.name = "openssl genpkey",
		.page = "openssl",
		.operands = "",
		.summary = "make a private key",
		.text = "Makes a private key and writes it as PKCS#8. A file gets mode 0600.\n",
		.examples = "  ward openssl genpkey -algorithm ED25519 -out key.pem\n"
			    "  ward openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256\n"
			    "  ward openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072\n",
		.options = genpkey_rows,
		.option_count = sizeof(genpkey_rows) / sizeof(genpkey_rows[0]),
		.run = run_genpkey,
	},
	.refused = genpkey_refused,
	.refused_count = sizeof(genpkey_refused) / sizeof(genpkey_refused[0]),
};

/* ---- genrsa ---- */

static const struct option_row genrsa_rows[] = {
	{ KEY_OPT_OUT, "out", "FILE", "where to write it; default: standard output" },
	{ KEY_OPT_PASSOUT, "passout", "SOURCE", "where the passphrase comes from" },
	{ KEY_OPT_TRADITIONAL, "traditional", NULL, "PKCS#1 instead of PKCS#8" },
	{ OPT_F4, "f4", NULL, "the exponent is 65537, which it is anyway" },
	{ OPT_F4, "F4", NULL, "the same" },
	{ OPT_QUIET, "quiet", NULL, "which it is anyway" },
	KEY_ENCRYPT_ROWS,
};

static bool take_genrsa(void *arg, const struct option_row *row, const char *value)
{
	if (row->id == OPT_F4 || row->id == OPT_QUIET)
		return true;
	return key_job_take(arg, row, value);
}

static int run_genrsa(int argc, char **argv)
{
	struct key_job job = { .command = &openssl_genrsa };
	struct ward_error err = ERROR_NONE;
	unsigned int bits = RSA_BITS_DEFAULT;
	int status = OPENSSL_FAILED;
	char **operands = openssl_parse(&openssl_genrsa, argc, argv, take_genrsa, &job, &status);

	if (operands == NULL)
		return status;
	if (operands[0] != NULL && operands[1] != NULL)
		return openssl_fail(job.command, "options stand before the number of bits",
				    "there is more than one number: %s", operands[1]);
	if (operands[0] != NULL && !key_make_bits(operands[0], &bits))
		return openssl_fail(job.command, key_make_bits_wanted,
				    "a key cannot have \"%s\" bits", operands[0]);
	return key_job_run_made(&job, key_make(KEY_RSA, bits, &err), &err, key_job_write);
}

static const struct openssl_refusal genrsa_refused[] = {
	{ "3", "leave it out: the exponent is 65537" },
	{ "primes", "leave it out: keys have two primes" },
	{ "rand", "leave it out: the system's generator is used" },
	{ "writerand", "leave it out" },
	{ "engine", "leave it out: keys are files" },
	KEY_ENCRYPT_REFUSALS,
};

const struct openssl_command openssl_genrsa = {
	.verb = {
		.name = "openssl genrsa",
		.page = "openssl",
		.operands = "[BITS]",
		.summary = "make an RSA key",
		.text = "Makes an RSA key, of 2048 bits unless said, and writes it as PKCS#8.\n",
		.examples = "  ward openssl genrsa -out key.pem 3072\n"
			    "  ward openssl genrsa -aes256 -passout file:secret -out key.pem\n",
		.options = genrsa_rows,
		.option_count = sizeof(genrsa_rows) / sizeof(genrsa_rows[0]),
		.run = run_genrsa,
	},
	.refused = genrsa_refused,
	.refused_count = sizeof(genrsa_refused) / sizeof(genrsa_refused[0]),
};

/* ---- ecparam ---- */

enum { OPT_NAME = KEY_OPT_OWN, OPT_GENKEY, OPT_LIST };

static const struct option_row ecparam_rows[] = {
	{ OPT_NAME, "name", "CURVE", "prime256v1, secp384r1 or secp521r1" },
	{ OPT_GENKEY, "genkey", NULL, "make a key on it" },
	{ KEY_OPT_NOOUT, "noout", NULL, "do not write the curve" },
	{ KEY_OPT_TEXT, "text", NULL, "show which curve it is" },
	{ KEY_OPT_OUT, "out", "FILE", "where to write it; default: standard output" },
	{ KEY_OPT_OUTFORM, "outform", "PEM|DER", "the form to write" },
	{ OPT_LIST, "list_curves", NULL, "the curves that there are" },
};

struct ecparam {
	struct key_job job; /* the first: the job that act_ecparam gets is this one */
	const struct curve *curve;
	bool genkey, list;
};

static bool take_ecparam(void *arg, const struct option_row *row, const char *value)
{
	struct ecparam *e = arg;

	switch (row->id) {
	case OPT_NAME:
		e->curve = find_curve(value);
		return e->curve != NULL ||
		       openssl_bad_value(e->job.command, row, value, key_make_curves_wanted);
	case OPT_GENKEY:
		return e->genkey = true;
	case OPT_LIST:
		return e->list = true;
	default:
		return key_job_take(&e->job, row, value);
	}
}

static bool print_params(const struct ecparam *e, FILE *out)
{
	const struct curve *c = e->curve;

	if (e->job.text)
		fprintf(out, "EC-Parameters: (%u bit)\nASN1 OID: %s\nNIST CURVE: %s\n", c->bits,
			c->name, c->nist);
	return e->job.noout || openssl_put_object(out, "EC PARAMETERS",
						  span_make(c->oid, c->oid_len), e->job.outform);
}

static bool act_ecparam(const struct key_job *job, const struct openssl_key *key, FILE *out)
{
	return print_params((const struct ecparam *)job, out) && key_job_write(job, key, out);
}

static int write_params(const struct ecparam *e)
{
	struct openssl_output out;
	int status;

	if (!openssl_output_start(e->job.command, &out))
		return OPENSSL_FAILED;
	status = print_params(e, out.file) ? OPENSSL_FINE : OPENSSL_FAILED;
	return openssl_output_end(e->job.command, &out, e->job.out, false, status);
}

static int list_curves(void)
{
	for (size_t i = 0; i < CURVES; i++)
		printf("  %-10s: %s\n", curves[i].name, curves[i].about);
	return OPENSSL_FINE;
}

static int run_ecparam(int argc, char **argv)
{
	struct ecparam e = { .job = { .command = &openssl_ecparam, .traditional = true } };
	struct ward_error err = ERROR_NONE;
	int status = OPENSSL_FAILED;

	if (!openssl_parse_alone(&openssl_ecparam, argc, argv, take_ecparam, &e, &status))
		return status;
	if (e.list)
		return list_curves();
	if (e.curve == NULL)
		return openssl_fail(e.job.command, "give -name prime256v1", "no curve is named");
	if (!e.genkey)
		return write_params(&e);
	return key_job_run_made(&e.job, key_make(e.curve->type, 0, &err), &err, act_ecparam);
}

static const struct openssl_refusal ecparam_refused[] = {
	{ "in", "name the curve instead: -name prime256v1" },
	{ "inform", "name the curve instead: -name prime256v1" },
	{ "check", "leave it out: the curves are those of the standards" },
	{ "check_named", "leave it out: the curves are those of the standards" },
	{ "no_seed", "leave it out: curves are named" },
	{ "conv_form", "leave it out: points are not compressed" },
	{ "param_enc", "leave it out: curves are named" },
	{ "rand", "leave it out: the system's generator is used" },
	{ "writerand", "leave it out" },
	{ "engine", "leave it out: keys are files" },
};

const struct openssl_command openssl_ecparam = {
	.verb = {
		.name = "openssl ecparam",
		.page = "openssl",
		.operands = "",
		.summary = "curves by name, and keys on them",
		.text = "Writes a curve by its name, and with -genkey a key on it, as SEC1.\n",
		.examples = "  ward openssl ecparam -name prime256v1 -genkey -noout -out key.pem\n",
		.options = ecparam_rows,
		.option_count = sizeof(ecparam_rows) / sizeof(ecparam_rows[0]),
		.run = run_ecparam,
	},
	.refused = ecparam_refused,
	.refused_count = sizeof(ecparam_refused) / sizeof(ecparam_refused[0]),
};
