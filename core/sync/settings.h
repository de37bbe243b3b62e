/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An account's settings against its connector's option table.
 */
#ifndef SL_SYNC_SETTINGS_H
#define SL_SYNC_SETTINGS_H

#include <jansson.h>

#include "core/base/error.h"
#include "core/base/option.h"

#include "core/people/policy.h"

/**
 * Every option of the table, checked, defaults filled in, all as text.
 *
 * text		the account's settings, a JSON object; a value is a text, a whole
 *		number or a list of texts
 * out		new reference
 *
 * SL_CONFIG	a value that does not fit its option, or a name that is none
 */
sl_status sl_settings_resolve(const struct sl_option *table, const char *text,
			      json_t **out, struct sl_error *err) SL_NODISCARD;

/** SHA-256 (hex) of the options that a cursor depends on. */
void sl_settings_fingerprint(const struct sl_option *table,
			     const json_t *settings, char out[65]);

/** What the settings say about who becomes a contact; its text is theirs. */
void sl_settings_people(const json_t *settings, struct sl_people_options *out);

#endif
