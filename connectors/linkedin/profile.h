/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses of profiles: one person, many spellings (http, languages as
 * sub-domains, capitals, percent signs, what a link carries behind it).
 */
#ifndef SL_CONNECTORS_LINKEDIN_PROFILE_H
#define SL_CONNECTORS_LINKEDIN_PROFILE_H

#include <stdbool.h>

#include "core/base/arena.h"

/** Longest slug taken, decoded, in bytes. */
#define SL_LINKEDIN_SLUG_MAX 512

/**
 * What tells a member apart in "https://www.linkedin.com/in/SLUG": decoded,
 * ASCII in lower case. NULL: no profile of a member (a company's page, another
 * site, nothing at all).
 */
const char *sl_linkedin_slug(struct sl_arena *arena, const char *url);

/** "https://www.linkedin.com/in/SLUG", encoded: the one way to write it. */
const char *sl_linkedin_profile(struct sl_arena *arena, const char *slug);

#endif
