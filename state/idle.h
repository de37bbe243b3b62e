/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a cron line asks first: is all in order and nothing to be done? One round
 * trip for what a run asks step by step, because most lines find nothing.
 *
 * It only saves time: whoever hears anything but yes does it all step by step,
 * and finds there what is the matter.
 */
#ifndef SL_STATE_IDLE_H
#define SL_STATE_IDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"

#include "state/pg.h"
#include "state/vault.h"

struct sl_idle_question {
	const char *const *connectors; /* names, NULL-ended              */
	const char *host;              /* as struct sl_owner has it      */
	const char *key_id;            /* the one that all is sealed by  */
	int64_t ahead_us;              /* what is due so soon is due     */
};

struct sl_idle {
	/** The schema is this binary's, nothing is due, nothing to be kept up. */
	bool idle;
	/** What the ring must open: see idle_sealed.sql. Of keys, those that it
	 *  has. */
	struct sl_vault_row *sealed;
	size_t count;
};

sl_status sl_idle_look(struct sl_pg *pg,
		       const struct sl_idle_question *question,
		       struct sl_arena *arena, struct sl_idle *out,
		       struct sl_error *err) SL_NODISCARD;

#endif
