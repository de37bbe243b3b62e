/* SPDX-License-Identifier: Apache-2.0 */
#include "core/sync/answers_private.h"

const struct sl_answer *
sl_answers_next(struct sl_answers *answers)
{
	return answers->next(answers);
}
