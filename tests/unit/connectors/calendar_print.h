/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page in a canonical form: what the connector emitted, line by line.
 */
#ifndef SL_TESTS_CALENDAR_PRINT_H
#define SL_TESTS_CALENDAR_PRINT_H

#include "calendar_kit.h"

#define PRINT_MAX (1024u * 1024)

static inline void
print_time(struct sl_buf *out, const char *name, int64_t us, const char *date)
{
	char text[SL_RFC3339_TEXT];

	if (us == SL_NO_TIME)
		return;
	if (us == INT64_MAX) {
		sl_buf_addf(out, " %s=endless", name);
		return;
	}
	sl_rfc3339_format(us, text);
	sl_buf_addf(out, " %s=%s", name, text);
	if (date != NULL)
		sl_buf_addf(out, "(%s)", date);
}

static inline void
print_text(struct sl_buf *out, const char *name, const char *text)
{
	if (text != NULL)
		sl_buf_addf(out, "  %s: %s\n", name, text);
}

static inline void
print_person(struct sl_buf *out, const struct sl_participant *who)
{
	sl_buf_addf(out, "  %s <%s>", who->role, who->value);
	if (who->name != NULL)
		sl_buf_addf(out, " \"%s\"", who->name);
	if (who->response != NULL)
		sl_buf_addf(out, " %s", who->response);
	sl_buf_adds(out, who->optional ? " optional" : "");
	sl_buf_adds(out, who->self ? " self" : "");
	sl_buf_adds(out, who->not_person ? " not-person" : "");
	sl_buf_addc(out, '\n');
}

static inline void
print_artifact(struct sl_buf *out, struct sl_arena *arena,
	       const struct sl_artifact *a)
{
	const struct sl_participant *who = a->participants;

	sl_buf_addf(out, "artifact %s %s v%lld%s%s\n", a->type, a->source_id,
		    (long long)a->source_version,
		    a->deleted ? " deleted: " : "",
		    a->deleted ? a->deleted_reason : "");
	sl_buf_adds(out, " ");
	print_time(out, "start", a->occurred_us, a->start_date);
	print_time(out, "end", a->ends_us, a->end_date);
	print_time(out, "original", a->original_start_us,
		   a->original_start_date);
	print_time(out, "reach", a->reach_us, NULL);
	sl_buf_addf(out, "%s%s%s\n", a->all_day ? " all-day" : "",
		    a->time_zone != NULL ? " zone=" : "",
		    a->time_zone != NULL ? a->time_zone : "");
	print_text(out, "uid", a->external_uid);
	print_text(out, "parent", a->parent_id);
	print_text(out, "thread", a->thread);
	print_text(out, "title", a->title);
	print_text(out, "content", a->content);
	for (size_t i = 0; a->labels[i] != NULL; i++)
		print_text(out, "label", a->labels[i]);
	for (; who != NULL; who = who->next)
		print_person(out, who);
	if (a->participants_incomplete)
		sl_buf_adds(out, "  and others\n");
	print_text(out, "metadata", sl_json_canonical(arena, a->metadata));
}

static inline void
print_streams(struct sl_buf *out, struct sl_arena *arena,
	      const struct sl_page *page)
{
	const struct sl_stream_change *change = page->streams.first;
	const struct sl_own_address *own = page->own_addresses.first;

	for (; change != NULL; change = change->next) {
		sl_buf_addf(out, "stream %s %s %s %s\n", change->kind,
			    change->key,
			    change->close     ? "close"
			    : change->enabled ? "on"
					      : "off",
			    change->reason != NULL ? change->reason : "-");
		print_text(out, "title", change->title);
		if (change->shown != NULL)
			print_text(out, "shown",
				   sl_json_canonical(arena, change->shown));
	}
	for (; own != NULL; own = own->next)
		sl_buf_addf(out, "own %s\n", own->address);
}

static inline void
print_rest(struct sl_buf *out, const struct sl_page *page)
{
	const struct sl_tombstone *stone = page->tombstones.first;
	const struct sl_filtered *filtered = page->filtered.first;
	const struct sl_rejected *rejected = page->rejected.first;

	for (; stone != NULL; stone = stone->next)
		sl_buf_addf(out, "tombstone %s v%lld %s\n", stone->source_id,
			    (long long)stone->source_version, stone->reason);
	for (; filtered != NULL; filtered = filtered->next)
		sl_buf_addf(out, "filtered %s %s\n", filtered->source_id,
			    filtered->reason);
	for (; rejected != NULL; rejected = rejected->next)
		sl_buf_addf(out, "rejected %s %s\n",
			    rejected->source_id != NULL ? rejected->source_id
							: "-",
			    rejected->reason);
}

static inline void
print_outcome(struct sl_buf *out, struct sl_arena *arena,
	      const struct sl_page *page)
{
	sl_buf_addf(out, "page items=%zu", page->items);
	sl_buf_adds(out, page->more ? " more" : "");
	sl_buf_adds(out, page->walk_done ? " walk-done" : "");
	print_time(out, "scope", page->scope_from_us, NULL);
	sl_buf_addf(out, " cursor=%s\n",
		    page->cursor != NULL
			    ? sl_json_canonical(arena, page->cursor)
			    : "kept");
	print_text(out, "warning", page->warning);
}

/** The whole page; the text lives on the kit's arena. */
static inline const char *
kit_print(struct kit *kit)
{
	const struct sl_artifact *artifact = kit->page.artifacts.first;
	struct sl_buf out;
	const char *text;

	sl_buf_init(&out, PRINT_MAX);
	for (; artifact != NULL; artifact = artifact->next)
		print_artifact(&out, kit->arena, artifact);
	print_streams(&out, kit->arena, &kit->page);
	print_rest(&out, &kit->page);
	print_outcome(&out, kit->arena, &kit->page);
	text = sl_arena_strdup(kit->arena, sl_buf_text(&out));
	sl_buf_release(&out);
	return text;
}

#endif
