/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The form of url.h: a body that is a secret as a whole. It grows by copying,
 * and each old copy is wiped.
 */
#include <curl/curl.h>
#include <limits.h>
#include <string.h>

#include "core/base/mem.h"

#include "core/net/url.h"

struct sl_form {
	struct sl_secret body;
};

struct sl_form *
sl_form_new(void)
{
	struct sl_form *form = sl_alloc(sizeof(*form));

	sl_secret_set(&form->body, "", 0);
	return form;
}

void
sl_form_free(struct sl_form **form)
{
	if (!*form)
		return;
	sl_secret_release(&(*form)->body);
	sl_free(*form);
	*form = NULL;
}

static void
append(struct sl_form *form, const char *bytes, size_t len)
{
	size_t have = form->body.len;
	unsigned char *joined = sl_alloc(have + len + 1);

	if (have > 0)
		memcpy(joined, form->body.bytes, have);
	memcpy(joined + have, bytes, len);
	sl_secret_set(&form->body, joined, have + len);
	sl_wipe(joined, have + len);
	sl_free(joined);
}

static void
append_escaped(struct sl_form *form, const char *bytes, size_t len)
{
	char *escaped;
	size_t escaped_len;

	if (len == 0)
		return; /* 0 would make curl look for a NUL */
	SL_ASSERT(len <= INT_MAX / 4);
	escaped = curl_easy_escape(NULL, bytes, (int)len);
	SL_ASSERT(escaped); /* out of memory */
	escaped_len = strlen(escaped);
	append(form, escaped, escaped_len);
	sl_wipe(escaped, escaped_len);
	curl_free(escaped);
}

static void
append_pair(struct sl_form *form, const char *name, const char *bytes,
	    size_t len)
{
	if (form->body.len > 0)
		append(form, "&", 1);
	append_escaped(form, name, strlen(name));
	append(form, "=", 1);
	append_escaped(form, bytes, len);
}

void
sl_form_add(struct sl_form *form, const char *name, const char *value)
{
	append_pair(form, name, value, strlen(value));
}

void
sl_form_add_secret(struct sl_form *form, const char *name,
		   const struct sl_secret *value)
{
	append_pair(form, name, (const char *)value->bytes, value->len);
}

const struct sl_secret *
sl_form_body(const struct sl_form *form)
{
	return &form->body;
}
