/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a provider says of people beside any artifact: entries of address books,
 * and the user's own profile.
 *
 * An entry adds to the contact that one of its identities knows what that one
 * lacks. Of one that is nobody's nothing is kept but its id in the ledger,
 * unless the rule makes a contact of it: so what it would have added to a
 * contact that is made later is added by the next listing of the address book.
 */
#include <string.h>

#include "core/json/json.h"
#include "core/people/address.h"
#include "core/people/handle.h"
#include "core/people/screen.h"

#include "sql.h"
#include "state/store_page.h"

struct identity {
	const char *kind, *shown, *norm;
};

struct entry {
	const struct sl_person *person;
	struct identity *identities;
	size_t count;
	const char *contact_id; /* NULL: nobody's, or the user's */
	const char *reason; /* of becoming a contact, or of being left out */
	struct entry *twin; /* an earlier one that becomes the same contact */
	bool is_self, is_suppressed;
	bool makes; /* becomes a contact */
	bool written;
};

struct book {
	struct sl_page_work *w;
	struct entry *entries;
	size_t count;
};

static size_t
length(const char *const *list)
{
	size_t count = 0;

	while (list != NULL && list[count] != NULL)
		count++;
	return count;
}

/* Profiles first: they are one person's, addresses may be a family's. */
static void
read_identities(struct sl_arena *arena, struct entry *e)
{
	const struct sl_person *x = e->person;
	size_t handles = length(x->handles), addresses = length(x->addresses);

	e->identities =
		SL_NEW_ARRAY(arena, handles + addresses, struct identity);
	for (size_t i = 0; i < handles; i++) {
		const char *norm = sl_handle_normalise(arena, x->handles[i]);

		if (norm != NULL)
			e->identities[e->count++] =
				(struct identity){ "handle", x->handles[i],
						   norm };
	}
	for (size_t i = 0; i < addresses; i++) {
		const char *norm = sl_address_normalise(arena, x->addresses[i]);

		if (norm != NULL)
			e->identities[e->count++] = (struct identity){
				"email",
				sl_address_shown(x->addresses[i], norm), norm
			};
	}
}

static void
gather(struct book *b)
{
	const struct sl_page *page = b->w->page;

	b->entries =
		SL_NEW_ARRAY(b->w->arena, page->persons.count, struct entry);
	for (const struct sl_person *x = page->persons.first; x; x = x->next) {
		if (x->self)
			continue;
		b->entries[b->count].person = x;
		read_identities(b->w->arena, &b->entries[b->count++]);
	}
}

static sl_status
look_up(struct book *b, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_arena *arena = b->w->arena;
	struct sl_pg_array *a[3];
	struct sl_params p;
	sl_status status;

	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		a[i] = sl_pg_array_new(arena);
	for (size_t i = 0; i < b->count; i++)
		for (size_t n = 0; n < b->entries[i].count; n++) {
			const struct identity *x = &b->entries[i].identities[n];

			sl_pg_array_i64(a[0], (int64_t)i);
			sl_pg_array_text(a[1], x->kind);
			sl_pg_array_text(a[2], x->norm);
		}
	sl_params_init(&p, arena);
	sl_params_text(&p, b->w->commit->lease->user_id);
	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		sl_params_text(&p, sl_pg_array_done(a[i]));
	status = sl_pg_query(b->w->pg, sl_sql_people_known, &p, &rows, err);
	for (size_t i = 0; status == SL_OK && i < sl_rows_count(rows); i++) {
		size_t at = (size_t)sl_row_i64(rows, i, "person", 0);
		struct entry *e = &b->entries[at];

		SL_ASSERT(at < b->count);
		e->is_self = e->is_self || sl_row_bool(rows, i, "is_self");
		e->is_suppressed = e->is_suppressed ||
				   sl_row_bool(rows, i, "is_suppressed");
		if (e->contact_id == NULL && !sl_row_bool(rows, i, "is_self"))
			e->contact_id =
				sl_row_copy(arena, rows, i, "contact_id");
	}
	return status;
}

/* Its identities decide; a bare URN is none that makes a contact. */
static struct sl_person_evidence
evidence_of(const struct book *b, const struct entry *e)
{
	const char *block = b->w->commit->people.block;
	struct sl_person_evidence who = { .is_own = e->is_self,
					  .is_contact = e->contact_id != NULL,
					  .is_suppressed = e->is_suppressed };

	for (size_t i = 0; i < e->count; i++) {
		const struct identity *x = &e->identities[i];
		bool email = strcmp(x->kind, "email") == 0;

		who.is_person =
			who.is_person || email || sl_handle_is_profile(x->norm);
		who.is_machine = who.is_machine ||
				 (email && sl_address_is_machine(x->norm));
		who.is_blocked =
			who.is_blocked ||
			(email ? sl_people_is_blocked(block, x->norm)
			       : sl_people_is_blocked_handle(block, x->norm));
	}
	return who;
}

static bool
share_identity(const struct entry *a, const struct entry *b)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t n = 0; n < b->count; n++)
			if (strcmp(a->identities[i].norm,
				   b->identities[n].norm) == 0)
				return true;
	return false;
}

static void
decide(struct book *b)
{
	for (size_t i = 0; i < b->count; i++) {
		struct entry *e = &b->entries[i];
		const struct sl_person_evidence who = evidence_of(b, e);
		struct sl_people_decision d;

		if (e->contact_id != NULL)
			continue;
		d = sl_people_decide_entry(&b->w->commit->people, &who);
		e->reason = d.reason;
		e->makes = d.contact;
		for (size_t n = 0; e->makes && n < i; n++) {
			struct entry *other = &b->entries[n];

			if (other->makes && other->twin == NULL &&
			    share_identity(e, other)) {
				e->twin = other;
				break;
			}
		}
	}
}

static const char *
name_of(const struct sl_person *x)
{
	return sl_people_is_name(x->name) ? x->name : NULL;
}

static sl_status
create(struct book *b, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_page_work *w = b->w;
	struct sl_pg_array *reasons = sl_pg_array_new(w->arena);
	struct sl_pg_array *names = sl_pg_array_new(w->arena);
	struct sl_params p;
	size_t made = 0, at = 0;
	sl_status status;

	for (size_t i = 0; i < b->count; i++) {
		const struct entry *e = &b->entries[i];

		if (!e->makes || e->twin != NULL)
			continue;
		sl_pg_array_text(reasons, e->reason);
		sl_pg_array_text(names, name_of(e->person));
		made++;
	}
	if (made == 0)
		return SL_OK;
	sl_params_lease(&p, w->arena, w->commit->lease);
	sl_params_text(&p, sl_people_rule_name(w->commit->people.rule));
	sl_params_text(&p, sl_pg_array_done(reasons));
	sl_params_text(&p, sl_pg_array_done(names));
	status = sl_pg_query(w->pg, sl_sql_people_entries, &p, &rows, err);
	if (status != SL_OK)
		return status;
	SL_ASSERT(sl_rows_count(rows) == made);
	for (size_t i = 0; i < b->count; i++) {
		struct entry *e = &b->entries[i];

		if (e->makes && e->twin == NULL)
			e->contact_id =
				sl_row_copy(w->arena, rows, at++, "contact_id");
		else if (e->makes)
			e->contact_id = e->twin->contact_id;
	}
	w->counts.contacts_created += (int64_t)made;
	w->counts.created += (int64_t)made;
	return SL_OK;
}

static sl_status
fill(struct book *b, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_arena *arena = b->w->arena;
	struct sl_pg_array *a[6];
	struct sl_params p;
	sl_status status;

	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		a[i] = sl_pg_array_new(arena);
	for (size_t i = 0; i < b->count; i++) {
		const struct sl_person *x = b->entries[i].person;

		if (b->entries[i].contact_id == NULL)
			continue;
		sl_pg_array_text(a[0], b->entries[i].contact_id);
		sl_pg_array_text(a[1], name_of(x));
		sl_pg_array_text(a[2], x->given_name);
		sl_pg_array_text(a[3], x->family_name);
		sl_pg_array_text(a[4], x->company);
		sl_pg_array_text(a[5], x->title);
	}
	sl_params_init(&p, arena);
	sl_params_text(&p, b->w->commit->lease->user_id);
	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		sl_params_text(&p, sl_pg_array_done(a[i]));
	status = sl_pg_query(b->w->pg, sl_sql_people_fill, &p, &rows, err);
	for (size_t i = 0; status == SL_OK && i < sl_rows_count(rows); i++) {
		const char *id = sl_row_text(rows, i, "contact_id");

		for (size_t n = 0; n < b->count; n++)
			if (b->entries[n].contact_id != NULL &&
			    strcmp(b->entries[n].contact_id, id) == 0)
				b->entries[n].written = true;
	}
	return status;
}

static sl_status
attach(struct book *b, const char *kind, struct sl_error *err)
{
	struct sl_page_work *w = b->w;
	struct sl_pg_array *made = sl_pg_array_new(w->arena);
	struct sl_gain *gains;
	size_t count = 0;
	bool any = false;

	for (size_t i = 0; i < b->count; i++)
		count += b->entries[i].count;
	gains = SL_NEW_ARRAY(w->arena, count, struct sl_gain);
	count = 0;
	for (size_t i = 0; i < b->count; i++) {
		const struct entry *e = &b->entries[i];

		for (size_t n = 0; e->contact_id != NULL && n < e->count; n++)
			if (strcmp(e->identities[n].kind, kind) == 0)
				gains[count++] = (struct sl_gain){
					.contact_id = e->contact_id,
					.shown = e->identities[n].shown,
					.norm = e->identities[n].norm,
				};
	}
	if (strcmp(kind, "handle") == 0)
		return sl_cards_handles(w, gains, count, err);
	return sl_cards_addresses(w, gains, count, made, &any, err);
}

/* Known ones leave the ledger, the others come into it. */
static sl_status
book_ledger(struct book *b, struct sl_error *err)
{
	struct sl_page_work *w = b->w;
	struct sl_page *page = SL_NEW(w->arena, struct sl_page);
	struct sl_pg_array *ids = sl_pg_array_new(w->arena);
	struct sl_params p;

	*page = *w->page;
	for (size_t i = 0; i < b->count; i++) {
		const struct entry *e = &b->entries[i];
		struct sl_filtered *f;

		if (e->contact_id != NULL) {
			sl_pg_array_text(ids, e->person->source_id);
			w->counts.updated += !e->makes && e->written;
			w->counts.unchanged +=
				e->twin != NULL || (!e->written && !e->makes);
			continue;
		}
		f = SL_NEW(w->arena, struct sl_filtered);
		*f = (struct sl_filtered){ .next = page->filtered.first,
					   .source_id = e->person->source_id,
					   .reason = e->reason };
		page->filtered.first = f;
		page->filtered.count++;
	}
	w->page = page;
	sl_params_items(&p, w);
	sl_params_text(&p, sl_pg_array_done(ids));
	return sl_pg_query(w->pg, sl_sql_items_known, &p, NULL, err);
}

static sl_status
put_entries(struct sl_page_work *w, struct sl_error *err)
{
	struct book b = { .w = w };
	sl_status status;

	gather(&b);
	if (b.count == 0)
		return SL_OK;
	status = look_up(&b, err);
	if (status != SL_OK)
		return status;
	decide(&b);
	status = create(&b, err);
	if (status == SL_OK)
		status = fill(&b, err);
	if (status == SL_OK)
		status = attach(&b, "handle", err);
	if (status == SL_OK)
		status = attach(&b, "email", err);
	return status == SL_OK ? book_ledger(&b, err) : status;
}

/* The self contact is there: sl_page_put_own saw to it. */
static sl_status
put_self(struct sl_page_work *w, const struct sl_person *x,
	 struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;
	bool part = x->part != NULL && x->context != NULL;

	sl_params_lease(&p, w->arena, w->commit->lease);
	sl_params_text(&p, x->name);
	sl_params_text(&p, x->given_name);
	sl_params_text(&p, x->family_name);
	sl_params_text(&p, x->company);
	sl_params_text(&p, x->title);
	sl_params_text(&p, part ? x->part : NULL);
	sl_params_text(&p,
		       part ? sl_json_canonical(w->arena, x->context) : NULL);
	sl_params_i64(&p, x->version);
	status = sl_pg_query(w->pg, sl_sql_people_self_told, &p, &rows, err);
	if (status != SL_OK)
		return status;
	if (sl_rows_count(rows) > 0 && sl_row_bool(rows, 0, "changed"))
		w->counts.updated++;
	else
		w->counts.unchanged++;
	return SL_OK;
}

sl_status
sl_page_put_persons(struct sl_page_work *w, struct sl_error *err)
{
	sl_status status;

	if (w->page->persons.first == NULL)
		return SL_OK;
	status = sl_people_lock(w, err);
	for (const struct sl_person *x = w->page->persons.first;
	     status == SL_OK && x != NULL; x = x->next)
		if (x->self)
			status = put_self(w, x, err);
	return status == SL_OK ? put_entries(w, err) : status;
}
