/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which requests come next: wanted events by id, else the next page of the
 * listing. Everything that Google wants equal from request to request
 * (singleEvents, eventTypes) is on every one; orderBy is on none, because it
 * suppresses the sync token.
 *
 * Source: Google Calendar API reference, CalendarList: list, Events: list and
 * Events: get, read 2026-11
 */
#include <string.h>

#include "core/base/text.h"

#include "connectors/google/google.h"
#include "connectors/google_calendar/private.h"

#define LIGHT_EVENT "id,status,etag,updated"

/** Most parameters of a listing besides the event types, and its end. */
#define PARAMETERS_MAX 8

struct parameters {
	struct sl_query *rows;
	size_t count;
};

static void
add(struct parameters *list, const char *name, const char *value)
{
	if (value != NULL)
		list->rows[list->count++] = (struct sl_query){ name, value };
}

static size_t
entries(const char *list)
{
	size_t n = 1;

	for (; *list != '\0'; list++)
		n += *list == ',';
	return n;
}

static void
add_event_types(struct parameters *list, const char *types,
		struct sl_arena *arena)
{
	while (*types != '\0') {
		size_t len = strcspn(types, ",");

		if (len > 0)
			add(list, "eventTypes",
			    sl_arena_strndup(arena, types, len));
		types += len;
		types += *types == ',';
	}
}

/*
 * The main calendar answers to its address, too, but in some Workspace
 * domains not (PageSpace#495); "primary" always works.
 */
static const char *
calendar_id(const struct sl_turn *turn)
{
	return sl_ascii_iequal(turn->stream->key, turn->account)
		       ? "primary"
		       : turn->stream->key;
}

static void
add_position(struct parameters *list, const struct sl_gcal_plan *plan,
	     struct sl_arena *arena)
{
	add(list, "maxResults",
	    sl_arena_printf(arena, "%lld", (long long)plan->size));
	add(list, "syncToken", plan->token);
	add(list, "pageToken", plan->page);
}

static void
ask_calendars(const struct sl_gcal_plan *plan, struct sl_arena *arena,
	      struct sl_call *call)
{
	static const char *const path[] = { "users", "me", "calendarList",
					    NULL };
	struct parameters list = {
		.rows = SL_NEW_ARRAY(arena, PARAMETERS_MAX, struct sl_query),
	};

	add_position(&list, plan, arena);
	add(&list, "showHidden", "true");
	*call = (struct sl_call){ .endpoint = SL_GOOGLE_CALENDAR,
				  .path = path,
				  .query = list.rows,
				  .tag = SL_GCAL_LISTING };
}

static void
ask_events(const struct sl_turn *turn, const struct sl_gcal_plan *plan,
	   struct sl_arena *arena, struct sl_call *call)
{
	const char *types = sl_turn_setting(turn, SL_GCAL_OPT_EVENT_TYPES);
	const char **path = SL_NEW_ARRAY(arena, 4, const char *);
	struct parameters list = {
		.rows = SL_NEW_ARRAY(arena, PARAMETERS_MAX + entries(types),
				     struct sl_query),
	};

	path[0] = "calendars";
	path[1] = calendar_id(turn);
	path[2] = "events";
	add_position(&list, plan, arena);
	add(&list, "singleEvents", "false");
	add_event_types(&list, types, arena);
	/* The bound belongs to walks: refused beside a sync token. */
	if (plan->token == NULL)
		add(&list, "timeMin", plan->since);
	if (plan->light)
		add(&list, "fields",
		    "nextPageToken,nextSyncToken,items(" LIGHT_EVENT ")");
	*call = (struct sl_call){ .endpoint = SL_GOOGLE_CALENDAR,
				  .path = path,
				  .query = list.rows,
				  .tag = SL_GCAL_LISTING };
}

static void
ask_event(const struct sl_turn *turn, const char *id, bool light,
	  struct sl_arena *arena, struct sl_call *call)
{
	static const struct sl_query light_query[] = {
		{ "fields", LIGHT_EVENT }, { NULL, NULL }
	};
	const char **path = SL_NEW_ARRAY(arena, 5, const char *);

	path[0] = "calendars";
	path[1] = calendar_id(turn);
	path[2] = "events";
	path[3] = id;
	*call = (struct sl_call){ .endpoint = SL_GOOGLE_CALENDAR,
				  .path = path,
				  .query = light ? light_query : NULL,
				  .wanted_id = id,
				  .tag = light ? SL_GCAL_LIGHT_ITEM
					       : SL_GCAL_ITEM };
}

/*
 * The instances of the window, a page, as light as can be. Cancelled ones
 * too: what an exception replaces is decided where the exception is known.
 * Where that cannot be read (`light`), only whether there is an answer.
 */
static void
ask_instances(const struct sl_turn *turn, const struct sl_ref *ref, bool light,
	      struct sl_arena *arena, struct sl_call *call)
{
	const char **path = SL_NEW_ARRAY(arena, 6, const char *);
	struct parameters list = {
		.rows = SL_NEW_ARRAY(arena, PARAMETERS_MAX, struct sl_query),
	};
	char *from = sl_arena_alloc(arena, SL_RFC3339_TEXT);
	char *to = sl_arena_alloc(arena, SL_RFC3339_TEXT);

	sl_rfc3339_format(ref->instances->span.from_us, from);
	sl_rfc3339_format(ref->instances->span.to_us, to);
	path[0] = "calendars";
	path[1] = calendar_id(turn);
	path[2] = "events";
	path[3] = ref->source_id;
	path[4] = "instances";
	add(&list, "maxResults",
	    sl_arena_printf(arena, "%d", light ? 1 : SL_GCAL_INSTANCES_MAX));
	add(&list, "pageToken", ref->version);
	add(&list, "showDeleted", "true");
	add(&list, "timeMin", from);
	add(&list, "timeMax", to);
	add(&list, "fields",
	    light ? "kind"
		  : "kind,nextPageToken,items(id,status,recurringEventId,"
		    "originalStartTime)");
	*call = (struct sl_call){ .endpoint = SL_GOOGLE_CALENDAR,
				  .path = path,
				  .query = list.rows,
				  .wanted_id = ref->source_id,
				  .tag = light ? SL_GCAL_LIGHT_INSTANCES
					       : SL_GCAL_INSTANCES };
}

/*
 * Too large an answer among several: fewer are asked for, until the culprit
 * is alone and is asked for without its contents.
 */
static void
ask_wanted(const struct sl_turn *turn, struct sl_arena *arena,
	   struct sl_ask *ask)
{
	const struct sl_ref *ref = turn->wanted;
	size_t most = (size_t)sl_gcal_halved(SL_GCAL_CALLS_MAX, turn->shrink);
	bool light = turn->shrink > 0 &&
		     sl_gcal_halved(SL_GCAL_CALLS_MAX, turn->shrink - 1) == 1;

	ask->calls = SL_NEW_ARRAY(arena, most, struct sl_call);
	ask->count = 0;
	for (; ref != NULL && ask->count < most; ref = ref->next) {
		struct sl_call *call = &ask->calls[ask->count++];

		if (ref->instances != NULL)
			ask_instances(turn, ref, light, arena, call);
		else
			ask_event(turn, ref->source_id, light, arena, call);
	}
}

sl_status
sl_gcal_ask(const struct sl_turn *turn, struct sl_arena *arena,
	    struct sl_ask *ask, struct sl_error *err)
{
	struct sl_gcal_plan plan;
	sl_status st = sl_gcal_plan(turn, arena, &plan, err);

	if (st != SL_OK)
		return st;
	if (plan.events && turn->wanted != NULL) {
		ask_wanted(turn, arena, ask);
		return SL_OK;
	}
	ask->calls = SL_NEW(arena, struct sl_call);
	ask->count = 1;
	if (plan.events)
		ask_events(turn, &plan, arena, ask->calls);
	else
		ask_calendars(&plan, arena, ask->calls);
	return SL_OK;
}
