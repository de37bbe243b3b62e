/* SPDX-License-Identifier: Apache-2.0 */
/* Which files an archive has, in which style. */
#include "archive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DRAFT_EVERY 50
#define BOMB_GB     10
#define BLOCK       (1U << 20)
#define CROWD       20000

struct archive {
	const struct emu_member *m;
	int64_t at_ms;
	bool on[EMU_STYLES];
	uint64_t bomb_gb;
	const char *only; /* "Connections+messages" within the style, or NULL */
	struct emu_zip zip;
	struct emu_csv csv;
	char folder[64], suffix[32];
};

struct file {
	const char *name;
	enum emu_domain domain;
	bool preamble; /* always; others by style */
	bool quoted;   /* since 2026 */
};

static const struct file files[] = {
	{ "Profile", EMU_DOMAIN_PROFILE, false, false },
	{ "Email Addresses", EMU_DOMAIN_EMAILS, false, false },
	{ "Positions", EMU_DOMAIN_POSITIONS, false, false },
	{ "Connections", EMU_DOMAIN_CONNECTIONS, true, false },
	{ "messages", EMU_DOMAIN_INBOX, false, true },
	{ "Invitations", EMU_DOMAIN_INVITATIONS, false, false },
	{ "Contacts", EMU_DOMAIN_CONTACTS, false, false },
	{ "PhoneNumbers", EMU_DOMAIN_PHONES, false, false },
	{ "Skills", EMU_DOMAIN_SKILLS, false, false },
};

/* --- the style ----------------------------------------------------------- */

static const char *const style_names[EMU_STYLES] = {
	[EMU_STYLE_BASIC] = "basic",
	[EMU_STYLE_COMPLETE] = "complete",
	[EMU_STYLE_FOLDER] = "folder",
	[EMU_STYLE_SUFFIX] = "suffix",
	[EMU_STYLE_SUFFIX_ALL] = "suffix_all",
	[EMU_STYLE_IMPORTED] = "imported",
	[EMU_STYLE_NO_PREAMBLE] = "no_preamble",
	[EMU_STYLE_PREAMBLE_ALL] = "preamble_all",
	[EMU_STYLE_QUOTED] = "quoted",
	[EMU_STYLE_UNQUOTED] = "unquoted",
	[EMU_STYLE_OLD_MESSAGES] = "old_messages",
	[EMU_STYLE_NO_ATTACHMENTS] = "no_attachments",
	[EMU_STYLE_NO_URL] = "no_url",
	[EMU_STYLE_FEW_COLUMNS] = "few_columns",
	[EMU_STYLE_EXTRA] = "extra",
	[EMU_STYLE_DRAFTS] = "drafts",
	[EMU_STYLE_NEWLINE] = "newline",
	[EMU_STYLE_EXCEL] = "excel",
	[EMU_STYLE_ISO] = "iso",
	[EMU_STYLE_BAD_ROW] = "bad_row",
	[EMU_STYLE_BOMB] = "bomb",
	[EMU_STYLE_CLIMB] = "climb",
	[EMU_STYLE_BROKEN] = "broken",
	[EMU_STYLE_ENCRYPTED] = "encrypted",
	[EMU_STYLE_WRONG_CSV] = "wrong_csv",
	[EMU_STYLE_OPEN_QUOTE] = "open_quote",
	[EMU_STYLE_NONE] = "none",
	[EMU_STYLE_UTC] = "utc",
	[EMU_STYLE_STORED] = "stored",
	[EMU_STYLE_TWICE] = "twice",
	[EMU_STYLE_LINK] = "link",
	[EMU_STYLE_BAD_SUM] = "bad_sum",
	[EMU_STYLE_LIES] = "lies",
	[EMU_STYLE_CROWD] = "crowd",
};

static bool
read_word(struct archive *a, const char *word, size_t len)
{
	if (len > 5 && strncmp(word, "bomb=", 5) == 0) {
		a->on[EMU_STYLE_BOMB] = true;
		a->bomb_gb = strtoull(word + 5, NULL, 10);
		return true;
	}
	if (len > 5 && strncmp(word, "only=", 5) == 0) {
		a->only = word + 5;
		return true;
	}
	for (size_t i = 0; i < EMU_STYLES; i++)
		if (strlen(style_names[i]) == len &&
		    strncmp(style_names[i], word, len) == 0)
			return a->on[i] = true;
	return len == 0;
}

static bool
read_style(struct archive *a, const char *style)
{
	while (style && *style) {
		size_t len = strcspn(style, ",");

		if (!read_word(a, style, len))
			return false;
		style += len + (style[len] == ',');
	}
	return true;
}

/* Is the file one of `only=A+B`? */
static bool
is_wanted(const struct archive *a, const char *name)
{
	const char *at = a->only;

	while (at && *at && *at != ',') {
		size_t len = strcspn(at, "+,");

		if (strlen(name) == len && strncmp(at, name, len) == 0)
			return true;
		at += len + (at[len] == '+');
	}
	return !a->only;
}

/* --- rows ---------------------------------------------------------------- */

static bool
is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

/* Columns that an old or a poor archive does not have. */
static bool
is_left_out(const struct archive *a, const struct file *f, const char *column)
{
	static const char *const few[] = { "Position",          "Email Address",
					   "SUBJECT",           "FOLDER",
					   "inviterProfileUrl", "Companies",
					   "Zip Code",          "Updated On",
					   "Location",          NULL };

	if (f->domain == EMU_DOMAIN_INBOX) {
		if (a->on[EMU_STYLE_OLD_MESSAGES] &&
		    (strcmp(column, "RECIPIENT PROFILE URLS") == 0 ||
		     strcmp(column, "ATTACHMENTS") == 0))
			return true;
		if (a->on[EMU_STYLE_NO_ATTACHMENTS] &&
		    strcmp(column, "ATTACHMENTS") == 0)
			return true;
	}
	if (f->domain == EMU_DOMAIN_CONNECTIONS && a->on[EMU_STYLE_NO_URL] &&
	    strcmp(column, "URL") == 0)
		return true;
	return a->on[EMU_STYLE_FEW_COLUMNS] && f->domain != EMU_DOMAIN_EMAILS &&
	       is_one_of(column, few);
}

static bool
has_flags(const struct archive *a, const struct file *f)
{
	return f->domain == EMU_DOMAIN_INBOX &&
	       !a->on[EMU_STYLE_OLD_MESSAGES] &&
	       !a->on[EMU_STYLE_NO_ATTACHMENTS];
}

static void
put_header(struct archive *a, const struct file *f)
{
	const char *const *columns = emu_domain_columns(f->domain);

	for (; *columns; columns++)
		if (!is_left_out(a, f, *columns))
			emu_csv_field(&a->csv, *columns, strlen(*columns));
	if (has_flags(a, f)) {
		emu_csv_field(&a->csv, "IS MESSAGE DRAFT", 16);
		emu_csv_field(&a->csv, "IS CONVERSATION DRAFT", 21);
	}
	emu_csv_end_line(&a->csv);
}

static void
put_row(struct archive *a, const struct file *f, const struct emu_row *row,
	bool draft)
{
	const char *const *columns = emu_domain_columns(f->domain);

	for (unsigned i = 0; i < row->count; i++)
		if (!is_left_out(a, f, columns[i]))
			emu_csv_field(&a->csv, row->cell[i].data,
				      row->cell[i].len);
	if (has_flags(a, f)) {
		emu_csv_field(&a->csv, draft ? "Yes" : "No", draft ? 3 : 2);
		emu_csv_field(&a->csv, "No", 2);
	}
	emu_csv_end_line(&a->csv);
}

/* The same message once more, half written. */
static void
put_draft(struct archive *a, const struct file *f, struct emu_row *row)
{
	struct emu_buf *content = &row->cell[8];

	content->len = 0;
	EMU_LIT(content, "A draft");
	put_row(a, f, row, true);
}

/* A date that is none, too few fields, octets that are no text. */
static void
put_bad_rows(struct archive *a, const struct file *f)
{
	if (f->domain == EMU_DOMAIN_INBOX) {
		emu_csv_raw(&a->csv, "\"2-YmFk\",\"\",\"Half a row\"");
		emu_csv_raw(&a->csv,
			    "\"2-YmFk\",\"\",\"Nemo\",\"\",\"\",\"\",\"when?"
			    "\",\"\",\"No date\",\"INBOX\"");
		emu_csv_raw(&a->csv, "\"2-YmFk\",\"\",\"Nemo \xff\xfe\",\"\","
				     "\"\",\"\",\"2026-01-01 00:00:00 UTC\","
				     "\"\",\"\xc3( octets\",\"INBOX\"");
	} else if (f->domain == EMU_DOMAIN_CONNECTIONS) {
		emu_csv_raw(&a->csv, "Nemo,Nobody,https://www.linkedin.com/in/"
				     "nemo,,,,99 Foo 20xx");
		emu_csv_raw(&a->csv, "Nemo");
	}
}

static void
put_rows(struct archive *a, const struct file *f)
{
	uint64_t slots = emu_domain_slots(a->m, f->domain), rows = 0;
	struct emu_row row = { .dates = a->on[EMU_STYLE_ISO] ? EMU_DATES_ISO
					: a->on[EMU_STYLE_EXCEL]
						? EMU_DATES_EXCEL
						: EMU_DATES_ARCHIVE };

	for (uint64_t i = 0; i < slots && !a->zip.failed; i++) {
		if (!emu_row_at(a->m, f->domain, i, a->at_ms, &row))
			continue;
		put_row(a, f, &row, false);
		if (rows++ == 4 && a->on[EMU_STYLE_BAD_ROW])
			put_bad_rows(a, f);
		if (has_flags(a, f) && a->on[EMU_STYLE_DRAFTS] &&
		    i % DRAFT_EVERY == 0)
			put_draft(a, f, &row);
	}
	emu_row_free(&row);
}

/* --- files --------------------------------------------------------------- */

static void
put_preamble(struct archive *a)
{
	emu_csv_raw(&a->csv, "Notes:");
	emu_csv_raw(&a->csv,
		    "\"When exporting your data, you may notice that some of "
		    "the addresses are missing, see "
		    "https://www.linkedin.com/help/synthetic, end of note\"");
	emu_csv_raw(&a->csv, "");
}

static char *
file_name(const struct archive *a, const struct file *f)
{
	struct emu_buf b = { 0 };

	emu_puts(&b, a->folder);
	if (f->domain == EMU_DOMAIN_CONTACTS && a->on[EMU_STYLE_IMPORTED])
		EMU_LIT(&b, "Imported");
	emu_puts(&b, f->name);
	if (a->on[EMU_STYLE_SUFFIX_ALL])
		emu_puts(&b, a->suffix);
	EMU_LIT(&b, ".csv");
	return emu_buf_take(&b);
}

/* Rows that are good, and very many of them. */
static void
put_bomb(struct archive *a)
{
	static const char row[] =
		"\n\"2-Ym9tYg==\",\"\",\"B\",\"https://www.linkedin.com/in/b\","
		"\"\",\"\",\"2026-01-01 00:00:00 UTC\",\"\",\"Boom\","
		"\"INBOX\",\"\",\"No\",\"No\"";
	struct emu_buf block = { 0 };

	while (block.len + sizeof(row) <= BLOCK)
		EMU_LIT(&block, row);
	emu_zip_put(&a->zip, a->csv.line.data, a->csv.line.len);
	a->csv.line.len = 0;
	emu_zip_repeat(&a->zip, block.data, block.len,
		       (a->bomb_gb << 30) / block.len + 1);
	emu_buf_free(&block);
}

static bool
is_bomb(const struct archive *a, const struct file *f)
{
	return a->on[EMU_STYLE_BOMB] && f->domain == EMU_DOMAIN_INBOX;
}

static unsigned
flags_of(const struct archive *a, const struct file *f)
{
	unsigned flags = is_bomb(a, f) ? EMU_ZIP_BIG : 0;

	if (a->on[EMU_STYLE_ENCRYPTED])
		flags |= EMU_ZIP_ENCRYPTED;
	if (a->on[EMU_STYLE_STORED])
		flags |= EMU_ZIP_STORED;
	if (a->on[EMU_STYLE_BAD_SUM] && f->domain == EMU_DOMAIN_INBOX)
		flags |= EMU_ZIP_BAD_SUM;
	if (a->on[EMU_STYLE_LIES] && f->domain == EMU_DOMAIN_INBOX)
		flags |= EMU_ZIP_LIES;
	return flags;
}

static void
put_content(struct archive *a, const struct file *f)
{
	bool preamble = f->preamble ? !a->on[EMU_STYLE_NO_PREAMBLE]
				    : a->on[EMU_STYLE_PREAMBLE_ALL];

	if (preamble)
		put_preamble(a);
	if (a->on[EMU_STYLE_WRONG_CSV] && f->quoted) {
		emu_csv_raw(&a->csv, "foo,bar\n1,2\n\"3");
		return;
	}
	put_header(a, f);
	if (is_bomb(a, f))
		put_bomb(a);
	else
		put_rows(a, f);
	if (a->on[EMU_STYLE_OPEN_QUOTE] && f->quoted)
		emu_csv_raw(&a->csv, "\"2-b3Blbg==\",\"never closed");
}

static void
put_file(struct archive *a, const struct file *f)
{
	char *name = file_name(a, f);

	a->csv = (struct emu_csv){
		.zip = &a->zip,
		.quoted = a->on[EMU_STYLE_QUOTED] ||
			  (f->quoted && !a->on[EMU_STYLE_UNQUOTED]),
		.crlf = a->on[EMU_STYLE_EXCEL],
		.newline = a->on[EMU_STYLE_NEWLINE] || a->on[EMU_STYLE_EXCEL]
	};
	emu_zip_begin(&a->zip, name, flags_of(a, f));
	emu_csv_begin(&a->csv, a->on[EMU_STYLE_EXCEL]);
	put_content(a, f);
	emu_csv_end(&a->csv);
	emu_zip_end(&a->zip);
	free(name);
}

static void
put_text_file(struct archive *a, const char *name, const char *text,
	      unsigned flags)
{
	emu_zip_begin(&a->zip, name, flags);
	emu_zip_put(&a->zip, text, strlen(text));
	emu_zip_end(&a->zip);
}

/* More entries than any export has. */
static void
put_crowd(struct archive *a)
{
	char name[40];

	for (unsigned i = 0; i < CROWD; i++) {
		(void)snprintf(name, sizeof(name), "Articles/%u.html", i);
		put_text_file(a, name, "x", EMU_ZIP_STORED);
	}
}

/* Entries that no honest archive has. */
static void
put_hostile(struct archive *a)
{
	static const char header[] = "First Name,Last Name,URL,Email Address,"
				     "Company,Position,Connected On\n";

	if (a->on[EMU_STYLE_CLIMB])
		put_text_file(a, "../../climbed/Connections.csv", header, 0);
	if (a->on[EMU_STYLE_TWICE])
		put_text_file(a, "Connections.csv", header, 0);
	if (a->on[EMU_STYLE_LINK])
		put_text_file(a, "Shares.csv", "/etc/passwd",
			      EMU_ZIP_STORED | EMU_ZIP_LINK);
	if (a->on[EMU_STYLE_CROWD])
		put_crowd(a);
}

static void
name_folder(struct archive *a)
{
	int64_t days = emu_floor_day(a->at_ms / 1000);
	struct emu_date d = emu_civil(days);

	if (a->on[EMU_STYLE_FOLDER])
		(void)snprintf(a->folder, sizeof(a->folder),
			       "%s_LinkedInDataExport_%02u-%02u-%04u/",
			       a->on[EMU_STYLE_BASIC] ? "Basic" : "Complete",
			       d.month % 100, d.day % 100,
			       (unsigned)d.year % 10000);
	if (a->on[EMU_STYLE_SUFFIX] || a->on[EMU_STYLE_SUFFIX_ALL])
		(void)snprintf(a->suffix, sizeof(a->suffix), "_%u",
			       (unsigned)(a->m->key % 900000000 + 100000000));
}

static void
put_all(struct archive *a)
{
	if (a->on[EMU_STYLE_NONE]) {
		put_text_file(a, "readme.txt", "Nothing of LinkedIn here.\n",
			      0);
		put_text_file(a, "holiday/photos.csv", "a,b\n1,2\n", 0);
		return;
	}
	if (*a->folder)
		put_text_file(a, a->folder, "", EMU_ZIP_STORED);
	for (size_t i = 0; i < EMU_COUNT(files); i++)
		if (is_wanted(a, files[i].name) &&
		    emu_domain_slots(a->m, files[i].domain))
			put_file(a, &files[i]);
	put_hostile(a);
	if (!a->on[EMU_STYLE_BASIC] && !a->only)
		emu_archive_extra(&a->zip, a->folder, a->suffix,
				  a->on[EMU_STYLE_EXTRA]);
}

static bool
write_archive(const struct emu_member *m, int64_t at_ms, const char *style,
	      struct emu_sink sink, const char **why)
{
	struct archive a = { .m = m, .at_ms = at_ms, .bomb_gb = BOMB_GB };

	if (!read_style(&a, style)) {
		*why = "style: an unknown word";
		return false;
	}
	name_folder(&a);
	emu_zip_init(&a.zip, sink, at_ms);
	if (a.on[EMU_STYLE_UTC])
		a.zip.unix_s = (uint32_t)(at_ms / 1000);
	put_all(&a);
	a.zip.half = a.on[EMU_STYLE_BROKEN];
	*why = "the archive cannot be written";
	return emu_zip_finish(&a.zip);
}

static bool
to_file(void *context, const char *data, size_t len)
{
	return fwrite(data, 1, len, context) == len;
}

static bool
to_buf(void *context, const char *data, size_t len)
{
	emu_put(context, data, len);
	return true;
}

bool
emu_archive_file(const struct emu_member *m, int64_t at_ms, const char *style,
		 const char *path, const char **why)
{
	FILE *f = fopen(path, "we");
	bool ok;

	if (!f) {
		*why = strerror(errno);
		return false;
	}
	ok = write_archive(m, at_ms, style, (struct emu_sink){ to_file, f },
			   why);
	if (fclose(f) != 0)
		ok = false;
	if (!ok)
		(void)remove(path);
	return ok;
}

bool
emu_archive_buf(const struct emu_member *m, int64_t at_ms, const char *style,
		struct emu_buf *out, const char **why)
{
	return write_archive(m, at_ms, style, (struct emu_sink){ to_buf, out },
			     why);
}
