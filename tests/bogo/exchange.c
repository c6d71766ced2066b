/*
 * The course of one connection. What the runner sends comes back with every bit inverted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim.h"

enum { CHUNK = 512, EXPORT_MAX = 16 * 1024 };

/* A client's early data is its first words, as far as the ticket allows. */
static struct bytes first_words(const struct flags *f)
{
	const char *text = f->shim_initial_write != NULL ? f->shim_initial_write : "hello";
	size_t len = strlen(text), count = (size_t)f->repeat_shim_initial_write;
	struct bytes b = { .data = malloc(len * count + 1), .len = len * count };

	if (b.data == NULL)
		exit(1);
	for (size_t i = 0; i < count; i++)
		memcpy(b.data + i * len, text, len);
	return b;
}

/* From here on what the runner wants is what it wants of a connection without early data. */
static bool note_refusal(struct link *l)
{
	if (l->flags->server || ward_conn_early_data_status(l->conn) != WARD_EARLY_DATA_REFUSED)
		return true;
	if (!l->flags->expect_reject_early_data)
		return wrong("early data is refused");
	l->flags = &l->command->refused;
	return true;
}

/* What is not a part of the engine's output. */
static bool write_quic_early(struct link *l)
{
	struct bytes words = first_words(l->flags);
	bool ok = true;

	if (l->flags->quic && !l->flags->server && l->flags->shim_writes_first &&
	    ward_conn_early_data_status(l->conn) == WARD_EARLY_DATA_OFFERED) {
		l->early_sent = words.len;
		ok = quic_write_early(l, words.data, words.len);
	}
	free(words.data);
	return ok;
}

/* A server that has taken early data answers it before the handshake is done. */
static bool may_talk(const struct link *l)
{
	return ward_conn_is_connected(l->conn) ||
	       (l->flags->server &&
		ward_conn_early_data_status(l->conn) == WARD_EARLY_DATA_ACCEPTED);
}

static bool export_keys(struct link *l)
{
	const struct flags *f = l->flags;
	size_t len = (size_t)f->export_keying_material;
	uint8_t out[EXPORT_MAX];

	if (len > sizeof(out))
		unimplemented("so much keying material");
	return ward_conn_export(
		       l->conn, f->export_label, f->use_export_context ? f->export_context : NULL,
		       f->use_export_context ? strlen(f->export_context) : 0, out, len, &l->err) &&
	       link_write(l, out, len);
}

/* What the runner asks for is wanted while a client's early data is on its way. */
static bool export_in_early_data(struct link *l)
{
	return l->flags->server || l->flags->export_keying_material == 0 ||
	       ward_conn_early_data_status(l->conn) != WARD_EARLY_DATA_OFFERED || export_keys(l);
}

static bool handshake(struct link *l)
{
	if (!link_flush(l) || !write_quic_early(l) || !export_in_early_data(l))
		return false;
	while (!may_talk(l))
		if (l->eof || !link_step(l))
			return false;
	return link_flush(l) && note_refusal(l) && check_handshake(l);
}

/* How long they are, low byte first; the one that this side reads under, and the other. */
static bool export_traffic_secrets(struct link *l)
{
	const struct observed *o = observed();
	const uint8_t len[2] = { (uint8_t)o->secret_len, 0 };
	size_t other = l->flags->server ? 0 : 1;

	return link_write(l, len, sizeof(len)) && link_write(l, o->secrets[other], o->secret_len) &&
	       link_write(l, o->secrets[1 - other], o->secret_len);
}

/* ---- this side speaks first ---- */

static bool write_sizes(struct link *l)
{
	static const size_t sizes[] = {
		1, 255, 256, 257, 16383, 16384, 16385, 32767, 32768, 32769
	};
	static uint8_t same[32769];
	bool ok = true;

	memset(same, 0x42, sizeof(same));
	for (size_t i = 0; ok && i < sizeof(sizes) / sizeof(sizes[0]); i++)
		ok = link_write(l, same, sizes[i]);
	return ok;
}

/* Of the first words, what has arrived. */
static size_t sent_early(const struct link *l)
{
	if (l->flags->server || ward_conn_early_data_status(l->conn) != WARD_EARLY_DATA_ACCEPTED)
		return 0;
	return l->flags->quic ? l->early_sent : ward_conn_early_data_accepted(l->conn);
}

static bool write_first(struct link *l)
{
	struct bytes words = first_words(l->flags);
	size_t sent = sent_early(l);
	bool ok = true;

	if (l->flags->read_with_unfinished_write && l->flags->enable_early_data)
		unimplemented("early data of which a part is kept back");
	if (l->flags->read_with_unfinished_write)
		ok = link_hold(l, words.data, words.len);
	else if (l->flags->shim_writes_first)
		ok = link_write(l, words.data + sent, words.len - sent);
	free(words.data);
	return ok;
}

/* ---- and answers ---- */

/* What comes of it must not depend on what is read in between. */
static bool export_between_reads(struct link *l)
{
	uint8_t out[32];

	return !l->flags->use_exporter_between_reads ||
	       ward_conn_export(l->conn, "EXPERIMENTAL between reads", NULL, 0, out, sizeof(out),
				&l->err);
}

static bool answer_chunk(struct link *l)
{
	size_t most = l->flags->read_size > 0 ? (size_t)l->flags->read_size : CHUNK;
	size_t len = l->plain.len < most ? l->plain.len : most;

	if (!link_release(l) || !export_between_reads(l))
		return false;
	if (l->flags->key_update && !ward_conn_update_keys(l->conn, false, &l->err))
		return false;
	for (size_t i = 0; i < len; i++)
		l->plain.data[i] ^= 0xff;
	if (!link_write(l, l->plain.data, len))
		return false;
	memmove(l->plain.data, l->plain.data + len, l->plain.len - len);
	l->plain.len -= len;
	return true;
}

static bool echo(struct link *l)
{
	for (;;) {
		if (l->flags->key_update_before_read &&
		    !ward_conn_update_keys(l->conn, false, &l->err))
			return false;
		while (l->plain.len == 0) {
			if (l->eof || ward_conn_received_close(l->conn))
				return true;
			if (!link_step(l))
				return l->eof && !l->flags->check_close_notify;
		}
		if (!answer_chunk(l))
			return false;
	}
}

static bool talk(struct link *l)
{
	const struct flags *f = l->flags;

	if (!handshake(l))
		return false;
	if (f->export_keying_material > 0 && !export_keys(l))
		return false;
	if (f->export_traffic_secrets && !export_traffic_secrets(l))
		return false;
	if (f->write_different_record_sizes)
		return write_sizes(l);
	if (!write_first(l))
		return false;
	return f->shim_shuts_down || echo(l);
}

/* With --check-close-notify nothing but the peer's close_notify is a good end. */
static bool close_down(struct link *l)
{
	if (!l->flags->check_close_notify)
		return true;
	ward_conn_close(l->conn);
	if (!link_flush(l))
		return false;
	while (!ward_conn_received_close(l->conn))
		if (l->eof || !link_step(l))
			return false;
	return l->plain.len == 0 || wrong(":APPLICATION_DATA_ON_SHUTDOWN:");
}

static void tell_failure(const struct link *l)
{
	const struct ward_error *err = ward_conn_error(l->conn);
	char text[512];

	if (err == NULL)
		err = &l->err;
	if (err->reason == WARD_E_NONE)
		return;
	if (err->received_alert >= 0)
		fprintf(stderr, ":ALERT_%s:\n", ward_alert_name(err->received_alert));
	fprintf(stderr, ":%s: %s\n", ward_reason_name(err->reason),
		ward_error_text(err, text, sizeof(text)));
}

static void connect_link(struct link *l, struct ward_config *config, struct ward_ticket *ticket)
{
	struct bytes words = first_words(l->flags);
	struct ward_conn_options options = { .ticket = l->flags->no_ticket ? NULL : ticket };

	if (l->flags->enable_early_data && l->flags->shim_writes_first && l->resumes) {
		options.early_data = words.data;
		options.early_data_len = words.len;
	}
	l->conn = l->flags->quic ? quic_open(l, config, options.ticket)
				 : ward_conn_new_with(config, l->flags->host_name, l->run->now,
						      &options, &l->err);
	must(l->conn != NULL, "connection", &l->err);
	ward_conn_set_data(l->conn, l);
	free(words.data);
}

bool exchange(const struct command *command, struct ward_config *config, const struct keys *keys,
	      struct run *run, bool resumes)
{
	static struct link l;
	struct ward_ticket *ticket = run->ticket;
	bool ok;

	l = (struct link){ .flags = resumes ? &command->resumed : &command->first,
			   .command = command,
			   .run = run,
			   .keys = keys,
			   .resumes = resumes,
			   .credential = -1 };
	run->ticket = NULL;
	link_open(&l);
	connect_link(&l, config, ticket);
	ok = talk(&l) && check_end(&l) && close_down(&l) && check_trace(&l);
	(void)link_flush(&l);
	if (!ok)
		tell_failure(&l);
	link_close(&l);
	ward_conn_free(l.conn);
	ward_ticket_free(ticket);
	return ok;
}
