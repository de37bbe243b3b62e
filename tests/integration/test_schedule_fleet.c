/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schedule's SQL in the large: a virtual day of 200 users, a model in place
 * of the provider; and what a claim touches among 100,000 integrations, from
 * the server's own counts. Times are printed, and decide nothing.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#include "core/sync/schedule.h"

#include "sql.h"
#include "tests/support/db.h"
// cmocka last
#include <cmocka.h>

#define DAY     INT64_C(86400)
#define TICK    INT64_C(60)
#define USERS   200
#define LATE    20 /* of them, connected at noon */
#define WALK    8  /* slices */
#define ROOM    16
#define BEGIN   INT64_C(1795132800) /* 2026-11-20 00:00:00 UTC */
#define OUTAGE  (18 * 3600)
#define OUTAGED (19 * 3600)

static const char owner[] =
	"{\"host\":\"h\",\"boot_id\":\"b\",\"pid\":1,\"started\":1}";

struct member {
	char id[37];
	int64_t interval, seen, connected, worst, first;
	int walk;
};

struct day {
	struct sl_test_db *db;
	struct sl_pg *pg;
	struct sl_arena *arena;
	struct sl_error err;
	struct member members[USERS];
	int count, polls, slices;
	int64_t now; /* seconds */
};

static void
query(struct day *d, const char *sql, const struct sl_params *p,
      struct sl_rows **rows)
{
	if (sl_pg_query(d->pg, sql, p, rows, &d->err) != SL_OK)
		fail_msg("%s", d->err.text);
}

static struct member *
member_of(struct day *d, const char *id)
{
	for (int i = 0; i < d->count; i++)
		if (strcmp(d->members[i].id, id) == 0)
			return &d->members[i];
	fail_msg("unknown integration %s", id);
	return NULL;
}

static void
connect_user(struct day *d, int n)
{
	static const int intervals[] = { 900, 1800, 1800, 3600 };
	struct member *m = &d->members[d->count++];
	char user[37], email[64];

	(void)snprintf(email, sizeof(email), "u%d@example.com", n);
	sl_test_db_user(d->db, email, user);
	sl_test_db_integration(d->db, user, "google_calendar", email, m->id);
	m->interval = intervals[n % 4];
	m->seen = m->first = -1;
	m->connected = d->now;
	m->walk = WALK;
	sl_test_db_exec(d->db,
			"UPDATE public.user_integrations SET sync_interval_s = "
			"%d WHERE id = '%s'; UPDATE sluice.schedule SET "
			"next_run_at = '-infinity' WHERE integration_id = '%s'",
			(int)m->interval, m->id, m->id);
}

static void
looked(struct day *d, struct member *m)
{
	int64_t since = d->now - m->seen;

	if (m->seen < 0)
		m->first = d->now - m->connected;
	else if (m->seen >= OUTAGED || d->now < OUTAGE)
		m->worst = since > m->worst ? since : m->worst;
	m->seen = d->now;
	d->polls++;
}

static void
begin(struct day *d, const struct sl_rows *taken, size_t i)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;

	sl_params_init(&p, d->arena);
	sl_params_text(&p, sl_row_text(taken, i, "user_id"));
	sl_params_text(&p, sl_row_text(taken, i, "integration_id"));
	sl_params_text(&p, sl_row_text(taken, i, "fence"));
	sl_params_text(&p, sl_row_text(taken, i, "run_id"));
	sl_params_i64(&p, 60 * SL_US_PER_S);
	for (int n = 0; n < 4; n++)
		sl_params_text(&p, "{}"); /* no streams: they are a model's */
	sl_params_i64(&p, 1);
	query(d, sl_sql_claim_begin, &p, &rows);
	assert_true(sl_row_bool(rows, 0, "held"));
}

/* The run of a moment: all its lane wants. */
static void
end(struct day *d, const struct sl_rows *taken, size_t i)
{
	const char *id = sl_row_text(taken, i, "integration_id");
	struct member *m = member_of(d, id);
	int64_t now = (BEGIN + d->now) * SL_US_PER_S;
	struct sl_params p;

	if (strcmp(sl_row_text(taken, i, "lane"), "backfill") == 0) {
		m->walk--;
		d->slices++;
	}
	looked(d, m);
	sl_params_init(&p, d->arena);
	sl_params_text(&p, sl_row_text(taken, i, "user_id"));
	sl_params_text(&p, id);
	sl_params_time(&p,
		       sl_schedule_next_us(id, now, m->interval * SL_US_PER_S));
	sl_params_bool(&p, false);
	sl_params_bool(&p, false);
	sl_params_time(&p, SL_NO_TIME);
	sl_params_i64(&p, 0);
	sl_params_time(&p, SL_NO_TIME);
	sl_params_bool(&p, false);
	sl_params_time(&p, m->walk > 0 ? now : SL_NO_TIME);
	sl_params_bool(&p, false);
	query(d, sl_sql_run_release, &p, NULL);
}

static void
take(struct day *d, struct sl_rows **rows)
{
	struct sl_params p;

	sl_params_init(&p, d->arena);
	sl_params_text(&p, "{google_calendar}");
	sl_params_text(&p, "{16}");
	sl_params_i64(&p, ROOM);
	sl_params_i64(&p, ROOM * 3 / 4);
	sl_params_text(&p, "first");
	sl_params_text(&p, owner);
	sl_params_i64(&p, 60 * SL_US_PER_S);
	sl_params_i64(&p, 0);
	query(d, sl_sql_schedule_take, &p, rows);
	assert_true(sl_rows_count(*rows) <= ROOM);
}

static void
minute(struct day *d)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	bool unknown;

	sl_arena_reset(d->arena);
	if (sl_pg_begin(d->pg, SL_PG_SELF, NULL, &d->err) != SL_OK)
		fail_msg("%s", d->err.text);
	sl_params_init(&p, d->arena);
	sl_params_time(&p, (BEGIN + d->now) * SL_US_PER_S);
	query(d,
	      "SELECT pg_catalog.set_config('sluice.clock_offset', "
	      "($1::timestamptz - pg_catalog.now())::text, true)",
	      &p, NULL);
	take(d, &rows);
	for (size_t i = 0; i < sl_rows_count(rows); i++)
		begin(d, rows, i);
	for (size_t i = 0; i < sl_rows_count(rows); i++)
		end(d, rows, i);
	if (sl_pg_commit(d->pg, &unknown, &d->err) != SL_OK)
		fail_msg("%s", d->err.text);
}

static void
two_hundred_users_for_a_day(void **state)
{
	static struct day d;
	char url[128];

	d.db = *state;
	d.arena = sl_arena_new();
	(void)snprintf(url, sizeof(url), "dbname=%s", sl_test_db_name(d.db));
	assert_int_equal(sl_pg_connect(url, &d.pg, &d.err), SL_OK);
	for (int i = 0; i < USERS - LATE; i++)
		connect_user(&d, i);
	for (; d.now < DAY; d.now += TICK) {
		if (d.now == DAY / 2)
			for (int i = USERS - LATE; i < USERS; i++)
				connect_user(&d, i);
		if (d.now < OUTAGE || d.now >= OUTAGED)
			minute(&d);
	}
	print_message("%d looks, %d slices of walks\n", d.polls, d.slices);
	for (int i = 0; i < d.count; i++) {
		const struct member *m = &d.members[i];

		assert_int_equal(m->walk, 0);
		assert_in_range(m->first, 0, 30 * TICK);
		assert_in_range(m->worst, 1, 2 * m->interval);
		assert_true(DAY - m->seen <= 2 * m->interval);
	}
	assert_int_equal(d.slices, USERS * WALK);
	assert_int_equal(
		sl_test_db_i64(d.db,
			       "SELECT count(*) AS v FROM sluice.schedule "
			       "WHERE lease_until IS NOT NULL OR solo "
			       "OR backfill_at IS NOT NULL"),
		0);
	sl_pg_free(&d.pg);
	sl_arena_free(&d.arena);
	sl_test_db_exec(d.db, "DELETE FROM public.user_integrations");
}

/* --- 100,000 integrations ------------------------------------------------------- */

/* 30,000 are leased, though due; 200 are new, 5,000 wait for changes, 7,000 for
 * walks. */
static void
fill(struct sl_test_db *db)
{
	sl_test_db_exec(db, "SET session_replication_role = replica");
	sl_test_db_exec(db,
			"INSERT INTO auth.users (id, email) SELECT md5('u' || "
			"n)::uuid, 'm' || n || '@example.com' FROM "
			"generate_series(0, 9999) n");
	sl_test_db_exec(
		db,
		"INSERT INTO public.user_integrations (id, user_id, provider, "
		"account, account_subject) SELECT md5(n::text)::uuid, md5('u' "
		"|| n / 10)::uuid, (ARRAY['google_calendar', 'gmail', "
		"'linkedin'])[n %% 3 + 1], n::text, n::text FROM "
		"generate_series(0, 99999) n");
	sl_test_db_exec(
		db, "INSERT INTO sluice.schedule (integration_id, user_id, "
		    "provider, next_run_at, backfill_at, lease_until, "
		    "lease_owner, run_id, run_begun, fence) SELECT "
		    "md5(n::text)::uuid, md5('u' || n / 10)::uuid, "
		    "(ARRAY['google_calendar', 'gmail', 'linkedin'])[n %% 3 + "
		    "1], CASE WHEN n %% 500 = 4 THEN '-infinity' WHEN n %% 10 "
		    "< 3 OR n %% 20 = 7 THEN now() - make_interval(secs => n) "
		    "ELSE now() + make_interval(secs => n) END, CASE WHEN n %% "
		    "10 < 3 OR n %% 14 = 9 THEN now() - make_interval(secs => "
		    "n) END, CASE WHEN n %% 10 < 3 THEN now() + "
		    "make_interval(secs => 600 + n %% 60) END, CASE WHEN n %% "
		    "10 < 3 THEN jsonb_build_object('host', 'h' || n %% 50, "
		    "'boot_id', 'b', 'pid', n %% 500, 'started', 1) END, CASE "
		    "WHEN n %% 10 < 3 THEN gen_random_uuid() END, n %% 10 < 3, "
		    "1 FROM generate_series(0, 99999) n");
	sl_test_db_exec(db, "SET session_replication_role = DEFAULT");
	/* Runs the statement and counts the rows that it touched. */
	sl_test_db_exec(
		db, "CREATE VIEW public.counts AS SELECT "
		    "coalesce(sum(seq_tup_read), 0) AS whole, "
		    "coalesce(sum(idx_tup_fetch), 0) AS some FROM "
		    "pg_stat_xact_user_tables WHERE relname IN ('schedule', "
		    "'user_integrations', 'users', 'sync_logs')");
	sl_test_db_exec(
		db,
		"CREATE FUNCTION public.touched(stmt text) RETURNS text "
		"LANGUAGE plpgsql AS $$ DECLARE j json; a record; b record; "
		"BEGIN SELECT * INTO a FROM public.counts; EXECUTE 'EXPLAIN "
		"(ANALYZE, FORMAT JSON) ' || stmt INTO j; SELECT * INTO b FROM "
		"public.counts; RETURN format('%%s %%s %%s %%s', b.whole - "
		"a.whole, b.some - a.some, j -> 0 -> 'Plan' ->> 'Actual Rows', "
		"j -> 0 ->> 'Execution Time'); END $$");
}

/* Rows read by whole tables, rows found by indexes, rows of the answer. */
static int64_t
word(struct sl_test_db *db, const char *said, int n)
{
	return sl_test_db_i64(
		db, "SELECT split_part('%s', ' ', %d)::numeric::bigint AS v",
		said, n);
}

static void
touches(struct sl_test_db *db, const char *what, const char *stmt, int rows,
	int most)
{
	char said[128];

	(void)snprintf(said, sizeof(said), "%s",
		       sl_test_db_text(db,
				       "SELECT public.touched($q$%s$q$) AS v",
				       stmt));
	print_message("%s: read, found, got, ms: %s\n", what, said);
	assert_int_equal(word(db, said, 1), 0);
	assert_true(word(db, said, 2) <= most);
	assert_int_equal(word(db, said, 3), rows);
}

#define TAKE                                                                   \
	"SELECT * FROM sluice.take_due('{gmail,google_calendar,linkedin}', "   \
	"'{100,100,100}', 100, 75, 'first', "                                  \
	"'{\"host\":\"h\",\"boot_id\":\"b\",\"pid\":1,\"started\":1}', "       \
	"60000000, 0)"

static void
all_statements(struct sl_test_db *db, const char *when)
{
	print_message("%s\n", when);
	touches(db, "a batch of 100", TAKE, 100, 1200);
	touches(db, "when to look again",
		"SELECT sluice.next_due('{gmail,google_calendar,linkedin}', "
		"'{9,9,9}', 9, true)",
		1, 100);
	touches(db, "a busy process waits",
		"SELECT sluice.wait_for_solo('p', '{gmail,linkedin}')", 1, 10);
	touches(db, "leases that lapsed", "SELECT sluice.lapse_leases(NULL)", 1,
		10);
	touches(db, "upkeep",
		"SELECT sluice.keep_schedule('{gmail,google_calendar,"
		"linkedin}')",
		1, 3000);
	touches(db, "owners on a host",
		"SELECT DISTINCT c.lease_owner FROM sluice.schedule c WHERE "
		"c.lease_owner ->> 'host' = 'h10' AND c.lease_until IS NOT "
		"NULL",
		10, 2000);
}

static void
a_claim_among_100000_touches_few(void **state)
{
	struct sl_test_db *db = *state;

	/* an analysis that sees nothing yet of what is being filled in calls a
	 * table of thousands of pages empty */
	sl_test_db_exec(
		db, "ALTER TABLE auth.users SET (autovacuum_enabled = off); "
		    "ALTER TABLE public.user_integrations SET "
		    "(autovacuum_enabled = off); ALTER TABLE sluice.schedule "
		    "SET (autovacuum_enabled = off)");
	fill(db);
	all_statements(db, "nothing is known of the tables");
	sl_test_db_exec(db, "ANALYZE");
	all_statements(db, "analysed");
	for (int i = 0; i < 6; i++) /* from the sixth on: a plan for all */
		touches(db, "again", TAKE, 100, 1200);
}

static int
setup(void **state)
{
	*state = sl_test_db_new();
	return 0;
}

static int
teardown(void **state)
{
	struct sl_test_db *db = *state;

	sl_test_db_free(&db);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_hundred_users_for_a_day),
		cmocka_unit_test(a_claim_among_100000_touches_few),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
