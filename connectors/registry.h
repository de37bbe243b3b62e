/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every connector of this build: one array, one line each.
 */
#ifndef SL_CONNECTORS_REGISTRY_H
#define SL_CONNECTORS_REGISTRY_H

#include <stddef.h>

#include "core/sync/connector.h"

/** NULL-ended. */
extern const struct sl_connector *const sl_registry[];

/** The providers of the connectors, each once. NULL behind the last one. */
const struct sl_provider *sl_registry_provider(size_t index);

#endif
