/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of archives share: a folder with one archive in it.
 */
#ifndef SL_TESTS_ZIP_UNIT_H
#define SL_TESTS_ZIP_UNIT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"

#include "core/archive/zip.h"

#include "tests/support/unit.h"
#include "tests/support/zip_kit.h"

#define GIB ((uint64_t)1 << 30)

static char folder[] = "/tmp/sl-test-zip-XXXXXX";
static char path[64];

static inline int
make_folder(void **state SL_UNUSED)
{
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/a.zip", folder);
	return 0;
}

static inline int
drop_folder(void **state SL_UNUSED)
{
	(void)unlink(path);
	return rmdir(folder);
}

/* Ends and writes it. */
static inline sl_status
open_kit(struct zip_kit *kit, const struct sl_zip_caps *caps,
	 struct sl_zip **zip, struct sl_error *err)
{
	zip_kit_end(kit, 0);
	zip_kit_write(kit, path);
	return sl_zip_open(path, caps, zip, err);
}

static inline void
check_refused(const char *why, sl_status status, const struct sl_error *err,
	      const char *text)
{
	CHECK(why, status == SL_CONFIG);
	CHECK(why, err->status == SL_CONFIG && err->scope == SL_STREAM);
	if (strstr(err->text, text) == NULL)
		fail_msg("%s: \"%s\" does not say \"%s\"", why, err->text,
			 text);
}

#endif
