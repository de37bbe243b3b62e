/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A person as text: the contact that is there, and what decides about it.
 */
#include <inttypes.h>
#include <string.h>

#include "core/json/json.h"

#include "cli/explain_private.h"
#include "cli/format.h"

static void
tell_contact(const struct sl_teller *t, const json_t *person)
{
	const json_t *contact = sl_json_object(person, "contact");
	const json_t *origin = sl_json_object(contact, "origin");

	if (contact == NULL) {
		sl_tell(t, "contact", "%s",
			sl_json_bool(person, "own")
				? "no: it is one of the user's own addresses"
				: "no");
		return;
	}
	sl_tell(t, "contact", "yes: %s%s%s", sl_told_text(contact, "id"),
		sl_told_quoted(t, contact, "name"),
		sl_json_bool(contact, "self") ? ", the user" : "");
	sl_tell(t, "since", "%s, %s", sl_told_time(t, contact, "created_at"),
		strcmp(sl_told_text(contact, "source"), "manual") == 0
			? "entered by a person"
			: sl_arena_printf(t->arena, "found by %s",
					  sl_told_text(contact, "source")));
	if (sl_told_has(origin, "reason"))
		sl_tell(t, "made by", "rule %s, %s, event %s",
			sl_told_text(origin, "rule"),
			sl_told_text(origin, "reason"),
			sl_told_text(origin, "artifact"));
	if (sl_told_has(contact, "first_seen_at"))
		sl_tell(t, "seen", "first %s, last %s",
			sl_told_time(t, contact, "first_seen_at"),
			sl_told_time(t, contact, "last_seen_at"));
}

static void
tell_event(const struct sl_teller *t, const json_t *event)
{
	sl_tell(t, "event", "%s%s, %s", sl_told_text(event, "id"),
		sl_told_quoted(t, event, "title"),
		sl_told_time(t, event, "occurred_at"));
}

/* What the evidence makes of the person; what is there may differ. */
static void
tell_verdict(const struct sl_teller *t, const json_t *person)
{
	const json_t *verdict = sl_json_object(person, "verdict");
	bool there = sl_json_object(person, "contact") != NULL;
	const char *due = sl_told_text(verdict, "due");

	if (verdict == NULL) {
		sl_tell(t, "why", "%s",
			sl_told_number(person, "participations") == 0
				? "no stored item names it"
				: "nothing makes contacts of such identities by "
				  "itself");
		return;
	}
	sl_tell(t, "why", "%s (%s)", sl_told_text(verdict, "words"),
		sl_told_text(verdict, "reason"));
	if (sl_json_object(verdict, "event") != NULL)
		tell_event(t, sl_json_object(verdict, "event"));
	if (there && !sl_json_bool(verdict, "contact") &&
	    !sl_json_bool(person, "own"))
		sl_tell(t, "",
			"that alone would make no contact today; a contact "
			"stays until the user deletes it");
	if (strcmp(due, "next-sync") == 0)
		sl_tell(t, "next", "the next sync makes it a contact");
	else if (*due != '\0')
		sl_tell(t, "next",
			"the next full walk makes it a contact: sluice "
			"sync --full --user U");
}

static void
tell_evidence(const struct sl_teller *t, const json_t *person)
{
	const json_t *reasons = sl_json_array(person, "reasons");
	const json_t *rules = sl_json_array(person, "rules");
	const json_t *one;
	size_t i;

	if (sl_told_number(person, "events") == 0)
		return;
	sl_tell(t, "events", "%s, the largest with %s people",
		sl_told_plural(t, person, "events", "event"),
		sl_format_count(t->arena, sl_told_number(person, "largest")));
	json_array_foreach (reasons, i, one) {
		sl_tell(t, "", "%s %s: %s",
			sl_format_count(t->arena,
					sl_told_number(one, "events")),
			sl_told_text(one, "reason"),
			sl_told_text(one, "words"));
	}
	json_array_foreach (rules, i, one) {
		if (sl_told_has(one, "error"))
			sl_tell(t, i == 0 ? "settings" : "", "%s (%s): %s",
				sl_told_text(one, "account"),
				sl_told_text(one, "provider"),
				sl_told_text(one, "error"));
		else
			sl_tell(t, i == 0 ? "settings" : "",
				"%s (%s): contacts %s, at most %" PRId64
				" participants",
				sl_told_text(one, "account"),
				sl_told_text(one, "provider"),
				sl_told_text(one, "contacts"),
				sl_told_number(one,
					       "contact_max_participants"));
	}
}

void
sl_tell_person(const struct sl_teller *t, const json_t *person)
{
	sl_tell_head(t, "person %s", sl_told_text(person, "norm"));
	tell_contact(t, person);
	if (sl_told_has(person, "suppressed_at"))
		sl_tell(t, "deleted",
			"the user deleted this contact at %s; it "
			"comes back only when entered by hand",
			sl_told_time(t, person, "suppressed_at"));
	tell_verdict(t, person);
	tell_evidence(t, person);
}
