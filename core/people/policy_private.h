/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the decisions about meetings, mail and ties share.
 */
#ifndef SL_PEOPLE_POLICY_PRIVATE_H
#define SL_PEOPLE_POLICY_PRIVATE_H

#include "core/people/policy.h"

extern const struct sl_people_decision sl_rule_none, sl_rule_all;

/** What the address or profile alone decides, under any rule; NULL = nothing. */
const struct sl_people_decision *
sl_people_decide_identity(const struct sl_person_evidence *who);

/** Why the message counts for nobody; NULL: it counts. */
const struct sl_people_decision *
sl_people_decide_message(const struct sl_people_options *options,
			 const struct sl_mail_evidence *e);

/** By a message that counts, and the rules sent and replied. */
const struct sl_people_decision *
sl_people_decide_sent(const struct sl_mail_evidence *e);
const struct sl_people_decision *
sl_people_decide_replied(const struct sl_mail_evidence *e);

#endif
