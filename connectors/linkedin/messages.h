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

#endif
