/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An OAuth client's quota of one API, in this process: a pace for all its runs,
 * and purses that are filled with chunks of what the fleet shares. All of it is
 * guarded by the engine's mutex, but what is said to be constant.
 */
#ifndef SL_SYNC_PURSE_PRIVATE_H
#define SL_SYNC_PURSE_PRIVATE_H

#include "core/net/pace.h"
#include "core/sync/connector.h"
#include "core/sync/job_private.h"

struct sl_client;
struct sl_engine;
struct sl_leg;
struct sl_run;
struct sl_task;

/** A purse is filled with this part of a minute's quota at most, ... */
#define SL_CHUNK_PARTS 20

/** ... beginning each minute with a tenth of that, so that a process that asks
 *  little leaves little unused. */
#define SL_CHUNK_FIRST 10

struct sl_purse {
	struct sl_job job;        /* first */
	struct sl_client *client; /* constant */
	bool backfill;            /* constant: for walks */
	bool asking;
	double units;
	int64_t until_us;  /* monotonic: what is left is lost then    */
	int64_t closed_us; /* monotonic: nobody is granted any before */
	double chunk;      /* to ask for next */
	int64_t block_us; /* to be told to the fleet: until then; 0 = nothing */
	bool untold;      /* that failed, and was logged */
	struct sl_task *head, **tail; /* who waits for units */
};

enum { SL_PURSE_CHANGES, SL_PURSE_BACKFILL, SL_PURSES };

struct sl_client {
	struct sl_client *next;
	const struct sl_connector *connector; /* constant */
	char row[37];                         /* constant: oauth_clients */
	double per_minute;                    /* 0 = no limit */
	bool shared; /* constant: the fleet's quota is asked for */
	struct sl_pace pace;
	int64_t blocked_us; /* monotonic: nobody asks before */
	struct sl_purse purses[SL_PURSES];
};

/** The one of the run's grant; made when it is met first. Its quota is that of
 *  today. */
void sl_run_begin_client(struct sl_run *run, double per_minute, bool shared);

enum sl_payment {
	SL_PAID,
	SL_PAY_SOON,  /* it stands in line, and is woken */
	SL_PAY_LATER, /* from *at_us on */
};

/** Pay for an attempt of this leg. */
enum sl_payment sl_purse_pay(struct sl_leg *leg, int64_t *at_us);
/** What was paid for an attempt that does not leave comes back. Locked. */
void sl_purse_give_back(struct sl_leg *leg);
/** It need not be woken any more. */
void sl_purse_leave(struct sl_task *task);
/** When runs of that connector may begin: now (monotonic), or when the quota of
 *  all its clients is there again, of which none has some in a run's patience.
 *  Locked. */
int64_t sl_clients_open_us(struct sl_engine *e,
			   const struct sl_connector *connector, int64_t now);
/** The provider wants all of the client to wait. */
void sl_client_block(struct sl_run *run, int64_t for_us);
void sl_clients_free(struct sl_engine *e);

#endif
