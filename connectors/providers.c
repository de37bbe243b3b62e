/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/linkedin/linkedin.h"
#include "connectors/registry.h"

/* Whose accounts can be connected, and nothing of them be read yet. */
static const struct sl_provider *const alone[] = {
	&sl_linkedin_provider,
	NULL,
};

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
	const struct sl_connector *const *c = sl_registry;

	for (; *c != NULL; c++) {
		if (!seen_before(c, (*c)->provider) && index-- == 0)
			return (*c)->provider;
	}
	for (const struct sl_provider *const *p = alone; *p != NULL; p++) {
		if (!seen_before(c, *p) && index-- == 0)
			return *p;
	}
	return NULL;
}
