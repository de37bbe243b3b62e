/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of calendars: each entry opens, changes or closes a stream of
 * events. What is off stays visible with its reason; the user may switch it
 * on.
 *
 * Source: Google Calendar API reference, CalendarList resource, read 2026-11
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/google_calendar/private.h"

struct suffix {
	const char *end;
	const char *reason;
};

/* Calendars that Google makes; the last row is all of them. */
static const struct suffix generated[] = {
	{ "#holiday@group.v.calendar.google.com", "holiday" },
	{ "#contacts@group.v.calendar.google.com", "birthdays" },
	{ "#weeknum@group.v.calendar.google.com", "week-numbers" },
	{ "@group.v.calendar.google.com", "generated" },
};

static const char *
generated_reason(const char *id)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(generated); i++)
		if (sl_text_iends(id, generated[i].end))
			return generated[i].reason;
	return NULL;
}

/** Why a calendar is not synced unless the user says so; NULL = it is. */
static const char *
off_reason(const json_t *entry, const char *id)
{
	const char *role = sl_json_text(entry, "accessRole");
	const char *reason;

	if (sl_json_bool(entry, "primary"))
		return NULL;
	if (sl_text_equal(role, "freeBusyReader") ||
	    sl_text_equal(role, "none"))
		return "free-busy-only";
	reason = generated_reason(id);
	if (reason != NULL)
		return reason;
	if (sl_text_equal(role, "owner"))
		return NULL;
	if (sl_json_bool(entry, "hidden"))
		return "hidden";
	return sl_json_bool(entry, "selected") ? NULL : "not-selected";
}

static json_t *
shown(const json_t *entry, const char *title)
{
	json_t *shown = json_object();

	sl_json_put_text(shown, "title", title);
	sl_json_put_text(shown, "role", sl_json_text(entry, "accessRole"));
	sl_json_put_text(shown, "time_zone", sl_json_text(entry, "timeZone"));
	sl_json_put_text(shown, "color",
			 sl_json_text(entry, "backgroundColor"));
	(void)json_object_set_new(shown, "primary",
				  json_boolean(sl_json_bool(entry, "primary")));
	(void)json_object_set_new(
		shown, "selected",
		json_boolean(sl_json_bool(entry, "selected")));
	return shown;
}

/** An address of a person, not of a calendar. */
static bool
is_own_address(const char *id)
{
	const char *at = strchr(id, '@');

	return at != NULL && at != id && at[1] != '\0' &&
	       strchr(at + 1, '@') == NULL && strpbrk(id, "# \t") == NULL &&
	       !sl_text_iends(id, "calendar.google.com");
}

static void
open_calendar(struct sl_page *page, struct sl_stream_change *change,
	      const json_t *entry)
{
	change->title = sl_gcal_text(page, entry, "summaryOverride");
	if (change->title == NULL)
		change->title = sl_gcal_text(page, entry, "summary");
	change->reason = off_reason(entry, change->key);
	change->enabled = change->reason == NULL;
	change->shown = shown(entry, change->title);
	if (sl_json_bool(entry, "primary") && is_own_address(change->key))
		sl_page_own_address(page)->address = change->key;
}

void
sl_gcal_map_calendar(struct sl_page *page, const json_t *entry)
{
	const char *id = sl_json_text(entry, "id");
	struct sl_stream_change *change;

	if (id == NULL || *id == '\0') {
		sl_gcal_reject(page, NULL, entry,
			       json_is_object(entry) ? "no id"
						     : "not an object");
		return;
	}
	if (strlen(id) > SL_STREAM_KEY_MAX) {
		sl_gcal_reject(page, NULL, entry, "id too long");
		return;
	}
	change = sl_page_stream(page);
	change->kind = SL_GCAL_EVENTS;
	change->key = sl_arena_strdup(page->arena, id);
	if (sl_json_bool(entry, "deleted")) {
		change->close = true;
		change->reason = "removed";
		return;
	}
	open_calendar(page, change, entry);
}
