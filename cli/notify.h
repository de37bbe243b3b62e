/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SLUICE_NOTIFY_COMMAND: the operator's own command, run once each time that
 * an account stops and a person must see to it.
 *
 * /bin/sh runs it with what happened in its environment (SLUICE_EVENT and the
 * others of the manual), beside PATH, HOME, LANG and TZ and nothing else, so
 * no secret of ours is there. Its input and output are /dev/null. One runs at a
 * time, on a thread of its own: a run never waits for it. One that takes too
 * long is killed with all it started; that, and a failure, is a line in the
 * log and no more.
 */
#ifndef SL_CLI_NOTIFY_H
#define SL_CLI_NOTIFY_H

#include "core/base/log.h"

#include "core/sync/engine.h"

/** A command has so long, ... */
#define SL_NOTIFY_MS 10000

/** ... and all that wait when the notifier is freed, together so long. */
#define SL_NOTIFY_END_MS 20000

struct sl_notifier;

/** NULL for a command that is NULL or empty. */
struct sl_notifier *sl_notifier_new(const char *command, struct sl_log *log);

/** Any thread; the texts are copied. `notifier` may be NULL. */
void sl_notifier_tell(struct sl_notifier *notifier, const struct sl_stop *stop);

/** Waits for those that were told, SL_NOTIFY_END_MS at most; the others are
 *  named in the log. */
void sl_notifier_free(struct sl_notifier **notifier);

#endif
