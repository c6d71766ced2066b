/*
 * Certificates out of ward and into it, for tests with other implementations.
 *
 *	interop_x509 make DIRECTORY
 *	interop_x509 show FILE
 *
 * `make` writes, for each kind of key, KIND-root.pem, KIND-middle.pem, KIND-leaf.pem and
 * KIND-key.pem (of the leaf). `show` prints what a certificate says, a fact a line.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <ward/x509.h>

enum { FILE_MAX = 65536, DAY = 86400 };

static _Noreturn void die(const char *what, const struct ward_error *err)
{
	char text[512];

	fprintf(stderr, "interop_x509: %s: %s\n", what,
		err == NULL ? "failed" : ward_error_text(err, text, sizeof(text)));
	exit(2);
}

static void write_text(const char *dir, const char *kind, const char *what, char *text)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s-%s.pem", dir, kind, what);
	f = fopen(path, "we");
	if (f == NULL || text == NULL || fputs(text, f) == EOF || fclose(f) != 0)
		die(path, NULL);
	free(text);
}

static struct ward_cert *make(const struct ward_cert_spec *spec, const struct ward_key *key,
			      const struct ward_cert *issuer, const struct ward_key *issuer_key)
{
	struct ward_error err = { 0 };
	struct ward_cert *c = ward_cert_make(spec, key, issuer, issuer_key, &err);

	if (c == NULL)
		die("making a certificate", &err);
	return c;
}

static struct ward_key *new_key(enum ward_key_kind kind)
{
	struct ward_error err = { 0 };
	struct ward_key *key = ward_key_generate(kind, &err);

	if (key == NULL)
		die("making a key", &err);
	return key;
}

/* A root, an intermediate that may name example.org and 10/8 alone, and a leaf without a subject. */
static void make_chain(const char *dir, const char *name, enum ward_key_kind kind)
{
	static const char *const dns[] = { "example.org", NULL };
	static const char *const ip[] = { "10.0.0.0/8", "2001:db8::/32", NULL };
	static const char *const names[] = {
		"www.example.org",   "*.wild.example.org",       "10.1.2.3", "2001:db8::1",
		"admin@example.org", "spiffe://example.org/web", NULL
	};
	int64_t now = time(NULL);
	const struct ward_cert_spec root = { .common_name = "Wurzel \xc3\xbc",
					     .organization = "A, B+C",
					     .profile = WARD_PROFILE_CA,
					     .path_length = -1,
					     .not_before = now - DAY,
					     .not_after = INT64_C(2600000000) };
	const struct ward_cert_spec middle = { .common_name = "middle",
					       .profile = WARD_PROFILE_CA,
					       .path_length = 0,
					       .not_before = now - DAY,
					       .not_after = now + 1000 * DAY,
					       .permitted_dns = dns,
					       .permitted_ip = ip };
	const struct ward_cert_spec leaf = { .names = names,
					     .profile = WARD_PROFILE_BOTH,
					     .not_before = now - DAY,
					     .not_after = now + 90 * DAY };
	struct ward_key *keys[] = { new_key(kind), new_key(kind), new_key(kind) };
	struct ward_cert *certs[3];

	certs[0] = make(&root, keys[0], NULL, NULL);
	certs[1] = make(&middle, keys[1], certs[0], keys[0]);
	certs[2] = make(&leaf, keys[2], certs[1], keys[1]);
	write_text(dir, name, "root", ward_cert_pem(certs[0]));
	write_text(dir, name, "middle", ward_cert_pem(certs[1]));
	write_text(dir, name, "leaf", ward_cert_pem(certs[2]));
	write_text(dir, name, "key", ward_key_pem(keys[2], NULL));
	for (size_t i = 0; i < 3; i++) {
		ward_cert_free(certs[i]);
		ward_key_free(keys[i]);
	}
}

static void print_san(const struct ward_cert *c, size_t i)
{
	static const char *const kinds[] = {
		[WARD_SAN_OTHER] = "other",       [WARD_SAN_EMAIL] = "email",
		[WARD_SAN_DNS] = "DNS",           [3] = "other",
		[WARD_SAN_DIRECTORY] = "DirName", [5] = "other",
		[WARD_SAN_URI] = "URI",           [WARD_SAN_IP] = "IP"
	};
	char text[1024];
	int kind = ward_cert_san(c, i, text, sizeof(text));

	printf("san=%s:%s\n", kinds[kind], text);
}

static void show(const char *path)
{
	static char bytes[FILE_MAX];
	struct ward_error err = { 0 };
	struct ward_chain chain;
	FILE *f = fopen(path, "re");
	size_t len = f == NULL ? 0 : fread(bytes, 1, sizeof(bytes), f);
	char text[1024];

	if (f == NULL || fclose(f) != 0 || !ward_chain_parse(bytes, len, &chain, &err))
		die(path, &err);
	printf("subject=%s\n", ward_cert_subject(chain.certs[0], text, sizeof(text)));
	printf("issuer=%s\n", ward_cert_issuer(chain.certs[0], text, sizeof(text)));
	printf("serial=%s\n", ward_cert_serial(chain.certs[0], text, sizeof(text)));
	printf("notBefore=%" PRId64 "\n", ward_cert_not_before(chain.certs[0]));
	printf("notAfter=%" PRId64 "\n", ward_cert_not_after(chain.certs[0]));
	printf("signature=%s\n", ward_cert_signature_name(chain.certs[0]));
	printf("key=%s %u\n", ward_cert_key_type(chain.certs[0]),
	       ward_cert_key_bits(chain.certs[0]));
	printf("ca=%s\n", ward_cert_is_ca(chain.certs[0]) ? "yes" : "no");
	for (size_t i = 0; i < ward_cert_san_count(chain.certs[0]); i++)
		print_san(chain.certs[0], i);
	ward_chain_clear(&chain);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		enum ward_key_kind kind;
	} kinds[] = { { "p256", WARD_KEY_P256 },
		      { "p384", WARD_KEY_P384 },
		      { "ed25519", WARD_KEY_ED25519 },
		      { "rsa", WARD_KEY_RSA_2048 } };

	if (argc == 3 && strcmp(argv[1], "show") == 0) {
		show(argv[2]);
	} else if (argc == 3 && strcmp(argv[1], "make") == 0) {
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			make_chain(argv[2], kinds[i].name, kinds[i].kind);
	} else {
		fprintf(stderr, "usage: interop_x509 make DIRECTORY | show FILE\n");
		return 2;
	}
	return 0;
}
