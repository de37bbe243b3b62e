/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A network for tests of the store: connections and messages of one user, ME,
 * and short words for their pages.
 */
#ifndef SL_TEST_TIE_KIT_H
#define SL_TEST_TIE_KIT_H

#include "tests/support/store_kit.h"

/** The user, and two others: as written, and as compared. */
#define ME    "urn:li:person:Me0"
#define ANN   "https://www.linkedin.com/in/Ann-Other/"
#define ANN_N "linkedin.com/in/ann-other"
#define BOB   "https://www.linkedin.com/in/bob"
#define BOB_N "linkedin.com/in/bob"

extern struct sl_kit ties;
extern struct sl_stream_row *tie_box;
extern struct sl_people_options tie_rule; /* of the next pages */

/** For cmocka: a database and its user, whose own handle is ME. */
int tie_setup(void **state);
int tie_teardown(void **state);

void tie_page(void);
/** A page with an own handle. */
void tie_own(const char *handle);

/** Contacts that have the handle, and of which something holds. */
int64_t tie_contact(const char *norm, const char *where);
/** All of them, but the user. */
int64_t tie_contacts(void);

/* On the page under way. */
struct sl_participant *tie_person(struct sl_artifact *a, const char *handle,
				  const char *role, const char *name);
struct sl_artifact *tie_thing(const char *type, const char *id);
struct sl_artifact *tie_message(const char *id, const char *from,
				const char *to);
struct sl_artifact *tie_connection(const char *profile, int64_t version,
				   const char *first, const char *last);
/** A text of its metadata, an e-mail address of a connection. */
void tie_says(struct sl_artifact *a, const char *key, const char *text);
void tie_has_email(struct sl_artifact *a, const char *address);

/** Pages of one message, of one connection. */
void tie_stored(const char *id, const char *from, const char *to);
void tie_connected(const char *profile, int64_t version, const char *first,
		   const char *last);

/** A message that is there, by another road: who wrote it is called otherwise. */
void tie_told(const char *id, const char *from, const char *to);

/** That handle is the person of this profile. */
void tie_link_handle(const char *handle, const char *profile);

#endif
