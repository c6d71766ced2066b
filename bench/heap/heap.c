/* malloc and its family replaced by functions that count. See heap.h. */
#include "heap/heap.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

/* glibc's own names for what is replaced here. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *p);

ptrdiff_t heap_now, heap_highest;

/* Seen by the libraries, in place of libc's. */
#pragma GCC visibility push(default)

static void *counted(void *p)
{
	heap_now += (ptrdiff_t)malloc_usable_size(p);
	if (heap_now > heap_highest)
		heap_highest = heap_now;
	return p;
}

void *malloc(size_t size)
{
	return counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return counted(__libc_calloc(count, size));
}

void *realloc(void *p, size_t size)
{
	size_t old = malloc_usable_size(p);
	void *moved = __libc_realloc(p, size);

	if (moved != NULL || size == 0)
		heap_now -= (ptrdiff_t)old;
	return counted(moved);
}

void free(void *p)
{
	heap_now -= (ptrdiff_t)malloc_usable_size(p);
	__libc_free(p);
}

void *memalign(size_t alignment, size_t size)
{
	return counted(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

int posix_memalign(void **p, size_t alignment, size_t size)
{
	*p = memalign(alignment, size);
	return *p == NULL ? ENOMEM : 0;
}

#pragma GCC visibility pop
