/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ties, explained: what connections and messages of a network make of a person.
 * The evidence and the policy are the store's own; as in explain_people.c the
 * contact's own row does not count.
 */
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "core/json/json.h"

#include "sql.h"
#include "state/evidence.h"
#include "state/explain_private.h"
#include "state/explain_tally.h"

/** Items that are looked at. */
#define ITEMS_MAX 200

struct tie_work {
	const struct sl_explain *x;
	const struct sl_explain_rules *rules;
	const char *norm;
	struct sl_rows *ties;
	struct sl_explain_tallies tallies;
};

/* The items of one account, by its settings. */
static sl_status
judge_account(struct tie_work *w, const struct sl_explain_rule *rule,
	      struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_pg_array *ids = sl_pg_array_new(w->x->arena);
	const struct sl_evidence_query query = {
		.of = SL_OF_TIES,
		.user_id = w->x->user_id,
		.artifact_ids = ids,
		.address = w->norm,
		.options = &rule->options,
		.thorough = true,
	};
	sl_status st;

	for (size_t i = 0; i < sl_rows_count(w->ties); i++)
		if (strcmp(sl_row_text(w->ties, i, "integration_id"),
			   rule->integration_id) == 0)
			sl_pg_array_text(
				ids, sl_row_text(w->ties, i, "artifact_id"));
	st = sl_evidence_load(w->x->pg, w->x->arena, &query, &rows, err);
	for (size_t i = 0; st == SL_OK && i < sl_rows_count(rows); i++) {
		struct sl_tie_evidence e =
			sl_evidence_tie(rows, i, &rule->options);
		struct sl_people_decision d =
			sl_people_decide_tie(&rule->options, &e);

		sl_explain_count(&w->tallies, w->ties,
				 sl_row_text(rows, i, "artifact_id"), &d);
	}
	return st;
}

static json_t *
item_json(const struct tie_work *w, size_t row)
{
	static const char *const texts[][2] = {
		{ "id", "artifact_id" },  { "source_id", "source_id" },
		{ "type", "type" },       { "title", "title" },
		{ "account", "account" },
	};
	json_t *made = json_object();

	for (size_t i = 0; i < SL_ARRAY_LEN(texts); i++)
		sl_json_put_text(made, texts[i][0],
				 sl_row_text(w->ties, row, texts[i][1]));
	sl_explain_put_time(made, "occurred_at",
			    sl_row_time(w->ties, row, "occurred_at"));
	return made;
}

static void
put_ties(const struct tie_work *w, json_t *person)
{
	json_t *ties = json_object(), *reasons = json_array();

	(void)json_object_set_new(person, "ties", ties);
	(void)json_object_set_new(
		ties, "items",
		json_integer(sl_row_i64(w->ties, 0, "total", 0)));
	(void)json_object_set_new(
		ties, "looked_at",
		json_integer((json_int_t)sl_rows_count(w->ties)));
	(void)json_object_set_new(
		ties, "partial",
		json_boolean(sl_row_bool(w->ties, 0, "partial")));
	(void)json_object_set_new(ties, "reasons", reasons);
	for (size_t i = 0; i < w->tallies.count; i++) {
		const struct sl_explain_tally *t = &w->tallies.list[i];
		json_t *reason = json_object();

		sl_explain_put_decision(reason, &t->decision);
		(void)json_object_set_new(reason, "items",
					  json_integer(t->items));
		(void)json_object_set_new(reason, "newest",
					  item_json(w, t->first));
		(void)json_array_append_new(reasons, reason);
	}
}

static void
put_verdict(const struct tie_work *w, json_t *person)
{
	const struct sl_explain_tally *best = sl_explain_deciding(&w->tallies);
	json_t *verdict;

	if (best == NULL)
		return;
	verdict = json_object();
	sl_explain_put_decision(verdict, &best->decision);
	(void)json_object_set_new(verdict, "message",
				  item_json(w, best->first));
	/* The rule was changed since: what is stored is judged again first. */
	if (best->decision.contact &&
	    json_is_null(json_object_get(person, "contact")))
		sl_json_put_text(verdict, "due", "next-sync");
	(void)json_object_set_new(person, "verdict", verdict);
}

sl_status
sl_explain_ties_of(const struct sl_explain *x,
		   const struct sl_explain_rules *rules, const char *norm,
		   json_t *person, struct sl_error *err)
{
	struct tie_work w = { .x = x, .rules = rules, .norm = norm };
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, x->arena);
	sl_params_text(&p, x->user_id);
	sl_params_text(&p, norm);
	sl_params_i64(&p, ITEMS_MAX);
	st = sl_pg_query(x->pg, sl_sql_explain_ties, &p, &w.ties, err);
	for (size_t i = 0;
	     st == SL_OK && sl_rows_count(w.ties) > 0 && i < rules->count; i++)
		st = judge_account(&w, &rules->list[i], err);
	if (st == SL_OK && sl_rows_count(w.ties) > 0) {
		put_ties(&w, person);
		put_verdict(&w, person);
	}
	sl_rows_free(&w.ties);
	return st;
}

sl_status
sl_explain_linked(const struct sl_explain *x, const char **norm,
		  struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, x->arena);
	sl_params_text(&p, x->user_id);
	sl_params_text(&p, *norm);
	st = sl_pg_query(x->pg, sl_sql_explain_linked, &p, &rows, err);
	if (st == SL_OK && sl_rows_count(rows) > 0)
		*norm = sl_row_copy(x->arena, rows, 0, "profile");
	return st;
}
