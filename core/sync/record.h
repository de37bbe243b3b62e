/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a connector's `read` emits: one page of facts.
 *
 * A page and everything in it lives on one arena and dies with it. Records
 * are facts as the provider told them; what depends on other rows (who is a
 * contact, what is new) is decided by engine and store. Every item that the
 * provider sent ends in exactly one list: artifacts, tombstones, patches,
 * filtered or rejected; a page that loses an item is a bug that the contract
 * suite finds by counting.
 *
 * Lists are singly linked in the order of arrival; the helpers below append a
 * zeroed record (an artifact's times absent) and return it. All text is valid
 * UTF-8 without NUL.
 */
#ifndef SL_SYNC_RECORD_H
#define SL_SYNC_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/clock.h"

#include "core/sync/who.h"

/** Longest ids that are stored as they are; longer items are rejected. */
#define SL_SOURCE_ID_MAX  1100 /* bytes */
#define SL_STREAM_KEY_MAX 512  /* bytes */

/** Longer keys across items are kept whole in the metadata, as "external_uid"
 *  and "thread"; what is compared is "sha256:" and the hash. */
#define SL_EXTERNAL_UID_MAX 1100 /* bytes */
#define SL_THREAD_MAX       512  /* bytes */

/** Raw bytes kept of a rejected item. */
#define SL_RAW_MAX 65536

/**
 * A further id of an item, unique among an account's aliases of one kind: "resource"
 * and the id by which a change log calls what a listing shows without any.
 */
struct sl_alias {
	const char *kind;  /* kebab-case, at most 64 bytes; NULL ends a list */
	const char *value; /* at most SL_SOURCE_ID_MAX bytes                 */
};

/** Anything with a time: an event, a message. */
struct sl_artifact {
	struct sl_artifact *next;
	size_t order; /* of arrival in the page; set by the helper */
	const char *source_id;
	int64_t source_version; /* orders versions of one item; 0 = unknown */
	/* The same item may come by several roads under several ids. The store
	 * looks for it by source_id, by its aliases and in the two ways below;
	 * what is there already keeps its source_id, and takes the record's id
	 * and aliases as further ones. NULL, false: by source_id alone. */
	const struct sl_alias *aliases; /* ends with .kind == NULL; or NULL */
	bool by_moment;      /* the provider gives no id: source_id is
			 * sl_text_key() of thread, occurred_us and content.
			 * One item of that thread and moment whose text alone
			 * differs is the same, before or after an edit      */
	const char *weak_id; /* id made of what it says, for records that lack
			      * the strong one; equal to source_id in those  */
	bool listed; /* of a listing that was complete as of source_version:
		      * unknown here, and not in a newer listing = gone      */
	const char *type; /* "calendar_event": artifact_processing_config */
	const char *external_uid; /* iCalUID, Message-ID; or NULL         */
	const char *thread;       /* or NULL                              */
	const char *parent_id;    /* master of an exception, or NULL      */
	int64_t occurred_us;      /* UTC; SL_NO_TIME = absent             */
	int64_t ends_us;
	bool all_day;
	const char *start_date; /* all-day: "YYYY-MM-DD", end exclusive   */
	const char *end_date;
	int64_t original_start_us;       /* slot of an exception          */
	const char *original_start_date; /* the same, all-day             */
	const char *time_zone;           /* IANA name as sent, or NULL    */
	const char *const *recurrence;   /* of a master: RRULE, RDATE, EXDATE
					  * lines, NULL-ended; else NULL   */
	int64_t reach_us;    /* it surely reaches this instant: its end, or
			   * INT64_MAX for an endless series; a walk that
			   * begins before must list it; SL_NO_TIME: unknown */
	const char *title;   /* or NULL */
	const char *content; /* or NULL */
	const char *const *labels; /* NULL-ended, or NULL                  */
	bool keep_labels; /* an item that is there keeps those it has      */
	json_t *metadata; /* new reference, released with the page      */
	json_t *sent;     /* the item as the provider sent it, in case that the
		       * database refuses it: sl_artifact_keep_sent; or NULL */
	bool deleted;     /* stored as a tombstone (cancelled instance) */
	const char *deleted_reason;   /* "cancelled", ...                    */
	bool participants_incomplete; /* missing people are not removed    */
	struct sl_participant *participants;
	struct sl_participant **participants_tail;
	size_t participant_count;
	unsigned char content_hash[32]; /* set by the engine */
	unsigned char series_hash[32];  /* set by the engine: all that the
					 * instances depend on           */
};

/** An item known only by its id is gone. Nothing happens if it was unknown; by
 *  an unknown alias it waits in the ledger for it, and so does a patch. */
struct sl_tombstone {
	struct sl_tombstone *next;
	size_t order;          /* of arrival in the page; set by the helper */
	const char *source_id; /* or what the ledger calls it, with `alias` */
	const struct sl_alias *alias; /* the item is found by it; or NULL  */
	int64_t source_version;       /* 0 = unknown: always applies */
	const char *reason;           /* "cancelled", "not-found"    */
};

/**
 * Change labels or liveness of a stored item; nothing when it is absent. One
 * that another stream is about to read is read by this one instead, so that
 * no older answer undoes the change.
 */
struct sl_patch {
	struct sl_patch *next;
	const char *source_id; /* or what the ledger calls it, with `alias` */
	const struct sl_alias *alias; /* the item is found by it, as above   */
	const char *content; /* its text was edited to this; NULL = leave    */
	int64_t source_version;
	const char *const *labels;  /* all of them; NULL = leave      */
	const char *const *added;   /* beside those there; or NULL    */
	const char *const *removed; /* of those there; or NULL        */
	bool restore;               /* undelete                       */
};

/** Open, change or close a stream. */
struct sl_stream_change {
	struct sl_stream_change *next;
	const char *kind;
	const char *key;
	const char *title;  /* for people, or NULL               */
	bool close;         /* gone at the provider              */
	bool rewalk;        /* an open one begins a new walk      */
	bool enabled;       /* default; the user may choose otherwise */
	const char *reason; /* why off, or why closed; NULL = on */
	json_t *shown;      /* small JSON for people, or NULL    */
};

/** An item that was left out on purpose. */
struct sl_filtered {
	struct sl_filtered *next;
	const char *source_id;
	const char *reason; /* kebab-case code, e.g. "event-type" */
};

/** An item that could not be mapped: goes to quarantine. */
struct sl_rejected {
	struct sl_rejected *next;
	const char *source_id; /* NULL = it has none that is usable */
	int64_t source_version;
	const char *reason; /* one line                         */
	bool transient;     /* it may do as it is later: tried again by time;
			 * else when its version or the mapping changes  */
	const char *raw;    /* the item as received (JSON text); NULL = none,
			     * what was kept of it before stays */
	size_t raw_len;     /* whole length; at most SL_RAW_MAX is kept */
};

/** A window of time, UTC: from <= t < to. */
struct sl_span {
	int64_t from_us;
	int64_t to_us;
};

/** The instances of a master that start in a window. */
struct sl_instances {
	struct sl_span span;
	int pages; /* of the provider's list that were read */
};

/**
 * An item that a listing named but did not contain; or, with `instances`, the
 * instances of a recurring master, which nobody here can expand. An id waits
 * once only, in one of both ways.
 */
struct sl_ref {
	struct sl_ref *next;
	const char *source_id;
	const char *group;   /* its thread, or NULL                        */
	const char *version; /* its etag, or NULL; of instances: where the
			      * provider's list goes on, NULL = its start   */
	const struct sl_instances *instances; /* NULL = the item itself */
};

/** The instances of one master as one page of the provider lists them. */
struct sl_expansion {
	struct sl_expansion *next;
	const char *source_id; /* the master */
	struct sl_span span;   /* as it was asked for */
	const char *failure;   /* kebab-case code when the provider does not
				* tell; then there are no slots; else NULL */
	bool continues;        /* beside those of the pages before         */
	bool more;             /* a ref on this page asks for the next one */
	bool cut;              /* there are more, and nobody asks for them */
	int64_t *slots; /* original starts, all-day as midnight UTC; any order,
			 * cancelled and moved instances included           */
	size_t count;
};

/** Length of what sl_text_key() returns, NUL included. */
#define SL_TEXT_KEY 67

/**
 * The id of a message whose provider gives none: a hash of its thread, its
 * second and its text. Line ends and blanks at the text's end do not count, as
 * roads differ in them. Who sent it does not count either, as each road calls
 * the sender otherwise: one text twice in one second of one thread is one item.
 *
 * thread	without the prefix that one road puts before it
 * content	NULL counts as empty
 */
void sl_text_key(const char *thread, int64_t occurred_us, const char *content,
		 char out[SL_TEXT_KEY]);

/** Length of what sl_fields_key() returns, NUL included. */
#define SL_FIELDS_KEY 65

/**
 * A hash of texts in their order, NULL-ended, in hex: what an id is made of
 * where there is nothing but what an item says.
 */
void sl_fields_key(const char *const *fields, char out[SL_FIELDS_KEY]);

#define SL_LIST(type)                                                          \
	struct {                                                               \
		struct type *first;                                            \
		struct type **tail;                                            \
		size_t count;                                                  \
	}

struct sl_page {
	struct sl_arena *arena;
	SL_LIST(sl_artifact) artifacts;
	SL_LIST(sl_tombstone) tombstones;
	SL_LIST(sl_patch) patches;
	SL_LIST(sl_own_address) own_addresses;
	SL_LIST(sl_own_handle) own_handles;
	SL_LIST(sl_person) persons;
	SL_LIST(sl_stream_change) streams;
	SL_LIST(sl_filtered) filtered;
	SL_LIST(sl_rejected) rejected;
	SL_LIST(sl_ref) refs;
	SL_LIST(sl_expansion) expansions;

	size_t records; /* artifacts and tombstones so far, for `order`      */
	size_t items;   /* items that the provider's answers held            */
	json_t *cursor; /* new reference: where to go on; never a secret.
			 * NULL = keep the old one                           */
	/** What of the cursor never comes twice in one listing that moves, when
	 *  the cursor counts, too; NULL: all of it. */
	const char *place;
	json_t *shown;  /* small JSON object for people and views: its members
			 * replace those there; NULL = none changes          */
	bool more;      /* ask again now                                     */
	bool walk_done; /* this page ends a complete walk: sweeping is safe  */
	bool gaps;      /* with walk_done: but for some of what it lists, which
			 * could not be read: nothing is swept              */
	int64_t scope_from_us; /* first page of a walk: items that reach no
				* further than this are outside; SL_NO_TIME */
	const char *warning;   /* odd but survivable; logged; or NULL        */
};

void sl_page_init(struct sl_page *page, struct sl_arena *arena);

/** Drops an artifact's JSON references: it leaves the page. */
void sl_artifact_release(struct sl_artifact *artifact);

/** Drops the JSON references; the rest goes with the arena. */
void sl_page_release(struct sl_page *page);

struct sl_artifact *sl_page_artifact(struct sl_page *page);
struct sl_participant *sl_artifact_participant(struct sl_page *page,
					       struct sl_artifact *artifact);
/**
 * Keep the parsed item alive with the page (a reference, no copy): if the
 * artifact is refused, it goes to quarantine as it was sent. Leave it out for
 * items whose text is large: the answer's tree stays as long as one item is
 * kept.
 */
void sl_artifact_keep_sent(struct sl_artifact *artifact, const json_t *item);
struct sl_tombstone *sl_page_tombstone(struct sl_page *page);
struct sl_patch *sl_page_patch(struct sl_page *page);
struct sl_own_address *sl_page_own_address(struct sl_page *page);
struct sl_own_handle *sl_page_own_handle(struct sl_page *page);
struct sl_person *sl_page_person(struct sl_page *page);
struct sl_stream_change *sl_page_stream(struct sl_page *page);
struct sl_filtered *sl_page_filtered(struct sl_page *page);
struct sl_rejected *sl_page_rejected(struct sl_page *page);
struct sl_ref *sl_page_ref(struct sl_page *page);
/** A copy with all that it points to; `next` is NULL. */
struct sl_ref *sl_ref_copy(struct sl_arena *arena, const struct sl_ref *ref);
struct sl_expansion *sl_page_expansion(struct sl_page *page);

#endif
