/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/registry.h"

static bool
seen_before(const struct sl_connector *const *at,
	    const struct sl_provider *provider)
{
	for (const struct sl_connector *const *c = sl_registry; c < at; c++) {
		if ((*c)->provider == provider)
			return true;
	}
	return false;
}

const struct sl_provider *
sl_registry_provider(size_t index)
{
	for (const struct sl_connector *const *c = sl_registry; *c != NULL;
	     c++) {
		if (!seen_before(c, (*c)->provider) && index-- == 0)
			return (*c)->provider;
	}
	return NULL;
}
