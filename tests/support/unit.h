/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmocka with the headers it wants before it, and a check that tells which
 * row of a table failed.
 */
#ifndef SL_TESTS_UNIT_H
#define SL_TESTS_UNIT_H

/* cmocka.h needs the others first. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#define CHECK(why, cond)                                                       \
	do {                                                                   \
		if (!(cond))                                                   \
			fail_msg("%s: not %s", (why), #cond);                  \
	} while (0)

#endif
