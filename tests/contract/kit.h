/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the contract suite must know of a provider: how its answers look.
 *
 * The suite plays a well-behaved feed of items (a walk in pages, then changes)
 * and spoils it in every way that it knows; the real engine, HTTP client and
 * store do the rest. A connector's author writes one kit, and one row in
 * connectors.c; every case comes with that.
 */
#ifndef SL_TESTS_CONTRACT_KIT_H
#define SL_TESTS_CONTRACT_KIT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"

#include "core/sync/connector.h"

/** One item of the feed. The last four are JSON text, put in as it is. */
struct contract_item {
	const char *id;
	const char *group; /* what it can be read with; NULL = nothing   */
	int64_t version;   /* 1, 2, ...: the later, the newer            */
	int64_t born;      /* the version that it had when it was new    */
	const char *title; /* changes with the item                      */
	const char *first; /* the title that it had when it was new      */
	bool gone;
	bool back;              /* it was gone before */
	const char *id_json;    /* NULL = the id, quoted             */
	const char *title_json; /* NULL = the title, quoted          */
	const char *at_json;    /* NULL = a good time                */
	const char *more_json;  /* NULL, or further members: ",..."  */
};

/** What a request asks for. */
enum contract_asks {
	CONTRACT_OTHER,   /* anything but the feed: `other` answers it */
	CONTRACT_LISTING, /* a page of the feed                        */
	CONTRACT_ITEM,    /* one item by its id                        */
	CONTRACT_GROUP,   /* all items of the group that is item_id    */
};

struct contract_request {
	enum contract_asks asks;
	const char *position; /* page or sync token as sent; NULL = the start */
	int64_t limit;        /* page size asked for; 0 = none                */
	const char *item_id;
	bool light; /* asked for without the contents */
};

/** One page of the feed. */
struct contract_page {
	const char *const *items; /* each as `item` wrote it         */
	size_t count;
	const char *next;      /* token of the next page, or NULL      */
	const char *sync;      /* token for changes: on the last page  */
	bool changes;          /* it lists what changed, not what is   */
	int64_t seq;           /* of the last change when it was asked */
	const char *more_json; /* NULL, or further members: ",..."     */
};

/** An answer other than 200 and what it must be understood as. */
struct contract_refusal {
	const char *name; /* NULL ends the table */
	int status;
	const char *body;
	sl_status remedy;
	sl_scope scope;
};

/**
 * A feed whose listing names items only, which are then read one by one or in
 * groups, and whose changes another stream follows from a position that it
 * took up before the walk.
 */
struct contract_refs {
	/** The stream that follows. */
	const char *follows;
	/** An item as a page of a walk names it. */
	void (*ref)(const struct contract_item *item, struct sl_buf *out);
	/** An item as a page of changes tells of it; is it new there? */
	void (*change)(const struct contract_item *item, bool added,
		       struct sl_buf *out);
	/** All items of a group, each as `item` wrote it. */
	void (*group)(const struct contract_page *page, struct sl_buf *out);
};

struct contract_case;

struct contract_kit {
	/** Its migration's file; NULL where the build has it. */
	const char *migration;
	/** The stream that the suite plays with: the one that walks. */
	const char *kind, *key;
	/** The account's address. */
	const char *account;

	/** Read the target of a GET: path below the endpoint, and query. */
	void (*recognise)(const char *path, const char *query,
			  struct sl_arena *arena, struct contract_request *out);
	/** The answer to CONTRACT_OTHER: e.g. the list that opens the feed,
	 *  whose last change was `seq`. */
	void (*other)(const char *path, const char *query, int64_t seq,
		      struct sl_buf *body);
	void (*item)(const struct contract_item *item, struct sl_buf *out);
	void (*page)(const struct contract_page *page, struct sl_buf *out);
	/** NULL = one stream walks and follows, its pages hold the items. */
	const struct contract_refs *refs;

	/** Every refusal that the provider's documents tell of. */
	const struct contract_refusal *refusals;
	/** How it says that a sync token, or a page token, is worthless. */
	int sync_expired, page_expired;

	/** It hands out no tokens: pages are counted, changes asked for by the
	 *  moment of the last one, which is told again; an empty page ends them.
	 *  Nothing is read by id, no walk of it sweeps, and streams beside it go
	 *  on. Cases of listings and items say nothing of it and do not run. */
	bool counted;
	/** Items tell which of two versions is newer. */
	bool versioned;
	/** Bytes of an answer that it takes; 0 = SL_BODY_MAX. */
	size_t body_max;
	/** Bytes that are kept of a title; 0 = all. */
	size_t title_max;
	/** An item too large for any page can be passed by, or is read without
	 *  what makes it large. */
	bool passes_too_large, keeps_too_large;
	/** A refusal (429) whose text alone tells until when, as printf takes
	 *  that time; NULL = it has none. */
	const char *deadline;
	/** Settings (JSON) that put another question to the feed; NULL = the
	 *  connector has no options. */
	const char *other_settings;
	/** SQL of what became of an item's title, from its artifact; NULL = its
	 *  title. */
	const char *title_sql;
	/** Cases that only this provider can cause; NULL = none. */
	const struct contract_case *cases;
};

/** One row a connector. */
struct contract_row {
	const struct sl_connector *connector; /* NULL ends the table */
	const struct contract_kit *kit;
};

extern const struct contract_row contract_connectors[];

/* The kits, in alphabetical order: kit_<connector>.c */
extern const struct contract_kit contract_gmail;
extern const struct contract_kit contract_google_calendar;
extern const struct contract_kit contract_linkedin;
extern const struct contract_kit contract_toy;

/** The value of a query parameter, decoded; NULL = not there. */
const char *contract_param(struct sl_arena *arena, const char *query,
			   const char *name);

/** A text as JSON, in quotes. */
void contract_quote(struct sl_buf *out, const char *text);

#endif
