/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between `read` and the commit: what is the same for every connector.
 *
 * Identities are normalised; of several records of one item in a page the
 * newest stays; ids that cannot be stored become rejected items; content is
 * hashed over everything a person would call a change (not labels, and not
 * the provider's bookkeeping: see `volatile_keys`).
 */
#include <string.h>

#include "core/base/text.h"

#include "core/auth/digest.h"
#include "core/json/json.h"
#include "core/people/address.h"
#include "core/people/handle.h"
#include "core/sync/engine_private.h"

#define HASH_TEXT_MAX (64u * 1024 * 1024)

/* Metadata members that change although nothing changed. */
static const char *const volatile_keys[] = { "etag", "updated", "sequence" };

static void
normalise(struct sl_page *page, struct sl_artifact *a)
{
	for (struct sl_participant *p = a->participants; p; p = p->next) {
		if (p->kind == SL_IDENTITY_EMAIL)
			p->normalised =
				sl_address_normalise(page->arena, p->value);
		else
			p->normalised =
				sl_handle_normalise(page->arena, p->value);
	}
}

/* --- one record an item -------------------------------------------------- */

struct slot {
	const char *id;
	struct sl_artifact *artifact;
	struct sl_tombstone *tombstone;
};

static struct slot *
find_slot(struct slot *slots, size_t mask, const char *id)
{
	size_t at = (size_t)sl_text_hash(id) & mask;

	while (slots[at].id && strcmp(slots[at].id, id) != 0)
		at = (at + 1) & mask;
	return &slots[at];
}

/* Does a record that came at `order` with `version` replace the other? */
static bool
newer(int64_t version, size_t order, int64_t other_version, size_t other_order)
{
	if (version != other_version && version != 0 && other_version != 0)
		return version > other_version;
	return order > other_order;
}

static bool
keep_artifact(struct slot *slot, struct sl_artifact *a)
{
	if (slot->artifact &&
	    !newer(a->source_version, a->order, slot->artifact->source_version,
		   slot->artifact->order))
		return false;
	if (slot->tombstone &&
	    !newer(a->source_version, a->order, slot->tombstone->source_version,
		   slot->tombstone->order))
		return false;
	slot->id = a->source_id;
	slot->artifact = a;
	slot->tombstone = NULL;
	return true;
}

static bool
keep_tombstone(struct slot *slot, struct sl_tombstone *t)
{
	if (slot->artifact &&
	    !newer(t->source_version, t->order, slot->artifact->source_version,
		   slot->artifact->order))
		return false;
	slot->id = t->source_id;
	slot->artifact = NULL;
	slot->tombstone = t;
	return true;
}

/* Rebuild both lists with the records that their slots kept. */
static void
relink(struct sl_page *page, struct slot *slots, size_t mask)
{
	struct sl_artifact *a = page->artifacts.first;
	struct sl_tombstone *t = page->tombstones.first;

	page->artifacts.first = NULL;
	page->artifacts.tail = &page->artifacts.first;
	page->artifacts.count = 0;
	while (a) {
		struct sl_artifact *next = a->next;

		if (find_slot(slots, mask, a->source_id)->artifact == a) {
			a->next = NULL;
			*page->artifacts.tail = a;
			page->artifacts.tail = &a->next;
			page->artifacts.count++;
		} else {
			sl_artifact_release(a);
		}
		a = next;
	}
	page->tombstones.first = NULL;
	page->tombstones.tail = &page->tombstones.first;
	page->tombstones.count = 0;
	while (t) {
		struct sl_tombstone *next = t->next;

		if (find_slot(slots, mask, t->source_id)->tombstone == t) {
			t->next = NULL;
			*page->tombstones.tail = t;
			page->tombstones.tail = &t->next;
			page->tombstones.count++;
		}
		t = next;
	}
}

static void
drop_duplicates(struct sl_page *page)
{
	size_t records = page->artifacts.count + page->tombstones.count;
	size_t size = 16;
	struct slot *slots;
	bool dropped = false;

	if (records < 2)
		return;
	while (size < records * 2)
		size *= 2;
	slots = SL_NEW_ARRAY(page->arena, size, struct slot);
	for (struct sl_artifact *a = page->artifacts.first; a; a = a->next) {
		struct slot *slot = find_slot(slots, size - 1, a->source_id);

		dropped = dropped || slot->id;
		(void)keep_artifact(slot, a);
	}
	for (struct sl_tombstone *t = page->tombstones.first; t; t = t->next) {
		struct slot *slot = find_slot(slots, size - 1, t->source_id);

		dropped = dropped || slot->id;
		(void)keep_tombstone(slot, t);
	}
	if (dropped)
		relink(page, slots, size - 1);
}

/* --- content hash -------------------------------------------------------- */

/* Length-prefixed, so that no two different records write the same bytes. */
static void
put_text(struct sl_buf *buf, const char *text)
{
	if (!text) {
		sl_buf_adds(buf, "-;");
		return;
	}
	sl_buf_addf(buf, "%zu:", strlen(text));
	sl_buf_adds(buf, text);
	sl_buf_addc(buf, ';');
}

static void
put_number(struct sl_buf *buf, int64_t number)
{
	sl_buf_addf(buf, "%lld;", (long long)number);
}

static void
put_metadata(struct sl_page *page, struct sl_buf *buf, json_t *metadata)
{
	json_auto_t *stable = NULL;

	if (!metadata) {
		put_text(buf, NULL);
		return;
	}
	stable = json_copy(metadata);
	for (size_t i = 0; i < SL_ARRAY_LEN(volatile_keys); i++)
		(void)json_object_del(stable, volatile_keys[i]);
	put_text(buf, sl_json_canonical(page->arena, stable));
}

static void
put_participants(struct sl_buf *buf, const struct sl_artifact *a)
{
	for (const struct sl_participant *p = a->participants; p; p = p->next) {
		put_number(buf, (int64_t)p->kind);
		put_text(buf, p->value);
		put_text(buf, p->name);
		put_text(buf, p->role);
		put_text(buf, p->response);
		put_number(buf,
			   p->not_person | p->self << 1 | p->optional << 2);
	}
}

static void
hash_content(struct sl_page *page, struct sl_buf *buf, struct sl_artifact *a)
{
	sl_buf_clear(buf);
	put_text(buf, a->type);
	put_text(buf, a->external_uid);
	put_text(buf, a->thread);
	put_text(buf, a->parent_id);
	put_number(buf, a->occurred_us);
	put_number(buf, a->ends_us);
	put_number(buf, a->all_day | a->deleted << 1 |
				a->participants_incomplete << 2);
	put_text(buf, a->start_date);
	put_text(buf, a->end_date);
	put_number(buf, a->original_start_us);
	put_text(buf, a->original_start_date);
	put_text(buf, a->time_zone);
	put_text(buf, a->title);
	put_text(buf, a->content);
	put_metadata(page, buf, a->metadata);
	put_participants(buf, a);
	SL_ASSERT(!buf->overflow); /* bodies are capped far below */
	sl_sha256(sl_buf_text(buf), buf->len, a->content_hash);
}

/* All that the instances of a master depend on. */
static void
hash_series(struct sl_buf *buf, struct sl_artifact *a)
{
	sl_buf_clear(buf);
	put_number(buf, a->occurred_us);
	put_number(buf, a->ends_us);
	put_text(buf, a->start_date);
	put_text(buf, a->end_date);
	put_text(buf, a->time_zone);
	for (const char *const *line = a->recurrence; *line != NULL; line++)
		put_text(buf, *line);
	SL_ASSERT(!buf->overflow);
	sl_sha256(sl_buf_text(buf), buf->len, a->series_hash);
}

/* --- ids ------------------------------------------------------------------ */

static bool
id_is_usable(const char *id)
{
	return id && id[0] != '\0' && strlen(id) <= SL_SOURCE_ID_MAX;
}

static void
reject_id(struct sl_page *page, struct sl_artifact *a)
{
	struct sl_rejected *r = sl_page_rejected(page);

	r->reason = "the item's id is missing or too long to be stored";
	r->raw =
		sl_json_canonical(page->arena, a->sent ? a->sent : a->metadata);
	r->raw_len = strlen(r->raw);
	sl_artifact_release(a);
}

static void
check_ids(struct sl_page *page)
{
	struct sl_artifact **at = &page->artifacts.first;

	while (*at) {
		struct sl_artifact *a = *at;

		if (id_is_usable(a->source_id)) {
			at = &a->next;
			continue;
		}
		reject_id(page, a);
		*at = a->next;
		page->artifacts.count--;
	}
	page->artifacts.tail = at;
}

/* A key that no index could hold: its hash stands for it. */
static const char *
short_key(struct sl_page *page, struct sl_artifact *a, const char *name,
	  const char *key, size_t max)
{
	char hex[SL_SHA256_HEX];

	if (!key || strlen(key) <= max)
		return key;
	if (!a->metadata)
		a->metadata = json_object();
	sl_json_put_text(a->metadata, name, key);
	sl_sha256_hex(key, strlen(key), hex);
	return sl_arena_printf(page->arena, "sha256:%s", hex);
}

static void
shorten_keys(struct sl_page *page, struct sl_artifact *a)
{
	a->external_uid = short_key(page, a, "external_uid", a->external_uid,
				    SL_EXTERNAL_UID_MAX);
	a->thread = short_key(page, a, "thread", a->thread, SL_THREAD_MAX);
}

void
sl_page_prepare(struct sl_page *page)
{
	SL_AUTO_BUF buf = { 0 };

	sl_buf_init(&buf, HASH_TEXT_MAX);
	check_ids(page);
	drop_duplicates(page);
	for (struct sl_artifact *a = page->artifacts.first; a; a = a->next) {
		normalise(page, a);
		shorten_keys(page, a);
		hash_content(page, &buf, a);
		if (a->recurrence != NULL)
			hash_series(&buf, a);
	}
}
