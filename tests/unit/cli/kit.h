/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command line that prints into files which a test can read.
 */
#ifndef SL_TEST_CLI_KIT_H
#define SL_TEST_CLI_KIT_H

#include <stdio.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/attr.h"

#include "tests/support/unit.h"

/** All that was written to a tmpfile(). */
static inline const char *
kit_read(struct sl_arena *arena, FILE *file)
{
	long size = ftell(file);
	char *text;
	size_t got;

	assert_true(size >= 0);
	rewind(file);
	text = sl_arena_alloc(arena, (size_t)size + 1);
	got = fread(text, 1, (size_t)size, file);
	assert_int_equal(got, size);
	return text;
}

#endif
