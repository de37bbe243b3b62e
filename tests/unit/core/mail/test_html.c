/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/text.h"

#include "core/mail/html.h"

#include "tests/support/unit.h"

#define PLENTY 100000

static const char *
shown(struct sl_arena *arena, const char *html, size_t max, bool *cut)
{
	struct sl_html_text out;

	sl_html_to_text(arena, html, strlen(html), max, &out);
	assert_int_equal(out.len, strlen(out.text));
	assert_true(out.len <= max);
	if (cut != NULL)
		*cut = out.cut;
	return out.text;
}

struct row {
	const char *html, *text;
};

static void
check_rows(const struct row *rows, size_t n)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	unsigned wrong = 0;

	for (size_t i = 0; i < n; i++) {
		bool cut;
		const char *text = shown(arena, rows[i].html, PLENTY, &cut);

		if (!cut && strcmp(text, rows[i].text) == 0)
			continue;
		printf("%s\n  is        \"%s\"\n  should be \"%s\"\n",
		       rows[i].html, text, rows[i].text);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void
blocks_make_lines(void **state SL_UNUSED)
{
	static const struct row rows[] = {
		{ "", "" },
		{ "   \n ", "" },
		{ "Hello", "Hello" },
		{ " a\n b\t c ", "a b c" },
		{ "<p>a<p>b", "a\n\nb" },
		{ "<div>a</div><div>b</div>", "a\nb" },
		{ "<div>a</div>b", "a\nb" },
		{ "a<br>b<br/>c", "a\nb\nc" },
		{ "a<br><br>b", "a\n\nb" },
		{ "a<br><br><br><br>b", "a\n\nb" },
		{ "<div><div><div>a</div></div></div><p></p>b", "a\n\nb" },
		{ "<h1>T</h1>a<hr>b", "T\n\na\n\nb" },
		{ "<b>a</b><i>b</i> <u>c</u>", "ab c" },
		{ "a <b> b</b> c", "a b c" },
		{ "<ul><li>a<li>b</ul>", "- a\n- b" },
		{ "<ol><li><p>a</p></li><li></li></ol>b", "- a\n\nb" },
		{ "<p>x</p><ul><li>a<ul><li>b</ul></ul>", "x\n\n- a\n- b" },
		{ "<dl><dt>a<dd>b</dl>", "a\nb" },
		{ "<table><tr><td>a<td>b<tr><td>c</table>", "a | b\nc" },
		{ "<table><tr><td></td><td>a</td><td> </td><td>b</td></tr>"
		  "</table>",
		  "a | b" },
		{ "<table><tr><td><p>a</p></td><td><p>b</p></td></tr></table>",
		  "a\n\nb" },
		{ "<th>a<th>b", "a | b" },
		{ "<blockquote>a<br>b</blockquote>c", "> a\n> b\n\nc" },
		{ "x<blockquote>a<blockquote>b</blockquote>c</blockquote>",
		  "x\n\n> a\n>\n> > b\n>\n> c" },
		{ "<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b" },
		{ "<blockquote></blockquote>a", "a" },
		{ "<pre> a\n   b\n\n\nc</pre>d  e", " a\n   b\n\n\nc\n\nd e" },
		{ "x<pre>\ta  </pre>y", "x\n\n    a\n\ny" },
	};

	check_rows(rows, SL_ARRAY_LEN(rows));
}

static void
links_say_where_they_lead(void **state SL_UNUSED)
{
	static const struct row rows[] = {
		{ "<a href=\"https://example.com/x\">Go</a>",
		  "Go (https://example.com/x)" },
		{ "<a href=' https://example.com/x '>Go</a> on",
		  "Go (https://example.com/x) on" },
		{ "See <a href=\"https://example.com/?a=1&amp;b=2\"> the <b>shop"
		  "</b></a>.",
		  "See the shop (https://example.com/?a=1&b=2)." },
		{ "<a href=\"https://example.com/\">example.com</a>",
		  "example.com" },
		{ "<a href=\"http://www.example.com\">https://example.com/</a>",
		  "https://example.com/" },
		{ "<a href=\"mailto:a@example.com\">a@example.com</a>",
		  "a@example.com" },
		{ "<a href=\"mailto:a@example.com\">Ana</a>",
		  "Ana (mailto:a@example.com)" },
		{ "<a href=\"#top\">Top</a>", "Top" },
		{ "<a href=\"javascript:x()\">x</a>", "x" },
		{ "<a href=\"data:text/html,x\">x</a>", "x" },
		{ "<a name=x>x</a>", "x" },
		{ "<a href=\"\">x</a>", "x" },
		{ "<a href=\"https://example.com/a b\">x</a>",
		  "x (https://example.com/a%20b)" },
		{ "<a href=\"https://exam\nple.com/\">x</a>",
		  "x (https://example.com/)" },
		{ "<a href=\"https://example.com/\x7f\">x</a>",
		  "x (https://example.com/)" },
		{ "<a href=\"https://example.com/\"></a>x", "x" },
		{ "<a href=\"https://t.example/\"><img src=x></a>", "" },
		{ "<a href=\"https://t.example/\"><img src=x alt=Shop></a>",
		  "Shop (https://t.example/)" },
		{ "<div><a href=\"https://t.example/\"><div>Shop</div></a>"
		  "</div>x",
		  "Shop (https://t.example/)\nx" },
		{ "<p>a</p><a href=\"https://t.example/\">b",
		  "a\n\nb (https://t.example/)" },
		{ "<a href=\"https://t.example/\" style=display:none>b</a>c",
		  "c" },
		{ "<img src=x alt=\"A  cat\"> b", "A cat b" },
		{ "<img src=x alt=pixel width=1 height=1>b", "b" },
		{ "<img src=x alt=pixel height=\"0\">b", "b" },
		{ "<img src=x alt=big width=10>b", "bigb" },
	};

	check_rows(rows, SL_ARRAY_LEN(rows));
}

static void
what_nobody_sees_is_not_shown(void **state SL_UNUSED)
{
	static const struct row rows[] = {
		{ "<html><head><title>T</title><style>p{}</style></head>"
		  "<body>a</body></html>",
		  "a" },
		{ "<script>x<\\/y></script>a<script src=x></script>", "a" },
		{ "<style><!-- p{} --></style>a", "a" },
		{ "<template>x</template>a", "a" },
		{ "<!-- x -->a<!--[if mso]>y<![endif]-->b", "ab" },
		{ "<svg><text>x</text></svg>a", "a" },
		{ "<div style=\"display:none\">x<p>y</p></div>a", "a" },
		{ "<div style=\"DISPLAY : NONE !important\">x</div>a", "a" },
		{ "<div style=\"display:none;display:block\">x</div>", "x" },
		{ "<div style=\"display:none!important;display:block\">x</div>",
		  "" },
		{ "<div style=\"color:red;max-height:0px;overflow:hidden\">x"
		  "</div>a",
		  "a" },
		{ "<div style=\"max-height:0.5em\">x</div>", "x" },
		{ "<div style=\"opacity:0\">x</div>a", "a" },
		{ "<div style=\"opacity:0.9\">x</div>", "x" },
		{ "<div hidden>x</div>a", "a" },
		{ "<div class=\"foo Preheader-text\">x</div>a", "a" },
		{ "<div class=\"has-preheader\">x</div>", "x" },
		{ "<div id=preheader>x</div>a", "a" },
		{ "<div style=\"visibility:hidden\">x<b style=\"visibility:"
		  "visible\">y</b>z</div>a",
		  "y\na" },
		/* Layout by font-size:0, as many a generator does it. */
		{ "<td style=\"font-size:0px;padding:0\"> <div style=\"font-"
		  "size:13px\">shown</div> x</td>",
		  "shown" },
		{ "<div style=\"font-size:0\">x</div>a", "a" },
		{ "<div style=\"font-size:0.8em\">x</div>", "x" },
		/* Seen by all but one program. */
		{ "<a style=\"mso-hide:all\" href=\"https://example.com/x\">Buy"
		  "</a>",
		  "Buy (https://example.com/x)" },
	};

	check_rows(rows, SL_ARRAY_LEN(rows));
}

static void
characters_are_those_that_are_read(void **state SL_UNUSED)
{
	static const struct row rows[] = {
		{ "J&ouml;rg &amp; &#x263a; &lt;b&gt;",
		  "J\u00f6rg & \u263a <b>" },
		{ "it&#146;s &#8217;", "it\u2019s \u2019" },
		{ "a&nbsp;&nbsp;b\u3000c\u2003d", "a b c d" },
		{ "a\u200bb\u00adc\ufeffd\u2060e\u034f", "abcde" },
		{ "&zwnj;&nbsp;&zwnj;&nbsp;a", "a" },
		{ "a\u200cb \u200d c", "ab c" },
		/* Persian needs it, and so does a family. */
		{ "\u0645\u06cc\u200c\u0631\u0648\u062f",
		  "\u0645\u06cc\u200c\u0631\u0648\u062f" },
		{ "\U0001f468\u200d\U0001f469 x",
		  "\U0001f468\u200d\U0001f469 x" },
		{ "\u0645\u200c", "\u0645" },
		{ "\u0645\u200c a\u200c\u0631", "\u0645 a\u0631" },
		{ "a\x01\x1b[1mb\x7f", "a[1mb" },
		{ "a&#0;b&#1;", "ab" },
		{ "&bogus; & &;", "&bogus; & &;" },
		{ "a < b > c", "a < b > c" },
		{ "a\xff\xfe b", "a\ufffd\ufffd b" },
		{ "<meta charset=iso-8859-1>J\u00f6rg", "J\u00f6rg" },
		{ "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>J\u00f6rg",
		  "J\u00f6rg" },
	};

	check_rows(rows, SL_ARRAY_LEN(rows));
}

static void
broken_documents_are_read_as_far_as_they_go(void **state SL_UNUSED)
{
	static const struct row rows[] = {
		{ "<div><b>a</div>b</b>c", "a\nbc" },
		{ "</div></p>a", "a" },
		{ "<p>a<div>b</p>c", "a\n\nbc" },
		{ "<td>a</table>b", "ab" },
		{ "a<", "a<" },
		{ "a<b", "a" },
		{ "a<!--", "a" },
		{ "a<script>x", "a" },
		{ "<html><html><body><body>a", "a" },
		{ "a</body></html>b", "a\n\nb" },
		{ "<o:p>a</o:p><x-y>b</x-y>", "ab" },
	};

	check_rows(rows, SL_ARRAY_LEN(rows));
}

static void
text_is_cut_between_characters(void **state SL_UNUSED)
{
	static const struct {
		const char *html;
		size_t max;
		const char *text;
		bool cut;
	} rows[] = {
		{ "abc", 3, "abc", false },
		{ "abc", 2, "ab", true },
		{ "abc", 0, "", true },
		{ "", 0, "", false },
		{ "a\u00e9", 2, "a", true },
		{ "a\u00e9", 3, "a\u00e9", false },
		{ "a b", 2, "a", true },
		{ "<p>a<p>b", 3, "a", true },
		{ "abc  ", 3, "abc", false },
	};

	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		bool cut;
		const char *text =
			shown(arena, rows[i].html, rows[i].max, &cut);

		CHECK(rows[i].html, strcmp(text, rows[i].text) == 0);
		CHECK(rows[i].html, cut == rows[i].cut);
	}
}

/* `n` times `piece`, then `end`. */
static const char *
many(struct sl_arena *arena, size_t n, const char *piece, const char *end)
{
	size_t len = strlen(piece);
	char *text = sl_arena_alloc(arena, n * len + strlen(end) + 1);

	for (size_t i = 0; i < n; i++)
		memcpy(text + i * len, piece, len);
	memcpy(text + n * len, end, strlen(end));
	return text;
}

static void
every_cap_holds(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_html_text out;
	char *long_link;
	bool cut;

	/* libxml2 puts html and body around. */
	assert_string_equal(
		shown(arena, many(arena, SL_HTML_DEPTH_MAX - 2, "<b>", "x"),
		      PLENTY, &cut),
		"x");
	assert_false(cut);
	assert_string_equal(
		shown(arena, many(arena, SL_HTML_DEPTH_MAX - 1, "<b>", "x"),
		      PLENTY, &cut),
		"");
	assert_true(cut);

	/* Attributes past the cap are not looked at. */
	assert_string_equal(
		shown(arena,
		      sl_arena_printf(arena, "<p%s",
				      many(arena, SL_HTML_ATTRIBUTES_MAX - 1,
					   " a=1", " hidden>x</p>y")),
		      PLENTY, NULL),
		"y");
	assert_string_equal(
		shown(arena,
		      sl_arena_printf(arena, "<p%s",
				      many(arena, SL_HTML_ATTRIBUTES_MAX,
					   " a=1", " hidden>x</p>y")),
		      PLENTY, NULL),
		"x\n\ny");

	long_link = sl_arena_printf(
		arena, "<a href=\"https://%s",
		many(arena, SL_HTML_LINK_MAX - 8, "l", "\">x</a>"));
	assert_int_equal(strlen(shown(arena, long_link, PLENTY, NULL)),
			 strlen("x ()") + SL_HTML_LINK_MAX);
	long_link = sl_arena_printf(
		arena, "<a href=\"https://%s",
		many(arena, SL_HTML_LINK_MAX - 7, "l", "\">x</a>"));
	assert_string_equal(shown(arena, long_link, PLENTY, NULL), "x");

	sl_html_to_text(arena, many(arena, SL_HTML_BYTES_MAX, " ", "x"),
			SL_HTML_BYTES_MAX, PLENTY, &out);
	assert_false(out.cut);
	sl_html_to_text(arena, many(arena, SL_HTML_BYTES_MAX, " ", "x"),
			SL_HTML_BYTES_MAX + 1, PLENTY, &out);
	assert_true(out.cut);
	assert_string_equal(out.text, "");
}

static void
a_preview_is_one_line_of_text(void **state SL_UNUSED)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ NULL, NULL },
		{ "", "" },
		{ "Hi Ana, here&#39;s the draft", "Hi Ana, here's the draft" },
		{ "a &amp; b &lt;c&gt; &quot;d&quot; &apos;",
		  "a & b <c> \"d\" '" },
		{ "&amp;lt;", "&lt;" },
		{ "<b>a</b>", "<b>a</b>" },
		{ "J&ouml;rg &euro; &#x20AC; &#X20ac;",
		  "J\u00f6rg \u20ac \u20ac \u20ac" },
		{ "a\u200c \u034f \u200c\u00a0 b\u200b", "a b" },
		{ "  a \n\t b  ", "a b" },
		{ "it&#146;s", "it\u2019s" },
		{ "&bogus; &; & &#; &#x; &#xg; &#1a; a&b",
		  "&bogus; &; & &#; &#x; &#xg; &#1a; a&b" },
		{ "&#0; &#1114112; &#99999999999999; x",
		  "&#0; &#1114112; &#99999999999999; x" },
		{ "a&#55296;b", "ab" },
		{ "&amp", "&amp" },
		{ "\xc2\x92\xc2\x92 \xc2\x92", "\u2019\u2019 \u2019" },
		{ "\xff", "\ufffd" },
	};

	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		const char *out = sl_html_unescape(arena, rows[i].in);

		if (!sl_text_equal(out, rows[i].out))
			printf("%s: \"%s\"\n", rows[i].in, out);
		CHECK(rows[i].in, sl_text_equal(out, rows[i].out));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_make_lines),
		cmocka_unit_test(links_say_where_they_lead),
		cmocka_unit_test(what_nobody_sees_is_not_shown),
		cmocka_unit_test(characters_are_those_that_are_read),
		cmocka_unit_test(broken_documents_are_read_as_far_as_they_go),
		cmocka_unit_test(text_is_cut_between_characters),
		cmocka_unit_test(every_cap_holds),
		cmocka_unit_test(a_preview_is_one_line_of_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
