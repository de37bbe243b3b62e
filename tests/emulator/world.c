/* SPDX-License-Identifier: Apache-2.0 */
/* The clock, the options, and how accounts and calendar lists begin. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mail.h"
#include "member.h"

static int64_t
real_ms(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_REALTIME, &t) != 0)
		abort();
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
emu_now_ms(const struct emu_world *w)
{
	return real_ms() + w->clock_add_ms;
}

int64_t
emu_change_ms(struct emu_world *w)
{
	int64_t now = emu_now_ms(w);

	w->last_ms = now > w->last_ms ? now : w->last_ms + 1;
	return w->last_ms;
}

void
emu_options_free(struct emu_options *o)
{
	free(o->grant_scopes);
	free(o->userinfo_email);
	free(o->quota_retry_after);
	free(o->quota_reason);
	free(o->mail_quota_reason);
	free(o->mail_quota_message);
	free(o->client_id);
	free(o->client_secret);
	free(o->redirect_uris);
	free(o->auth_error);
	free(o->auth_description);
	free(o->auth_issuer);
	free(o->linkedin_client_id);
	free(o->linkedin_client_secret);
	free(o->linkedin_redirect_uris);
	free(o->linkedin_scopes);
	free(o->linkedin_account);
	free(o->linkedin_dates);
	free(o->linkedin_lists);
	free(o->linkedin_links);
	*o = (struct emu_options){ 0 };
}

void
emu_options_reset(struct emu_options *o)
{
	emu_options_free(o);
	o->expires_in = 3599;
	o->quota_window_s = 60;
	o->quota_status = 403;
	o->mail_quota_status = 429;
	o->mail_prices = 2026;
	o->mail_page_life_s = 7 * EMU_DAY;
	o->gzip = true;
	o->client_id = emu_strdup("emu-client.apps.googleusercontent.com");
	o->client_secret = emu_strdup("GOCSPX-emulator-secret");
	o->linkedin_expires_in = 60 * EMU_DAY;
	o->linkedin_page_rows = 100;
	o->linkedin_replay_percent = 2;
	o->linkedin_shuffle = o->linkedin_dup_rows = true;
	o->linkedin_short_pages = o->linkedin_noise = true;
	o->linkedin_dates = emu_strdup("archive");
	o->linkedin_lists = emu_strdup("string");
	o->linkedin_links = emu_strdup("relative");
	o->linkedin_client_id = emu_strdup("emu-linkedin-app");
	o->linkedin_client_secret = emu_strdup("WPL_AP1.emu/secret+=.x==");
	o->linkedin_redirect_uris =
		emu_strdup("http://127.0.0.1:8765/callback");
	o->linkedin_scopes =
		emu_strdup("openid profile email r_dma_portability_3rd_party "
			   "r_dma_portability_self_serve");
}

struct emu_world *
emu_world_new(uint64_t seed, int64_t now_ms, bool fixed)
{
	struct emu_world *w = emu_alloc(sizeof(*w));

	if (pthread_rwlock_init(&w->lock, NULL) ||
	    pthread_mutex_init(&w->quota_lock, NULL))
		abort();
	w->seed = seed;
	w->clock_add_ms = fixed ? now_ms - real_ms() : 0;
	w->ref_s = fixed ? now_ms / 1000
			 : emu_floor_day(real_ms() / 1000) * EMU_DAY;
	emu_options_reset(&w->options);
	return w;
}

static void
account_free(struct emu_account *a)
{
	for (size_t i = 0; i < a->cal_count; i++)
		emu_cal_free(a->cals[i]);
	free(a->cals);
	emu_mailbox_free(a->mail);
	emu_member_free(a->member);
	free(a->email);
	free(a->name);
	free(a->sub);
	emu_pool_free(a->pool);
	free(a);
}

void
emu_world_free(struct emu_world *w)
{
	for (size_t i = 0; i < w->account_count; i++)
		account_free(w->accounts[i]);
	free(w->accounts);
	emu_options_free(&w->options);
	pthread_rwlock_destroy(&w->lock);
	pthread_mutex_destroy(&w->quota_lock);
	free(w);
}

struct emu_account *
emu_find_account(struct emu_world *w, const char *email)
{
	for (size_t i = 0; i < w->account_count; i++)
		if (strcmp(w->accounts[i]->email, email) == 0)
			return w->accounts[i];
	return NULL;
}

struct emu_cal *
emu_find_calendar(struct emu_account *a, const char *id)
{
	bool primary = strcmp(id, "primary") == 0;

	for (size_t i = 0; i < a->cal_count; i++)
		if (primary ? a->cals[i]->primary
			    : strcmp(a->cals[i]->id, id) == 0)
			return a->cals[i];
	return NULL;
}

void
emu_list_changed(struct emu_cal *c)
{
	c->list_seq = ++c->account->list_seq;
	c->updated_ms = emu_change_ms(c->account->world);
}

struct emu_cal *
emu_add_calendar(struct emu_account *a, const char *id, const char *summary,
		 uint64_t events)
{
	struct emu_cal *c = emu_alloc(sizeof(*c));
	char made[80];

	if (!id) {
		(void)snprintf(
			made, sizeof(made),
			"c_%016llx@group.calendar.google.com",
			(unsigned long long)emu_draw(a->key, a->cal_count));
		id = made;
	}
	c->account = a;
	c->id = emu_strdup(id);
	c->summary = emu_strdup(summary);
	c->self_email = emu_strdup(a->email);
	c->role = emu_strdup("owner");
	c->zone = emu_zone_find("Europe/Madrid");
	c->flavor = EMU_GROUP;
	c->selected = true;
	c->key = emu_draw(a->key, emu_hash(id));
	c->base_count = events;
	c->updated_ms = (a->world->ref_s - 100LL * EMU_DAY) * 1000;
	if (events)
		c->touched = emu_alloc((size_t)events / 8 + 1);
	a->cals = emu_realloc(a->cals,
			      (a->cal_count + 1) * sizeof(struct emu_cal *));
	a->cals[a->cal_count++] = c;
	return c;
}

/* A calendar that belongs to somebody else. */
static struct emu_cal *
add_shared(struct emu_account *a, const char *id, const char *summary,
	   const char *role, uint64_t events)
{
	struct emu_cal *c = emu_add_calendar(a, id, summary, events);

	emu_set_text(&c->role, role);
	emu_set_text(&c->self_email, emu_person_email(a->pool, a->cal_count));
	emu_set_text(&c->owner, c->self_email);
	c->flavor = EMU_NORMAL;
	c->zone = emu_zone_at(a->cal_count);
	return c;
}

/* Every kind of calendar that a list can hold. */
static void
add_mix(struct emu_account *a, uint64_t events)
{
	struct emu_cal *c;

	emu_add_calendar(a, NULL, "Team", events / 4);
	c = emu_add_calendar(a, NULL, "Side project \U0001F6E0", events / 7);
	emu_set_text(&c->override, "My side project");
	add_shared(a, NULL, "Shared: boss", "reader", 20);
	add_shared(a, NULL, "Shared: not shown", "reader", 20)->selected =
		false;
	add_shared(a, NULL, "Busy colleague", "freeBusyReader", 15);
	c = add_shared(a, "en.example#holiday@group.v.calendar.google.com",
		       "Holidays in Example", "reader", 24);
	emu_set_text(&c->self_email, c->id);
	emu_set_text(&c->owner, NULL);
	c->flavor = EMU_HOLIDAYS;
	c = add_shared(a, "addressbook#contacts@group.v.calendar.google.com",
		       "Birthdays", "reader", 10);
	emu_set_text(&c->self_email, a->email);
	emu_set_text(&c->owner, NULL);
	c->flavor = EMU_BIRTHDAYS;
	c = add_shared(a, NULL, "Hidden \"archive\"", "writer", 12);
	c->hidden = true;
	c->selected = false;
}

static void
add_calendars(struct emu_account *a, uint64_t events, uint64_t count)
{
	static const char *const zones[] = { "Europe/Madrid", "UTC",
					     "America/New_York",
					     "Asia/Kathmandu" };
	bool mix = count == 0;
	uint64_t rest = mix ? events / 4 + events / 7 : 0, each = 0;
	struct emu_cal *c;

	if (count > 1) {
		each = events * 2 / 5 / (count - 1);
		rest = each * (count - 1);
	}
	c = emu_add_calendar(a, a->email, a->email, events - rest);
	c->primary = true;
	c->flavor = EMU_NORMAL;
	if (mix && events)
		add_mix(a, events);
	for (uint64_t i = 1; i < count; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "Calendar %u", (unsigned)i);
		c = emu_add_calendar(a, NULL, name, each);
		c->zone = emu_zone_find(zones[i % EMU_COUNT(zones)]);
	}
}

static char *
display_name(const char *email)
{
	char *name = emu_strndup(email, strcspn(email, "@"));

	if (name[0] >= 'a' && name[0] <= 'z')
		name[0] = (char)(name[0] - 'a' + 'A');
	return name;
}

struct emu_account *
emu_add_account(struct emu_world *w, const char *spec)
{
	char *text = emu_strdup(spec), *cals, *events;
	struct emu_account *a = NULL;
	uint64_t n = 0, count = 0;

	cals = strrchr(text, ':');
	if (cals)
		*cals++ = '\0';
	events = strrchr(text, ':');
	if (events)
		*events++ = '\0';
	if (!cals || !events || !emu_parse_u64(events, &n) || n > 100000000 ||
	    !strchr(text, '@') ||
	    (strcmp(cals, "mix") != 0 &&
	     (!emu_parse_u64(cals, &count) || count == 0 || count > 5000)) ||
	    emu_find_account(w, text))
		goto out;
	a = emu_alloc(sizeof(*a));
	a->world = w;
	a->email = emu_strdup(text);
	a->name = display_name(text);
	a->index = w->account_count;
	a->key = emu_draw(w->seed, emu_hash(text));
	a->sub = emu_alloc(24);
	(void)snprintf(a->sub, 24, "104%018llu",
		       (unsigned long long)(a->key % 1000000000000000000ULL));
	a->pool = emu_pool_new(a->key, n);
	a->member = emu_member_new(a);
	add_calendars(a, n, count);
	w->accounts =
		emu_realloc(w->accounts, (w->account_count + 1) *
						 sizeof(struct emu_account *));
	w->accounts[w->account_count++] = a;
out:
	free(text);
	return a;
}
