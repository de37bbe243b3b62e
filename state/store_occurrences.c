/* SPDX-License-Identifier: Apache-2.0 */
#include "state/store_occurrences.h"

#include "core/base/mem.h"

#include "sql.h"
#include "state/store_page.h"

static const char *const kind_names[] = {
	[SL_EXPANSION_LOCAL] = "local",
	[SL_EXPANSION_PROVIDER] = "provider",
	[SL_EXPANSION_UNEXPANDED] = "unexpanded",
	[SL_EXPANSION_ASKED] = "asked",
	[SL_EXPANSION_DUE] = "due",
};

struct sl_occurrences {
	struct sl_pg *pg;
	const char *user_id;
	struct sl_recur_window window;
	struct sl_arena *arena;
	struct sl_pg_array *ids, *lengths, *all_days, *kinds, *reasons, *cuts;
	struct sl_pg_array *retries, *continues;
	struct sl_pg_array *ords, *starts;
	size_t masters, instances; /* not yet written */
	size_t flushed;
};

static void
begin(struct sl_occurrences *o)
{
	struct sl_pg_array **arrays[] = {
		&o->ids,  &o->lengths, &o->all_days, &o->kinds,   &o->reasons,
		&o->cuts, &o->ords,    &o->starts,   &o->retries, &o->continues
	};

	o->arena = sl_arena_new();
	for (size_t i = 0; i < SL_ARRAY_LEN(arrays); i++)
		*arrays[i] = sl_pg_array_new(o->arena);
	o->masters = o->instances = 0;
}

struct sl_occurrences *
sl_occurrences_new(struct sl_pg *pg, const char *user_id,
		   struct sl_recur_window window)
{
	struct sl_occurrences *o = sl_alloc(sizeof(*o));

	o->pg = pg;
	o->user_id = user_id;
	o->window = window;
	begin(o);
	return o;
}

void
sl_occurrences_free(struct sl_occurrences **o)
{
	if (*o == NULL)
		return;
	sl_arena_free(&(*o)->arena);
	sl_free(*o);
	*o = NULL;
}

sl_status
sl_occurrences_flush(struct sl_occurrences *o, struct sl_error *err)
{
	struct sl_pg_array *arrays[] = { o->ids,      o->lengths, o->all_days,
					 o->kinds,    o->reasons, o->cuts,
					 o->ords,     o->starts,  o->retries,
					 o->continues };
	struct sl_params p;
	sl_status status;

	if (o->masters == 0)
		return SL_OK;
	sl_params_init(&p, o->arena);
	sl_params_text(&p, o->user_id);
	sl_params_time(&p, o->window.from_us);
	sl_params_time(&p, o->window.to_us);
	sl_params_text(&p, sl_recur_zones_version());
	for (size_t i = 0; i < SL_ARRAY_LEN(arrays); i++)
		sl_params_text(&p, sl_pg_array_done(arrays[i]));
	status = sl_pg_query(o->pg, sl_sql_series_expanded, &p, NULL, err);
	o->flushed += o->instances;
	sl_arena_free(&o->arena);
	begin(o);
	return status;
}

sl_status
sl_occurrences_master(struct sl_occurrences *o, const struct sl_expanded *m,
		      struct sl_error *err)
{
	if (o->instances >= SL_OCCURRENCES_CHUNK) {
		sl_status status = sl_occurrences_flush(o, err);

		if (status != SL_OK)
			return status;
	}
	o->masters++;
	sl_pg_array_text(o->ids, m->artifact_id);
	sl_pg_array_i64(o->lengths, m->length_us);
	sl_pg_array_bool(o->all_days, m->all_day);
	sl_pg_array_text(o->kinds, kind_names[m->kind]);
	sl_pg_array_text(o->reasons, m->reason);
	sl_pg_array_bool(o->cuts, m->cut);
	sl_pg_array_time(o->retries, m->again_us);
	sl_pg_array_bool(o->continues, m->continues);
	return SL_OK;
}

void
sl_occurrences_instance(struct sl_occurrences *o, int64_t start_us)
{
	sl_pg_array_i64(o->ords, (int64_t)o->masters);
	sl_pg_array_time(o->starts, start_us);
	o->instances++;
}

size_t
sl_occurrences_count(const struct sl_occurrences *o)
{
	return o->flushed + o->instances;
}

static int64_t
length_us(const struct sl_recur_series *s)
{
	if (s->start_us == SL_NO_TIME || s->end_us == SL_NO_TIME ||
	    s->end_us < s->start_us)
		return 0;
	return s->end_us - s->start_us;
}

/*
 * A start that is none of the rule's instances leaves the set undefined: who
 * made the series knows what it means by it.
 */
static const char *
better_asked(const struct sl_recur_set *set)
{
	if (set->verdict == SL_RECUR_ELSEWHERE)
		return set->reason;
	return set->start_is_out ? "start-is-out" : NULL;
}

sl_status
sl_occurrences_expand(struct sl_occurrences *o, const struct sl_master *master,
		      bool may_ask, const char **reason, struct sl_error *err)
{
	const struct sl_recur_series *s = &master->series;
	SL_AUTO_ARENA scratch = sl_arena_new();
	struct sl_recur_set set = { .verdict = SL_RECUR_ELSEWHERE,
				    .reason = "start-missing" };
	struct sl_expanded made = { .artifact_id = master->artifact_id,
				    .length_us = length_us(s),
				    .all_day = s->all_day,
				    .again_us = SL_NO_TIME };
	sl_status status;

	*reason = NULL;
	if (s->start_us != SL_NO_TIME)
		sl_recur_expand(s, o->window, scratch, &set);
	if (may_ask && better_asked(&set) != NULL) {
		*reason = better_asked(&set);
		return SL_OK;
	}
	made.kind = set.verdict == SL_RECUR_ELSEWHERE ? SL_EXPANSION_UNEXPANDED
						      : SL_EXPANSION_LOCAL;
	made.reason = better_asked(&set);
	made.cut = set.verdict == SL_RECUR_CUT;
	status = sl_occurrences_master(o, &made, err);
	for (size_t i = 0; status == SL_OK && i < set.count; i++)
		sl_occurrences_instance(o, set.instances[i].start_us);
	return status;
}
