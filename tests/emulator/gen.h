/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The invented part of an account: event `slot` of a calendar is a pure
 * function of (seed, account, calendar, slot). Nothing is stored.
 * README.md states the distributions.
 */
#ifndef EMU_GEN_H
#define EMU_GEN_H

#include "tz.h"

struct emu_cal;
struct emu_pool;

enum emu_flavor { EMU_NORMAL, EMU_GROUP, EMU_HOLIDAYS, EMU_BIRTHDAYS };

enum emu_role {
	EMU_SINGLE,
	EMU_MASTER,
	EMU_EXCEPTION, /* also an instance that was never edited */
	EMU_CANCELLED, /* a cancelled instance of a living series */
};

enum emu_type {
	EMU_DEFAULT,
	EMU_BIRTHDAY,
	EMU_FOCUS_TIME,
	EMU_FROM_GMAIL,
	EMU_OUT_OF_OFFICE,
	EMU_WORKING_LOCATION,
};

/** All numbers of an event; its texts are drawn while rendering. */
struct emu_spec {
	uint64_t slot;
	uint64_t content; /* hash that decides texts and people */
	uint64_t own;     /* hash of this slot */
	enum emu_role role;
	enum emu_type type;
	bool all_day;
	bool moved; /* an edited exception, not a plain instance */
	const struct emu_zone *zone;
	int64_t start_local;
	int64_t duration;
	int64_t original_local;
	int64_t created_ms;
	int64_t updated_ms;
	char master_id[32];
	char id[64];
	char rrule[96];
	char exdate[64];
};

/* gen.c */
void emu_spec_at(const struct emu_cal *c, uint64_t slot, struct emu_spec *s);
/** By id; false when the base has no such event. */
bool emu_spec_find(const struct emu_cal *c, const char *id, struct emu_spec *s);
/** The exception or cancelled instance that a base master has, if any. */
bool emu_spec_child(const struct emu_cal *c, const struct emu_spec *master,
		    struct emu_spec *s);
/** Turn a master into its instance that starts (originally) then. */
void emu_spec_instance(struct emu_spec *s, int64_t original_local);
/** Appends "_<stamp>" of an original start to a master's id. */
void emu_instance_id(struct emu_buf *b, const char *master,
		     const struct emu_zone *zone, bool all_day,
		     int64_t original_local);
int64_t emu_spec_start_ms(const struct emu_spec *s);
int64_t emu_spec_end_ms(const struct emu_spec *s);

/* render.c */
const char *emu_type_name(enum emu_type type);
void emu_render_event(struct emu_buf *b, const struct emu_cal *c,
		      const struct emu_spec *s);
/** Only creator, organizer and attendees, each after a comma. */
void emu_render_people(struct emu_buf *b, const struct emu_cal *c,
		       const struct emu_spec *s);
/** "start":...,"end":... and what an instance adds, after a comma. */
void emu_render_times(struct emu_buf *b, const struct emu_spec *s);
/** `,"originalStartTime":{...}` of an instance. */
void emu_render_original(struct emu_buf *b, const struct emu_spec *s);
/** Shown without texts and people: private, or a busy-only calendar. */
bool emu_spec_veiled(const struct emu_cal *c, const struct emu_spec *s);

/* text.c */
/** False when the event has no summary. */
bool emu_put_title(struct emu_buf *b, const struct emu_spec *s);
/** Plain bytes, not JSON; false when there is none. */
bool emu_put_description(struct emu_buf *b, const struct emu_spec *s);
const char *emu_location_text(uint64_t draw);

/* people.c */
struct emu_pool *emu_pool_new(uint64_t key, uint64_t events);
void emu_pool_free(struct emu_pool *pool);
size_t emu_pool_size(const struct emu_pool *pool);
/** "email":"...","displayName":"..." without braces. */
void emu_put_person(struct emu_buf *b, const struct emu_pool *pool, size_t i);
/** The address alone. */
const char *emu_person_email(const struct emu_pool *pool, size_t i);
/** The display name, or NULL. */
const char *emu_person_name(const struct emu_pool *pool, size_t i);
/** A skewed choice: few are met often, many seldom. */
size_t emu_pick_person(const struct emu_pool *pool, uint64_t draw);

#endif
