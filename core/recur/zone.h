/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time zones as the machine's zoneinfo files have them (RFC 8536).
 *
 * A zone is read from its file each time: a few kilobytes, no cache, no lock
 * and nothing shared between threads. Neither libc's zone functions (one zone
 * a process) nor libical's (a cache without a lock) are used.
 *
 * Times here are seconds. "Civil" ones count the clock on the wall as if it
 * were UTC.
 */
#ifndef SL_RECUR_ZONE_H
#define SL_RECUR_ZONE_H

#include <stdint.h>

#include "core/base/arena.h"

/** Longest name that is looked for. */
#define SL_ZONE_NAME_MAX 64

/** Largest file that is read; the largest of tzdata has less than 4 KiB. */
#define SL_ZONE_FILE_MAX 65536

struct sl_zone;

/** Where the zone files are: $TZDIR as for libc, else /usr/share/zoneinfo. */
const char *sl_zone_directory(void);

/**
 * The zone of an IANA name; NULL when the machine does not know it. Names come
 * from outside: what could lead out of the directory is no name.
 */
const struct sl_zone *sl_zone_load(struct sl_arena *arena, const char *name);

/** A zone that is always UTC, e.g. for days. */
const struct sl_zone *sl_zone_utc(void);

int64_t sl_zone_to_civil(const struct sl_zone *zone, int64_t utc_s);

/**
 * RFC 5545, 3.3.5: a time that is skipped takes the offset from before the
 * change, one that occurs twice is the first.
 */
int64_t sl_zone_to_utc(const struct sl_zone *zone, int64_t civil_s);

#endif
