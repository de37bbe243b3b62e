/* SPDX-License-Identifier: Apache-2.0 */
/*
 * People of a page: under the user's lock one query gathers the evidence of
 * its meetings, its mail or its ties, and store_judge.c makes contacts of it.
 *
 * Two streams of a user may commit at once, in any order, and after a crash in
 * another one; the contacts must be the same. So the lock comes before the
 * evidence: whoever is second sees whom the first one made a contact, and, of
 * mail in both directions, what the first one stored.
 *
 * What is stored already is judged again when a page changes what decides
 * about it: events whose organizer became a contact, here; all of an account
 * whose rule or own addresses changed, in store_again.c.
 */
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "sql.h"
#include "state/store_page.h"

sl_status
sl_people_lock(struct sl_page_work *w, struct sl_error *err)
{
	struct sl_params p;

	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->commit->lease->user_id);
	return sl_pg_query(w->pg, sl_sql_people_lock, &p, NULL, err);
}

/* What of the page is about people. */
struct subject {
	bool meetings, mail, ties;
	bool fresh; /* artifacts were written */
};

static void
add_subject(struct subject *s, enum sl_evidence_of of)
{
	s->meetings = s->meetings || of == SL_OF_MEETINGS;
	s->mail = s->mail || of == SL_OF_MAIL;
	s->ties = s->ties || of == SL_OF_TIES;
}

/*
 * Ids that are judged again are known by these alone: the statements take what
 * is theirs. Where all that the page holds are ties, so are they; items that
 * are known by an alias are none of mail.
 */
static void
add_judged(const struct sl_page_work *w, struct subject *s)
{
	bool ties = false, others = false;

	for (const struct sl_artifact *a = w->page->artifacts.first; a != NULL;
	     a = a->next) {
		bool tie = sl_evidence_of(a) == SL_OF_TIES;

		ties = ties || tie;
		others = others || !tie;
	}
	for (const struct sl_patch *x = w->page->patches.first; x != NULL;
	     x = x->next) {
		ties = ties || x->alias != NULL;
		others = others || x->alias == NULL;
	}
	if (w->judged_count > 0) {
		s->ties = s->ties || ties;
		if (ties && !others)
			return;
		s->mail = s->mail || w->people_judged;
		s->meetings = true;
	}
	if (w->page->patches.first != NULL && others)
		s->mail = s->mail || w->people_judged;
}

static struct subject
subject_of(const struct sl_page_work *w)
{
	struct subject s = { .meetings = w->begun };

	for (size_t i = 0; i < w->written_count; i++) {
		const struct sl_artifact *a = w->written[i].artifact;

		s.fresh = true;
		if (w->written[i].people && a->participants != NULL)
			add_subject(&s, sl_evidence_of(a));
	}
	add_judged(w, &s);
	s.ties = s.ties || w->links != NULL;
	return s;
}

static struct sl_pg_array *
page_ids(const struct sl_page_work *w)
{
	struct sl_pg_array *ids = sl_pg_array_new(w->arena);

	for (size_t i = 0; i < w->written_count; i++) {
		if (w->written[i].people)
			sl_pg_array_text(ids, w->written[i].id);
	}
	for (size_t i = 0; i < w->judged_count; i++)
		sl_pg_array_text(ids, w->judged[i]);
	return ids;
}

/*
 * Who has become a contact may have invited the user to events that were
 * stored before, by whatever page: the order of pages decides nothing. Events
 * of an account with other settings wait for its own next walk.
 */
static sl_status
judge_followed(struct sl_page_work *w, struct sl_pg_array *organizers,
	       struct sl_pg_array *made, bool *creates, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_pg_array *ids = sl_pg_array_new(w->arena);
	const struct sl_evidence_query query = {
		.of = SL_OF_MEETINGS,
		.user_id = w->commit->lease->user_id,
		.artifact_ids = ids,
		.from_us = SL_NO_TIME,
		.now_us = w->commit->now_us,
	};
	struct sl_params p;
	sl_status status;

	*creates = false;
	sl_params_lease(&p, w->arena, w->commit->lease);
	sl_params_text(&p, sl_pg_array_done(organizers));
	sl_params_time(&p, w->commit->now_us);
	status = sl_pg_query(w->pg, sl_sql_people_followed, &p, &rows, err);
	if (status != SL_OK || sl_rows_count(rows) == 0)
		return status;
	for (size_t i = 0; i < sl_rows_count(rows); i++)
		sl_pg_array_text(ids, sl_row_text(rows, i, "id"));
	return sl_people_judge(w, &query, made, creates, err);
}

/* Where other settings decide, the account judges by itself. */
static sl_status
unsettle(struct sl_page_work *w, struct sl_pg_array *organizers,
	 struct sl_error *err)
{
	struct sl_params p;

	sl_params_lease(&p, w->arena, w->commit->lease);
	sl_params_text(&p, sl_pg_array_done(organizers));
	sl_params_time(&p, w->commit->now_us);
	return sl_pg_query(w->pg, sl_sql_people_unsettle, &p, NULL, err);
}

sl_status
sl_people_judge_meetings(struct sl_page_work *w,
			 const struct sl_evidence_query *query,
			 struct sl_error *err)
{
	struct sl_pg_array *made = sl_pg_array_new(w->arena);
	bool creates = false;
	sl_status status = sl_people_judge(w, query, made, &creates, err);

	/* Ends: every turn makes contacts of people who were none. */
	while (status == SL_OK && creates) {
		struct sl_pg_array *organizers = made;

		made = sl_pg_array_new(w->arena);
		status = unsettle(w, organizers, err);
		if (status == SL_OK)
			status = judge_followed(w, organizers, made, &creates,
						err);
	}
	return status;
}

sl_status
sl_people_judge_mail(struct sl_page_work *w,
		     const struct sl_evidence_query *query,
		     struct sl_error *err)
{
	struct sl_pg_array *made = sl_pg_array_new(w->arena);
	bool creates = false;
	sl_status status = sl_people_judge(w, query, made, &creates, err);

	return status == SL_OK && creates ? unsettle(w, made, err) : status;
}

static sl_status
put_meetings(struct sl_page_work *w, struct sl_error *err)
{
	const struct sl_evidence_query query = {
		.of = SL_OF_MEETINGS,
		.user_id = w->commit->lease->user_id,
		.artifact_ids = page_ids(w),
		.integration_id = w->commit->lease->integration_id,
		.stream_key = sl_items_key(w->commit),
		.from_us = w->begun ? w->people_from_us : SL_NO_TIME,
		.now_us = w->commit->now_us,
	};

	return sl_people_judge_meetings(w, &query, err);
}

/* Patches restore messages, and relabel them: both may make them count. */
static sl_status
put_mail(struct sl_page_work *w, struct sl_error *err)
{
	struct sl_pg_array *patched = sl_pg_array_new(w->arena);
	const struct sl_evidence_query query = {
		.of = SL_OF_MAIL,
		.user_id = w->commit->lease->user_id,
		.artifact_ids = page_ids(w),
		.source_ids = patched,
		.integration_id = w->commit->lease->integration_id,
		.stream_key = sl_items_key(w->commit),
		.options = &w->commit->people,
	};

	for (const struct sl_patch *x = w->page->patches.first; x != NULL;
	     x = x->next)
		sl_pg_array_text(patched, x->source_id);
	return sl_people_judge_mail(w, &query, err);
}

sl_status
sl_people_judge_ties(struct sl_page_work *w,
		     const struct sl_evidence_query *query,
		     struct sl_error *err)
{
	struct sl_pg_array *addresses = sl_pg_array_new(w->arena);
	bool any = false;
	sl_status status = sl_people_judge(w, query, addresses, &any, err);

	return status == SL_OK && any ? unsettle(w, addresses, err) : status;
}

/* What is stored of those of whom the page has told who they are. */
static sl_status
add_linked(struct sl_page_work *w, struct sl_pg_array *ids,
	   struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_pg_array *urns = sl_pg_array_new(w->arena);
	struct sl_params p;
	sl_status status;

	for (const struct sl_link *l = w->links; l != NULL; l = l->next)
		sl_pg_array_text(urns, l->handle);
	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->commit->lease->user_id);
	sl_params_text(&p, sl_pg_array_done(urns));
	status = sl_pg_query(w->pg, sl_sql_people_of_linked, &p, &rows, err);
	for (size_t i = 0; status == SL_OK && i < sl_rows_count(rows); i++)
		sl_pg_array_text(ids, sl_row_text(rows, i, "id"));
	return status;
}

static sl_status
put_ties(struct sl_page_work *w, struct sl_error *err)
{
	const struct sl_evidence_query query = {
		.of = SL_OF_TIES,
		.user_id = w->commit->lease->user_id,
		.artifact_ids = page_ids(w),
		.options = &w->commit->people,
	};
	sl_status status = SL_OK;

	if (w->links != NULL) {
		status = sl_cards_links(w, err);
		if (status == SL_OK)
			status = add_linked(w, query.artifact_ids, err);
	}
	return status == SL_OK ? sl_people_judge_ties(w, &query, err) : status;
}

/* A chunk of what must be judged again; the rest follows when the stream
 * rests, or with the next page. */
static sl_status
put_again(struct sl_page_work *w, struct sl_error *err)
{
	bool more = false;
	sl_status status = sl_people_again(w, &more, err);

	if (more)
		w->stream.series_due = true;
	return status;
}

sl_status
sl_page_put_people(struct sl_page_work *w, struct sl_error *err)
{
	const struct subject s = subject_of(w);
	sl_status status = SL_OK;

	if (s.meetings || s.mail || s.ties)
		status = sl_people_lock(w, err);
	if (status == SL_OK && s.meetings)
		status = put_meetings(w, err);
	if (status == SL_OK && s.mail)
		status = put_mail(w, err);
	if (status == SL_OK && s.ties)
		status = put_ties(w, err);
	if (status != SL_OK)
		return status;
	if (w->people_due)
		return put_again(w, err);
	return s.fresh && !w->people_judged ? sl_people_begin(w, err) : SL_OK;
}
