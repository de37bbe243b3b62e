/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checked heap allocation for objects that outlive a page.
 *
 * Running out of memory ends the process with one line on stderr: pages
 * commit whole, so a restart loses nothing. malloc and friends are banned
 * outside core/base.
 */
#ifndef SL_BASE_MEM_H
#define SL_BASE_MEM_H

#include <stddef.h>

#include "core/base/attr.h"

void *sl_alloc(size_t size) SL_NODISCARD;                 /* zeroed */
void *sl_alloc_array(size_t n, size_t size) SL_NODISCARD; /* zeroed */
void *sl_realloc(void *p, size_t n, size_t size) SL_NODISCARD;
char *sl_strdup(const char *text) SL_NODISCARD; /* NULL gives NULL */
void sl_free(void *p);                          /* NULL is fine    */

/** One line on stderr, and the end: status 3. */
SL_NORETURN void sl_out_of_memory(void);

/*
 * For libraries that let us bring the memory: not zeroed, and a failure ends
 * the process instead of being taken for an error of the data.
 */
void *sl_lib_malloc(size_t size) SL_NODISCARD;
void *sl_lib_calloc(size_t n, size_t size) SL_NODISCARD;
void *sl_lib_realloc(void *p, size_t size) SL_NODISCARD;

#endif
