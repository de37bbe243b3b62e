/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a consent ends by itself. What a provider's consents end by is data of
 * its record (provider.h); what is known of one consent comes in. Pure.
 */
#ifndef SL_SYNC_ENDS_H
#define SL_SYNC_ENDS_H

#include <stdbool.h>
#include <stdint.h>

#define SL_DAY_US (INT64_C(86400) * 1000000)

/** An end is warned of from so long ahead. */
#define SL_END_WARN_US (14 * SL_DAY_US)

/** From what a consent's end is counted. */
enum sl_end_from {
	SL_END_TOLD,   /* the provider named it with the refresh token     */
	SL_END_ACCESS, /* it is the access token's, where none renews that */
	SL_END_UNUSED, /* so many days after the last refresh              */
};

/** A reason why consents of a provider end. */
struct sl_end_rule {
	enum sl_end_from from;
	int64_t days;    /* UNUSED: after how many; else: of consents that
			  * last no longer than so, 0 = of any              */
	const char *why; /* for people, what to do about it included; NULL
			  * ends a table                                    */
};

/** What is known of one consent. Times: SL_NO_TIME = not known. */
struct sl_consent_times {
	int64_t connected_us; /* a person consented    */
	int64_t refreshed_us; /* the last tokens came  */
	int64_t access_expires_us;
	int64_t refresh_expires_us; /* as the provider said */
	bool renewable;             /* there is a refresh token */
};

struct sl_end {
	int64_t at_us;   /* SL_NO_TIME = no end is known      */
	const char *why; /* of the rule; NULL = no end, either */
	enum sl_end_from from;
};

/** The earliest end; of ends at one time the first rule's. `rules` may be
 *  NULL. */
struct sl_end sl_consent_end(const struct sl_end_rule *rules,
			     const struct sl_consent_times *times);

/** Is it gone by, or less than SL_END_WARN_US ahead? */
bool sl_end_is_near(const struct sl_end *end, int64_t now_us);

#endif
