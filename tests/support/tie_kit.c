/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/tie_kit.h"

#include "core/people/handle.h"

struct sl_kit ties;
static struct sl_connector tie_network; /* the kit's, by another name */
struct sl_stream_row *tie_box;
struct sl_people_options tie_rule;

void
tie_page(void)
{
	kit_page(&ties, tie_box);
	ties.commit.people = tie_rule;
}

void
tie_own(const char *handle)
{
	tie_page();
	sl_page_own_handle(&ties.page)->handle = handle;
	kit_commit(&ties);
}

int
tie_setup(void **state)
{
	(void)state;
	tie_network = kit_connector;
	tie_network.name = "linkedin";
	kit_init_of(&ties, &tie_network);
	sl_test_db_exec(ties.db, "CALL sluice.add_artifact_type('linkedin_%s')",
			"message");
	sl_test_db_exec(ties.db, "CALL sluice.add_artifact_type('linkedin_%s')",
			"connection");
	sl_test_db_exec(ties.db, "CALL sluice.add_artifact_type('linkedin_%s')",
			"invitation");
	kit_claim(&ties);
	tie_box = kit_open(&ties, "box");
	tie_rule = (struct sl_people_options){ .rule = SL_PEOPLE_CONNECTED,
					       .max_participants = 25 };
	tie_own(ME);
	return 0;
}

int
tie_teardown(void **state)
{
	(void)state;
	kit_release(&ties);
	return 0;
}

/* Contacts that have the handle, of which something holds. */
int64_t
tie_contact(const char *norm, const char *where)
{
	return sl_test_db_i64(
		ties.db,
		"SELECT count(*) AS v FROM public.contacts c JOIN "
		"public.contact_handles h ON h.contact_id = c.id WHERE "
		"h.value_norm = '%s' AND c.user_id = '%s' AND (%s)",
		norm, ties.user, where);
}

int64_t
tie_contacts(void)
{
	return kit_count(&ties, "public.contacts", "NOT is_self_contact");
}

struct sl_participant *
tie_person(struct sl_artifact *a, const char *handle, const char *role,
	   const char *name)
{
	struct sl_participant *p = sl_artifact_participant(&ties.page, a);

	p->kind = SL_IDENTITY_HANDLE;
	p->value = sl_arena_strdup(ties.arena, handle);
	p->role = role;
	p->name = name;
	p->normalised = sl_handle_normalise(ties.arena, handle);
	return p;
}

struct sl_artifact *
tie_thing(const char *type, const char *id)
{
	struct sl_artifact *a =
		kit_event(&ties, id, 1, id, KIT_NOW - 2 * KIT_DAY);

	a->type = type;
	a->ends_us = a->reach_us = SL_NO_TIME;
	return a;
}

struct sl_artifact *
tie_message(const char *id, const char *from, const char *to)
{
	struct sl_artifact *a = tie_thing("linkedin_message", id);

	a->by_moment = true;
	a->thread = a->source_id;
	(void)tie_person(a, from, "from", NULL);
	if (to != NULL)
		(void)tie_person(a, to, "to", NULL);
	return a;
}

struct sl_artifact *
tie_connection(const char *profile, int64_t version, const char *first,
	       const char *last)
{
	struct sl_artifact *a = tie_thing("linkedin_connection", profile);

	a->source_version = version;
	a->title = sl_arena_printf(ties.arena, "%s %s %lld", first, last,
				   (long long)version);
	(void)tie_person(a, profile, "connection",
			 sl_arena_printf(ties.arena, "%s %s", first, last));
	(void)json_object_set_new(a->metadata, "first_name",
				  json_string(first));
	(void)json_object_set_new(a->metadata, "last_name", json_string(last));
	return a;
}

void
tie_says(struct sl_artifact *a, const char *key, const char *text)
{
	(void)json_object_set_new(a->metadata, key, json_string(text));
	a->title = sl_arena_printf(ties.arena, "%s %s", a->title, text);
}

void
tie_has_email(struct sl_artifact *a, const char *address)
{
	json_t *list = json_object_get(a->metadata, "emails");

	if (list == NULL) {
		list = json_array();
		(void)json_object_set_new(a->metadata, "emails", list);
	}
	(void)json_array_append_new(list, json_string(address));
	a->title = sl_arena_printf(ties.arena, "%s %s", a->title, address);
}

/* Pages of one record. */
void
tie_stored(const char *id, const char *from, const char *to)
{
	tie_page();
	(void)tie_message(id, from, to);
	kit_commit(&ties);
}

void
tie_connected(const char *profile, int64_t version, const char *first,
	      const char *last)
{
	tie_page();
	(void)tie_connection(profile, version, first, last);
	kit_commit(&ties);
}

void
tie_link_handle(const char *handle, const char *profile)
{
	sl_test_db_exec(ties.db,
			"INSERT INTO sluice.handle_links (user_id, handle, "
			"profile) VALUES ('%s', '%s', '%s')",
			ties.user, handle, profile);
}

void
tie_told(const char *id, const char *from, const char *to)
{
	tie_page();
	tie_message(id, from, to)->source_version = 9;
	kit_commit(&ties);
}
