/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this connector's codes mean, for people.
 */
#include "connectors/google_calendar/private.h"

const struct sl_code sl_gcal_codes[] = {
	/* why a calendar is off */
	{ "free-busy-only",
	  "Of this calendar the account may only see when it is busy." },
	{ "holiday", "It is a calendar of public holidays that Google makes." },
	{ "birthdays", "It is the calendar of birthdays that Google makes of "
		       "the account's contacts." },
	{ "week-numbers", "It is the calendar of week numbers that Google "
			  "makes." },
	{ "generated", "Google makes this calendar." },
	{ "hidden", "It is hidden in the account's list of calendars." },
	{ "not-selected",
	  "It is not ticked in the account's list of calendars." },
	{ "removed", "It was taken from the account's list of calendars." },
	/* why an event is filtered */
	{ "event-type", "Events of its kind are not wanted: see the setting "
			"event_types." },
	/* why an event is a tombstone */
	{ "cancelled", "It was cancelled or deleted at Google." },
	{ "not-found", "Google no longer knows it." },
	/* why an event is in quarantine */
	{ "refused", "Google does not show it, though it lists it." },
	{ "unavailable", "Google fails again and again when it is asked for." },
	{ "item-unreadable", "It is larger than an answer may be, or no JSON, "
			     "even when it is asked for alone." },
	/* what is odd about an event */
	{ "start-missing", "It says no start." },
	{ "end-missing", "It says no end." },
	{ "start-malformed", "Its start makes no sense as a time; the text is "
			     "in metadata.start_raw." },
	{ "end-malformed", "Its end makes no sense as a time; the text is in "
			   "metadata.end_raw." },
	{ "original-start-malformed",
	  "The slot in its series makes no sense as a time; the text is in "
	  "metadata.original_start_raw." },
	{ "end-before-start", "It ends before it starts." },
	{ "all-day-equal", "It is all-day and ends on the day it starts, "
			   "which is no day at all." },
	{ "date-mixed", "One of start and end is a day, the other a time." },
	{ "zone-unknown", "Its time zone has no name that is known; the text "
			  "is in metadata.time_zone_raw." },
	{ "attendee-without-email",
	  "Some of its attendees have no address and are left out; "
	  "metadata.attendees_without_email counts them." },
	{ "text-damaged", "Somewhere in it stands U+FFFD for what could not be "
			  "kept: a NUL, half a character, nesting without "
			  "end." },
	{ .code = NULL },
};
