/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mail/flow.h"

#include <string.h>

#include "core/base/attr.h"
#include "core/base/text.h"

#define BREAKS_MAX     2
#define BREAKS_PRE_MAX 16
#define SPACES_PRE_MAX 256

void
sl_flow_init(struct sl_flow *flow, size_t max)
{
	*flow = (struct sl_flow){ .max = max };
	sl_buf_init(&flow->buf, max);
}

static void
put_bytes(struct sl_flow *flow, const char *bytes, size_t len)
{
	size_t room = flow->cut ? 0 : flow->max - flow->buf.len;

	if (len > room) {
		flow->cut = true;
		len = sl_utf8_cut(bytes, len, room);
	}
	sl_buf_add(&flow->buf, bytes, len);
}

static void
put(struct sl_flow *flow, const char *text)
{
	put_bytes(flow, text, strlen(text));
}

static unsigned
quote_depth(unsigned quote)
{
	return quote < SL_FLOW_QUOTE_MAX ? quote : SL_FLOW_QUOTE_MAX;
}

/* The line end, and what the next line begins with. */
static void
start_line(struct sl_flow *flow)
{
	unsigned now = quote_depth(flow->quote);
	unsigned before = quote_depth(flow->was_quoted);
	unsigned between = now < before ? now : before;

	for (unsigned i = 0; flow->buf.len > 0 && i < flow->breaks; i++) {
		put(flow, "\n");
		for (unsigned q = 0; i + 1 < flow->breaks && q < between; q++)
			put(flow, q + 1 < between ? "> " : ">");
	}
	for (unsigned q = 0; q < now; q++)
		put(flow, "> ");
}

/* All that is pending, before something visible. */
static void
begin(struct sl_flow *flow)
{
	bool new_line = flow->breaks > 0 || flow->buf.len == 0;

	if (new_line)
		start_line(flow);
	else if (flow->cell)
		put(flow, " | ");
	if (flow->item)
		put(flow, "- ");
	if (flow->pre || (!new_line && !flow->cell && flow->spaces > 0)) {
		for (unsigned i = 0; i < flow->spaces; i++)
			put(flow, " ");
	}
	flow->was_quoted = flow->quote;
	flow->breaks = 0;
	flow->spaces = 0;
	flow->cell = false;
	flow->item = false;
}

static void
blank(struct sl_flow *flow, unsigned width)
{
	flow->joiner = 0;
	if (!flow->pre)
		flow->spaces = 1;
	else if (flow->spaces + width <= SPACES_PRE_MAX)
		flow->spaces += width;
}

void
sl_flow_break(struct sl_flow *flow, unsigned breaks)
{
	if (flow->breaks < breaks)
		flow->breaks = breaks;
	flow->spaces = 0;
	flow->joiner = 0;
	flow->cell = false;
}

void
sl_flow_line(struct sl_flow *flow)
{
	unsigned most = flow->pre ? BREAKS_PRE_MAX : BREAKS_MAX;

	sl_flow_break(flow,
		      flow->breaks < most ? flow->breaks + 1 : flow->breaks);
}

void
sl_flow_cell(struct sl_flow *flow)
{
	flow->spaces = 0;
	flow->cell = flow->breaks == 0 && flow->buf.len > 0;
}

static void
ascii_blank(struct sl_flow *flow, char c)
{
	if (!flow->pre)
		blank(flow, 1);
	else if (c == '\n')
		sl_flow_line(flow);
	else if (c != '\r')
		blank(flow, c == '\t' ? 4 : 1);
}

size_t
sl_flow_encode(uint32_t point, char out[4])
{
	static const unsigned char leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	const size_t n = point < 0x80      ? 1
			 : point < 0x800   ? 2
			 : point < 0x10000 ? 3
					   : 4;

	for (size_t i = n - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (point & 0x3f));
		point >>= 6;
	}
	out[0] = (char)(leads[n] | point);
	return n;
}

struct range {
	uint32_t first, last;
};

static const struct range blanks[] = {
	{ 0x00a0, 0x00a0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200a },
	{ 0x2028, 0x2029 }, { 0x202f, 0x202f }, { 0x205f, 0x205f },
	{ 0x3000, 0x3000 },
};

/* No width, or what only directs the layout. */
static const struct range invisible[] = {
	{ 0x00ad, 0x00ad }, { 0x034f, 0x034f }, { 0x061c, 0x061c },
	{ 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180e, 0x180e },
	{ 0x200b, 0x200f }, { 0x202a, 0x202e }, { 0x2060, 0x206f },
	{ 0x3164, 0x3164 }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },
	{ 0xfff9, 0xfffb },
};

static bool
is_among(const struct range *ranges, size_t n, uint32_t point)
{
	for (size_t i = 0; i < n && point >= ranges[i].first; i++) {
		if (point <= ranges[i].last)
			return true;
	}
	return false;
}

static bool
is_joiner(uint32_t point)
{
	return point == 0x200c || point == 0x200d;
}

static void
put_joiner(struct sl_flow *flow)
{
	if (flow->joiner != 0)
		put(flow,
		    flow->joiner == 0x200c ? "\xe2\x80\x8c" : "\xe2\x80\x8d");
	flow->joiner = 0;
}

/*
 * Controls that nobody means, 80 to 9F: "&#146;" and mislabelled texts mean
 * Windows-1252. 0 for what even that does not have.
 */
static uint32_t
meant_point(uint32_t point)
{
	static const uint16_t windows[32] = {
		0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
		0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
		0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
		0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
	};

	return point >= 0x80 && point <= 0x9f ? windows[point - 0x80] : point;
}

/*
 * One character that is not ASCII. A joiner is padding unless it stands
 * between two visible ones of those: words of Persian and Hindi need it, and
 * so do families of emoji.
 */
static void
wide_character(struct sl_flow *flow, const char *bytes, size_t n)
{
	uint32_t point = meant_point(sl_utf8_point(bytes, n));
	char encoded[4];

	if (is_among(blanks, SL_ARRAY_LEN(blanks), point)) {
		blank(flow, 1);
	} else if (is_joiner(point)) {
		if (flow->wide && flow->spaces == 0 && flow->breaks == 0)
			flow->joiner = point;
	} else if (point != 0 &&
		   !is_among(invisible, SL_ARRAY_LEN(invisible), point)) {
		begin(flow);
		put_joiner(flow);
		put_bytes(flow, encoded, sl_flow_encode(point, encoded));
		flow->wide = true;
	}
}

static size_t
visible_run(const char *bytes, size_t len)
{
	size_t n = 0;

	while (n < len && bytes[n] > ' ' && bytes[n] < 0x7f)
		n++;
	return n;
}

void
sl_flow_text(struct sl_flow *flow, const char *bytes, size_t len)
{
	size_t n;

	for (size_t i = 0; i < len && !flow->cut; i += n) {
		n = visible_run(bytes + i, len - i);
		if (n > 0) {
			begin(flow);
			put_bytes(flow, bytes + i, n);
			flow->wide = false;
			flow->joiner = 0;
			continue;
		}
		n = (unsigned char)bytes[i] < 0x80
			    ? 1
			    : sl_utf8_length(bytes + i, len - i);
		if (n == 1)
			ascii_blank(flow, bytes[i]);
		else if (n > 1)
			wide_character(flow, bytes + i, n);
		else
			n = 1;
	}
}

void
sl_flow_join(struct sl_flow *flow, const char *bytes, size_t len)
{
	struct sl_flow kept = *flow;

	flow->breaks = 0;
	flow->spaces = 0;
	flow->cell = false;
	flow->item = false;
	flow->pre = false;
	sl_flow_text(flow, bytes, len);
	flow->breaks = kept.breaks;
	flow->spaces = kept.spaces;
	flow->cell = kept.cell;
	flow->item = kept.item;
	flow->pre = kept.pre;
}
