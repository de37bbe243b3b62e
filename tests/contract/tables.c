/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of an account, and those of its twin. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/contract/world.h"

#define SQL_MAX 4096

/** What must be equal: all but ids, times of writing, and tries. */
static const struct {
	const char *what;
	const char *sql; /* $user */
} tables[] = {
	{ "artifacts",
	  "SELECT string_agg(t, E'\\n') AS v FROM (SELECT concat(to_jsonb(a) - "
	  "'{id,user_id,integration_id,synced_at,created_at,updated_at,"
	  "deleted_at}'::text[], a.deleted_at IS NULL, (SELECT string_agg("
	  "concat_ws(' ', p.position, p.kind, p.value, p.value_norm, p.name, "
	  "p.role, p.response, p.is_person, p.is_self), '; ' ORDER BY "
	  "p.position) FROM artifact_participants p WHERE p.artifact_id = "
	  "a.id)) AS t FROM artifacts a WHERE a.user_id = $user "
	  "ORDER BY a.stream_key, a.source_id) x" },
	/* the page size ("n") may have been halved, the way may be another:
	 * when ("told", "verified", "snapshots", "connected", "not_before" and
	 * the words for them) and how much of it ("listed", "oldest", "read",
	 * and from when to when it is complete) was told */
	{ "streams",
	  "SELECT string_agg(concat_ws(' ', kind, key, state, enabled, "
	  "cursor - '{n,told,listed,read,verified,snapshots,connected,"
	  "not_before,tries}'::text[], shown - '{listed,oldest,waiting,"
	  "not_before,tries,snapshots_at,snapshots_why,complete_from,"
	  "complete_to,lost_from,lost_to}'::text[], pending, sweep_state, pending_deletions, "
	  "scope_from, failures, last_error_class), E'\\n' ORDER BY kind, "
	  "key) AS v FROM sync_state WHERE user_id = $user" },
	{ "items",
	  "SELECT string_agg(concat_ws(' ', stream_kind, stream_key, "
	  "source_id, state, reason, class, raw_bytes), E'\\n' ORDER BY "
	  "source_id) AS v FROM sync_items WHERE user_id = $user" },
	{ "agenda",
	  "SELECT string_agg(concat_ws(' ', g.stream_key, g.source_id, g.kind, "
	  "g.starts_at, g.ends_at, s.expansion, s.reason, s.occurrences), "
	  "E'\\n' ORDER BY g.stream_key, g.source_id, g.starts_at) AS v FROM "
	  "calendar_agenda g LEFT JOIN calendar_series s ON s.artifact_id = "
	  "g.artifact_id WHERE g.user_id = $user" },
	{ "contacts",
	  "SELECT string_agg(concat_ws(' ', c.display_name, c.source, "
	  "c.is_self_contact, e.address_norm, e.source), E'\\n' ORDER BY "
	  "e.address_norm, c.is_self_contact) AS v FROM contacts c LEFT JOIN "
	  "contact_emails e ON e.contact_id = c.id WHERE c.user_id = $user" },
	{ "integration",
	  "SELECT concat_ws(' ', status, last_error_class) AS v FROM "
	  "user_integrations WHERE user_id = $user" },
	/* a walk that waits books what came meanwhile, from when it began */
	{ "seen", "SELECT count(*) AS v FROM sluice.seen n JOIN sync_state s "
		  "ON s.id = n.stream_id WHERE s.shown ->> 'waiting' IS NULL "
		  "AND s.user_id = $user" },
};

/** `$user` becomes the account's. */
static void
fill_in(const char *sql, const struct contract_account *account,
	struct sl_buf *out)
{
	const char *at = strstr(sql, "$user");

	SL_ASSERT(at != NULL);
	sl_buf_init(out, SQL_MAX);
	sl_buf_add(out, sql, (size_t)(at - sql));
	sl_buf_addf(out, "'%s'%s", account->user, at + 5);
	SL_ASSERT(!out->overflow);
}

static char *
dump(struct contract_world *w, size_t table,
     const struct contract_account *account)
{
	SL_AUTO_BUF sql;
	const char *text;

	fill_in(tables[table].sql, account, &sql);
	text = sl_test_db_text(w->db, "%s", sql.data);
	return strdup(text != NULL ? text : "");
}

void
world_equal(struct contract_world *w)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(tables); i++) {
		char *mine = dump(w, i, &w->subject);
		char *other = dump(w, i, &w->twin);

		if (strcmp(mine, other) != 0)
			fail_msg("%s differ\n--- the subject's:\n%.3000s\n--- "
				 "its twin's:\n%.3000s",
				 tables[i].what, mine, other);
		free(mine);
		free(other);
	}
}

void
world_settle(struct contract_world *w)
{
	w->feed.spoil = w->feed.spoil_read = NULL;
	w->feed.token_status = 0;
	w->feed.token_body = NULL;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	world_asked_once(w);
	assert_int_equal(w->last.tally.fetched, 0);
	world_twin(w);
	world_equal(w);
}

int64_t
world_i64(struct contract_world *w, const char *fmt, ...)
{
	char text[SQL_MAX];
	SL_AUTO_BUF sql;
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fill_in(text, &w->subject, &sql);
	return sl_test_db_i64(w->db, "%s", sql.data);
}

const char *
world_text(struct contract_world *w, const char *fmt, ...)
{
	char text[SQL_MAX];
	SL_AUTO_BUF sql;
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fill_in(text, &w->subject, &sql);
	return sl_test_db_text(w->db, "%s", sql.data);
}

/** What a case changes is the title, or a label that stands for it. */
const char *
world_title(struct contract_world *w, const char *id)
{
	return world_text(
		w,
		"SELECT %s AS v FROM artifacts WHERE user_id = $user AND "
		"source_id = '%s'",
		w->row->kit->title_sql != NULL ? w->row->kit->title_sql
					       : "title",
		id);
}

int64_t
world_live(struct contract_world *w)
{
	return world_i64(w, "SELECT count(*) AS v FROM artifacts WHERE user_id "
			    "= $user AND deleted_at IS NULL");
}

int64_t
world_quarantined(struct contract_world *w)
{
	return world_i64(w, "SELECT count(*) AS v FROM sync_items WHERE "
			    "user_id = $user AND state = 'quarantined'");
}
