/* SPDX-License-Identifier: Apache-2.0 */
/* A connector passes the contract suite by its row here. */
#include <stddef.h>

#include "connectors/gmail/gmail.h"
#include "connectors/google_calendar/google_calendar.h"
#include "connectors/linkedin/linkedin.h"
#include "tests/contract/kit.h"
#include "tests/toy/toy.h"

const struct contract_row contract_connectors[] = {
	{ &sl_gmail, &contract_gmail },
	{ &sl_google_calendar, &contract_google_calendar },
	{ &sl_linkedin, &contract_linkedin },
	{ &sl_toy, &contract_toy },
	{ NULL, NULL },
};
