/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SL_TESTS_CONTRACT_TIME_H
#define SL_TESTS_CONTRACT_TIME_H

#include "tests/contract/world.h"

void time_init(struct contract_time *t, int64_t now);
void time_release(struct contract_time *t);

#endif
