/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the engine: jobs, runs, tasks and flights.
 *
 * A *run* is one integration at work, a *task* one of its streams, a *flight*
 * the requests of one ask with their answers. Runs and tasks are jobs: at any
 * time at most one worker works on a job, and whoever has news for it (an
 * answer, a token, budget) wakes it. All fields marked (L) are guarded by the
 * engine's one mutex; the others belong to the worker that has the job.
 */
#ifndef SL_SYNC_ENGINE_PRIVATE_H
#define SL_SYNC_ENGINE_PRIVATE_H

#include <pthread.h>

#include "core/net/pace.h"
#include "core/sync/engine.h"
#include "core/sync/engine_outage.h"
#include "core/sync/flight_private.h"
#include "core/sync/intake_private.h"
#include "core/sync/job_private.h"
#include "core/sync/lane_private.h"
#include "core/sync/purse_private.h"
#include "core/sync/quiet_private.h"
#include "core/sync/settings.h"
#include "core/sync/step_private.h"
#include "core/sync/token_private.h"
#include "core/sync/trail.h"

struct sl_worker {
	struct sl_engine *engine;
	struct sl_store *store;
	struct sl_job *job; /* (L) that it works on; NULL: it let it go */
	pthread_t thread;
};

struct sl_task {
	struct sl_job job; /* first */
	struct sl_run *run;
	const struct sl_stream_kind *kind;
	struct sl_stream_row row; /* strings on the run's arena */
	json_t *cursor;           /* where the next ask goes on */
	struct sl_arena *pending_arena;
	const struct sl_ref *pending;
	bool starts_walk; /* the next page begins a walk             */
	bool begins;      /* it takes up a position (.follows)       */
	bool resynced;    /* because the cursor before was refused   */
	int refused;      /* cursors in a row, in this run (.follows) */
	int64_t walk_started_us;
	int shrink;
	int slow;              /* pages that the database took too long for */
	int attempts;          /* answers in a row that were not usable */
	int64_t not_before_us; /* of the next flight; monotonic */
	struct sl_trail trail; /* of this listing, in this run */
	struct sl_flight *flight;
	struct sl_arena *trouble_arena;
	const struct sl_trouble *troubles; /* of the flight before */
	int passes; /* in a row that nothing wanted was read between */
	struct sl_step *read;   /* a page that is not in the database yet */
	struct sl_step *stored; /* the one before: being committed, or ready
				 * to be settled. While it is committed the row
				 * and all that settling changes stand still */
	bool storing;           /* (L) some worker commits `stored`  */
	bool misread;           /* the answers after it were useless: failure */
	bool began, passed; /* due before all requests, or after the listing */
	bool failing, unstored; /* waits for the flight to land; why */
	bool fell_short;        /* the page lacks what failed: failure */
	struct sl_error failure;
	struct sl_quiet quiet;  /* pages not stored, as they held nothing */
	int64_t asked_us;       /* monotonic; when it last began to ask      */
	int64_t listed_us;      /* UTC; the listing read last was asked for  */
	int64_t due_us;         /* monotonic; rests until then (.follows)    */
	int64_t rewalk_us;      /* (L) a walk begun before does not do       */
	int64_t waits_until_us; /* (L) monotonic, with nothing under way; 0  */
	bool idle;              /* it rested when the run was to end */
	bool waits_slot;        /* (L) for a request of the run to land      */
	bool waits_room;        /* (L) for a page of any run to be settled   */
	bool waits_budget;      /* (L) */
	struct sl_task *budget_next;  /* (L) */
	struct sl_purse *waits_purse; /* (L) it stands in that line */
	double needs_units;           /* (L) of it */
	struct sl_task *purse_next;   /* (L) */
	bool started, ended;          /* (L) */
	bool resting;                 /* (L) until due_us, or the run is done */
	bool counted;                 /* (L) in streams_done */
	bool failed;                  /* (L) */
	bool cut;                     /* ended because the engine did */
	bool left;                    /* (L) to the other lane */
	struct sl_task *next;         /* of the run */
};

/** How many requests of one user may be under way; `most` 0: any number. */
struct sl_slots {
	int most, now; /* by the quota; as the provider lets us */
	int taken;
	int good; /* answers since `now` last changed */
};

enum sl_run_state {
	SL_RUN_NEW,
	SL_RUN_ACTIVE,
	SL_RUN_OVER,
};

struct sl_run {
	struct sl_job job; /* first */
	struct sl_engine *engine;
	const struct sl_work *work;
	struct sl_work own; /* of the feed; strings on the run's arena */
	const struct sl_connector *connector; /* NULL = this build has none */
	size_t connector_at;                  /* in the registry */
	enum sl_run_state state;
	struct sl_arena *arena;
	struct sl_account account;
	json_t *settings;
	char fingerprint[65];
	struct sl_people_options people;
	int64_t started_us, started_mono_us, heartbeat_us;
	bool sliced;            /* its slice has begun, after an erasure, ... */
	int64_t slice_from_us;  /* monotonic: ... then */
	bool changes_only;      /* walks are the other lane's */
	bool aside;             /* (L) it is handed back, ...      */
	int64_t aside_until_us; /* (L) monotonic: ... until then  */
	int64_t epoch_us;   /* the database's time minus the monotonic one */
	int claim_attempts; /* in vain, of a lease that was handed out */
	struct sl_task *tasks, **tasks_tail;
	size_t streams, streams_done; /* (L) */
	size_t live;                  /* (L) tasks started and not ended */
	size_t cut;     /* (L) tasks that ended because the engine did */
	size_t skipped; /* streams left alone until their deadline */
	bool reload;    /* (L) streams were opened or closed */
	bool at_rest;   /* (L) all streams follow changes, none walks */
	bool openers_done;
	const struct sl_erasure *erasure; /* to be done before all else */
	char erased_to[SL_ERASED_TO_MAX + 1];
	bool full;                 /* (L) a walk took place */
	bool changed;              /* (L) */
	struct sl_tally tally;     /* (L) of the run */
	struct sl_tally unwritten; /* (L) not yet in the log row */
	bool fatal;                /* (L) stop the whole run */
	struct sl_error error;     /* (L) the first failure, or the worst */
	bool failed;               /* (L) error is set */
	size_t streams_failed;     /* (L) */
	int64_t held;              /* (L) */
	int pages_taken;           /* (L) committed or under way */
	bool limited;              /* (L) a page was refused: pages_max */
	struct sl_pace pace;       /* (L) the user's quota */
	struct sl_client *client;  /* what the API grants all its users */
	int64_t answered_us;       /* (L) monotonic: its last good answer */
	int64_t blocked_us;        /* (L) monotonic: nobody asks before */
	struct sl_slots slots;     /* (L) requests of the user at once */
	/* the access token */
	enum sl_token_state token_state; /* (L) */
	struct sl_token *token;          /* (L) */
	struct sl_refresh refresh;
	struct sl_run *next;
};

struct sl_engine {
	struct sl_engine_config config;
	pthread_mutex_t mutex;
	pthread_cond_t jobs;   /* something to do, or stop */
	pthread_cond_t events; /* a run is over            */
	struct sl_job *head, **tail;
	struct sl_timers timers;
	struct sl_worker *workers;
	size_t worker_count;
	bool quit; /* workers end */
	bool reap; /* a run is over: sl_engine_run frees it */
	bool stop; /* runs end as interrupted */
	bool hand_back;
	int64_t deadline_mono_us;
	size_t budget_free;
	size_t pages_held; /* (L) read, and not yet settled */
	struct sl_task *budget_head, **budget_tail;
	bool draining; /* no more is begun */
	/* of the sl_engine_run or sl_engine_serve under way */
	const struct sl_work *work;
	size_t work_count, work_next, work_live;
	struct sl_intake intake;
	const struct sl_observer *observer;
	pthread_mutex_t observer_mutex;
	struct sl_run *runs;
	struct sl_error store_error; /* no run could start: database away */
	bool store_failed;
	struct sl_outage outages[SL_OUTAGES_MAX];
	size_t outage_count;
	struct sl_client *clients; /* (L) */
};

/* engine.c */
/** Wake runs and their streams: the engine ends. Locked. */
void sl_engine_wake_all(struct sl_engine *e);

/* engine_queue.c: jobs, timers, body budget */
void sl_job_wake(struct sl_engine *e, struct sl_job *job); /* takes L */
void sl_job_wake_locked(struct sl_engine *e, struct sl_job *job);
/** The worker goes on without its job, which it may not touch any more: another
 *  one may take it. */
void sl_job_let_go_locked(struct sl_worker *worker);
void sl_job_after(struct sl_engine *e, struct sl_job *job, int64_t delay_us);
void sl_job_after_locked(struct sl_engine *e, struct sl_job *job,
			 int64_t delay_us);
void sl_job_no_timer(struct sl_engine *e, struct sl_job *job);
void sl_job_no_timer_locked(struct sl_engine *e, struct sl_job *job);
bool sl_job_at_rest(const struct sl_job *job); /* locked */
void *sl_worker_main(void *worker);

/** How a task asks for budget. */
enum sl_budget_way {
	SL_BUDGET_TRY,  /* if there is some and nobody stands in line */
	SL_BUDGET_WAIT, /* or stand in line and be woken              */
	SL_BUDGET_JUMP, /* if there is some: its page is half full    */
};

/** Reserve, by one of these ways. */
bool sl_budget_take(struct sl_task *task, size_t bytes, enum sl_budget_way way);
void sl_budget_give(struct sl_engine *e, size_t bytes);
void sl_budget_leave(struct sl_task *task);
bool sl_engine_ending(struct sl_engine *e); /* stop, or hand back */
/** The status of a run that is not done since the engine ends, or steps aside. */
const char *sl_engine_way_out(struct sl_engine *e);
/** Until the work is to be handed back; -1 = for ever, or it has been. Locked. */
int64_t sl_engine_time_left(struct sl_engine *e);
/** No more time. Locked; lets the lock go for a moment. */
void sl_engine_hand_back(struct sl_engine *e);
/** Hold this worker for a while, or until the engine ends. */
void sl_engine_pause(struct sl_engine *e, int64_t us);

/* engine_begin.c, engine_end.c */
/** Which one of the registry is it? False: this build has none. */
bool sl_connector_find(const struct sl_engine *e, const char *name, size_t *at);
/** A random uuid, on the arena, for a run's log row. */
const char *sl_run_id_new(const struct sl_rng *rng, struct sl_arena *arena);
void sl_run_start(struct sl_worker *worker, struct sl_run *run);
/** A burst at the start counts against the minute, too. */
void sl_run_start_pace(struct sl_pace *pace, double per_minute, int64_t now_us);
/** The connector's kind of that name, or NULL. */
const struct sl_stream_kind *sl_run_kind(const struct sl_run *run,
					 const char *name);
/** The task that has or had the stream last, or NULL. */
struct sl_task *sl_run_find_task(const struct sl_run *run,
				 const struct sl_stream_row *row);
/** Tasks for one half of the streams: openers first, then all others. */
void sl_run_add_tasks(struct sl_run *run, bool openers);
/** Load the streams again if a page changed some; a new sl_run_add_tasks tells
 *  them. False: the run has failed. */
bool sl_run_reload(struct sl_worker *worker, struct sl_run *run);
void sl_run_finish(struct sl_worker *worker, struct sl_run *run);

/* engine_erase.c */
/** What is it that the account's settings forbid, since they changed? */
void sl_run_plan_erasure(struct sl_run *run);
/** A chunk of it. False: there is none left, or the run has failed. */
bool sl_run_erase(struct sl_worker *worker, struct sl_run *run);

/* engine_run.c */
/** Nothing of the run is left to do: tell, and let the next one start. */
void sl_run_over(struct sl_run *run, const char *status);
void sl_run_step(struct sl_worker *worker, struct sl_job *job);
/** Book a failure: of one stream, or (fatal) of the whole run. */
void sl_run_fail(struct sl_run *run, const struct sl_error *err, bool fatal);
/** Now, by the database's clock: hosts whose clocks differ agree on it. */
int64_t sl_run_now_us(const struct sl_run *run);
bool sl_run_stopped(struct sl_run *run); /* fatal, or ending */
bool sl_run_is_fatal(struct sl_run *run);
/** One more page of pages_max for a flight to hold; false: none is left. */
bool sl_run_take_page(struct sl_run *run);
void sl_run_give_page(struct sl_run *run);
/** Free a run that is over; its jobs are at rest. */
void sl_run_free(struct sl_run **run);
void sl_run_progress(struct sl_run *run, const struct sl_task *task,
		     int64_t wait_us);

/* engine_task.c */
void sl_task_step(struct sl_worker *worker, struct sl_job *job);
struct sl_task *sl_task_new(struct sl_run *run,
			    const struct sl_stream_kind *kind,
			    const struct sl_stream_row *row);
void sl_task_free(struct sl_task *task);
/** Another stream asked for a new walk since this one began. */
bool sl_task_must_rewalk(struct sl_task *task);

/* engine_due.c */
/** After a walk: tombstone what it did not see, unless the breaker holds. With
 *  SL_SWEEP_ASKS samples have become wanted. */
enum sl_sweep_answer sl_task_sweep(struct sl_worker *worker,
				   struct sl_task *task, struct sl_error *err,
				   sl_status *status);
/** Masters that are due: expanded here, or wanted from the provider. */
sl_status sl_task_expand(struct sl_worker *worker, struct sl_task *task,
			 struct sl_error *err);

/* prepare.c */
/** Normalise identities, drop duplicates, hash; bad ids become rejected. */
void sl_page_prepare(struct sl_page *page);

void sl_tally_add(struct sl_tally *sum, const struct sl_tally *add);

#endif
