/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What LinkedIn knows of a member: connections, messages, invitations, an
 * address book. All of it is a pure function of (seed, account, number) and
 * generated on the fly; over it lies what tests have changed, with the moment
 * of each change, so that the world can be told as of any moment.
 *
 * People are numbered: connections first, then strangers, then those that
 * tests brought. So are messages, threads and invitations: the invented ones
 * first, the scripted ones after them.
 */
#ifndef EMU_MEMBER_H
#define EMU_MEMBER_H

#include "http.h"

#define EMU_MEMBER_MAX  10000000U /* messages, connections, ... each */
#define EMU_THREAD_MOST 8         /* people of a thread, the member aside */
#define EMU_CELLS       16        /* columns of a row */
#define EMU_OWNER       UINT64_MAX
#define EMU_NOBODY      (UINT64_MAX - 1) /* "LinkedIn Member", an advertiser */
#define EMU_GHOSTS      (UINT64_C(1) << 62) /* from here on all of that name */

/** At a moment something came to be as it then was. */
struct emu_turn {
	uint64_t subject; /* number of the message, person, ... */
	int64_t ms;
	char *one, *two; /* text; company and position */
	unsigned state;  /* of an invitation; else 1: gone */
};

/** By subject, then moment. */
struct emu_turns {
	struct emu_turn *list;
	size_t count, cap;
};

struct emu_person {
	uint64_t number;
	char first[96], last[96];
	char url[192]; /* "" for nobody */
	char urn[64];
	char email[96];   /* "" unless shown to connections */
	bool closed;      /* his connection row has a date only */
	uint64_t content; /* hash */
};

enum emu_talk {
	EMU_TALK_PAIR,
	EMU_TALK_GROUP,
	EMU_TALK_INMAIL,
	EMU_TALK_GHOST,
	EMU_TALK_SPONSOR
};

struct emu_thread {
	uint64_t number;
	enum emu_talk talk;
	uint64_t people[EMU_THREAD_MOST];
	unsigned count;
	char title[96];
};

/** A message wherever it comes from. */
struct emu_letter {
	uint64_t number, thread, author; /* EMU_OWNER, a person, EMU_NOBODY */
	int64_t ms;
	uint64_t content; /* hash that decides the text; 0: `text` */
	const char *text, *subject;
	bool attachment;
	unsigned follow; /* so many in the same second before it */
};

enum emu_inv_state { EMU_PENDING, EMU_ACCEPTED, EMU_DECLINED, EMU_WITHDRAWN };

struct emu_inv {
	uint64_t number, person;
	int64_t ms;
	bool sent;
	enum emu_inv_state state; /* as of the moment asked for */
	int64_t closed_ms;        /* when it got there */
	char text[200];
};

/** A connection: base ones are persons by number. */
struct emu_link {
	uint64_t number, person;
	int64_t since_ms;
};

/** What a page of the changelog tells of. */
enum emu_deed {
	EMU_MESSAGE_CREATE,
	EMU_MESSAGE_UPDATE,
	EMU_MESSAGE_DELETE,
	EMU_INV_CREATE,
	EMU_INV_CLOSE,
	EMU_INV_WITHDRAW,
	EMU_NOISE,
	EMU_RAW,
};

struct emu_happening {
	enum emu_deed deed;
	uint64_t subject, id;
	int64_t captured_ms;
	char *text;   /* of an edit */
	json_t *body; /* EMU_RAW; of a message: {"bare": true} */
	bool failed;  /* FAILURE first, its replay later */
	bool replay;  /* this is the replay */
	int64_t processed_ms;
};

/* What _control did to a domain. */
enum emu_domain_state {
	EMU_DOMAIN_READY,
	EMU_DOMAIN_NOT_READY,
	EMU_DOMAIN_EMPTY,
	EMU_DOMAIN_BLANK,
	EMU_DOMAIN_FAILS,
	EMU_DOMAIN_ENDS,
	EMU_DOMAIN_STUCK,
};

enum emu_domain {
	EMU_DOMAIN_PROFILE,
	EMU_DOMAIN_EMAILS,
	EMU_DOMAIN_POSITIONS,
	EMU_DOMAIN_CONNECTIONS,
	EMU_DOMAIN_INBOX,
	EMU_DOMAIN_INVITATIONS,
	EMU_DOMAIN_CONTACTS,
	EMU_DOMAIN_PHONES,
	EMU_DOMAIN_SKILLS,
	EMU_DOMAINS
};

struct emu_domain_mood {
	enum emu_domain_state state;
	int64_t until_ms; /* of NOT_READY; INT64_MAX: until told */
	uint64_t page;
	unsigned status;
};

struct emu_newcomer {
	char *first, *last, *url, *email;
};

struct emu_member {
	struct emu_account *account;
	uint64_t key;
	uint64_t connections, messages, invitations, contacts, positions;
	uint64_t strangers, threads;
	int64_t start_ms, step_ms; /* of messages */
	int64_t link_start_ms, link_step_ms;
	int64_t consent_ms;
	struct emu_newcomer *newcomers;
	size_t newcomer_count;
	struct emu_thread *talks; /* scripted threads */
	size_t talk_count;
	struct emu_letter *letters; /* scripted; texts are theirs */
	size_t letter_count;
	struct emu_inv *invs;
	size_t inv_count;
	struct emu_link *links;
	size_t link_count;
	struct emu_happening *log;
	size_t log_count;
	struct emu_turns said, works, gone_links, closed;
	struct emu_domain_mood moods[EMU_DOMAINS];
	_Atomic uint64_t calls; /* answers begun: orders differ by it */
	_Atomic uint64_t day_calls[2];
};

/* How rows are written. */
enum emu_dates { EMU_DATES_ARCHIVE, EMU_DATES_ISO, EMU_DATES_EXCEL };

struct emu_row {
	struct emu_buf cell[EMU_CELLS];
	unsigned count;
	enum emu_dates dates;
};

/* member_people.c */
uint64_t emu_people(const struct emu_member *m);
void emu_person_at(const struct emu_member *m, uint64_t number,
		   struct emu_person *p);
/** "First Last", the member's and "LinkedIn Member" too. */
void emu_put_name(struct emu_buf *b, const struct emu_person *p);
/** By URL, slug or URN; EMU_NOBODY when there is none. */
uint64_t emu_person_find(const struct emu_member *m, const char *text);
/** Company and position as of then; either may be "". */
void emu_put_work(struct emu_buf *company, struct emu_buf *position,
		  const struct emu_member *m, const struct emu_person *p,
		  int64_t at_ms);
const char *emu_company(uint64_t draw);
const char *emu_title(uint64_t draw);

/* member_text.c */
void emu_put_letter(struct emu_buf *b, uint64_t content);
void emu_put_subject(struct emu_buf *b, uint64_t content);
void emu_put_advert(struct emu_buf *b, uint64_t content);
const char *emu_invitation_text(uint64_t content);
const char *emu_group_title(uint64_t content);

/* member_gen.c */
void emu_thread_at(const struct emu_member *m, uint64_t number,
		   struct emu_thread *t);
void emu_letter_at(const struct emu_member *m, uint64_t number,
		   struct emu_letter *l);
/** The first invented message at or after that moment; may be `messages`. */
uint64_t emu_letter_from(const struct emu_member *m, int64_t ms);
uint64_t emu_letters(const struct emu_member *m);
uint64_t emu_invs(const struct emu_member *m);
void emu_inv_at(const struct emu_member *m, uint64_t number, int64_t at_ms,
		struct emu_inv *v);
uint64_t emu_links(const struct emu_member *m);
/** False when it is not (or no longer) there as of then. */
bool emu_link_at(const struct emu_member *m, uint64_t number, int64_t at_ms,
		 struct emu_link *l);
/** The text as of then; false when it is not there, or deleted. */
bool emu_letter_text(const struct emu_member *m, const struct emu_letter *l,
		     int64_t at_ms, struct emu_buf *text);
/** Ids as LinkedIn writes them, and back. */
void emu_put_thread_id(struct emu_buf *b, const struct emu_member *m,
		       uint64_t thread);
void emu_put_resource_id(struct emu_buf *b, const struct emu_member *m,
			 uint64_t letter);
bool emu_read_thread_id(const struct emu_member *m, const char *text,
			uint64_t *thread);
bool emu_read_resource_id(const struct emu_member *m, const char *text,
			  uint64_t *letter);

/* member_store.c */
/** With a profile and nothing else. */
struct emu_member *emu_member_new(struct emu_account *a);
void emu_member_free(struct emu_member *m);
/** "EMAIL:CONNECTIONS:MESSAGES[:INVITATIONS[:CONTACTS[:POSITIONS]]]" */
struct emu_member *emu_member_add(struct emu_world *w, const char *spec);
/** The last turn of a subject at or before then, or NULL. */
const struct emu_turn *emu_turn_at(const struct emu_turns *t, uint64_t subject,
				   int64_t at_ms);
void emu_turn_add(struct emu_turns *t, uint64_t subject, int64_t ms,
		  const char *one, const char *two, unsigned state);
/** A zeroed last element of a list of elements of that size. */
void *emu_append(void *list_slot, size_t *count, size_t size);

/* member_rows.c */
const char *emu_domain_name(enum emu_domain domain);
/** Titles of its columns; NULL-ended. */
const char *const *emu_domain_columns(enum emu_domain domain);
/** Numbers that may have a row. */
uint64_t emu_domain_slots(const struct emu_member *m, enum emu_domain domain);
/** False when there is no such row as of then. */
bool emu_row_at(const struct emu_member *m, enum emu_domain domain,
		uint64_t slot, int64_t at_ms, struct emu_row *row);
void emu_row_free(struct emu_row *row);

/* member_date.c */
/** 12 Mar 2024 */
void emu_put_day(struct emu_buf *b, int64_t ms, enum emu_dates how);
/** 2024-03-12 08:15:30 UTC */
void emu_put_second(struct emu_buf *b, int64_t ms, enum emu_dates how);
/** 1/29/26, 2:37 PM */
void emu_put_minute(struct emu_buf *b, int64_t ms, enum emu_dates how);
/** Jan 2024 */
void emu_put_month(struct emu_buf *b, int64_t ms, enum emu_dates how);

/* member_log.c */
void emu_member_log(struct emu_req *r);
/** True when the changelog of now tells something of the message. */
bool emu_log_has(const struct emu_member *m, enum emu_deed deed,
		 uint64_t subject, int64_t ms);

/* member_event.c */
void emu_put_event(struct emu_buf *b, const struct emu_member *m,
		   const struct emu_happening *h);

/* member_snapshot.c */
void emu_member_snapshot(struct emu_req *r);

/* member_control.c, member_truth.c */
void emu_member_control(struct emu_req *r, struct emu_account *a,
			const json_t *in);
void emu_member_truth(struct emu_req *r);

/* linkedin_api.c */
/** urn:li:person:... of the account itself. */
void emu_put_owner_urn(struct emu_buf *b, const struct emu_account *a);
/** The member of a good token with a portability scope; NULL after replying. */
struct emu_member *emu_member_authorize(struct emu_req *r, const char *what);
void emu_rest_error(struct emu_req *r, unsigned status, unsigned code,
		    const char *name, const char *message);
/** Every parameter is in the list (NULL-ended); else 400. */
bool emu_only_args(struct emu_req *r, const char *const *names);

#endif
