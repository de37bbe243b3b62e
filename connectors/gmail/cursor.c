/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cursors.
 *
 * changes: {"v": 1, "history", "page", "next", "told", "behind"}. "history" is
 * the mailbox's id after which changes are read. It stays while a listing of
 * several pages is read ("page" is the one to read); after the last one it
 * becomes "next", the id that the first page told: later pages may tell a
 * later one, but what happened in between is on none of them. "told" is when
 * the user's own addresses were asked for, "behind" counts answers whose id is
 * below ours.
 *
 * backfill: {"v": 1, "page", "since", "listed", "read"}, with "done": true
 * instead of "page" when the mailbox has been listed. "since" is the lower bound
 * as the walk froze it, "listed" counts for people, "read" is the time of the
 * oldest message that was listed and read.
 *
 * Source: Gmail API reference, users.history.list and users.messages.list;
 * Synchronize clients with Gmail; read 2026-11
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/gmail/private.h"

#define CURSOR_VERSION 1

/** Largest number believed: nothing that is added to it overflows. */
#define NUMBER_MAX (INT64_MAX / 2 / SL_US_PER_S)

/** Absent is fine, a wrong type, an empty or an endless text is not. */
static bool
read_page(const json_t *cursor, const char **page)
{
	const json_t *member = json_object_get(cursor, "page");

	*page = json_string_value(member);
	return member == NULL || (*page != NULL && **page != '\0' &&
				  strlen(*page) <= SL_GMAIL_TOKEN_MAX);
}

/** Absent is 0; a wrong type or a negative number is wrong. */
static bool
read_number(const json_t *cursor, const char *key, int64_t *value)
{
	const json_t *member = json_object_get(cursor, key);

	*value = json_integer_value(member);
	return member == NULL ||
	       (json_is_integer(member) && *value > 0 && *value <= NUMBER_MAX);
}

/** An id of the history takes all 63 bits; 0 when absent, as above. */
static bool
read_id(const json_t *cursor, const char *key, int64_t *id)
{
	const json_t *member = json_object_get(cursor, key);

	*id = json_integer_value(member);
	return member == NULL || (json_is_integer(member) && *id > 0);
}

static bool
read_changes(const json_t *cursor, struct sl_gmail_plan *plan)
{
	return read_id(cursor, "history", &plan->history) &&
	       read_id(cursor, "next", &plan->next) &&
	       read_number(cursor, "told", &plan->told_s) &&
	       read_number(cursor, "behind", &plan->behind) &&
	       plan->history > 0 && (plan->page != NULL || plan->next == 0);
}

static bool
read_backfill(const json_t *cursor, struct sl_gmail_plan *plan)
{
	plan->done = sl_json_bool(cursor, "done");
	return read_number(cursor, "since", &plan->since_s) &&
	       read_number(cursor, "listed", &plan->listed) &&
	       read_number(cursor, "read", &plan->read_s) &&
	       plan->done == (plan->page == NULL);
}

static bool
read_cursor(const json_t *cursor, struct sl_gmail_plan *plan)
{
	return json_integer_value(json_object_get(cursor, "v")) ==
		       CURSOR_VERSION &&
	       read_page(cursor, &plan->page) &&
	       (plan->changes ? read_changes(cursor, plan)
			      : read_backfill(cursor, plan));
}

static int64_t
halved(int64_t count, int times)
{
	while (times-- > 0 && count > 1)
		count /= 2;
	return count;
}

int64_t
sl_gmail_since_us(const json_t *settings)
{
	const char *since = sl_json_text(settings, SL_GMAIL_OPT_SINCE);
	int64_t us;

	if (since == NULL || !sl_rfc3339_date_us(since, &us) || us <= 0)
		return SL_NO_TIME;
	return us;
}

sl_status
sl_gmail_plan(const struct sl_turn *turn, struct sl_gmail_plan *plan,
	      struct sl_error *err)
{
	struct sl_gmail_plan made = { .size = halved(SL_GMAIL_PAGE,
						     turn->shrink) };
	int64_t since_us = sl_gmail_since_us(turn->settings);

	made.changes = strcmp(turn->stream->kind, SL_GMAIL_CHANGES) == 0;
	if (turn->cursor != NULL && !read_cursor(turn->cursor, &made))
		return sl_fail(err, SL_RESYNC, SL_STREAM,
			       "the stored cursor is not one of this version");
	if (turn->cursor == NULL && !made.changes && since_us != SL_NO_TIME)
		made.since_s = since_us / SL_US_PER_S;
	*plan = made;
	return SL_OK;
}

bool
sl_gmail_wants_identity(const struct sl_turn *turn,
			const struct sl_gmail_plan *plan)
{
	int64_t now_s = turn->now_us / SL_US_PER_S;

	if (!plan->changes || plan->page != NULL)
		return false;
	/* So far ahead the clock was, and went back. */
	return plan->history == 0 ||
	       now_s - plan->told_s >= SL_GMAIL_IDENTITY_S ||
	       plan->told_s - now_s >= SL_GMAIL_IDENTITY_S;
}

static void
put_number(json_t *cursor, const char *key, int64_t value)
{
	if (value > 0)
		(void)json_object_set_new(cursor, key, json_integer(value));
}

json_t *
sl_gmail_changes_cursor(const struct sl_gmail_plan *plan)
{
	json_t *cursor = json_object();

	put_number(cursor, "v", CURSOR_VERSION);
	put_number(cursor, "history", plan->history);
	sl_json_put_text(cursor, "page", plan->page);
	put_number(cursor, "next", plan->next);
	put_number(cursor, "told", plan->told_s);
	put_number(cursor, "behind", plan->behind);
	return cursor;
}

/** The next page's token, NULL on the last one. */
static sl_status
next_page(const struct sl_gmail_plan *plan, const json_t *body,
	  const char **next, struct sl_error *err)
{
	*next = sl_json_text(body, "nextPageToken");
	if (*next != NULL && **next == '\0')
		*next = NULL;
	if (*next != NULL && strlen(*next) > SL_GMAIL_TOKEN_MAX)
		return sl_fail(err, SL_RETRY, SL_STREAM,
			       "a token is longer than %d bytes",
			       SL_GMAIL_TOKEN_MAX);
	if (*next != NULL && sl_text_equal(*next, plan->page))
		return sl_fail(err, SL_RETRY, SL_STREAM,
			       "page token does not move");
	return SL_OK;
}

/*
 * The mailbox is where we are, or further. An id below ours is a replica that
 * lags, once or twice; for good, ours is of another mailbox, and what it would
 * miss is found by a new walk.
 */
static sl_status
check_position(struct sl_gmail_plan *plan, int64_t told, struct sl_error *err)
{
	if (told >= plan->history) {
		plan->behind = 0;
		return SL_OK;
	}
	if (++plan->behind > SL_GMAIL_BEHIND_MAX)
		return sl_fail(err, SL_RESYNC, SL_STREAM,
			       "the mailbox's history is before our position");
	return SL_OK;
}

sl_status
sl_gmail_advance_changes(struct sl_gmail_plan *plan, const json_t *body,
			 struct sl_page *page, struct sl_error *err)
{
	const char *next;
	int64_t told = 0;
	sl_status st = next_page(plan, body, &next, err);

	if (st != SL_OK)
		return st;
	if (!sl_json_i64(body, "historyId", &told) || told <= 0) {
		page->warning = "a page of the history names no position";
		told = plan->history;
	}
	st = check_position(plan, told, err);
	if (st != SL_OK)
		return st;
	/* what comes after the first page was made is on none of them */
	if (plan->page == NULL)
		plan->next = told > plan->history ? told : plan->history;
	plan->page = next;
	page->more = next != NULL;
	if (next == NULL) {
		if (plan->next > plan->history)
			plan->history = plan->next;
		plan->next = 0;
	}
	return SL_OK;
}

bool
sl_gmail_begins_walk(const struct sl_gmail_plan *plan)
{
	return !plan->changes && !plan->done && plan->page == NULL;
}

json_t *
sl_gmail_backfill_cursor(const struct sl_gmail_plan *plan)
{
	json_t *cursor = json_object();

	put_number(cursor, "v", CURSOR_VERSION);
	put_number(cursor, "since", plan->since_s);
	put_number(cursor, "listed", plan->listed);
	put_number(cursor, "read", plan->read_s);
	sl_json_put_text(cursor, "page", plan->page);
	if (plan->done)
		(void)json_object_set_new(cursor, "done", json_true());
	return cursor;
}

sl_status
sl_gmail_advance_backfill(struct sl_gmail_plan *plan, const json_t *body,
			  size_t count, struct sl_page *page,
			  struct sl_error *err)
{
	struct sl_gmail_plan after;
	const char *next;
	sl_status st = next_page(plan, body, &next, err);

	if (st != SL_OK)
		return st;
	if (sl_gmail_begins_walk(plan) && plan->since_s > 0)
		page->scope_from_us = plan->since_s * SL_US_PER_S;
	plan->listed += (int64_t)count;
	after = *plan;
	after.page = next;
	after.done = next == NULL;
	page->cursor = sl_gmail_backfill_cursor(&after);
	page->more = next != NULL;
	page->walk_done = next == NULL;
	/* the token alone: with the count beside it nothing comes twice */
	page->place = sl_arena_strdup(page->arena, next);
	return SL_OK;
}
