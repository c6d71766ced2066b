/*
 * `ward openssl dgst`: hashing, signing and verifying files.
 *
 * Files are read piece by piece; only Ed25519, which signs the file itself and not its digest, takes
 * it as a whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"
#include "cli/openssl/dgst.h"
#include "cli/openssl/key_text.h"
#include "cli/openssl/keys.h"
#include "x509/x509.h"

/* ---- a digest, or a MAC, of a file ---- */

struct hash {
	enum digest_alg alg;
	const struct hmac_key *mac; /* NULL: a digest alone */
	uint8_t value[DIGEST_MAX_LEN];
	size_t len;
};

static bool hash_open(struct hash *h, int fd)
{
	uint8_t piece[64 * 1024];
	struct digest d;
	ssize_t n;

	if (h->mac == NULL)
		digest_start(&d, h->alg);
	else
		hmac_start_with_key(h->mac, &d);
	while ((n = read(fd, piece, sizeof(piece))) != 0) {
		if (n > 0)
			digest_update(&d, span_make(piece, (size_t)n));
		else if (errno != EINTR)
			return false;
	}
	if (h->mac == NULL)
		digest_finish(&d, h->value);
	else
		hmac_finish_with_key(h->mac, &d, h->value);
	h->len = digest_len(h->alg);
	return true;
}

/* Of standard input for NULL. False after it has been reported. */
static bool hash_file(const struct dgst *dgst, const char *path, struct hash *h)
{
	int fd = path == NULL ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool ok = fd >= 0 && hash_open(h, fd);
	struct ward_error err = ERROR_NONE;

	if (!ok) {
		FAIL_SYSTEM(&err, FILE_READ, openssl_input_name(path));
		(void)openssl_fail_error(dgst->command, NULL, &err);
	}
	if (path != NULL && fd >= 0)
		close(fd);
	return ok;
}

/* ---- how it is told ---- */

static void print_hex(FILE *out, struct span bytes, bool colons)
{
	for (size_t i = 0; i < bytes.len; i++)
		fprintf(out, "%s%02x", colons && i > 0 ? ":" : "", bytes.data[i]);
}

/* As sha256sum has it: a name with a line end in it is escaped, and the line begins so. */
static void print_coreutils(FILE *out, struct span bytes, const char *name)
{
	bool escaped = strchr(name, '\n') != NULL;

	fprintf(out, "%s", escaped ? "\\" : "");
	print_hex(out, bytes, false);
	fprintf(out, " *");
	for (; *name != '\0'; name++) {
		if (escaped && (*name == '\n' || *name == '\\'))
			fprintf(out, "\\%c", *name == '\n' ? 'n' : '\\');
		else
			fputc(*name, out);
	}
	fputc('\n', out);
}

/* `by` is what made it besides the digest: "RSA", "HMAC"; NULL: nothing. */
static void tell(const struct dgst *d, FILE *out, const char *by, const char *path,
		 struct span bytes)
{
	const char *name = path == NULL ? "stdin" : path;

	if (d->form == DGST_FORM_BINARY) {
		fwrite(bytes.data, 1, bytes.len, out);
		return;
	}
	if (d->coreutils) {
		print_coreutils(out, bytes, name);
		return;
	}
	/* Of standard input, openssl says only the digest. */
	if (by == NULL || path == NULL)
		fprintf(out, "%s(%s)= ", d->label, name);
	else if (d->label[0] == '\0')
		fprintf(out, "%s(%s)= ", by, name);
	else
		fprintf(out, "%s-%s(%s)= ", by, d->label, name);
	print_hex(out, bytes, d->colons);
	fputc('\n', out);
}

static int hash_files(const struct dgst *d, char **files, FILE *out)
{
	char *only_stdin[] = { NULL, NULL };
	char **next = files[0] == NULL ? only_stdin : files;
	struct hmac_key mac;
	struct hash h = { .alg = d->alg };
	int status = OPENSSL_FINE;

	if (d->has_mac) {
		hmac_key_init(&mac, d->alg, d->mac_key);
		h.mac = &mac;
	}
	do {
		if (hash_file(d, *next, &h))
			tell(d, out, d->has_mac ? "HMAC" : NULL, *next, span_make(h.value, h.len));
		else
			status = OPENSSL_FAILED;
	} while (*next != NULL && *++next != NULL);
	if (d->has_mac)
		hmac_key_wipe(&mac);
	return status;
}

/* ---- signatures ---- */

static bool is_ed25519(const struct openssl_key *key)
{
	return pubkey_type(key->public) == KEY_ED25519;
}

/* What is signed: a digest, or the whole file. `bytes` owns it, to be cleared. */
static bool read_message(const struct dgst *d, const struct openssl_key *key, const char *path,
			 struct file_bytes *bytes)
{
	struct hash h = { .alg = d->alg };

	*bytes = (struct file_bytes){ 0 };
	if (is_ed25519(key))
		return openssl_read(d->command, path, bytes);
	if (!hash_file(d, path, &h))
		return false;
	bytes->data = malloc(h.len);
	if (bytes->data == NULL)
		return openssl_fail(d->command, "free some memory and try again",
				    "out of memory") == OPENSSL_FINE;
	bytes->len = h.len;
	memcpy(bytes->data, h.value, h.len);
	return true;
}

static enum sig_alg choose(const struct dgst *d, const struct openssl_key *key)
{
	static const struct {
		enum digest_alg digest;
		enum sig_alg pkcs1, pss, ecdsa;
	} rows[] = {
		{ DIGEST_SHA256, SIG_RSA_PKCS1_SHA256, SIG_RSA_PSS_SHA256, SIG_ECDSA_SHA256 },
		{ DIGEST_SHA384, SIG_RSA_PKCS1_SHA384, SIG_RSA_PSS_SHA384, SIG_ECDSA_SHA384 },
		{ DIGEST_SHA512, SIG_RSA_PKCS1_SHA512, SIG_RSA_PSS_SHA512, SIG_ECDSA_SHA512 },
	};
	enum key_type type = pubkey_type(key->public);

	if (type == KEY_ED25519)
		return SIG_ED25519;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].digest != d->alg)
			continue;
		if (key_text_curve(type) != NULL)
			return rows[i].ecdsa;
		return d->pss || type == KEY_RSA_PSS ? rows[i].pss : rows[i].pkcs1;
	}
	return SIG_NONE;
}

/* SIG_NONE after it has been reported. */
static enum sig_alg choose_or_tell(const struct dgst *d, const struct openssl_key *key)
{
	enum sig_alg alg = choose(d, key);

	if (alg == SIG_NONE)
		(void)openssl_fail(d->command, "use -sha256, -sha384 or -sha512",
				   "signatures over %s can be forged and are not made or checked",
				   d->label);
	else if (alg == SIG_ED25519 && strcmp(d->label, "SHA256") != 0)
		(void)openssl_fail(d->command, "leave the digest out", "Ed25519 hashes by itself");
	else
		return alg;
	return SIG_NONE;
}

/* How openssl's line names what signed. */
static const char *signer(const struct openssl_key *key)
{
	enum key_type type = pubkey_type(key->public);

	if (type == KEY_ED25519)
		return "ED25519";
	if (key_text_curve(type) != NULL)
		return "EC";
	return type == KEY_RSA_PSS ? "RSA-PSS" : "RSA";
}

static int sign_file(const struct dgst *d, const struct openssl_key *key, const char *path,
		     FILE *out)
{
	enum sig_alg alg = choose_or_tell(d, key);
	struct dgst told = *d;
	struct ward_error err = ERROR_NONE;
	uint8_t sig[SIGNATURE_MAX];
	struct file_bytes message;
	struct span bytes;
	size_t len = 0;
	bool ok;

	if (alg == SIG_NONE || !read_message(d, key, path, &message))
		return OPENSSL_FAILED;
	bytes = span_make(message.data, message.len);
	if (alg == SIG_ED25519)
		ok = privkey_sign(key_private(key->private), alg, bytes, sig, &len, &err);
	else
		ok = privkey_sign_digest(key_private(key->private), alg, bytes, sig, &len, &err);
	file_bytes_clear(&message);
	if (!ok)
		return openssl_fail_error(d->command, d->sign, &err);
	if (d->form == DGST_FORM_DEFAULT)
		told.form = DGST_FORM_BINARY;
	if (alg == SIG_ED25519)
		told.label = "";
	else if (strcmp(d->label, "SHA256") == 0)
		told.label = "SHA2-256";
	tell(&told, out, signer(key), path, span_make(sig, len));
	return OPENSSL_FINE;
}

static bool check(const struct dgst *d, const struct openssl_key *key, enum sig_alg alg,
		  struct span message, struct span signature, struct ward_error *err)
{
	if (alg == SIG_ED25519)
		return pubkey_verify(key->public, alg, message, signature, err);
	if (d->any_salt)
		return pubkey_verify_any_salt(key->public, alg, message, signature, err);
	return pubkey_verify_digest(key->public, alg, message, signature, err);
}

static int verify_file(const struct dgst *d, const struct openssl_key *key, const char *path,
		       FILE *out)
{
	enum sig_alg alg = choose_or_tell(d, key);
	struct ward_error err = ERROR_NONE;
	struct file_bytes message, signature;
	bool good;

	if (alg == SIG_NONE || !openssl_read(d->command, d->signature, &signature))
		return OPENSSL_FAILED;
	if (!read_message(d, key, path, &message)) {
		file_bytes_clear(&signature);
		return OPENSSL_FAILED;
	}
	good = check(d, key, alg, span_make(message.data, message.len),
		     span_make(signature.data, signature.len), &err);
	file_bytes_clear(&message);
	file_bytes_clear(&signature);
	if (!good && err.reason != WARD_E_BAD_SIGNATURE)
		return openssl_fail_error(d->command, d->verify, &err);
	fprintf(out, good ? "Verified OK\n" : "Verification failure\n");
	return good ? OPENSSL_FINE : OPENSSL_FAILED;
}

static int use_key(const struct dgst *d, const char *path, FILE *out)
{
	bool public = d->verify != NULL && !d->verify_by_private;
	struct openssl_key key;
	int status = OPENSSL_FAILED;

	if (openssl_key_load(d->command, d->sign != NULL ? d->sign : d->verify, public,
			     d->pass_source, &key))
		status = d->sign != NULL ? sign_file(d, &key, path, out)
					 : verify_file(d, &key, path, out);
	openssl_key_clear(&key);
	return status;
}

/* A verdict is an answer, and written whatever it is; so are the digests of the files that are
 * there. A signature that could not be made is not. */
int dgst_run(const struct dgst *d, char **files)
{
	struct openssl_output out;
	int status, end;

	if (!openssl_output_start(d->command, &out))
		return OPENSSL_FAILED;
	if (d->sign != NULL || d->verify != NULL)
		status = use_key(d, files[0], out.file);
	else
		status = hash_files(d, files, out.file);
	end = openssl_output_end(d->command, &out, d->out, false,
				 d->sign == NULL ? OPENSSL_FINE : status);
	return status == OPENSSL_FINE ? end : status;
}
