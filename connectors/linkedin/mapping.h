/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the files of this folder that turn rows and events into records.
 */
#ifndef SL_CONNECTORS_LINKEDIN_MAPPING_H
#define SL_CONNECTORS_LINKEDIN_MAPPING_H

#include "connectors/linkedin/rows.h"

#define SL_LINKEDIN_MESSAGE    "linkedin_message"
#define SL_LINKEDIN_CONNECTION "linkedin_connection"
#define SL_LINKEDIN_INVITATION "linkedin_invitation"

/** Columns that are looked at, by folded title. */
enum sl_linkedin_column {
	SL_LI_ATTACHMENTS,
	SL_LI_COMPANIES,
	SL_LI_COMPANY,
	SL_LI_COMPANY_NAME,
	SL_LI_CONFIRMED,
	SL_LI_CONNECTED_ON,
	SL_LI_CONTENT,
	SL_LI_CONVERSATION_ID,
	SL_LI_CONVERSATION_TITLE,
	SL_LI_DATE,
	SL_LI_DESCRIPTION,
	SL_LI_DIRECTION,
	SL_LI_EMAIL_ADDRESS,
	SL_LI_EMAILS,
	SL_LI_FINISHED_ON,
	SL_LI_FIRST_NAME,
	SL_LI_FOLDER,
	SL_LI_FROM,
	SL_LI_FULL_NAME,
	SL_LI_GEO_LOCATION,
	SL_LI_HEADLINE,
	SL_LI_INDUSTRY,
	SL_LI_INVITEE_URL,
	SL_LI_INVITER_URL,
	SL_LI_CONVERSATION_DRAFT,
	SL_LI_MESSAGE_DRAFT,
	SL_LI_LAST_NAME,
	SL_LI_LOCATION,
	SL_LI_MESSAGE_TEXT,
	SL_LI_POSITION,
	SL_LI_PRIMARY,
	SL_LI_PROFILES,
	SL_LI_RECIPIENT_URLS,
	SL_LI_SENDER_URL,
	SL_LI_SENT_AT,
	SL_LI_STARTED_ON,
	SL_LI_SUBJECT,
	SL_LI_SUMMARY,
	SL_LI_TITLE,
	SL_LI_TO,
	SL_LI_TWITTER_HANDLES,
	SL_LI_URL,
	SL_LI_WEBSITES,
	SL_LI_COLUMNS, /* how many */
};

/** One row, its cells by column; JSON is borrowed. */
struct sl_linkedin_row {
	struct sl_page *page;
	const struct sl_linkedin_listing *listing;
	const json_t *cells;
	const char *id; /* of the importer; or NULL */
	const json_t *of[SL_LI_COLUMNS];
};

/** Is the column there, filled or not? */
bool sl_linkedin_has(const struct sl_linkedin_row *row,
		     enum sl_linkedin_column column);

/** A cell's text without blanks around it; NULL: empty, or none. */
const char *sl_linkedin_cell(const struct sl_linkedin_row *row,
			     enum sl_linkedin_column column);

/** The entries of a cell: of an array its texts, of a text what lies between
 *  any of `separators`. Without blanks around them, none empty, NULL-ended,
 *  at most SL_LINKEDIN_PEOPLE_MAX. */
const char *const *sl_linkedin_entries(const struct sl_linkedin_row *row,
				       enum sl_linkedin_column column,
				       const char *separators);

/** Copy `len` bytes of a text without blanks around them; NULL: nothing. */
const char *sl_linkedin_trim(struct sl_arena *arena, const char *text,
			     size_t len);

/** Either may be NULL; both: NULL. */
const char *sl_linkedin_full_name(struct sl_arena *arena, const char *first,
				  const char *last);

/** The version of a row. */
int64_t sl_linkedin_listed(const struct sl_linkedin_row *row);

/** An artifact of a row, with type, version, `listed`, metadata. */
struct sl_artifact *sl_linkedin_artifact(const struct sl_linkedin_row *row,
					 const char *type, const char *id);

void sl_linkedin_filter(const struct sl_linkedin_row *row, const char *reason);
void sl_linkedin_reject(const struct sl_linkedin_row *row, const char *reason);

/** What all rejected items have; the raw text is the item. */
void sl_linkedin_reject_item(struct sl_page *page, const char *id,
			     int64_t version, const json_t *item,
			     const char *reason);

/** Append an oddity's code to metadata.notes, once. */
void sl_linkedin_note(struct sl_artifact *artifact, const char *code);

/**
 * A person of an artifact: by profile address where it is one. What has none,
 * and pages of companies, are no persons; their names are kept.
 *
 * url, name	or NULL, not both
 */
struct sl_participant *sl_linkedin_person(struct sl_page *page,
					  struct sl_artifact *artifact,
					  const char *url, const char *name,
					  const char *role);

/** Once a page and profile. */
void sl_linkedin_own(struct sl_page *page, const char *profile,
		     const char *name);

/* One row of a table each. */
void sl_linkedin_map_connection(const struct sl_linkedin_row *row);
void sl_linkedin_map_message(const struct sl_linkedin_row *row);
void sl_linkedin_map_invitation(const struct sl_linkedin_row *row);
void sl_linkedin_map_contact(const struct sl_linkedin_row *row);
void sl_linkedin_map_email(const struct sl_linkedin_row *row);
void sl_linkedin_map_profile(const struct sl_linkedin_row *row);

/** A row becomes an element of `positions`; false: rejected. */
bool sl_linkedin_map_position(const struct sl_linkedin_row *row,
			      json_t *positions);

/** The person whose positions these are. */
void sl_linkedin_put_positions(struct sl_page *page,
			       const struct sl_linkedin_listing *listing,
			       const json_t *positions);

/**
 * Who takes part in every message of a chunk is the member whose messages they
 * are, if it is one alone and at least two others occur, each in another
 * conversation.
 *
 * from		the chunk's first artifact, or NULL
 */
void sl_linkedin_derive_own(struct sl_page *page,
			    const struct sl_artifact *from);

#endif
