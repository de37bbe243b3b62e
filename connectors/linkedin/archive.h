/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The archive that every member can download ("Get a copy of your data"):
 * which of its files are known, and when it was made. What their rows mean is
 * rows.h: the API's snapshots hold the same ones.
 */
#ifndef SL_CONNECTORS_LINKEDIN_ARCHIVE_H
#define SL_CONNECTORS_LINKEDIN_ARCHIVE_H

#include "core/sync/importer.h"

/** Stream kind of archives. */
#define SL_LINKEDIN_ARCHIVE "archive"

extern const struct sl_importer sl_linkedin_importer;

#endif
