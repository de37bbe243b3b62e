/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/fleet.h"

#include <string.h>

#include "core/base/mem.h"

#include "cli/env.h"
#include "cli/vault.h"
#include "connectors/registry.h"
#include "state/idle.h"
#include "state/schedule.h"

/** A cron line comes a little early at times: what is due by then is due. */
#define AHEAD_US (10 * SL_US_PER_S)

/** While a cron line waits for its runs: look again, some may go on. */
#define LOOK_US SL_US_PER_S

/** Something that cannot be taken may be called due: not all the time. */
#define LEAST_US (SL_US_PER_S / 50)

/** Of all runs, as the engine has it. */
#define BACKFILLS(runs) ((runs) - (runs) / 4)

/** While the database is away: doubled, with jitter. */
#define AWAY_FIRST_US (SL_US_PER_S)
#define AWAY_MOST_US  (30 * SL_US_PER_S)

struct sl_fleet {
	struct sl_runner *runner;
	struct sl_schedule *schedule;
	int64_t poll_us;
	struct sl_work *held; /* taken before there was an engine */
	size_t held_count, held_room;
	int64_t held_wait_us;
	int64_t away_us; /* how long to wait the next time; 0 = it is there */
};

static size_t
registry_count(void)
{
	size_t n = 0;

	while (sl_registry[n] != NULL)
		n++;
	return n;
}

int
sl_fleet_new(struct sl_runner *runner, int64_t poll_us, struct sl_fleet **out)
{
	const char *url = sl_env_value(runner->cli, SL_FLAG_DATABASE_URL);
	struct sl_fleet *fleet = sl_alloc(sizeof(*fleet));
	struct sl_error err;

	fleet->runner = runner;
	fleet->poll_us = poll_us;
	if (sl_schedule_open(url, &runner->owner, runner->cli->clock,
			     &fleet->schedule, &err) != SL_OK) {
		sl_free(fleet);
		return sl_cli_fail(runner->cli, SL_EXIT_ENVIRONMENT, &err);
	}
	if (runner->filter.user_id != NULL)
		sl_schedule_only(fleet->schedule, runner->filter.user_id);
	*out = fleet;
	return SL_EXIT_OK;
}

void
sl_fleet_free(struct sl_fleet **fleet)
{
	if (*fleet == NULL)
		return;
	sl_schedule_free(&(*fleet)->schedule);
	sl_free((*fleet)->held);
	sl_free(*fleet);
	*fleet = NULL;
}

/* --- what is taken ---------------------------------------------------------- */

static sl_status
take(struct sl_fleet *f, const struct sl_room *room, struct sl_work *out,
     size_t *count, int64_t *wait_us, struct sl_error *err)
{
	bool full = sl_cli_has(f->runner->cli, SL_FLAG_FULL);
	sl_status s = sl_schedule_take(f->schedule, room,
				       f->poll_us == 0 ? AHEAD_US : 0, out,
				       count, wait_us, err);

	for (size_t i = 0; s == SL_OK && i < *count; i++)
		out[i].full = full;
	return s;
}

/* How long to leave the schedule alone. */
static int64_t
wait_after(const struct sl_fleet *f, const struct sl_room *room, size_t count,
	   int64_t wait_us)
{
	int64_t most_us = f->poll_us > 0 ? f->poll_us : LOOK_US;

	if (f->poll_us == 0 && count == 0 && room->idle)
		return -1;
	if (wait_us < LEAST_US)
		wait_us = count == 0 && wait_us == 0 ? LOOK_US : LEAST_US;
	return wait_us < most_us ? wait_us : most_us;
}

/* The database is away: said once, then waited for, by a daemon as long as it
 * takes, by a cron line as long as runs of its own do. */
static int64_t
wait_away(struct sl_fleet *f, const struct sl_room *room,
	  const struct sl_error *err)
{
	struct sl_cli *cli = f->runner->cli;
	int64_t us = f->away_us;

	if (f->poll_us == 0 && room->idle)
		return -1;
	if (us == 0) {
		sl_log(cli->log, SL_LOG_WARN, "schedule-away",
		       (struct sl_field[]){ SL_F_TEXT("why", err->text),
					    SL_F_END });
		us = AWAY_FIRST_US;
	}
	f->away_us = 2 * us < AWAY_MOST_US ? 2 * us : AWAY_MOST_US;
	return us / 2 + (int64_t)sl_rng_below(cli->rng, (uint64_t)(us / 2));
}

static void
is_back(struct sl_fleet *f)
{
	if (f->away_us > 0)
		sl_log(f->runner->cli->log, SL_LOG_INFO, "schedule-back", NULL);
	f->away_us = 0;
}

static sl_status
feed_take(void *ctx, const struct sl_room *room, struct sl_work *out,
	  size_t *count, int64_t *wait_us, struct sl_error *err)
{
	struct sl_fleet *f = ctx;
	sl_status s;

	if (f->held_count > 0 && f->held_count <= room->runs) {
		memcpy(out, f->held, f->held_count * sizeof(*out));
		*count = f->held_count;
		f->held_count = 0;
		*wait_us = wait_after(f, room, *count, f->held_wait_us);
		return SL_OK;
	}
	s = take(f, room, out, count, wait_us, err);
	if (s == SL_RETRY)
		*wait_us = wait_away(f, room, err);
	if (s != SL_OK)
		return s;
	is_back(f);
	*wait_us = wait_after(f, room, *count, *wait_us);
	return SL_OK;
}

struct sl_feed
sl_fleet_feed(struct sl_fleet *fleet)
{
	return (struct sl_feed){ .take = feed_take, .ctx = fleet };
}

/* --- nothing to do ------------------------------------------------------------ */

bool
sl_fleet_is_idle(struct sl_runner *r)
{
	struct sl_arena *arena = r->cli->arena;
	const char **names =
		SL_NEW_ARRAY(arena, registry_count() + 1, const char *);
	const struct sl_idle_question question = {
		.connectors = names,
		.host = r->owner.host,
		.key_id = sl_keyring_current(r->ring),
		.ahead_us = AHEAD_US,
	};
	struct sl_idle found;
	struct sl_error err;

	for (size_t i = 0; sl_registry[i] != NULL; i++)
		names[i] = sl_registry[i]->name;
	return sl_idle_look(r->pg, &question, arena, &found, &err) == SL_OK &&
	       found.idle && sl_vault_fits(r->ring, found.sealed, found.count);
}

/* --- the first batch -------------------------------------------------------- */

static size_t
cap_of(const struct sl_cap *cap, const char *provider, size_t most)
{
	for (; cap != NULL && cap->provider != NULL; cap++)
		if (strcmp(cap->provider, provider) == 0)
			return (size_t)cap->runs < most ? (size_t)cap->runs
							: most;
	return most;
}

int
sl_fleet_begin(struct sl_fleet *f, bool *some)
{
	struct sl_runner *r = f->runner;
	struct sl_room room = { .runs = (size_t)r->runs_at_once, .idle = true };
	struct sl_room_of *of;
	struct sl_error err;

	room.of_count = registry_count();
	of = SL_NEW_ARRAY(r->cli->arena, room.of_count + 1, struct sl_room_of);
	for (size_t i = 0; i < room.of_count; i++)
		of[i] = (struct sl_room_of){
			.provider = sl_registry[i]->name,
			.runs = cap_of(r->caps, sl_registry[i]->name,
				       room.runs),
		};
	room.of = of;
	room.backfills = BACKFILLS(room.runs);
	f->held = sl_alloc_array(room.runs, sizeof(*f->held));
	sl_schedule_swap(f->schedule, &r->pg);
	if (take(f, &room, f->held, &f->held_count, &f->held_wait_us, &err) !=
	    SL_OK)
		return sl_cli_fail(r->cli, SL_EXIT_ENVIRONMENT, &err);
	*some = f->held_count > 0;
	if (!*some)
		sl_schedule_swap(f->schedule, &r->pg);
	return SL_EXIT_OK;
}

/* --- options ------------------------------------------------------------------ */

int
sl_fleet_number(struct sl_cli *cli, enum sl_flag flag, int least, int most,
		int *n)
{
	const char *text = cli->flags[flag];
	int64_t value;

	if (text == NULL)
		return SL_EXIT_OK;
	if (!sl_parse_i64(text, &value) || value < least || value > most)
		return sl_cli_complain(
			cli, SL_EXIT_USAGE, "--%s %s: a number from %d to %d",
			sl_flag_rows[flag].name, text, least, most);
	*n = (int)value;
	return SL_EXIT_OK;
}

/* One P=N of the list. */
static int
read_cap(struct sl_cli *cli, const char *text, struct sl_cap *caps)
{
	const char *equals = strchr(text, '=');
	const struct sl_connector *connector = NULL;
	int64_t runs = 0;
	int status;

	if (equals == NULL || !sl_parse_i64(equals + 1, &runs) || runs < 0 ||
	    runs > SL_FLEET_RUNS_MAX)
		return sl_cli_complain(
			cli, SL_EXIT_USAGE,
			"--provider-runs %s: CONNECTOR=N, more of them parted "
			"by commas, N from 0 to %d",
			text, SL_FLEET_RUNS_MAX);
	status = sl_env_connector(
		cli,
		sl_arena_strndup(cli->arena, text, (size_t)(equals - text)),
		&connector);
	for (size_t i = 0; status == SL_EXIT_OK && sl_registry[i] != NULL; i++)
		if (sl_registry[i] == connector && runs < caps[i].runs)
			caps[i].runs = (int)runs;
	return status;
}

static int
read_caps(struct sl_cli *cli, const char *list, struct sl_cap *caps)
{
	int status = SL_EXIT_OK;

	while (status == SL_EXIT_OK && *list != '\0') {
		size_t len = strcspn(list, ",");

		status = read_cap(cli, sl_arena_strndup(cli->arena, list, len),
				  caps);
		list += len;
		list += *list == ',';
	}
	return status;
}

int
sl_fleet_caps(struct sl_cli *cli, const char *only, const struct sl_cap **caps)
{
	const char *list = cli->flags[SL_FLAG_PROVIDER_RUNS];
	size_t count = registry_count();
	struct sl_cap *all;

	*caps = NULL;
	if (list == NULL && only == NULL)
		return SL_EXIT_OK;
	all = SL_NEW_ARRAY(cli->arena, count + 1, struct sl_cap);
	for (size_t i = 0; i < count; i++) {
		bool left_out =
			only != NULL && strcmp(only, sl_registry[i]->name) != 0;

		all[i] = (struct sl_cap){
			.provider = sl_registry[i]->name,
			.runs = left_out ? 0 : SL_FLEET_RUNS_MAX,
		};
	}
	*caps = all;
	return list == NULL ? SL_EXIT_OK : read_caps(cli, list, all);
}
