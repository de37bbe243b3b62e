/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The threads beside the engine. Neither is needed for what is synced to be
 * right: who listens only makes the feed look sooner, and chores wait.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "core/base/mem.h"

#include "cli/env.h"
#include "cli/upkeep.h"
#include "cli/worker_private.h"
#include "state/listen.h"

#define LISTEN_US (600 * SL_US_PER_S)

/** Without a connection: doubled, with jitter. */
#define AWAY_FIRST_US SL_US_PER_S
#define AWAY_MOST_US  (60 * SL_US_PER_S)

/** Between two rounds of chores; the first comes within it, at random, so that
 *  a fleet's hosts do not come together. */
#define CHORES_S 300

struct sl_beside {
	struct sl_runner *runner;
	atomic_bool stop;
	struct sl_listener *listener;
	pthread_t listens, keeps;
	bool is_listening, is_keeping; /* there is a thread to wait for */
	pthread_mutex_t mutex;         /* of the two below              */
	pthread_cond_t stopping;
};

/* --- news --------------------------------------------------------------------- */

static int64_t
pause_after(struct sl_beside *b, int64_t away_us, const struct sl_error *err)
{
	struct sl_cli *cli = b->runner->cli;
	int64_t us = away_us == 0 ? AWAY_FIRST_US : away_us;

	if (away_us == 0)
		sl_log(cli->log, SL_LOG_WARN, "listen-lost",
		       (struct sl_field[]){ SL_F_TEXT("why", err->text),
					    SL_F_END });
	sl_listener_pause(
		b->listener,
		us / 2 + (int64_t)sl_rng_below(cli->rng, (uint64_t)(us / 2)));
	return 2 * us < AWAY_MOST_US ? 2 * us : AWAY_MOST_US;
}

static void *
listen_for_news(void *arg)
{
	struct sl_beside *b = arg;
	struct sl_log *log = b->runner->cli->log;
	int64_t away_us = 0;
	bool heard = false;
	struct sl_error err;

	while (!atomic_load(&b->stop)) {
		enum sl_news news;

		if (sl_listener_wait(b->listener, LISTEN_US, &news, &err) !=
		    SL_OK) {
			away_us = pause_after(b, away_us, &err);
			heard = false;
			continue;
		}
		away_us = 0;
		if (news == SL_NEWS_POOLED) {
			sl_log(log, SL_LOG_INFO, "listen-pooled", NULL);
			break;
		}
		if (news == SL_NEWS_SOME) {
			if (!heard)
				sl_log(log, SL_LOG_INFO, "listening", NULL);
			heard = true;
			sl_runner_nudge(b->runner);
		}
	}
	return NULL;
}

/* --- chores ------------------------------------------------------------------- */

/* False: the process ends. */
static bool
wait_seconds(struct sl_beside *b, int64_t seconds)
{
	struct timespec until;
	bool go_on;
	int got = 0;

	sl_wait_deadline(seconds * SL_US_PER_S, &until);
	pthread_mutex_lock(&b->mutex);
	while (!atomic_load(&b->stop) && got == 0)
		got = pthread_cond_timedwait(&b->stopping, &b->mutex, &until);
	go_on = !atomic_load(&b->stop);
	pthread_mutex_unlock(&b->mutex);
	return go_on;
}

/* On a connection that is gone after it: chores are rare. */
static void
keep_up(struct sl_beside *b)
{
	const char *url = sl_env_value(b->runner->cli, SL_FLAG_DATABASE_URL);
	struct sl_cli own = *b->runner->cli; /* its arena is another thread's */
	struct sl_upkeep upkeep = { .cli = &own,
				    .ring = b->runner->ring,
				    .stop = &b->stop };
	struct sl_error err;
	sl_status s = sl_pg_connect(url, &upkeep.pg, &err);

	own.arena = sl_arena_new();
	if (s == SL_OK)
		s = sl_upkeep(&upkeep, &err);
	if (s != SL_OK)
		sl_log(own.log, SL_LOG_WARN, "upkeep-failed",
		       (struct sl_field[]){ SL_F_TEXT("why", err.text),
					    SL_F_END });
	sl_pg_free(&upkeep.pg);
	sl_arena_free(&own.arena);
}

static void *
do_chores(void *arg)
{
	struct sl_beside *b = arg;
	int64_t seconds = (int64_t)sl_rng_below(b->runner->cli->rng, CHORES_S);

	while (wait_seconds(b, seconds)) {
		keep_up(b);
		seconds = CHORES_S;
	}
	return NULL;
}

/* --- both ----------------------------------------------------------------------- */

int
sl_beside_start(struct sl_runner *runner, struct sl_beside **out)
{
	struct sl_cli *cli = runner->cli;
	struct sl_beside *b = sl_alloc(sizeof(*b));
	pthread_condattr_t monotonic;

	b->runner = runner;
	/* The direct URL leads past the poolers that mix sessions up. */
	b->listener =
		sl_listener_new(sl_env_direct_url(cli),
				sl_env_value(cli, SL_FLAG_DIRECT_URL) != NULL);
	pthread_mutex_init(&b->mutex, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&b->stopping, &monotonic);
	pthread_condattr_destroy(&monotonic);
	b->is_listening =
		pthread_create(&b->listens, NULL, listen_for_news, b) == 0;
	b->is_keeping = pthread_create(&b->keeps, NULL, do_chores, b) == 0;
	*out = b;
	if (b->is_listening && b->is_keeping)
		return SL_EXIT_OK;
	return sl_cli_complain(cli, SL_EXIT_ENVIRONMENT,
			       "cannot start a thread (is a limit of processes "
			       "or memory too low?)");
}

void
sl_beside_stop(struct sl_beside **beside)
{
	struct sl_beside *b = *beside;

	if (b == NULL)
		return;
	pthread_mutex_lock(&b->mutex);
	atomic_store(&b->stop, true);
	pthread_cond_broadcast(&b->stopping);
	pthread_mutex_unlock(&b->mutex);
	sl_listener_wake(b->listener);
	if (b->is_listening)
		(void)pthread_join(b->listens, NULL);
	if (b->is_keeping)
		(void)pthread_join(b->keeps, NULL);
	sl_listener_free(&b->listener);
	pthread_mutex_destroy(&b->mutex);
	pthread_cond_destroy(&b->stopping);
	sl_free(b);
	*beside = NULL;
}
