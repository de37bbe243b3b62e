/* SPDX-License-Identifier: Apache-2.0 */
/* connectors/registry.c with the one line more that a new connector needs. */
#include "connectors/registry.h"

#include <stddef.h>

#include "connectors/google_calendar/google_calendar.h"
#include "tests/toy/toy.h"

const struct sl_connector *const sl_registry[] = {
	&sl_google_calendar,
	&sl_toy,
	NULL,
};
