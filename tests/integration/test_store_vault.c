/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Re-sealing on a real database: what somebody replaced, removed or is
 * replacing between the read and the write stays as that one wants it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "state/vault.h"
#include "tests/support/store_kit.h"
// cmocka last
#include <cmocka.h>

#define BYTES 20
#define ALL   5 /* two tokens, two revocations, one client */

struct vault {
	struct sl_kit kit;
	struct sl_pg *pg;    /* rotates */
	struct sl_pg *other; /* refreshes meanwhile */
	struct sl_arena *arena;
	struct sl_vault_row *rows; /* as they were read */
	struct sl_sealed news[ALL];
	size_t count;
};

static const unsigned char resealed[BYTES] = { 0xee };

static int
setup(void **state)
{
	static struct vault v;
	struct sl_error err;

	kit_init(&v.kit);
	v.arena = sl_arena_new();
	assert_int_equal(sl_pg_connect(sl_test_db_url(v.kit.db), &v.pg, &err),
			 SL_OK);
	assert_int_equal(
		sl_pg_connect(sl_test_db_url(v.kit.db), &v.other, &err), SL_OK);
	*state = &v;
	return 0;
}

static int
teardown(void **state)
{
	struct vault *v = *state;

	sl_pg_free(&v->other);
	sl_pg_free(&v->pg);
	sl_arena_free(&v->arena);
	kit_release(&v->kit);
	return 0;
}

/** All sealed under k1, each with an IV of its own. */
static void
fill(struct vault *v)
{
	sl_test_db_exec(
		v->kit.db,
		"INSERT INTO sluice.oauth_clients (provider, client_id, kind, "
		"secret_ciphertext, secret_iv, secret_key_id) VALUES ('google',"
		" 'cid', 'installed', decode(repeat('aa', 20), 'hex'), "
		"decode(repeat('01', 12), 'hex'), 'k1');"
		"INSERT INTO sluice.grants (user_id, oauth_client_id, provider,"
		" purpose, account_subject, scopes) SELECT '%s', id, 'google', "
		"'google_calendar', 'sub', 'a' FROM sluice.oauth_clients;"
		"INSERT INTO sluice.user_secrets (user_id, grant_id, purpose, "
		"ciphertext, iv, key_id) SELECT user_id, id, p, decode(repeat("
		"'bb', 20), 'hex'), decode(repeat(i, 12), 'hex'), 'k1' FROM "
		"sluice.grants, (VALUES ('access_token', '02'), "
		"('refresh_token', '03')) x (p, i);"
		"INSERT INTO sluice.revocations (user_id, secret_id, grant_id, "
		"purpose, provider, oauth_client_id, ciphertext, iv, key_id) "
		"SELECT user_id, gen_random_uuid(), id, p, provider, oauth_client_id, decode(repeat("
		"'cc', 20), 'hex'), decode(repeat(i, 12), 'hex'), 'k1' FROM "
		"sluice.grants, (VALUES ('access_token', '04'), "
		"('refresh_token', '05')) x (p, i)",
		v->kit.user);
}

/** What is sealed under k1: a user's, or for NULL the clients'. */
static void
read_rows(struct vault *v, const char *user)
{
	struct sl_error err;

	assert_int_equal(sl_vault_rows(v->pg, user, "k1", v->arena, &v->rows,
				       &v->count, &err),
			 SL_OK);
	assert_in_range(v->count, 1, ALL);
	for (size_t i = 0; i < v->count; i++)
		v->news[i] =
			(struct sl_sealed){ .key_id = "k2",
					    .iv = { (unsigned char)(16 + i),
						    user == NULL },
					    .ciphertext = resealed,
					    .ciphertext_len = BYTES };
}

static int64_t
reseal(struct vault *v, const char *user)
{
	struct sl_error err;
	int64_t done = -1;

	if (sl_vault_reseal(v->pg, user, v->rows, v->news, v->count, &done,
			    &err) != SL_OK)
		fail_msg("%s", err.text);
	return done;
}

static const char *
sealed_as(struct vault *v)
{
	return sl_test_db_text(
		v->kit.db,
		"SELECT string_agg(concat_ws(' ', w, key_id, to_hex("
		"get_byte(c, 0))), ', ' ORDER BY w) AS v FROM ("
		"SELECT purpose AS w, key_id, ciphertext AS c FROM "
		"sluice.user_secrets UNION ALL SELECT 'revoke ' || purpose, "
		"key_id, ciphertext FROM sluice.revocations UNION ALL SELECT "
		"'client', secret_key_id, secret_ciphertext FROM "
		"sluice.oauth_clients) x");
}

static void
all_of_it(void **state)
{
	struct vault *v = *state;

	fill(v);
	read_rows(v, v->kit.user);
	assert_int_equal(v->count, 4);
	assert_int_equal(reseal(v, v->kit.user), 4);
	assert_int_equal(reseal(v, v->kit.user), 0); /* it is no longer there */
	read_rows(v, NULL);
	assert_int_equal(reseal(v, NULL), 1);
	assert_string_equal(sealed_as(v),
			    "access_token k2 ee, client k2 ee, refresh_token "
			    "k2 ee, revoke access_token k2 ee, revoke "
			    "refresh_token k2 ee");
}

/** Others write between the read and the write: under the same key, with a
 *  new one, or they delete. */
static void
what_was_replaced_meanwhile_stays(void **state)
{
	struct vault *v = *state;

	fill(v);
	read_rows(v, v->kit.user);
	sl_test_db_exec(
		v->kit.db,
		"UPDATE sluice.user_secrets SET ciphertext = decode(repeat("
		"'f7', 20), 'hex'), iv = decode(repeat('07', 12), 'hex') WHERE "
		"purpose = 'refresh_token';"
		"UPDATE sluice.revocations SET ciphertext = decode(repeat("
		"'f8', 20), 'hex'), key_id = 'k3' WHERE purpose = "
		"'refresh_token';"
		"DELETE FROM sluice.revocations WHERE purpose = "
		"'access_token'");
	assert_int_equal(reseal(v, v->kit.user), 1);
	read_rows(v, NULL);
	sl_test_db_exec(v->kit.db,
			"UPDATE sluice.oauth_clients SET secret_ciphertext = "
			"decode(repeat('f9', 20), 'hex'), secret_iv = "
			"decode(repeat('09', 12), 'hex')");
	assert_int_equal(reseal(v, NULL), 0);
	assert_string_equal(sealed_as(v),
			    "access_token k2 ee, client k1 f9, refresh_token "
			    "k1 f7, revoke refresh_token k3 f8");
	assert_int_equal(
		sl_test_db_i64(v->kit.db,
			       "SELECT count(*) AS v FROM "
			       "sluice.secret_audit_logs WHERE event = "
			       "'resealed' AND detail = '1 from key k1 to k2'"),
		1);
}

/** A refresh that has written and not committed: its row is left alone, and
 *  nobody waits. */
static void
what_is_being_replaced_is_left(void **state)
{
	struct vault *v = *state;
	struct sl_error err;
	bool unknown;

	fill(v);
	read_rows(v, v->kit.user);
	assert_int_equal(
		sl_pg_begin(v->other, SL_PG_GATEWAY, v->kit.user, &err), SL_OK);
	assert_int_equal(
		sl_pg_query(v->other,
			    "UPDATE sluice.user_secrets SET ciphertext = "
			    "decode(repeat('f7', 20), 'hex'), iv = decode("
			    "repeat('07', 12), 'hex') WHERE purpose = "
			    "'refresh_token'",
			    NULL, NULL, &err),
		SL_OK);
	assert_int_equal(reseal(v, v->kit.user), 3);
	assert_int_equal(sl_pg_commit(v->other, &unknown, &err), SL_OK);
	assert_string_equal(sealed_as(v),
			    "access_token k2 ee, client k1 aa, refresh_token "
			    "k1 f7, revoke access_token k2 ee, revoke "
			    "refresh_token k2 ee");
}

/** Ids alone do not do: the rows are another user's. */
static void
what_is_anothers_is_not_touched(void **state)
{
	struct vault *v = *state;
	char eve[37];

	fill(v);
	read_rows(v, v->kit.user);
	sl_test_db_user(v->kit.db, "eve@example.org", eve);
	assert_int_equal(reseal(v, eve), 0);
	assert_string_equal(sealed_as(v),
			    "access_token k1 bb, client k1 aa, refresh_token "
			    "k1 bb, revoke access_token k1 cc, revoke "
			    "refresh_token k1 cc");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_of_it, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_was_replaced_meanwhile_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_being_replaced_is_left,
						setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_anothers_is_not_touched,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
