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
				? "no: it is one of the user's own addresses or "
				  "profiles"
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
		sl_tell(t, "made by", "rule %s, %s, item %s",
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

static void
tell_message(const struct sl_teller *t, const char *label, const char *what,
	     const json_t *message)
{
	sl_tell(t, label, "%s%s%s, %s", what,
		sl_told_text(message, "source_id"),
		sl_told_quoted(t, message, "title"),
		sl_told_time(t, message, "occurred_at"));
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
	if (sl_json_object(verdict, "message") != NULL)
		tell_message(t,
			     sl_json_object(person, "ties") != NULL ? "item"
								    : "message",
			     "", sl_json_object(verdict, "message"));
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
tell_reasons(const struct sl_teller *t, const json_t *reasons,
	     const char *counter)
{
	const json_t *one;
	size_t i;

	json_array_foreach (reasons, i, one) {
		sl_tell(t, "", "%s %s: %s",
			sl_format_count(t->arena, sl_told_number(one, counter)),
			sl_told_text(one, "reason"),
			sl_told_text(one, "words"));
	}
}

static void
tell_events(const struct sl_teller *t, const json_t *person)
{
	if (sl_told_number(person, "events") == 0)
		return;
	sl_tell(t, "events", "%s, the largest with %s people",
		sl_told_plural(t, person, "events", "event"),
		sl_format_count(t->arena, sl_told_number(person, "largest")));
	tell_reasons(t, sl_json_array(person, "reasons"), "events");
}

/* How much mail went each way, the newest of it, and what it decided. */
static void
tell_mail(const struct sl_teller *t, const json_t *person)
{
	static const struct {
		const char *way, *words;
	} ways[] = {
		{ "to", "from the user to it" },
		{ "from", "from it" },
		{ "named", "that only names it" },
	};

	const json_t *mail = sl_json_object(person, "mail");
	const char *label = "mail";
	int64_t all = 0;

	if (mail == NULL)
		return;
	for (size_t i = 0; i < SL_ARRAY_LEN(ways); i++) {
		const json_t *way = sl_json_object(mail, ways[i].way);

		if (way == NULL)
			continue;
		all += sl_told_number(way, "messages");
		sl_tell(t, label, "%s %s",
			sl_told_plural(t, way, "messages", "message"),
			ways[i].words);
		label = "";
		tell_message(t, "",
			     "the newest: ", sl_json_object(way, "newest"));
	}
	if (sl_told_number(mail, "looked_at") < all)
		sl_tell(t, "", "of these the newest %s were looked at",
			sl_format_count(t->arena,
					sl_told_number(mail, "looked_at")));
	if (sl_json_bool(mail, "partial"))
		sl_tell(t, "",
			"it is in so much mail that only the newest was "
			"looked through");
	tell_reasons(t, sl_json_array(mail, "reasons"), "messages");
}

/* Connections and messages of a network. */
static void
tell_ties(const struct sl_teller *t, const json_t *person)
{
	const json_t *ties = sl_json_object(person, "ties");

	if (ties == NULL)
		return;
	sl_tell(t, "ties", "%s %s it", sl_told_plural(t, ties, "items", "item"),
		sl_told_number(ties, "items") == 1 ? "names" : "name");
	if (sl_told_number(ties, "looked_at") < sl_told_number(ties, "items") ||
	    sl_json_bool(ties, "partial"))
		sl_tell(t, "", "of these %s were looked at",
			sl_format_count(t->arena,
					sl_told_number(ties, "looked_at")));
	tell_reasons(t, sl_json_array(ties, "reasons"), "items");
}

static void
tell_rules(const struct sl_teller *t, const json_t *person)
{
	const json_t *rules = sl_json_array(person, "rules");
	const json_t *one;
	size_t i;

	if (sl_told_number(person, "events") == 0 &&
	    sl_json_object(person, "mail") == NULL &&
	    sl_json_object(person, "ties") == NULL)
		return;
	json_array_foreach (rules, i, one) {
		const char *label = i == 0 ? "settings" : "";
		const char *block = sl_told_text(one, "block");

		if (sl_told_has(one, "error"))
			sl_tell(t, label, "%s (%s): %s",
				sl_told_text(one, "account"),
				sl_told_text(one, "provider"),
				sl_told_text(one, "error"));
		else
			sl_tell(t, label,
				"%s (%s): contacts %s, at most %" PRId64
				" participants%s%s",
				sl_told_text(one, "account"),
				sl_told_text(one, "provider"),
				sl_told_text(one, "contacts"),
				sl_told_number(one, "contact_max_participants"),
				*block == '\0' ? "" : ", blocked ", block);
	}
}

static void
tell_suggestions(const struct sl_teller *t, const json_t *person)
{
	const json_t *list = sl_json_array(person, "suggestions");
	const json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		sl_tell(t, i == 0 ? "suggested" : "",
			"%s, that the contacts %s and %s are one (%s): %s",
			sl_told_time(t, one, "created_at"),
			sl_told_text(one, "contact_id"),
			sl_told_text(one, "other_contact_id"),
			sl_told_text(one, "status"),
			sl_told_text(one, "reason"));
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
	tell_suggestions(t, person);
	tell_verdict(t, person);
	tell_events(t, person);
	tell_mail(t, person);
	tell_ties(t, person);
	tell_rules(t, person);
}
