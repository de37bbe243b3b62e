/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/contract/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"
#include "core/net/url.h"

#include "tests/contract/frame.h"

#define TEXT_MAX (16u * 1024 * 1024)

/* raw_server's handlers know no owner; one feed is played at a time. */
static struct contract_feed *playing;

const char *
contract_param(struct sl_arena *arena, const char *query, const char *name)
{
	return sl_url_query_get(arena, query, name);
}

void
contract_quote(struct sl_buf *out, const char *text)
{
	json_auto_t *value = json_string(text);
	char *quoted = json_dumps(value, JSON_ENCODE_ANY);

	SL_ASSERT(quoted != NULL);
	sl_buf_adds(out, quoted);
	free(quoted);
}

/* ---- the items ---- */

static size_t
put(struct contract_feed *feed, struct contract_item item)
{
	SL_ASSERT(feed->count < FEED_ITEMS_MAX);
	feed->items[feed->count] = item;
	feed->changed[feed->count] = ++feed->seq;
	feed->items[feed->count].version = feed->seq;
	feed->items[feed->count].born = feed->seq;
	feed->items[feed->count].first = item.title;
	return feed->count++;
}

struct contract_item *
feed_add(struct contract_feed *feed, const char *id, const char *title)
{
	return &feed->items[put(
		feed, (struct contract_item){ .id = id, .title = title })];
}

void
feed_add_whole(struct contract_feed *feed, const char *json)
{
	feed->whole[put(feed, (struct contract_item){ .id = "" })] = json;
}

void
feed_fill(struct contract_feed *feed, int count)
{
	static char ids[FEED_ITEMS_MAX][16];

	for (int i = 0; i < count; i++) {
		(void)snprintf(ids[i], sizeof(ids[i]), "id%d", i + 1);
		(void)feed_add(feed, ids[i], "As it was");
	}
}

static void
touch(struct contract_feed *feed, size_t at)
{
	SL_ASSERT(at < feed->count);
	feed->changed[at] = ++feed->seq;
	feed->items[at].version = feed->seq;
}

void
feed_change(struct contract_feed *feed, size_t at, const char *title)
{
	touch(feed, at);
	feed->items[at].title = title;
}

void
feed_bury(struct contract_feed *feed, size_t at)
{
	touch(feed, at);
	feed->items[at].gone = true;
}

void
feed_return(struct contract_feed *feed, size_t at, const char *title)
{
	feed_change(feed, at, title);
	feed->items[at].back = feed->items[at].gone;
	feed->items[at].gone = false;
}

void
feed_lose(struct contract_feed *feed, size_t at)
{
	feed->items[at].gone = true;
	feed->changed[at] = 0;
}

/** In a page of a feed of refs: a ref, or what changed. */
static void
write_item(struct contract_feed *feed, const struct contract_exchange *x,
	   const struct contract_item *item, struct sl_buf *out)
{
	const struct contract_refs *refs = feed->kit->refs;

	if (refs == NULL || x->request->asks != CONTRACT_LISTING)
		feed->kit->item(item, out);
	else if (x->page.changes)
		refs->change(item, item->born > x->since, out);
	else
		refs->ref(item, out);
}

const char *
feed_item(struct contract_feed *feed, struct contract_exchange *x,
	  const struct contract_item *item)
{
	SL_AUTO_BUF text;

	sl_buf_init(&text, TEXT_MAX);
	write_item(feed, x, item, &text);
	SL_ASSERT(!text.overflow);
	return sl_arena_strndup(x->arena, sl_buf_text(&text), text.len);
}

static const char *
show(struct contract_feed *feed, struct contract_exchange *x, size_t at)
{
	struct contract_item light = feed->items[at];

	if (feed->whole[at] != NULL)
		return feed->whole[at];
	if (x->request->light) {
		light.first = "";
		if (feed->kit->refs == NULL)
			light.title = "";
		light.title_json = light.more_json = NULL;
	}
	return feed_item(feed, x, &light);
}

/* ---- the listing ---- */

/** A moment of a counted feed is told again by the next window. */
static bool
is_after(const struct contract_feed *feed, size_t at, int64_t since)
{
	return feed->changed[at] > since - feed->kit->counted;
}

/** What a walk, or a list of changes, holds, in its order. */
static size_t
listed(const struct contract_feed *feed, int64_t since, size_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < feed->count; i++)
		if (since < 0 ? !feed->items[i].gone : is_after(feed, i, since))
			out[n++] = i;
	/* changes come in the order in which they happened */
	for (size_t i = 1; since >= 0 && i < n; i++)
		for (size_t k = i;
		     k > 0 && feed->changed[out[k - 1]] > feed->changed[out[k]];
		     k--) {
			size_t swap = out[k];

			out[k] = out[k - 1];
			out[k - 1] = swap;
		}
	return n;
}

int
feed_expired(const struct contract_feed *feed, const char *position)
{
	if (feed->kit->refs != NULL && *position != 's')
		return feed->kit->page_expired;
	return feed->kit->sync_expired;
}

struct stand {
	int64_t since;  /* -1 = a walk */
	int64_t offset; /* items before this page */
	int64_t seq;    /* of the walk's start */
};

static bool
read_position(const struct contract_feed *feed, const char *position,
	      struct stand *at)
{
	char *end = NULL;
	int64_t first, second = 0;

	*at = (struct stand){ .since = -1, .seq = feed->seq };
	if (position == NULL)
		return true;
	first = strtoll(position + 1, &end, 10);
	if (*end == '.')
		second = strtoll(end + 1, &end, 10);
	if (*end != '\0' && *end != '-') /* "-": a case's own suffix */
		return false;
	if (*position == 'w')
		*at = (struct stand){ -1, first, second };
	else
		*at = (struct stand){ first, second, feed->seq };
	if (feed->kit->refs != NULL && at->since > feed->seq)
		return false; /* nobody has been there */
	return strchr("wsc", *position) != NULL;
}

static void
fill_page(struct contract_feed *feed, struct contract_exchange *x,
	  const struct stand *at)
{
	size_t order[FEED_ITEMS_MAX], all = listed(feed, at->since, order);
	int64_t most = feed->per_page, end;

	if (x->request->limit > 0 && x->request->limit < most)
		most = x->request->limit;
	end = at->offset + most;
	x->since = at->since;
	x->page.changes = at->since >= 0;
	x->page.seq = feed->seq;
	for (int64_t i = at->offset; i < end && i < (int64_t)all; i++)
		x->items[x->page.count++] = show(feed, x, order[i]);
	x->page.items = x->items;
	if (end < (int64_t)all && at->since < 0)
		x->page.next =
			sl_arena_printf(x->arena, "w%lld.%lld", (long long)end,
					(long long)at->seq);
	else if (end < (int64_t)all)
		x->page.next =
			sl_arena_printf(x->arena, "c%lld.%lld",
					(long long)at->since, (long long)end);
	else
		x->page.sync =
			sl_arena_printf(x->arena, "s%lld", (long long)at->seq);
}

static void
render(struct contract_feed *feed, struct contract_exchange *x)
{
	if (x->body.len > 0 || x->status != 200)
		return;
	feed->kit->page(&x->page, &x->body);
	SL_ASSERT(!x->body.overflow);
}

static bool
is_poll(const struct contract_feed *feed, const struct contract_exchange *x)
{
	const char *position = x->request->position;

	if (feed->kit->counted) /* it ends a window */
		return x->status == 200 && x->page.count == 0;
	return feed->kit->refs != NULL && position != NULL &&
	       *position == 's' && x->status == 200 && x->page.count == 0;
}

static void
note_listing(struct contract_feed *feed, struct contract_exchange *x)
{
	int n;

	if (is_poll(feed, x)) {
		feed->polls++;
		return;
	}
	n = feed->listings++;
	x->number = feed->listings;
	if (n >= FEED_LISTINGS_MAX)
		return;
	(void)snprintf(feed->positions[n], FEED_POSITION_MAX, "%s",
		       x->request->position ? x->request->position : "");
	feed->times_us[n] = sl_mono_us(feed->clock);
}

static void
list(struct contract_feed *feed, struct contract_exchange *x)
{
	struct stand at;

	if (read_position(feed, x->request->position, &at))
		fill_page(feed, x, &at);
	else
		x->status = feed_expired(feed, x->request->position);
	note_listing(feed, x);
	/* Who asks this often will not stop: an end, for the test to tell. */
	if (feed->spoil != NULL && x->number <= FEED_LISTINGS_MAX)
		feed->spoil(feed, x);
	render(feed, x);
}

/* ---- items by their id, and groups of them ---- */

static bool
is_lost(const struct contract_feed *feed, size_t at)
{
	return feed->items[at].gone && feed->changed[at] == 0;
}

static bool
has_id(const struct contract_item *item, const char *id)
{
	size_t len = strlen(id);

	if (item->id_json == NULL)
		return strcmp(item->id, id) == 0;
	return strlen(item->id_json) == len + 2 &&
	       strncmp(item->id_json + 1, id, len) == 0;
}

static void
one_item(struct contract_feed *feed, struct contract_exchange *x)
{
	feed->singles++;
	x->status = 404;
	for (size_t i = 0; i < feed->count; i++) {
		if (is_lost(feed, i) ||
		    !has_id(&feed->items[i], x->request->item_id))
			continue;
		x->status = 200;
		sl_buf_adds(&x->body, show(feed, x, i));
	}
}

static void
one_group(struct contract_feed *feed, struct contract_exchange *x)
{
	feed->groups++;
	x->page.items = x->items;
	for (size_t i = 0; i < feed->count; i++)
		if (!is_lost(feed, i) &&
		    sl_text_equal(feed->items[i].group, x->request->item_id))
			x->items[x->page.count++] = show(feed, x, i);
	if (x->page.count == 0)
		x->status = 404;
	else
		feed->kit->refs->group(&x->page, &x->body);
	SL_ASSERT(!x->body.overflow);
}

/** The answer as it would be is in the body: a case may put another there. */
static void
read_items(struct contract_feed *feed, struct contract_exchange *x)
{
	if (x->request->asks == CONTRACT_ITEM)
		one_item(feed, x);
	else
		one_group(feed, x);
	x->number = feed->singles + feed->groups;
	if (feed->spoil_read != NULL)
		feed->spoil_read(feed, x);
}

static void
tokens(struct contract_feed *feed, struct contract_exchange *x)
{
	feed->tokens++;
	if (feed->token_status != 0)
		x->status = feed->token_status;
	if (feed->token_body != NULL)
		sl_buf_adds(&x->body, feed->token_body);
	else
		sl_buf_addf(&x->body,
			    "{\"access_token\":\"%s\",\"expires_in\":3600,"
			    "\"token_type\":\"Bearer\"}",
			    feed->accepts ? feed->accepts : "at-2");
}

static void
answer(struct contract_feed *feed, struct contract_exchange *x,
       const char *target)
{
	struct contract_request request = { .asks = CONTRACT_OTHER };
	char *path = sl_arena_strndup(x->arena, target, strcspn(target, "?"));

	x->request = &request;
	if (strcmp(path, "/token") == 0) {
		tokens(feed, x);
		return;
	}
	SL_ASSERT(strncmp(path, "/api", 4) == 0);
	feed->kit->recognise(path + 4, target, x->arena, &request);
	if (request.asks == CONTRACT_LISTING)
		list(feed, x);
	else if (request.asks != CONTRACT_OTHER)
		read_items(feed, x);
	else {
		feed->others++;
		feed->kit->other(path + 4, target, feed->seq, &x->body);
	}
}

/** The bearer of the request that this thread has just received. */
static const char *
bearer(struct contract_feed *feed, struct sl_arena *arena)
{
	const char *line;
	char *copy = NULL;

	(void)pthread_mutex_lock(&feed->server.mutex);
	line = strcasestr(feed->server.last, "\r\nAuthorization: Bearer ");
	if (line != NULL)
		copy = sl_arena_strndup(arena, line + 24,
					strcspn(line + 24, "\r"));
	(void)pthread_mutex_unlock(&feed->server.mutex);
	return copy;
}

static enum raw_after
handle(int fd, const char *target)
{
	struct contract_feed *feed = playing;
	SL_AUTO_ARENA arena = sl_arena_new();
	struct contract_exchange x = {
		.arena = arena,
		.status = 200,
		.type = "application/json; charset=utf-8",
		.headers = "",
	};
	enum raw_after after;

	sl_buf_init(&x.body, TEXT_MAX);
	(void)pthread_mutex_lock(&feed->mutex);
	x.bearer = bearer(feed, arena);
	answer(feed, &x, target);
	(void)pthread_mutex_unlock(&feed->mutex);
	after = frame_send(fd, &x);
	sl_buf_release(&x.body);
	return after;
}

/* ---- the feed as a whole ---- */

void
feed_forget_requests(struct contract_feed *feed)
{
	(void)pthread_mutex_lock(&feed->mutex);
	feed->listings = feed->polls = feed->tokens = feed->others = 0;
	feed->singles = feed->groups = 0;
	(void)pthread_mutex_unlock(&feed->mutex);
}

void
feed_reset(struct contract_feed *feed)
{
	feed_forget_requests(feed);
	feed->count = 0;
	feed->seq = 0;
	feed->per_page = 3;
	feed->spoil = feed->spoil_read = NULL;
	feed->spoil_ctx = NULL;
	feed->token_status = 0;
	feed->token_body = NULL;
	feed->accepts = NULL;
	memset(feed->whole, 0, sizeof(feed->whole));
}

void
feed_start(struct contract_feed *feed, const struct contract_kit *kit,
	   const struct sl_clock *clock)
{
	feed->kit = kit;
	feed->clock = clock;
	(void)pthread_mutex_init(&feed->mutex, NULL);
	feed_reset(feed);
	playing = feed;
	raw_start(&feed->server, handle);
}

void
feed_stop(struct contract_feed *feed)
{
	raw_stop(&feed->server);
	(void)pthread_mutex_destroy(&feed->mutex);
	playing = NULL;
}
