/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the machine says of its zone rules, and the window kept expanded.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/civil.h"
#include "core/base/clock.h"

#include "core/recur/recur.h"
#include "core/recur/zone.h"

#define US_PER_DAY   (86400 * SL_US_PER_S)
#define VERSION_MAX  32
#define MONTHS_BACK  24
#define MONTHS_AHEAD 13

static char version[VERSION_MAX] = "unknown";
static pthread_once_t version_once = PTHREAD_ONCE_INIT;

/* "# version 2026a" */
static void
read_version(void)
{
	static const char head[] = "# version ";
	char path[4096], line[sizeof(head) + VERSION_MAX];
	size_t len = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/tzdata.zi", sl_zone_directory());
	file = fopen(path, "re");
	if (file == NULL)
		return;
	if (fgets(line, sizeof(line), file) != NULL &&
	    strncmp(line, head, sizeof(head) - 1) == 0)
		len = strcspn(line + sizeof(head) - 1, " \t\r\n");
	(void)fclose(file);
	if (len == 0 || len >= sizeof(version))
		return;
	memcpy(version, line + sizeof(head) - 1, len);
	version[len] = '\0';
}

const char *
sl_recur_zones_version(void)
{
	(void)pthread_once(&version_once, read_version);
	return version;
}

static int64_t
first_of_month_us(int64_t month)
{
	struct sl_date date = { (int)sl_div_down(month, 12),
				(int)sl_mod_down(month, 12) + 1, 1 };

	return sl_date_to_days(&date) * US_PER_DAY;
}

struct sl_recur_window
sl_recur_window_at(int64_t now_us)
{
	struct sl_date now = sl_date_of_days(sl_div_down(now_us, US_PER_DAY));
	int64_t month = (int64_t)now.year * 12 + now.month - 1;

	return (struct sl_recur_window){
		.from_us = first_of_month_us(month - MONTHS_BACK),
		.to_us = first_of_month_us(month + MONTHS_AHEAD),
	};
}
