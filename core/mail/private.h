/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside core/mail.
 */
#ifndef SL_MAIL_PRIVATE_H
#define SL_MAIL_PRIVATE_H

#include <gmime/gmime.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"

/** How GMime reads headers here: loosely. Ready, shared, never changed. */
GMimeParserOptions *sl_mail_options(void);

/** A copy on the arena of what GLib allocated, made valid UTF-8; freed. */
char *sl_mail_take(struct sl_arena *arena, char *from_glib);

/** At most `max` bytes of a header value, made valid UTF-8; folds stay. */
char *sl_mail_capped(struct sl_arena *arena, const char *value, size_t max);

#endif
