/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "connectors/linkedin/linkedin.h"

#define PORTABILITY "r_dma_portability_"

static bool
covers(const char *granted, size_t len, const char *wanted)
{
	size_t family = strlen(PORTABILITY);

	if (len == strlen(wanted) && memcmp(granted, wanted, len) == 0)
		return true;
	return len > family && memcmp(granted, PORTABILITY, family) == 0 &&
	       strncmp(wanted, PORTABILITY, family) == 0;
}

bool
sl_linkedin_scope_granted(const char *granted, const char *wanted)
{
	while (*granted != '\0') {
		size_t len = strcspn(granted, " ,");

		if (len > 0 && covers(granted, len, wanted))
			return true;
		granted += len;
		granted += strspn(granted, " ,");
	}
	return false;
}
