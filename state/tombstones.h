/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is gone at the provider stays as a tombstone; after the account's
 * tombstone_retention the tombstone loses what it was.
 */
#ifndef SL_STATE_TOMBSTONES_H
#define SL_STATE_TOMBSTONES_H

#include <stdint.h>

#include "core/base/error.h"

#include "state/pg.h"

/**
 * Empty old tombstones of all accounts, some in a transaction.
 *
 * most		about so many in all; the next call goes on
 */
sl_status sl_tombstones_empty(struct sl_pg *pg, int64_t most, int64_t *emptied,
			      struct sl_error *err) SL_NODISCARD;

#endif
