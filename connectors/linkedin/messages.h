/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What messages of rows and of events share.
 */
#ifndef SL_CONNECTORS_LINKEDIN_MESSAGES_H
#define SL_CONNECTORS_LINKEDIN_MESSAGES_H

#include "core/base/arena.h"

/** A conversation's id without the URN that events put before it; NULL: none.
 */
const char *sl_linkedin_thread(struct sl_arena *arena, const char *id);

/**
 * A message's text as every road tells it: lines end in LF, and no blanks are
 * at its end, where the roads differ. NULL for NULL.
 */
const char *sl_linkedin_message_text(struct sl_arena *arena, const char *text);

#endif
