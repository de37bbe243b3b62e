/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the explain*.c files.
 */
#ifndef SL_STATE_EXPLAIN_PRIVATE_H
#define SL_STATE_EXPLAIN_PRIVATE_H

#include "state/explain.h"

/** The JSON of column "doc", its times as RFC 3339; new reference. */
sl_status sl_explain_doc(const struct sl_rows *rows, size_t row, json_t **out,
			 struct sl_error *err) SL_NODISCARD;

/** The argument as a uuid, or NULL. */
const char *sl_explain_uuid(const struct sl_explain *x);

/** An account's settings, checked; SL_CONFIG when they make no sense. */
sl_status sl_explain_settings(const struct sl_explain *x, const char *provider,
			      const char *settings, json_t **out,
			      struct sl_error *err) SL_NODISCARD;

#endif
