/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections and invitations.
 */
#include <string.h>

#include "core/base/civil.h"
#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/linkedin/mapping.h"
#include "connectors/linkedin/profile.h"
#include "connectors/linkedin/when.h"

#define DAY_US    (INT64_C(86400) * SL_US_PER_S)
#define MINUTE_US (INT64_C(60) * SL_US_PER_S)

/* --- connections ---------------------------------------------------------- */

struct connection {
	const char *slug, *first, *last, *on; /* or NULL             */
	const char *day;                      /* "2024-03-12"; NULL  */
	int64_t us;                           /* its midnight, UTC   */
};

static struct connection
read_connection(const struct sl_linkedin_row *row)
{
	struct sl_arena *arena = row->page->arena;
	struct sl_linkedin_when when;
	struct connection c = {
		.slug = sl_linkedin_slug(arena,
					 sl_linkedin_cell(row, SL_LI_URL)),
		.first = sl_linkedin_cell(row, SL_LI_FIRST_NAME),
		.last = sl_linkedin_cell(row, SL_LI_LAST_NAME),
		.on = sl_linkedin_cell(row, SL_LI_CONNECTED_ON),
		.us = SL_NO_TIME,
	};

	if (sl_linkedin_when(arena, c.on, &when)) {
		c.day = sl_linkedin_day(arena, when.us);
		(void)sl_rfc3339_date_us(c.day, &c.us);
	}
	return c;
}

static const char *
or_empty(const char *text)
{
	return text != NULL ? text : "";
}

/** Of name and day, as rows without an address have nothing else. */
static const char *
weak_id(struct sl_arena *arena, const struct connection *c)
{
	const char *fields[] = { or_empty(c->first), or_empty(c->last),
				 or_empty(c->day), NULL };
	char key[SL_FIELDS_KEY];

	if ((c->first == NULL && c->last == NULL) || c->day == NULL)
		return NULL;
	sl_fields_key(fields, key);
	return sl_arena_printf(arena, "cw:%s", key);
}

static void
put_addresses(const struct sl_linkedin_row *row, json_t *metadata)
{
	const char *const *address =
		sl_linkedin_entries(row, SL_LI_EMAIL_ADDRESS, ",; \n");
	json_t *list;

	if (*address == NULL)
		return;
	list = json_array();
	for (; *address != NULL; address++)
		(void)json_array_append_new(list, json_string(*address));
	(void)json_object_set_new(metadata, "emails", list);
}

static void
put_connection(const struct sl_linkedin_row *row, const struct connection *c,
	       const char *id, const char *weak)
{
	struct sl_arena *arena = row->page->arena;
	struct sl_artifact *artifact =
		sl_linkedin_artifact(row, SL_LINKEDIN_CONNECTION, id);
	const char *name = sl_linkedin_full_name(arena, c->first, c->last);
	json_t *metadata = artifact->metadata;

	artifact->weak_id = weak;
	artifact->title = name;
	sl_json_put_text(metadata, "first_name", c->first);
	sl_json_put_text(metadata, "last_name", c->last);
	sl_json_put_text(metadata, "company",
			 sl_linkedin_cell(row, SL_LI_COMPANY));
	sl_json_put_text(metadata, "position",
			 sl_linkedin_cell(row, SL_LI_POSITION));
	put_addresses(row, metadata);
	if (c->day != NULL) {
		artifact->all_day = true;
		artifact->occurred_us = c->us;
		artifact->ends_us = c->us + DAY_US;
		artifact->start_date = c->day;
		artifact->end_date = sl_linkedin_day(arena, artifact->ends_us);
	} else if (c->on != NULL) {
		sl_json_put_text(metadata, "connected_on_raw", c->on);
		sl_linkedin_note(artifact, "date-malformed");
	}
	(void)sl_linkedin_person(
		row->page, artifact,
		c->slug != NULL ? sl_linkedin_profile(arena, c->slug) : NULL,
		name, "connection");
}

void
sl_linkedin_map_connection(const struct sl_linkedin_row *row)
{
	struct connection c = read_connection(row);
	const char *weak = weak_id(row->page->arena, &c);

	if (c.slug != NULL)
		put_connection(
			row, &c,
			sl_arena_printf(row->page->arena, "c:%s", c.slug),
			weak);
	else if (weak != NULL)
		put_connection(row, &c, weak, weak);
	else if (c.day != NULL && sl_linkedin_cell(row, SL_LI_URL) == NULL)
		sl_linkedin_filter(row, "hidden-member");
	else
		sl_linkedin_reject(row, "a connection without profile, or "
					"name and date");
}

/* --- invitations ---------------------------------------------------------- */

/** One of both sides, as its row has it. */
struct side {
	enum sl_linkedin_column url, name;
	const char *role;
};

static const struct side inviter = { SL_LI_INVITER_URL, SL_LI_FROM, "inviter" };
static const struct side invitee = { SL_LI_INVITEE_URL, SL_LI_TO, "invitee" };

/** What stands for a person in an id: the slug; the name's hash. */
static const char *
side_key(const struct sl_linkedin_row *row, const struct side *side)
{
	struct sl_arena *arena = row->page->arena;
	const char *slug =
		sl_linkedin_slug(arena, sl_linkedin_cell(row, side->url));
	const char *fields[] = { sl_linkedin_cell(row, side->name), NULL };
	char key[SL_FIELDS_KEY];

	if (slug != NULL || fields[0] == NULL)
		return slug;
	sl_fields_key(fields, key);
	return sl_arena_printf(arena, "~%s", key);
}

static void
put_side(const struct sl_linkedin_row *row, struct sl_artifact *artifact,
	 const struct side *side, bool self)
{
	const char *url = sl_linkedin_cell(row, side->url);
	const char *name = sl_linkedin_cell(row, side->name);
	struct sl_participant *who;

	if (url == NULL && name == NULL)
		return;
	who = sl_linkedin_person(row->page, artifact, url, name, side->role);
	who->self = self;
	if (self && !who->not_person)
		sl_linkedin_own(row->page, who->value, name);
}

static void
put_invitation(const struct sl_linkedin_row *row, bool sent,
	       const char *counterpart, const struct sl_linkedin_when *when)
{
	struct sl_arena *arena = row->page->arena;
	int64_t us = when->us - sl_mod_down(when->us, MINUTE_US);
	char at[SL_RFC3339_TEXT];
	struct sl_artifact *artifact;

	sl_rfc3339_format(us, at);
	artifact = sl_linkedin_artifact(row, SL_LINKEDIN_INVITATION,
					sl_arena_printf(arena, "i:%s:%s:%.16s",
							sent ? "out" : "in",
							counterpart, at));
	artifact->keep_labels = true;
	artifact->occurred_us = us;
	artifact->reach_us = us;
	artifact->content = sl_linkedin_cell(row, SL_LI_MESSAGE_TEXT);
	sl_json_put_text(artifact->metadata, "direction",
			 sent ? "outgoing" : "incoming");
	if (!when->zone)
		(void)json_object_set_new(artifact->metadata, "zone_unknown",
					  json_true());
	put_side(row, artifact, &inviter, sent);
	put_side(row, artifact, &invitee, !sent);
}

void
sl_linkedin_map_invitation(const struct sl_linkedin_row *row)
{
	const char *direction = sl_linkedin_cell(row, SL_LI_DIRECTION);
	bool sent = sl_ascii_iequal(direction, "OUTGOING");
	const char *counterpart = side_key(row, sent ? &invitee : &inviter);
	struct sl_linkedin_when when;

	if (!sent && !sl_ascii_iequal(direction, "INCOMING"))
		sl_linkedin_reject(row, "Direction: neither OUTGOING nor "
					"INCOMING");
	else if (counterpart == NULL)
		sl_linkedin_reject(row, "an invitation of nobody");
	else if (!sl_linkedin_when(row->page->arena,
				   sl_linkedin_cell(row, SL_LI_SENT_AT), &when))
		sl_linkedin_reject(row, "Sent At: not a time");
	else
		put_invitation(row, sent, counterpart, &when);
}
