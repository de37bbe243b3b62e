/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"

/* Plain write() and _exit(): nothing may be allocated any more. */
void
sl_out_of_memory(void)
{
	static const char line[] = "sluice: out of memory\n";
	ssize_t written SL_UNUSED;

	written = write(STDERR_FILENO, line, sizeof(line) - 1);
	_exit(3);
}

static void *
checked(void *p)
{
	if (p == NULL)
		sl_out_of_memory();
	return p;
}

void *
sl_alloc(size_t size)
{
	return checked(calloc(1, size == 0 ? 1 : size));
}

void *
sl_alloc_array(size_t n, size_t size)
{
	size_t total;

	SL_ASSERT(!__builtin_mul_overflow(n, size, &total));
	return sl_alloc(total);
}

void *
sl_realloc(void *p, size_t n, size_t size)
{
	size_t total;

	SL_ASSERT(!__builtin_mul_overflow(n, size, &total));
	return checked(realloc(p, total == 0 ? 1 : total));
}

char *
sl_strdup(const char *text)
{
	size_t size;
	char *copy;

	if (text == NULL)
		return NULL;
	size = strlen(text) + 1;
	copy = checked(malloc(size));
	memcpy(copy, text, size);
	return copy;
}

void
sl_free(void *p)
{
	free(p);
}

void *
sl_lib_malloc(size_t size)
{
	return checked(malloc(size == 0 ? 1 : size));
}

void *
sl_lib_calloc(size_t n, size_t size)
{
	return n == 0 || size == 0 ? sl_alloc(1) : checked(calloc(n, size));
}

void *
sl_lib_realloc(void *p, size_t size)
{
	return checked(realloc(p, size == 0 ? 1 : size));
}
