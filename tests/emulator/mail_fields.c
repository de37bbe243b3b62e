/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Partial answers: `fields=messages(id,payload/headers),nextPageToken`.
 * A name that no answer of Gmail has is refused, as Google refuses it.
 */
#include <stdlib.h>
#include <string.h>

#include "mail.h"

#define DEPTH_MAX 20

static const char *const known[] = {
	"attachmentId",
	"body",
	"data",
	"emailAddress",
	"filename",
	"headers",
	"history",
	"historyId",
	"id",
	"internalDate",
	"labelIds",
	"labels",
	"labelsAdded",
	"labelsRemoved",
	"message",
	"messages",
	"messagesAdded",
	"messagesDeleted",
	"messagesTotal",
	"mimeType",
	"name",
	"nextPageToken",
	"partId",
	"parts",
	"payload",
	"raw",
	"resultSizeEstimate",
	"sendAs",
	"sendAsEmail",
	"displayName",
	"size",
	"sizeEstimate",
	"snippet",
	"threadId",
	"threadsTotal",
	"type",
	"value",
	"isPrimary",
	"isDefault",
	"treatAsAlias",
	"verificationStatus",
	"*",
};

static bool
is_known(const char *name)
{
	for (size_t i = 0; i < EMU_COUNT(known); i++)
		if (strcmp(known[i], name) == 0)
			return true;
	return false;
}

static json_t *pick(const json_t *from, const char **at, unsigned depth,
		    bool *ok);

/* What is left of a value below a name: all, a/b or a(b,c). */
static json_t *
below(json_t *value, const char **at, unsigned depth, bool *ok)
{
	json_t *out, *one;
	const char *from = *at;
	size_t i;

	if (*from != '/' && *from != '(')
		return value ? json_incref(value) : NULL;
	if (!json_is_array(value))
		return pick(value, at, depth, ok);
	out = json_array();
	json_array_foreach (value, i, one) {
		*at = from;
		json_array_append_new(out, pick(one, at, depth, ok));
	}
	if (!json_array_size(value))
		json_decref(pick(NULL, at, depth, ok));
	return out;
}

static void
pick_one(json_t *out, const json_t *from, const char **at, unsigned depth,
	 bool *ok)
{
	size_t len = strcspn(*at, "/(),");
	char *name = emu_strndup(*at, len);
	json_t *value;

	*ok = *ok && is_known(name);
	*at += len;
	if (strcmp(name, "*") == 0) {
		if (json_is_object(from))
			json_object_update(out, (json_t *)(uintptr_t)from);
	} else {
		value = below(json_object_get(from, name), at, depth, ok);
		if (value && json_object_get(from, name))
			json_object_set(out, name, value);
		json_decref(value);
	}
	free(name);
}

/* One of: list of names up to ')' or the end; "(list)"; "/name". */
static json_t *
pick(const json_t *from, const char **at, unsigned depth, bool *ok)
{
	json_t *out = json_object();
	char open = **at;

	if (depth > DEPTH_MAX) {
		*ok = false;
		return out;
	}
	if (open == '/' || open == '(')
		++*at;
	do {
		if (**at == ',')
			++*at;
		pick_one(out, from, at, depth + 1, ok);
	} while (open != '/' && *ok && **at == ',');
	if (open == '(') {
		*ok = *ok && **at == ')';
		*at += **at == ')';
	}
	return out;
}

bool
emu_mail_select(struct emu_req *r, struct emu_buf *body)
{
	const char *fields = emu_arg(r, "fields"), *at = fields;
	json_t *from, *out;
	struct emu_buf why = { 0 };
	bool ok = true;
	char *text;

	if (!fields)
		return true;
	from = json_loadb(body->data, body->len, JSON_ALLOW_NUL, NULL);
	out = pick(from, &at, 0, &ok);
	ok = ok && *at == '\0';
	text = json_dumps(out, JSON_COMPACT);
	json_decref(from);
	json_decref(out);
	if (ok) {
		body->len = 0;
		emu_puts(body, text ? text : "{}");
	} else {
		emu_putf(&why, "Invalid field selection %s", fields);
		emu_api_error(r, 400, "global", "invalidParameter", why.data,
			      "fields");
		emu_buf_free(&why);
	}
	free(text);
	return ok;
}
