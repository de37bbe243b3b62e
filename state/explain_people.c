/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why somebody is a contact or not: the evidence and the policy are the
 * store's own. Meetings are here, mail is in explain_mail.c, ties are in
 * explain_ties.c. What is left out is the contact's row itself, since "is a
 * contact because it is one" explains nothing: the verdict says what the
 * stored evidence makes of the person, and beside it stands what is there.
 */
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "core/json/json.h"
#include "core/people/address.h"
#include "core/people/handle.h"

#include "sql.h"
#include "state/ask.h"
#include "state/evidence.h"
#include "state/explain_private.h"
#include "state/store_people.h"

/** Kinds of answers that the policy has, and room. */
#define REASONS_MAX 32

/** One of the policy's answers, and the meetings it was given for. */
struct tally {
	struct sl_people_decision decision;
	int64_t events;
	size_t newest; /* row of the evidence */
};

struct person_work {
	const struct sl_explain *x;
	const char *kind, *norm;
	struct sl_rows *meetings;
	struct sl_rows *evidence;
	struct sl_explain_rules rules;
	struct tally tallies[REASONS_MAX];
	size_t tally_count;
	const struct tally *met; /* of the first row that makes a contact */
	size_t met_row;
};

static sl_status
load_meetings(struct person_work *w, struct sl_error *err)
{
	struct sl_pg_array *ids = sl_pg_array_new(w->x->arena);
	struct sl_evidence_query query = {
		.of = SL_OF_MEETINGS,
		.user_id = w->x->user_id,
		.artifact_ids = ids,
		.from_us = SL_NO_TIME,
		.now_us = SL_NO_TIME,
		.address = w->norm,
	};
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, w->x->arena);
	sl_params_text(&p, w->x->user_id);
	sl_params_text(&p, w->norm);
	st = sl_pg_query(w->x->pg, sl_sql_explain_meetings, &p, &w->meetings,
			 err);
	if (st != SL_OK)
		return st;
	for (size_t i = 0; i < sl_rows_count(w->meetings); i++)
		sl_pg_array_text(ids,
				 sl_row_text(w->meetings, i, "artifact_id"));
	return sl_evidence_load(w->x->pg, w->x->arena, &query, &w->evidence,
				err);
}

/* The meeting of a row of evidence; meetings are sorted by id. */
static size_t
meeting_of(const struct person_work *w, size_t row)
{
	const char *id = sl_row_text(w->evidence, row, "artifact_id");
	size_t low = 0, high = sl_rows_count(w->meetings);

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(sl_row_text(w->meetings, mid, "artifact_id"),
				   id);

		if (order == 0)
			return mid;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return SIZE_MAX; /* written between the two statements */
}

static struct sl_people_decision
decide_row(const struct person_work *w, size_t row, size_t meeting)
{
	const struct sl_people_options *options = sl_explain_options(
		&w->rules, sl_row_text(w->meetings, meeting, "integration_id"));
	struct sl_meeting_evidence e =
		sl_evidence_meeting(w->evidence, row, options,
				    sl_row_time(w->meetings, meeting, "now"));

	/* Nobody becomes a contact by being one. */
	if (sl_text_equal(sl_row_text(w->evidence, row, "organizer"), w->norm))
		e.organizer_is_contact = false;
	return sl_people_decide_meeting(options, &e);
}

static void
count_decision(struct person_work *w, const struct sl_people_decision *d,
	       size_t row)
{
	struct tally *t = w->tallies;

	while (t < w->tallies + w->tally_count &&
	       strcmp(t->decision.reason, d->reason) != 0)
		t++;
	if (t == w->tallies + w->tally_count) {
		SL_ASSERT(w->tally_count < REASONS_MAX);
		*t = (struct tally){ .decision = *d };
		w->tally_count++;
	}
	t->events++;
	t->newest = row; /* rows come in the order of time */
	if (d->contact && w->met == NULL) {
		w->met = t;
		w->met_row = row;
	}
}

/* The answer to tell first: what made a contact, what may still make one,
 * else what was decided of the last event. */
static const struct tally *
deciding(const struct person_work *w)
{
	const struct tally *best = w->met;

	if (best != NULL)
		return best;
	for (size_t i = 0; i < w->tally_count; i++) {
		const struct tally *t = &w->tallies[i];
		bool later = t->decision.later;

		if (best == NULL || (later && !best->decision.later) ||
		    (later == best->decision.later && t->newest > best->newest))
			best = t;
	}
	return best;
}

void
sl_explain_put_time(json_t *object, const char *key, int64_t us)
{
	char text[SL_RFC3339_TEXT];

	if (us == SL_NO_TIME || us == INT64_MAX) {
		(void)json_object_set_new(object, key, json_null());
		return;
	}
	sl_rfc3339_format(us, text);
	(void)json_object_set_new(object, key, json_string(text));
}

void
sl_explain_put_decision(json_t *object, const struct sl_people_decision *d)
{
	(void)json_object_set_new(object, "contact", json_boolean(d->contact));
	(void)json_object_set_new(object, "later", json_boolean(d->later));
	sl_json_put_text(object, "reason", d->reason);
	sl_json_put_text(object, "words", d->words);
}

static json_t *
meeting_json(const struct person_work *w, size_t row)
{
	size_t meeting = meeting_of(w, row);
	json_t *made = json_object();

	sl_json_put_text(made, "id",
			 sl_row_text(w->evidence, row, "artifact_id"));
	sl_explain_put_time(made, "occurred_at",
			    sl_row_time(w->evidence, row, "occurred_at"));
	if (meeting == SIZE_MAX)
		return made;
	sl_json_put_text(made, "title",
			 sl_row_text(w->meetings, meeting, "title"));
	sl_json_put_text(made, "account",
			 sl_row_text(w->meetings, meeting, "account"));
	sl_json_put_text(made, "response",
			 sl_row_text(w->meetings, meeting, "response"));
	(void)json_object_set_new(
		made, "people",
		json_integer(sl_row_i64(w->evidence, row, "people", 0)));
	return made;
}

/* Will the account's next sync judge all that is stored again, as its rule or
 * the user's own addresses are others than they were? False if unknown. */
static bool
is_judged_again(const struct person_work *w, size_t meeting)
{
	const char *id = sl_row_text(w->meetings, meeting, "integration_id");
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	struct sl_error err;

	sl_params_init(&p, w->x->arena);
	sl_params_text(&p, w->x->user_id);
	sl_params_text(&p, id);
	sl_params_text(&p,
		       sl_people_rule_text(w->x->arena,
					   sl_explain_options(&w->rules, id)));
	if (sl_pg_query(w->x->pg, sl_sql_people_basis, &p, &rows, &err) !=
	    SL_OK)
		return false;
	return sl_row_bool(rows, 0, "known") &&
	       (!sl_row_bool(rows, 0, "same") ||
		sl_row_text(rows, 0, "after_id") != NULL);
}

/*
 * When somebody whom the evidence makes a contact will be one: the next sync
 * judges what has begun since the last, and everything when what decides has
 * changed; a walk judges everything again.
 */
static const char *
due(const struct person_work *w, size_t row)
{
	size_t meeting = meeting_of(w, row);
	int64_t judged = meeting == SIZE_MAX ? SL_NO_TIME
					     : sl_row_time(w->meetings, meeting,
							   "judged_at");
	int64_t began = sl_row_time(w->evidence, row, "occurred_at");

	if (judged != SL_NO_TIME && began != SL_NO_TIME && began > judged)
		return "next-sync";
	return meeting != SIZE_MAX && is_judged_again(w, meeting) ? "next-sync"
								  : "next-walk";
}

static void
put_verdict(const struct person_work *w, json_t *person)
{
	const struct tally *first = deciding(w);
	json_t *verdict, *reasons = json_array();
	int64_t largest = 0, most = 0;
	size_t row;

	for (size_t i = 0; i < sl_rows_count(w->evidence); i++) {
		most = sl_row_i64(w->evidence, i, "people", 0);
		largest = most > largest ? most : largest;
	}
	(void)json_object_set_new(
		person, "events",
		json_integer((json_int_t)sl_rows_count(w->evidence)));
	(void)json_object_set_new(person, "largest", json_integer(largest));
	(void)json_object_set_new(person, "reasons", reasons);
	for (size_t i = 0; i < w->tally_count; i++) {
		const struct tally *t = &w->tallies[i];
		json_t *reason = json_object();

		sl_explain_put_decision(reason, &t->decision);
		(void)json_object_set_new(reason, "events",
					  json_integer(t->events));
		(void)json_object_set_new(reason, "newest",
					  meeting_json(w, t->newest));
		(void)json_array_append_new(reasons, reason);
	}
	if (first == NULL) {
		(void)json_object_set_new(person, "verdict", json_null());
		return;
	}
	row = w->met != NULL ? w->met_row : first->newest;
	verdict = json_object();
	sl_explain_put_decision(verdict, &first->decision);
	(void)json_object_set_new(verdict, "event", meeting_json(w, row));
	if (w->met != NULL && json_is_null(json_object_get(person, "contact")))
		sl_json_put_text(verdict, "due", due(w, row));
	(void)json_object_set_new(person, "verdict", verdict);
}

static void
judge(struct person_work *w)
{
	for (size_t i = 0; i < sl_rows_count(w->evidence); i++) {
		size_t meeting = meeting_of(w, i);
		struct sl_people_decision d;

		if (meeting == SIZE_MAX)
			continue;
		d = decide_row(w, i, meeting);
		count_decision(w, &d, i);
	}
}

/* The user takes part in everything: no event tells more. */
static void
put_own(const struct sl_people_options *options, json_t *person)
{
	const struct sl_meeting_evidence evidence = { .who.is_own = true };
	const struct sl_people_decision d =
		sl_people_decide_meeting(options, &evidence);
	json_t *verdict = json_object();

	sl_explain_put_decision(verdict, &d);
	(void)json_object_set_new(person, "verdict", verdict);
}

static sl_status
explain_email(struct person_work *w, json_t *person, struct sl_error *err)
{
	static const struct sl_people_options none = { .rule = SL_PEOPLE_NONE };
	json_t *rules = json_array();
	sl_status st;

	(void)json_object_set_new(person, "rules", rules);
	if (sl_json_bool(person, "own")) {
		put_own(&none, person);
		return SL_OK;
	}
	st = sl_explain_rules(w->x, &w->rules, rules, err);
	if (st == SL_OK)
		st = load_meetings(w, err);
	if (st != SL_OK)
		return st;
	judge(w);
	put_verdict(w, person);
	return sl_explain_mail_of(w->x, &w->rules, w->norm, person, err);
}

static sl_status
explain_handle(struct person_work *w, json_t *person, struct sl_error *err)
{
	static const struct sl_people_options none = { .rule = SL_PEOPLE_NONE };
	json_t *rules = json_array();
	sl_status st;

	(void)json_object_set_new(person, "rules", rules);
	if (sl_json_bool(person, "own")) {
		put_own(&none, person);
		return SL_OK;
	}
	st = sl_explain_rules(w->x, &w->rules, rules, err);
	return st == SL_OK ? sl_explain_ties_of(w->x, &w->rules, w->norm,
						person, err)
			   : st;
}

/* One identity, inside a transaction. */
static sl_status
explain_identity(const struct sl_explain *x, const char *kind, const char *norm,
		 json_t *people, struct sl_error *err)
{
	struct person_work w = { .x = x, .kind = kind, .norm = norm };
	SL_AUTO_ROWS rows = NULL;
	json_auto_t *person = NULL;
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, x->arena);
	sl_params_text(&p, x->user_id);
	sl_params_text(&p, kind);
	sl_params_text(&p, norm);
	st = sl_pg_query(x->pg, sl_sql_explain_person, &p, &rows, err);
	if (st != SL_OK || !sl_row_bool(rows, 0, "known"))
		return st;
	st = sl_explain_doc(rows, 0, &person, err);
	if (st == SL_OK && strcmp(kind, "email") == 0)
		st = explain_email(&w, person, err);
	else if (st == SL_OK)
		st = explain_handle(&w, person, err);
	sl_rows_free(&w.meetings);
	sl_rows_free(&w.evidence);
	if (st == SL_OK)
		(void)json_array_append(people, person);
	return st;
}

static sl_status
explain_contact(const struct sl_explain *x, const char *id, json_t *people,
		struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, x->arena);
	sl_params_text(&p, x->user_id);
	sl_params_text(&p, id);
	st = sl_pg_query(x->pg, sl_sql_explain_identities, &p, &rows, err);
	for (size_t i = 0; st == SL_OK && i < sl_rows_count(rows); i++)
		st = explain_identity(x, sl_row_text(rows, i, "kind"),
				      sl_row_text(rows, i, "norm"), people,
				      err);
	return st;
}

static sl_status
explain_all(const struct sl_explain *x, json_t *people, struct sl_error *err)
{
	const char *uuid = sl_explain_uuid(x);
	const char *norm = sl_address_normalise(x->arena, x->argument);
	sl_status st;

	if (uuid != NULL)
		return explain_contact(x, uuid, people, err);
	if (norm != NULL)
		return explain_identity(x, "email", norm, people, err);
	norm = sl_handle_normalise(x->arena, x->argument);
	if (norm == NULL) /* as a person may have entered it */
		norm = sl_ascii_lower(x->arena, x->argument);
	st = sl_explain_linked(x, &norm, err);
	if (st != SL_OK)
		return st;
	return explain_identity(x, "handle", norm, people, err);
}

sl_status
sl_explain_people(const struct sl_explain *x, json_t **out,
		  struct sl_error *err)
{
	json_auto_t *people = json_array();
	bool unknown;
	sl_status st = sl_pg_begin(x->pg, SL_PG_GATEWAY, x->user_id, err);

	if (st == SL_OK)
		st = explain_all(x, people, err);
	if (st == SL_OK)
		st = sl_pg_commit(x->pg, &unknown, err);
	sl_pg_rollback(x->pg);
	if (st == SL_OK)
		*out = json_incref(people);
	return st;
}
