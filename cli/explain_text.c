/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An explanation as text: a head line a thing, then "label  value" lines.
 */
#include <string.h>

#include "core/json/json.h"

#include "cli/explain_private.h"
#include "cli/format.h"

static void
tell_stream_health(const struct sl_teller *t, const json_t *stream)
{
	if (sl_told_number(stream, "failures") > 0)
		sl_tell(t, "failing", "%s in a row, last %s: %s",
			sl_told_plural(t, stream, "failures", "time"),
			sl_told_time(t, stream, "error_at"),
			sl_told_text(stream, "error"));
	if (sl_told_number(stream, "pending_deletions") > 0)
		sl_tell(t, "held back", "%s: too many at once",
			sl_told_plural(t, stream, "pending_deletions",
				       "deletion"));
	if (sl_told_number(stream, "pending") > 0)
		sl_tell(t, "waiting", "%s still to be read",
			sl_told_plural(t, stream, "pending", "item"));
}

/* The words of a reason are a sentence: they come last. */
static void
tell_stream_state(const struct sl_teller *t, const json_t *stream)
{
	const char *state = sl_told_text(stream, "state");

	if (strcmp(state, "closed") == 0)
		sl_tell(t, "state", "%s", sl_told_pulled(t, stream));
	else
		sl_tell(t, "state", "%s, %s", state, sl_told_pulled(t, stream));
	if (sl_told_has(stream, "switched_at"))
		sl_tell(t, "since", "%s",
			sl_told_time(t, stream, "switched_at"));
}

static void
tell_stream(const struct sl_teller *t, const json_t *stream)
{
	sl_tell_head(t, "stream %s %s%s", sl_told_text(stream, "kind"),
		     sl_told_text(stream, "key"),
		     sl_told_quoted(t, stream, "title"));
	if (strcmp(sl_told_text(stream, "matched_by"), "pending") == 0)
		sl_tell(t, "waiting",
			"a listing named the item; it is still to "
			"be read");
	tell_stream_state(t, stream);
	sl_tell_account(t, stream);
	sl_tell(t, "walked", "last complete walk %s%s%s",
		sl_told_time(t, stream, "walked_at"),
		sl_told_has(stream, "coverage_from") ? ", from " : "",
		sl_told_has(stream, "coverage_from")
			? sl_told_time(t, stream, "coverage_from")
			: "");
	sl_tell(t, "checked", "%s, last change %s",
		sl_told_time(t, stream, "checked_at"),
		sl_told_time(t, stream, "changed_at"));
	sl_tell(t, "holds", "%s, %s, %s filtered, %s quarantined",
		sl_told_plural(t, stream, "stored", "item"),
		sl_told_plural(t, stream, "tombstoned", "tombstone"),
		sl_format_count(t->arena, sl_told_number(stream, "filtered")),
		sl_format_count(t->arena,
				sl_told_number(stream, "quarantined")));
	tell_stream_health(t, stream);
	if (!sl_json_bool(stream, "enabled"))
		sl_tell(t, "next",
			"sluice streams --enable KEY --user U pulls "
			"it");
}

static void
tell_stream_list(const struct sl_teller *t, const json_t *account,
		 const char *key, const char *label)
{
	const json_t *list = sl_json_array(account, key);
	const json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		const char *why =
			sl_json_bool(one, "chosen")
				? "the user chose so"
				: sl_told_words(one, "words", "reason");

		if (sl_told_has(one, "error"))
			why = sl_told_text(one, "error");
		sl_tell(t, i == 0 ? label : "", "%s%s%s%s",
			sl_told_text(one, "key"),
			sl_told_quoted(t, one, "title"),
			*why == '\0' ? "" : ": ", why);
	}
}

static void
tell_looked_at(const struct sl_teller *t, const json_t *account)
{
	sl_tell_head(t, "looked at %s (%s): %s, %s, last success %s",
		     sl_told_text(account, "account"),
		     sl_told_text(account, "provider"),
		     sl_told_text(account, "status"),
		     sl_told_plural(t, account, "streams", "stream"),
		     sl_told_time(t, account, "checked_at"));
	if (sl_told_has(account, "status_reason"))
		sl_tell(t, "because", "%s",
			sl_told_text(account, "status_reason"));
	tell_stream_list(t, account, "off", "not pulled");
	tell_stream_list(t, account, "unfinished", "unfinished");
	tell_stream_list(t, account, "failing", "failing");
	sl_tell_settings(t, account, "");
}

void
sl_explain_print(FILE *out, struct sl_arena *arena, const json_t *document)
{
	static const struct {
		const char *key;
		void (*tell)(const struct sl_teller *, const json_t *);
	} parts[] = {
		{ "items", sl_tell_item },      { "ledger", sl_tell_entry },
		{ "streams", tell_stream },     { "people", sl_tell_person },
		{ "accounts", tell_looked_at },
	};
	const struct sl_teller t = { .out = out, .arena = arena };
	int64_t more = sl_told_number(document, "items_total") -
		       (int64_t)sl_told_size(document, "items");

	for (size_t part = 0; part < SL_ARRAY_LEN(parts); part++) {
		const json_t *list = sl_json_array(document, parts[part].key);
		const json_t *one;
		size_t i;

		json_array_foreach (list, i, one) {
			parts[part].tell(&t, one);
		}
		if (part == 0 && more > 0)
			sl_tell_head(
				&t,
				"and %s more under this id: name one by its "
				"own id",
				sl_format_count(arena, more));
	}
}
