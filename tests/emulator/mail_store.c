/* SPDX-License-Identifier: Apache-2.0 */
/* What has changed since the mailbox was invented, and its history. */
#include <stdlib.h>
#include <string.h>

#include "mail.h"

#define SPAN_DAYS 4380 /* of big mailboxes; small ones have 25 a day */

static size_t
bucket(uint64_t id)
{
	return (size_t)(emu_mix(id) % EMU_MAIL_BUCKETS);
}

static int64_t
step_of(uint64_t count)
{
	int64_t day = (int64_t)EMU_DAY * 1000;

	if (count / 25 < SPAN_DAYS)
		return day / 25;
	return SPAN_DAYS * day / (int64_t)count;
}

static void
invent(struct emu_mailbox *m, uint64_t count, unsigned mean10)
{
	static const char *const names[] = {
		"Clients",      "Clients/Acme", "Family",  "Receipts",
		"Travel",       "Projects/A&B", "To read", "Überblick",
		"\u4ed5\u4e8b", "Old",          "Taxes",   "\U0001F4CC pinned",
	};
	struct emu_account *a = m->account;

	m->key = emu_draw(a->key, emu_hash("mailbox"));
	m->count = count;
	m->mean10 = mean10;
	m->step_ms = step_of(count);
	m->start_ms =
		a->world->ref_s * 1000 - 600000 - (int64_t)count * m->step_ms;
	m->pool = emu_pool_new(m->key, count);
	m->touched = emu_alloc((size_t)count / 8 + 1);
	m->history = m->floor = 1000000 + count * 7 + 7;
	for (size_t i = 0; i < EMU_COUNT(names); i++)
		m->label_names[m->label_count++] = emu_strdup(names[i]);
	m->aliases = json_pack("[{s:s,s:s,s:b,s:b}]", "sendAsEmail", a->email,
			       "displayName", a->name, "isPrimary", 1,
			       "isDefault", 1);
	json_array_append_new(m->aliases,
			      json_pack("{s:s++,s:s,s:b,s:b,s:b,s:s}",
					"sendAsEmail", "alias.", a->email, "",
					"displayName", a->name, "isPrimary", 0,
					"isDefault", 0, "treatAsAlias", 1,
					"verificationStatus", "accepted"));
}

/* 1, 1.6 and 3 are the means with a distribution. */
static bool
read_mean(const char *text, unsigned *mean10)
{
	static const struct {
		const char *text;
		unsigned mean10;
	} means[] = { { "1", 10 }, { "1.6", 16 }, { "3", 30 } };

	for (size_t i = 0; i < EMU_COUNT(means); i++)
		if (strcmp(means[i].text, text) == 0) {
			*mean10 = means[i].mean10;
			return true;
		}
	return false;
}

static struct emu_account *
account_for(struct emu_world *w, const char *email)
{
	struct emu_account *a = emu_find_account(w, email);
	struct emu_buf b = { 0 };

	if (a)
		return a->mail ? NULL : a;
	emu_putf(&b, "%s:0:mix", email);
	a = emu_add_account(w, b.data);
	emu_buf_free(&b);
	return a;
}

struct emu_mailbox *
emu_mailbox_add(struct emu_world *w, const char *spec)
{
	char *text = emu_strdup(spec), *count = strchr(text, ':'), *mean;
	struct emu_account *a = NULL;
	struct emu_mailbox *m = NULL;
	unsigned mean10 = 16;
	uint64_t n;

	if (count)
		*count++ = '\0';
	mean = count ? strchr(count, ':') : NULL;
	if (mean)
		*mean++ = '\0';
	if (count && (!mean || read_mean(mean, &mean10)) &&
	    emu_parse_u64(count, &n) && n <= EMU_MAIL_MAX)
		a = account_for(w, text);
	if (a) {
		m = emu_alloc(sizeof(*m));
		m->account = a;
		a->mail = m;
		invent(m, n, mean10);
	}
	free(text);
	return m;
}

void
emu_mailbox_free(struct emu_mailbox *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->over_count; i++) {
		json_decref(m->overs[i]->body);
		free(m->overs[i]);
	}
	for (size_t i = 0; i < m->label_count; i++)
		free(m->label_names[i]);
	free(m->overs);
	free(m->fresh);
	free(m->ids);
	free(m->threads);
	free(m->touched);
	free(m->records);
	free(m->drafts);
	json_decref(m->aliases);
	emu_pool_free(m->pool);
	free(m);
}

static struct emu_mail_over *
over_find(const struct emu_mailbox *m, uint64_t id)
{
	struct emu_mail_over *o = m->ids ? m->ids[bucket(id)] : NULL;

	while (o && o->id != id)
		o = o->next_id;
	return o;
}

static void
from_over(struct emu_mailbox *m, const struct emu_mail_over *o,
	  struct emu_mail *out)
{
	*out = (struct emu_mail){ .box = m,
				  .id = o->id,
				  .thread = o->thread,
				  .labels = o->labels,
				  .history = o->history,
				  .slot = o->slot,
				  .date_ms = o->date_ms,
				  .body = o->body };
}

static void
from_base(struct emu_mailbox *m, uint64_t slot, struct emu_mail *out)
{
	struct emu_mail_spec s;

	emu_mail_spec_at(m, slot, &s);
	*out = (struct emu_mail){ .box = m,
				  .id = emu_mail_id_at(m, slot),
				  .thread = emu_mail_id_at(m, s.first),
				  .labels = emu_mail_spec_labels(&s),
				  .history = emu_mail_history_at(m, slot),
				  .slot = slot,
				  .date_ms = emu_mail_ms_at(m, slot) };
}

static bool
is_touched(const struct emu_mailbox *m, uint64_t slot)
{
	return m->touched[slot / 8] >> (slot % 8) & 1;
}

/* The message of a slot; false when it was deleted. */
static bool
at_slot(struct emu_mailbox *m, uint64_t slot, struct emu_mail *out)
{
	const struct emu_mail_over *o;

	if (!is_touched(m, slot)) {
		from_base(m, slot, out);
		return true;
	}
	o = over_find(m, emu_mail_id_at(m, slot));
	if (!o || o->deleted)
		return false;
	from_over(m, o, out);
	return true;
}

bool
emu_mail_find(struct emu_mailbox *m, uint64_t id, struct emu_mail *out)
{
	const struct emu_mail_over *o = over_find(m, id);
	uint64_t slot;

	if (o) {
		if (!o->deleted)
			from_over(m, o, out);
		return !o->deleted;
	}
	slot = emu_mail_slot_of(m, id);
	if (slot == EMU_NO_SLOT)
		return false;
	from_base(m, slot, out);
	return true;
}

/* How many of the new messages are older than (date, id). */
static size_t
fresh_below(const struct emu_mailbox *m, int64_t date_ms, uint64_t id)
{
	size_t low = 0, high = m->fresh_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct emu_mail_over *o = m->fresh[mid];

		if (o->date_ms < date_ms ||
		    (o->date_ms == date_ms && o->id < id))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
older_in_base(struct emu_mailbox *m, int64_t date_ms, uint64_t id,
	      struct emu_mail *out)
{
	uint64_t slot = emu_mail_slot_from(m, date_ms);

	if (slot < m->count && emu_mail_ms_at(m, slot) == date_ms &&
	    emu_mail_id_at(m, slot) < id)
		slot++;
	while (slot-- > 0)
		if (at_slot(m, slot, out))
			return true;
	return false;
}

bool
emu_mail_older(struct emu_mailbox *m, int64_t *date_ms, uint64_t *id,
	       struct emu_mail *out)
{
	size_t below = fresh_below(m, *date_ms, *id);
	const struct emu_mail_over *o = below ? m->fresh[below - 1] : NULL;
	bool found = older_in_base(m, *date_ms, *id, out);

	if (!found && !o)
		return false;
	if (o && (!found || o->date_ms > out->date_ms ||
		  (o->date_ms == out->date_ms && o->id > out->id)))
		from_over(m, o, out);
	*date_ms = out->date_ms;
	*id = out->id;
	return true;
}

static int
by_date(const void *a, const void *b)
{
	const struct emu_mail *x = a, *y = b;

	if (x->date_ms != y->date_ms)
		return x->date_ms < y->date_ms ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

struct emu_mail *
emu_mail_thread(struct emu_mailbox *m, uint64_t thread, size_t *count)
{
	const struct emu_mail_over *o =
		m->threads ? m->threads[bucket(thread)] : NULL;
	uint64_t slot = emu_mail_slot_of(m, thread);
	struct emu_mail *out = emu_alloc(EMU_MAIL_BLOCK * sizeof(*out));
	size_t n = 0, cap = EMU_MAIL_BLOCK;
	struct emu_mail_spec s;

	if (slot != EMU_NO_SLOT) {
		emu_mail_spec_at(m, slot, &s);
		if (s.first != slot) /* an id of a message within */
			slot = EMU_NO_SLOT;
	}
	for (; slot != EMU_NO_SLOT; slot = emu_mail_next_in_thread(m, slot))
		if (at_slot(m, slot, &out[n]))
			n++;
	for (; o; o = o->next_thread) {
		if (o->thread != thread || o->deleted || o->slot != EMU_NO_SLOT)
			continue;
		if (n == cap) {
			cap *= 2;
			out = emu_realloc(out, cap * sizeof(*out));
		}
		from_over(m, o, &out[n++]);
	}
	qsort(out, n, sizeof(*out), by_date);
	*count = n;
	return out;
}

size_t
emu_mail_records_after(const struct emu_mailbox *m, uint64_t id)
{
	size_t low = 0, high = m->record_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->records[mid].id <= id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct emu_mail_over *
over_add(struct emu_mailbox *m, const struct emu_mail *like)
{
	struct emu_mail_over *o = emu_alloc(sizeof(*o)), **place;

	if (!m->ids) {
		m->ids = emu_alloc(EMU_MAIL_BUCKETS *
				   sizeof(struct emu_mail_over *));
		m->threads = emu_alloc(EMU_MAIL_BUCKETS *
				       sizeof(struct emu_mail_over *));
	}
	if (m->over_count == m->over_cap) {
		m->over_cap = m->over_cap ? m->over_cap * 2 : 64;
		m->overs = emu_realloc(
			m->overs, m->over_cap * sizeof(struct emu_mail_over *));
	}
	m->overs[m->over_count++] = o;
	o->id = like->id;
	o->thread = like->thread;
	o->labels = like->labels;
	o->history = like->history;
	o->slot = like->slot;
	o->date_ms = like->date_ms;
	place = &m->ids[bucket(o->id)];
	o->next_id = *place;
	*place = o;
	place = &m->threads[bucket(o->thread)];
	o->next_thread = *place;
	*place = o;
	if (o->slot != EMU_NO_SLOT)
		m->touched[o->slot / 8] |= (uint8_t)(1U << (o->slot % 8));
	return o;
}

/* The overlay of a living message, made if needed; NULL: there is none. */
static struct emu_mail_over *
over_of(struct emu_mailbox *m, uint64_t id)
{
	struct emu_mail_over *o = over_find(m, id);
	struct emu_mail mail;

	if (o)
		return o->deleted ? NULL : o;
	return emu_mail_find(m, id, &mail) ? over_add(m, &mail) : NULL;
}

static void
record(struct emu_mailbox *m, struct emu_mail_over *o,
       enum emu_mail_change change, uint64_t delta)
{
	if (m->record_count == m->record_cap) {
		m->record_cap = m->record_cap ? m->record_cap * 2 : 64;
		m->records = emu_realloc(m->records,
					 m->record_cap * sizeof(*m->records));
	}
	m->history += 1 + emu_draw(m->key, m->history) % 9;
	o->history = m->history;
	m->records[m->record_count++] =
		(struct emu_mail_record){ .id = m->history,
					  .message = o->id,
					  .thread = o->thread,
					  .labels = o->labels,
					  .delta = delta,
					  .change = change };
}

static void
fresh_insert(struct emu_mailbox *m, struct emu_mail_over *o)
{
	size_t at = fresh_below(m, o->date_ms, o->id);

	if (m->fresh_count == m->fresh_cap) {
		m->fresh_cap = m->fresh_cap ? m->fresh_cap * 2 : 64;
		m->fresh = emu_realloc(m->fresh,
				       m->fresh_cap *
					       sizeof(struct emu_mail_over *));
	}
	memmove(m->fresh + at + 1, m->fresh + at,
		(m->fresh_count - at) * sizeof(struct emu_mail_over *));
	m->fresh[at] = o;
	m->fresh_count++;
}

static uint64_t
new_id(struct emu_mailbox *m)
{
	uint64_t now = (uint64_t)emu_now_ms(m->account->world) << 20, id;

	do
		id = now | (emu_draw(m->key, ++m->serial) & 0xfffff);
	while (over_find(m, id) || emu_mail_slot_of(m, id) != EMU_NO_SLOT);
	return id;
}

struct emu_mail_over *
emu_mail_add(struct emu_mailbox *m, int64_t date_ms, uint64_t thread,
	     uint64_t labels, json_t *body)
{
	struct emu_mail like = { .date_ms = date_ms,
				 .labels = labels,
				 .slot = EMU_NO_SLOT };
	struct emu_mail_over *o;

	like.id = new_id(m);
	like.thread = thread ? thread : like.id;
	o = over_add(m, &like);
	o->body = body;
	fresh_insert(m, o);
	record(m, o, EMU_MAIL_ADDED, 0);
	return o;
}

bool
emu_mail_relabel(struct emu_mailbox *m, uint64_t id, uint64_t add,
		 uint64_t remove)
{
	struct emu_mail_over *o = over_of(m, id);

	if (!o)
		return false;
	add &= ~o->labels;
	o->labels |= add;
	if (add)
		record(m, o, EMU_LABEL_ADDED, add);
	remove &= o->labels;
	o->labels &= ~remove;
	if (remove)
		record(m, o, EMU_LABEL_REMOVED, remove);
	return true;
}

bool
emu_mail_delete(struct emu_mailbox *m, uint64_t id)
{
	struct emu_mail_over *o = over_of(m, id);
	size_t at;

	if (!o)
		return false;
	if (o->slot != EMU_NO_SLOT) {
		m->deleted++;
	} else {
		at = fresh_below(m, o->date_ms, o->id);
		memmove(m->fresh + at, m->fresh + at + 1,
			(--m->fresh_count - at) *
				sizeof(struct emu_mail_over *));
	}
	record(m, o, EMU_MAIL_DELETED, 0);
	o->deleted = true;
	json_decref(o->body);
	o->body = NULL;
	return true;
}

bool
emu_mail_mention(struct emu_mailbox *m, uint64_t id)
{
	struct emu_mail_over *o = over_of(m, id);

	if (o)
		record(m, o, EMU_MAIL_BARE, 0);
	return o != NULL;
}
