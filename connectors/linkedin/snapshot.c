/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk of one domain. Its end is a refusal; so is the beginning of one that
 * is empty or not collated yet, and nobody can tell the two apart: such a walk
 * stays open, and is asked again later. Neither `total` nor a missing link is
 * believed.
 *
 * Source: LinkedIn, Member Snapshot API, read 2026-11
 */
#include <inttypes.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/linkedin/private.h"

#define ENDPOINT "/rest/memberSnapshotData"

/** What a page of a domain holds. */
struct rows {
	const json_t *list; /* NULL: nothing */
	size_t count;
};

static sl_status
read_shape(const struct sl_linkedin_domain *domain, const json_t *body,
	   struct rows *out, struct sl_error *err)
{
	const json_t *elements = sl_json_array(body, "elements");
	const json_t *element = json_array_get(elements, 0);
	const char *name = sl_json_text(element, "snapshotDomain");

	*out = (struct rows){ .list = NULL };
	if (sl_linkedin_says_no_data(body))
		return SL_OK;
	if (elements == NULL || json_array_size(elements) > 1)
		return sl_fail(err, SL_RETRY, SL_STREAM,
			       "not an answer of the snapshot API");
	if (element == NULL)
		return SL_OK;
	if (!sl_ascii_iequal(name, domain->domain))
		return sl_fail(err, SL_RETRY, SL_STREAM,
			       "another domain than was asked for");
	out->list = sl_json_array(element, "snapshotData");
	out->count = json_array_size(out->list);
	if (out->list == NULL &&
	    json_object_get(element, "snapshotData") != NULL &&
	    !json_is_null(json_object_get(element, "snapshotData")))
		return sl_fail(err, SL_RETRY, SL_STREAM,
			       "snapshotData: not a list");
	return SL_OK;
}

/** The same for the same rows in any order, with their members in any. */
static const char *
hash_rows(struct sl_arena *arena, const struct rows *rows)
{
	uint64_t sum = rows->count;
	const json_t *row;
	size_t i;

	json_array_foreach (rows->list, i, row) {
		sum += sl_text_hash(sl_json_canonical(arena, row));
	}
	return sl_arena_printf(arena, "%016" PRIx64, sum);
}

static void
map_rows(const struct sl_turn *turn, const struct sl_linkedin_domain *domain,
	 const struct rows *rows, json_t *positions, struct sl_page *page)
{
	struct sl_import_row *list = SL_NEW_ARRAY(page->arena, rows->count + 1,
						  struct sl_import_row);
	struct sl_linkedin_listing listing = {
		.table = domain->table,
		.as_of_us = turn->stream->walk_started_us,
		.positions = positions,
	};

	for (size_t i = 0; i < rows->count; i++)
		list[i].cells = json_array_get(rows->list, i);
	sl_linkedin_map_rows(page, &listing, list, rows->count);
}

static int64_t
wait_ms(int64_t tries)
{
	int64_t wait = SL_LINKEDIN_WAIT_MIN_MS;

	while (tries-- > 0 && wait < SL_LINKEDIN_WAIT_MAX_MS)
		wait *= 2;
	return wait < SL_LINKEDIN_WAIT_MAX_MS ? wait : SL_LINKEDIN_WAIT_MAX_MS;
}

/** Empty, or not ready: no deletion, and no end of the walk. */
static void
stand_still(const struct sl_turn *turn, struct sl_linkedin_walk *walk,
	    struct sl_page *page)
{
	char until[SL_RFC3339_TEXT];

	walk->not_before = turn->now_us / 1000 + wait_ms(walk->tries);
	walk->tries++;
	sl_rfc3339_format(walk->not_before * 1000, until);
	page->cursor = sl_linkedin_walk_cursor(walk);
	page->shown = json_pack(
		"{s:s, s:s, s:I}", "waiting",
		sl_arena_printf(page->arena,
				"LinkedIn has nothing here, or not yet: asked "
				"again after %.16sZ",
				until),
		"not_before", until, "tries", (json_int_t)walk->tries);
}

static void
tell(const struct sl_linkedin_walk *walk, struct sl_page *page)
{
	page->shown = json_pack("{s:n, s:n, s:I, s:I}", "waiting", "not_before",
				"tries", (json_int_t)0, "listed",
				(json_int_t)walk->rows);
}

/** A snapshot is of a moment: nothing follows it. */
static void
tell_end(const struct sl_turn *turn, bool gaps, struct sl_page *page)
{
	char as_of[SL_RFC3339_TEXT];

	sl_rfc3339_format(turn->stream->walk_started_us, as_of);
	sl_json_put_text(page->shown, "complete_to", as_of);
	(void)json_object_set_new(
		page->shown, "incomplete",
		gaps ? json_string("some rows could not be read, or a page "
				   "came twice")
		     : json_null());
}

static void
end_walk(const struct sl_turn *turn, const struct sl_linkedin_walk *walk,
	 struct sl_page *page)
{
	struct sl_linkedin_walk over = { .rows = walk->rows, .done = true };

	page->cursor = sl_linkedin_walk_cursor(&over);
	page->walk_done = true;
	page->gaps = walk->gaps;
	tell(walk, page);
	tell_end(turn, walk->gaps, page);
}

static void
go_on(struct sl_linkedin_walk *walk, const struct rows *rows, const char *hash,
      struct sl_page *page)
{
	walk->page++;
	walk->rows += (int64_t)rows->count;
	walk->hash = hash;
	walk->tries = walk->not_before = 0;
	page->cursor = sl_linkedin_walk_cursor(walk);
	page->more = true;
	tell(walk, page);
}

/*
 * A page that comes twice ends the walk, or it might never end; but nobody
 * said that it was the last one. Then nothing is gone for not being listed, as
 * where a row could not be read: it might have been the one.
 */
static void
read_page(const struct sl_turn *turn, const struct sl_linkedin_domain *domain,
	  struct sl_linkedin_walk *walk, const struct rows *rows,
	  struct sl_page *page)
{
	const char *hash = hash_rows(page->arena, rows);
	json_auto_t *positions = NULL;

	if (rows->count == 0 && walk->page == 0) {
		stand_still(turn, walk, page);
		return;
	}
	if (rows->count == 0 || sl_text_equal(hash, walk->hash)) {
		walk->gaps = walk->gaps || rows->count > 0;
		end_walk(turn, walk, page);
		return;
	}
	positions = walk->positions != NULL ? json_deep_copy(walk->positions)
					    : json_array();
	map_rows(turn, domain, rows, positions, page);
	walk->positions = positions;
	walk->gaps = walk->gaps || page->rejected.count > 0;
	go_on(walk, rows, hash, page);
}

sl_status
sl_linkedin_read_rows(const struct sl_turn *turn,
		      const struct sl_answer *answer, struct sl_page *page,
		      struct sl_error *err)
{
	const struct sl_linkedin_domain *domain =
		sl_linkedin_domain_of(turn->stream->kind);
	struct sl_linkedin_walk walk;
	struct rows rows;
	bool strange = false;
	sl_status st = sl_linkedin_walk(turn, &walk, err);

	if (st == SL_OK)
		st = read_shape(domain, answer->body, &rows, err);
	if (st != SL_OK)
		return st;
	(void)sl_linkedin_has_next(answer->body, ENDPOINT, &strange);
	if (strange)
		page->warning = "a link to the next page leads elsewhere; it "
				"is not followed";
	read_page(turn, domain, &walk, &rows, page);
	return SL_OK;
}
