/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTML as text: valid UTF-8 without controls, within the maximum, nothing left
 * over at its ends; less room gives the beginning of it; text that came out is
 * text that stays. A preview is one clean line.
 *
 * covers: core/mail/html.c core/mail/html_entities.c core/mail/html_guard.c
 * covers: core/mail/html_style.c core/mail/flow.c
 */
#include "core/base/buf.h"

#include "core/mail/html.h"

#include "tests/fuzz/kit.h"

#define PLENTY ((size_t)1 << 20)

static void
check_clean(const char *text, size_t len, const char *controls)
{
	fuzz_check_text(text);
	SL_ASSERT(strlen(text) == len);
	for (size_t i = 0; i < len; i++)
		SL_ASSERT((unsigned char)text[i] >= ' ' ||
			  strchr(controls, text[i]) != NULL);
	SL_ASSERT(len == 0 || strchr(" \n", text[len - 1]) == NULL);
	SL_ASSERT(text[0] != '\n');
}

static void
convert(struct sl_arena *arena, const char *html, size_t len, size_t max,
	struct sl_html_text *out)
{
	sl_html_to_text(arena, html, len, max, out);
	SL_ASSERT(out->len <= max);
	check_clean(out->text, out->len, "\n");
}

/* The text as a document that says just that. */
static void
convert_text(struct sl_arena *arena, const char *text, struct sl_html_text *out)
{
	SL_AUTO_BUF html;

	sl_buf_init(&html, 8 * PLENTY);
	sl_buf_adds(&html, "<pre>");
	for (; *text != '\0'; text++) {
		if (*text == '&' || *text == '<')
			sl_buf_addf(&html, "&#%d;", *text);
		else
			sl_buf_addc(&html, *text);
	}
	convert(arena, sl_buf_text(&html), html.len, PLENTY, out);
}

static void
check_preview(struct sl_arena *arena, const char *text)
{
	const char *line = sl_html_unescape(arena, text);

	check_clean(line, strlen(line), "");
	SL_ASSERT(line[0] != ' ' && strstr(line, "  ") == NULL);
	SL_ASSERT(strlen(line) <= 3 * strlen(text));
	if (strchr(line, '&') == NULL)
		SL_ASSERT(sl_text_equal(line, sl_html_unescape(arena, line)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sl_arena *arena = fuzz_arena();
	const char *text = fuzz_copy(arena, data, size);
	struct sl_html_text whole, less, again, still;
	size_t max = size == 0 ? 0 : data[size - 1];

	convert(arena, text, size, PLENTY, &whole);
	convert(arena, text, size, max, &less);
	SL_ASSERT(memcmp(whole.text, less.text, less.len) == 0);
	SL_ASSERT(less.cut || less.len == whole.len);
	convert_text(arena, whole.text, &again);
	convert_text(arena, again.text, &still);
	SL_ASSERT(again.len <= whole.len && !again.cut);
	SL_ASSERT(sl_text_equal(again.text, still.text));
	check_preview(arena, text);
	return 0;
}
