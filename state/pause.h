/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accounts that a person lets rest, and lets go on.
 */
#ifndef SL_STATE_PAUSE_H
#define SL_STATE_PAUSE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/error.h"

#include "state/pg.h"

struct sl_pause {
	const char *user_id;
	const char *connector; /* NULL = all                        */
	bool pause;            /* false: resume, also what is parked */
};

struct sl_paused {
	const char *id, *connector, *account;
	const char *consent;      /* what to connect to renew its consent */
	const char *was, *status; /* before and after                     */
	bool was_parked, parked;
	bool was_running;
};

/**
 * Pause what runs, or resume what was paused; what waits for a person, is
 * disconnected or an archive stays as it is. A run that is going on ends with
 * the page that it is storing.
 *
 * out		all of the user's accounts of the connector, on the arena
 */
sl_status sl_pause_accounts(struct sl_pg *pg, const struct sl_pause *what,
			    struct sl_arena *arena, struct sl_paused **out,
			    size_t *count, struct sl_error *err) SL_NODISCARD;

#endif
