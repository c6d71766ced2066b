/*
 * The making part of `ward openssl x509`: a certificate for a request, one that signs itself, one that
 * another CA signs anew; and a request out of a certificate.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/openssl/x509.h"
#include "x509/csr.h"
#include "x509/make.h"
#include "x509/name_make.h"

enum { SERIAL_TEXT_MAX = 256 };

static bool report(const struct ward_error *err)
{
	if (err->reason == WARD_E_BAD_ARGUMENT)
		return openssl_fail(&openssl_x509, "see x509v3_config(5) for what can be said",
				    "%s", err->detail) == OPENSSL_FINE;
	return openssl_fail_error(&openssl_x509, NULL, err) == OPENSSL_FINE;
}

/* What is read, and lives as long as the work. */
struct making {
	const struct x509_job *job;
	const struct x509_making *asked;
	struct ward_csr *csr;
	struct ward_cert *old;    /* the certificate of -in */
	struct ward_cert *issuer; /* of -CA */
	struct openssl_key key;   /* of -key, or of -CAkey */
	struct openssl_key other; /* of -force_pubkey */
	struct conf conf;
	struct issue issue;
	uint8_t *subject; /* of -subj */
};

/* ---- serial numbers in a file, as openssl counts them ---- */

/* "ca.pem" has "ca.srl". */
static char *serial_path(const struct x509_making *asked)
{
	const char *dot = strrchr(asked->ca, '.');
	int len = dot == NULL ? (int)strlen(asked->ca) : (int)(dot - asked->ca);
	char *path = NULL;

	if (asked->ca_serial != NULL)
		return strdup(asked->ca_serial);
	return asprintf(&path, "%.*s.srl", len, asked->ca) < 0 ? NULL : path;
}

/* The hex of a file's first line. */
static bool parse_serial(struct span text, struct issue_serial *serial)
{
	static const struct option_row row = { 0, "CAserial", NULL, NULL };
	char hex[SERIAL_TEXT_MAX] = "0x";
	size_t len = 2;

	while (text.len > 0 && len + 1 < sizeof(hex) && text.data[0] > ' ') {
		hex[len++] = (char)text.data[0];
		text = span_make(text.data + 1, text.len - 1);
	}
	hex[len] = '\0';
	return issue_take_serial(&openssl_x509, &row, hex, serial);
}

static bool read_serial(const char *path, struct issue_serial *serial)
{
	struct file_bytes bytes;
	bool ok;

	if (!openssl_read(&openssl_x509, path, &bytes))
		return false;
	ok = parse_serial(span_make(bytes.data, bytes.len), serial);
	file_bytes_clear(&bytes);
	return ok;
}

static bool draw_serial(struct issue_serial *serial)
{
	struct ward_error err = ERROR_NONE;

	serial->len = MAKE_SERIAL_LEN;
	return (crypto_init(&err) && make_serial(serial->bytes, &err)) || report(&err);
}

/* One more; a number that has become too long has been counted to its end. */
static bool add_one(struct issue_serial *s)
{
	size_t i = s->len;

	while (i > 0 && ++s->bytes[i - 1] == 0)
		i--;
	if (i > 0)
		return true;
	if (s->len == ISSUE_SERIAL_MAX)
		return openssl_fail(&openssl_x509, "begin a new file with -CAcreateserial",
				    "there is no serial number left") == OPENSSL_FINE;
	memmove(s->bytes + 1, s->bytes, s->len++);
	s->bytes[0] = 1;
	return true;
}

static bool write_serial(const char *path, const struct issue_serial *s)
{
	char hex[2 * ISSUE_SERIAL_MAX + 2];
	size_t len = 0;

	for (size_t i = 0; i < s->len; i++)
		len += (size_t)snprintf(hex + len, sizeof(hex) - len, "%02X", s->bytes[i]);
	hex[len++] = '\n';
	return openssl_write(&openssl_x509, path, span_make(hex, len), false) == OPENSSL_FINE;
}

/* From the file, counted on; or random, which -CAcreateserial writes down. */
static bool next_serial(const struct x509_making *asked, struct issue_serial *serial)
{
	char *path = serial_path(asked);
	bool exists = path != NULL && access(path, F_OK) == 0;
	bool ok = path != NULL;

	if (!ok)
		(void)openssl_fail(&openssl_x509, "free some memory and try again",
				   "out of memory");
	else if (exists)
		ok = read_serial(path, serial) && add_one(serial);
	else if (asked->ca_serial != NULL && !asked->create_serial)
		ok = openssl_fail(&openssl_x509, "give -CAcreateserial, too",
				  "%s: there is no such file", path) == OPENSSL_FINE;
	else
		ok = draw_serial(serial);
	if (ok && (exists || asked->create_serial))
		ok = write_serial(path, serial);
	free(path);
	return ok;
}

/* ---- what comes in ---- */

static bool read_csr(struct making *m)
{
	struct ward_error err = ERROR_NONE;

	m->csr = issue_read_csr(&openssl_x509, m->job->in);
	if (m->csr == NULL)
		return false;
	if (!ward_csr_verify(m->csr, &err)) {
		fprintf(stderr, "Certificate request self-signature did not match the contents\n");
		return openssl_fail_error(&openssl_x509, openssl_input_name(m->job->in), &err) ==
		       OPENSSL_FINE;
	}
	fprintf(stderr, "Certificate request self-signature ok\nsubject=");
	text_name(stderr, m->csr->subject, &m->job->style);
	fputc('\n', stderr);
	return true;
}

static bool read_input(struct making *m)
{
	if (m->asked->req)
		return read_csr(m);
	if (m->asked->new)
		return true;
	m->old = issue_read_cert(&openssl_x509, m->job->in);
	return m->old != NULL;
}

static bool read_signer(struct making *m)
{
	const struct x509_making *asked = m->asked;
	const char *key = asked->key;

	if (asked->ca != NULL) {
		key = asked->ca_key == NULL ? asked->ca : asked->ca_key;
		m->issuer = issue_read_cert(&openssl_x509, asked->ca);
		if (m->issuer == NULL)
			return false;
	}
	if (!openssl_key_private(&openssl_x509, key, asked->passin, &m->key))
		return false;
	if (m->issuer != NULL && !issue_key_fits(&openssl_x509, &m->key, m->issuer, key))
		return false;
	return asked->force_pubkey == NULL ||
	       openssl_key_public(&openssl_x509, asked->force_pubkey, &m->other);
}

static bool read_files(struct making *m)
{
	return read_input(m) && read_signer(m) &&
	       (m->asked->ext_file == NULL ||
		issue_read_conf(&openssl_x509, m->asked->ext_file, &m->conf));
}

/* ---- what it says ---- */

static bool set_given_subject(struct making *m)
{
	struct ward_error err = ERROR_NONE;
	struct writer w;

	m->subject = malloc(NAME_DER_MAX);
	if (m->subject == NULL)
		return FAIL(&err, NO_MEMORY) || report(&err);
	w = writer_make(m->subject, NAME_DER_MAX, &err);
	if (!name_write_text(&w, m->asked->subject, &err) || !writer_ok(&w))
		return report(&err);
	m->issue.subject = writer_span(&w);
	return true;
}

static bool set_subject(struct making *m)
{
	if (m->asked->subject != NULL)
		return set_given_subject(m);
	m->issue.subject = m->csr != NULL ? m->csr->subject : m->old->subject;
	return true;
}

/* A certificate that signs itself is for the key that signs. */
static void set_key(struct making *m)
{
	struct issue *issue = &m->issue;

	if (m->asked->force_pubkey != NULL)
		issue->spki = span_make(m->other.spki, m->other.spki_len);
	else if (m->issuer == NULL || m->asked->new)
		issue->spki = span_make(m->key.spki, m->key.spki_len);
	else
		issue->spki = m->csr != NULL ? m->csr->spki : m->old->spki;
}

static bool set_serial(struct making *m)
{
	struct span old;

	m->issue.serial = m->asked->serial;
	if (m->issue.serial.len > 0)
		return true;
	if (m->issuer != NULL)
		return next_serial(m->asked, &m->issue.serial);
	if (m->old == NULL || m->old->serial.len > ISSUE_SERIAL_MAX)
		return true; /* a random one */
	old = m->old->serial;
	bytes_copy(m->issue.serial.bytes, old.data, old.len);
	m->issue.serial.len = old.len;
	return true;
}

static void set_times(struct making *m)
{
	m->issue.validity = m->asked->validity;
	if (m->old == NULL || !m->asked->preserve_dates)
		return;
	m->issue.validity.not_before = m->old->not_before;
	m->issue.validity.not_after = m->old->not_after;
}

static bool is_key_id(const struct ext_item *item)
{
	struct span oid = span_make(item->oid, item->oid_len);

	return span_equal(oid, SPAN_LITERAL("\x55\x1d\x0e")) ||
	       span_equal(oid, SPAN_LITERAL("\x55\x1d\x23"));
}

/* Those of a request if asked for, but for key identifiers; those of a certificate unless not. */
static bool copy_extensions(struct making *m)
{
	struct ext_list *list = &m->issue.extensions;
	struct ward_error err = ERROR_NONE;
	struct span elements = SPAN_EMPTY;

	if (m->csr != NULL && m->asked->copy != ISSUE_COPY_NONE)
		elements = m->csr->ext.list;
	if (m->old != NULL && !m->asked->clear_extensions)
		elements = m->old->ext.list;
	if (!ext_list_copy(list, elements, &err))
		return report(&err);
	for (size_t i = list->count; m->csr != NULL && i-- > 0;)
		if (is_key_id(&list->items[i]))
			ext_list_remove(list, i);
	return true;
}

static bool add_extensions(struct making *m, const struct ext_source *source)
{
	const char *section = m->asked->extensions;
	struct ward_error err = ERROR_NONE;

	if (m->asked->ext_file == NULL)
		return true;
	if (section == NULL)
		section = conf_get(&m->conf, "default", "extensions");
	if (section == NULL && !conf_has_section(&m->conf, "default"))
		return true;
	return ext_list_add_section(&m->issue.extensions, source,
				    section == NULL ? "default" : section, &err) ||
	       report(&err);
}

static struct ward_cert *make(struct making *m)
{
	struct ext_source source;

	m->issue.command = &openssl_x509;
	m->issue.issuer = m->issuer;
	m->issue.signer = &m->key;
	m->issue.hash = m->asked->hash;
	set_key(m);
	set_times(m);
	if (!set_subject(m) || !set_serial(m) || !issue_source(&m->issue, &m->conf, &source) ||
	    !copy_extensions(m) || !add_extensions(m, &source) ||
	    !issue_add_key_ids(&m->issue, &source))
		return NULL;
	return issue_certificate(&m->issue);
}

/* ---- the two calls ---- */

static void clear(struct making *m)
{
	ward_csr_free(m->csr);
	ward_cert_free(m->old);
	ward_cert_free(m->issuer);
	openssl_key_clear(&m->key);
	openssl_key_clear(&m->other);
	conf_clear(&m->conf);
	ext_list_clear(&m->issue.extensions);
	free(m->subject);
}

static bool judge(const struct x509_making *asked)
{
	const char *cause = NULL, *remedy = "leave one of them out";

	if (asked->req && asked->new) {
		cause = "-req and -new cannot stand together";
	} else if (asked->ca != NULL && asked->key != NULL) {
		cause = "-CA and -key cannot stand together";
	} else if (asked->ca == NULL && asked->key == NULL) {
		cause = "there is nobody to sign";
		remedy = "give -CA and -CAkey, or -key to have it sign itself";
	} else if (asked->new && asked->subject == NULL) {
		cause = "a new certificate needs a subject";
		remedy = "give -subj /CN=name";
	} else if (asked->weak_hash) {
		cause = "nothing is signed with that hash";
		remedy = "use -sha256: the others are broken";
	}
	return cause == NULL || openssl_fail(&openssl_x509, remedy, "%s", cause) == OPENSSL_FINE;
}

struct ward_cert *x509_make(const struct x509_job *job)
{
	struct making m = { .job = job, .asked = &job->making };
	struct ward_cert *cert = NULL;

	if (judge(m.asked) && read_files(&m))
		cert = make(&m);
	clear(&m);
	return cert;
}

static struct ward_csr *make_csr(struct making *m)
{
	struct make_parts parts = { .subject = m->old->subject,
				    .spki = span_make(m->key.spki, m->key.spki_len) };
	struct ward_error err = ERROR_NONE;
	struct ward_csr *csr;

	if (m->asked->subject != NULL) {
		if (!set_given_subject(m))
			return NULL;
		parts.subject = m->issue.subject;
	}
	if (m->asked->copy != ISSUE_COPY_NONE)
		parts.extensions = m->old->ext.list;
	csr = make_csr_from_parts(&parts, m->key.private, issue_hash_for(&m->key, m->asked->hash),
				  &err);
	if (csr == NULL)
		(void)report(&err);
	return csr;
}

struct ward_csr *x509_make_csr(const struct x509_job *job)
{
	struct making m = { .job = job, .asked = &job->making };
	struct ward_csr *csr = NULL;

	if (job->making.key == NULL)
		(void)openssl_fail(&openssl_x509, "give -key FILE", "there is nobody to sign");
	else if (read_input(&m) && read_signer(&m))
		csr = make_csr(&m);
	clear(&m);
	return csr;
}
