/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the explain_*.c files that tell an explanation as text.
 *
 * Everything that came from outside passes sl_format_clean on its way out;
 * what is too long for a line is cut where "..." says so.
 */
#ifndef SL_CLI_EXPLAIN_PRIVATE_H
#define SL_CLI_EXPLAIN_PRIVATE_H

#include "cli/explain.h"

struct sl_teller {
	FILE *out;
	struct sl_arena *arena;
};

/** A line "label  value"; the label "" goes on with the one before. */
void sl_tell(const struct sl_teller *t, const char *label, const char *fmt, ...)
	SL_PRINTF(3, 4);

/** The line that begins a thing. */
void sl_tell_head(const struct sl_teller *t, const char *fmt, ...)
	SL_PRINTF(2, 3);

/** The member as text, "" when there is none. */
const char *sl_told_text(const json_t *object, const char *key);
bool sl_told_has(const json_t *object, const char *key);

/** To the second: "2026-11-20T09:58:11Z"; "never" when there is none. */
const char *sl_told_time(const struct sl_teller *t, const json_t *object,
			 const char *key);

int64_t sl_told_number(const json_t *object, const char *key);

/** "3 items" */
const char *sl_told_plural(const struct sl_teller *t, const json_t *object,
			   const char *key, const char *noun);

/** Elements of an array. */
size_t sl_told_size(const json_t *object, const char *key);

/** ` "title"`, or nothing. */
const char *sl_told_quoted(const struct sl_teller *t, const json_t *object,
			   const char *key);

/** The words of a code, else the code itself. */
const char *sl_told_words(const json_t *object, const char *words,
			  const char *code);

/** Whether a stream is pulled, and if not, why. */
const char *sl_told_pulled(const struct sl_teller *t, const json_t *stream);

/** Settings that are not empty, or what is wrong with them; with `but` a
 *  member's name, without those that equal that member ("default"). */
void sl_tell_settings(const struct sl_teller *t, const json_t *doc,
		      const char *but);

/** The lines of the account and of the stream that something came by. */
void sl_tell_account(const struct sl_teller *t, const json_t *o);
void sl_tell_stream_of(const struct sl_teller *t, const json_t *o);

/* explain_item.c */
void sl_tell_item(const struct sl_teller *t, const json_t *item);
void sl_tell_entry(const struct sl_teller *t, const json_t *entry);
/* explain_person.c */
void sl_tell_person(const struct sl_teller *t, const json_t *person);

#endif
