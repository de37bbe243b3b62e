/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The changelog, window by window. A window begins at the latest moment that
 * LinkedIn had processed when the last one ended, that moment included, and is
 * read to an empty page; only then does the next one begin. So nothing depends
 * on the order of events, and what comes twice is known by its name.
 *
 * Source: LinkedIn, Member Changelog API, read 2026-11
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/linkedin/private.h"

#define ENDPOINT "/rest/memberChangeLogs"

/** Longest activity id that names an event. */
#define NAME_MAX_BYTES 128

/** "ID/ACTIVITY": both, as records of one activity that is processed anew
 *  differ in their ids alone. NULL: it has none. */
static const char *
name_of(struct sl_arena *arena, const json_t *event)
{
	const char *activity = sl_json_text(event, "activityId");
	int64_t id = 0;

	(void)sl_json_i64(event, "id", &id);
	if (activity != NULL && strlen(activity) > NAME_MAX_BYTES)
		activity = NULL;
	if (id == 0 && activity == NULL)
		return NULL;
	return sl_arena_printf(arena, "%lld/%s", (long long)id,
			       activity != NULL ? activity : "");
}

static bool
is_among(const json_t *names, const char *name)
{
	const json_t *one;
	size_t i;

	json_array_foreach (names, i, one) {
		if (sl_text_equal(json_string_value(one), name))
			return true;
	}
	return false;
}

/** A page of a window: what of it is new, and how far it reaches. */
struct reading {
	struct sl_linkedin_window *window;
	struct sl_page *page;
	int64_t now_ms;
	int64_t asked; /* events, at most */
	json_t *fresh; /* names of the events at window->max */
	size_t news;
};

/** The latest moment moves with the events, their names are those at it. One
 *  in the future would end all following: it is not believed. */
static void
note_moment(struct reading *r, const json_t *event, const char *name)
{
	int64_t at;

	if (!sl_json_i64(event, "processedAt", &at) || at < r->window->max ||
	    at > r->now_ms + SL_MS_PER_HOUR)
		return;
	if (at > r->window->max) {
		r->window->max = at;
		(void)json_array_clear(r->fresh);
	}
	if (name != NULL && !is_among(r->fresh, name) &&
	    json_array_size(r->fresh) < SL_LINKEDIN_KNOWN_MAX)
		(void)json_array_append_new(r->fresh, json_string(name));
}

static void
read_event(struct reading *r, const json_t *event)
{
	const char *name = name_of(r->page->arena, event);

	note_moment(r, event, name);
	if (name != NULL && is_among(r->window->known, name))
		return;
	r->news++;
	r->page->items++;
	sl_linkedin_map_event(r->page, event);
}

/*
 * An empty page ends a window. One that brings nothing new, and holds at most
 * half of what was asked for or has no next one, does, too, but not for ever:
 * pages may be short and links missing, so once a day the true end is looked
 * for.
 */
static bool
is_over(const struct reading *r, size_t count, bool has_next)
{
	const struct sl_linkedin_window *w = r->window;

	if (count == 0)
		return true;
	return w->start == 0 && r->news == 0 &&
	       (!has_next || (int64_t)count * 2 <= r->asked) &&
	       r->now_ms - w->verified < SL_MS_PER_DAY;
}

static void
end_window(struct reading *r, bool empty)
{
	struct sl_linkedin_window *w = r->window;

	w->at = w->max;
	w->known = r->fresh;
	w->fresh = NULL;
	w->start = 0;
	if (empty && r->now_ms - w->verified >= SL_MS_PER_DAY)
		w->verified = r->now_ms;
}

static void
advance(struct reading *r, size_t count, bool has_next)
{
	struct sl_linkedin_window *w = r->window;

	if (is_over(r, count, has_next)) {
		end_window(r, count == 0);
		return;
	}
	w->start += (int64_t)count;
	w->fresh = r->fresh;
	r->page->more = true;
}

/** What people see, when it has changed. */
static void
tell(const struct sl_linkedin_window *w, int64_t before, struct sl_page *page)
{
	char text[SL_RFC3339_TEXT];

	if (w->at == before && !w->begins)
		return;
	if (page->shown == NULL)
		page->shown = json_object();
	sl_rfc3339_format(w->at * 1000, text);
	sl_json_put_text(page->shown, "processed_to", text);
	if (!w->begins)
		return;
	/* nothing is told from before the horizon */
	sl_rfc3339_format(before * 1000, text);
	sl_json_put_text(page->shown, "complete_from", text);
}

static void
read_window(const struct sl_turn *turn, struct sl_linkedin_window *window,
	    const struct sl_answer *answer, struct sl_page *page)
{
	const json_t *events = sl_json_array(answer->body, "elements");
	json_auto_t *fresh = window->fresh != NULL
				     ? json_deep_copy(window->fresh)
				     : json_array();
	struct reading r = { .window = window,
			     .page = page,
			     .now_ms = turn->now_us / 1000,
			     .asked = sl_linkedin_page_size(turn),
			     .fresh = fresh };
	int64_t before = window->at;
	bool strange = false, next;
	const json_t *event;
	size_t i;

	if (window->fresh == NULL && window->max == window->at)
		(void)json_array_extend(fresh,
					(json_t *)(uintptr_t)window->known);
	next = sl_linkedin_has_next(answer->body, ENDPOINT, &strange);
	if (strange)
		page->warning = "a link to the next page leads elsewhere; it "
				"is not followed";
	json_array_foreach (events, i, event) {
		read_event(&r, event);
	}
	advance(&r, json_array_size(events), next);
	sl_linkedin_open_domains(turn, window, page);
	tell(window, before, page);
	page->cursor = sl_linkedin_window_cursor(window);
}

sl_status
sl_linkedin_read_events(const struct sl_turn *turn,
			const struct sl_answer *answer, struct sl_page *page,
			struct sl_error *err)
{
	struct sl_linkedin_window window;
	sl_status st = sl_linkedin_window(turn, &window, err);

	if (st != SL_OK)
		return st;
	if (sl_json_array(answer->body, "elements") == NULL)
		return sl_fail(err, SL_RETRY, SL_STREAM,
			       "not an answer of the changelog API");
	read_window(turn, &window, answer, page);
	return SL_OK;
}
