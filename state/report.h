/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What status, streams and doctor show: read-only lists over all users
 * as the operator, and the one choice that a user makes about a stream.
 */
#ifndef SL_STATE_REPORT_H
#define SL_STATE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/text.h"

#include "core/sync/ends.h"

#include "state/pg.h"

/** What a list is about; NULL = all. */
struct sl_report_filter {
	const char *user_id;
	const char *connector;
	int64_t limit; /* newest so many */
};

/** An integration and how it is. Times: SL_NO_TIME = never. */
struct sl_status_row {
	const char *integration_id, *user_id;
	const char *connector, *account;
	const char *status, *reason;
	int64_t last_success_us, next_run_us;
	int64_t backfill_us; /* a slice of its walks is due; SL_NO_TIME: no
			      * walk is left                                */
	int64_t streams, streams_enabled, streams_walking;
	int64_t streams_waiting; /* of those that walk: for what the provider
				  * has not, or not yet                     */
	int64_t pending_deletions, quarantined, filtered;
	int64_t quarantined_lately; /* within a day */
	bool running;
	int64_t resync_asked_us; /* a full walk, not yet done    */
	bool accept_deletions;   /* a person agreed to what waits */
	int64_t interval_us;
	bool parked;         /* its runs died, and none begins */
	bool user_rests;     /* deleted softly: nothing runs   */
	const char *consent; /* what to connect to renew it    */
	/* By the database's clock; negative: in the future */
	int64_t connected_age_us;
	int64_t fresh_age_us; /* since a run ended well, or since one that
				  * goes on stored its last page; SL_NO_TIME */
	int64_t run_age_us;  /* since a run began or ended; SL_NO_TIME = none */
	int64_t walk_age_us; /* since the walk that stands the longest stored a
			      * page; SL_NO_TIME: no walk is under way      */
	int64_t deadline_us; /* the provider said: not before; SL_NO_TIME   */
	bool solo;           /* a run of it died: the next one runs alone   */
	const char *error_class, *error_scope, *error_text;
	int64_t error_us;
	struct sl_consent_times times; /* of a consent that lives */
	const char *purpose;           /* what was connected by it */
	const char *checked; /* JSON: kind to the microseconds of its stream
			      * that was synced the longest ago; or NULL  */
};

sl_status sl_report_status(struct sl_pg *pg,
			   const struct sl_report_filter *filter,
			   struct sl_arena *arena, struct sl_status_row **out,
			   size_t *count, struct sl_error *err) SL_NODISCARD;

/** One item in quarantine; what was sent is not among it. */
struct sl_item_row {
	const char *integration_id, *user_id, *connector, *account;
	const char *stream_kind, *stream_key;
	const char *stream_title; /* or NULL                            */
	const char *source_id;    /* "sha256:..." when it has no id     */
	const char *class;        /* "transient", "malformed"           */
	const char *detail;       /* why, one line; or NULL             */
	int64_t attempts;
	int64_t next_try_us; /* SL_NO_TIME: when version or mapping change */
	int64_t seen_us, since_us;
	int64_t raw_bytes; /* size of what was sent */
};

/** `total`: how many there are, whatever the limit. */
sl_status sl_report_items(struct sl_pg *pg,
			  const struct sl_report_filter *filter,
			  struct sl_arena *arena, struct sl_item_row **out,
			  size_t *count, int64_t *total, struct sl_error *err)
	SL_NODISCARD;

/** One stream. */
struct sl_stream_info {
	const char *user_id, *connector, *account;
	const char *kind, *key, *title;
	const char *state;    /* "new", "walking", "live", "closed" */
	bool enabled, chosen; /* chosen: by the user             */
	const char *disabled_reason;
	int64_t opened_us, switched_us; /* known since; on or off since */
	int64_t walked_us,
		coverage_us; /* last complete walk; it reaches back */
	int64_t error_us, not_before_us;
	int64_t checked_us, changed_us;
	int64_t pending_deletions, failures;
	const char *error_text;
	/* How far a walk is, where the connector shows it; 0, NULL = unknown */
	int64_t listed, estimate;
	const char *oldest;
	const char *waiting; /* why a walk stands still; NULL: it does not */
	int64_t pending;     /* listed, and still to be read */
};

sl_status sl_report_streams(struct sl_pg *pg,
			    const struct sl_report_filter *filter,
			    struct sl_arena *arena, struct sl_stream_info **out,
			    size_t *count, struct sl_error *err) SL_NODISCARD;

/** The user's choice about the streams with that key. */
struct sl_stream_choice {
	const char *user_id;
	const char *connector; /* NULL = any */
	const char *key;
	bool enabled;
};

/** `*changed`: streams of that key; 0 = there is none. */
sl_status sl_report_choose_stream(struct sl_pg *pg,
				  const struct sl_stream_choice *choice,
				  int64_t *changed, struct sl_error *err)
	SL_NODISCARD;

/** The server and the login, for doctor. */
struct sl_server_info {
	const char *version, *database, *login, *encoding;
	int64_t now_us;
	bool bypasses_rls; /* superuser or BYPASSRLS: should not sync so */
	bool read_only;
	bool gateway_exists, operator_exists;
	bool gateway_member, operator_member;
	bool supabase;
};

sl_status sl_report_server(struct sl_pg *pg, struct sl_arena *arena,
			   struct sl_server_info *out, struct sl_error *err)
	SL_NODISCARD;

#endif
