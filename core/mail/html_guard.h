/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What libxml2 must not be given; private to core/mail.
 */
#ifndef SL_MAIL_HTML_GUARD_H
#define SL_MAIL_HTML_GUARD_H

#include <stddef.h>

#include "core/base/arena.h"

/**
 * libxml2 2.9.14 compares each attribute of a tag with all before it: 400 KB
 * of attributes in one tag took it four seconds. Behind the first
 * SL_HTML_ATTRIBUTES_MAX of a tag they become blanks. The bytes themselves
 * when no tag has so many, else a copy of the same length.
 */
const char *sl_html_guard(struct sl_arena *arena, const char *bytes,
			  size_t len);

#endif
