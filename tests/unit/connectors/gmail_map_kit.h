/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of one message that becomes one record share.
 */
#ifndef SL_TESTS_GMAIL_MAP_KIT_H
#define SL_TESTS_GMAIL_MAP_KIT_H

#include "connectors/gmail/mapping.h"
#include "gmail_kit.h"

/** One header of a message. */
#define H(name, value) "{'name':'" name "','value':'" value "'}"

/** Maps one message: `members` beside its id. */
static inline const struct sl_artifact *
kit_map(struct kit *kit, const char *content, const char *members)
{
	kit_init(kit, "backfill");
	kit_cursor(kit, "{'v':1,'page':'p1'}");
	kit_set(kit, "content", content);
	kit_want(kit, "m1");
	(void)kit_answer(kit, SL_GMAIL_MESSAGE,
			 sl_arena_printf(kit->arena,
					 "{'id':'m1','threadId':'t1',%s}",
					 members),
			 "m1");
	assert_int_equal(kit_read(kit), SL_OK);
	kit_assert_counted(&kit->page);
	return kit->page.artifacts.first;
}

/** The JSON of a value of its metadata, in single quotes; "-" = none. */
static inline const char *
kit_metadata(struct kit *kit, const struct sl_artifact *a, const char *key)
{
	const json_t *value = json_object_get(a->metadata, key);
	char *text;

	if (value == NULL)
		return "-";
	if (json_is_string(value))
		return json_string_value(value);
	text = sl_json_canonical(kit->arena, value);
	for (char *c = text; *c != '\0'; c++)
		if (*c == '"')
			*c = '\'';
	return text;
}

static inline void
kit_expect_text(const char *why, const char *what, const char *got,
		const char *want)
{
	if (!sl_text_equal(got, want))
		fail_msg("%s: %s is %s, not %s", why, what,
			 got != NULL ? got : "(none)",
			 want != NULL ? want : "(none)");
}

#endif
