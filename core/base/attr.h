/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiler attributes the house uses, under one name each. gcc and clang only
 * (gnu17), as the README states.
 */
#ifndef SL_BASE_ATTR_H
#define SL_BASE_ATTR_H

#define SL_NODISCARD      __attribute__((warn_unused_result))
#define SL_NORETURN       __attribute__((noreturn))
#define SL_PRINTF(fmt, a) __attribute__((format(printf, fmt, a)))
#define SL_UNUSED         __attribute__((unused))

/** Run `fn(&var)` when the variable leaves its scope. */
#define SL_CLEANUP(fn) __attribute__((cleanup(fn)))

#define SL_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
