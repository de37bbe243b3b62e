/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the LinkedIn connector share: JSON written with ', and a
 * page printed line by line, every member that is not at rest.
 */
#ifndef SL_TESTS_LINKEDIN_PRINT_H
#define SL_TESTS_LINKEDIN_PRINT_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/json/json.h"
#include "core/sync/record.h"

#define PRINT_MAX (1024u * 1024)

/** 2026-11-20T10:00:00Z */
#define KIT_NOW_US INT64_C(1795168800000000)

/** Text of our own; ' is written for " to keep tables readable. */
static inline json_t *
kit_json(const char *text)
{
	char *copy = sl_strdup(text);
	struct sl_error err;
	json_t *value = NULL;

	for (char *c = copy; *c != '\0'; c++)
		if (*c == '\'')
			*c = '"';
	if (sl_json_parse(copy, strlen(copy), NULL, &value, &err) != SL_OK)
		fail_msg("%s: %s", text, err.text);
	sl_free(copy);
	return value;
}

static inline void
print_text(struct sl_buf *out, const char *name, const char *text)
{
	if (text != NULL)
		sl_buf_addf(out, " %s=[%s]", name, text);
}

static inline void
print_time(struct sl_buf *out, const char *name, int64_t us)
{
	char text[SL_RFC3339_TEXT];

	if (us == SL_NO_TIME)
		return;
	sl_rfc3339_format(us, text);
	sl_buf_addf(out, " %s=%.19s", name, text);
	if (us % SL_US_PER_S != 0)
		sl_buf_addf(out, "+%lldus", (long long)(us % SL_US_PER_S));
}

static inline void
print_list(struct sl_buf *out, const char *name, const char *const *list)
{
	if (list == NULL)
		return;
	sl_buf_addf(out, " %s=", name);
	for (size_t i = 0; list[i] != NULL; i++)
		sl_buf_addf(out, "%s%s", i > 0 ? "," : "", list[i]);
}

static inline void
print_aliases(struct sl_buf *out, const struct sl_alias *alias)
{
	for (; alias != NULL && alias->kind != NULL; alias++)
		sl_buf_addf(out, " %s:%s", alias->kind, alias->value);
}

static inline void
print_json(struct sl_buf *out, struct sl_arena *arena, const char *name,
	   const json_t *value)
{
	if (value != NULL &&
	    (!json_is_object(value) || json_object_size(value) > 0))
		sl_buf_addf(out, "%s%s\n", name,
			    sl_json_canonical(arena, value));
}

/** A text key is told as such: it is another room's. */
static inline void
print_id(struct sl_buf *out, const struct sl_artifact *a)
{
	char key[SL_TEXT_KEY];

	if (a->thread != NULL) {
		sl_text_key(a->thread, a->occurred_us, a->content, key);
		if (strcmp(key, a->source_id) == 0) {
			sl_buf_adds(out, "KEY");
			return;
		}
	}
	if (strncmp(a->source_id, "cw:", 3) == 0)
		sl_buf_addf(out, "%.9s", a->source_id);
	else
		sl_buf_adds(out, a->source_id);
}

static inline void
print_artifact(struct sl_buf *out, struct sl_arena *arena,
	       const struct sl_artifact *a)
{
	sl_buf_addf(out, "%s ", a->type);
	print_id(out, a);
	sl_buf_addf(out, " v%lld", (long long)a->source_version);
	print_aliases(out, a->aliases);
	sl_buf_adds(out, a->by_moment ? " by-moment" : "");
	sl_buf_adds(out, a->listed ? " listed" : "");
	if (a->weak_id != NULL)
		sl_buf_addf(out, " weak=%.9s", a->weak_id);
	print_text(out, "thread", a->thread);
	print_time(out, "at", a->occurred_us);
	print_time(out, "ends", a->ends_us);
	if (a->all_day)
		sl_buf_addf(out, " days=%s..%s", a->start_date, a->end_date);
	print_text(out, "title", a->title);
	print_text(out, "content", a->content);
	print_list(out, "labels", a->labels);
	sl_buf_adds(out, a->keep_labels ? " keep-labels" : "");
	sl_buf_adds(out, a->participants_incomplete ? " some-people" : "");
	sl_buf_addc(out, '\n');
	print_json(out, arena, "  ", a->metadata);
	for (const struct sl_participant *p = a->participants; p != NULL;
	     p = p->next) {
		sl_buf_addf(out, "  %s %s", p->role, p->value);
		print_text(out, "name", p->name);
		sl_buf_addf(out, "%s%s\n", p->self ? " self" : "",
			    p->not_person ? " no-person" : "");
	}
}

static inline void
print_patch(struct sl_buf *out, const struct sl_patch *p)
{
	sl_buf_addf(out, "patch %s v%lld", p->source_id,
		    (long long)p->source_version);
	print_aliases(out, p->alias);
	print_text(out, "content", p->content);
	print_list(out, "labels", p->labels);
	print_list(out, "added", p->added);
	print_list(out, "removed", p->removed);
	sl_buf_addf(out, "%s\n", p->restore ? " restore" : "");
}

static inline void
print_person(struct sl_buf *out, struct sl_arena *arena,
	     const struct sl_person *p)
{
	sl_buf_addf(out, "person %s v%lld%s", p->source_id,
		    (long long)p->version, p->self ? " self" : "");
	print_list(out, "addresses", p->addresses);
	print_list(out, "handles", p->handles);
	print_text(out, "name", p->name);
	print_text(out, "given", p->given_name);
	print_text(out, "family", p->family_name);
	print_text(out, "company", p->company);
	print_text(out, "title", p->title);
	print_text(out, "part", p->part);
	sl_buf_addc(out, '\n');
	print_json(out, arena, "  ", p->context);
}

static inline void
print_people(struct sl_buf *out, struct sl_arena *arena,
	     const struct sl_page *page)
{
	for (const struct sl_own_address *o = page->own_addresses.first;
	     o != NULL; o = o->next)
		sl_buf_addf(out, "own-address %s\n", o->address);
	for (const struct sl_own_handle *o = page->own_handles.first; o != NULL;
	     o = o->next) {
		sl_buf_addf(out, "own %s", o->handle);
		print_text(out, "name", o->name);
		sl_buf_addc(out, '\n');
	}
	for (const struct sl_person *p = page->persons.first; p != NULL;
	     p = p->next)
		print_person(out, arena, p);
}

static inline void
print_records(struct sl_buf *out, struct sl_arena *arena,
	      const struct sl_page *page)
{
	for (const struct sl_artifact *a = page->artifacts.first; a != NULL;
	     a = a->next)
		print_artifact(out, arena, a);
	for (const struct sl_tombstone *t = page->tombstones.first; t != NULL;
	     t = t->next) {
		sl_buf_addf(out, "tombstone %s v%lld", t->source_id,
			    (long long)t->source_version);
		print_aliases(out, t->alias);
		sl_buf_addf(out, " %s\n", t->reason);
	}
	for (const struct sl_patch *p = page->patches.first; p != NULL;
	     p = p->next)
		print_patch(out, p);
	for (const struct sl_filtered *f = page->filtered.first; f != NULL;
	     f = f->next)
		sl_buf_addf(out, "filtered %s %s\n", f->source_id, f->reason);
	for (const struct sl_rejected *r = page->rejected.first; r != NULL;
	     r = r->next)
		sl_buf_addf(out, "rejected %s %s%s\n",
			    r->source_id != NULL ? r->source_id : "-",
			    r->reason, r->transient ? " (transient)" : "");
}

/** Every item ends in exactly one list. */
static inline void
kit_assert_counted(const struct sl_page *page)
{
	assert_int_equal(page->items,
			 page->artifacts.count + page->tombstones.count +
				 page->patches.count + page->filtered.count +
				 page->rejected.count +
				 page->own_addresses.count +
				 page->persons.count);
}

static inline void
kit_compare(const char *why, char *got, const char *want)
{
	for (char *c = got; *c != '\0'; c++)
		if (*c == '"')
			*c = '\'';
	if (strcmp(got, want) != 0)
		fail_msg("%s:\ngot\n%swant\n%s", why, got, want);
}

#endif
