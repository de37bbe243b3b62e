/* SPDX-License-Identifier: Apache-2.0 */
/* How a member begins, and what has changed since. */
#include <stdlib.h>
#include <string.h>

#include "member.h"

#define SPAN_DAYS 4380 /* twelve years */

/* The place of the first turn after (subject, ms). */
static size_t
place_of(const struct emu_turns *t, uint64_t subject, int64_t ms)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct emu_turn *i = &t->list[mid];

		if (i->subject < subject ||
		    (i->subject == subject && i->ms <= ms))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct emu_turn *
emu_turn_at(const struct emu_turns *t, uint64_t subject, int64_t at_ms)
{
	size_t i = place_of(t, subject, at_ms);

	return i && t->list[i - 1].subject == subject ? &t->list[i - 1] : NULL;
}

void
emu_turn_add(struct emu_turns *t, uint64_t subject, int64_t ms, const char *one,
	     const char *two, unsigned state)
{
	size_t i = place_of(t, subject, ms);

	if (t->count == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 16;
		t->list = emu_realloc(t->list, t->cap * sizeof(*t->list));
	}
	memmove(&t->list[i + 1], &t->list[i],
		(t->count - i) * sizeof(*t->list));
	t->list[i] = (struct emu_turn){ .subject = subject,
					.ms = ms,
					.one = one ? emu_strdup(one) : NULL,
					.two = two ? emu_strdup(two) : NULL,
					.state = state };
	t->count++;
}

void *
emu_append(void *list_slot, size_t *count, size_t size)
{
	void *list;

	memcpy(&list, list_slot, sizeof(list));
	if ((*count & (*count - 1)) == 0) /* full at every power of two */
		list = emu_realloc(list, (*count ? *count * 2 : 1) * size);
	memcpy(list_slot, &list, sizeof(list));
	list = (char *)list + (*count)++ * size;
	memset(list, 0, size);
	return list;
}

static int64_t
step_of(uint64_t count, int64_t most_ms)
{
	int64_t span = SPAN_DAYS * EMU_DAY * 1000LL;

	return count && span / (int64_t)count < most_ms ? span / (int64_t)count
							: most_ms;
}

/* Messages: nine a day but twelve years at most; connections: one a week. */
static void
spread(struct emu_member *m)
{
	int64_t ref = m->account->world->ref_s * 1000;

	m->step_ms = step_of(m->messages, EMU_DAY * 1000LL / 9);
	m->start_ms = ref - 600000 - (int64_t)m->messages * m->step_ms;
	m->link_step_ms = step_of(m->connections, 7LL * EMU_DAY * 1000);
	m->link_start_ms = ref - EMU_DAY * 1000LL -
			   (int64_t)m->connections * m->link_step_ms;
}

struct emu_member *
emu_member_new(struct emu_account *a)
{
	struct emu_member *m = emu_alloc(sizeof(*m));

	m->account = a;
	m->key = emu_draw(a->key, emu_hash("member"));
	m->consent_ms = a->world->ref_s * 1000;
	spread(m);
	return m;
}

static void
turns_free(struct emu_turns *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->list[i].one);
		free(t->list[i].two);
	}
	free(t->list);
}

static void
letters_free(struct emu_member *m)
{
	for (size_t i = 0; i < m->letter_count; i++) {
		free((void *)(uintptr_t)m->letters[i].text);
		free((void *)(uintptr_t)m->letters[i].subject);
	}
	free(m->letters);
}

void
emu_member_free(struct emu_member *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->newcomer_count; i++) {
		free(m->newcomers[i].first);
		free(m->newcomers[i].last);
		free(m->newcomers[i].url);
		free(m->newcomers[i].email);
	}
	for (size_t i = 0; i < m->log_count; i++) {
		free(m->log[i].text);
		json_decref(m->log[i].body);
	}
	letters_free(m);
	turns_free(&m->said);
	turns_free(&m->works);
	turns_free(&m->gone_links);
	turns_free(&m->closed);
	free(m->newcomers);
	free(m->talks);
	free(m->invs);
	free(m->links);
	free(m->log);
	free(m);
}

static struct emu_account *
account_for(struct emu_world *w, const char *email)
{
	struct emu_account *a = emu_find_account(w, email);
	struct emu_buf b = { 0 };

	if (a)
		return a;
	emu_putf(&b, "%s:0:mix", email);
	a = emu_add_account(w, b.data);
	emu_buf_free(&b);
	return a;
}

/* Up to five numbers with colons between; two at least. */
static bool
read_counts(const char *text, uint64_t counts[5])
{
	char *copy = emu_strdup(text), *at = copy;
	unsigned n = 0;
	bool ok = true;

	while (ok && at && n < 5) {
		char *end = strchr(at, ':');

		if (end)
			*end++ = '\0';
		ok = emu_parse_u64(at, &counts[n]) &&
		     counts[n] <= EMU_MEMBER_MAX;
		n++;
		at = end;
	}
	ok = ok && !at && n >= 2;
	free(copy);
	if (n < 3)
		counts[2] = counts[0] / 20;
	if (n < 4)
		counts[3] = counts[0] / 10;
	if (n < 5)
		counts[4] = counts[0] || counts[1] ? 3 : 0;
	return ok;
}

struct emu_member *
emu_member_add(struct emu_world *w, const char *spec)
{
	char *text = emu_strdup(spec), *counts = strchr(text, ':');
	struct emu_account *a = NULL;
	struct emu_member *m = NULL;
	uint64_t n[5] = { 0 };

	if (counts)
		*counts++ = '\0';
	if (counts && read_counts(counts, n))
		a = account_for(w, text);
	if (a && !a->member->connections && !a->member->messages) {
		m = a->member;
		m->connections = n[0];
		m->messages = n[1];
		m->invitations = n[2];
		m->contacts = n[3];
		m->positions = n[4];
		m->strangers = n[0] / 4 + n[2] + 60;
		m->threads = n[1] / 10 + (n[1] > 0);
		spread(m);
	}
	free(text);
	return m;
}
