/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What LinkedIn says of people beside any event: the uploaded address book,
 * the member's own addresses, profile and positions.
 *
 * Of the profile only what is professional is taken: no birth date, no postal
 * address, no messengers.
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/linkedin/mapping.h"
#include "connectors/linkedin/profile.h"
#include "connectors/linkedin/when.h"

/** Between several values of one cell; which LinkedIn takes nobody told. */
#define SEPARATORS ",;|\r\n"

static bool
is_address(const char *text)
{
	const char *at = strchr(text, '@');

	return at != NULL && at != text && at[1] != '\0';
}

/* --- address book --------------------------------------------------------- */

static const char *const *
addresses_of(const struct sl_linkedin_row *row)
{
	const char *const *sent =
		sl_linkedin_entries(row, SL_LI_EMAILS, SEPARATORS " \t");
	const char **list;
	size_t count = 0;

	while (sent[count] != NULL)
		count++;
	list = SL_NEW_ARRAY(row->page->arena, count + 1, const char *);
	count = 0;
	for (; *sent != NULL; sent++)
		if (is_address(*sent))
			list[count++] = *sent;
	return list;
}

static const char *const *
profiles_of(const struct sl_linkedin_row *row)
{
	const char *const *sent =
		sl_linkedin_entries(row, SL_LI_PROFILES, SEPARATORS " \t");
	struct sl_arena *arena = row->page->arena;
	const char **list;
	size_t count = 0;

	while (sent[count] != NULL)
		count++;
	list = SL_NEW_ARRAY(arena, count + 1, const char *);
	count = 0;
	for (; *sent != NULL; sent++) {
		const char *slug = sl_linkedin_slug(arena, *sent);

		if (slug != NULL)
			list[count++] = sl_linkedin_profile(arena, slug);
	}
	return list;
}

/** Of the first thing by which the person can be known. */
static const char *
person_id(struct sl_arena *arena, const char *identity)
{
	const char *fields[] = { sl_ascii_lower(arena, identity), NULL };
	char key[SL_FIELDS_KEY];

	sl_fields_key(fields, key);
	return sl_arena_printf(arena, "book:%s", key);
}

void
sl_linkedin_map_contact(const struct sl_linkedin_row *row)
{
	struct sl_arena *arena = row->page->arena;
	const char *const *addresses = addresses_of(row);
	const char *const *handles = profiles_of(row);
	const char *name = sl_linkedin_cell(row, SL_LI_FULL_NAME);
	struct sl_person *person;

	if (*addresses == NULL && *handles == NULL) {
		sl_linkedin_filter(row, "contact-without-address");
		return;
	}
	person = sl_page_person(row->page);
	person->source_id =
		person_id(arena, *addresses != NULL ? *addresses : *handles);
	person->version = sl_linkedin_listed(row);
	person->addresses = addresses;
	person->handles = handles;
	person->given_name = sl_linkedin_cell(row, SL_LI_FIRST_NAME);
	person->family_name = sl_linkedin_cell(row, SL_LI_LAST_NAME);
	person->name =
		name != NULL ? name
			     : sl_linkedin_full_name(arena, person->given_name,
						     person->family_name);
	person->company = sl_linkedin_cell(row, SL_LI_COMPANIES);
	person->title = sl_linkedin_cell(row, SL_LI_TITLE);
}

/* --- own addresses -------------------------------------------------------- */

void
sl_linkedin_map_email(const struct sl_linkedin_row *row)
{
	const char *address = sl_linkedin_cell(row, SL_LI_EMAIL_ADDRESS);
	const char *confirmed = sl_linkedin_cell(row, SL_LI_CONFIRMED);

	if (address == NULL || !is_address(address))
		sl_linkedin_reject(row, "Email Address: none");
	else if (!sl_ascii_iequal(confirmed, "Yes") &&
		 !sl_ascii_iequal(confirmed, "true"))
		sl_linkedin_filter(row, "unconfirmed");
	else
		sl_page_own_address(row->page)->address = address;
}

/* --- own profile ---------------------------------------------------------- */

/** "[PERSONAL:https://x.example,BLOG:https://y.example]" without brackets. */
static void
put_list(const struct sl_linkedin_row *row, enum sl_linkedin_column column,
	 json_t *context, const char *key)
{
	const char *const *one = sl_linkedin_entries(row, column, "[],");
	json_t *list;

	if (*one == NULL)
		return;
	list = json_array();
	for (; *one != NULL; one++)
		(void)json_array_append_new(list, json_string(*one));
	(void)json_object_set_new(context, key, list);
}

void
sl_linkedin_map_profile(const struct sl_linkedin_row *row)
{
	static const struct {
		enum sl_linkedin_column column;
		const char *key;
	} texts[] = {
		{ SL_LI_HEADLINE, "headline" },
		{ SL_LI_SUMMARY, "summary" },
		{ SL_LI_INDUSTRY, "industry" },
		{ SL_LI_GEO_LOCATION, "location" },
	};

	const char *given = sl_linkedin_cell(row, SL_LI_FIRST_NAME);
	const char *family = sl_linkedin_cell(row, SL_LI_LAST_NAME);
	struct sl_person *self;

	if (given == NULL && family == NULL) {
		sl_linkedin_reject(row, "a profile without a name");
		return;
	}
	self = sl_page_person(row->page);
	self->source_id = "profile";
	self->version = sl_linkedin_listed(row);
	self->self = true;
	self->given_name = given;
	self->family_name = family;
	self->name = sl_linkedin_full_name(row->page->arena, given, family);
	self->part = "profile";
	self->context = json_object();
	for (size_t i = 0; i < SL_ARRAY_LEN(texts); i++)
		sl_json_put_text(self->context, texts[i].key,
				 sl_linkedin_cell(row, texts[i].column));
	put_list(row, SL_LI_WEBSITES, self->context, "websites");
	put_list(row, SL_LI_TWITTER_HANDLES, self->context, "twitter");
}

/* --- own positions -------------------------------------------------------- */

/** A month as "2024-01"; what is none stays as it is written. */
static void
put_month(const struct sl_linkedin_row *row, enum sl_linkedin_column column,
	  json_t *position, const char *key)
{
	const char *text = sl_linkedin_cell(row, column);
	const char *month = sl_linkedin_month(row->page->arena, text);

	sl_json_put_text(position, key, month != NULL ? month : text);
}

/** The later it began, the further ahead; else by all that it says, as the
 *  order of rows differs from call to call. */
static int
compare(struct sl_arena *arena, const json_t *one, const json_t *other)
{
	const char *began = sl_json_text(one, "started_on");
	const char *other_began = sl_json_text(other, "started_on");
	int order = strcmp(other_began != NULL ? other_began : "",
			   began != NULL ? began : "");

	if (order != 0)
		return order;
	return strcmp(sl_json_canonical(arena, one),
		      sl_json_canonical(arena, other));
}

/** In its place, unless it is there or there are too many. */
static void
insert(struct sl_arena *arena, json_t *positions, json_t *position)
{
	size_t at = 0;

	while (at < json_array_size(positions)) {
		int order =
			compare(arena, position, json_array_get(positions, at));

		if (order == 0)
			return;
		if (order < 0)
			break;
		at++;
	}
	if (json_array_size(positions) < SL_LINKEDIN_POSITIONS_MAX)
		(void)json_array_insert(positions, at, position);
}

bool
sl_linkedin_map_position(const struct sl_linkedin_row *row, json_t *positions)
{
	const char *company = sl_linkedin_cell(row, SL_LI_COMPANY_NAME);
	const char *title = sl_linkedin_cell(row, SL_LI_TITLE);
	const char *text = sl_linkedin_cell(row, SL_LI_DESCRIPTION);
	json_t *position;

	if (company == NULL && title == NULL) {
		sl_linkedin_reject(row, "a position without company and title");
		return false;
	}
	position = json_object();
	sl_json_put_text(position, "company", company);
	sl_json_put_text(position, "title", title);
	if (text != NULL)
		text = sl_arena_strndup(
			row->page->arena, text,
			sl_utf8_cut(text, strlen(text),
				    SL_LINKEDIN_DESCRIPTION_MAX));
	sl_json_put_text(position, "description", text);
	sl_json_put_text(position, "location",
			 sl_linkedin_cell(row, SL_LI_LOCATION));
	put_month(row, SL_LI_STARTED_ON, position, "started_on");
	put_month(row, SL_LI_FINISHED_ON, position, "finished_on");
	insert(row->page->arena, positions, position);
	json_decref(position);
	return true;
}

/** The one held now that began last; NULL: none. */
static const json_t *
current(const json_t *positions)
{
	const json_t *one;
	size_t i;

	json_array_foreach (positions, i, one) {
		if (json_object_get(one, "finished_on") == NULL)
			return one;
	}
	return NULL;
}

void
sl_linkedin_put_positions(struct sl_page *page,
			  const struct sl_linkedin_listing *listing,
			  const json_t *positions)
{
	const json_t *now = current(positions);
	struct sl_person *self = sl_page_person(page);

	self->source_id = "positions";
	self->version = sl_linkedin_version(listing->as_of_us / 1000,
					    SL_LINKEDIN_LISTED);
	self->self = true;
	self->company =
		sl_arena_strdup(page->arena, sl_json_text(now, "company"));
	self->title = sl_arena_strdup(page->arena, sl_json_text(now, "title"));
	self->part = "positions";
	self->context = json_deep_copy(positions);
}
