/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A library to be preloaded: memory runs out at the n-th allocation.
 *
 * OOM_AT	fail from this allocation on, the first being 1; 0 = never
 * OOM_FOR	so many of them (default 1)
 * OOM_COUNT	a file to write the number of allocations to, at the end
 */
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);

static atomic_long count;
static long fail_at, fail_for = 1;

__attribute__((constructor)) static void
read_orders(void)
{
	const char *at = getenv("OOM_AT");
	const char *number = getenv("OOM_FOR");

	if (number != NULL)
		fail_for = strtol(number, NULL, 10);
	atomic_store(&count, 0);
	if (at != NULL)
		fail_at = strtol(at, NULL, 10);
}

__attribute__((destructor)) static void
write_count(void)
{
	const char *path = getenv("OOM_COUNT");
	long n = atomic_load(&count);
	FILE *out = path == NULL ? NULL : fopen(path, "we");

	if (out == NULL)
		return;
	(void)fprintf(out, "%ld\n", n);
	(void)fclose(out);
}

static int
is_out(void)
{
	long n = atomic_fetch_add(&count, 1) + 1;

	if (fail_at == 0 || n < fail_at || n >= fail_at + fail_for)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *
malloc(size_t size)
{
	return is_out() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return is_out() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t size)
{
	return is_out() ? NULL : __libc_realloc(p, size);
}
