/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A corpus of e-mail addresses with graded verdicts, normalised by sluice's
 * own code:
 *
 *   addresses FILE
 *
 * An address that is valid beyond doubt must be an identity, and as a header be
 * one mailbox, as written. The other grades
 * are counted only: sluice is stricter than RFC 5322 where an address is no
 * plain mailbox (comments, domain literals), and laxer about what stands
 * around one (white space, line ends, a last dot). In the file, a control
 * character n is written as U+2400 + n. Exits 1 when a valid one is refused.
 */
#include "core/mail/addresses.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"

#include "core/json/json.h"
#include "core/people/address.h"

static const struct {
	const char *category;
	bool must_be_taken;
} grades[] = {
	{ "ISEMAIL_VALID_CATEGORY", true }, { "ISEMAIL_DNSWARN", true },
	{ "ISEMAIL_RFC5321", false },       { "ISEMAIL_CFWS", false },
	{ "ISEMAIL_DEPREC", false },        { "ISEMAIL_RFC5322", false },
	{ "ISEMAIL_ERR", false },
};

#define GRADES SL_ARRAY_LEN(grades)

/* U+2400 to U+241F, E2 90 80 to 9F, stand for 0 to 31; U+2421 for DEL. */
static void
unfold(const char *text, struct sl_buf *out)
{
	while (*text != '\0') {
		if (strncmp(text, "\xe2\x90", 2) == 0 && text[2] != '\0') {
			unsigned char c = (unsigned char)text[2];

			sl_buf_addc(out, c == 0xa1 ? 0x7f : (char)(c - 0x80));
			text += 3;
		} else {
			sl_buf_addc(out, *text++);
		}
	}
}

static bool
is_taken(struct sl_arena *arena, const char *text)
{
	SL_AUTO_BUF address;

	sl_buf_init(&address, 65536);
	unfold(text, &address);
	/* An address with a NUL inside never comes here as a C string. */
	return strlen(sl_buf_text(&address)) == address.len &&
	       sl_address_normalise(arena, sl_buf_text(&address)) != NULL;
}

/* As the whole of a header. */
static bool
is_one_mailbox(struct sl_arena *arena, const char *text)
{
	struct sl_mailboxes boxes;

	sl_mail_addresses(arena, text, 2, &boxes);
	return boxes.count == 1 && !boxes.odd &&
	       strcmp(boxes.first->address, text) == 0;
}

static size_t
grade_of(const char *category)
{
	size_t grade = 0;

	while (grade < GRADES && strcmp(grades[grade].category, category) != 0)
		grade++;
	return grade;
}

int
main(int argc, char **argv)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	json_auto_t *tests =
		argc == 2 ? json_load_file(argv[1], 0, NULL) : NULL;
	unsigned taken[GRADES] = { 0 }, refused[GRADES] = { 0 };
	unsigned right = 0, wrong = json_is_array(tests) ? 0 : 1;
	const json_t *test;
	size_t i;

	json_array_foreach (tests, i, test) {
		const char *category = sl_json_text(test, "category");
		const char *address = sl_json_text(test, "address");
		size_t grade = grade_of(category == NULL ? "" : category);
		bool take = address != NULL && is_taken(arena, address);

		if (grade == GRADES)
			continue;
		*(take ? &taken[grade] : &refused[grade]) += 1;
		if (grades[grade].must_be_taken) {
			take = take && is_one_mailbox(arena, address);
			*(take ? &right : &wrong) += 1;
		}
		printf("%-8s %-24s %s\n", take ? "taken" : "refused", category,
		       address == NULL ? "" : address);
	}
	for (i = 0; i < GRADES; i++)
		printf("%s: %u taken, %u refused\n", grades[i].category,
		       taken[i], refused[i]);
	printf("addresses: %u passed, %u failed\n", right, wrong);
	return wrong == 0 ? 0 : 1;
}
