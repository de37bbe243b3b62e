/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cursor of a listing: {"v": 1, "token", "page", "since", "n"}.
 *
 * "token" is Google's sync token: absent during a walk, kept as it was until
 * the last page of a listing brings the next one. "page" is the page to read,
 * "since" the lower bound that a walk froze at its start, "n" the page size
 * where it is not the usual one.
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/google_calendar/private.h"

#define CURSOR_VERSION 1

/** Absent is fine, a wrong type or an empty text is not. */
static bool
read_text(const json_t *cursor, const char *key, const char **value)
{
	const json_t *member = json_object_get(cursor, key);

	*value = json_string_value(member);
	return member == NULL || (*value != NULL && **value != '\0');
}

static bool
read_size(const json_t *cursor, int64_t *size)
{
	const json_t *member = json_object_get(cursor, "n");

	*size = json_integer_value(member);
	return member == NULL || (json_is_integer(member) && *size >= 1 &&
				  *size <= SL_GCAL_PAGE_MAX);
}

static bool
read_cursor(const json_t *cursor, struct sl_gcal_plan *plan)
{
	int64_t us;

	return json_integer_value(json_object_get(cursor, "v")) ==
		       CURSOR_VERSION &&
	       read_text(cursor, "token", &plan->token) &&
	       read_text(cursor, "page", &plan->page) &&
	       read_text(cursor, "since", &plan->since) &&
	       read_size(cursor, &plan->size) &&
	       (plan->since == NULL || sl_rfc3339_parse(plan->since, &us));
}

bool
sl_gcal_begins_walk(const struct sl_gcal_plan *plan)
{
	return plan->token == NULL && plan->page == NULL;
}

int64_t
sl_gcal_halved(int64_t count, int times)
{
	while (times-- > 0 && count > 1)
		count /= 2;
	return count;
}

static int64_t
usual_size(const struct sl_gcal_plan *plan)
{
	if (!plan->events)
		return SL_GCAL_CALENDARS_PAGE;
	return plan->token == NULL ? SL_GCAL_WALK_PAGE : SL_GCAL_CHANGES_PAGE;
}

sl_status
sl_gcal_plan(const struct sl_turn *turn, struct sl_arena *arena,
	     struct sl_gcal_plan *plan, struct sl_error *err)
{
	struct sl_gcal_plan made = { .light = false };
	const char *since;

	made.events = strcmp(turn->stream->kind, SL_GCAL_EVENTS) == 0;
	if (turn->cursor != NULL && !read_cursor(turn->cursor, &made))
		return sl_fail(err, SL_RESYNC, SL_STREAM,
			       "the stored cursor is not one of this version");
	/* Listing from the start outside a walk would sweep nothing. */
	if (turn->cursor != NULL && sl_gcal_begins_walk(&made) &&
	    !turn->stream->walking)
		return sl_fail(err, SL_RESYNC, SL_STREAM,
			       "the stored cursor names no place");
	if (made.events && sl_gcal_begins_walk(&made)) {
		since = sl_turn_setting(turn, SL_GCAL_OPT_SINCE);
		made.since =
			*since == '\0'
				? NULL
				: sl_arena_printf(arena, "%sT00:00:00Z", since);
	}
	if (made.size == 0)
		made.size = usual_size(&made);
	made.light = made.events && turn->shrink > 0 &&
		     sl_gcal_halved(made.size, turn->shrink - 1) == 1;
	made.size = sl_gcal_halved(made.size, turn->shrink);
	*plan = made;
	return SL_OK;
}

/** The size that brings a page between 1 and 2 MiB. */
static int64_t
adapted_size(const struct sl_gcal_plan *plan, size_t bytes, size_t items)
{
	const int64_t aim =
		(SL_GCAL_PAGE_BYTES_MIN + SL_GCAL_PAGE_BYTES_MAX) / 2;
	int64_t each, whole, size;

	if (plan->light || items == 0)
		return plan->size;
	each = (int64_t)(bytes / items) + 1;
	whole = each * plan->size;
	if (whole >= SL_GCAL_PAGE_BYTES_MIN && whole <= SL_GCAL_PAGE_BYTES_MAX)
		return plan->size;
	size = aim / each;
	if (size > plan->size * 2)
		size = plan->size * 2;
	if (size > SL_GCAL_PAGE_MAX)
		size = SL_GCAL_PAGE_MAX;
	return size < 1 ? 1 : size;
}

/** The listing goes on: same token and bound, next page. */
static json_t *
next_page(const struct sl_gcal_plan *plan, const char *page, int64_t size)
{
	json_t *cursor = json_object();

	(void)json_object_set_new(cursor, "v", json_integer(CURSOR_VERSION));
	sl_json_put_text(cursor, "token", plan->token);
	sl_json_put_text(cursor, "page", page);
	sl_json_put_text(cursor, "since", plan->since);
	if (plan->events)
		(void)json_object_set_new(cursor, "n", json_integer(size));
	return cursor;
}

/** The listing is over. Only a small page size is worth remembering. */
static json_t *
next_listing(const struct sl_gcal_plan *plan, const char *token, int64_t size)
{
	json_t *cursor = json_object();

	(void)json_object_set_new(cursor, "v", json_integer(CURSOR_VERSION));
	sl_json_put_text(cursor, "token", token);
	if (plan->events && size < SL_GCAL_CHANGES_PAGE)
		(void)json_object_set_new(cursor, "n", json_integer(size));
	return cursor;
}

/*
 * Seen in reality (google-api-ruby-client#312, google-api-php-client#2198).
 * The rows are good; what is not known is where to go on. Changes are read
 * again from the old token, a walk is walked again by the next run, and
 * nothing is swept.
 */
static void
no_token(const struct sl_gcal_plan *plan, int64_t size, struct sl_page *page)
{
	page->warning = "the last page names no sync token";
	if (plan->token == NULL || plan->page != NULL)
		page->cursor = next_listing(plan, plan->token, size);
}

static bool
read_token(const json_t *body, const char *key, const char **token)
{
	*token = sl_json_text(body, key);
	if (*token != NULL && **token == '\0')
		*token = NULL;
	return *token == NULL || strlen(*token) <= SL_GCAL_TOKEN_MAX;
}

sl_status
sl_gcal_advance(const struct sl_gcal_plan *plan, const struct sl_answer *answer,
		size_t items, struct sl_page *page, struct sl_error *err)
{
	int64_t size = adapted_size(plan, answer->body_bytes, items);
	const char *next, *sync;

	if (!read_token(answer->body, "nextPageToken", &next) ||
	    !read_token(answer->body, "nextSyncToken", &sync))
		return sl_fail(err, SL_RETRY, SL_STREAM,
			       "a token is longer than %d bytes",
			       SL_GCAL_TOKEN_MAX);
	if (next != NULL && sl_text_equal(next, plan->page))
		return sl_fail(err, SL_RETRY, SL_STREAM,
			       "page token does not move");
	if (sl_gcal_begins_walk(plan) && plan->since != NULL &&
	    !sl_rfc3339_parse(plan->since, &page->scope_from_us))
		page->scope_from_us = SL_NO_TIME;
	if (next != NULL) {
		page->cursor = next_page(plan, next, size);
		page->more = true;
	} else if (sync != NULL) {
		page->cursor = next_listing(plan, sync, size);
		page->walk_done = plan->token == NULL;
	} else {
		no_token(plan, size, page);
	}
	return SL_OK;
}
