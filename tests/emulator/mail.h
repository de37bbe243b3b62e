/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mailbox: messages that are a pure function of (seed, account, slot),
 * generated on the fly, and over them what tests have changed. Slot 0 is the
 * oldest message. Slots come in blocks; a thread never leaves its block, so
 * that its members are found by laying out one block.
 */
#ifndef EMU_MAIL_H
#define EMU_MAIL_H

#include "http.h"

#define EMU_MAIL_BLOCK   1024
#define EMU_MAIL_MAX     100000000U /* messages of a mailbox */
#define EMU_LABELS       14         /* system labels; bits 0.. of a set */
#define EMU_USER_LABEL   16         /* bit of Label_1 */
#define EMU_USER_LABELS  48
#define EMU_MAIL_BUCKETS 65536

enum emu_label {
	EMU_INBOX,
	EMU_SPAM,
	EMU_TRASH,
	EMU_UNREAD,
	EMU_STARRED,
	EMU_IMPORTANT,
	EMU_SENT,
	EMU_DRAFT,
	EMU_CHAT,
	EMU_CATEGORY_PERSONAL,
	EMU_CATEGORY_SOCIAL,
	EMU_CATEGORY_PROMOTIONS,
	EMU_CATEGORY_UPDATES,
	EMU_CATEGORY_FORUMS,
};

#define EMU_BIT(label) (1ULL << (label))
/** What the default scope of a client leaves out. */
#define EMU_OUTSIDE                                                            \
	(EMU_BIT(EMU_SPAM) | EMU_BIT(EMU_TRASH) | EMU_BIT(EMU_DRAFT) |         \
	 EMU_BIT(EMU_CHAT))

/** A message that differs from the base, or is not in it. */
struct emu_mail_over {
	struct emu_mail_over *next_id, *next_thread; /* hash chains */
	uint64_t id, thread, labels, history, slot;
	int64_t date_ms;
	json_t *body; /* as `_control` gave it; NULL: of the base */
	bool deleted;
};

enum emu_mail_change {
	EMU_MAIL_ADDED,
	EMU_MAIL_DELETED,
	EMU_LABEL_ADDED,
	EMU_LABEL_REMOVED,
	EMU_MAIL_BARE, /* a record that says nothing but the message */
};

struct emu_mail_record {
	uint64_t id, message, thread;
	uint64_t labels; /* after the change */
	uint64_t delta;  /* added or removed */
	enum emu_mail_change change;
};

struct emu_draft {
	uint64_t id, message;
};

struct emu_mailbox {
	struct emu_account *account;
	uint64_t key, count;
	unsigned mean10; /* mean size of threads, times 10 */
	int64_t start_ms, step_ms;
	struct emu_pool *pool;
	uint64_t history; /* current id */
	uint64_t floor;   /* older start ids are gone */
	uint64_t page_epoch, serial, deleted;
	struct emu_mail_over **ids, **threads; /* buckets, or NULL */
	struct emu_mail_over **overs, **fresh; /* fresh: by date, then id */
	size_t over_count, over_cap, fresh_count, fresh_cap;
	uint8_t *touched; /* bit per slot */
	struct emu_mail_record *records;
	size_t record_count, record_cap;
	struct emu_draft *drafts;
	size_t draft_count;
	char *label_names[EMU_USER_LABELS];
	size_t label_count;
	json_t *aliases; /* of sendAs, the address itself first */
	struct emu_units units;
	_Atomic uint64_t open, open_max, units_used, refused;
};

/** A message wherever it lives. */
struct emu_mail {
	struct emu_mailbox *box;
	uint64_t id, thread, labels, history;
	uint64_t slot; /* EMU_NO_SLOT when not of the base */
	int64_t date_ms;
	const json_t *body; /* NULL: of the base */
};

/** How one message of the base came about; texts are drawn later. */
struct emu_mail_spec {
	const struct emu_mailbox *box;
	uint64_t slot, first; /* `first`: slot that began the thread */
	uint64_t own, talk;   /* hashes of the message and of its thread */
	unsigned place;       /* 0 began the thread */
	unsigned size;        /* of the thread */
	bool bulk, sent;
};

/* mail_gen.c */
uint64_t emu_mail_id_at(const struct emu_mailbox *m, uint64_t slot);
int64_t emu_mail_ms_at(const struct emu_mailbox *m, uint64_t slot);
/** EMU_NO_SLOT when the base has no such id. */
uint64_t emu_mail_slot_of(const struct emu_mailbox *m, uint64_t id);
/** The first slot that is not older than that moment; may be `count`. */
uint64_t emu_mail_slot_from(const struct emu_mailbox *m, int64_t ms);
void emu_mail_spec_at(const struct emu_mailbox *m, uint64_t slot,
		      struct emu_mail_spec *s);
uint64_t emu_mail_spec_labels(const struct emu_mail_spec *s);
/** The next slot of the same thread, or EMU_NO_SLOT. */
uint64_t emu_mail_next_in_thread(const struct emu_mailbox *m, uint64_t slot);
/** The slot that this one answers; itself when it began the thread. */
uint64_t emu_mail_answered(const struct emu_mailbox *m, uint64_t slot);
uint64_t emu_mail_history_at(const struct emu_mailbox *m, uint64_t slot);

/* mail_store.c */
/** "EMAIL:MESSAGES[:MEAN]"; makes the account when there is none. */
struct emu_mailbox *emu_mailbox_add(struct emu_world *w, const char *spec);
void emu_mailbox_free(struct emu_mailbox *m);
/** False when it never was or is deleted. */
bool emu_mail_find(struct emu_mailbox *m, uint64_t id, struct emu_mail *out);
/** The newest message older than (date, id), which it moves; false: none. */
bool emu_mail_older(struct emu_mailbox *m, int64_t *date_ms, uint64_t *id,
		    struct emu_mail *out);
/** Members of a thread by date, all labels; the caller frees. */
struct emu_mail *emu_mail_thread(struct emu_mailbox *m, uint64_t thread,
				 size_t *count);
/** First record after that id. */
size_t emu_mail_records_after(const struct emu_mailbox *m, uint64_t id);
/** A new message; `thread` 0: its own. The body's reference is stolen. */
struct emu_mail_over *emu_mail_add(struct emu_mailbox *m, int64_t date_ms,
				   uint64_t thread, uint64_t labels,
				   json_t *body);
/** False when there is no such message. One record for each kind. */
bool emu_mail_relabel(struct emu_mailbox *m, uint64_t id, uint64_t add,
		      uint64_t remove);
bool emu_mail_delete(struct emu_mailbox *m, uint64_t id);
/** A record that names the message and no change. */
bool emu_mail_mention(struct emu_mailbox *m, uint64_t id);

/* mail_label.c */
/** "INBOX", "Label_3"; NULL when there is no such label. */
const char *emu_label_id(const struct emu_mailbox *m, unsigned bit);
const char *emu_label_name(const struct emu_mailbox *m, unsigned bit);
/** By id or, if `names`, by name; false when unknown. */
bool emu_label_find(const struct emu_mailbox *m, const char *text, bool names,
		    unsigned *bit);
/** Makes a user label; false when there are too many. */
bool emu_label_make(struct emu_mailbox *m, const char *name, unsigned *bit);
/** ["INBOX",...] */
void emu_put_labels(struct emu_buf *b, const struct emu_mailbox *m,
		    uint64_t labels);
void emu_mail_labels(struct emu_req *r);

/* mail.c */
void emu_mail_route(struct emu_req *r);
/** 400 invalidArgument. */
void emu_mail_bad(struct emu_req *r, const char *message);
void emu_mail_not_found(struct emu_req *r);
/** 16 hexadecimal digits, as ids are written; false when it is none. */
bool emu_mail_read_id(const char *text, uint64_t *id);
/** Calls `each` for every value of a repeated query parameter. */
void emu_each_arg(const struct emu_req *r, const char *name,
		  void (*each)(void *context, const char *value),
		  void *context);
/** Gives the text to the reply as its JSON body. */
void emu_mail_reply(struct emu_req *r, struct emu_buf *body);

/* mail_quota.c */
void emu_mail_begin(struct emu_req *r);
void emu_mail_end(struct emu_req *r);
/** False after replying that the quota is used up. */
bool emu_mail_charge(struct emu_req *r);
/** {"ana@example.com": {units, peak_concurrent, refused}, ...} */
json_t *emu_mail_stats(struct emu_world *w);
void emu_mail_stats_reset(struct emu_world *w);

/* mail_fields.c */
/** Leaves what `fields` selects; false after replying 400. */
bool emu_mail_select(struct emu_req *r, struct emu_buf *body);

/* mail_list.c, mail_history.c, mail_message.c */
void emu_mail_list(struct emu_req *r);
void emu_mail_history(struct emu_req *r);
void emu_mail_get(struct emu_req *r);
void emu_mail_thread_get(struct emu_req *r);
void emu_mail_attachment(struct emu_req *r);

/* mail_control.c */
void emu_mail_control(struct emu_req *r, struct emu_account *a,
		      const json_t *in);
/** What a perfect client must hold, newest first. */
void emu_mail_truth(struct emu_req *r);

#endif
