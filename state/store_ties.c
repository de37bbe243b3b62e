/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contacts of a network: made of profiles, told by connections.
 *
 * What a connection says of a person (name, company, position, e-mail
 * addresses) is read from the newest live one that is stored, whenever the page
 * names the person as a connection or makes a contact of it. So it does not
 * matter whether a message or the connection came first, nor in which order
 * older and newer connections came.
 *
 * One thing does: an address that another contact has. A profile that is
 * nobody's joins that contact; but where a message has made it a contact of its
 * own before the connection told the address, both stay, and a suggestion says
 * that they may be one: contacts that are there are never merged.
 */
#include <string.h>

#include "core/json/json.h"
#include "core/people/address.h"

#include "sql.h"
#include "state/judge_private.h"

/** Addresses of one connection that are looked at. */
#define ADDRESSES_MAX 16

struct told {
	const struct sl_judged *who;
	int64_t nth; /* of those that are made, 1-based; 0 = is one already */
	const char *artifact_id;
	const char *given, *family, *company, *position;
	const char *shown[ADDRESSES_MAX], *norms[ADDRESSES_MAX];
	size_t address_count;
};

struct ties {
	const struct sl_judgement *j;
	struct sl_page_work *w;
	struct sl_rows *facts; /* texts of `told` are its own */
	struct told *told;
	size_t count;
	int64_t made; /* that many have a reason */
};

static bool
is_asked(const struct sl_judged *who)
{
	return who->reason != NULL || (who->is_contact && who->is_connection);
}

static void
add_address(struct sl_arena *arena, struct told *t, const char *address)
{
	const char *norm = sl_address_normalise(arena, address);

	if (norm == NULL || t->address_count == ADDRESSES_MAX)
		return;
	for (size_t i = 0; i < t->address_count; i++)
		if (strcmp(t->norms[i], norm) == 0)
			return;
	t->norms[t->address_count] = norm;
	t->shown[t->address_count++] =
		sl_address_shown(sl_arena_strdup(arena, address), norm);
}

static void
read_addresses(struct sl_arena *arena, struct told *t, const char *text)
{
	json_auto_t *list = NULL;
	const json_t *item;
	struct sl_error err;
	size_t i;

	if (text == NULL || sl_json_parse_own(text, &list, &err) != SL_OK)
		return;
	json_array_foreach (list, i, item)
		if (json_is_string(item))
			add_address(arena, t, json_string_value(item));
}

static const char *
not_empty(const char *text)
{
	return text == NULL || *text == '\0' ? NULL : text;
}

static void
read_facts(struct ties *x, struct told *t, size_t row)
{
	const struct sl_rows *r = x->facts;

	t->artifact_id = sl_row_text(r, row, "artifact_id");
	t->given = not_empty(sl_row_text(r, row, "given_name"));
	t->family = not_empty(sl_row_text(r, row, "family_name"));
	t->company = not_empty(sl_row_text(r, row, "company"));
	t->position = not_empty(sl_row_text(r, row, "position"));
	read_addresses(x->w->arena, t, sl_row_text(r, row, "emails"));
}

static sl_status
load(struct ties *x, struct sl_error *err)
{
	struct sl_pg_array *norms = sl_pg_array_new(x->w->arena);
	struct sl_params p;
	sl_status status;

	x->told = SL_NEW_ARRAY(x->w->arena, x->j->count, struct told);
	for (size_t i = 0; i < x->j->count; i++) {
		const struct sl_judged *who = &x->j->persons[i];

		if (!is_asked(who))
			continue;
		x->told[x->count++] = (struct told){
			.who = who,
			.nth = who->reason == NULL ? 0 : ++x->made,
		};
		sl_pg_array_text(norms, who->norm);
	}
	if (x->count == 0)
		return SL_OK;
	sl_params_init(&p, x->w->arena);
	sl_params_text(&p, x->w->commit->lease->user_id);
	sl_params_text(&p, sl_pg_array_done(norms));
	status = sl_pg_query(x->w->pg, sl_sql_people_facts, &p, &x->facts, err);
	if (status != SL_OK)
		return status;
	for (size_t i = 0; i < sl_rows_count(x->facts); i++) {
		size_t ord = (size_t)sl_row_i64(x->facts, i, "ord", 0) - 1;

		SL_ASSERT(ord < x->count);
		read_facts(x, &x->told[ord], i);
	}
	return SL_OK;
}

static sl_status
create(struct ties *x, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_pg_array *whose = sl_pg_array_new(x->w->arena);
	struct sl_pg_array *norms = sl_pg_array_new(x->w->arena);
	struct sl_params p;
	sl_status status;

	for (size_t i = 0; i < x->count; i++) {
		const struct told *t = &x->told[i];

		for (size_t n = 0; t->nth > 0 && n < t->address_count; n++) {
			sl_pg_array_i64(whose, t->nth);
			sl_pg_array_text(norms, t->norms[n]);
		}
	}
	sl_params_made(&p, x->j);
	sl_params_text(&p, sl_pg_array_done(whose));
	sl_params_text(&p, sl_pg_array_done(norms));
	status =
		sl_pg_query(x->w->pg, sl_sql_people_tie_create, &p, &rows, err);
	if (status == SL_OK)
		x->w->counts.contacts_created +=
			sl_row_i64(rows, 0, "created", 0);
	return status;
}

static const char *
whole_name(struct sl_arena *arena, const struct told *t)
{
	if (t->given == NULL)
		return t->family;
	return t->family == NULL
		       ? t->given
		       : sl_arena_printf(arena, "%s %s", t->given, t->family);
}

static sl_status
tell(struct ties *x, struct sl_error *err)
{
	struct sl_pg_array *a[6];
	struct sl_params p;
	bool any = false;

	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		a[i] = sl_pg_array_new(x->w->arena);
	for (size_t i = 0; i < x->count; i++) {
		const struct told *t = &x->told[i];

		if (t->artifact_id == NULL)
			continue;
		sl_pg_array_text(a[0], t->who->norm);
		sl_pg_array_text(a[1], t->given);
		sl_pg_array_text(a[2], t->family);
		sl_pg_array_text(a[3], whole_name(x->w->arena, t));
		sl_pg_array_text(a[4], t->company);
		sl_pg_array_text(a[5], t->position);
		any = true;
	}
	if (!any)
		return SL_OK;
	sl_params_lease(&p, x->w->arena, x->w->commit->lease);
	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		sl_params_text(&p, sl_pg_array_done(a[i]));
	return sl_pg_query(x->w->pg, sl_sql_people_tell, &p, NULL, err);
}

static sl_status
attach(struct ties *x, struct sl_pg_array *made, bool *any,
       struct sl_error *err)
{
	struct sl_gain *gains;
	size_t count = 0;

	for (size_t i = 0; i < x->count; i++)
		count += x->told[i].address_count;
	gains = SL_NEW_ARRAY(x->w->arena, count, struct sl_gain);
	count = 0;
	for (size_t i = 0; i < x->count; i++) {
		const struct told *t = &x->told[i];

		for (size_t n = 0; n < t->address_count; n++)
			gains[count++] = (struct sl_gain){
				.handle = t->who->norm,
				.shown = t->shown[n],
				.norm = t->norms[n],
				.artifact_id = t->artifact_id,
			};
	}
	return sl_cards_addresses(x->w, gains, count, made, any, err);
}

sl_status
sl_ties_write(const struct sl_judgement *j, struct sl_page_work *w,
	      struct sl_pg_array *made, bool *any, struct sl_error *err)
{
	struct ties x = { .j = j, .w = w };
	sl_status status = load(&x, err);

	*any = false;
	if (status == SL_OK && x.made > 0)
		status = create(&x, err);
	if (status == SL_OK && x.count > 0)
		status = tell(&x, err);
	if (status == SL_OK && x.count > 0)
		status = attach(&x, made, any, err);
	sl_rows_free(&x.facts);
	return status;
}
