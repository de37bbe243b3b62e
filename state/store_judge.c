/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From evidence to contacts: core/people decides of each row, and what is to
 * be written is written in order.
 *
 * The evidence comes sorted by address, so one person's rows stand together.
 * A contact made here may be the organizer of another, unanswered invitation:
 * the decision is repeated until nothing new comes of it.
 */
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "core/people/policy.h"
#include "core/people/screen.h"

#include "sql.h"
#include "state/judge_private.h"

#define ROUNDS_MAX 3

/* Of contact_emails.address, bytes; a longer one is shown normalised. */
#define ADDRESS_SHOWN_MAX 1024

static void
note_seen(const struct sl_judgement *pw, struct sl_judged *who, size_t row)
{
	int64_t at = sl_row_time(pw->rows, row, "occurred_at");

	if (at == SL_NO_TIME || at > pw->w->commit->now_us ||
	    sl_row_bool(pw->rows, row, "cancelled"))
		return;
	if (who->first_us == SL_NO_TIME || at < who->first_us)
		who->first_us = at;
	if (who->last_us == SL_NO_TIME || at > who->last_us)
		who->last_us = at;
}

/* Of meetings the first name that is one, of mail the newest by which the
 * person signs, else the newest that others use; rows come oldest first. */
static void
note_name(const struct sl_judgement *pw, struct sl_judged *who, size_t row)
{
	const char *name = sl_row_text(pw->rows, row, "name");
	enum sl_name_rank rank = SL_NAME_GIVEN;

	if (pw->of != SL_OF_MEETINGS && sl_row_bool(pw->rows, row, "is_author"))
		rank = SL_NAME_OWN;
	if (rank < who->rank || !sl_people_is_name(name) ||
	    sl_ascii_iequal(name, who->address) ||
	    sl_ascii_iequal(name, who->norm) ||
	    (pw->of == SL_OF_MEETINGS && who->name != NULL))
		return;
	who->name = name;
	who->rank = rank;
}

static bool
remembers(const struct sl_judgement *pw, const char *norm)
{
	return pw->memory != NULL && norm != NULL &&
	       pw->memory->knows(pw->memory->ctx, norm);
}

static void
group(struct sl_judgement *pw)
{
	size_t rows = sl_rows_count(pw->rows);
	struct sl_judged *who = NULL;

	pw->persons = SL_NEW_ARRAY(pw->w->arena, rows, struct sl_judged);
	for (size_t i = 0; i < rows; i++) {
		const char *norm = sl_row_text(pw->rows, i, "norm");

		if (who == NULL || strcmp(who->norm, norm) != 0) {
			who = &pw->persons[pw->count++];
			*who = (struct sl_judged){
				.from = i,
				.norm = norm,
				.address = sl_row_text(pw->rows, i, "value"),
				.first_us = SL_NO_TIME,
				.last_us = SL_NO_TIME,
				.is_contact = sl_row_bool(pw->rows, i,
							  "is_contact") ||
					      remembers(pw, norm),
			};
		}
		who->to = i + 1;
		who->is_connection =
			who->is_connection ||
			(pw->of == SL_OF_TIES &&
			 sl_row_bool(pw->rows, i, "is_connection"));
		note_name(pw, who, i);
		note_seen(pw, who, i);
	}
}

static struct sl_judged *
find(const struct sl_judgement *pw, const char *norm)
{
	size_t low = 0, high = pw->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(pw->persons[mid].norm, norm);

		if (order == 0)
			return &pw->persons[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* Did an earlier round make the organizer a contact? */
static bool
became_contact(const struct sl_judgement *pw, const char *norm)
{
	const struct sl_judged *who = norm == NULL ? NULL : find(pw, norm);

	return remembers(pw, norm) || (who != NULL && who->reason != NULL);
}

static struct sl_people_decision
decide_meeting(const struct sl_judgement *pw, size_t row)
{
	const struct sl_people_options *options = &pw->w->commit->people;
	struct sl_meeting_evidence evidence = sl_evidence_meeting(
		pw->rows, row, options, pw->w->commit->now_us);

	if (became_contact(pw, sl_row_text(pw->rows, row, "organizer")))
		evidence.organizer_is_contact = true;
	return sl_people_decide_meeting(options, &evidence);
}

static struct sl_people_decision
decide_mail(const struct sl_judgement *pw, size_t row)
{
	const struct sl_people_options *options = &pw->w->commit->people;
	struct sl_mail_evidence e = sl_evidence_mail(pw->rows, row, options);

	/* What is not stored yet, a dry run remembers. */
	if (pw->memory != NULL && sl_people_mail_counts(options, &e) &&
	    (e.user_wrote ? e.is_recipient : e.is_author) &&
	    pw->memory->corresponds(pw->memory->ctx,
				    sl_row_text(pw->rows, row, "norm"),
				    e.user_wrote))
		e.other_way = true;
	return sl_people_decide_mail(options, &e);
}

static struct sl_people_decision
decide_tie(const struct sl_judgement *pw, size_t row)
{
	const struct sl_people_options *options = &pw->w->commit->people;
	struct sl_tie_evidence e = sl_evidence_tie(pw->rows, row, options);
	struct sl_mail_evidence *m = &e.message;

	if (pw->memory != NULL && e.kind == SL_TIE_MESSAGE &&
	    sl_people_mail_counts(options, m) &&
	    (m->user_wrote ? m->is_recipient : m->is_author) &&
	    pw->memory->corresponds(pw->memory->ctx,
				    sl_row_text(pw->rows, row, "norm"),
				    m->user_wrote))
		m->other_way = true;
	return sl_people_decide_tie(options, &e);
}

static struct sl_people_decision
decide_row(const struct sl_judgement *pw, size_t row)
{
	switch (pw->of) {
	case SL_OF_MEETINGS:
		break;
	case SL_OF_MAIL:
		return decide_mail(pw, row);
	case SL_OF_TIES:
		return decide_tie(pw, row);
	}
	return decide_meeting(pw, row);
}

/* One round over everybody who is no contact yet; did it make one? */
static bool
decide(struct sl_judgement *pw)
{
	bool any = false;

	for (size_t i = 0; i < pw->count; i++) {
		struct sl_judged *who = &pw->persons[i];

		for (size_t row = who->from; row < who->to; row++) {
			struct sl_people_decision d;

			if (who->is_contact || who->reason != NULL)
				break;
			d = decide_row(pw, row);
			if (!d.contact)
				continue;
			who->reason = d.reason;
			who->artifact_id =
				sl_row_text(pw->rows, row, "artifact_id");
			any = true;
		}
	}
	return any;
}

static bool
is_touched(const struct sl_judgement *pw, const struct sl_judged *who)
{
	int64_t first = sl_row_time(pw->rows, who->from, "first_seen_at");
	int64_t last = sl_row_time(pw->rows, who->from, "last_seen_at");

	if (!who->is_contact || who->first_us == SL_NO_TIME)
		return false;
	return first == SL_NO_TIME || last == SL_NO_TIME ||
	       who->first_us < first || who->last_us > last;
}

const char *
sl_address_shown(const char *address, const char *norm)
{
	return strlen(address) <= ADDRESS_SHOWN_MAX ? address : norm;
}

/* The page may hold only how others call a new contact: what is stored may
 * hold the name by which the person signs. */
static sl_status
find_names(struct sl_judgement *pw, struct sl_page_work *w,
	   struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_pg_array *norms = sl_pg_array_new(w->arena);
	struct sl_params p;
	bool any = false;
	sl_status status;

	for (size_t i = 0; i < pw->count; i++) {
		const struct sl_judged *who = &pw->persons[i];

		if (who->reason == NULL || who->rank == SL_NAME_OWN)
			continue;
		sl_pg_array_text(norms, who->norm);
		any = true;
	}
	if (!any)
		return SL_OK;
	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->commit->lease->user_id);
	sl_params_text(&p, pw->of == SL_OF_TIES ? "handle" : "email");
	sl_params_text(&p, sl_pg_array_done(norms));
	status = sl_pg_query(w->pg, sl_sql_people_names, &p, &rows, err);
	for (size_t i = 0; status == SL_OK && i < sl_rows_count(rows); i++) {
		struct sl_judged *who = find(pw, sl_row_text(rows, i, "norm"));
		const char *name = sl_row_text(rows, i, "name");

		if (who == NULL || who->rank == SL_NAME_OWN ||
		    !sl_people_is_name(name) ||
		    sl_ascii_iequal(name, who->norm))
			continue;
		who->name = sl_arena_strdup(w->arena, name);
		who->rank = SL_NAME_OWN; /* the best comes first */
	}
	return status;
}

void
sl_params_made(struct sl_params *p, const struct sl_judgement *j)
{
	const struct sl_page_work *w = j->w;
	struct sl_pg_array *a[6];

	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		a[i] = sl_pg_array_new(w->arena);
	for (size_t i = 0; i < j->count; i++) {
		const struct sl_judged *who = &j->persons[i];

		if (who->reason == NULL)
			continue;
		sl_pg_array_text(a[0], who->norm);
		sl_pg_array_text(a[1],
				 sl_address_shown(who->address, who->norm));
		sl_pg_array_text(a[2], who->name);
		sl_pg_array_text(a[3],
				 sl_people_rule_name(w->commit->people.rule));
		sl_pg_array_text(a[4], who->reason);
		sl_pg_array_text(a[5], who->artifact_id);
	}
	sl_params_lease(p, w->arena, w->commit->lease);
	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		sl_params_text(p, sl_pg_array_done(a[i]));
	sl_params_time(p, w->commit->now_us);
}

static sl_status
create(struct sl_judgement *pw, struct sl_page_work *w, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	sl_params_made(&p, pw);
	status = sl_pg_query(w->pg, sl_sql_people_create, &p, &rows, err);
	if (status == SL_OK)
		w->counts.contacts_created += sl_row_i64(rows, 0, "created", 0);
	return status;
}

static sl_status
touch(struct sl_judgement *pw, struct sl_error *err)
{
	const struct sl_page_work *w = pw->w;
	struct sl_pg_array *norms = sl_pg_array_new(w->arena);
	struct sl_pg_array *firsts = sl_pg_array_new(w->arena);
	struct sl_pg_array *lasts = sl_pg_array_new(w->arena);
	struct sl_pg_array *names = sl_pg_array_new(w->arena);
	struct sl_params p;

	for (size_t i = 0; i < pw->count; i++) {
		const struct sl_judged *who = &pw->persons[i];

		if (!is_touched(pw, who))
			continue;
		sl_pg_array_text(norms, who->norm);
		sl_pg_array_time(firsts, who->first_us);
		sl_pg_array_time(lasts, who->last_us);
		sl_pg_array_text(names, who->name);
	}
	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->commit->lease->user_id);
	sl_params_text(&p, sl_pg_array_done(norms));
	sl_params_text(&p, sl_pg_array_done(firsts));
	sl_params_text(&p, sl_pg_array_done(lasts));
	sl_params_text(&p, sl_pg_array_done(names));
	return sl_pg_query(w->pg,
			   pw->of == SL_OF_TIES ? sl_sql_people_tie_touch
						: sl_sql_people_touch,
			   &p, NULL, err);
}

/* Those who became contacts, into `made`; is somebody else to be touched? */
static bool
tell_made(const struct sl_judgement *pw, const struct sl_page_work *w,
	  struct sl_pg_array *made)
{
	bool touches = false;

	for (size_t i = 0; i < pw->count; i++) {
		const struct sl_judged *who = &pw->persons[i];

		touches = touches || is_touched(pw, who);
		if (who->reason != NULL && made != NULL && pw->of != SL_OF_TIES)
			sl_pg_array_text(made,
					 sl_arena_strdup(w->arena, who->norm));
	}
	return touches;
}

sl_status
sl_people_judge(struct sl_page_work *w, const struct sl_evidence_query *query,
		struct sl_pg_array *made, bool *creates, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_judgement pw = { .w = w, .of = query->of };
	bool touches;
	sl_status status = sl_evidence_load(w->pg, w->arena, query, &rows, err);

	*creates = false;
	if (status != SL_OK)
		return status;
	pw.rows = rows;
	group(&pw);
	for (int round = 0; round < ROUNDS_MAX && decide(&pw); round++)
		*creates = true;
	touches = tell_made(&pw, w, made);
	if (*creates && query->of != SL_OF_MEETINGS)
		status = find_names(&pw, w, err);
	if (status == SL_OK && query->of == SL_OF_TIES)
		status = sl_ties_write(&pw, w, made, creates, err);
	else if (status == SL_OK && *creates)
		status = create(&pw, w, err);
	if (status == SL_OK && touches)
		status = touch(&pw, err);
	return status;
}

/* Nobody yet: whom would it take? */
static void
tell_waiting(const struct sl_judgement *pw, const struct sl_judged *who)
{
	for (size_t row = who->from; row < who->to; row++) {
		struct sl_meeting_evidence evidence = sl_evidence_meeting(
			pw->rows, row, &pw->w->commit->people,
			pw->w->commit->now_us);
		const char *organizer = sl_row_text(pw->rows, row, "organizer");
		struct sl_people_decision d;

		evidence.organizer_is_contact = true;
		d = sl_people_decide_meeting(&pw->w->commit->people, &evidence);
		if (d.contact && organizer != NULL)
			pw->memory->waits(pw->memory->ctx, organizer, who->norm,
					  who->name, d.reason);
	}
}

size_t
sl_people_foresee(const struct sl_page_work *w, const struct sl_rows *rows,
		  enum sl_evidence_of of, const struct sl_people_memory *memory)
{
	struct sl_judgement pw = {
		.w = w, .rows = rows, .of = of, .memory = memory
	};
	size_t found = 0;

	group(&pw);
	for (int round = 0; round < ROUNDS_MAX && decide(&pw); round++)
		;
	for (size_t i = 0; i < pw.count; i++) {
		const struct sl_judged *who = &pw.persons[i];

		if (of == SL_OF_MEETINGS && who->reason == NULL &&
		    !who->is_contact && memory->waits)
			tell_waiting(&pw, who);
		if (who->reason == NULL)
			continue;
		memory->found(memory->ctx, who->norm, who->name, who->reason);
		found++;
	}
	return found;
}
