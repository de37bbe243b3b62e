/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading answers: is it what was asked for, where does the listing go on,
 * and each item to its mapping.
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/google_calendar/private.h"

static sl_status
foreign(const struct sl_answer *answer, struct sl_error *err)
{
	sl_status st = sl_fail(err, SL_RETRY, SL_STREAM,
			       "HTTP %d, but not the Calendar API's answer; "
			       "a proxy or a portal?",
			       answer->http_status);

	err->http_status = answer->http_status;
	return st;
}

static bool
has_token(const json_t *body)
{
	return sl_json_text(body, "nextPageToken") != NULL ||
	       sl_json_text(body, "nextSyncToken") != NULL;
}

/** `kind` is left out by partial responses, `items` by empty ones. */
static bool
is_listing(const struct sl_answer *answer, const char *kind)
{
	const json_t *items = json_object_get(answer->body, "items");
	const char *said = sl_json_text(answer->body, "kind");

	if (answer->http_status != 200 || !json_is_object(answer->body))
		return false;
	if (items != NULL && !json_is_array(items))
		return false;
	if (said != NULL)
		return sl_text_equal(said, kind);
	return items != NULL || has_token(answer->body);
}

static void
map_event(const struct sl_turn *turn, struct sl_page *page,
	  const char *wanted_id, const json_t *item, bool keep)
{
	struct sl_artifact *artifact = sl_gcal_map_event(
		page, sl_turn_setting(turn, SL_GCAL_OPT_EVENT_TYPES), wanted_id,
		item);

	if (artifact != NULL && keep)
		sl_artifact_keep_sent(artifact, item);
}

/** Too large, or no JSON, even alone: perhaps not for ever. */
static void
reject_unreadable(struct sl_page *page, const char *id, const json_t *light)
{
	sl_gcal_reject(page, id, light, "item-unreadable")->transient = true;
}

static void
map_listed(const struct sl_turn *turn, const struct sl_gcal_plan *plan,
	   struct sl_page *page, const json_t *item)
{
	if (!plan->events)
		sl_gcal_map_calendar(page, item);
	else if (plan->light)
		reject_unreadable(page, sl_gcal_usable_id(item), item);
	else
		map_event(turn, page, NULL, item, true);
}

static sl_status
read_listing(const struct sl_turn *turn, const struct sl_gcal_plan *plan,
	     const struct sl_answer *answer, struct sl_page *page,
	     struct sl_error *err)
{
	const char *kind =
		plan->events ? "calendar#events" : "calendar#calendarList";
	const json_t *items = sl_json_array(answer->body, "items");
	const json_t *item;
	size_t i;
	sl_status st;

	if (!is_listing(answer, kind))
		return foreign(answer, err);
	st = sl_gcal_advance(plan, answer, json_array_size(items), page, err);
	if (st != SL_OK)
		return st;
	page->items += json_array_size(items);
	json_array_foreach (items, i, item) {
		map_listed(turn, plan, page, item);
	}
	return SL_OK;
}

static bool
is_event(const struct sl_answer *answer)
{
	const char *said = sl_json_text(answer->body, "kind");

	return answer->http_status == 200 && json_is_object(answer->body) &&
	       (said == NULL || sl_text_equal(said, "calendar#event")) &&
	       json_object_get(answer->body, "error") == NULL;
}

/* Slots are no items: they are derived from one that was counted. */
static sl_status
read_instances(const struct sl_turn *turn, const struct sl_answer *answer,
	       struct sl_page *page, struct sl_error *err)
{
	const struct sl_ref *ref = turn->wanted;

	while (ref != NULL &&
	       strcmp(ref->source_id, answer->call->wanted_id) != 0)
		ref = ref->next;
	if (ref == NULL || ref->instances == NULL)
		return sl_fail(err, SL_BUG, SL_STREAM,
			       "instances of a series that nobody asked for");
	if (answer->http_status == 200 &&
	    !is_listing(answer, "calendar#events"))
		return foreign(answer, err);
	sl_gcal_map_instances(page, ref, answer);
	return SL_OK;
}

static const char *
refusal(const struct sl_answer *answer)
{
	return answer->http_status >= 500 ? "unavailable" : "refused";
}

static sl_status
read_wanted(const struct sl_turn *turn, const struct sl_answer *answer,
	    struct sl_page *page, struct sl_error *err)
{
	const char *id = answer->call->wanted_id;

	page->more = true; /* the listing has not been asked yet */
	if (answer->call->tag == SL_GCAL_INSTANCES ||
	    answer->call->tag == SL_GCAL_LIGHT_INSTANCES)
		return read_instances(turn, answer, page, err);
	if (answer->http_status == 404 || answer->http_status == 410) {
		struct sl_tombstone *stone = sl_page_tombstone(page);

		stone->source_id = sl_arena_strdup(page->arena, id);
		stone->reason = "not-found";
	} else if (answer->http_status != 200) {
		/* whoever may not read it today may do so tomorrow */
		sl_gcal_reject(page, id, NULL, refusal(answer))->transient =
			true;
	} else if (!is_event(answer)) {
		return foreign(answer, err);
	} else if (answer->call->tag == SL_GCAL_LIGHT_ITEM) {
		reject_unreadable(page, id, answer->body);
	} else {
		/* many of them share a page: only what is small stays */
		map_event(turn, page, id, answer->body,
			  answer->body_bytes <= SL_RAW_MAX);
	}
	page->items++;
	return SL_OK;
}

sl_status
sl_gcal_read(const struct sl_turn *turn, struct sl_answers *answers,
	     struct sl_page *page, struct sl_error *err)
{
	struct sl_gcal_plan plan;
	const struct sl_answer *answer;
	sl_status st = sl_gcal_plan(turn, page->arena, &plan, err);

	while (st == SL_OK && (answer = sl_answers_next(answers)) != NULL)
		st = answer->call->wanted_id != NULL
			     ? read_wanted(turn, answer, page, err)
			     : read_listing(turn, &plan, answer, page, err);
	return st;
}
