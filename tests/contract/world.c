/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/contract/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"

#include "core/net/http.h"

#include "state/clients.h"
#include "state/connections.h"
#include "state/store_pg.h"
#include "tests/contract/time.h"
#include "tests/support/store_kit.h"

#define FILE_MAX  (64u * 1024)
#define FAR_US    (INT64_C(30) * 86400 * SL_US_PER_S)
#define EMAIL_MAX 64

static struct sl_test_db *database;
static struct sl_keyring *keyring;
static struct sl_seeded_rng rng; /* of the program: run ids differ */

/* Connections are dear: the program has one of each kind. */
static struct sl_store *store;
static void (*free_store)(struct sl_store **store);
static struct sl_pg *login;

static void
must(sl_status status, const struct sl_error *err, const char *what)
{
	if (status != SL_OK)
		fail_msg("%s: %s: %s", what, sl_status_name(status), err->text);
}

/* ---- the program's ---- */

static struct sl_keyring *
new_keys(void)
{
	static const char line[] =
		"k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n";
	char path[] = "/tmp/sluice-contract-keys-XXXXXX";
	struct sl_keyring *ring = NULL;
	struct sl_error err;
	int fd = mkstemp(path);

	SL_ASSERT(fd >= 0);
	SL_ASSERT(write(fd, line, sizeof(line) - 1) == sizeof(line) - 1);
	(void)close(fd);
	(void)chmod(path, 0600);
	must(sl_keyring_load(path, &ring, &err), &err, "keys");
	(void)unlink(path);
	return ring;
}

/** A connector that is no part of the build brings its migration along. */
static void
migrate(const char *path)
{
	char text[FILE_MAX];
	FILE *file = fopen(path, "r");
	size_t len;

	if (file == NULL)
		fail_msg("%s: not there (run from the top of the tree)", path);
	SL_ASSERT(file != NULL);
	len = fread(text, 1, sizeof(text) - 1, file);
	(void)fclose(file);
	text[len] = '\0';
	sl_test_db_exec(database, "%s", text);
}

static void
keep_store(struct sl_store **mine)
{
	*mine = NULL;
}

static sl_status
lend_store(void *ctx, struct sl_store **out, struct sl_error *err)
{
	(void)ctx, (void)err;
	*out = store;
	return SL_OK;
}

static void
connect_all(void)
{
	const char *url = sl_test_db_url(database);
	struct sl_error err;

	must(sl_pg_connect(url, &login, &err), &err, "connect");
	must(sl_store_pg_open(url, &store, &err), &err, "store");
	free_store = store->free;
	store->free = keep_store;
}

void
world_open(void)
{
	database = sl_test_db_new();
	sl_seeded_rng_init(&rng, 7);
	keyring = new_keys();
	for (const struct contract_row *row = contract_connectors;
	     row->connector != NULL; row++)
		if (row->kit->migration != NULL)
			migrate(row->kit->migration);
	connect_all();
}

void
world_close(void)
{
	free_store(&store);
	sl_pg_free(&login);
	sl_keyring_free(&keyring);
	sl_test_db_free(&database);
}

/* ---- accounts ---- */

static void
seal(struct contract_world *w, const struct sl_seal_binding *binding,
     const char *plain, struct sl_arena *arena, struct sl_sealed *out)
{
	SL_AUTO_SECRET secret = { 0 };
	struct sl_error err;

	sl_secret_set(&secret, plain, strlen(plain));
	must(sl_seal(w->keys, &sl_system_rng, binding, &secret, arena, out,
		     &err),
	     &err, "seal");
}

static void
put_client(struct contract_world *w, struct sl_arena *arena,
	   struct sl_client_row *client)
{
	static const char *const none[] = { NULL };
	struct sl_seal_binding binding = { "", client->id,
					   SL_CLIENT_SECRET_PURPOSE };
	struct sl_error err;
	bool created;

	client->provider = w->row->connector->provider->name;
	client->client_id = "contract";
	client->kind = "installed";
	client->redirect_uris = none;
	must(sl_client_id(w->pg, client->provider, client->client_id,
			  client->id, &err),
	     &err, "client id");
	seal(w, &binding, "client-secret", arena, &client->secret);
	must(sl_client_put(w->pg, client, &created, &err), &err, "client");
}

static const char *
all_scopes(const struct sl_connector *connector, struct sl_arena *arena)
{
	const char *all = "";

	for (const char *const *s = connector->scopes; *s != NULL; s++)
		all = sl_arena_printf(arena, "%s %s", all, *s);
	return all;
}

void
world_connect(struct contract_world *w, struct contract_account *account)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const struct sl_connector *connector = w->row->connector;
	struct sl_grant_found found = { .exists = false };
	struct sl_client_row client = { .kind = NULL };
	struct sl_sealed access, refresh;
	const struct sl_connection_use uses[] = {
		{ connector->name, connector->default_interval_s },
		{ NULL, 0 },
	};
	struct sl_connection c = {
		.key = { account->user, connector->name, "subject" },
		.grant_id = found.id,
		.client_row = client.id,
		.provider = connector->provider->name,
		.uses = uses,
		.email = w->row->kit->account,
		.scopes = all_scopes(connector, arena),
		.access = &access,
		.refresh = &refresh,
		.access_expires_us = WORLD_NOW_US + FAR_US,
		.refresh_expires_us = SL_NO_TIME,
	};
	struct sl_connected done;
	struct sl_error err;

	put_client(w, arena, &client);
	must(sl_connection_find(w->pg, &c.key, client.id, &found, &err), &err,
	     "grant id");
	seal(w,
	     &(struct sl_seal_binding){ account->user, found.id,
					SL_ACCESS_TOKEN_PURPOSE },
	     FEED_ACCESS_TOKEN, arena, &access);
	seal(w,
	     &(struct sl_seal_binding){ account->user, found.id,
					SL_REFRESH_TOKEN_PURPOSE },
	     FEED_REFRESH_TOKEN, arena, &refresh);
	must(sl_connection_save(w->pg, &c, &done, &err), &err, "connect");
	memcpy(account->integration, done.integration_id,
	       sizeof(account->integration));
}

static void
new_account(struct contract_world *w, struct contract_account *account)
{
	static int serial;
	char email[EMAIL_MAX];

	(void)snprintf(email, sizeof(email), "user%d@example.net", ++serial);
	sl_test_db_user(w->db, email, account->user);
	world_connect(w, account);
}

void
world_init(struct contract_world *w, const struct contract_row *row)
{
	*w = (struct contract_world){
		.row = row, .db = database, .pg = login, .keys = keyring
	};
	w->registry[0] = row->connector;
	time_init(&w->time, WORLD_NOW_US);
	feed_start(&w->feed, row->kit, &w->time.clock);
	new_account(w, &w->subject);
	new_account(w, &w->twin);
}

void
world_release(struct contract_world *w)
{
	feed_stop(&w->feed);
	time_release(&w->time);
}

/* ---- runs ---- */

static const char *
endpoint(void *ctx, const struct sl_provider *provider, const char *name)
{
	static char url[2][64];
	const struct contract_world *w = ctx;
	bool token = strcmp(name, SL_ENDPOINT_TOKEN) == 0;

	(void)provider;
	(void)snprintf(url[token], sizeof(url[token]), "http://127.0.0.1:%d/%s",
		       w->feed.server.port, token ? "token" : "api");
	return url[token];
}

static void
on_report(void *ctx, const struct sl_run_report *report)
{
	struct contract_world *w = ctx;

	(void)snprintf(w->last.status, sizeof(w->last.status), "%s",
		       report->status);
	w->last.tally = report->tally;
	w->last.error = (struct sl_error){ .status = SL_OK };
	if (report->error != NULL)
		w->last.error = *report->error;
}

static struct sl_http *
new_http(struct contract_world *w)
{
	struct sl_http_config config = { .clock = &w->time.clock,
					 .user_agent = "sluice-test (gzip)",
					 .slow_seconds = w->slow_seconds };
	struct sl_http *http;
	struct sl_error err;

	must(sl_http_new(&config, &http, &err), &err, "http");
	w->time.real = sl_http_transport(http);
	return http;
}

static void
new_engine(struct contract_world *w)
{
	struct sl_engine_config config = {
		.transport = &w->time.transport,
		.stores = { .open = lend_store },
		.registry = w->registry,
		.clock = &w->time.clock,
		.rng = &rng.rng,
		.keys = w->keys,
		.endpoint = endpoint,
		.endpoint_ctx = w,
		.owner = kit_owner(),
		.retry = sl_retry_default,
		.workers = 1, /* time may jump only when all are idle */
		.body_budget = w->body_budget,
		.max_time_us = w->max_time_us,
		.quota = true,
	};
	struct sl_error err;

	must(sl_engine_new(&config, &w->engine, &err), &err, "engine");
}

/* Between two runs passes whatever time the provider asked for. */
static void
let_deadlines_pass(struct contract_world *w)
{
	sl_test_db_exec(w->db, "UPDATE sluice.schedule SET not_before = NULL "
			       "WHERE not_before IS NOT NULL");
	sl_test_db_exec(w->db, "DELETE FROM sluice.quota_blocks");
	sl_test_db_exec(w->db, "DELETE FROM sluice.quota_usage");
}

static void
run(struct contract_world *w, const struct contract_account *account,
    struct sl_work work)
{
	struct sl_observer observer = { .report = on_report, .ctx = w };
	struct sl_http *http = new_http(w);
	int64_t began = sl_mono_us(&w->time.clock);
	struct sl_error err;

	work.target.provider = w->row->connector->name;
	work.target.account = w->row->kit->account;
	memcpy(work.target.user_id, account->user, sizeof(account->user));
	memcpy(work.target.integration_id, account->integration,
	       sizeof(account->integration));
	let_deadlines_pass(w);
	feed_forget_requests(&w->feed);
	new_engine(w);
	must(sl_engine_run(w->engine, &work, 1, &observer, &err), &err, "run");
	sl_engine_free(&w->engine);
	sl_http_free(&http);
	w->last.waited_us = sl_mono_us(&w->time.clock) - began;
}

void
world_run(struct contract_world *w)
{
	run(w, &w->subject, (struct sl_work){ .trigger = "manual" });
}

/* Waits of the runs before count as passed: a walk that seems to have begun
 * later than now would do for what is asked for now. */
static void
let_walks_be_past(struct contract_world *w)
{
	sl_test_db_exec(w->db,
			"UPDATE sync_state SET walk_started_at = now() "
			"WHERE user_id = '%s' AND walk_started_at > now()",
			w->subject.user);
}

void
world_run_full(struct contract_world *w)
{
	let_walks_be_past(w);
	run(w, &w->subject,
	    (struct sl_work){ .trigger = "manual", .full = true });
}

void
world_run_scheduled(struct contract_world *w)
{
	run(w, &w->subject, (struct sl_work){ .trigger = "schedule" });
}

void
world_twin(struct contract_world *w)
{
	contract_spoil spoil = w->feed.spoil, read = w->feed.spoil_read;
	const char *accepts = w->feed.accepts;

	w->feed.spoil = w->feed.spoil_read = NULL;
	w->feed.accepts = NULL;
	run(w, &w->twin, (struct sl_work){ .trigger = "manual" });
	assert_string_equal(w->last.status, "ok");
	w->feed.spoil = spoil;
	w->feed.spoil_read = read;
	w->feed.accepts = accepts;
}

void
world_begin(struct contract_world *w)
{
	world_run(w);
	assert_string_equal(w->last.status, "ok");
	world_twin(w);
}

/* ---- what came of it ---- */

void
world_ended(const struct contract_world *w, const char *status,
	    sl_status remedy, sl_scope scope)
{
	const struct contract_run *r = &w->last;
	const struct sl_stream_kind *kind = w->row->connector->kinds;

	while (strcmp(kind->name, w->row->kit->kind) != 0)
		kind++;
	/* What opened the stream, or what lies beside it, went well: the run
	 * failed in part. */
	if (strcmp(status, "stream") == 0)
		status = kind->opened_by != NULL || w->row->kit->counted
				 ? "partial"
				 : "failed";
	if (strcmp(r->status, status) != 0 || r->error.status != remedy ||
	    (remedy != SL_OK && r->error.scope != scope))
		fail_msg("the run is %s, %s, %s (%s); wanted %s, %s, %s",
			 r->status, sl_status_name(r->error.status),
			 sl_scope_name(r->error.scope), r->error.text, status,
			 sl_status_name(remedy), sl_scope_name(scope));
}

void
world_listings(const struct contract_world *w, int wanted)
{
	if (w->feed.listings != wanted)
		fail_msg("%d requests for the listing, wanted %d",
			 w->feed.listings, wanted);
}

void
world_asked_once(const struct contract_world *w)
{
	if (w->feed.listings + w->feed.polls != 1)
		fail_msg("%d requests for the listing, wanted one",
			 w->feed.listings + w->feed.polls);
}

void
world_silent(const struct contract_world *w)
{
	const struct contract_feed *feed = &w->feed;

	assert_int_equal(feed->listings + feed->polls + feed->tokens +
				 feed->others + feed->singles + feed->groups,
			 0);
}

const char *
world_follower(const struct contract_world *w)
{
	const struct contract_kit *kit = w->row->kit;

	return kit->refs != NULL ? kit->refs->follows : kit->kind;
}

void
world_open_versions(struct contract_world *w)
{
	if (w->row->kit->refs != NULL)
		world_begin(w);
}

const char *
world_position(const struct contract_world *w, int n)
{
	assert_in_range(n, 1, w->feed.listings);
	return w->feed.positions[n - 1];
}
