/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An item, stored or not, as text.
 */
#include <inttypes.h>
#include <string.h>

#include "core/json/json.h"

#include "cli/explain_private.h"
#include "cli/format.h"

static void
tell_state(const struct sl_teller *t, const json_t *item)
{
	if (!sl_told_has(item, "deleted_at")) {
		sl_tell(t, "state", "stored");
		if (sl_json_bool(item, "held_back"))
			sl_tell(t, "",
				"the last full walk did not find it: its "
				"deletion is held back with others, until a "
				"person agrees (sluice resync "
				"--accept-deletions)");
		return;
	}
	sl_tell(t, "state", "gone, kept as a tombstone since %s",
		sl_told_time(t, item, "deleted_at"));
	sl_tell(t, "why", "%s (%s)",
		sl_told_words(item, "deleted_words", "deleted_reason"),
		sl_told_text(item, "deleted_reason"));
}

static void
tell_time(const struct sl_teller *t, const json_t *item)
{
	const char *zone =
		sl_told_has(item, "time_zone")
			? sl_arena_printf(t->arena, " (%s)",
					  sl_told_text(item, "time_zone"))
			: "";

	if (sl_json_bool(item, "all_day"))
		sl_tell(t, "when", "all day, %s up to and without %s%s",
			sl_told_text(item, "start_date"),
			sl_told_has(item, "end_date")
				? sl_told_text(item, "end_date")
				: "?",
			zone);
	else if (sl_told_has(item, "occurred_at"))
		sl_tell(t, "when", "%s%s%s%s",
			sl_told_time(t, item, "occurred_at"),
			sl_told_has(item, "ends_at") ? " to " : "",
			sl_told_has(item, "ends_at")
				? sl_told_time(t, item, "ends_at")
				: "",
			zone);
	else
		sl_tell(t, "when", "it has no time%s", zone);
}

static void
tell_runs(const struct sl_teller *t, const json_t *item)
{
	static const struct {
		const char *code, *words;
	} roles[] = {
		{ "first", "first stored by" },
		{ "last", "last written by" },
		{ "both", "written by" },
	};

	const json_t *runs = sl_json_array(item, "runs");
	const json_t *run;
	size_t i;

	json_array_foreach (runs, i, run) {
		const char *role = "written by";

		for (size_t r = 0; r < SL_ARRAY_LEN(roles); r++)
			if (strcmp(sl_told_text(run, "wrote"), roles[r].code) ==
			    0)
				role = roles[r].words;
		sl_tell(t, i == 0 ? "runs" : "",
			"%s %s: %s, %s, %s, started %s", role,
			sl_told_text(run, "id"), sl_told_text(run, "trigger"),
			sl_told_text(run, "mode"), sl_told_text(run, "status"),
			sl_told_time(t, run, "started_at"));
	}
	if (sl_told_size(item, "runs") == 0)
		sl_tell(t, "runs",
			"the log of the run that wrote it is not "
			"there any more");
}

/* Where an exception would have been. */
static const char *
slot(const struct sl_teller *t, const json_t *o)
{
	if (sl_told_has(o, "original_start_date"))
		return sl_told_text(o, "original_start_date");
	return sl_told_has(o, "original_start_at")
		       ? sl_told_time(t, o, "original_start_at")
		       : "unknown";
}

static void
tell_parent(const struct sl_teller *t, const json_t *series)
{
	bool off =
		strcmp(sl_told_text(series, "role"), "cancelled_instance") == 0;

	sl_tell(t, "series", "%s of the series %s%s; its slot is %s",
		off ? "a cancelled instance" : "a changed instance (exception)",
		sl_told_text(series, "parent_source_id"),
		sl_told_quoted(t, series, "parent_title"), slot(t, series));
	if (!sl_told_has(series, "parent_id"))
		sl_tell(t, "",
			"the series itself is not stored (not yet, or it "
			"is out of scope)");
	else if (sl_told_has(series, "parent_deleted_at"))
		sl_tell(t, "", "the series is gone since %s",
			sl_told_time(t, series, "parent_deleted_at"));
}

/* Which dates a series has, and who said so. */
static void
tell_expansion(const struct sl_teller *t, const json_t *series)
{
	static const struct {
		const char *how, *words;
	} rows[] = {
		{ "due", "not yet: the next sync finds its dates" },
		{ "asked", "not yet: the provider is asked for its dates" },
		{ "local", "by its rule" },
		{ "provider", "as the provider lists it" },
		{ "unexpanded", "not: neither by its rule nor by the "
				"provider; the agenda has it once, as a "
				"series" },
		{ "gone", "not: it is gone" },
	};

	const json_t *e = sl_json_object(series, "expansion");
	const char *how = sl_told_text(e, "how");

	if (e == NULL)
		return;
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].how, how) == 0)
			how = rows[i].words;
	sl_tell(t, "expanded", "%s", how);
	if (sl_told_has(e, "reason"))
		sl_tell(t, "", "%s (%s)", sl_told_words(e, "words", "reason"),
			sl_told_text(e, "reason"));
	if (sl_told_number(e, "occurrences") > 0)
		sl_tell(t, "", "%s%s from %s to %s; the next one %s",
			sl_told_plural(t, e, "occurrences", "date"),
			sl_json_bool(e, "cut") ? " (the first ones of more)"
					       : "",
			sl_told_time(t, e, "window_from_at"),
			sl_told_time(t, e, "window_to_at"),
			sl_told_time(t, e, "next_at"));
	if (sl_told_has(e, "zones_version"))
		sl_tell(t, "", "with the time zone rules of %s",
			sl_told_text(e, "zones_version"));
}

/* An instance was asked for and has no row of its own: is it one? */
static void
tell_asked(const struct sl_teller *t, const json_t *series)
{
	const json_t *asked = sl_json_object(series, "asked");
	const char *slot = sl_told_time(t, asked, "slot_at");

	if (asked == NULL)
		return;
	if (sl_told_number(sl_json_object(series, "expansion"),
			   "occurrences") == 0)
		sl_tell(t, "instance",
			"the dates of this series are not "
			"known here");
	else if (sl_json_bool(asked, "is_instance"))
		sl_tell(t, "instance",
			"%s is a date of this series that was not changed by "
			"itself: it has no row of its own",
			slot);
	else if (sl_json_bool(asked, "is_in_window"))
		sl_tell(t, "instance", "this series has no date at %s", slot);
	else
		sl_tell(t, "instance",
			"%s lies outside the dates that are kept of this "
			"series",
			slot);
}

static void
tell_master(const struct sl_teller *t, const json_t *series)
{
	const json_t *rule = sl_json_array(series, "rule");
	const json_t *list = sl_json_array(series, "exceptions");
	const json_t *one;
	size_t i;

	sl_tell(t, "series", "a recurring series with %s",
		sl_format_plural(t->arena,
				 (int64_t)sl_told_size(series, "exceptions"),
				 "exception"));
	json_array_foreach (rule, i, one) {
		sl_tell(t, "", "%s",
			json_is_string(one) ? json_string_value(one) : "?");
	}
	tell_expansion(t, series);
	json_array_foreach (list, i, one) {
		const char *label = i == 0 ? "exceptions" : "";

		if (sl_told_has(one, "deleted_at"))
			sl_tell(t, label, "%s is off: %s", slot(t, one),
				sl_told_words(one, "deleted_words",
					      "deleted_reason"));
		else
			sl_tell(t, label, "%s was changed: %s, now %s",
				slot(t, one), sl_told_text(one, "source_id"),
				sl_told_time(t, one, "occurred_at"));
	}
}

static void
tell_series(const struct sl_teller *t, const json_t *item)
{
	const json_t *series = sl_json_object(item, "series");

	if (series == NULL) {
		if (strcmp(sl_told_text(item, "matched_by"), "instance") == 0)
			sl_tell(t, "instance", "this is no series");
		return;
	}
	tell_asked(t, series);
	if (strcmp(sl_told_text(series, "role"), "master") == 0)
		tell_master(t, series);
	else
		tell_parent(t, series);
}

static const char *
standing(const struct sl_teller *t, const json_t *who)
{
	if (sl_json_bool(who, "is_self"))
		return "the account's owner";
	if (sl_told_has(who, "contact_id"))
		return sl_arena_printf(t->arena, "contact %s",
				       sl_told_text(who, "contact_id"));
	if (!sl_json_bool(who, "is_person"))
		return "no person";
	return sl_told_has(who, "norm") ? "no contact"
					: "no contact: no usable address";
}

/* What this item decides about the person: mail tells it. */
static const char *
decided(const struct sl_teller *t, const json_t *who)
{
	const json_t *decision = sl_json_object(who, "decision");

	if (decision == NULL || sl_json_bool(who, "is_self"))
		return "";
	return sl_arena_printf(t->arena, "; %s (%s)",
			       sl_told_text(decision, "words"),
			       sl_told_text(decision, "reason"));
}

static void
tell_participants(const struct sl_teller *t, const json_t *item)
{
	const json_t *list = sl_json_array(item, "participants");
	const json_t *who;
	size_t i;

	json_array_foreach (list, i, who) {
		sl_tell(t, i == 0 ? "people" : "", "%s %s%s%s%s: %s%s",
			sl_told_text(who, "role"), sl_told_text(who, "value"),
			sl_told_quoted(t, who, "name"),
			sl_told_has(who, "response") ? ", " : "",
			sl_told_text(who, "response"), standing(t, who),
			decided(t, who));
	}
	if (sl_json_bool(item, "participants_incomplete"))
		sl_tell(t, "", "the provider did not name everybody");
}

static void
tell_rest(const struct sl_teller *t, const json_t *item)
{
	const json_t *notes = sl_json_array(item, "notes");
	const json_t *labels = sl_json_array(item, "labels");
	const char *all = "";
	const json_t *one;
	size_t i;

	json_array_foreach (labels, i, one) {
		all = sl_arena_printf(t->arena, "%s%s%s", all,
				      i == 0 ? "" : ", ",
				      json_string_value(one));
	}
	if (*all != '\0')
		sl_tell(t, "labels", "%s", all);
	json_array_foreach (notes, i, one) {
		sl_tell(t, i == 0 ? "odd" : "", "%s (%s)",
			sl_told_words(one, "words", "code"),
			sl_told_text(one, "code"));
	}
	if (sl_told_number(item, "content_bytes") > 0)
		sl_tell(t, "content", "%s, not shown here",
			sl_format_bytes(t->arena,
					sl_told_number(item, "content_bytes")));
}

/* By what another road, or a header, calls it. */
static void
tell_aliases(const struct sl_teller *t, const json_t *item)
{
	const json_t *list = sl_json_array(item, "aliases");
	const json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		sl_tell(t, i == 0 ? "also" : "", "%s", json_string_value(one));
	}
}

void
sl_tell_item(const struct sl_teller *t, const json_t *item)
{
	sl_tell_head(t, "%s %s%s", sl_told_text(item, "type"),
		     sl_told_text(item, "id"),
		     sl_told_quoted(t, item, "title"));
	tell_state(t, item);
	sl_tell_account(t, item);
	sl_tell_stream_of(t, item);
	sl_tell(t, "source id", "%s", sl_told_text(item, "source_id"));
	if (sl_told_has(item, "external_uid"))
		sl_tell(t, "external uid", "%s",
			sl_told_text(item, "external_uid"));
	tell_aliases(t, item);
	tell_time(t, item);
	tell_series(t, item);
	sl_tell(t, "version",
		"%" PRId64 " at the provider, read by mapping %" PRId64,
		sl_told_number(item, "source_version"),
		sl_told_number(item, "map_version"));
	sl_tell(t, "written", "first %s, last %s",
		sl_told_time(t, item, "created_at"),
		sl_told_time(t, item, "synced_at"));
	tell_runs(t, item);
	tell_participants(t, item);
	tell_rest(t, item);
	sl_tell_settings(t, item, "default");
}

void
sl_tell_entry(const struct sl_teller *t, const json_t *entry)
{
	bool filtered = strcmp(sl_told_text(entry, "state"), "filtered") == 0;

	sl_tell_head(t, "not stored: %s", sl_told_text(entry, "source_id"));
	sl_tell(t, "state", "%s",
		filtered ? "filtered: left out on purpose"
			 : "quarantined: it could not be stored");
	sl_tell(t, "why", "%s (%s)", sl_told_words(entry, "words", "reason"),
		sl_told_text(entry, "reason"));
	if (sl_told_has(entry, "detail"))
		sl_tell(t, "error", "%s", sl_told_text(entry, "detail"));
	sl_tell_account(t, entry);
	sl_tell_stream_of(t, entry);
	sl_tell(t, "seen", "first %s, last %s",
		sl_told_time(t, entry, "first_seen_at"),
		sl_told_time(t, entry, "last_seen_at"));
	if (filtered)
		return;
	sl_tell(t, "attempts", "%" PRId64 ", next %s",
		sl_told_number(entry, "attempts"),
		sl_told_has(entry, "next_try_at")
			? sl_told_time(t, entry, "next_try_at")
			: "when it or its mapping changes");
	sl_tell(t, "version",
		"%" PRId64 " at the provider, read by mapping %" PRId64,
		sl_told_number(entry, "source_version"),
		sl_told_number(entry, "map_version"));
	if (sl_told_number(entry, "raw_bytes") > 0)
		sl_tell(t, "raw", "%s, kept in sync_items.raw of the row %s",
			sl_format_bytes(t->arena,
					sl_told_number(entry, "raw_bytes")),
			sl_told_text(entry, "id"));
}
