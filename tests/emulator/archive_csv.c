/* SPDX-License-Identifier: Apache-2.0 */
/* CSV as LinkedIn writes it: no newline after the last line. */
#include <string.h>

#include "archive.h"

#define FULL 65536

void
emu_csv_begin(struct emu_csv *csv, bool bom)
{
	csv->any = false;
	csv->column = 0;
	if (bom)
		EMU_LIT(&csv->line, "\xef\xbb\xbf");
}

static void
separate(struct emu_csv *csv)
{
	if (csv->column++)
		emu_putc(&csv->line, ',');
	else if (csv->any)
		emu_puts(&csv->line, csv->crlf ? "\r\n" : "\n");
}

static bool
needs_quotes(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (strchr(",\"\n\r", text[i]))
			return true;
	return false;
}

void
emu_csv_field(struct emu_csv *csv, const char *text, size_t len)
{
	struct emu_buf *b = &csv->line;

	separate(csv);
	if (!csv->quoted && !needs_quotes(text, len)) {
		emu_put(b, text, len);
		return;
	}
	emu_putc(b, '"');
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			emu_putc(b, '"');
		if (text[i] == '\n' && csv->crlf)
			emu_putc(b, '\r');
		emu_putc(b, text[i]);
	}
	emu_putc(b, '"');
}

void
emu_csv_end_line(struct emu_csv *csv)
{
	csv->any = true;
	csv->column = 0;
	if (csv->line.len < FULL)
		return;
	emu_zip_put(csv->zip, csv->line.data, csv->line.len);
	csv->line.len = 0;
}

void
emu_csv_raw(struct emu_csv *csv, const char *line)
{
	separate(csv);
	emu_puts(&csv->line, line);
	emu_csv_end_line(csv);
}

void
emu_csv_end(struct emu_csv *csv)
{
	if (csv->newline)
		emu_puts(&csv->line, csv->crlf ? "\r\n" : "\n");
	emu_reserve(&csv->line, 1);
	emu_zip_put(csv->zip, csv->line.data, csv->line.len);
	emu_buf_free(&csv->line);
}
