/* SPDX-License-Identifier: Apache-2.0 */
/* "Get a copy of your data": a member's world as LinkedIn's ZIP file. */
#ifndef EMU_ARCHIVE_H
#define EMU_ARCHIVE_H

#include "member.h"
#include "zip.h"

enum emu_style {
	EMU_STYLE_BASIC,
	EMU_STYLE_COMPLETE,
	EMU_STYLE_FOLDER,
	EMU_STYLE_SUFFIX,
	EMU_STYLE_SUFFIX_ALL,
	EMU_STYLE_IMPORTED,
	EMU_STYLE_NO_PREAMBLE,
	EMU_STYLE_PREAMBLE_ALL,
	EMU_STYLE_QUOTED,
	EMU_STYLE_UNQUOTED,
	EMU_STYLE_OLD_MESSAGES,
	EMU_STYLE_NO_ATTACHMENTS,
	EMU_STYLE_NO_URL,
	EMU_STYLE_FEW_COLUMNS,
	EMU_STYLE_EXTRA,
	EMU_STYLE_DRAFTS,
	EMU_STYLE_NEWLINE,
	EMU_STYLE_EXCEL,
	EMU_STYLE_ISO,
	EMU_STYLE_BAD_ROW,
	EMU_STYLE_BOMB,
	EMU_STYLE_CLIMB,
	EMU_STYLE_BROKEN,
	EMU_STYLE_ENCRYPTED,
	EMU_STYLE_WRONG_CSV,
	EMU_STYLE_OPEN_QUOTE,
	EMU_STYLE_NONE,
	EMU_STYLE_UTC,
	EMU_STYLE_STORED,
	EMU_STYLE_TWICE,
	EMU_STYLE_LINK,
	EMU_STYLE_BAD_SUM,
	EMU_STYLE_LIES,
	EMU_STYLE_CROWD,
	EMU_STYLES
};

/** As of that moment; a new file. False with *why set. */
bool emu_archive_file(const struct emu_member *m, int64_t at_ms,
		      const char *style, const char *path, const char **why);
/** The same, into memory. */
bool emu_archive_buf(const struct emu_member *m, int64_t at_ms,
		     const char *style, struct emu_buf *out, const char **why);
/** GET and POST /_control/archive */
void emu_archive_get(struct emu_req *r);
void emu_archive_post(struct emu_req *r, const struct emu_account *a,
		      const json_t *in);

/* archive_csv.c */
struct emu_csv {
	struct emu_zip *zip;
	struct emu_buf line;
	bool quoted, crlf, newline; /* the last line ends, too */
	bool any;                   /* a line has been written */
	unsigned column;            /* the next one of this line */
};

void emu_csv_begin(struct emu_csv *csv, bool bom);
void emu_csv_field(struct emu_csv *csv, const char *text, size_t len);
void emu_csv_end_line(struct emu_csv *csv);
/** A line as it is. */
void emu_csv_raw(struct emu_csv *csv, const char *line);
void emu_csv_end(struct emu_csv *csv);

/* archive_extra.c */
/** The files that nobody asked for; also such as no archive had. */
void emu_archive_extra(struct emu_zip *zip, const char *folder,
		       const char *suffix, bool unheard_of);

#endif
