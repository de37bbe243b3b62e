/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libxml2's HTML parser calls in here for each tag and text. Its calls do not
 * always pair: an end closes the innermost open element of its name, and those
 * inside it.
 */
#include "core/mail/html.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/mail/flow.h"
#include "core/mail/html_guard.h"
#include "core/mail/html_style.h"
#include "core/mail/mail.h"

/* What an element does to the text. */
enum role {
	ROLE_NONE,
	ROLE_LINE,      /* begins and ends a line           */
	ROLE_PARAGRAPH, /* and an empty line                */
	ROLE_BREAK,
	ROLE_CELL,
	ROLE_IMAGE,
	ROLE_ITEM,
	ROLE_LINK,
	ROLE_PRE,
	ROLE_QUOTE,
	ROLE_SKIP, /* with all that is inside          */
};

static const struct {
	const char *name;
	enum role role;
} roles[] = {
	/* In the order of strcmp. */
	{ "a", ROLE_LINK },           { "address", ROLE_LINE },
	{ "applet", ROLE_SKIP },      { "article", ROLE_LINE },
	{ "aside", ROLE_LINE },       { "audio", ROLE_SKIP },
	{ "blockquote", ROLE_QUOTE }, { "br", ROLE_BREAK },
	{ "canvas", ROLE_SKIP },      { "caption", ROLE_LINE },
	{ "center", ROLE_LINE },      { "dd", ROLE_LINE },
	{ "dir", ROLE_LINE },         { "div", ROLE_LINE },
	{ "dl", ROLE_LINE },          { "dt", ROLE_LINE },
	{ "fieldset", ROLE_LINE },    { "figcaption", ROLE_LINE },
	{ "figure", ROLE_LINE },      { "footer", ROLE_LINE },
	{ "form", ROLE_LINE },        { "h1", ROLE_PARAGRAPH },
	{ "h2", ROLE_PARAGRAPH },     { "h3", ROLE_PARAGRAPH },
	{ "h4", ROLE_PARAGRAPH },     { "h5", ROLE_PARAGRAPH },
	{ "h6", ROLE_PARAGRAPH },     { "header", ROLE_LINE },
	{ "hr", ROLE_PARAGRAPH },     { "iframe", ROLE_SKIP },
	{ "img", ROLE_IMAGE },        { "legend", ROLE_LINE },
	{ "li", ROLE_ITEM },          { "main", ROLE_LINE },
	{ "math", ROLE_SKIP },        { "menu", ROLE_LINE },
	{ "nav", ROLE_LINE },         { "noframes", ROLE_SKIP },
	{ "object", ROLE_SKIP },      { "ol", ROLE_LINE },
	{ "option", ROLE_LINE },      { "p", ROLE_PARAGRAPH },
	{ "pre", ROLE_PRE },          { "script", ROLE_SKIP },
	{ "section", ROLE_LINE },     { "style", ROLE_SKIP },
	{ "svg", ROLE_SKIP },         { "table", ROLE_LINE },
	{ "td", ROLE_CELL },          { "template", ROLE_SKIP },
	{ "th", ROLE_CELL },          { "title", ROLE_SKIP },
	{ "tr", ROLE_LINE },          { "ul", ROLE_LINE },
	{ "video", ROLE_SKIP },       { "xml", ROLE_SKIP },
};

struct element {
	const xmlChar *name; /* the parser's, as long as it lives */
	enum role role;
	bool gone;    /* it and all inside are not shown           */
	bool no_size; /* text is not shown, but descendants may be */
	bool unseen;  /* likewise                                  */
	bool pre;
	bool link; /* it is the one that `link` is of */
};

struct reading {
	htmlParserCtxtPtr parser;
	struct sl_flow flow;
	unsigned depth;
	bool cut;
	bool has_link; /* `link` is open */
	size_t link_from;
	struct sl_buf link;
	struct element open[SL_HTML_DEPTH_MAX];
};

static int
by_name(const void *key, const void *row)
{
	return strcmp(key, *(const char *const *)row);
}

static enum role
role_of(const xmlChar *name)
{
	const char *const *row = bsearch(name, roles, SL_ARRAY_LEN(roles),
					 sizeof(roles[0]), by_name);
	const size_t at =
		row == NULL
			? 0
			: (size_t)((const char *)row - (const char *)roles) /
				  sizeof(roles[0]);

	return row == NULL ? ROLE_NONE : roles[at].role;
}

/* The value of an attribute; "" for one without; NULL for none. */
static const char *
attribute(const xmlChar **attributes, const char *name)
{
	for (size_t i = 0; attributes != NULL && attributes[i] != NULL;
	     i += 2) {
		if (strcmp((const char *)attributes[i], name) == 0)
			return attributes[i + 1] == NULL
				       ? ""
				       : (const char *)attributes[i + 1];
	}
	return NULL;
}

static bool
is_preheader(const char *names)
{
	static const char word[] = "preheader";

	while (names != NULL && *names != '\0') {
		names += strspn(names, " \t\r\n");
		if (strncasecmp(names, word, strlen(word)) == 0)
			return true;
		names += strcspn(names, " \t\r\n");
	}
	return false;
}

static bool
said(enum sl_style_say say, bool inherited)
{
	return say == SL_STYLE_NOTHING ? inherited : say == SL_STYLE_YES;
}

/* What the element's attributes and its parent make of it. */
static void
settle(struct element *element, const xmlChar **attributes)
{
	const char *style = attribute(attributes, "style");
	struct sl_style own = { 0 };

	if (element->role == ROLE_SKIP ||
	    attribute(attributes, "hidden") != NULL ||
	    is_preheader(attribute(attributes, "class")) ||
	    is_preheader(attribute(attributes, "id")))
		element->gone = true;
	if (element->gone || style == NULL)
		return;
	sl_style_read(style, &own);
	element->gone = own.gone;
	element->no_size = said(own.no_size, element->no_size);
	element->unseen = said(own.unseen, element->unseen);
}

static bool
is_shown(const struct element *element)
{
	return !element->gone && !element->no_size && !element->unseen;
}

/* As browsers copy it: no blanks around, inner ones as "%20", controls gone. */
static void
copy_link(const char *href, struct sl_buf *out)
{
	size_t len;

	href += strspn(href, " \t\r\n");
	len = strlen(href);
	while (len > 0 && strchr(" \t\r\n", href[len - 1]) != NULL)
		len--;
	for (size_t i = 0; i < len; i++) {
		if (href[i] == ' ')
			sl_buf_adds(out, "%20");
		else if ((unsigned char)href[i] > ' ' && href[i] != 0x7f)
			sl_buf_addc(out, href[i]);
	}
}

/* Is it an address that somebody could want to read? */
static bool
is_worth_showing(const struct sl_buf *link)
{
	static const char *const schemes[] = { "http://", "https://",
					       "mailto:", "tel:" };

	for (size_t i = 0; i < SL_ARRAY_LEN(schemes); i++) {
		size_t n = strlen(schemes[i]);

		if (link->len > n &&
		    strncasecmp(link->data, schemes[i], n) == 0)
			return !link->overflow;
	}
	return false;
}

static void
open_link(struct reading *r, struct element *element,
	  const xmlChar **attributes)
{
	const char *href = attribute(attributes, "href");

	if (r->has_link || href == NULL)
		return;
	sl_buf_clear(&r->link);
	copy_link(href, &r->link);
	if (!is_worth_showing(&r->link))
		return;
	r->link_from = r->flow.buf.len;
	r->has_link = true;
	element->link = true;
}

/* Without what people leave out when they write an address down. */
static const char *
bare(const char *link, size_t *len)
{
	static const char *const prefixes[] = { "http://", "https://",
						"mailto:", "tel:", "www." };

	for (size_t i = 0; i < SL_ARRAY_LEN(prefixes); i++) {
		size_t n = strlen(prefixes[i]);

		if (*len > n && strncasecmp(link, prefixes[i], n) == 0) {
			link += n;
			*len -= n;
		}
	}
	while (*len > 0 && link[*len - 1] == '/')
		(*len)--;
	return link;
}

static bool
says_itself(const char *text, size_t text_len, const char *link,
	    size_t link_len)
{
	text = bare(text, &text_len);
	link = bare(link, &link_len);
	return text_len == link_len && strncasecmp(text, link, text_len) == 0;
}

/* " (address)" right behind the text of the link, if it has any. */
static void
close_link(struct reading *r)
{
	const char *text = sl_buf_text(&r->flow.buf);
	size_t from = r->link_from, len = r->flow.buf.len;

	r->has_link = false;
	while (from < len && strchr(" \n>|-", text[from]) != NULL)
		from++;
	if (from == len ||
	    says_itself(text + from, len - from, r->link.data, r->link.len))
		return;
	sl_flow_join(&r->flow, " (", 2);
	sl_flow_join(&r->flow, r->link.data, r->link.len);
	sl_flow_join(&r->flow, ")", 1);
}

/* Its alternative text, unless it is there to see who reads the mail. */
static void
show_image(struct reading *r, const xmlChar **attributes)
{
	static const char *const sizes[] = { "width", "height" };
	const char *alt = attribute(attributes, "alt");

	for (size_t i = 0; i < SL_ARRAY_LEN(sizes); i++) {
		const char *size = attribute(attributes, sizes[i]);

		if (size != NULL && (size[0] == '0' || size[0] == '1') &&
		    (size[1] < '0' || size[1] > '9'))
			return;
	}
	if (alt != NULL)
		sl_flow_text(&r->flow, alt, strlen(alt));
}

static void
begin_element(struct reading *r, struct element *element,
	      const xmlChar **attributes)
{
	struct sl_flow *flow = &r->flow;

	switch (element->role) {
	case ROLE_NONE:
	case ROLE_SKIP:
		break;
	case ROLE_LINE:
		sl_flow_break(flow, 1);
		break;
	case ROLE_PARAGRAPH:
		sl_flow_break(flow, 2);
		break;
	case ROLE_BREAK:
		sl_flow_line(flow);
		break;
	case ROLE_CELL:
		sl_flow_cell(flow);
		break;
	case ROLE_IMAGE:
		if (is_shown(element))
			show_image(r, attributes);
		break;
	case ROLE_ITEM:
		sl_flow_break(flow, 1);
		flow->item = true;
		break;
	case ROLE_LINK:
		open_link(r, element, attributes);
		break;
	case ROLE_PRE:
		sl_flow_break(flow, 2);
		element->pre = true;
		break;
	case ROLE_QUOTE:
		sl_flow_break(flow, 2);
		flow->quote++;
		break;
	}
	flow->pre = element->pre;
}

static void
end_element(struct reading *r, const struct element *element)
{
	struct sl_flow *flow = &r->flow;

	switch (element->role) {
	case ROLE_NONE:
	case ROLE_SKIP:
	case ROLE_BREAK:
	case ROLE_CELL:
	case ROLE_IMAGE:
		break;
	case ROLE_LINE:
		sl_flow_break(flow, 1);
		break;
	case ROLE_ITEM:
		sl_flow_break(flow, 1);
		flow->item = false;
		break;
	case ROLE_LINK:
		if (element->link)
			close_link(r);
		break;
	case ROLE_PARAGRAPH:
	case ROLE_PRE:
		sl_flow_break(flow, 2);
		break;
	case ROLE_QUOTE:
		sl_flow_break(flow, 2);
		flow->quote--;
		break;
	}
}

/* Nothing more is read: the parser would go on for nothing. */
static void
stop(struct reading *r)
{
	r->cut = true;
	xmlStopParser(r->parser);
}

static void
on_start(void *context, const xmlChar *name, const xmlChar **attributes)
{
	struct reading *r = context;
	struct element *element = &r->open[r->depth];

	if (r->cut)
		return;
	if (r->depth == SL_HTML_DEPTH_MAX) {
		stop(r);
		return;
	}
	*element = r->depth == 0 ? (struct element){ 0 } : element[-1];
	element->name = name;
	element->role = role_of(name);
	element->link = false;
	settle(element, attributes);
	r->depth++;
	if (!element->gone)
		begin_element(r, element, attributes);
}

static void
close_innermost(struct reading *r)
{
	const struct element *element = &r->open[--r->depth];

	if (!element->gone)
		end_element(r, element);
	r->flow.pre = r->depth > 0 && r->open[r->depth - 1].pre;
}

static void
on_end(void *context, const xmlChar *name)
{
	struct reading *r = context;
	unsigned at = r->depth;

	while (at > 0 && strcmp((const char *)r->open[at - 1].name,
				(const char *)name) != 0)
		at--;
	while (at > 0 && r->depth >= at)
		close_innermost(r);
}

static void
on_text(void *context, const xmlChar *text, int len)
{
	struct reading *r = context;

	if (r->cut || (r->depth > 0 && !is_shown(&r->open[r->depth - 1])))
		return;
	sl_flow_text(&r->flow, (const char *)text, (size_t)len);
	if (r->flow.cut)
		stop(r);
}

static void
parse(struct reading *r, const char *bytes, size_t len)
{
	htmlSAXHandler handler = {
		.startElement = on_start,
		.endElement = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
	};

	r->parser = htmlCreateMemoryParserCtxt(bytes, (int)len);
	if (r->parser == NULL)
		return;
	(void)htmlCtxtUseOptions(
		r->parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
				   HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
				   HTML_PARSE_IGNORE_ENC);
	(void)xmlSwitchEncoding(r->parser, XML_CHAR_ENCODING_UTF8);
	*r->parser->sax = handler;
	r->parser->userData = r;
	(void)htmlParseDocument(r->parser);
	htmlFreeParserCtxt(r->parser);
	while (r->depth > 0)
		close_innermost(r);
}

/* Without blanks at its end, which a cut may have left. */
static size_t
trimmed_length(const struct sl_buf *buf)
{
	size_t len = buf->len;

	while (len > 0 && strchr(" \n", buf->data[len - 1]) != NULL)
		len--;
	return len;
}

void
sl_html_to_text(struct sl_arena *arena, const char *bytes, size_t len,
		size_t max, struct sl_html_text *out)
{
	struct reading *r = sl_alloc(sizeof(*r));
	bool cut = len > SL_HTML_BYTES_MAX;

	sl_mail_init();
	if (cut)
		len = sl_utf8_cut(bytes, len, SL_HTML_BYTES_MAX);
	if (len > 0 && !sl_utf8_valid(bytes, len)) {
		bytes = sl_utf8_repair(arena, bytes, len, NULL);
		len = strlen(bytes);
	}
	sl_flow_init(&r->flow, max);
	sl_buf_init(&r->link, SL_HTML_LINK_MAX);
	if (len > 0)
		parse(r, sl_html_guard(arena, bytes, len), len);
	out->len = trimmed_length(&r->flow.buf);
	out->text =
		sl_arena_strndup(arena, sl_buf_text(&r->flow.buf), out->len);
	out->cut = cut || r->cut || r->flow.cut;
	sl_buf_release(&r->flow.buf);
	sl_buf_release(&r->link);
	sl_free(r);
}
