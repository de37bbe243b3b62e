/* SPDX-License-Identifier: Apache-2.0 */
#include "core/sync/ends.h"

#include <stddef.h>

#include "core/base/clock.h"

/* Does a consent that ends then last no longer than the rule says? */
static bool
is_short_enough(const struct sl_end_rule *rule,
		const struct sl_consent_times *times, int64_t at_us)
{
	return rule->days == 0 ||
	       (times->connected_us != SL_NO_TIME &&
		at_us - times->connected_us <= rule->days * SL_DAY_US);
}

static int64_t
end_by(const struct sl_end_rule *rule, const struct sl_consent_times *times)
{
	int64_t at_us = SL_NO_TIME;

	switch (rule->from) {
	case SL_END_UNUSED:
		return times->refreshed_us == SL_NO_TIME || !times->renewable
			       ? SL_NO_TIME
			       : times->refreshed_us + rule->days * SL_DAY_US;
	case SL_END_TOLD:
		at_us = times->refresh_expires_us;
		break;
	case SL_END_ACCESS:
		if (!times->renewable)
			at_us = times->access_expires_us;
		break;
	}
	return at_us != SL_NO_TIME && is_short_enough(rule, times, at_us)
		       ? at_us
		       : SL_NO_TIME;
}

struct sl_end
sl_consent_end(const struct sl_end_rule *rules,
	       const struct sl_consent_times *times)
{
	struct sl_end end = { .at_us = SL_NO_TIME };

	for (const struct sl_end_rule *r = rules; r && r->why; r++) {
		int64_t at_us = end_by(r, times);

		if (at_us != SL_NO_TIME &&
		    (end.why == NULL || at_us < end.at_us))
			end = (struct sl_end){ .at_us = at_us,
					       .why = r->why,
					       .from = r->from };
	}
	return end;
}

bool
sl_end_is_near(const struct sl_end *end, int64_t now_us)
{
	return end->why != NULL && end->at_us - SL_END_WARN_US <= now_us;
}
