/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instances of a recurring item over a window of time; pure.
 *
 * libical lives here and nowhere else, and only for the shapes of rules that
 * it expands rightly: what lies outside is SL_RECUR_ELSEWHERE with a reason,
 * never a guess. Instances, steps and lengths of rules are capped, so that no
 * rule, however hostile, takes noticeable time. Nothing is shared between
 * threads: any number may expand at once.
 *
 * Times are UTC microseconds. An all-day item counts in days: its times are
 * midnight UTC of its dates, and no zone plays a part.
 */
#ifndef SL_RECUR_RECUR_H
#define SL_RECUR_RECUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/attr.h"

/** Most instances of one series in one window; the first ones stay. */
#define SL_RECUR_INSTANCES_MAX 2500

/** Lines of one series, and bytes of one line. */
#define SL_RECUR_LINES_MAX 64
#define SL_RECUR_LINE_MAX  65536

enum sl_recur_verdict {
	SL_RECUR_DONE,      /* every instance of the window is there          */
	SL_RECUR_CUT,       /* the first SL_RECUR_INSTANCES_MAX of the window */
	SL_RECUR_ELSEWHERE, /* none: not a shape that is expanded here        */
};

/** What an item says about its repetition. Borrowed. */
struct sl_recur_series {
	int64_t start_us; /* of the first instance                          */
	int64_t end_us;   /* exclusive; SL_NO_TIME or before start: no length */
	bool all_day;
	const char *zone; /* IANA name; NULL for all-day items             */
	const char *const *lines; /* "RRULE:...", "EXDATE;TZID=...:...", as
				   * RFC 5545 writes them without DTSTART;
				   * NULL-ended                             */
};

/** Instances that start at or after `from_us` and before `to_us`. */
struct sl_recur_window {
	int64_t from_us;
	int64_t to_us;
};

struct sl_recur_instance {
	int64_t start_us;
	int64_t end_us; /* start plus the first instance's exact length;
			 * equal to start when it has none             */
};

struct sl_recur_set {
	enum sl_recur_verdict verdict;
	const char *reason; /* with SL_RECUR_ELSEWHERE: a constant kebab-case
			     * code, e.g. "zone-unknown"; else NULL     */
	bool start_is_out; /* the series' start is none of its rule's instances */
	struct sl_recur_instance *instances; /* ascending, distinct starts */
	size_t count;
};

/**
 * Expand a series over a window.
 *
 * The series' clock on the wall is that of its start in its zone.
 * A local time that a change of the clock skips is taken with the offset from
 * before the change; one that occurs twice is the first (RFC 5545, 3.3.5).
 * The rule alone says what the instances are. A start that is none of them is
 * not added: RFC 5545 leaves that set undefined, `start_is_out` tells of it,
 * and a provider that can be asked knows better. Without a rule (RDATE only)
 * the start is the first instance.
 *
 * UNTIL is inclusive: a moment, a local time, or a date, which is all of that
 * local day; of an all-day series only its date counts. An EXDATE takes away
 * what starts at that moment, or, when it is a date, on that local day. Values
 * without Z and TZID are in the series' zone. Not expanded are, with these
 * reasons: "rule-freq" (below DAILY), "rule-byweekno", "rule-bysetpos",
 * "rule-shape" (other combinations), "rule-clock" (BYHOUR and so on that say
 * anything but the start's clock), "rule-several", "exrule", "rdate-period",
 * "rdate-date" and "date-type" (a date among times, or the other way round),
 * "time-far" (outside 1601..2499), "zone-unknown", "rule-steps", what is too
 * long or too many ("line-long", "lines-many", "rule-long", "dates-many"), and
 * what cannot be read ("rule-malformed", "rule-refused", "line-malformed",
 * "line-unknown", "line-parameter", "date-malformed", "start-malformed").
 *
 * arena	owns out->instances
 */
void sl_recur_expand(const struct sl_recur_series *series,
		     struct sl_recur_window window, struct sl_arena *arena,
		     struct sl_recur_set *out);

/**
 * The window that is kept expanded at a moment: from the first day of the
 * month two years ago to the first day of next month, a year on. So a whole
 * year ahead is there all month long: in November 2026, 2024-11-01 to
 * 2027-12-01.
 */
struct sl_recur_window sl_recur_window_at(int64_t now_us);

/**
 * Which edition of the zone rules this machine has, e.g. "2026a"; "unknown"
 * when it does not say. Read once; a constant afterwards.
 */
const char *sl_recur_zones_version(void);

#endif
