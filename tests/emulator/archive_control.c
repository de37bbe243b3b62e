/* SPDX-License-Identifier: Apache-2.0 */
/* `/_control/archive`: the archive of the running world. */
#include "archive.h"

static void
fail(struct emu_req *r, unsigned status, const char *why)
{
	emu_reply_json(r, status, json_pack("{s:s}", "error", why));
}

static bool
moment_of(struct emu_req *r, const char *at, int64_t *ms)
{
	*ms = emu_now_ms(r->world);
	if (!at || emu_parse_time(at, ms))
		return true;
	fail(r, 400, "at: RFC 3339 wanted");
	return false;
}

void
emu_archive_get(struct emu_req *r)
{
	const char *email = emu_arg(r, "account"), *why = NULL;
	const struct emu_account *a =
		email ? emu_find_account(r->world, email) : NULL;
	struct emu_buf b = { 0 };
	int64_t ms;

	if (!a) {
		fail(r, 404, "no such account");
		return;
	}
	if (!moment_of(r, emu_arg(r, "at"), &ms))
		return;
	if (!emu_archive_buf(a->member, ms, emu_arg(r, "style"), &b, &why)) {
		fail(r, 400, why);
		emu_buf_free(&b);
		return;
	}
	emu_reply_text(r, 200, "application/zip", "");
	emu_buf_free(&r->reply.body);
	r->reply.body = b;
}

void
emu_archive_post(struct emu_req *r, const struct emu_account *a,
		 const json_t *in)
{
	const char *file = json_string_value(json_object_get(in, "file"));
	const char *at = json_string_value(json_object_get(in, "at"));
	const char *style = json_string_value(json_object_get(in, "style"));
	const char *why = NULL;
	int64_t ms;

	if (!file)
		fail(r, 400, "file wanted");
	else if (!moment_of(r, at, &ms))
		;
	else if (emu_archive_file(a->member, ms, style, file, &why))
		emu_reply_json(r, 200, json_pack("{s:b}", "ok", 1));
	else
		fail(r, 400, why);
}
