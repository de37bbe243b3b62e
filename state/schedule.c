/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is due, leased in batches.
 *
 * A take is one transaction. Its answer may be lost: what it leased then lapses,
 * and nobody is charged for it, since none of it had begun.
 */
#include "state/schedule.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "sql.h"
#include "state/ask.h"
#include "state/pg.h"
#include "state/store_private.h"

/* Between two looks at what others left. */
#define KEEP_US (INT64_C(10) * SL_US_PER_S)

/* Accounts that run alone have their turn for so long, one after the other: a
 * process that was killed leaves many. Then the others have theirs. */
#define ALONE_US  (INT64_C(60) * SL_US_PER_S)
#define OTHERS_US (INT64_C(120) * SL_US_PER_S)

/* Somebody has locked what is due, or an account runs alone soon. */
#define SOON_US (INT64_C(200) * 1000)

struct sl_schedule {
	char *url; /* NULL = the environment */
	const struct sl_owner *owner;
	const struct sl_clock *clock;
	struct sl_pg *pg;
	struct sl_arena *arena;     /* of the last batch */
	int64_t keep_mono_us;       /* then it is time to look after others */
	int64_t alone_mono_us;      /* when their turn began             */
	bool kept, alone;           /* the two are set                   */
	char who[400];              /* this process */
	char user_id[SL_UUID_TEXT]; /* whose accounts alone; empty = all */
};

/* One take. */
struct batch {
	struct sl_schedule *s;
	const struct sl_room *room;
	int64_t ahead_us;
	struct sl_work *out;
	size_t count;
	int64_t wait_us;
	/* array literals: connectors, room for each, those that it runs */
	const char *providers, *rooms, *ours;
};

sl_status
sl_schedule_open(const char *url, const struct sl_owner *owner,
		 const struct sl_clock *clock, struct sl_schedule **out,
		 struct sl_error *err)
{
	struct sl_schedule *s = sl_alloc(sizeof(*s));

	(void)err; /* it connects when it is asked first */
	s->url = url == NULL ? NULL : sl_strdup(url);
	s->owner = owner;
	s->clock = clock;
	s->arena = sl_arena_new();
	(void)snprintf(s->who, sizeof(s->who), "%.255s %.63s %" PRId64,
		       owner->host, owner->boot_id, owner->pid);
	*out = s;
	return SL_OK;
}

void
sl_schedule_free(struct sl_schedule **schedule)
{
	struct sl_schedule *s = *schedule;

	if (s == NULL)
		return;
	sl_pg_free(&s->pg);
	sl_arena_free(&s->arena);
	sl_free(s->url);
	sl_free(s);
	*schedule = NULL;
}

void
sl_schedule_only(struct sl_schedule *s, const char *user_id)
{
	(void)snprintf(s->user_id, sizeof(s->user_id), "%s", user_id);
}

void
sl_schedule_swap(struct sl_schedule *s, struct sl_pg **pg)
{
	struct sl_pg *mine = s->pg;

	s->pg = *pg;
	*pg = mine;
}

static void
put_rooms(struct batch *b)
{
	struct sl_pg_array *providers = sl_pg_array_new(b->s->arena);
	struct sl_pg_array *rooms = sl_pg_array_new(b->s->arena);
	struct sl_pg_array *ours = sl_pg_array_new(b->s->arena);

	for (size_t i = 0; i < b->room->of_count; i++) {
		const struct sl_room_of *of = &b->room->of[i];

		sl_pg_array_text(providers, of->provider);
		sl_pg_array_i64(rooms, (int64_t)of->runs);
		if (of->runs + of->under_way > 0)
			sl_pg_array_text(ours, of->provider);
	}
	b->providers = sl_pg_array_done(providers);
	b->rooms = sl_pg_array_done(rooms);
	b->ours = sl_pg_array_done(ours);
}

/* --- what others left ----------------------------------------------------- */

static sl_status
dead_owners(struct batch *b, const char **out, struct sl_error *err)
{
	struct sl_pg_array *dead = sl_pg_array_new(b->s->arena);
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	sl_params_init(&p, b->s->arena);
	sl_params_text(&p, b->s->owner->host);
	status = sl_pg_query(b->s->pg, sl_sql_schedule_owners, &p, &rows, err);
	for (size_t i = 0; status == SL_OK && i < sl_rows_count(rows); i++)
		if (sl_owner_is_dead(b->s->owner, rows, i))
			sl_pg_array_text(dead, sl_row_text(rows, i, "owner"));
	*out = sl_pg_array_done(dead);
	return status;
}

static sl_status
keep(struct sl_pg *pg, void *ctx, struct sl_error *err)
{
	struct batch *b = ctx;
	struct sl_params p;
	const char *dead;
	sl_status status = dead_owners(b, &dead, err);

	if (status != SL_OK)
		return status;
	sl_params_init(&p, b->s->arena);
	sl_params_text(&p, b->providers);
	sl_params_text(&p, dead);
	return sl_pg_query(pg, sl_sql_schedule_keep, &p, NULL, err);
}

/* --- a batch -------------------------------------------------------------- */

/* Since the turn of those that run alone began. */
static int64_t
since_alone(const struct sl_schedule *s)
{
	return s->alone ? sl_mono_us(s->clock) - s->alone_mono_us : INT64_MAX;
}

static bool
others_turn(const struct sl_schedule *s)
{
	int64_t since = since_alone(s);

	return since >= ALONE_US && since < ALONE_US + OTHERS_US;
}

static bool
is_of_one_user(const struct batch *b)
{
	return b->s->user_id[0] != '\0';
}

/* Busy: is somebody waiting until nothing is under way? Whoever takes those of
 * one user would let others wait for nothing, and is soon idle. */
static sl_status
must_wait(struct batch *b, bool *waits, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	*waits = false;
	if (b->room->idle || others_turn(b->s) || is_of_one_user(b))
		return SL_OK;
	sl_params_init(&p, b->s->arena);
	sl_params_text(&p, b->s->who);
	sl_params_text(&p, b->ours);
	status = sl_pg_query(b->s->pg, sl_sql_schedule_solo, &p, &rows, err);
	if (status == SL_OK)
		*waits = sl_row_bool(rows, 0, "waits");
	return status;
}

static void
read_work(struct sl_arena *arena, const struct sl_rows *rows, size_t i,
	  struct sl_work *out)
{
	*out = (struct sl_work){ .fence = sl_row_i64(rows, i, "fence", 0) };
	sl_row_uuid(out->target.integration_id, rows, i, "integration_id");
	sl_row_uuid(out->target.user_id, rows, i, "user_id");
	sl_row_uuid(out->run_id, rows, i, "run_id");
	out->target.provider = sl_row_copy(arena, rows, i, "provider");
	out->target.account = sl_row_copy(arena, rows, i, "account");
	out->target.consent = sl_row_copy(arena, rows, i, "consent");
	out->target.status = sl_row_copy(arena, rows, i, "status");
	out->trigger = sl_row_copy(arena, rows, i, "trigger");
	out->skip_busy = true;
	out->alone = sl_row_bool(rows, i, "alone");
	out->lane = sl_text_equal(sl_row_text(rows, i, "lane"), "backfill")
			    ? SL_LANE_BACKFILL
			    : SL_LANE_CHANGES;
}

static const char *
solo_word(const struct batch *b)
{
	if (!b->room->idle)
		return "no";
	return others_turn(b->s) ? "last" : "first";
}

static int64_t
bounded(size_t n)
{
	return n > INT32_MAX ? INT32_MAX : (int64_t)n;
}

static sl_status
lease_batch(struct batch *b, struct sl_error *err)
{
	bool one = is_of_one_user(b);
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	sl_params_init(&p, b->s->arena);
	if (one)
		sl_params_text(&p, b->s->user_id);
	sl_params_text(&p, b->providers);
	sl_params_text(&p, b->rooms);
	sl_params_i64(&p, bounded(b->room->runs));
	sl_params_i64(&p, bounded(b->room->backfills));
	if (one)
		sl_params_bool(&p, b->room->idle);
	else
		sl_params_text(&p, solo_word(b));
	sl_params_text(&p, sl_owner_json(b->s->arena, b->s->owner));
	sl_params_i64(&p, SL_LEASE_US);
	sl_params_i64(&p, b->ahead_us);
	status = sl_pg_query(
		b->s->pg, one ? sl_sql_schedule_take_of : sl_sql_schedule_take,
		&p, &rows, err);
	if (status != SL_OK)
		return status;
	b->count = sl_rows_count(rows);
	SL_ASSERT(b->count <= b->room->runs);
	for (size_t i = 0; i < b->count; i++)
		read_work(b->s->arena, rows, i, &b->out[i]);
	return SL_OK;
}

static sl_status
look_ahead(struct batch *b, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	sl_params_init(&p, b->s->arena);
	sl_params_text(&p, b->providers);
	sl_params_text(&p, b->rooms);
	sl_params_i64(&p, bounded(b->room->backfills));
	sl_params_bool(&p, b->room->idle && b->count == 0);
	status = sl_pg_query(b->s->pg, sl_sql_schedule_next, &p, &rows, err);
	if (status != SL_OK)
		return status;
	b->wait_us = sl_row_i64(rows, 0, "wait_us", INT64_MAX);
	if (b->wait_us < SOON_US)
		b->wait_us = SOON_US;
	return SL_OK;
}

static sl_status
lease_work(struct sl_pg *pg, void *ctx, struct sl_error *err)
{
	struct batch *b = ctx;
	bool waits;
	sl_status status = must_wait(b, &waits, err);

	(void)pg; /* the schedule's own */

	if (status != SL_OK)
		return status;
	b->wait_us = SOON_US;
	if (waits)
		return SL_OK;
	status = lease_batch(b, err);
	if (status != SL_OK)
		return status;
	b->wait_us = is_of_one_user(b) ? SOON_US : 0;
	return b->count < b->room->runs && !is_of_one_user(b)
		       ? look_ahead(b, err)
		       : SL_OK;
}

static sl_status
keep_at_times(struct batch *b, struct sl_error *err)
{
	struct sl_schedule *s = b->s;
	int64_t now = sl_mono_us(s->clock);
	sl_status status;

	if (s->kept && now < s->keep_mono_us)
		return SL_OK;
	status = sl_pg_transact(s->pg, NULL, keep, b, err);
	if (status == SL_OK) {
		s->kept = true;
		s->keep_mono_us = now + KEEP_US;
	}
	return status;
}

sl_status
sl_schedule_take(struct sl_schedule *s, const struct sl_room *room,
		 int64_t ahead_us, struct sl_work *out, size_t *count,
		 int64_t *wait_us, struct sl_error *err)
{
	struct batch b = {
		.s = s, .room = room, .ahead_us = ahead_us, .out = out
	};
	sl_status status = SL_OK;

	sl_arena_reset(s->arena);
	put_rooms(&b);
	if (s->pg == NULL)
		status = sl_pg_connect(s->url, &s->pg, err);
	if (status == SL_OK)
		status = keep_at_times(&b, err);
	if (status == SL_OK)
		status = sl_pg_transact(s->pg, NULL, lease_work, &b, err);
	if (status != SL_OK)
		return status;
	if (b.count > 0 && out[0].alone &&
	    since_alone(s) >= ALONE_US + OTHERS_US) {
		s->alone = true;
		s->alone_mono_us = sl_mono_us(s->clock);
	}
	*count = b.count;
	*wait_us = b.wait_us;
	return SL_OK;
}
