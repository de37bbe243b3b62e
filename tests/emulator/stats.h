/* SPDX-License-Identifier: Apache-2.0 */
/* What was asked: counters, the last request lines, broken manners. */
#ifndef EMU_STATS_H
#define EMU_STATS_H

#include "http.h"

struct emu_stats *emu_stats_new(void);
void emu_stats_free(struct emu_stats *s);
void emu_stats_reset(struct emu_stats *s);
void emu_stats_begin(struct emu_req *r);
void emu_stats_end(struct emu_req *r);
/** A named counter: "token_refreshes", "pages", ... */
void emu_stats_count(struct emu_req *r, const char *name, uint64_t n);
/** The client did what a good client never does. */
void emu_stats_violation(struct emu_req *r, const char *name);
/** With at most `last` request lines; a new object. */
json_t *emu_stats_json(struct emu_stats *s, size_t last);

#endif
