/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/google/google.h"
#include "connectors/google_calendar/google_calendar.h"
#include "connectors/google_calendar/private.h"

static const char *const scopes[] = {
	"https://www.googleapis.com/auth/calendar.readonly",
	NULL,
};

static const struct sl_stream_kind kinds[] = {
	{ .name = SL_GCAL_CALENDARS,
	  .title = "List of calendars",
	  .map_version = 1 },
	{ .name = SL_GCAL_EVENTS,
	  .title = "Events of a calendar",
	  .opened_by = SL_GCAL_CALENDARS,
	  .map_version = 1,
	  .lists_instances = true },
	{ .name = NULL },
};

/* Source: Google Calendar API reference, Event resource, read 2026-11 */
static const char *const event_types[] = {
	"default",     "birthday",        "focusTime", "fromGmail",
	"outOfOffice", "workingLocation", NULL,
};

static const char *const contact_rules[] = { "met", "all", "none", NULL };

static const struct sl_option options[] = {
	{ .name = SL_GCAL_OPT_SINCE,
	  .type = SL_OPT_DATE,
	  .fallback = "",
	  .effect = SL_EFFECT_WIDEN,
	  .help = "Leave out events that ended before this date (UTC)." },
	{ .name = SL_GCAL_OPT_EVENT_TYPES,
	  .type = SL_OPT_LIST,
	  .fallback = "default,fromGmail",
	  .choices = event_types,
	  .effect = SL_EFFECT_REMAP,
	  .help = "Kinds of events to store." },
	{ .name = "contacts",
	  .type = SL_OPT_CHOICE,
	  .fallback = "met",
	  .choices = contact_rules,
	  .effect = SL_EFFECT_REMAP,
	  .help = "Whom events make a contact: people met, all people named, "
		  "or nobody." },
	{ .name = "contact_max_participants",
	  .type = SL_OPT_NUMBER,
	  .fallback = "25",
	  .min = 2,
	  .max = 1000,
	  .effect = SL_EFFECT_REMAP,
	  .help = "Events with more participants make nobody a contact." },
	SL_OPTION_TOMBSTONES,
	{ .name = NULL },
};

/*
 * Requests; every page counts as one. The limits of new projects: projects
 * that used the API before 2026-05 may keep others for a while.
 *
 * Source: Google Calendar API, Usage limits, read 2026-11
 */
static const struct sl_quota quotas[] = {
	{ .since = "2025-01-01",
	  .user_per_minute = 600,
	  .client_per_minute = 10000 },
	{ .since = NULL },
};

const struct sl_connector sl_google_calendar = {
	.name = "google_calendar",
	.title = "Google Calendar",
	.provider = &sl_google,
	.scopes = scopes,
	.kinds = kinds,
	.options = options,
	.quotas = quotas,
	.codes = sl_gcal_codes,
	.default_interval_s = 300,
	.ask = sl_gcal_ask,
	.read = sl_gcal_read,
	.classify = sl_google_classify,
};
