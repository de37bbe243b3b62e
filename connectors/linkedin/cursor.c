/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both cursors. What the changelog keeps is small: where the window begins,
 * how much of it is stored, and which events lie on its very edge, as LinkedIn
 * tells those again.
 */
#include <string.h>

#include "core/json/json.h"

#include "connectors/linkedin/private.h"

#define CURSOR_VERSION 1

/** Room in a cursor for the positions of pages before. */
#define POSITIONS_TEXT_MAX 40000

static int64_t
number(const json_t *cursor, const char *key)
{
	int64_t value;

	return sl_json_i64(cursor, key, &value) ? value : 0;
}

static sl_status
check_version(const json_t *cursor, struct sl_error *err)
{
	if (number(cursor, "v") != CURSOR_VERSION)
		return sl_fail(err, SL_RESYNC, SL_STREAM,
			       "the stored cursor is not one of this version");
	return SL_OK;
}

/* --- changelog ------------------------------------------------------------ */

static int64_t
horizon_ms(const struct sl_turn *turn)
{
	return turn->now_us / 1000 - SL_LINKEDIN_HORIZON_DAYS * SL_MS_PER_DAY;
}

/** LinkedIn moves a beginning of before its horizon up to that: the events of
 *  such a window are no longer those that were counted. */
static void
count_again(const struct sl_turn *turn, struct sl_linkedin_window *window)
{
	if (window->start == 0 || window->at >= horizon_ms(turn))
		return;
	window->at = horizon_ms(turn) + SL_LINKEDIN_MARGIN_AGAIN_MS;
	window->start = 0;
	window->known = NULL;
	if (window->max < window->at) {
		window->max = window->at;
		window->fresh = NULL;
	}
}

/** The clock was ahead when those times were taken, and went back: what was
 *  then is not known. */
static void
forget_future(const struct sl_turn *turn, struct sl_linkedin_window *window)
{
	int64_t latest = turn->now_us / 1000 + SL_MS_PER_DAY;

	if (window->at > latest) {
		window->at = window->max =
			horizon_ms(turn) + SL_LINKEDIN_MARGIN_MS;
		window->start = 0;
		window->known = window->fresh = NULL;
	}
	if (window->verified > latest)
		window->verified = 0;
	if (window->snapshots > latest)
		window->snapshots = 1; /* long ago; 0 would be never */
}

sl_status
sl_linkedin_window(const struct sl_turn *turn,
		   struct sl_linkedin_window *window, struct sl_error *err)
{
	const json_t *cursor = turn->cursor;
	sl_status st = SL_OK;

	*window = (struct sl_linkedin_window){
		.begins = cursor == NULL,
		.at = number(cursor, "at"),
		.start = number(cursor, "start"),
		.max = number(cursor, "max"),
		.known = sl_json_array(cursor, "known"),
		.fresh = sl_json_array(cursor, "fresh"),
		.verified = number(cursor, "verified"),
		.snapshots = number(cursor, "snapshots"),
		.connected = number(cursor, "connected"),
		.domains = sl_json_text(cursor, "domains"),
	};
	if (cursor != NULL)
		st = check_version(cursor, err);
	else
		window->at = window->max =
			horizon_ms(turn) + SL_LINKEDIN_MARGIN_MS;
	if (st != SL_OK)
		return st;
	if (window->at <= 0 || window->start < 0 || window->max < window->at)
		return sl_fail(err, SL_RESYNC, SL_STREAM,
			       "the stored position makes no sense");
	forget_future(turn, window);
	window->was = window->at;
	count_again(turn, window);
	return SL_OK;
}

static void
put_number(json_t *cursor, const char *key, int64_t value)
{
	if (value != 0)
		(void)json_object_set_new(cursor, key, json_integer(value));
}

static void
put_names(json_t *cursor, const char *key, const json_t *names)
{
	if (json_array_size(names) > 0)
		(void)json_object_set_new(cursor, key, json_deep_copy(names));
}

json_t *
sl_linkedin_window_cursor(const struct sl_linkedin_window *window)
{
	json_t *cursor = json_object();

	put_number(cursor, "v", CURSOR_VERSION);
	put_number(cursor, "at", window->at);
	put_number(cursor, "start", window->start);
	put_number(cursor, "max", window->max);
	put_names(cursor, "known", window->known);
	put_names(cursor, "fresh", window->fresh);
	put_number(cursor, "verified", window->verified);
	put_number(cursor, "snapshots", window->snapshots);
	put_number(cursor, "connected", window->connected);
	sl_json_put_text(cursor, "domains", window->domains);
	return cursor;
}

/* --- snapshot ------------------------------------------------------------- */

sl_status
sl_linkedin_walk(const struct sl_turn *turn, struct sl_linkedin_walk *walk,
		 struct sl_error *err)
{
	const json_t *cursor = turn->cursor;

	*walk = (struct sl_linkedin_walk){
		.page = number(cursor, "page"),
		.hash = sl_json_text(cursor, "hash"),
		.rows = number(cursor, "rows"),
		.tries = number(cursor, "tries"),
		.not_before = number(cursor, "not_before"),
		.done = sl_json_bool(cursor, "done"),
		.gaps = sl_json_bool(cursor, "gaps"),
		.positions = sl_json_array(cursor, "positions"),
	};
	/* No wait is longer: the clock was ahead. */
	if (walk->not_before >
	    turn->now_us / 1000 + SL_LINKEDIN_WAIT_MAX_MS + SL_MS_PER_HOUR)
		walk->not_before = 0;
	if (walk->page < 0 || walk->rows < 0 || walk->tries < 0)
		return sl_fail(err, SL_RESYNC, SL_STREAM,
			       "the stored position makes no sense");
	return cursor != NULL ? check_version(cursor, err) : SL_OK;
}

/** The first of them, so many as a cursor has room for. */
static void
put_positions(json_t *cursor, const json_t *positions)
{
	json_t *kept;
	size_t size = json_array_size(positions);

	if (size == 0)
		return;
	kept = json_deep_copy(positions);
	while (json_dumpb(kept, NULL, 0, JSON_ENCODE_ANY) > POSITIONS_TEXT_MAX)
		(void)json_array_remove(kept, --size);
	(void)json_object_set_new(cursor, "positions", kept);
}

json_t *
sl_linkedin_walk_cursor(const struct sl_linkedin_walk *walk)
{
	json_t *cursor = json_object();

	put_number(cursor, "v", CURSOR_VERSION);
	put_number(cursor, "page", walk->page);
	sl_json_put_text(cursor, "hash", walk->hash);
	put_number(cursor, "rows", walk->rows);
	put_number(cursor, "tries", walk->tries);
	put_number(cursor, "not_before", walk->not_before);
	put_positions(cursor, walk->positions);
	if (walk->done)
		(void)json_object_set_new(cursor, "done", json_true());
	if (walk->gaps)
		(void)json_object_set_new(cursor, "gaps", json_true());
	return cursor;
}
