/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SL_CONNECTORS_GMAIL_GMAIL_H
#define SL_CONNECTORS_GMAIL_GMAIL_H

#include "core/sync/connector.h"

/** Gmail: new mail from the first minute, the old mailbox behind it. */
extern const struct sl_connector sl_gmail;

#endif
