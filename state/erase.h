/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Erasing an account, or all that a user has, some rows in a transaction. Each
 * transaction adds what it erased to the erasure's row in sluice.erasures, so a
 * killed erasure is gone on with, its counts are exact, and in the end the row
 * is the receipt.
 */
#ifndef SL_STATE_ERASE_H
#define SL_STATE_ERASE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/text.h"

#include "state/pg.h"

/** What an account erases, in this order. */
enum sl_erase_phase {
	SL_ERASE_ARTIFACTS,
	SL_ERASE_LEDGER, /* sync_items, sync_logs, seen */
	SL_ERASE_PEOPLE,
	SL_ERASE_ACCOUNT,
};

struct sl_eraser {
	const char *user_id;
	const char *integration_id; /* NULL = all that the user has        */
	const char *connector;      /* of the integration                  */
	char id[SL_UUID_TEXT];      /* of the erasure; set by its begin    */
	enum sl_erase_phase phase;  /* private                             */
};

/**
 * Begin, or go on. Of a user: no run holds its lease any more, and every
 * consent goes, leaving its token for revocation. An account must have been
 * disconnected before.
 */
sl_status sl_erase_begin(struct sl_pg *pg, struct sl_eraser *eraser,
			 struct sl_error *err) SL_NODISCARD;

/**
 * One chunk.
 *
 * more		false: it is done
 *
 * SL_LOST	the account was connected again meanwhile
 */
sl_status sl_erase_step(struct sl_pg *pg, struct sl_eraser *eraser, bool *more,
			struct sl_error *err) SL_NODISCARD;

struct sl_receipt {
	const char *id;
	const char *connector; /* NULL = of all that the user had          */
	const char *counts;    /* JSON object: rows erased, by table       */
	const char *kept;      /* JSON object: what stays, by the reason   */
	int64_t begun_us;
	int64_t finished_us; /* SL_NO_TIME = under way                   */
	int64_t pending;     /* tokens that are still to be revoked      */
};

/**
 * A receipt of a user, who may be gone.
 *
 * id		NULL = the newest of all that the user had
 * found	false: there is none
 */
sl_status sl_erase_receipt(struct sl_pg *pg, const char *user_id,
			   const char *id, struct sl_arena *arena,
			   struct sl_receipt *out, bool *found,
			   struct sl_error *err) SL_NODISCARD;

#endif
