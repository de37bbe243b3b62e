/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How an explanation is told: its codes in words, and the whole as text. Pure;
 * the JSON is state/explain.h's.
 */
#ifndef SL_CLI_EXPLAIN_H
#define SL_CLI_EXPLAIN_H

#include <jansson.h>
#include <stdio.h>

#include "core/base/arena.h"

#include "core/sync/connector.h"

/** One sentence for a code: the connector's own word, else the house's;
 *  NULL for an unknown one. `connector` may be NULL. */
const char *sl_explain_words(const struct sl_connector *connector,
			     const char *code);

/**
 * Put words beside the codes of the whole document: "deleted_words",
 * "disabled_words", "words"; each note becomes {"code", "words"}, each setting
 * of an account {"value", "help"}.
 */
void sl_explain_decorate(const struct sl_connector *const *registry,
			 json_t *document);

/** For people: short lines, safe for a terminal. */
void sl_explain_print(FILE *out, struct sl_arena *arena,
		      const json_t *document);

#endif
