/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the shell tests of the vault, in the database that PG* names, as its
 * owner:
 *
 *   vault_rows fill KEYFILE N   N users of one grant and two tokens each,
 *                               sealed with the file's first key
 *   vault_rows open KEYFILE     opens everything that is sealed and looks at
 *                               what fill made: prints "OPENED of ALL"
 *   vault_rows tell KEYFILE     prints what is sealed, to be hidden by others
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#include "core/auth/seal.h"

#include "state/pg.h"

#define BATCH 500

static const char make_grants[] =
	"WITH users AS ("
	" INSERT INTO auth.users (id, email, created_at, updated_at)"
	" SELECT gen_random_uuid(), 'vault' || n || '@example.com', now(), now()"
	" FROM generate_series(1, $1::int) n RETURNING id) "
	"INSERT INTO sluice.grants (user_id, oauth_client_id, provider, purpose,"
	" account_subject, scopes) "
	"SELECT u.id, (SELECT c.id FROM sluice.oauth_clients c LIMIT 1),"
	" 'vault', 'vault_rows', 'subject', 's' FROM users u "
	"RETURNING user_id, id";
static const char make_secrets[] =
	"INSERT INTO sluice.user_secrets (user_id, grant_id, purpose,"
	" ciphertext, iv, key_id) "
	"SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[],"
	" $5::bytea[], $6::text[])";
static const char all_rows[] =
	"SELECT s.user_id::text, s.grant_id AS owner_id, s.purpose,"
	" s.ciphertext, s.iv, s.key_id, g.purpose = 'vault_rows' AS ours "
	"FROM sluice.user_secrets s JOIN sluice.grants g ON g.id = s.grant_id "
	"UNION ALL SELECT r.user_id::text, r.grant_id, r.purpose, r.ciphertext,"
	" r.iv, r.key_id, false FROM sluice.revocations r "
	"UNION ALL SELECT '', c.id, 'client_secret', c.secret_ciphertext,"
	" c.secret_iv, c.secret_key_id, false FROM sluice.oauth_clients c";

static void
must(sl_status status, const struct sl_error *err)
{
	if (status == SL_OK)
		return;
	(void)fprintf(stderr, "vault_rows: %s\n", err->text);
	exit(2);
}

static void
token_text(const char *purpose, const char *grant_id, struct sl_secret *out)
{
	char text[128];

	(void)snprintf(text, sizeof(text), "%s of %s", purpose, grant_id);
	sl_secret_set(out, text, strlen(text));
}

/* One token of a grant into the six columns. */
static void
add_secret(const struct sl_keyring *ring, const char *user_id,
	   const char *grant_id, const char *purpose, struct sl_arena *arena,
	   struct sl_pg_array *columns[6])
{
	const struct sl_seal_binding binding = { user_id, grant_id, purpose };
	SL_AUTO_SECRET plain = { 0 };
	struct sl_sealed sealed;
	struct sl_error err;

	token_text(purpose, grant_id, &plain);
	must(sl_seal(ring, &sl_system_rng, &binding, &plain, arena, &sealed,
		     &err),
	     &err);
	sl_pg_array_text(columns[0], user_id);
	sl_pg_array_text(columns[1], grant_id);
	sl_pg_array_text(columns[2], purpose);
	sl_pg_array_bytes(columns[3], sealed.ciphertext, sealed.ciphertext_len);
	sl_pg_array_bytes(columns[4], sealed.iv, sizeof(sealed.iv));
	sl_pg_array_text(columns[5], sealed.key_id);
}

static void
insert_batch(struct sl_pg *pg, const struct sl_keyring *ring,
	     const struct sl_rows *grants, size_t first)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_pg_array *columns[6];
	struct sl_params p;
	struct sl_error err;

	for (size_t c = 0; c < SL_ARRAY_LEN(columns); c++)
		columns[c] = sl_pg_array_new(arena);
	for (size_t i = first; i < first + BATCH && i < sl_rows_count(grants);
	     i++) {
		const char *user = sl_row_text(grants, i, "user_id");
		const char *grant = sl_row_text(grants, i, "id");

		add_secret(ring, user, grant, "access_token", arena, columns);
		add_secret(ring, user, grant, "refresh_token", arena, columns);
	}
	sl_params_init(&p, arena);
	for (size_t c = 0; c < SL_ARRAY_LEN(columns); c++)
		sl_params_text(&p, sl_pg_array_done(columns[c]));
	must(sl_pg_query(pg, make_secrets, &p, NULL, &err), &err);
}

static void
fill(struct sl_pg *pg, const struct sl_keyring *ring, const char *count)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_ROWS grants = NULL;
	struct sl_params p;
	struct sl_error err;

	sl_params_init(&p, arena);
	sl_params_text(&p, count);
	must(sl_pg_query(pg, make_grants, &p, &grants, &err), &err);
	for (size_t i = 0; i < sl_rows_count(grants); i += BATCH)
		insert_batch(pg, ring, grants, i);
}

static bool
opens(const struct sl_keyring *ring, const struct sl_rows *rows, size_t row,
      bool tell)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const char *owner = sl_row_text(rows, row, "owner_id");
	const char *purpose = sl_row_text(rows, row, "purpose");
	const struct sl_seal_binding binding = {
		sl_row_text(rows, row, "user_id"), owner, purpose
	};
	SL_AUTO_SECRET plain = { 0 }, want = { 0 };
	struct sl_sealed sealed = { .key_id = "" };
	struct sl_error err;
	size_t len;

	sealed.ciphertext = sl_row_bytes(arena, rows, row, "ciphertext",
					 &sealed.ciphertext_len);
	memcpy(sealed.iv, sl_row_bytes(arena, rows, row, "iv", &len),
	       sizeof(sealed.iv));
	(void)snprintf(sealed.key_id, sizeof(sealed.key_id), "%s",
		       sl_row_text(rows, row, "key_id"));
	if (sl_unseal(ring, &binding, &sealed, &plain, &err) != SL_OK) {
		(void)fprintf(stderr, "vault_rows: %s %s\n", owner, err.text);
		return false;
	}
	if (tell)
		(void)printf("%s %s\n", purpose, (const char *)plain.bytes);
	token_text(purpose, owner, &want);
	return !sl_row_bool(rows, row, "ours") ||
	       sl_secret_equal(&plain, &want);
}

static int
open_all(struct sl_pg *pg, const struct sl_keyring *ring, bool tell)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_error err;
	size_t opened = 0;

	must(sl_pg_query(pg, all_rows, NULL, &rows, &err), &err);
	for (size_t i = 0; i < sl_rows_count(rows); i++)
		opened += opens(ring, rows, i, tell) ? 1 : 0;
	if (!tell)
		(void)printf("%zu of %zu\n", opened, sl_rows_count(rows));
	return opened == sl_rows_count(rows) ? 0 : 1;
}

int
main(int argc, char **argv)
{
	struct sl_keyring *ring = NULL;
	struct sl_pg *pg = NULL;
	struct sl_error err;
	bool unknown;
	int status = 0;

	if (argc < 3)
		return 2;
	sl_seal_init();
	must(sl_keyring_load(argv[2], &ring, &err), &err);
	must(sl_pg_connect(NULL, &pg, &err), &err);
	must(sl_pg_begin(pg, SL_PG_SELF, NULL, &err), &err);
	if (strcmp(argv[1], "fill") == 0 && argc > 3)
		fill(pg, ring, argv[3]);
	else
		status = open_all(pg, ring, strcmp(argv[1], "tell") == 0);
	must(sl_pg_commit(pg, &unknown, &err), &err);
	sl_pg_free(&pg);
	sl_keyring_free(&ring);
	return status;
}
