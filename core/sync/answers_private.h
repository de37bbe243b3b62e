/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seam behind sl_answers_next: an implementation (the engine's, a test's)
 * has this struct as its first member.
 */
#ifndef SL_SYNC_ANSWERS_PRIVATE_H
#define SL_SYNC_ANSWERS_PRIVATE_H

#include "core/sync/connector.h"

struct sl_answers {
	/** The next answer, or NULL at the end; frees the one before. */
	const struct sl_answer *(*next)(struct sl_answers *answers);
};

#endif
