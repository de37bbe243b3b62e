/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who takes part: the union of organizer and attendees. Google fills `email`
 * always, with a generated address where the real one is hidden; rooms, group
 * calendars and such addresses are kept but marked as no person.
 *
 * Source: Google Calendar API reference, Event resource, read 2026-11
 */
#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/google_calendar/private.h"

/* unknownorganizer@calendar.google.com and its kind end in the last one. */
static const char *const not_people[] = {
	"@resource.calendar.google.com", "@group.calendar.google.com",
	"@group.v.calendar.google.com",  "@import.calendar.google.com",
	"@calendar.google.com",
};

static bool
is_not_person(const char *address)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(not_people); i++)
		if (sl_text_iends(address, not_people[i]))
			return true;
	return false;
}

static const char *
address_of(const json_t *person)
{
	const char *address = sl_json_text(person, "email");

	return address != NULL && *address != '\0' ? address : NULL;
}

static struct sl_participant *
add_person(struct sl_page *page, struct sl_artifact *artifact,
	   const json_t *person, const char *role)
{
	struct sl_participant *who = sl_artifact_participant(page, artifact);

	who->kind = SL_IDENTITY_EMAIL;
	who->value = sl_gcal_text(page, person, "email");
	who->name = sl_gcal_text(page, person, "displayName");
	who->role = role;
	who->self = sl_json_bool(person, "self");
	who->not_person =
		sl_json_bool(person, "resource") || is_not_person(who->value);
	return who;
}

/** Adds one attendee; is it the organizer? */
static bool
add_attendee(struct sl_page *page, struct sl_artifact *artifact,
	     const json_t *attendee, const char *organizer)
{
	bool organizes =
		sl_json_bool(attendee, "organizer") ||
		(organizer != NULL &&
		 sl_ascii_iequal(sl_json_text(attendee, "email"), organizer));
	struct sl_participant *who = add_person(
		page, artifact, attendee, organizes ? "organizer" : "attendee");

	who->response = sl_gcal_text(page, attendee, "responseStatus");
	who->optional = sl_json_bool(attendee, "optional");
	return organizes;
}

/** Is the list known not to name everybody? */
static bool
is_incomplete(const struct sl_artifact *artifact, const json_t *event)
{
	const json_t *list = json_object_get(event, "attendees");

	if (sl_json_bool(event, "attendeesOmitted"))
		return true;
	if (list == NULL || json_is_null(list))
		return artifact->deleted; /* a stub says nothing */
	return !json_is_array(list);
}

void
sl_gcal_map_people(struct sl_page *page, struct sl_artifact *artifact,
		   const json_t *event)
{
	const json_t *organizer = sl_json_object(event, "organizer");
	const char *organizer_address = address_of(organizer);
	const json_t *attendees = sl_json_array(event, "attendees");
	const json_t *attendee;
	bool seen = false;
	size_t i, nameless = 0;

	json_array_foreach (attendees, i, attendee) {
		if (address_of(attendee) == NULL)
			nameless++;
		else if (add_attendee(page, artifact, attendee,
				      organizer_address))
			seen = true;
	}
	if (organizer_address != NULL && !seen)
		(void)add_person(page, artifact, organizer, "organizer");
	artifact->participants_incomplete = is_incomplete(artifact, event);
	if (nameless > 0) {
		(void)json_object_set_new(artifact->metadata,
					  "attendees_without_email",
					  json_integer((json_int_t)nameless));
		sl_gcal_note(artifact, "attendee-without-email");
	}
}
