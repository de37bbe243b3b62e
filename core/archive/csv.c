/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcsv is fed a line at a time, so that at most one record ends in a call
 * and each record's lines are known. It runs in strict mode: what it refuses
 * is either a quote inside an unquoted field, which is then fed as the letter
 * that it is, or a broken record, which is given up.
 */
#include "core/archive/csv.h"

#include <csv.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/archive/csv_input.h"
#include "core/archive/csv_skip.h"

#define STRICT     (CSV_STRICT | CSV_STRICT_FINI)
#define BLOCK      ((size_t)16 * 1024) /* by which libcsv's buffer grows */
#define LOOK       ((size_t)256)
#define CREDIT     (8 * SL_CSV_ROW_MAX)
#define BAD_QUOTE  "there is text behind a closing quote"
#define NO_END     "a quote never closes"
#define LONG_ROW   "it is longer than 1 MiB"
#define LOST_END   "it is longer than 1 MiB, and a quote in it never closes"
#define LONG_FIELD "a field is longer than 256 KiB"
#define MANY_CELLS "it has more than 256 fields"

_Static_assert(SL_CSV_ROW_MAX == 1024 * 1024, "LONG_ROW tells it");
_Static_assert(SL_CSV_FIELD_MAX == 256 * 1024, "LONG_FIELD tells it");
_Static_assert(SL_CSV_FIELDS_MAX == 256, "MANY_CELLS tells it");

struct sl_csv {
	struct csv_input in;
	struct csv_parser parser;
	char separator;

	uint64_t number; /* of records so far            */
	uint64_t line;   /* that the window begins in    */
	bool behind_cr;  /* an LF would be its other half */
	uint64_t credit; /* bytes that may be read again */

	/* The record being read; its bytes begin the window. */
	size_t fed;          /* of them, to libcsv        */
	uint64_t fed_lines;  /* line ends among them      */
	bool fed_cr;         /* the last of them is a CR  */
	size_t first_len;    /* its first line, end included */
	bool first_cr;       /* which ends in CR          */
	bool done;           /* libcsv said so            */
	const char *spoilt;  /* past a cap: which         */
	struct sl_buf cells; /* each with a NUL behind it */
	size_t count;
	size_t starts[SL_CSV_FIELDS_MAX + 1]; /* in cells */
};

sl_status
sl_csv_read_bytes(void *ctx, void *buf, size_t cap, size_t *got,
		  struct sl_error *err SL_UNUSED)
{
	struct sl_csv_bytes *bytes = ctx;
	size_t n = bytes->len < cap ? bytes->len : cap;

	if (n > 0)
		memcpy(buf, bytes->bytes, n);
	bytes->bytes += n;
	bytes->len -= n;
	*got = n;
	return SL_OK;
}

/* Blanks belong to their field. */
static int
is_space(unsigned char c SL_UNUSED)
{
	return 0;
}

struct sl_csv *
sl_csv_new(sl_csv_read_fn read, void *ctx)
{
	struct sl_csv *csv = sl_alloc(sizeof(*csv));

	csv_input_init(&csv->in, read, ctx);
	SL_ASSERT(csv_init(&csv->parser, STRICT) == 0);
	csv_set_space_func(&csv->parser, is_space);
	csv_set_realloc_func(&csv->parser, sl_lib_realloc);
	csv_set_free_func(&csv->parser, sl_free);
	csv_set_blk_size(&csv->parser, BLOCK);
	sl_buf_init(&csv->cells, SL_CSV_ROW_MAX + SL_CSV_FIELDS_MAX + 1);
	csv->line = 1;
	csv->credit = CREDIT;
	sl_csv_set_separator(csv, ',');
	return csv;
}

void
sl_csv_free(struct sl_csv **csv)
{
	if (*csv == NULL)
		return;
	csv_free(&(*csv)->parser);
	csv_input_release(&(*csv)->in);
	sl_buf_release(&(*csv)->cells);
	sl_free(*csv);
	*csv = NULL;
}

void
sl_csv_set_separator(struct sl_csv *csv, char separator)
{
	SL_ASSERT(csv->number == 0);
	csv->separator = separator;
	csv_set_delim(&csv->parser, (unsigned char)separator);
}

sl_status
sl_csv_peek(struct sl_csv *csv, const char **bytes, size_t *len,
	    struct sl_error *err)
{
	struct csv_input *in = &csv->in;

	SL_ASSERT(csv->number == 0);
	while (!in->ended && in->to - in->from < SL_CSV_PEEK_MAX) {
		sl_status status = csv_input_fill(in, err);

		if (status != SL_OK)
			return status;
	}
	*bytes = in->to == in->from ? "" : in->data + in->from;
	*len = in->to - in->from;
	if (*len > SL_CSV_PEEK_MAX)
		*len = SL_CSV_PEEK_MAX;
	return SL_OK;
}

/* libcsv's callbacks. */
static void
on_field(void *bytes, size_t len, void *ctx)
{
	struct sl_csv *csv = ctx;

	if (len > SL_CSV_FIELD_MAX)
		csv->spoilt = LONG_FIELD;
	else if (csv->count == SL_CSV_FIELDS_MAX)
		csv->spoilt = MANY_CELLS;
	if (csv->spoilt != NULL)
		return;
	csv->starts[csv->count++] = csv->cells.len;
	sl_buf_add(&csv->cells, bytes, len);
	sl_buf_addc(&csv->cells, '\0');
}

static void
on_row(int end SL_UNUSED, void *ctx)
{
	struct sl_csv *csv = ctx;

	csv->done = true;
}

/* false: text behind a closing quote. */
static bool
feed(struct sl_csv *csv, const char *bytes, size_t len)
{
	struct csv_parser *p = &csv->parser;

	while (len > 0) {
		size_t n = csv_parse(p, bytes, len, on_field, on_row, csv);

		if (n == len)
			break;
		SL_ASSERT(csv_error(p) == CSV_EPARSE);
		if (p->quoted)
			return false;
		(void)csv_set_opts(p, 0);
		n += csv_parse(p, bytes + n, 1, on_field, on_row, csv);
		(void)csv_set_opts(p, STRICT);
		bytes += n;
		len -= n;
	}
	return true;
}

static void
forget_record(struct sl_csv *csv)
{
	/* Without strictness it forgets a quote that is open, too. */
	(void)csv_set_opts(&csv->parser, 0);
	SL_ASSERT(csv_fini(&csv->parser, NULL, NULL, NULL) == 0);
	(void)csv_set_opts(&csv->parser, STRICT);
	csv->fed = 0;
	csv->fed_lines = 0;
	csv->fed_cr = false;
	csv->first_len = 0;
	csv->done = false;
	csv->spoilt = NULL;
	sl_buf_clear(&csv->cells);
	csv->count = 0;
}

/* The window moves on by `len` bytes that end `lines` lines. */
static void
advance(struct sl_csv *csv, size_t len, uint64_t lines, bool behind_cr)
{
	csv->in.from += len;
	csv->credit += len;
	csv->line += lines;
	csv->behind_cr = behind_cr;
}

/* Empty lines, and the LF of the CRLF that ended the record before. */
static sl_status
skip_line_ends(struct sl_csv *csv, bool *end, struct sl_error *err)
{
	struct csv_input *in = &csv->in;

	for (;;) {
		while (in->from < in->to) {
			char c = in->data[in->from];

			if (c != '\n' && c != '\r') {
				*end = false;
				return SL_OK;
			}
			advance(csv, 1, c == '\r' || !csv->behind_cr,
				c == '\r');
		}
		*end = in->ended;
		if (in->ended)
			return SL_OK;
		sl_status status = csv_input_fill(in, err);

		if (status != SL_OK)
			return status;
	}
}

/* The first CR or LF, or NULL; by pieces, so that looking for the one that the
 * file does not have costs no more than the line. */
static const char *
find_line_end(const char *bytes, size_t len)
{
	for (size_t at = 0; at < len; at += LOOK) {
		const char *from = bytes + at;
		size_t n = len - at < LOOK ? len - at : LOOK;
		const char *lf = memchr(from, '\n', n);
		const char *cr = memchr(from, '\r',
					lf == NULL ? n : (size_t)(lf - from));

		if (cr != NULL || lf != NULL)
			return cr == NULL ? lf : cr;
	}
	return NULL;
}

/*
 * The rest of the line behind what was fed: its length with its end, which is
 * there but at the end of the file; *too_long when the record is.
 */
static sl_status
next_line(struct sl_csv *csv, size_t *len, bool *too_long, struct sl_error *err)
{
	struct csv_input *in = &csv->in;
	size_t looked = 0;

	for (;;) {
		const char *at = in->data + in->from + csv->fed;
		size_t there = in->to - in->from - csv->fed;
		const char *end = find_line_end(at + looked, there - looked);
		sl_status status;

		*len = end == NULL ? there : (size_t)(end - at) + 1;
		*too_long = csv->fed + *len - (end != NULL) > SL_CSV_ROW_MAX;
		if (end != NULL || in->ended || *too_long)
			return SL_OK;
		looked = there;
		status = csv_input_fill(in, err);
		if (status != SL_OK)
			return status;
	}
}

static void
count_line(struct sl_csv *csv, const char *line, size_t len)
{
	bool lf = line[len - 1] == '\n', cr = line[len - 1] == '\r';

	if (cr || (lf && !(len == 1 && csv->fed_cr)))
		csv->fed_lines++;
	csv->fed += len;
	csv->fed_cr = cr;
	if (csv->first_len == 0) {
		csv->first_len = len;
		csv->first_cr = cr;
	}
}

/* Of the window's first `len` bytes. */
static void
reject(struct sl_csv *csv, struct sl_arena *arena, const char *reason,
       size_t len, struct sl_csv_row *row)
{
	row->kind = SL_CSV_REJECTED;
	row->reason = reason;
	row->raw_len = len < SL_CSV_RAW_MAX ? len : SL_CSV_RAW_MAX;
	row->raw = sl_arena_strndup(arena, csv->in.data + csv->in.from,
				    row->raw_len);
}

static size_t
without_line_end(const char *bytes, size_t len)
{
	return len > 0 && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r')
		       ? len - 1
		       : len;
}

/*
 * Its first line is given up; what is behind it is read again. A file can be
 * made of lines of which each takes all the others with it, so reading again
 * is paid for by what was read: without that, all that was fed is given up.
 */
static void
reject_broken(struct sl_csv *csv, struct sl_arena *arena, const char *reason,
	      struct sl_csv_row *row)
{
	const char *raw = csv->in.data + csv->in.from;
	size_t again = csv->fed - csv->first_len;
	bool all = again > csv->credit;
	size_t len = all ? csv->fed : csv->first_len;
	size_t text = without_line_end(raw, len);
	uint64_t lines = all ? csv->fed_lines : text < len;

	if (!all)
		csv->credit -= again;
	row->end_line = row->line + lines - (text < len);
	reject(csv, arena, reason, text, row);
	advance(csv, len, lines, all ? csv->fed_cr : csv->first_cr);
}

/* Past the end of a record that does not fit. */
static sl_status
skip_record(struct sl_csv *csv, struct sl_arena *arena, struct sl_csv_row *row,
	    struct sl_error *err)
{
	struct csv_input *in = &csv->in;
	struct csv_skip skip = { .separator = csv->separator };

	reject(csv, arena, LONG_ROW, in->to - in->from, row);
	for (;;) {
		size_t there = in->to - in->from;
		size_t n = csv_skip(&skip, in->data + in->from, there);
		sl_status status;

		in->from += n;
		if (n < there || in->ended)
			break;
		status = csv_input_fill(in, err);
		if (status != SL_OK)
			return status;
	}
	if (skip.where == SKIP_QUOTED && in->from == in->to)
		row->reason = LOST_END;
	csv->behind_cr = false;
	csv->line += skip.lines;
	row->end_line = csv->line;
	return SL_OK;
}

static const char *
cell_text(struct sl_arena *arena, const char *bytes, size_t len, bool *repaired)
{
	bool changed;
	const char *text = sl_utf8_repair(arena, bytes, len, &changed);

	*repaired |= changed;
	return text;
}

/* From what on_field collected; `valid`: the record is UTF-8, so each is. */
static void
take_fields(struct sl_csv *csv, struct sl_arena *arena, bool valid,
	    struct sl_csv_row *row)
{
	const char **fields = SL_NEW_ARRAY(arena, csv->count, const char *);
	const char *from = sl_buf_text(&csv->cells);
	const char *text =
		valid ? sl_arena_strndup(arena, from, csv->cells.len) : NULL;

	csv->starts[csv->count] = csv->cells.len;
	for (size_t i = 0; i < csv->count; i++) {
		size_t at = csv->starts[i];

		fields[i] = valid ? text + at
				  : cell_text(arena, from + at,
					      csv->starts[i + 1] - at - 1,
					      &row->repaired);
	}
	row->kind = SL_CSV_ROW;
	row->fields = fields;
	row->count = csv->count;
}

/* One field of blanks, not quoted: a line that only looks empty. */
static bool
is_blank(const char *raw, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (raw[i] != ' ' && raw[i] != '\t')
			return false;
	}
	return true;
}

/* The record is whole: `fed` bytes, the line end among them. */
static void
take_record(struct sl_csv *csv, struct sl_arena *arena, struct sl_csv_row *row)
{
	const char *raw = csv->in.data + csv->in.from;
	size_t len = without_line_end(raw, csv->fed);

	if (csv->spoilt != NULL)
		reject(csv, arena, csv->spoilt, len, row);
	else if (csv->count > 1 || !is_blank(raw, len))
		take_fields(csv, arena, sl_utf8_valid(raw, len), row);
	else
		row->kind = SL_CSV_END; /* nothing: the caller goes on */
	row->end_line = row->line + csv->fed_lines - (len < csv->fed);
	advance(csv, csv->fed, csv->fed_lines, csv->fed_cr);
}

/* The lines of one record; the window begins with it. */
static sl_status
read_record(struct sl_csv *csv, struct sl_arena *arena, struct sl_csv_row *row,
	    struct sl_error *err)
{
	const struct csv_input *in = &csv->in;

	while (!csv->done) {
		const char *line;
		size_t len;
		bool too_long;
		sl_status status = next_line(csv, &len, &too_long, err);

		if (status != SL_OK)
			return status;
		if (too_long)
			return skip_record(csv, arena, row, err);
		if (len == 0) {
			if (csv_fini(&csv->parser, on_field, on_row, csv) == 0)
				break;
			reject_broken(csv, arena, NO_END, row);
			return SL_OK;
		}
		line = in->data + in->from + csv->fed;
		count_line(csv, line, len);
		if (!feed(csv, line, len)) {
			reject_broken(csv, arena, BAD_QUOTE, row);
			return SL_OK;
		}
	}
	take_record(csv, arena, row);
	return SL_OK;
}

sl_status
sl_csv_next(struct sl_csv *csv, struct sl_arena *arena, struct sl_csv_row *row,
	    struct sl_error *err)
{
	struct sl_csv_row next = { .kind = SL_CSV_END };

	do {
		bool end;
		sl_status status = skip_line_ends(csv, &end, err);

		next.line = next.end_line = csv->line;
		if (status == SL_OK && !end) {
			forget_record(csv);
			status = read_record(csv, arena, &next, err);
		}
		if (status != SL_OK)
			return status;
		if (end)
			break;
	} while (next.kind == SL_CSV_END);
	if (next.kind != SL_CSV_END)
		csv->number++;
	next.number = csv->number;
	*row = next;
	return SL_OK;
}
