/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/registry.h"

#include <stddef.h>

#include "connectors/gmail/gmail.h"
#include "connectors/google_calendar/google_calendar.h"
#include "connectors/linkedin/linkedin.h"

const struct sl_connector *const sl_registry[] = {
	&sl_google_calendar,
	&sl_gmail,
	&sl_linkedin,
	NULL,
};
