/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Toy: notes of a made-up provider, oldest first, incrementally.
 *
 *	GET /notes?after=POSITION&limit=N	-> {"notes": [...], "next", "more"}
 *	GET /notes/ID				-> one note, or 404
 *
 * docs/adding-a-connector.md goes through this file from top to bottom.
 */
#include "tests/toy/toy.h"

#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"
#include "core/sync/provider.h"

#define NOTES_PER_PAGE 100
#define CURSOR_VERSION 1

/* ---- the provider: where it is, and how one connects ---- */

static const struct sl_endpoint endpoints[] = {
	{ SL_ENDPOINT_AUTH, "SLUICE_TOY_AUTH_URL",
	  "https://toy.example/authorize" },
	{ SL_ENDPOINT_TOKEN, "SLUICE_TOY_TOKEN_URL",
	  "https://toy.example/token" },
	{ "api", "SLUICE_TOY_API_URL", "https://api.toy.example/v1" },
	{ NULL, NULL, NULL },
};

static const char *const no_scopes[] = { NULL };

static sl_status
read_client_file(const json_t *document, struct sl_arena *arena,
		 struct sl_client_file *out, struct sl_error *err)
{
	const char *id = sl_json_text(document, "client_id");
	const char *secret = sl_json_text(document, "client_secret");

	if (id == NULL || secret == NULL)
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "needed are client_id and client_secret");
	*out = (struct sl_client_file){
		.client_id = sl_arena_strdup(arena, id),
		.client_secret = secret,
		.kind = "installed",
		.redirect_uris = no_scopes, /* none registered: loopback */
	};
	return SL_OK;
}

static void
identity_call(const char *scopes, struct sl_arena *arena, struct sl_call *call)
{
	static const char *const path[] = { "me", NULL };

	(void)scopes;
	(void)arena;
	*call = (struct sl_call){ .endpoint = "api", .path = path };
}

static sl_status
read_identity(const json_t *body, struct sl_arena *arena,
	      struct sl_identity *out, struct sl_error *err)
{
	const char *id = sl_json_text(body, "id");

	if (id == NULL)
		return sl_fail(err, SL_RETRY, SL_GRANT, "/me without an id");
	*out = (struct sl_identity){
		.subject = sl_arena_strdup(arena, id),
		.email = sl_arena_strdup(arena, sl_json_text(body, "email")),
		.name = sl_arena_strdup(arena, sl_json_text(body, "name")),
	};
	return SL_OK;
}

/** `granted` is a list of words; a scope is one of them. */
static bool
scope_granted(const char *granted, const char *wanted)
{
	size_t len = strlen(wanted);

	while (*granted != '\0') {
		size_t word = strcspn(granted, " ");

		if (word == len && memcmp(granted, wanted, len) == 0)
			return true;
		granted += word;
		granted += strspn(granted, " ");
	}
	return false;
}

static const struct sl_provider toy_provider = {
	.name = "toy",
	.title = "Toy",
	.endpoints = endpoints,
	.pkce = true,
	.identity_scopes = no_scopes,
	.read_client_file = read_client_file,
	.identity_call = identity_call,
	.read_identity = read_identity,
	.scope_granted = scope_granted,
	.setup_help = "Nothing: the provider is made up.\n",
};

/* ---- the connector: ask, read, classify ---- */

/** The position of the cursor {"v", "after", "walked"}; NULL = the start. */
static sl_status
read_cursor(const struct sl_turn *turn, const char **after, bool *walked,
	    struct sl_error *err)
{
	*after = sl_json_text(turn->cursor, "after");
	*walked = sl_json_bool(turn->cursor, "walked");
	if (turn->cursor == NULL)
		return SL_OK;
	if (json_integer_value(json_object_get(turn->cursor, "v")) !=
		    CURSOR_VERSION ||
	    *after == NULL)
		return sl_fail(err, SL_RESYNC, SL_STREAM,
			       "the stored cursor is not one of this version");
	return SL_OK;
}

/** The first wanted note by its id, else the next page of the feed. */
static sl_status
toy_ask(const struct sl_turn *turn, struct sl_arena *arena, struct sl_ask *ask,
	struct sl_error *err)
{
	const char **path = SL_NEW_ARRAY(arena, 3, const char *);
	struct sl_query *query = SL_NEW_ARRAY(arena, 3, struct sl_query);
	int limit = NOTES_PER_PAGE >> (turn->shrink < 6 ? turn->shrink : 6);
	const char *after;
	bool walked;
	sl_status st = read_cursor(turn, &after, &walked, err);

	if (st != SL_OK)
		return st;
	ask->calls = SL_NEW(arena, struct sl_call);
	ask->count = 1;
	path[0] = "notes";
	*ask->calls = (struct sl_call){ .endpoint = "api", .path = path };
	if (turn->wanted != NULL) {
		path[1] = turn->wanted->source_id;
		ask->calls->wanted_id = turn->wanted->source_id;
		return SL_OK;
	}
	query[0] = (struct sl_query){ "limit",
				      sl_arena_printf(arena, "%d", limit) };
	if (after != NULL)
		query[1] = (struct sl_query){ "after", after };
	ask->calls->query = query;
	return SL_OK;
}

/** An item that cannot be stored goes to quarantine as it came. */
static void
reject(struct sl_page *page, const char *id, const json_t *note,
       const char *reason)
{
	struct sl_rejected *rejected = sl_page_rejected(page);

	rejected->source_id = sl_arena_strdup(page->arena, id);
	rejected->reason = reason;
	rejected->raw = sl_json_canonical(page->arena, note);
	rejected->raw_len = strlen(rejected->raw);
}

/** The server fails to show it; later it may. */
static void
put_off(struct sl_page *page, const char *id)
{
	struct sl_rejected *rejected = sl_page_rejected(page);

	page->items++;
	rejected->source_id = sl_arena_strdup(page->arena, id);
	rejected->reason = "unavailable";
	rejected->transient = true;
}

static void
bury(struct sl_page *page, const char *id, const char *reason)
{
	struct sl_tombstone *stone = sl_page_tombstone(page);

	stone->source_id = sl_arena_strdup(page->arena, id);
	stone->reason = reason;
}

static void
read_person(struct sl_page *page, struct sl_artifact *note,
	    const json_t *person)
{
	const char *email = sl_json_text(person, "email");
	struct sl_participant *who;

	if (email == NULL)
		return;
	who = sl_artifact_participant(page, note);
	who->kind = SL_IDENTITY_EMAIL;
	who->value = sl_arena_strdup(page->arena, email);
	who->name = sl_arena_strdup(page->arena, sl_json_text(person, "name"));
	who->role = "attendee";
}

/** Every note ends in exactly one list of the page. */
static void
read_note(struct sl_page *page, const json_t *json)
{
	const char *id = sl_json_text(json, "id");
	const char *at = sl_json_text(json, "at");
	struct sl_artifact *note;
	const json_t *person;
	int64_t at_us;
	size_t i;

	page->items++;
	if (id == NULL || *id == '\0' || strlen(id) > SL_SOURCE_ID_MAX) {
		reject(page, NULL, json, "a note without a usable id");
		return;
	}
	if (sl_json_bool(json, "gone")) {
		bury(page, id, "gone");
		return;
	}
	if (at == NULL || !sl_rfc3339_parse(at, &at_us)) {
		reject(page, id, json, "at: not a time");
		return;
	}
	note = sl_page_artifact(page);
	note->source_id = sl_arena_strdup(page->arena, id);
	note->type = "toy_note";
	note->title = sl_arena_strdup(page->arena, sl_json_text(json, "title"));
	note->occurred_us = at_us;
	note->reach_us = at_us;
	json_array_foreach (sl_json_array(json, "people"), i, person) {
		read_person(page, note, person);
	}
}

/** The feed's page: notes, and where to go on. */
static sl_status
read_feed(const struct sl_turn *turn, const json_t *body, struct sl_page *page,
	  struct sl_error *err)
{
	const json_t *notes = sl_json_array(body, "notes");
	const char *next = sl_json_text(body, "next");
	bool more = sl_json_bool(body, "more"), walked;
	const json_t *note;
	const char *after;
	size_t i;
	sl_status st = read_cursor(turn, &after, &walked, err);

	if (st != SL_OK)
		return st;
	if (notes == NULL || next == NULL)
		return sl_fail(err, SL_RETRY, SL_STREAM,
			       "not the answer of a feed of notes");
	if (more && sl_text_equal(next, after))
		return sl_fail(err, SL_RETRY, SL_STREAM,
			       "the feed's position does not move");
	json_array_foreach (notes, i, note) {
		read_note(page, note);
	}
	page->cursor = json_pack("{s:i, s:s, s:b}", "v", CURSOR_VERSION,
				 "after", next, "walked", walked || !more);
	page->more = more;
	page->walk_done = !more && !walked;
	return SL_OK;
}

static sl_status
toy_read(const struct sl_turn *turn, struct sl_answers *answers,
	 struct sl_page *page, struct sl_error *err)
{
	const struct sl_answer *answer;
	sl_status st = SL_OK;

	while (st == SL_OK && (answer = sl_answers_next(answers)) != NULL) {
		const char *wanted = answer->call->wanted_id;

		if (wanted == NULL)
			st = read_feed(turn, answer->body, page, err);
		else if (answer->http_status == 404)
			bury(page, wanted, "not-found");
		else if (answer->http_status >= 500)
			put_off(page, wanted);
		else if (answer->body != NULL)
			read_note(page, answer->body);
		else
			st = sl_fail(err, SL_RETRY, SL_STREAM, "not a note");
	}
	return st;
}

static sl_status
by_status(const struct sl_refusal *refusal, struct sl_error *err)
{
	int status = refusal->http_status;

	if (status == 401)
		return sl_fail(err, SL_REAUTH, SL_GRANT, "token refused");
	if (status == 404 && refusal->call->wanted_id != NULL)
		return sl_fail(err, SL_REJECTED, SL_ITEM, "the note is gone");
	if (status == 410 && refusal->had_cursor)
		return sl_fail(err, SL_RESYNC, SL_STREAM,
			       "the position is too old");
	if (status == 429)
		return sl_fail(err, SL_RETRY, SL_INTEGRATION,
			       "too many requests");
	if (status >= 500 || status < 400) /* a proxy's or a portal's, too */
		return sl_fail(err, SL_RETRY, SL_STREAM,
			       "the feed has trouble");
	return sl_fail(err, SL_CONFIG, SL_STREAM, "refused (HTTP %d)", status);
}

static sl_status
toy_classify(const struct sl_refusal *refusal, struct sl_error *err)
{
	sl_status st = by_status(refusal, err);

	err->http_status = refusal->http_status;
	if (st == SL_RETRY)
		err->retry_after_ms = refusal->retry_after_ms;
	return st;
}

static const char *const scopes[] = { "notes.read", NULL };

static const struct sl_stream_kind kinds[] = {
	{ .name = "notes",
	  .title = "Notes",
	  .map_version = 1,
	  .horizon_days = 28 },
	{ .name = NULL },
};

static const struct sl_option options[] = {
	{ .name = NULL },
};

static const struct sl_quota quotas[] = {
	{ .since = "2026-01-01",
	  .user_per_minute = 60,
	  .client_per_minute = 6000 },
	{ .since = NULL },
};

const struct sl_connector sl_toy = {
	.name = "toy",
	.title = "Toy notes",
	.provider = &toy_provider,
	.scopes = scopes,
	.kinds = kinds,
	.options = options,
	.quotas = quotas,
	.default_interval_s = 900,
	.ask = toy_ask,
	.read = toy_read,
	.classify = toy_classify,
};
