/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Toy: the connector that docs/adding-a-connector.md builds. Its provider is
 * made up: a feed of notes.
 */
#ifndef SL_TESTS_TOY_H
#define SL_TESTS_TOY_H

#include "core/sync/connector.h"

extern const struct sl_connector sl_toy;

#endif
