/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A value is split into pieces at commas and semicolons that stand neither in
 * quotes nor in comments. Pieces without "@" are the beginning of the display
 * name in the next piece that has a "<". GMime reads what comes out, one piece
 * at a time: a group is then a label before its first member.
 */
#include "core/mail/addresses.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"

#include "core/mail/private.h"
#include "core/mail/words.h"

/* A stretch of the value and what stands in it outside quotes and comments. */
struct piece {
	const char *start;
	const char *end;
	const char *angle; /* the last "<"; NULL = none */
	bool at;           /* an "@" */
	bool colon;        /* the end of a group's label */
};

struct reading {
	struct sl_arena *arena;
	struct sl_mailboxes *out;
	struct sl_mailbox **last;
	size_t max;
	bool no_quote;    /* no quote after this place is ever closed   */
	bool no_comment;  /* likewise, or they are nested too deeply    */
	const char *name; /* pieces that wait for a "<"; NULL = none */
};

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Behind the closing quote; NULL when there is none. */
static const char *
skip_quoted(const char *at)
{
	for (at++; *at != '"'; at++) {
		if (*at == '\\')
			at++;
		if (*at == '\0')
			return NULL;
	}
	return at + 1;
}

/* Behind the closing parenthesis; NULL when there is none. */
static const char *
skip_comment(const char *at)
{
	unsigned depth = 0;

	do {
		if (*at == '(' && ++depth > SL_MAIL_COMMENT_DEPTH_MAX)
			return NULL;
		if (*at == ')')
			depth--;
		if (*at == '\\')
			at++;
		if (*at == '\0')
			return NULL;
		at++;
	} while (depth > 0);
	return at;
}

/* Behind a quoted text or a comment that begins here; NULL = none does. One
 * that is never closed is an ordinary character, and so are all after it:
 * nothing is searched for twice. */
static const char *
skip_opaque(struct reading *r, const char *at)
{
	const char *end = NULL;

	if (*at == '"' && !r->no_quote) {
		end = skip_quoted(at);
		r->no_quote = end == NULL;
	} else if (*at == '(' && !r->no_comment) {
		end = skip_comment(at);
		r->no_comment = end == NULL;
	}
	return end;
}

static struct piece
next_piece(struct reading *r, const char *at)
{
	struct piece piece = { .start = at };

	while (*at != '\0' && *at != ',' && *at != ';') {
		const char *behind = skip_opaque(r, at);

		if (behind != NULL) {
			at = behind;
			continue;
		}
		if (*at == '<')
			piece.angle = at;
		piece.at |= *at == '@';
		piece.colon |= *at == ':' && piece.angle == NULL;
		at += *at == '\\' && at[1] != '\0' ? 2 : 1;
	}
	piece.end = at;
	return piece;
}

static bool
is_empty(const char *start, const char *end)
{
	while (start < end && is_blank(*start))
		start++;
	return start == end;
}

/* White space collapsed, controls gone, cut; NULL when nothing is left. */
static const char *
clean_name(struct sl_arena *arena, const char *name)
{
	char *copy, *to;

	if (name == NULL)
		return NULL;
	copy = sl_mail_capped(arena, name, SL_MAIL_NAME_MAX);
	to = copy;
	for (const char *from = copy; *from != '\0'; from++) {
		bool blank = (unsigned char)*from <= ' ' || *from == 0x7f;

		if (!blank)
			*to++ = *from;
		else if (to > copy && to[-1] != ' ')
			*to++ = ' ';
	}
	if (to > copy && to[-1] == ' ')
		to--;
	*to = '\0';
	return *copy == '\0' ? NULL : copy;
}

static void
add(struct reading *r, const char *address, const char *name)
{
	struct sl_mailbox *box;

	if (r->out->count == r->max) {
		r->out->cut = true;
		return;
	}
	box = SL_NEW(r->arena, struct sl_mailbox);
	box->address = address;
	box->name = clean_name(r->arena, name);
	*r->last = box;
	r->last = &box->next;
	r->out->count++;
}

static void
add_mailbox(struct reading *r, InternetAddress *from)
{
	const char *address = internet_address_mailbox_get_addr(
		INTERNET_ADDRESS_MAILBOX(from));

	if (address == NULL || strchr(address, '@') == NULL) {
		r->out->odd = true;
		return;
	}
	add(r, sl_utf8_repair(r->arena, address, strlen(address), NULL),
	    internet_address_get_name(from));
}

/* Groups within groups: no deeper than a piece has colons. */
static void
add_list(struct reading *r, InternetAddressList *list)
{
	int n = internet_address_list_length(list);

	for (int i = 0; i < n; i++) {
		InternetAddress *one =
			internet_address_list_get_address(list, i);

		if (INTERNET_ADDRESS_IS_GROUP(one))
			add_list(r, internet_address_group_get_members(
					    INTERNET_ADDRESS_GROUP(one)));
		else
			add_mailbox(r, one);
	}
}

static bool
is_one_address(const char *text)
{
	const char *at = strchr(text, '@');

	return at != NULL && at != text && at[1] != '\0' &&
	       strpbrk(text, " \t\r\n()<>,;:\"\\") == NULL &&
	       strchr(at + 1, '@') == NULL;
}

static char *
trimmed(struct sl_arena *arena, const char *start, const char *end)
{
	while (start < end && is_blank(*start))
		start++;
	while (start < end && is_blank(end[-1]))
		end--;
	return sl_arena_strndup(arena, start, (size_t)(end - start));
}

/* The address in a link that stands in for one: "mailto:a@b?subject=c". */
static char *
without_scheme(struct sl_arena *arena, char *address)
{
	static const char scheme[] = "mailto:";
	const size_t len = strlen(scheme);

	if (strncasecmp(address, scheme, len) != 0)
		return address;
	return sl_arena_strndup(arena, address + len,
				strcspn(address + len, "?"));
}

/*
 * NULL for what GMime refuses. GMime 3.2.13 loses memory where a comment
 * behind a domain literal is not closed: comments and literals together are so
 * rare that they are not given to it at all.
 */
static InternetAddressList *
parse(const char *text)
{
	const char *at = strchr(text, '@');

	if (at != NULL && strchr(at, '[') != NULL && strchr(at, '(') != NULL)
		return NULL;
	return internet_address_list_parse(sl_mail_options(), text);
}

/* The display name before an address that GMime refuses: with another in its
 * place. */
static const char *
name_before(struct sl_arena *arena, const char *text, const char *angle)
{
	char *other = sl_arena_printf(arena, "%.*s<a@b.c>", (int)(angle - text),
				      text);
	InternetAddressList *list = parse(other);
	InternetAddress *first;
	const char *name;

	if (list == NULL)
		return NULL;
	first = internet_address_list_get_address(list, 0);
	name = sl_arena_strdup(
		arena, first == NULL ? NULL : internet_address_get_name(first));
	g_object_unref(list);
	return name;
}

/* The last "<" outside of quotes and comments; NULL = none. */
static const char *
last_angle(const char *text)
{
	const char *angle = NULL;
	const char *behind;

	for (; *text != '\0'; text = behind != NULL ? behind : text + 1) {
		behind = NULL;
		if (*text == '"')
			behind = skip_quoted(text);
		else if (*text == '(')
			behind = skip_comment(text);
		else if (*text == '<')
			angle = text;
	}
	return angle;
}

/* Take an address that is plain, with what GMime makes of the name before it;
 * false when it is not. */
static bool
add_plain(struct reading *r, const char *text)
{
	const char *angle = last_angle(text);
	const char *close = angle == NULL ? NULL : strchr(angle, '>');
	const char *start = close == NULL ? text : angle + 1;
	const char *end = close == NULL ? text + strlen(text) : close;
	const char *address =
		without_scheme(r->arena, trimmed(r->arena, start, end));

	if (!is_one_address(address))
		return false;
	add(r, address,
	    close == NULL ? NULL : name_before(r->arena, text, angle));
	return true;
}

/* A group of nobody: a label, and nothing behind its colon. */
static bool
is_nobody(const struct piece *piece)
{
	return piece->colon && !piece->at && piece->angle == NULL;
}

/*
 * A display name that nobody quoted, though it holds what must be: "Ops; EU
 * <ops@example.com>", "a@example.com via B <b@example.com>".
 */
static bool
needs_quotes(const char *start, const char *angle)
{
	bool special = false;

	for (const char *c = start; c < angle; c++) {
		if (*c == '"' || *c == ':' || *c == '(')
			return false;
		special |= strchr("@;[]\\>", *c) != NULL;
	}
	return special;
}

static const char *
quoted(struct sl_arena *arena, const char *start, const char *angle,
       const char *end)
{
	char *text = sl_arena_alloc(arena, 2 * (size_t)(angle - start) +
						   (size_t)(end - angle) + 4);
	char *to = text;

	while (angle - 1 > start && is_blank(angle[-1]))
		angle--;
	*to++ = '"';
	for (const char *c = start; c < angle; c++) {
		if (*c == '\\')
			*to++ = '\\';
		*to++ = *c;
	}
	*to++ = '"';
	*to++ = ' ';
	while (*angle != '<')
		angle++;
	memcpy(to, angle, (size_t)(end - angle));
	return text;
}

/* GMime shows an "xn--" domain decoded, and not always rightly: such an address
 * is taken as it is written where that is plain. */
static void
read_piece(struct reading *r, const struct piece *piece, const char *start)
{
	InternetAddressList *list;
	const char *text;

	if ((size_t)(piece->end - start) > SL_MAIL_ADDRESS_BYTES_MAX) {
		r->out->odd = true;
		return;
	}
	while (start < piece->end && is_blank(*start))
		start++;
	text = piece->angle != NULL && needs_quotes(start, piece->angle)
		       ? quoted(r->arena, start, piece->angle, piece->end)
		       : trimmed(r->arena, start, piece->end);
	if (strcasestr(text, "xn--") != NULL && add_plain(r, text))
		return;
	list = parse(text);
	if (list != NULL) {
		add_list(r, list);
		g_object_unref(list);
	} else if (!add_plain(r, text)) {
		r->out->odd = true;
	}
}

/* One piece: nothing, part of a name, or somebody. */
static void
take_piece(struct reading *r, const struct piece *piece)
{
	const char *start = piece->start;

	if (is_empty(piece->start, piece->end) || is_nobody(piece))
		return;
	if (!piece->at) {
		if (r->name == NULL)
			r->name = piece->start;
		return;
	}
	if (r->name != NULL) {
		if (piece->angle != NULL)
			start = r->name;
		else
			r->out->odd = true;
		r->name = NULL;
	}
	read_piece(r, piece, start);
}

static char *
unfolded(char *value)
{
	for (char *c = value; *c != '\0'; c++) {
		if (*c == '\r' || *c == '\n')
			*c = ' ';
	}
	return value;
}

void
sl_mail_addresses(struct sl_arena *arena, const char *header_value, size_t max,
		  struct sl_mailboxes *out)
{
	struct reading r = {
		.arena = arena, .out = out, .last = &out->first, .max = max
	};
	const char *at;

	*out = (struct sl_mailboxes){ 0 };
	if (header_value == NULL)
		return;
	at = unfolded(sl_mail_capped(arena, header_value,
				     SL_MAIL_ADDRESSES_BYTES_MAX));
	out->cut = strnlen(header_value, SL_MAIL_ADDRESSES_BYTES_MAX + 1) >
		   SL_MAIL_ADDRESSES_BYTES_MAX;
	while (*at != '\0') {
		struct piece piece = next_piece(&r, at);

		/* The last piece of a value that was cut is not whole. */
		if (*piece.end == '\0' && out->cut)
			return;
		take_piece(&r, &piece);
		if (out->count == max && out->cut)
			return;
		at = piece.end + (*piece.end != '\0');
	}
	out->odd |= r.name != NULL;
}
