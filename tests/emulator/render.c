/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An event's numbers made into JSON text. Written directly, not through
 * jansson: pages of generated events must come faster than a client can
 * take them. All text goes through emu_put_json().
 */
#include <string.h>

#include "store.h"

enum draw {
	DRAW_STATUS = 200,
	DRAW_PLACE,
	DRAW_EXTRA,
	DRAW_MEET,
	DRAW_VISIBILITY,
	DRAW_TYPE,
	DRAW_COLOR,
};

static const char *const type_names[] = {
	[EMU_DEFAULT] = "default",
	[EMU_BIRTHDAY] = "birthday",
	[EMU_FOCUS_TIME] = "focusTime",
	[EMU_FROM_GMAIL] = "fromGmail",
	[EMU_OUT_OF_OFFICE] = "outOfOffice",
	[EMU_WORKING_LOCATION] = "workingLocation",
};

const char *
emu_type_name(enum emu_type type)
{
	return type_names[type];
}

static bool
is_private(const struct emu_spec *s)
{
	return s->type == EMU_BIRTHDAY ||
	       emu_draw(s->content, DRAW_VISIBILITY) % 100 < 4;
}

static bool
busy_only(const struct emu_cal *c)
{
	return strcmp(c->role, "freeBusyReader") == 0;
}

bool
emu_spec_veiled(const struct emu_cal *c, const struct emu_spec *s)
{
	return busy_only(c) || (strcmp(c->role, "reader") == 0 &&
				is_private(s) && c->flavor == EMU_NORMAL);
}

static void
put_head(struct emu_buf *b, const struct emu_spec *s)
{
	const char *status = "confirmed";

	if (s->role == EMU_CANCELLED)
		status = "cancelled";
	else if (emu_draw(s->own, DRAW_STATUS) % 100 < 3)
		status = "tentative";
	EMU_LIT(b, "{\"kind\":\"calendar#event\",\"etag\":\"\\\"");
	emu_put_u64(b, (uint64_t)s->updated_ms * 2000);
	EMU_LIT(b, "\\\"\",\"id\":\"");
	emu_puts(b, s->id);
	EMU_LIT(b, "\",\"status\":\"");
	emu_puts(b, status);
	emu_putc(b, '"');
}

static void
put_stamps(struct emu_buf *b, const struct emu_spec *s)
{
	EMU_LIT(b,
		",\"htmlLink\":\"https://www.google.com/calendar/event?eid=");
	emu_put_base64(b, s->id, strlen(s->id), false);
	EMU_LIT(b, "\",\"created\":\"");
	emu_put_utc_ms(b, s->created_ms);
	EMU_LIT(b, "\",\"updated\":\"");
	emu_put_utc_ms(b, s->updated_ms);
	emu_putc(b, '"');
}

static void
put_texts(struct emu_buf *b, const struct emu_spec *s)
{
	struct emu_buf scratch = { 0 };
	uint64_t place = emu_draw(s->content, DRAW_PLACE);

	if (emu_put_title(&scratch, s)) {
		EMU_LIT(b, ",\"summary\":");
		emu_put_json_len(b, scratch.data, scratch.len);
	}
	scratch.len = 0;
	if (s->type == EMU_DEFAULT && emu_put_description(&scratch, s)) {
		EMU_LIT(b, ",\"description\":");
		emu_put_json_len(b, scratch.data, scratch.len);
	}
	emu_buf_free(&scratch);
	if (s->type == EMU_DEFAULT && place % 3 == 0) {
		EMU_LIT(b, ",\"location\":");
		emu_put_json(b, emu_location_text(place / 4));
	}
	if (emu_draw(s->content, DRAW_COLOR) % 20 == 0)
		EMU_LIT(b, ",\"colorId\":\"5\"");
}

static void
put_moment(struct emu_buf *b, const char *name, const struct emu_spec *s,
	   int64_t local)
{
	EMU_LIT(b, ",\"");
	emu_puts(b, name);
	if (s->all_day) {
		EMU_LIT(b, "\":{\"date\":\"");
		emu_put_date(b, emu_floor_day(local));
		EMU_LIT(b, "\"}");
		return;
	}
	EMU_LIT(b, "\":{\"dateTime\":\"");
	emu_put_local(b, s->zone, local);
	EMU_LIT(b, "\",\"timeZone\":\"");
	emu_puts(b, s->zone->name);
	EMU_LIT(b, "\"}");
}

void
emu_render_original(struct emu_buf *b, const struct emu_spec *s)
{
	put_moment(b, "originalStartTime", s, s->original_local);
}

static void
put_series(struct emu_buf *b, const struct emu_spec *s)
{
	if (s->role == EMU_EXCEPTION || s->role == EMU_CANCELLED) {
		EMU_LIT(b, ",\"recurringEventId\":\"");
		emu_puts(b, s->master_id);
		emu_putc(b, '"');
		emu_render_original(b, s);
	}
	if (s->role != EMU_MASTER)
		return;
	EMU_LIT(b, ",\"recurrence\":[");
	if (s->exdate[0]) {
		emu_put_json(b, s->exdate);
		emu_putc(b, ',');
	}
	emu_put_json(b, s->rrule);
	emu_putc(b, ']');
}

void
emu_render_times(struct emu_buf *b, const struct emu_spec *s)
{
	put_moment(b, "start", s, s->start_local);
	put_moment(b, "end", s, s->start_local + s->duration);
	put_series(b, s);
}

static void
put_meet(struct emu_buf *b, uint64_t h)
{
	char code[] = "aaa-bbbb-ccc";

	for (size_t i = 0; i < sizeof(code) - 1; i++, h = emu_mix(h))
		if (code[i] != '-')
			code[i] = (char)('a' + h % 26);
	emu_putf(b,
		 ",\"hangoutLink\":\"https://meet.google.com/%s\","
		 "\"conferenceData\":{\"entryPoints\":[{\"entryPointType\":"
		 "\"video\",\"uri\":\"https://meet.google.com/%s\",\"label\":"
		 "\"meet.google.com/%s\"}],\"conferenceSolution\":{\"key\":"
		 "{\"type\":\"hangoutsMeet\"},\"name\":\"Google Meet\","
		 "\"iconUri\":\"https://static.example.com/meet.png\"},"
		 "\"conferenceId\":\"%s\"}",
		 code, code, code, code);
}

static void
put_type(struct emu_buf *b, const struct emu_spec *s)
{
	uint64_t t = emu_draw(s->content, DRAW_TYPE);

	EMU_LIT(b, ",\"eventType\":\"");
	emu_puts(b, type_names[s->type]);
	emu_putc(b, '"');
	if (s->type == EMU_BIRTHDAY)
		emu_putf(b,
			 ",\"birthdayProperties\":{\"contact\":"
			 "\"people/c%u\",\"type\":\"birthday\"}",
			 (unsigned)(t % 100000));
	else if (s->type == EMU_FOCUS_TIME)
		EMU_LIT(b, ",\"focusTimeProperties\":{\"autoDeclineMode\":"
			   "\"declineNone\",\"chatStatus\":\"doNotDisturb\"}");
	else if (s->type == EMU_OUT_OF_OFFICE)
		EMU_LIT(b, ",\"outOfOfficeProperties\":{\"autoDeclineMode\":"
			   "\"declineAllConflictingInvitations\","
			   "\"declineMessage\":\"Away\"}");
	else if (s->type == EMU_WORKING_LOCATION && t % 2)
		EMU_LIT(b, ",\"workingLocationProperties\":{\"type\":"
			   "\"homeOffice\",\"homeOffice\":{}}");
	else if (s->type == EMU_WORKING_LOCATION)
		EMU_LIT(b, ",\"workingLocationProperties\":{\"type\":"
			   "\"officeLocation\",\"officeLocation\":"
			   "{\"label\":\"HQ\"}}");
	else if (s->type == EMU_FROM_GMAIL)
		EMU_LIT(b, ",\"source\":{\"title\":\"Ticket\",\"url\":"
			   "\"https://mail.google.com/mail?extsrc=cal\"},"
			   "\"privateCopy\":true,\"locked\":true");
}

static void
put_extras(struct emu_buf *b, const struct emu_cal *c, const struct emu_spec *s)
{
	uint64_t x = emu_draw(s->content, DRAW_EXTRA);
	uint64_t m = emu_draw(s->content, DRAW_MEET);

	if (s->all_day || x % 20 == 0)
		EMU_LIT(b, ",\"transparency\":\"transparent\"");
	if (is_private(s))
		EMU_LIT(b, ",\"visibility\":\"private\"");
	else if (c->flavor == EMU_HOLIDAYS)
		EMU_LIT(b, ",\"visibility\":\"public\"");
	EMU_LIT(b, ",\"iCalUID\":\"");
	emu_puts(b, s->master_id);
	EMU_LIT(b, "@google.com\",\"sequence\":");
	emu_put_u64(b, s->moved ? 1 + x % 3 : x % 2);
	if (s->type == EMU_DEFAULT && !s->all_day && m % 10 < 4)
		put_meet(b, m);
	if (x / 32 % 100 < 3)
		EMU_LIT(b, ",\"extendedProperties\":{\"private\":"
			   "{\"crmId\":\"42\"},\"shared\":{\"k\":\"v\"}}");
	if (x / 4096 % 100 < 3)
		EMU_LIT(b, ",\"attachments\":[{\"fileUrl\":"
			   "\"https://docs.example.com/f/1\",\"title\":"
			   "\"Notes\",\"mimeType\":\"text/plain\","
			   "\"fileId\":\"f1\"}]");
	if (x / 524288 % 100 < 4)
		EMU_LIT(b, ",\"guestsCanModify\":true");
	EMU_LIT(b, ",\"reminders\":{\"useDefault\":true}");
	put_type(b, s);
}

void
emu_render_event(struct emu_buf *b, const struct emu_cal *c,
		 const struct emu_spec *s)
{
	emu_reserve(b, 2048);
	put_head(b, s);
	if (s->role == EMU_CANCELLED) {
		put_series(b, s);
		emu_putc(b, '}');
		return;
	}
	if (emu_spec_veiled(c, s)) {
		if (!busy_only(c))
			put_stamps(b, s);
		emu_render_times(b, s);
		EMU_LIT(b, ",\"visibility\":\"private\",\"iCalUID\":\"");
		emu_puts(b, s->master_id);
		EMU_LIT(b, "@google.com\",\"eventType\":\"default\"}");
		return;
	}
	put_stamps(b, s);
	put_texts(b, s);
	emu_render_people(b, c, s);
	emu_render_times(b, s);
	put_extras(b, c, s);
	emu_putc(b, '}');
}
