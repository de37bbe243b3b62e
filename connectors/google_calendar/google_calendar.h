/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Google Calendar: calendars, then the events of each, incrementally.
 *
 * Recurring series are read unexpanded (singleEvents=false): a master, its
 * exceptions and its cancelled instances are artifacts of their own. README.md
 * has the streams, the mapping table and the provider's oddities.
 */
#ifndef SL_CONNECTORS_GOOGLE_CALENDAR_H
#define SL_CONNECTORS_GOOGLE_CALENDAR_H

#include "core/sync/connector.h"

extern const struct sl_connector sl_google_calendar;

#endif
