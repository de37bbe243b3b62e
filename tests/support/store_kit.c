/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/store_kit.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"

#include "core/people/address.h"

#include "state/store_pg.h"

static const struct sl_stream_kind kinds[] = {
	{ .name = "calendars", .title = "Calendars", .map_version = 1 },
	{ .name = "events",
	  .title = "Events",
	  .opened_by = "calendars",
	  .map_version = 1 },
	{ .name = NULL },
};

const struct sl_connector kit_connector = {
	.name = "google_calendar",
	.title = "Google Calendar",
	.kinds = kinds,
};

static const struct sl_stream_kind mail_kinds[] = {
	{ .name = "changes",
	  .title = "New mail",
	  .follows = true,
	  .etag_counts = true,
	  .map_version = 1 },
	{ .name = "backfill",
	  .title = "Mailbox",
	  .opened_by = "changes",
	  .etag_counts = true,
	  .map_version = 1 },
	{ .name = NULL },
};

const struct sl_connector kit_mail_connector = {
	.name = "gmail",
	.title = "Gmail",
	.kinds = mail_kinds,
};

static void
must(struct sl_kit *kit, sl_status status, const char *what)
{
	if (status == SL_OK)
		return;
	(void)fprintf(stderr, "%s: %s %s: %s\n", what, sl_status_name(status),
		      kit->err.sqlstate, kit->err.text);
	abort();
}

struct sl_owner
kit_owner(void)
{
	return (struct sl_owner){ .host = "kit",
				  .boot_id = "boot",
				  .pid = getpid(),
				  .started_us = 1 };
}

static void
open_store(struct sl_kit *kit)
{
	must(kit,
	     sl_store_pg_open(sl_test_db_url(kit->db), &kit->store, &kit->err),
	     "open");
	kit->arena = sl_arena_new();
	kit->keep = sl_arena_new();
	kit->now_us = KIT_NOW;
	sl_page_init(&kit->page, kit->arena);
}

void
kit_init_of(struct sl_kit *kit, const struct sl_connector *connector)
{
	*kit = (struct sl_kit){ .db = sl_test_db_new(),
				.connector = connector };
	sl_test_db_user(kit->db, "me@example.com", kit->user);
	sl_test_db_integration(kit->db, kit->user, connector->name,
			       "me@example.com", kit->integration);
	open_store(kit);
}

void
kit_init(struct sl_kit *kit)
{
	kit_init_of(kit, &kit_connector);
}

void
kit_init_twin(struct sl_kit *kit, const struct sl_kit *other)
{
	*kit = *other;
	open_store(kit);
	kit_reload(kit);
}

void
kit_init_beside(struct sl_kit *kit, const struct sl_kit *other,
		const char *user_id, const char *account)
{
	*kit = (struct sl_kit){ .db = other->db,
				.connector = other->connector };
	if (user_id == NULL)
		sl_test_db_user(kit->db, account, kit->user);
	else
		memcpy(kit->user, user_id, sizeof(kit->user));
	sl_test_db_integration(kit->db, kit->user, kit->connector->name,
			       account, kit->integration);
	open_store(kit);
}

void
kit_release_beside(struct sl_kit *kit)
{
	sl_page_release(&kit->page);
	kit->store->free(&kit->store);
	sl_arena_free(&kit->arena);
	sl_arena_free(&kit->keep);
}

void
kit_release(struct sl_kit *kit)
{
	kit_release_beside(kit);
	sl_test_db_free(&kit->db);
}

sl_status
kit_try_claim(struct sl_kit *kit, const struct sl_owner *owner,
	      const char *run_id, bool *busy)
{
	struct sl_target target = { .provider = kit->connector->name };
	const struct sl_claim claim = { .target = &target,
					.connector = kit->connector,
					.owner = owner,
					.trigger = "manual",
					.run_id = run_id };

	memcpy(target.user_id, kit->user, sizeof(target.user_id));
	memcpy(target.integration_id, kit->integration,
	       sizeof(target.integration_id));
	return kit->store->claim(kit->store, &claim, kit->keep, &kit->account,
				 busy, &kit->err);
}

void
kit_claim(struct sl_kit *kit)
{
	struct sl_owner owner = kit_owner();
	char run_id[SL_UUID_TEXT];
	bool busy = true;

	(void)snprintf(
		run_id, sizeof(run_id), "%s",
		sl_test_db_text(kit->db, "SELECT gen_random_uuid() AS v"));
	must(kit, kit_try_claim(kit, &owner, run_id, &busy), "claim");
	if (busy) {
		(void)fprintf(stderr, "claim: busy\n");
		abort();
	}
}

struct sl_stream_row *
kit_stream(struct sl_kit *kit, const char *kind, const char *key)
{
	for (size_t i = 0; i < kit->account.stream_count; i++) {
		struct sl_stream_row *row = &kit->account.streams[i];

		if (strcmp(row->kind, kind) == 0 && strcmp(row->key, key) == 0)
			return row;
	}
	return NULL;
}

void
kit_reload(struct sl_kit *kit)
{
	must(kit,
	     kit->store->streams(kit->store, &kit->account.lease, kit->keep,
				 &kit->account.streams,
				 &kit->account.stream_count, &kit->err),
	     "streams");
}

struct sl_stream_row *
kit_open(struct sl_kit *kit, const char *key)
{
	struct sl_stream_change *change;
	struct sl_stream_row *row = kit_stream(kit, "calendars", "");

	SL_ASSERT(row != NULL);
	kit_page(kit, row);
	change = sl_page_stream(&kit->page);
	change->kind = "events";
	change->key = sl_arena_strdup(kit->keep, key);
	change->title = "A calendar";
	change->enabled = true;
	kit_commit(kit);
	kit_reload(kit);
	row = kit_stream(kit, "events", key);
	SL_ASSERT(row != NULL);
	return row;
}

static const struct sl_stream_kind *
kind_of(const struct sl_kit *kit, const struct sl_stream_row *stream)
{
	const struct sl_stream_kind *kind = kit->connector->kinds;

	while (strcmp(kind->name, stream->kind) != 0)
		kind++;
	return kind;
}

void
kit_page(struct sl_kit *kit, struct sl_stream_row *stream)
{
	static const struct sl_tally none;
	const struct sl_stream_kind *kind = kind_of(kit, stream);

	SL_ASSERT(stream != NULL);
	sl_page_release(&kit->page);
	sl_arena_reset(kit->arena);
	sl_page_init(&kit->page, kit->arena);
	kit->page.scope_from_us = SL_NO_TIME;
	kit->commit = (struct sl_commit){
		.lease = &kit->account.lease,
		.stream = stream,
		.page = &kit->page,
		.walk_started_us = SL_NO_TIME,
		.map_version = 1,
		.etag_counts = kind->etag_counts,
		.follows = kind->follows,
		.shares_key = sl_kind_shares_key(kit->connector->kinds, kind),
		.sweeps = kind->sweeps,
		.now_us = kit->now_us,
		.people = { .rule = SL_PEOPLE_MET, .max_participants = 25 },
		.trigger = "manual",
		.mode = "incremental",
		.add = &none,
	};
}

struct sl_artifact *
kit_event(struct sl_kit *kit, const char *id, int64_t version,
	  const char *title, int64_t begins_us)
{
	struct sl_artifact *a = sl_page_artifact(&kit->page);

	a->source_id = sl_arena_strdup(kit->arena, id);
	a->source_version = version;
	a->type = "calendar_event";
	a->occurred_us = begins_us;
	a->ends_us =
		begins_us == SL_NO_TIME ? SL_NO_TIME : begins_us + SL_US_PER_S;
	a->reach_us = a->ends_us;
	a->original_start_us = SL_NO_TIME;
	a->title = sl_arena_strdup(kit->arena, title);
	a->metadata = json_pack("{s:s}", "title", title);
	kit->page.items++;
	return a;
}

void
kit_person(struct sl_kit *kit, struct sl_artifact *event, const char *address,
	   const char *role, const char *response)
{
	struct sl_participant *p = sl_artifact_participant(&kit->page, event);

	p->kind = SL_IDENTITY_EMAIL;
	p->value = sl_arena_strdup(kit->arena, address);
	p->role = role;
	p->response = response;
	p->normalised = sl_address_normalise(kit->arena, address);
}

void
kit_tombstone(struct sl_kit *kit, const char *id)
{
	struct sl_tombstone *t = sl_page_tombstone(&kit->page);

	t->source_id = sl_arena_strdup(kit->arena, id);
	t->reason = "cancelled";
	kit->page.items++;
}

static void
digest(EVP_MD_CTX *ctx, const char *text)
{
	if (text != NULL)
		(void)EVP_DigestUpdate(ctx, text, strlen(text));
	(void)EVP_DigestUpdate(ctx, "|", 1);
}

static void
seal(struct sl_artifact *a)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	(void)EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
	digest(ctx, a->title);
	digest(ctx, a->content);
	(void)EVP_DigestUpdate(ctx, &a->occurred_us, sizeof(a->occurred_us));
	for (const struct sl_participant *p = a->participants; p != NULL;
	     p = p->next) {
		digest(ctx, p->value);
		digest(ctx, p->role);
		digest(ctx, p->response);
	}
	(void)EVP_DigestFinal_ex(ctx, a->content_hash, NULL);
	EVP_MD_CTX_free(ctx);
}

sl_status
kit_try_commit(struct sl_kit *kit)
{
	for (struct sl_artifact *a = kit->page.artifacts.first; a != NULL;
	     a = a->next)
		seal(a);
	return kit->store->commit(kit->store, &kit->commit, kit->arena,
				  &kit->outcome, &kit->err);
}

static struct sl_ref *
keep_refs(struct sl_kit *kit, const struct sl_ref *refs)
{
	struct sl_ref *first = NULL;
	struct sl_ref **tail = &first;

	for (; refs != NULL; refs = refs->next, tail = &(*tail)->next)
		*tail = sl_ref_copy(kit->keep, refs);
	return first;
}

void
kit_commit(struct sl_kit *kit)
{
	struct sl_stream_row *row;

	must(kit, kit_try_commit(kit), "commit");
	row = kit_stream(kit, kit->commit.stream->kind,
			 kit->commit.stream->key);
	SL_ASSERT(row != NULL);
	*row = kit->outcome.stream;
	row->cursor = sl_arena_strdup(kit->keep, row->cursor);
	row->fingerprint = sl_arena_strdup(kit->keep, row->fingerprint);
	row->pending = keep_refs(kit, row->pending);
}

void
kit_starts(struct sl_kit *kit)
{
	kit->commit.starts_walk = true;
	kit->commit.walk_started_us = kit->now_us;
	kit->commit.mode = "full";
}

void
kit_ends(struct sl_kit *kit)
{
	kit->commit.walk_done = true;
	kit->commit.rests = true;
	kit->commit.cursor = "{\"sync\":\"s1\"}";
}

int64_t
kit_count(struct sl_kit *kit, const char *table, const char *where)
{
	return sl_test_db_i64(kit->db,
			      "SELECT count(*) AS v FROM %s WHERE user_id = "
			      "'%s' AND (%s)",
			      table, kit->user, where);
}
