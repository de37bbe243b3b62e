/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An account whose items come by two roads: a log of changes, listings, and
 * archives. On top of store_kit.h, with short words for messages and people.
 */
#ifndef SL_TEST_ROAD_KIT_H
#define SL_TEST_ROAD_KIT_H

#include "tests/support/store_kit.h"

/** Versions: a log's of a millisecond, as connectors of two roads make them. */
#define ROAD_LOG(ms) ((ms)*4 + 1)

#define ROAD_ANN_URN "urn:li:person:Ann"
#define ROAD_ANN     "linkedin.com/in/ann"
#define ROAD_ME_URN  "urn:li:person:Me"
#define ROAD_ME      "linkedin.com/in/me"

extern struct sl_kit road;

int road_setup_all(void **state);
int road_teardown_all(void **state);
int road_setup(void **state);
int road_teardown(void **state);

/** "log" follows; "inbox" lists nothing in full; "people" lists connections. */
struct sl_stream_row *road_stream(const char *kind);

/** A page of the log. */
void road_log(void);

/** A whole walk in one page, or its first, next and last page. As of then. */
void road_listing(const char *kind, int64_t as_of_ms);
void road_listing_begins(const char *kind, int64_t as_of_ms);
void road_listing_goes_on(const char *kind);
void road_listing_ends(const char *kind, int64_t as_of_ms);

/** A message in a thread, at a second of the kit's day. */
struct sl_artifact *road_message(struct sl_kit *k, const char *thread,
				 int64_t second, const char *text,
				 int64_t version);
/** The same as the log tells it, under a resource id; from a URN. */
struct sl_artifact *road_told(struct sl_kit *k, const char *resource,
			      const char *text, int64_t version);
/** ... as a listing shows it; from a profile, to another. */
struct sl_artifact *road_shown(const char *text, int64_t version);

struct sl_participant *road_person(struct sl_kit *k, struct sl_artifact *a,
				   const char *handle, const char *role);
void road_alias(struct sl_kit *k, struct sl_artifact *a, const char *value);

/** What the log says of a message by its resource id alone. */
void road_edit(const char *resource, const char *text, int64_t version);
void road_delete(const char *resource, int64_t version);

/** A person in the listing of connections; slug NULL = it does not say. */
struct sl_artifact *road_connection(const char *slug, const char *name,
				    int64_t version);

/** All items of a type, live as they are, gone ones with a "-", by text. */
const char *road_items(const char *type);

/** One value of this user, by SQL with $user for its id. */
const char *road_value(const char *sql);

/** Sweep until there is nothing left; how many rows went. */
int64_t road_sweep(const char *kind);

#endif
