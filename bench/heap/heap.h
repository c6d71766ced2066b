/*
 * Bytes of heap of the whole program, libcrypto's and libc's own allocations included, in the sizes
 * that malloc has made of them: malloc and its family are replaced by functions that count.
 */
#ifndef BENCH_HEAP_H
#define BENCH_HEAP_H

#include <stddef.h>

/* What is held, and the most that was since whoever asks has set it. */
extern ptrdiff_t heap_now, heap_highest;

#endif
