/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a page's transaction that write people; part of store_page.h.
 */
#ifndef SL_STATE_STORE_PEOPLE_H
#define SL_STATE_STORE_PEOPLE_H

#include "core/sync/store.h"

#include "state/evidence.h"

struct sl_page_work;

/** An address as it is kept: as written, unless that is absurdly long. */
const char *sl_address_shown(const char *address, const char *norm);

/* store_people.c */
sl_status sl_page_put_people(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
/** Whoever writes a user's people goes alone, until the transaction ends. */
sl_status sl_people_lock(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;

/* store_judge.c */

/** Judge by some evidence and write what follows. Under sl_people_lock.
 *  `made`: the new contacts, normalised; or NULL. */
sl_status sl_people_judge(struct sl_page_work *w,
			  const struct sl_evidence_query *query,
			  struct sl_pg_array *made, bool *creates,
			  struct sl_error *err) SL_NODISCARD;

/** Contacts of pages that were only looked at. */
struct sl_people_memory {
	bool (*knows)(void *ctx, const char *norm);
	void (*found)(void *ctx, const char *norm, const char *name,
		      const char *reason);
	/* would become one if the organizer of an invitation were one; or
	 * NULL: need not be told */
	void (*waits)(void *ctx, const char *organizer, const char *norm,
		      const char *name, const char *reason);
	/* mail that counts went this way: did any go the other way? */
	bool (*corresponds)(void *ctx, const char *norm, bool by_user);
	void *ctx;
};

/** Who of the evidence (its rows, all of one sort) would become a
 *  contact: each is `found`; how many. Writes nothing. */
size_t sl_people_foresee(const struct sl_page_work *w,
			 const struct sl_rows *rows, enum sl_evidence_of of,
			 const struct sl_people_memory *memory);

/** People of meetings, and of what follows from new contacts. */
sl_status sl_people_judge_meetings(struct sl_page_work *w,
				   const struct sl_evidence_query *query,
				   struct sl_error *err) SL_NODISCARD;
sl_status sl_people_judge_mail(struct sl_page_work *w,
			       const struct sl_evidence_query *query,
			       struct sl_error *err) SL_NODISCARD;

/** People of ties. Addresses that came to contacts by it may be organizers'. */
sl_status sl_people_judge_ties(struct sl_page_work *w,
			       const struct sl_evidence_query *query,
			       struct sl_error *err) SL_NODISCARD;

/* store_again.c */

/** What the settings say about contacts, as one text. */
const char *sl_people_rule_text(struct sl_arena *arena,
				const struct sl_people_options *options);

/**
 * What is stored of the account, judged again because the rule or the user's
 * own addresses are no longer those that it was judged by, or because other
 * accounts made contacts that matter here: a chunk of it.
 *
 * more		set when another chunk is left
 */
sl_status sl_people_again(struct sl_page_work *w, bool *more,
			  struct sl_error *err) SL_NODISCARD;

/** The page wrote items: what they were judged by is kept from now on. */
sl_status sl_people_begin(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;

/** A part of what is stored that is to be judged again. */
struct sl_people_chunk {
	char basis[65]; /* judged by that, then; "" = not begun */
	char after_key[SL_STREAM_KEY_MAX + 1]; /* its last item */
	char after_id[SL_SOURCE_ID_MAX + 1];
	struct sl_pg_array *mail, *meetings, *ties; /* on the work's arena */
	size_t mail_count, meeting_count, tie_count;
	bool due;  /* false: all was judged as it would be now */
	bool more; /* another one is behind it                 */
};

/** The next one behind `chunk`'s end; the first when it is all zero. */
sl_status sl_people_next_chunk(struct sl_page_work *w,
			       struct sl_people_chunk *chunk,
			       struct sl_error *err) SL_NODISCARD;
/* store_self.c */
sl_status sl_page_put_own(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
/** What is linked to the user's own handles is the user's own. */
sl_status sl_page_own_linked(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;

/* store_persons.c */
/** Entries of address books, and what the user says of itself; those that are
 *  left out are filtered. */
sl_status sl_page_put_persons(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;

/* store_cards.c */

/** An address or a handle that a contact gets, unless it is another's. */
struct sl_gain {
	const char *contact_id; /* or NULL: whose `handle` is */
	const char *handle;     /* normalised */
	const char *shown, *norm;
	const char *artifact_id; /* that tells; or NULL */
};

/** Under sl_people_lock; `made` gets the addresses that became somebody's. */
sl_status sl_cards_addresses(struct sl_page_work *w,
			     const struct sl_gain *gains, size_t count,
			     struct sl_pg_array *made, bool *any,
			     struct sl_error *err) SL_NODISCARD;
sl_status sl_cards_handles(struct sl_page_work *w, const struct sl_gain *gains,
			   size_t count, struct sl_error *err) SL_NODISCARD;
/** What the page's links tell of contacts and of the user. */
sl_status sl_cards_links(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;

#endif
