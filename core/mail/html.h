/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTML of mails as readable text, by libxml2's HTML parser.
 *
 * The parser runs as a stream: no tree is built, nothing is fetched, no entity
 * is expanded beyond HTML's own.
 */
#ifndef SL_MAIL_HTML_H
#define SL_MAIL_HTML_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"

/** Bytes of a document that are read. */
#define SL_HTML_BYTES_MAX ((size_t)2 * 1024 * 1024)

/** Elements in elements; what is deeper ends the document. */
#define SL_HTML_DEPTH_MAX 512

/** Attributes of one tag that are looked at. */
#define SL_HTML_ATTRIBUTES_MAX 128

/** Longest address of a link that is shown. */
#define SL_HTML_LINK_MAX 1024

struct sl_html_text {
	char *text; /* valid UTF-8, no control characters but \n and \t */
	size_t len;
	bool cut; /* more would have followed: `max` or a cap was met */
};

/**
 * Readable text of a document or a fragment, at most `max` bytes, cut between
 * characters.
 *
 * Blocks and <br> make lines, paragraphs an empty line; items of lists begin
 * with "- ", cells of a row are parted by " | ", quoted blocks have "> " before
 * each line (16 at most), <pre> keeps its white space. A link is "text (address)", or the
 * text alone when it says the address itself, leads to nowhere else (#, script)
 * or is longer than SL_HTML_LINK_MAX; an image is its alternative text. White
 * space is collapsed, zero-width characters go, but for joiners inside words
 * that need them.
 *
 * Not shown: script, style, title, template and the like; what has the
 * attribute `hidden`, `display:none`, `visibility:hidden`, `font-size:0`,
 * `max-height:0` or `opacity:0` in its own style, and elements whose class or
 * id begins with "preheader". Size and visibility are inherited and may be
 * given back by a descendant, as browsers have it: mails commonly put all they
 * say inside `font-size:0`. `mso-hide:all` alone hides nothing: it marks what
 * all programs but one show.
 *
 * bytes	UTF-8 (core/mail/charset.h); repaired where it is not. What the
 *		document says of its charset is ignored.
 */
void sl_html_to_text(struct sl_arena *arena, const char *bytes, size_t len,
		     size_t max, struct sl_html_text *out);

/**
 * A line of text that came with HTML's entities (a preview): those undone,
 * once; zero-width padding gone, white space collapsed to single spaces. Tags
 * are no matter here: "&lt;b&gt;" and "<b>" both give "<b>". NULL gives NULL.
 */
char *sl_html_unescape(struct sl_arena *arena, const char *text) SL_NODISCARD;

#endif
