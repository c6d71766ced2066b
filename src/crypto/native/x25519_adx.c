/*
 * X25519 with MULX, ADCX and ADOX.
 */
#ifdef __x86_64__

#include "crypto/native/fe64.h"
#include "crypto/native/x25519_body.h"

const struct x25519_kernel x25519_adx = { "x25519, adx", ladder, comb };

#else

/* A file of C has something in it. */
typedef int x25519_adx_is_for_x86;

#endif
