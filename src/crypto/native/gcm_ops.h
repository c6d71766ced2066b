/*
 * What the file of each kernel ends with: its pass over the data, `crypt`, as an AEAD. Before it is
 * included, GCM_OPS is the name of the operations, GCM_OPS_NAME what they are called in a benchmark,
 * and TARGET the attribute of the kernel's functions. Included once in a file, so without a guard.
 */
TARGET static void encrypt(const struct gcm *g, const uint8_t *nonce, struct span aad,
			   const struct gcm_text *text, uint8_t *tag)
{
	crypt(g, nonce, aad, text, tag, false);
}

TARGET static void decrypt(const struct gcm *g, const uint8_t *nonce, struct span aad,
			   const struct gcm_text *text, uint8_t *tag)
{
	crypt(g, nonce, aad, text, tag, true);
}

static bool seal(void *state, const uint8_t *nonce, struct span aad, struct span in,
		 struct span tail, uint8_t *out, struct ward_error *err)
{
	(void)err;
	return gcm_seal(encrypt, state, nonce, aad, in, tail, out);
}

static bool open(void *state, const uint8_t *nonce, struct span aad, uint8_t *buf, size_t len,
		 struct ward_error *err)
{
	return gcm_open(decrypt, state, nonce, aad, buf, len, err);
}

const struct aead_ops GCM_OPS = {
	.name = GCM_OPS_NAME,
	.state_len = gcm_state_len,
	.init = gcm_init,
	.clear = gcm_clear,
	.seal = seal,
	.open = open,
	.extra_size = gcm_extra_size,
};
