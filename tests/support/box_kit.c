/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/box_kit.h"

#include <stdio.h>
#include <string.h>

static struct sl_kit base; /* the database */
struct sl_kit box;

struct sl_stream_row *
box_changes(void)
{
	return kit_stream(&box, "changes", "");
}

struct sl_stream_row *
box_backfill(void)
{
	return kit_stream(&box, "backfill", "");
}

/* The first page of what follows; it opens what lists. */
void
box_begin(void)
{
	struct sl_stream_change *c;

	kit_page(&box, box_changes());
	box.commit.begins = true;
	box.commit.walk_started_us = box.now_us;
	box.commit.cursor = "{\"history\":1}";
	box.commit.rests = true;
	c = sl_page_stream(&box.page);
	c->kind = "backfill";
	c->key = "";
	c->title = "Mailbox";
	c->enabled = true;
	c->rewalk = true;
	kit_commit(&box);
	kit_reload(&box);
}

int
box_setup_all(void **state)
{
	(void)state;
	kit_init_of(&base, &kit_mail_connector);
	return 0;
}

int
box_teardown_all(void **state)
{
	(void)state;
	kit_release(&base);
	return 0;
}

int
box_setup(void **state)
{
	static int number;
	char address[64];

	(void)state;
	(void)snprintf(address, sizeof(address), "me-%d@example.com", ++number);
	kit_init_beside(&box, &base, NULL, address);
	kit_claim(&box);
	box_begin();
	return 0;
}

int
box_teardown(void **state)
{
	(void)state;
	kit_release_beside(&box);
	return 0;
}

/* --- words ------------------------------------------------------------------ */

struct sl_artifact *
box_in(struct sl_kit *k, const char *id, int64_t version,
       const char *const *labels)
{
	struct sl_artifact *a = kit_event(k, id, version, id, KIT_NOW);

	a->type = "email";
	a->content = "text";
	a->labels = labels;
	return a;
}

struct sl_artifact *
box_mail(const char *id, int64_t version, const char *const *labels)
{
	return box_in(&box, id, version, labels);
}

struct sl_patch *
box_patch_in(struct sl_kit *k, const char *id, int64_t version)
{
	struct sl_patch *p = sl_page_patch(&k->page);

	p->source_id = id;
	p->source_version = version;
	k->page.items++;
	return p;
}

struct sl_patch *
box_patch(const char *id, int64_t version)
{
	return box_patch_in(&box, id, version);
}

void
box_ref(const char *id)
{
	sl_page_ref(&box.page)->source_id = id;
	box.page.items++;
}

/* "a b c", as the stream's row says. */
const char *
box_wants(const char *kind)
{
	return sl_test_db_text(
		box.db,
		"SELECT coalesce(string_agg(x ->> 'id', ' ' ORDER BY n), '') "
		"AS v FROM public.sync_state s CROSS JOIN "
		"jsonb_array_elements(s.pending) WITH ORDINALITY AS e (x, n) "
		"WHERE s.kind = '%s' AND s.integration_id = '%s'",
		kind, box.integration);
}

/* "labels version" of a stored mail, "-" in front of a tombstone. */
const char *
box_stored(const char *id)
{
	return sl_test_db_text(
		box.db,
		"SELECT coalesce((SELECT CASE WHEN deleted_at IS NULL THEN '' "
		"ELSE '-' END || array_to_string(labels, ',') || ' ' || "
		"source_version FROM public.artifacts WHERE source_id = '%s' "
		"AND integration_id = '%s'), 'absent') AS v",
		id, box.integration);
}

void
box_list(const char *const *ids)
{
	kit_page(&box, box_backfill());
	for (; *ids != NULL; ids++)
		box_ref(*ids);
	kit_commit(&box);
}

void
box_answers(struct sl_stream_row *stream, const char *const *ids)
{
	kit_page(&box, stream);
	box.commit.answered = ids;
}

void
box_walk_begins(void)
{
	kit_page(&box, box_backfill());
	kit_starts(&box);
	kit_commit(&box);
}

void
box_walk_ends(void)
{
	kit_page(&box, box_backfill());
	kit_ends(&box);
	kit_commit(&box);
}

const char *const box_inbox[] = { "INBOX", NULL };
const char *const box_none[] = { NULL };

void
box_reject(struct sl_stream_row *stream, const char *id)
{
	struct sl_rejected *r;

	kit_page(&box, stream);
	r = sl_page_rejected(&box.page);
	r->source_id = id;
	r->reason = "odd";
	r->transient = true;
	r->raw = "{}";
	r->raw_len = 2;
	kit_commit(&box);
}

void
box_leave_out(struct sl_stream_row *stream, const char *id)
{
	struct sl_filtered *f;

	kit_page(&box, stream);
	f = sl_page_filtered(&box.page);
	f->source_id = id;
	f->reason = "draft";
	kit_commit(&box);
}

/* "kind state" of an item, or "". */
const char *
box_ledger(const char *id)
{
	return sl_test_db_text(
		box.db,
		"SELECT coalesce(string_agg(stream_kind || ' ' || state, ', '), "
		"'') AS v FROM public.sync_items WHERE source_id = '%s' AND "
		"integration_id = '%s'",
		id, box.integration);
}
