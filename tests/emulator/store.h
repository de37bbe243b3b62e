/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The world: clock, options, accounts, calendars, and per calendar an
 * overlay of changed events over a generated base that is never stored.
 * Everything here is guarded by the world's lock: readers render under the
 * read lock, `_control` and the token endpoint take the write lock.
 */
#ifndef EMU_STORE_H
#define EMU_STORE_H

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>

#include "gen.h"
#include "tz.h"

struct emu_mailbox;
struct emu_member;
struct emu_oauth;
struct emu_stats;
struct emu_faults;

/** An event that differs from the base, or is not in it. */
struct emu_over {
	char *id;
	json_t *body; /* the whole resource, also while cancelled */
	char *text;   /* what lists and get answer */
	enum emu_role role;
	uint64_t slot; /* EMU_NO_SLOT for a new event */
	uint64_t seq;  /* the calendar's change that touched it last */
	bool cancelled;
	bool gone; /* purged: 404, in no list */
};

#define EMU_NO_SLOT UINT64_MAX

struct emu_change {
	uint64_t seq;
	struct emu_over *over;
};

struct emu_cal {
	struct emu_account *account;
	char *id;
	char *summary;
	char *override;   /* summaryOverride or NULL */
	char *self_email; /* whose calendar it is */
	char *owner;      /* dataOwner or NULL */
	char *role;       /* accessRole */
	const struct emu_zone *zone;
	enum emu_flavor flavor;
	bool primary, selected, hidden, removed;
	int deny_status; /* events.* answer this status; 0 = served */
	uint64_t key;
	uint64_t base_count;
	uint64_t seq;        /* last change */
	uint64_t epoch;      /* sync tokens of older epochs get 410 */
	uint64_t page_epoch; /* page tokens of older epochs get 400 */
	uint64_t list_seq;   /* last change of the list entry */
	int64_t updated_ms;
	struct emu_over **overs;
	size_t over_count, over_cap;
	struct emu_over **fresh; /* those that are not in the base */
	size_t fresh_count, fresh_cap;
	struct emu_over **table; /* open addressing by id */
	size_t table_cap;
	uint8_t *touched; /* bit per base slot */
	struct emu_change *log;
	size_t log_count, log_cap;
};

/** Gmail's quota units of the last minute, second by second. */
#define EMU_QUOTA_SECONDS 60

struct emu_units {
	int64_t second[EMU_QUOTA_SECONDS];
	uint64_t units[EMU_QUOTA_SECONDS];
	int64_t locked_until_ms;
};

struct emu_account {
	struct emu_world *world;
	char *email;
	char *name;
	char *sub;
	uint64_t index;
	uint64_t key;
	struct emu_pool *pool;
	struct emu_cal **cals;
	size_t cal_count;
	uint64_t list_seq;
	uint64_t list_epoch;
	struct emu_mailbox *mail; /* NULL: no Gmail */
	struct emu_member *member;
	uint64_t calls[2]; /* quota: window number, calls in it */
};

struct emu_options {
	uint64_t expires_in, latency_ms, page_max_bytes;
	uint64_t quota_user, quota_project, quota_window_s, quota_status;
	uint64_t refresh_expires_in;
	uint64_t mail_quota_user, mail_quota_project, mail_quota_status;
	uint64_t mail_prices, mail_concurrency, mail_lock_s, mail_page_life_s;
	uint64_t linkedin_expires_in;
	uint64_t linkedin_page_rows, linkedin_clump_ms, linkedin_quota_day;
	uint64_t linkedin_replay_percent, linkedin_slow_ms;
	uint64_t mail_page_max; /* of a page, whatever was asked for; 0 = off */
	bool rotate, rotate_grace, omit_refresh, deny, gzip, web_client,
		cancel_exceptions, linkedin_refresh;
	bool linkedin_shuffle, linkedin_dup_rows, linkedin_newest_first,
		linkedin_short_pages, linkedin_noise, linkedin_frozen;
	char *linkedin_dates, *linkedin_lists, *linkedin_links;
	char *grant_scopes, *userinfo_email;
	char *auth_error, *auth_description, *auth_issuer; /* of answers */
	char *linkedin_client_id, *linkedin_client_secret;
	char *linkedin_redirect_uris, *linkedin_scopes, *linkedin_account;
	char *quota_retry_after, *quota_reason;
	char *mail_quota_reason, *mail_quota_message;
	char *client_id, *client_secret, *redirect_uris;
};

struct emu_world {
	pthread_rwlock_t lock;
	uint64_t seed;
	int64_t ref_s; /* the day around which events were spread */
	_Atomic int64_t clock_add_ms; /* emulated minus real time */
	int64_t last_ms;
	struct emu_options options;
	struct emu_account **accounts;
	size_t account_count;
	struct emu_oauth *oauth;
	struct emu_stats *stats;
	struct emu_faults *faults;
	pthread_mutex_t quota_lock;
	uint64_t project_calls[2];
	struct emu_units mail_units; /* of the project */
};

/** An event wherever it lives. */
/* EMU_INSTANCE: of a series, not stored: `made`, or `spec` if that is NULL */
enum emu_place { EMU_NOWHERE, EMU_BASE, EMU_OVERLAY, EMU_INSTANCE };

struct emu_item {
	enum emu_place place;
	struct emu_spec spec;
	struct emu_over *over; /* EMU_OVERLAY */
	json_t *made;
};

/* world.c */
struct emu_world *emu_world_new(uint64_t seed, int64_t now_ms, bool fixed);
void emu_world_free(struct emu_world *w);
int64_t emu_now_ms(const struct emu_world *w);
/** Never twice the same: the stamp of a change. */
int64_t emu_change_ms(struct emu_world *w);
/** "EMAIL:EVENTS:CALENDARS", CALENDARS a number or "mix". */
struct emu_account *emu_add_account(struct emu_world *w, const char *spec);
struct emu_account *emu_find_account(struct emu_world *w, const char *email);
struct emu_cal *emu_add_calendar(struct emu_account *a, const char *id,
				 const char *summary, uint64_t events);
/** `id` may be "primary"; removed ones are found too. */
struct emu_cal *emu_find_calendar(struct emu_account *a, const char *id);
void emu_list_changed(struct emu_cal *c);
void emu_options_reset(struct emu_options *o);
void emu_options_free(struct emu_options *o);

/* store.c */
void emu_cal_free(struct emu_cal *c);
uint64_t emu_positions(const struct emu_cal *c);
/** The event at a place of the full list; EMU_NOWHERE when purged. */
void emu_item_at(struct emu_cal *c, uint64_t pos, struct emu_item *item);
/** By id, cancelled ones too; stored events only. */
void emu_find_event(struct emu_cal *c, const char *id, struct emu_item *item);
/** As above; also not yet stored instances of a series. */
void emu_find_any(struct emu_cal *c, const char *id, struct emu_item *item);
void emu_item_release(struct emu_item *item);
/** A new reference. */
json_t *emu_item_json(struct emu_cal *c, const struct emu_item *item);
void emu_item_render(struct emu_buf *b, struct emu_cal *c,
		     const struct emu_item *item);
bool emu_item_cancelled(const struct emu_item *item);
enum emu_role emu_item_role(const struct emu_item *item);
struct emu_over *emu_over_find(const struct emu_cal *c, const char *id);
/** The overlay entry of an id, made if needed; body is stolen. */
struct emu_over *emu_over_set(struct emu_cal *c, const char *id, uint64_t slot,
			      json_t *body);
/** Log it as changed and render its text anew. */
void emu_over_commit(struct emu_cal *c, struct emu_over *o);
/** First log entry after `seq`. */
size_t emu_log_after(const struct emu_cal *c, uint64_t seq);

/* edit.c: what `_control` does to events; each returns a new reference
 * or NULL with *why set */
json_t *emu_event_create(struct emu_cal *c, json_t *body, const char **why);
json_t *emu_event_update(struct emu_cal *c, const char *id, json_t *body,
			 const char **why);
/** Until it is changed again, lists and get answer this text for it. */
json_t *emu_event_say(struct emu_cal *c, const char *id, const char *text,
		      const char **why);
json_t *emu_event_cancel(struct emu_cal *c, const char *id, const char **why);
json_t *emu_event_purge(struct emu_cal *c, const char *id, const char **why);
json_t *emu_event_move(struct emu_cal *c, const char *id, struct emu_cal *to,
		       const char **why);
/** Some change or other; never fails. */
json_t *emu_event_random(struct emu_cal *c, struct emu_rng *rng);

#endif
