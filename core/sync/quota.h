/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an API grants an OAuth client, for all its users together, as the
 * processes of a fleet share it: in chunks, minute by minute.
 */
#ifndef SL_SYNC_QUOTA_H
#define SL_SYNC_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

/** Walks get at most this part of a minute's quota of a client, so that changes
 *  find some. */
#define SL_BACKFILL_PERCENT 80

/** Some of an API's quota for all users of an OAuth client together. */
struct sl_quota_ask {
	const char *api;              /* connector name */
	const char *oauth_client_row; /* uuid text      */
	double per_minute;            /* as published, units; 0 = no limit */
	int64_t least, most; /* units: less than the first is of no use */
	bool backfill;       /* for walks: SL_BACKFILL_PERCENT of a minute */
};

struct sl_quota_grant {
	int64_t units;  /* least .. most; 0 = none now */
	int64_t for_us; /* what is not used so long from now is lost; with 0
			 * units: ask again then */
};

/** Nobody of that client is to ask this API for so long. */
struct sl_quota_block {
	const char *api;
	const char *oauth_client_row;
	int64_t for_us;
};

#endif
