/* SPDX-License-Identifier: Apache-2.0 */
/* Between Gmail's kit and the cases that only Gmail can cause. */
#ifndef SL_TESTS_CONTRACT_KIT_GMAIL_H
#define SL_TESTS_CONTRACT_KIT_GMAIL_H

#include "tests/contract/world.h"

/** The mailbox's history id before the first change. */
#define GMAIL_HISTORY 1000

/** The label that shows an item's title. */
#define GMAIL_LABEL "Label_"

extern const struct contract_case contract_gmail_cases[];

#endif
