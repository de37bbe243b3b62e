/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records as they come, in pieces of any size; what is rejected, and where
 * reading goes on after it; every cap at it and one past it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/archive/csv.h"

#include "tests/support/unit.h"

#define BYTES(text) (text), sizeof(text) - 1

/* Hands out a few bytes at a time; fails at the end when told. */
struct source {
	struct sl_csv_bytes bytes;
	size_t step;
	bool fails;
};

static sl_status
read_step(void *ctx, void *buf, size_t cap, size_t *got, struct sl_error *err)
{
	struct source *source = ctx;

	if (source->fails && source->bytes.len == 0)
		return sl_fail(err, SL_CONFIG, SL_STREAM, "damaged");
	return sl_csv_read_bytes(&source->bytes, buf,
				 cap < source->step ? cap : source->step, got,
				 err);
}

/* "[a|b][c|]" of records, "!2-3!" of a rejected one: its lines. */
static void
print_row(struct sl_buf *out, const struct sl_csv_row *row)
{
	if (row->kind == SL_CSV_REJECTED) {
		sl_buf_addf(out, "!%llu-%llu!", (unsigned long long)row->line,
			    (unsigned long long)row->end_line);
		return;
	}
	for (size_t i = 0; i < row->count; i++)
		sl_buf_addf(out, "%s%s", i == 0 ? "[" : "|", row->fields[i]);
	sl_buf_addf(out, "]%s", row->repaired ? "*" : "");
}

static void
print_all(const char *bytes, size_t len, size_t step, char separator,
	  struct sl_buf *out)
{
	struct source source = { { bytes, len }, step, false };
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_CSV csv = sl_csv_new(read_step, &source);
	struct sl_csv_row row;
	struct sl_error err;
	uint64_t number = 0;

	sl_csv_set_separator(csv, separator);
	for (;;) {
		assert_int_equal(sl_csv_next(csv, arena, &row, &err), SL_OK);
		if (row.kind == SL_CSV_END)
			break;
		assert_int_equal(row.number, ++number);
		print_row(out, &row);
	}
	assert_int_equal(row.number, number);
	/* It stays at the end. */
	assert_int_equal(sl_csv_next(csv, arena, &row, &err), SL_OK);
	assert_int_equal(row.kind, SL_CSV_END);
}

static void
check_records(const char *bytes, size_t len, char separator, const char *want)
{
	static const size_t steps[] = { 1, 2, 3, 7, 100000 };

	for (size_t i = 0; i < SL_ARRAY_LEN(steps); i++) {
		SL_AUTO_BUF out;

		sl_buf_init(&out, 65536);
		print_all(bytes, len, steps[i], separator, &out);
		if (strcmp(sl_buf_text(&out), want) != 0)
			fail_msg("%s in steps of %zu: %s, wanted %s", bytes,
				 steps[i], sl_buf_text(&out), want);
	}
}

static void
records_are_read(void **state SL_UNUSED)
{
	static const struct {
		const char *in;
		size_t len;
		const char *out;
	} rows[] = {
		{ BYTES(""), "" },
		{ BYTES("\n"), "" },
		{ BYTES("\n\r\n\r\r\n \t\n"), "" },
		{ BYTES("a"), "[a]" },
		{ BYTES("a,b\n"), "[a|b]" },
		{ BYTES("a,b\nc,d"), "[a|b][c|d]" },
		{ BYTES("a,b\r\nc,d\r\n"), "[a|b][c|d]" },
		{ BYTES("a,b\rc,d\r"), "[a|b][c|d]" },
		{ BYTES("a\n\n\nb\n"), "[a][b]" },
		{ BYTES("a,\n,b\n,\n"), "[a|][|b][|]" },
		{ BYTES(","), "[|]" },
		{ BYTES("\"\"\n"), "[]" },
		{ BYTES("\" \"\n"), "[ ]" },
		{ BYTES("\"a\",\"b\"\n\"c\",d"), "[a|b][c|d]" },
		{ BYTES("\"a,b\",c"), "[a,b|c]" },
		{ BYTES("\"a\"\"b\"\"\",c"), "[a\"b\"|c]" },
		{ BYTES("\"a\nb\",c\nd"), "[a\nb|c][d]" },
		{ BYTES("\"a\r\n\r\nb\",c\r\nd"), "[a\r\n\r\nb|c][d]" },
		{ BYTES(" a , b \n"), "[ a | b ]" },
		{ BYTES("a, \"b\"\n"), "[a| \"b\"]" },
		{ BYTES("5\" disk,a\"b\"c\"\n"), "[5\" disk|a\"b\"c\"]" },
		{ BYTES("\xef\xbb\xbf"
			"a,b\n"),
		  "[a|b]" },
		{ BYTES("\xef\xbb\xbf"), "" },
		{ BYTES("\xef\xbb\xbf\"a\"\n"), "[a]" },
		{ BYTES("a;b\tc\n"), "[a;b\tc]" },
		{ BYTES("J\u00f6rg,\U0001f600\n"), "[J\u00f6rg|\U0001f600]" },
		{ BYTES("J\xf6rg,b\nc\n"), "[J\ufffdrg|b]*[c]" },
		{ BYTES("a\0b,c\n"), "[a\ufffdb|c]*" },
		{ BYTES("\"\xc3\",\"\xb6\"\n"), "[\ufffd|\ufffd]*" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		check_records(rows[i].in, rows[i].len, ',', rows[i].out);
}

static void
other_separators_are_read(void **state SL_UNUSED)
{
	check_records(BYTES("a;b,c;\"d;e\"\n;"), ';', "[a|b,c|d;e][|]");
	check_records(BYTES("a\tb c\t\n\t\t\n \n"), '\t', "[a|b c|][||]");
}

static void
utf_16_is_read(void **state SL_UNUSED)
{
	check_records(BYTES("\xff\xfe"
			    "a\0,\0\"\0\xe9\0\n\0\"\0\n\0"),
		      ',', "[a|\u00e9\n]");
	check_records(BYTES("\xfe\xff"
			    "\0a\0,\x20\xac\0\n"),
		      ',', "[a|\u20ac]");
	check_records(BYTES("\xff\xfe\x3d\xd8\x00\xde"), ',', "[\U0001f600]");
	/* Half a pair, half a unit. */
	check_records(BYTES("\xff\xfe\x3d\xd8,\0b\0\n\0c\0"), ',',
		      "[\ufffd|b]*[c]");
	check_records(BYTES("\xff\xfe"
			    "a\0b"),
		      ',', "[a\ufffd]*");
	check_records(BYTES("\xff\xfe\x3d\xd8"), ',', "[\ufffd]*");
	check_records(BYTES("\xff\xfe"), ',', "");
}

/* A stray quote takes its line; what follows is read. */
static void
broken_records_are_told(void **state SL_UNUSED)
{
	check_records(BYTES("a\n\"b\"x,c\nd\n"), ',', "[a]!2-2![d]");
	check_records(BYTES("a\n\"b\" ,c\nd\n"), ',', "[a]!2-2![d]");
	check_records(BYTES("\"b\"x"), ',', "!1-1!");
	check_records(BYTES("a\n\"b\nc\nd\n"), ',', "[a]!2-2![c][d]");
	check_records(BYTES("a\r\n\"b\r\nc\r\nd"), ',', "[a]!2-2![c][d]");
	check_records(BYTES("a\r\"b\rc\rd"), ',', "[a]!2-2![c][d]");
	check_records(BYTES("\""), ',', "!1-1!");
	check_records(BYTES("\"\n"), ',', "!1-1!");
	check_records(BYTES("\"\n\n\n"), ',', "!1-1!");
	check_records(BYTES("\"a\"\""), ',', "!1-1!");
	check_records(BYTES("1,\"hi,x\n2,\"ho\",y\n3,z\n"), ',',
		      "!1-1![2|ho|y][3|z]");
	check_records(BYTES("\"1\",\"hi,\"x\"\n\"2\",\"y\"\n"), ',',
		      "!1-1![2|y]");
	check_records(BYTES("\"a\nb \"c\" d\ne\",f\ng,h\n"), ',',
		      "!1-1![b \"c\" d][e\"|f][g|h]");
}

static void
check_lines(const char *text, size_t len, const uint64_t (*lines)[2])
{
	struct source source = { { text, len }, 5, false };
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_CSV csv = sl_csv_new(read_step, &source);
	struct sl_csv_row row;
	struct sl_error err;

	for (size_t i = 0; lines[i][0] > 0; i++) {
		assert_int_equal(sl_csv_next(csv, arena, &row, &err), SL_OK);
		assert_int_equal(row.line, lines[i][0]);
		assert_int_equal(row.end_line, lines[i][1]);
	}
	assert_int_equal(sl_csv_next(csv, arena, &row, &err), SL_OK);
	assert_int_equal(row.kind, SL_CSV_END);
}

static void
lines_are_counted(void **state SL_UNUSED)
{
	static const uint64_t lines[][2] = { { 1, 1 },   { 4, 6 },   { 7, 7 },
					     { 10, 10 }, { 11, 11 }, { 0, 0 } };

	check_lines(BYTES("a\n\n\n\"b\nb\n\",x\nc\n\n\n\"d\nd"), lines);
	check_lines(BYTES("a\r\n\r\n\r\n\"b\r\nb\r\n\",x\r\nc\r\n\r\n\r\n"
			  "\"d\r\nd"),
		    lines);
	check_lines(BYTES("a\r\r\r\"b\rb\r\",x\rc\r\r\r\"d\rd"), lines);
}

static void
a_rejected_record_keeps_its_beginning(void **state SL_UNUSED)
{
	struct sl_csv_bytes bytes = { "a\n\"b\"\xff\0x,c\r\nd\n", 14 };
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_CSV csv = sl_csv_new(sl_csv_read_bytes, &bytes);
	struct sl_csv_row row;
	struct sl_error err;

	assert_int_equal(sl_csv_next(csv, arena, &row, &err), SL_OK);
	assert_int_equal(sl_csv_next(csv, arena, &row, &err), SL_OK);
	assert_int_equal(row.kind, SL_CSV_REJECTED);
	assert_string_equal(row.reason, "there is text behind a closing quote");
	assert_int_equal(row.raw_len, 8);
	assert_memory_equal(row.raw, "\"b\"\xff\0x,c", 9);
}

static void
a_failure_of_the_source_comes_back(void **state SL_UNUSED)
{
	struct source source = { { "a\nb", 3 }, 1, true };
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_CSV csv = sl_csv_new(read_step, &source);
	struct sl_csv_row row;
	struct sl_error err;

	assert_int_equal(sl_csv_next(csv, arena, &row, &err), SL_OK);
	assert_string_equal(row.fields[0], "a");
	assert_int_equal(sl_csv_next(csv, arena, &row, &err), SL_CONFIG);
	assert_string_equal(err.text, "damaged");
}

static void
the_beginning_can_be_looked_at(void **state SL_UNUSED)
{
	struct source source = { { BYTES("\xff\xfe"
					 "a\0\n\0b\0") },
				 1,
				 false };
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_CSV csv = sl_csv_new(read_step, &source);
	struct sl_csv_row row;
	struct sl_error err;
	const char *bytes;
	size_t len;

	assert_int_equal(sl_csv_peek(csv, &bytes, &len, &err), SL_OK);
	assert_int_equal(len, 3);
	assert_memory_equal(bytes, "a\nb", 3);
	assert_int_equal(sl_csv_peek(csv, &bytes, &len, &err), SL_OK);
	assert_int_equal(len, 3);
	assert_int_equal(sl_csv_next(csv, arena, &row, &err), SL_OK);
	assert_string_equal(row.fields[0], "a");
}

/* A file: before, one record of `len` bytes of `c` as `head` and `tail` have
 * it, and after. */
static void
check_cap(const char *why, const char *head, size_t len, char c,
	  const char *tail, const char *reason)
{
	char *text = sl_alloc(len + 100);
	struct source source = { { text, 0 }, 30000, false };
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_CSV csv = sl_csv_new(read_step, &source);
	struct sl_csv_row row;
	struct sl_error err;
	size_t at = (size_t)snprintf(text, 50, "before\n%s", head);

	memset(text + at, c, len);
	source.bytes.len =
		at + len +
		(size_t)snprintf(text + at + len, 50, "%s\nafter,x", tail);
	assert_int_equal(sl_csv_next(csv, arena, &row, &err), SL_OK);
	CHECK(why, row.kind == SL_CSV_ROW && row.number == 1);
	assert_int_equal(sl_csv_next(csv, arena, &row, &err), SL_OK);
	CHECK(why, row.line == 2 && row.number == 2);
	if (reason == NULL) {
		CHECK(why, row.kind == SL_CSV_ROW);
	} else {
		CHECK(why, row.kind == SL_CSV_REJECTED);
		CHECK(why, strcmp(row.reason, reason) == 0);
		CHECK(why, row.raw_len <= SL_CSV_RAW_MAX);
		CHECK(why, memcmp(row.raw, strchr(text, '\n') + 1,
				  row.raw_len) == 0);
	}
	assert_int_equal(sl_csv_next(csv, arena, &row, &err), SL_OK);
	CHECK(why, row.kind == SL_CSV_ROW && row.count == 2 &&
			   strcmp(row.fields[0], "after") == 0);
	assert_int_equal(sl_csv_next(csv, arena, &row, &err), SL_OK);
	CHECK(why, row.kind == SL_CSV_END && row.number == 3);
	/* The pieces of `text` and the record itself, twice at most. */
	CHECK(why, sl_arena_used(arena) < 3 * SL_CSV_ROW_MAX + 20000);
	sl_free(text);
}

static void
caps_hold_at_one_past_them(void **state SL_UNUSED)
{
	check_cap("field", "", SL_CSV_FIELD_MAX, 'x', "", NULL);
	check_cap("field", "", SL_CSV_FIELD_MAX + 1, 'x', "",
		  "a field is longer than 256 KiB");
	check_cap("quoted field", "\"", SL_CSV_FIELD_MAX, 'x', "\",b", NULL);
	check_cap("quoted field", "a,\"", SL_CSV_FIELD_MAX + 1, 'x', "\",b",
		  "a field is longer than 256 KiB");
	check_cap("fields", "", SL_CSV_FIELDS_MAX - 1, ',', "", NULL);
	check_cap("fields", "", SL_CSV_FIELDS_MAX, ',', "",
		  "it has more than 256 fields");
	check_cap("row", "", SL_CSV_ROW_MAX, ',', "",
		  "it has more than 256 fields");
	check_cap("row", "", SL_CSV_ROW_MAX + 1, ',', "",
		  "it is longer than 1 MiB");
	check_cap("long row", "", 2 * SL_CSV_ROW_MAX, ',', "",
		  "it is longer than 1 MiB");
	check_cap("lines", "a,\"", 2 * SL_CSV_ROW_MAX, '\n', "x\"\"\ny\",\"\"",
		  "it is longer than 1 MiB");
}

/* Four fields of a quarter each, and three commas, are one past the row. */
static void
a_row_of_full_fields_is_too_long(void **state SL_UNUSED)
{
	for (size_t less = 0; less < 8; less++) {
		struct sl_csv_bytes bytes;
		SL_AUTO_ARENA arena = sl_arena_new();
		SL_AUTO_CSV csv = sl_csv_new(sl_csv_read_bytes, &bytes);
		SL_AUTO_BUF text;
		struct sl_csv_row row;
		struct sl_error err;

		sl_buf_init(&text, 2 * SL_CSV_ROW_MAX);
		for (size_t i = 0; i < SL_CSV_ROW_MAX + 3 - less; i++)
			sl_buf_addc(&text, (i + 1) % (SL_CSV_FIELD_MAX + 1) == 0
						   ? ','
						   : 'x');
		sl_buf_addc(&text, '\n');
		bytes = (struct sl_csv_bytes){ text.data, text.len };
		assert_int_equal(sl_csv_next(csv, arena, &row, &err), SL_OK);
		assert_int_equal(row.kind,
				 less < 3 ? SL_CSV_REJECTED : SL_CSV_ROW);
		assert_int_equal(sl_csv_next(csv, arena, &row, &err), SL_OK);
		assert_int_equal(row.kind, SL_CSV_END);
	}
}

/* Endless input of one kind: `total` bytes of `unit`. */
struct endless {
	const char *unit;
	size_t at;
	size_t left;
};

static sl_status
read_endless(void *ctx, void *buf, size_t cap, size_t *got,
	     struct sl_error *err SL_UNUSED)
{
	struct endless *endless = ctx;
	size_t len = strlen(endless->unit);

	*got = cap < endless->left ? cap : endless->left;
	for (size_t i = 0; i < *got; i++)
		((char *)buf)[i] = endless->unit[endless->at++ % len];
	endless->left -= *got;
	return SL_OK;
}

static uint64_t
count_endless(const char *unit, size_t total, struct sl_csv_row *last)
{
	struct endless endless = { unit, 0, total };
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_CSV csv = sl_csv_new(read_endless, &endless);
	struct sl_csv_row row;
	struct sl_error err;

	for (;;) {
		assert_int_equal(sl_csv_next(csv, arena, &row, &err), SL_OK);
		assert_true(sl_arena_used(arena) < 4 * SL_CSV_ROW_MAX);
		if (row.kind == SL_CSV_END)
			return row.number;
		*last = row;
		sl_arena_reset(arena);
	}
}

static void
what_never_ends_takes_no_memory(void **state SL_UNUSED)
{
	const size_t total = 3 * SL_CSV_ROW_MAX;
	struct sl_csv_row last;

	assert_int_equal(count_endless("x", total, &last), 1);
	assert_string_equal(last.reason, "it is longer than 1 MiB");
	assert_int_equal(count_endless(",", total, &last), 1);
	assert_int_equal(count_endless("\n", total, &last), 0);
	assert_int_equal(count_endless("\"\"", total, &last), 1);
	assert_int_equal(count_endless("\"\n", total, &last), total / 4);
	assert_int_equal(count_endless("x\n", total, &last), total / 2);
	assert_int_equal(last.line, total / 2);
}

/* A quote that opens and never closes, in a file that is longer than a record
 * may be: it takes what is behind it, and that is told. */
static void
a_quote_without_end_is_told(void **state SL_UNUSED)
{
	char *text = sl_alloc(2 * SL_CSV_ROW_MAX + 1);
	struct sl_csv_bytes bytes = { text, 2 * SL_CSV_ROW_MAX };
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_CSV csv = sl_csv_new(sl_csv_read_bytes, &bytes);
	struct sl_csv_row row;
	struct sl_error err;

	for (size_t i = 0; i < bytes.len; i += 2)
		memcpy(text + i, "x\n", 2);
	text[4] = '"';
	for (int i = 0; i < 3; i++)
		assert_int_equal(sl_csv_next(csv, arena, &row, &err), SL_OK);
	assert_int_equal(row.kind, SL_CSV_REJECTED);
	assert_string_equal(
		row.reason,
		"it is longer than 1 MiB, and a quote in it never closes");
	assert_int_equal(row.line, 3);
	assert_int_equal(row.end_line, SL_CSV_ROW_MAX + 1);
	assert_int_equal(sl_csv_next(csv, arena, &row, &err), SL_OK);
	assert_int_equal(row.kind, SL_CSV_END);
	sl_free(text);
}

/* Each line opens a quote, is part of the record before all the same, and at
 * the end nothing of it was good. */
static void
broken_records_take_no_time(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_BUF text;
	struct sl_csv_bytes bytes;
	SL_AUTO_CSV csv = sl_csv_new(sl_csv_read_bytes, &bytes);
	struct sl_csv_row row = { .kind = SL_CSV_ROW };
	struct sl_error err;
	clock_t began = clock();
	uint64_t end_line = 0;

	sl_buf_init(&text, 4 * SL_CSV_ROW_MAX);
	while (text.len < 3 * SL_CSV_ROW_MAX) {
		for (int i = 0; i < 150000; i++)
			sl_buf_adds(&text, "x\",\"\n");
		sl_buf_adds(&text, "\"y\n");
	}
	bytes = (struct sl_csv_bytes){ text.data, text.len };
	while (row.kind != SL_CSV_END) {
		assert_int_equal(sl_csv_next(csv, arena, &row, &err), SL_OK);
		assert_true(row.kind == SL_CSV_END || row.line == end_line + 1);
		end_line = row.end_line;
	}
	assert_int_equal(row.line, 5 * 150001 + 1);
	assert_true(clock() - began < 20 * CLOCKS_PER_SEC);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_read),
		cmocka_unit_test(other_separators_are_read),
		cmocka_unit_test(utf_16_is_read),
		cmocka_unit_test(broken_records_are_told),
		cmocka_unit_test(lines_are_counted),
		cmocka_unit_test(a_rejected_record_keeps_its_beginning),
		cmocka_unit_test(a_failure_of_the_source_comes_back),
		cmocka_unit_test(the_beginning_can_be_looked_at),
		cmocka_unit_test(caps_hold_at_one_past_them),
		cmocka_unit_test(a_row_of_full_fields_is_too_long),
		cmocka_unit_test(what_never_ends_takes_no_memory),
		cmocka_unit_test(a_quote_without_end_is_told),
		cmocka_unit_test(broken_records_take_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
