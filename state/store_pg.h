/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's store on PostgreSQL (core/sync/store.h).
 */
#ifndef SL_STATE_STORE_PG_H
#define SL_STATE_STORE_PG_H

#include "core/sync/store.h"

/** A store of its own connection; `url` NULL = the PG* environment. */
sl_status sl_store_pg_open(const char *url, struct sl_store **out,
			   struct sl_error *err) SL_NODISCARD;

/** Factory for sl_engine: `ctx` is the url (const char *, may be NULL). */
struct sl_store_factory sl_store_pg_factory(const char *url);

#endif
