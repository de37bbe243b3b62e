/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rows of LinkedIn's tables mean. A snapshot page and a file of the
 * archive hold the same tables, so that both roads end here, and one item told
 * by both becomes one record.
 *
 * Source: LinkedIn, Member Snapshot Domains, read 2026-11; archives of members,
 * 2019 to 2026
 */
#ifndef SL_CONNECTORS_LINKEDIN_ROWS_H
#define SL_CONNECTORS_LINKEDIN_ROWS_H

#include "core/sync/importer.h"

enum sl_linkedin_table {
	SL_LINKEDIN_CONNECTIONS,
	SL_LINKEDIN_MESSAGES,
	SL_LINKEDIN_INVITATIONS,
	SL_LINKEDIN_CONTACTS, /* the address book that the member uploaded */
	SL_LINKEDIN_EMAILS,
	SL_LINKEDIN_PROFILE,
	SL_LINKEDIN_POSITIONS,
	SL_LINKEDIN_TABLES, /* how many */
};

/** "connections", ...: of streams, and before ids in the ledger. */
extern const char *const sl_linkedin_table_names[SL_LINKEDIN_TABLES];

/** A table as it was at a moment. */
struct sl_linkedin_listing {
	enum sl_linkedin_table table;
	int64_t as_of_us;  /* the walk's start, or when the archive was made */
	json_t *positions; /* array of those of earlier calls, to which those
			    * of this one are added; NULL = there are none  */
};

/** Versions of both roads on one scale, by what tells: a later listing beats
 *  an event, and a replayed event the failed one of the same moment. */
enum sl_linkedin_rank {
	SL_LINKEDIN_FAILED,
	SL_LINKEDIN_EVENT,
	SL_LINKEDIN_REPLAYED,
	SL_LINKEDIN_LISTED,
};

int64_t sl_linkedin_version(int64_t ms, enum sl_linkedin_rank rank);

/** Positions, and bytes of each one's description, that are kept. */
#define SL_LINKEDIN_POSITIONS_MAX   100
#define SL_LINKEDIN_DESCRIPTION_MAX 1000

/** Members of what is asked by ONE row that are looked at. */
#define SL_LINKEDIN_PEOPLE_MAX      500
#define SL_LINKEDIN_ATTACHMENTS_MAX 200

/**
 * Turn rows into records.
 *
 * Each row counts as an item and ends in one list: artifacts, filtered,
 * rejected, own_addresses or persons. All positions of one call are one item,
 * one person. Columns are known by their titles, without case, blanks and
 * underscores, and may be missing; a row without what it needs is rejected.
 * Whose tables these are (own_handles) is told where the rows say so.
 *
 * rows		`cells`: texts by column title, of some columns arrays of
 *		texts; `id` NULL = the ledger's id is made of the row
 */
void sl_linkedin_map_rows(struct sl_page *page,
			  const struct sl_linkedin_listing *listing,
			  const struct sl_import_row *rows, size_t count);

#endif
