/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of a member's domains: what snapshots and archives have in common.
 * Columns are those of the archive.
 */
#include <string.h>

#include "member.h"

struct filling {
	const struct emu_member *m;
	uint64_t slot;
	int64_t at_ms;
	struct emu_row *row;
};

struct domain {
	const char *name;
	const char *const *columns;
	bool (*fill)(const struct filling *f);
};

static struct emu_buf *
cell(const struct filling *f, unsigned i)
{
	return &f->row->cell[i];
}

static void
put(const struct filling *f, unsigned i, const char *text)
{
	emu_puts(cell(f, i), text);
}

static const char *const profile_columns[] = { "First Name",
					       "Last Name",
					       "Maiden Name",
					       "Address",
					       "Birth Date",
					       "Headline",
					       "Summary",
					       "Industry",
					       "Zip Code",
					       "Geo Location",
					       "Twitter Handles",
					       "Websites",
					       "Instant Messengers",
					       NULL };

static bool
fill_profile(const struct filling *f)
{
	struct emu_person p;

	emu_person_at(f->m, EMU_OWNER, &p);
	put(f, 0, p.first);
	put(f, 1, p.last);
	put(f, 5, "Grid analyst, \"numbers\" first");
	put(f, 6, "About me.\nTwo lines.");
	put(f, 7, "Utilities");
	put(f, 8, "0150");
	put(f, 9, "Oslo, Norway");
	put(f, 11, "[PERSONAL:https://member.example]");
	return true;
}

static const char *const email_columns[] = { "Email Address", "Confirmed",
					     "Primary", "Updated On", NULL };

static bool
fill_email(const struct filling *f)
{
	static const char *const before[] = { "", "old.", "Unconfirmed." };

	put(f, 0, before[f->slot]);
	put(f, 0, f->m->account->email);
	put(f, 1, f->slot < 2 ? "Yes" : "No");
	put(f, 2, f->slot ? "No" : "Yes");
	put(f, 3, "Not Available");
	return true;
}

static const char *const position_columns[] = {
	"Company Name", "Title",       "Description", "Location",
	"Started On",   "Finished On", NULL
};

/* The first is the present one; each began when the one after it ended. */
static bool
fill_position(const struct filling *f)
{
	uint64_t h = emu_draw(f->m->key ^ 0x905, f->slot);
	int64_t years = 730LL * EMU_DAY * 1000,
		ref = f->m->account->world->ref_s * 1000;

	put(f, 0, emu_company(h % 12 == 7 ? 0 : h));
	put(f, 1, emu_title(h >> 8));
	put(f, 2, h >> 16 & 1 ? "Forecasting,\nreporting" : "");
	put(f, 3, "Oslo");
	emu_put_month(cell(f, 4), ref - (int64_t)(f->slot + 1) * years,
		      f->row->dates);
	if (f->slot)
		emu_put_month(cell(f, 5), ref - (int64_t)f->slot * years,
			      f->row->dates);
	return true;
}

static const char *const connection_columns[] = {
	"First Name", "Last Name", "URL",          "Email Address",
	"Company",    "Position",  "Connected On", NULL
};

static bool
fill_connection(const struct filling *f)
{
	struct emu_link l;
	struct emu_person p;

	if (!emu_link_at(f->m, f->slot, f->at_ms, &l))
		return false;
	emu_person_at(f->m, l.person, &p);
	emu_put_day(cell(f, 6), l.since_ms, f->row->dates);
	if (p.closed)
		return true;
	put(f, 0, p.first);
	put(f, 1, p.last);
	put(f, 2, p.url);
	put(f, 3, p.email);
	emu_put_work(cell(f, 4), cell(f, 5), f->m, &p, f->at_ms);
	return true;
}

static const char *const inbox_columns[] = { "CONVERSATION ID",
					     "CONVERSATION TITLE",
					     "FROM",
					     "SENDER PROFILE URL",
					     "TO",
					     "RECIPIENT PROFILE URLS",
					     "DATE",
					     "SUBJECT",
					     "CONTENT",
					     "FOLDER",
					     "ATTACHMENTS",
					     NULL };

/* Everybody of the thread but the author. */
static void
put_recipients(const struct filling *f, const struct emu_thread *t,
	       uint64_t author)
{
	for (unsigned i = 0; i <= t->count; i++) {
		uint64_t who = i < t->count ? t->people[i] : EMU_OWNER;
		struct emu_person p;

		if (who == author)
			continue;
		emu_person_at(f->m, who, &p);
		if (cell(f, 4)->len)
			EMU_LIT(cell(f, 4), ", ");
		emu_put_name(cell(f, 4), &p);
		if (*p.url && cell(f, 5)->len)
			emu_putc(cell(f, 5), ',');
		put(f, 5, p.url);
	}
}

static void
put_author(const struct filling *f, const struct emu_thread *t, uint64_t author)
{
	struct emu_person p;

	emu_person_at(f->m, author, &p);
	if (t->talk == EMU_TALK_SPONSOR)
		put(f, 2, emu_company(t->number * 5));
	else
		emu_put_name(cell(f, 2), &p);
	put(f, 3, p.url);
}

static void
trim_right(struct emu_buf *b)
{
	while (b->len && strchr(" \n\t\r", b->data[b->len - 1]))
		b->data[--b->len] = '\0';
}

static const char *
folder_of(const struct filling *f, const struct emu_thread *t)
{
	uint64_t h = emu_draw(f->m->key ^ 0xf01d, t->number) % 200;

	return h < 8 ? "ARCHIVE" : h < 10 ? "SPAM" : h < 11 ? "" : "INBOX";
}

static bool
fill_message(const struct filling *f)
{
	struct emu_letter l;
	struct emu_thread t;

	emu_letter_at(f->m, f->slot, &l);
	if (!emu_letter_text(f->m, &l, f->at_ms, cell(f, 8)))
		return false;
	trim_right(cell(f, 8));
	emu_thread_at(f->m, l.thread, &t);
	emu_put_thread_id(cell(f, 0), f->m, l.thread);
	put(f, 1, t.title);
	put_author(f, &t, l.author);
	put_recipients(f, &t, l.author);
	emu_put_second(cell(f, 6), l.ms, f->row->dates);
	if (l.subject)
		put(f, 7, l.subject);
	else if (t.talk == EMU_TALK_INMAIL || t.talk == EMU_TALK_SPONSOR)
		emu_put_subject(cell(f, 7), emu_draw(f->m->key, l.thread));
	put(f, 9, folder_of(f, &t));
	if (l.attachment)
		emu_putf(cell(f, 10),
			 "https://www.linkedin.com/dms/prv/image/%llx",
			 (unsigned long long)emu_draw(f->m->key, l.number));
	return true;
}

static const char *const invitation_columns[] = { "From",
						  "To",
						  "Sent At",
						  "Message",
						  "Direction",
						  "inviterProfileUrl",
						  "inviteeProfileUrl",
						  NULL };

/* Declined and withdrawn ones are not told. */
static bool
fill_invitation(const struct filling *f)
{
	struct emu_person me, other;
	struct emu_inv v;

	emu_inv_at(f->m, f->slot, f->at_ms, &v);
	if (v.ms > f->at_ms || v.state == EMU_DECLINED ||
	    v.state == EMU_WITHDRAWN)
		return false;
	emu_person_at(f->m, EMU_OWNER, &me);
	emu_person_at(f->m, v.person, &other);
	emu_put_name(cell(f, 0), v.sent ? &me : &other);
	emu_put_name(cell(f, 1), v.sent ? &other : &me);
	emu_put_minute(cell(f, 2), v.ms, f->row->dates);
	put(f, 3, v.text);
	put(f, 4, v.sent ? "OUTGOING" : "INCOMING");
	put(f, 5, v.sent ? me.url : other.url);
	put(f, 6, v.sent ? other.url : me.url);
	return true;
}

static const char *const contact_columns[] = { "Source",
					       "FirstName",
					       "LastName",
					       "Companies",
					       "Title",
					       "Emails",
					       "PhoneNumbers",
					       "CreatedAt",
					       "Addresses",
					       "Sites",
					       "InstantMessageHandles",
					       "FullName",
					       "Birthday",
					       "Location",
					       "BookmarkedAt",
					       "Profiles",
					       NULL };

/* Of three, one is a connection; addresses are theirs alone. */
static bool
fill_contact(const struct filling *f)
{
	const struct emu_member *m = f->m;
	uint64_t h = emu_draw(m->key ^ 0xc0, f->slot);
	uint64_t who =
		h % 3 ? m->connections + h % (m->strangers + 1) : f->slot;
	struct emu_person p;

	if (who >= m->connections + m->strangers)
		who = m->connections;
	emu_person_at(m, who, &p);
	put(f, 0, h >> 8 & 1 ? "GOOGLE" : "MOBILE_ADDRESS_BOOK");
	put(f, 1, p.first);
	put(f, 2, p.last);
	if (h >> 9 & 1)
		put(f, 3, emu_company(h >> 16));
	if (h >> 10 & 7)
		emu_putf(cell(f, 5), "person%llu@book.example",
			 (unsigned long long)f->slot);
	if ((h >> 13) % 20 == 0)
		emu_putf(cell(f, 5), ",person%llu@home.example",
			 (unsigned long long)f->slot);
	if (h >> 20 & 1)
		emu_putf(cell(f, 6), "+47 22 %06llu",
			 (unsigned long long)(h >> 24) % 1000000);
	emu_put_minute(cell(f, 7), m->link_start_ms, f->row->dates);
	emu_put_name(cell(f, 11), &p);
	return true;
}

static const char *const phone_columns[] = { "Extension", "Number", "Type",
					     NULL };

static bool
fill_phone(const struct filling *f)
{
	put(f, 1, "+47 22 000 000");
	put(f, 2, "MOBILE");
	return true;
}

static const char *const skill_columns[] = { "Name", NULL };

static bool
fill_skill(const struct filling *f)
{
	static const char *const skills[] = { "Forecasting", "C",
					      "Reading, slowly", "SQL",
					      "日本語" };

	put(f, 0, skills[f->slot]);
	return true;
}

static const struct domain domains[EMU_DOMAINS] = {
	[EMU_DOMAIN_PROFILE] = { "PROFILE", profile_columns, fill_profile },
	[EMU_DOMAIN_EMAILS] = { "EMAIL_ADDRESSES", email_columns, fill_email },
	[EMU_DOMAIN_POSITIONS] = { "POSITIONS", position_columns,
				   fill_position },
	[EMU_DOMAIN_CONNECTIONS] = { "CONNECTIONS", connection_columns,
				     fill_connection },
	[EMU_DOMAIN_INBOX] = { "INBOX", inbox_columns, fill_message },
	[EMU_DOMAIN_INVITATIONS] = { "INVITATIONS", invitation_columns,
				     fill_invitation },
	[EMU_DOMAIN_CONTACTS] = { "CONTACTS", contact_columns, fill_contact },
	[EMU_DOMAIN_PHONES] = { "PHONE_NUMBERS", phone_columns, fill_phone },
	[EMU_DOMAIN_SKILLS] = { "SKILLS", skill_columns, fill_skill },
};

const char *
emu_domain_name(enum emu_domain domain)
{
	return domains[domain].name;
}

const char *const *
emu_domain_columns(enum emu_domain domain)
{
	return domains[domain].columns;
}

uint64_t
emu_domain_slots(const struct emu_member *m, enum emu_domain domain)
{
	bool lives = m->connections || m->messages;

	switch (domain) {
	case EMU_DOMAIN_PROFILE:
		return 1;
	case EMU_DOMAIN_EMAILS:
		return lives ? 3 : 1;
	case EMU_DOMAIN_POSITIONS:
		return m->positions;
	case EMU_DOMAIN_CONNECTIONS:
		return emu_links(m);
	case EMU_DOMAIN_INBOX:
		return emu_letters(m);
	case EMU_DOMAIN_INVITATIONS:
		return emu_invs(m);
	case EMU_DOMAIN_CONTACTS:
		return m->contacts;
	case EMU_DOMAIN_PHONES:
		return lives ? 1 : 0;
	case EMU_DOMAIN_SKILLS:
		return lives ? 5 : 0;
	case EMU_DOMAINS:
		break;
	}
	return 0;
}

bool
emu_row_at(const struct emu_member *m, enum emu_domain domain, uint64_t slot,
	   int64_t at_ms, struct emu_row *row)
{
	const struct filling f = { m, slot, at_ms, row };

	row->count = 0;
	for (const char *const *c = domains[domain].columns; *c; c++) {
		struct emu_buf *b = &row->cell[row->count++];

		emu_reserve(b, 1);
		b->len = 0;
		b->data[0] = '\0';
	}
	return domains[domain].fill(&f);
}

void
emu_row_free(struct emu_row *row)
{
	for (unsigned i = 0; i < EMU_CELLS; i++)
		emu_buf_free(&row->cell[i]);
}
