/* SPDX-License-Identifier: Apache-2.0 */
/* What calls cost, how much a minute allows, how many may be under way. */
#include <string.h>

#include "mail.h"
#include "stats.h"

struct price {
	unsigned before, since; /* 2026-05-01 */
};

static struct price
price_of(enum emu_route route)
{
	switch ((int)route) {
	case EMU_ROUTE_MESSAGES:
		return (struct price){ 5, 5 };
	case EMU_ROUTE_MESSAGE:
	case EMU_ROUTE_ATTACHMENT:
		return (struct price){ 5, 20 };
	case EMU_ROUTE_THREAD:
		return (struct price){ 10, 40 };
	case EMU_ROUTE_HISTORY:
		return (struct price){ 2, 2 };
	default:
		return (struct price){ 1, 1 };
	}
}

static struct emu_mailbox *
mailbox_of(const struct emu_req *r)
{
	bool mail =
		r->route >= EMU_ROUTE_PROFILE && r->route <= EMU_ROUTE_SEND_AS;

	return mail && r->account ? r->account->mail : NULL;
}

void
emu_mail_begin(struct emu_req *r)
{
	struct emu_mailbox *m = mailbox_of(r);
	uint64_t open, peak;

	if (!m)
		return;
	open = ++m->open;
	peak = m->open_max;
	while (open > peak &&
	       !atomic_compare_exchange_weak(&m->open_max, &peak, open))
		;
}

void
emu_mail_end(struct emu_req *r)
{
	struct emu_mailbox *m = mailbox_of(r);

	if (m)
		m->open--;
}

static uint64_t
used(const struct emu_units *u, int64_t second)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < EMU_QUOTA_SECONDS; i++)
		if (u->second[i] > second - EMU_QUOTA_SECONDS &&
		    u->second[i] <= second)
			sum += u->units[i];
	return sum;
}

static void
spend(struct emu_units *u, int64_t second, uint64_t units)
{
	size_t at = (size_t)(second % EMU_QUOTA_SECONDS);

	if (u->second[at] != second) {
		u->second[at] = second;
		u->units[at] = 0;
	}
	u->units[at] += units;
}

static bool
fits(const struct emu_units *u, int64_t second, uint64_t units, uint64_t limit)
{
	return limit == 0 || used(u, second) + units <= limit;
}

/* The deadline stands in the text and nowhere else, as Gmail has it. */
static void
refuse_until(struct emu_req *r, int64_t until_ms)
{
	struct emu_buf b = { 0 };

	EMU_LIT(&b, "User-rate limit exceeded.  Retry after ");
	emu_put_utc_ms(&b, until_ms);
	emu_api_error(r, 429, "usageLimits", "rateLimitExceeded", b.data, NULL);
	emu_buf_free(&b);
}

static void
refuse(struct emu_req *r, bool project)
{
	const struct emu_options *o = &r->world->options;
	struct emu_buf b = { 0 };

	emu_putf(&b,
		 "Quota exceeded for quota metric 'Queries' and limit "
		 "'Queries per minute%s' of service 'gmail.googleapis.com' for "
		 "consumer 'project_number:1'.",
		 project ? "" : " per user");
	emu_api_error(r, (unsigned)o->mail_quota_status, "usageLimits",
		      o->mail_quota_reason ? o->mail_quota_reason
					   : "rateLimitExceeded",
		      o->mail_quota_message ? o->mail_quota_message : b.data,
		      NULL);
	emu_api_error_info(r, "RATE_LIMIT_EXCEEDED");
	emu_buf_free(&b);
}

enum verdict { FITS, LOCKED, USER_FULL, PROJECT_FULL };

static enum verdict
weigh(struct emu_req *r, struct emu_mailbox *m, uint64_t units, int64_t *until)
{
	struct emu_world *w = r->world;
	const struct emu_options *o = &w->options;
	int64_t now = emu_now_ms(w), lock = (int64_t)o->mail_lock_s * 1000;
	enum verdict verdict = FITS;

	pthread_mutex_lock(&w->quota_lock);
	if (now < m->units.locked_until_ms) {
		verdict = LOCKED;
	} else if (!fits(&m->units, now / 1000, units, o->mail_quota_user)) {
		verdict = USER_FULL;
	} else if (!fits(&w->mail_units, now / 1000, units,
			 o->mail_quota_project)) {
		verdict = PROJECT_FULL;
	} else {
		spend(&m->units, now / 1000, units);
		spend(&w->mail_units, now / 1000, units);
	}
	if (verdict == LOCKED || (verdict == USER_FULL && lock))
		m->units.locked_until_ms = now + lock; /* anew each time */
	*until = m->units.locked_until_ms;
	pthread_mutex_unlock(&w->quota_lock);
	return verdict;
}

bool
emu_mail_charge(struct emu_req *r)
{
	struct emu_mailbox *m = r->account->mail;
	const struct emu_options *o = &r->world->options;
	struct price price = price_of(r->route);
	uint64_t units = o->mail_prices < 2026 ? price.before : price.since;
	enum verdict verdict;
	int64_t until;

	if (o->mail_concurrency && m->open > o->mail_concurrency) {
		m->refused++;
		emu_stats_violation(r, "mail_concurrency");
		emu_api_error(r, 429, "usageLimits", "rateLimitExceeded",
			      "Too many concurrent requests for user", NULL);
		return false;
	}
	verdict = weigh(r, m, units, &until);
	if (verdict == FITS) {
		m->units_used += units;
		return true;
	}
	m->refused++;
	if (verdict == LOCKED)
		emu_stats_violation(r, "mail_before_deadline");
	if (verdict == LOCKED || (verdict == USER_FULL && o->mail_lock_s))
		refuse_until(r, until);
	else
		refuse(r, verdict == PROJECT_FULL);
	return false;
}

json_t *
emu_mail_stats(struct emu_world *w)
{
	json_t *out = json_object();

	for (size_t i = 0; i < w->account_count; i++) {
		struct emu_mailbox *m = w->accounts[i]->mail;

		if (m)
			json_object_set_new(out, w->accounts[i]->email,
					    json_pack("{s:I,s:I,s:I}", "units",
						      (json_int_t)m->units_used,
						      "peak_concurrent",
						      (json_int_t)m->open_max,
						      "refused",
						      (json_int_t)m->refused));
	}
	return out;
}

void
emu_mail_stats_reset(struct emu_world *w)
{
	for (size_t i = 0; i < w->account_count; i++) {
		struct emu_mailbox *m = w->accounts[i]->mail;

		if (m) {
			m->units_used = m->refused = 0;
			m->open_max = (uint64_t)m->open;
		}
	}
}
