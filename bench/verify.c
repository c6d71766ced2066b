/*
 * Chains of three, leaf and intermediate parsed, path built and verified for a host, the root known:
 * processor time of ward, OpenSSL and GnuTLS, and what is left of it without the two signatures.
 *
 * The signatures are measured alone, with certificates and keys that are ready; the rest is what the
 * whole takes longer. Making the keys is part of the rest.
 */
#include <stdio.h>

#include "support/clock.h"
#include "support/stack.h"
#include "support/verifier.h"

/* Chains that make one sample. */
enum { BATCH = 16 };

static const struct verifier *const verifiers[] = { &verifier_openssl, &verifier_gnutls,
						    &verifier_ward };
enum { VERIFIERS = sizeof(verifiers) / sizeof(verifiers[0]) };

struct measured {
	const struct verifier *v;
	void *store, *ready;
	double whole, signatures;
};

static void measure(struct measured *m, const struct pki *pki)
{
	double start = clock_cpu();

	for (int i = 0; i < BATCH; i++)
		m->v->verify(m->store, pki);
	m->whole = best_of(m->whole, (clock_cpu() - start - clock_cost()) / BATCH);
	start = clock_cpu();
	for (int i = 0; i < BATCH; i++)
		m->v->check_signatures(m->ready);
	m->signatures = best_of(m->signatures, (clock_cpu() - start - clock_cost()) / BATCH);
}

static void measure_kind(enum ward_key_kind kind, const char *name)
{
	struct measured all[VERIFIERS] = { 0 };
	struct rounds rounds = { 0 };
	struct pki pki;
	char row[64];

	pki_make(&pki, kind);
	for (int i = 0; i < VERIFIERS; i++) {
		all[i].v = verifiers[i];
		all[i].store = verifiers[i]->store_new(&pki);
		all[i].ready = verifiers[i]->ready_new(&pki);
	}
	while (rounds_next(&rounds))
		for (int i = 0; i < VERIFIERS; i++)
			measure(&all[i], &pki);
	snprintf(row, sizeof(row), "chain.%s", name);
	for (int i = 0; i < VERIFIERS; i++) {
		const struct measured *m = &all[i];

		result(row, "whole", m->v->name, m->whole);
		result(row, "signatures", m->v->name, m->signatures);
		result(row, "rest", m->v->name, m->whole - m->signatures);
		result(row, "rate", m->v->name, 1e9 / m->whole);
		m->v->ready_free(m->ready);
		m->v->store_free(m->store);
	}
	pki_clear(&pki);
}

int main(void)
{
	measure_kind(WARD_KEY_P256, "p256");
	measure_kind(WARD_KEY_RSA_2048, "rsa2048");
	return 0;
}
