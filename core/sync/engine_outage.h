/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SL_SYNC_ENGINE_OUTAGE_H
#define SL_SYNC_ENGINE_OUTAGE_H

#include "core/base/error.h"

#include "core/sync/connector.h"

/** Something that an operator must mend first: nobody else tries meanwhile. */
struct sl_outage {
	const struct sl_provider *provider;
	/* Its API alone, of a client that serves several; NULL = the client,
	 * as the token's refusal says. */
	const struct sl_connector *connector;
	int64_t until_us; /* monotonic: then one may try again */
	struct sl_error error;
};

#define SL_OUTAGE_US   (INT64_C(300) * 1000000)
#define SL_OUTAGES_MAX 16

#endif
