/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A corpus of header values with what another parser makes of them, read by
 * sluice's own code:
 *
 *   headers address.json date.json
 *
 * Of an address list the mailboxes are compared, in order: groups flattened,
 * their labels and entries without an address left out. Of a date the moment,
 * in UTC. The expectations are opinions: docs/fuzzing.md says why we differ
 * where we do. Exits 1 when fewer are right than were.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/civil.h"
#include "core/base/clock.h"
#include "core/base/text.h"

#include "core/json/json.h"
#include "core/mail/addresses.h"
#include "core/mail/date.h"

#define ADDRESSES_RIGHT 36
#define DATES_RIGHT     35
#define MAILBOXES_MAX   1000
#define TEXT_MAX        65536

static void
write_mailbox(struct sl_buf *out, const char *name, const char *address)
{
	if (address != NULL)
		sl_buf_addf(out, "%s%s<%s>", out->len > 0 ? ", " : "",
			    name == NULL ? "" : name, address);
}

static void
write_expected(const json_t *list, struct sl_buf *out)
{
	const json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		write_mailbox(out, sl_json_text(one, "name"),
			      sl_json_text(one, "address"));
		write_expected(sl_json_array(one, "addresses"), out);
	}
}

static void
write_read(struct sl_arena *arena, const char *value, struct sl_buf *out)
{
	struct sl_mailboxes boxes;

	sl_mail_addresses(arena, value, MAILBOXES_MAX, &boxes);
	for (const struct sl_mailbox *box = boxes.first; box != NULL;
	     box = box->next)
		write_mailbox(out, box->name, box->address);
}

static bool
is_same_list(struct sl_arena *arena, const char *header, const json_t *expected)
{
	SL_AUTO_BUF theirs, ours;
	bool same;

	sl_buf_init(&theirs, TEXT_MAX);
	sl_buf_init(&ours, TEXT_MAX);
	write_expected(sl_json_array(expected, "List"), &theirs);
	write_expected(sl_json_array(expected, "Group"), &theirs);
	write_read(arena, header, &ours);
	same = strcmp(sl_buf_text(&theirs), sl_buf_text(&ours)) == 0;
	if (!same)
		printf("  %s\n    theirs %s\n    ours   %s\n", header,
		       sl_buf_text(&theirs), sl_buf_text(&ours));
	return same;
}

static int
number(const json_t *object, const char *key)
{
	int64_t value = 0;

	(void)sl_json_i64(object, key, &value);
	return (int)value;
}

/* The expected moment; false when none is expected. */
static bool
expected_moment(const json_t *expected, int64_t *us)
{
	struct sl_date date = { .year = number(expected, "year"),
				.month = number(expected, "month"),
				.day = number(expected, "day") };
	int64_t offset = number(expected, "tz_hour") * 60 +
			 number(expected, "tz_minute");
	int64_t minutes;

	if (!json_is_object(expected))
		return false;
	if (sl_json_bool(expected, "tz_before_gmt"))
		offset = -offset;
	minutes =
		(sl_date_to_days(&date) * 24 + number(expected, "hour")) * 60 +
		number(expected, "minute") - offset;
	*us = (minutes * 60 + number(expected, "second")) * SL_US_PER_S;
	return true;
}

static bool
is_same_date(struct sl_arena *arena, const char *header, const json_t *expected)
{
	int64_t ours = 0, theirs = 0;
	bool is_theirs = expected_moment(expected, &theirs);
	bool is_ours = sl_mail_date(header, &ours);
	char our_text[SL_RFC3339_TEXT], their_text[SL_RFC3339_TEXT];

	(void)arena;
	if (is_ours == is_theirs && ours == theirs)
		return true;
	sl_rfc3339_format(ours, our_text);
	sl_rfc3339_format(theirs, their_text);
	printf("  %s\n    theirs %s\n    ours   %s\n", header,
	       is_theirs ? their_text : "none", is_ours ? our_text : "none");
	return false;
}

typedef bool same_fn(struct sl_arena *arena, const char *header,
		     const json_t *expected);

/* How many of a file are the same; what is not is printed. */
static unsigned
count_same(const char *path, same_fn *is_same)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	json_auto_t *tests = json_load_file(path, 0, NULL);
	unsigned same = 0;
	const json_t *test;
	size_t i;

	json_array_foreach (tests, i, test) {
		const char *header = sl_json_text(test, "header");

		if (header != NULL &&
		    is_same(arena, header, json_object_get(test, "expected")))
			same++;
	}
	printf("%s: %u of %zu the same\n", path, same, json_array_size(tests));
	return same;
}

int
main(int argc, char **argv)
{
	unsigned addresses, dates;
	bool enough;

	if (argc != 3)
		return 2;
	addresses = count_same(argv[1], is_same_list);
	dates = count_same(argv[2], is_same_date);
	enough = addresses >= ADDRESSES_RIGHT && dates >= DATES_RIGHT;
	printf("headers: %u passed, %u failed\n", addresses + dates,
	       enough ? 0U : 1U);
	return enough ? 0 : 1;
}
